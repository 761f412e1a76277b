"""What holds for the catalogue of Urdu words, written and compiled."""

import gettext
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _

from tests.urdu.reading import CATALOGUE, ISOLATED, SCRAMBLED, entries_of


@pytest.fixture(scope="module", params=["django", "djangojs"])
def written(request: pytest.FixtureRequest) -> Path:
    return CATALOGUE / f"{request.param}.po"


@pytest.fixture(scope="module")
def entries(written: Path) -> list[dict[str, Any]]:
    return entries_of(written)


def test_the_catalogue_is_complete(written, entries):
    assert len(entries) > {"django": 700, "djangojs": 70}[written.stem]
    for entry in entries:
        assert all(entry["to"]), entry["msgid"]
        assert len(entry["to"]) == (2 if "msgid_plural" in entry else 1), entry["msgid"]
        assert not any("fuzzy" in flags for flags in entry["flags"]), entry["msgid"]


def test_the_catalogue_keeps_every_placeholder(entries):
    def placeholders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}", text))

    for entry in entries:
        for text in entry["to"]:
            assert placeholders(text) == placeholders(entry["msgid"]), entry["msgid"]


def test_no_number_in_the_catalogue_stands_back_to_front(entries):
    texts = (ISOLATED.sub("", text) for entry in entries for text in entry["to"])
    assert [text for text in texts if SCRAMBLED.search(text)] == []


def test_every_isolate_in_the_catalogue_is_closed(entries):
    for text in (text for entry in entries for text in entry["to"]):
        assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", ISOLATED.sub("", text))


def test_the_compiled_catalogue_is_the_written_one(written, entries):
    compiled = written.with_suffix(".mo")
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    (count,) = struct.unpack("<I", compiled.read_bytes()[8:12])
    assert count == len(entries) + 1  # and the header
    for entry in entries:
        context, msgid = entry.get("msgctxt"), entry["msgid"]
        if "msgid_plural" in entry:
            found = [catalogue.ngettext(msgid, entry["msgid_plural"], n) for n in (1, 2)]
        elif context:
            found = [catalogue.pgettext(context, msgid)]
        else:
            found = [catalogue.gettext(msgid)]
        assert found == entry["to"], f"run manage.py compilemessages: {msgid}"


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_every_string_of_the_site_is_in_the_catalogue(tmp_path):
    for folder in ("clinic_site", "treatments", "consultations", "templates", "locale"):
        ignored = shutil.ignore_patterns("__pycache__", "content", "migrations")
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "--locale=ur", "--no-obsolete"]
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(command, cwd=tmp_path, env=variables, check=True, capture_output=True)

    def ids(entries: Iterable[dict[str, Any]]) -> set[tuple[str, ...]]:
        return {(entry.get("msgctxt", ""), entry["msgid"]) for entry in entries}

    entries = entries_of(CATALOGUE / "django.po")
    found = ids(entries_of(tmp_path / "locale/ur/LC_MESSAGES/django.po"))
    assert found - ids(entries) == set(), "new: run manage.py makemessages and translate"
    assert ids(entries) - found == set(), "no longer used: run manage.py makemessages"


def test_what_the_admins_javascript_says_is_in_a_catalogue_of_ours(admin_client: Client):
    """Django's own Urdu for it has gaps, and a new release may say more."""
    django = Path(admin.__file__).parent / "locale/en/LC_MESSAGES/djangojs.po"
    said = {(entry.get("msgctxt"), entry["msgid"]) for entry in entries_of(django)}
    ours = entries_of(CATALOGUE / "djangojs.po")
    assert said == {(entry.get("msgctxt"), entry["msgid"]) for entry in ours}
    sent = admin_client.get("/ur/admin/jsi18n/").content.decode()
    assert '"Choose a Date": "\\u062a' in sent


def test_our_words_come_before_djangos():
    with translation.override("ur"):
        assert _("This field is required.") == "یہ خانہ بھرنا ضروری ہے۔"
        assert _("Monday") == "پیر"
