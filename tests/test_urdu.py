"""What holds for everything an Urdu reader meets, and for the catalogue behind it."""

import ast
import gettext
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _

from clinic_site.models import Clinic
from consultations import messages
from consultations.forms import ConsultationForm
from consultations.models import ConsultationRequest, State
from tests.consultations.factories import make_request, typed
from tests.forms import values_on
from treatments.models import Precaution, RedFlag, Scale, Source, Stage, Treatment

CATALOGUE = settings.LOCALE_PATHS[0] / "ur/LC_MESSAGES"
# Names that stay, and the Roman figures of stages.
LATIN_NAMES = re.compile(r"\b(GRADE|Norwood|Hamilton|Ludwig|Sinclair|WhatsApp|[IVX]+)\b")
ADDRESSES = re.compile(r"https?://\S+|\S+@\S+")
ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
# What an Urdu line would show back to front: numbers with a space or a hyphen between them.
SCRAMBLED = re.compile(r"\d[ –-]+\d")
# Letters that only look like those of Urdu, and Eastern figures.
NOT_URDU = re.compile("[يىكه\u0660-\u0669\u06f0-\u06f9]")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}


class _Urdu(HTMLParser):
    """Gathers what a page says in Urdu: not what is marked as English, isolated or for machines."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.html: dict[str, str | None] = {}
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.html = given
        skipped = (
            bool(self._open and self._open[-1][1])
            or tag in {"bdi", "script", "style"}
            or (given.get("lang") or "ur") != "ur"
        )
        if tag not in _VOID:
            self._open.append((tag, skipped))
        if not skipped:
            names = {"alt", "aria-label", "title", "placeholder"}
            if "description" in f"{given.get('name')} {given.get('property')}":
                names.add("content")
            self.said += [given[name] or "" for name in names & given.keys()]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.said.append(data)


def read_urdu(html: str) -> _Urdu:
    page = _Urdu()
    page.feed(html)
    return page


def english_in(text: str) -> list[str]:
    """The Latin words of three letters or more that an Urdu text has no reason to hold."""
    for accepted in (ISOLATED, ADDRESSES, LATIN_NAMES):
        text = accepted.sub(" ", text)
    return re.findall(r"[A-Za-z]{3,}", text)


def english_on(page: str | HttpResponse) -> list[str]:
    html = page if isinstance(page, str) else page.content.decode()
    keys = "|".join(re.escape(key) for key in Source.objects.values_list("key", flat=True))
    said = " ".join(read_urdu(html).said)
    return english_in(re.sub(rf"\b({keys})\b", " ", said))


def scrambled_on(response: HttpResponse) -> list[str]:
    said = read_urdu(response.content.decode()).said
    return [text for text in said if SCRAMBLED.search(ISOLATED.sub("", text))]


def assert_is_urdu(response: HttpResponse, what: str = "") -> None:
    page = read_urdu(response.content.decode())
    assert (page.html.get("lang"), page.html.get("dir")) == ("ur", "rtl"), what
    assert response.headers["Content-Language"] == "ur", what
    assert english_on(response) == [], what
    assert re.search("[ا-ے]{3}", " ".join(page.said)), what
    # The comma, the full stop and the question mark of Urdu, not those of English.
    assert [text for text in page.said if re.search("[ا-ے][,;.?]", text)] == [], what


def in_the_sitemap(client: Client) -> list[str]:
    found = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    return [address.removeprefix(settings.SITE_URL) for address in found]


# ---- Pages


def test_every_page_of_the_sitemap_is_urdu(client: Client, content):
    addresses = [address for address in in_the_sitemap(client) if address.startswith("/ur/")]
    assert len(addresses) > 15
    for address in addresses:
        assert_is_urdu(client.get(address), address)


def test_every_english_page_has_its_urdu(client: Client, content):
    addresses = in_the_sitemap(client)
    english = [address for address in addresses if not address.startswith("/ur/")]
    assert {f"/ur{address}" for address in english} < set(addresses)


@pytest.mark.parametrize(
    "address",
    [
        "/ur/compare/?choose=1",
        "/ur/compare/prp-vs-no-such-thing/",
        "/ur/compare/exosomes-vs-prp/?only=differences",
        "/ur/compare/exosomes-vs-prp-vs-exosomes-and-prp-vs-no-treatment/",
        "/ur/decide/?severity=nonsense",
        "/ur/decide/?result=1&severity=early&speed=soon&budget=tight&visits=few"
        "&comfort=no-needles&proof=proven&upkeep=little",
        "/ur/decide/?result=1&severity=advanced&comfort=no-cell-products",
        "/ur/consultation/?treatment=prp&severity=early&budget=tight",
    ],
)
def test_what_a_page_says_to_a_choice_is_urdu(client: Client, content, address):
    assert_is_urdu(client.get(address), address)


def test_a_reviewed_page_with_a_price_is_urdu(client: Client, content):
    Treatment.objects.filter(slug="prp").update(
        reviewed_by="ڈاکٹر نمونہ", reviewed_on="2026-01-31", review_due="2026-02-28",
        price_low=20000, price_high=30000,
    )  # fmt: skip
    response = client.get("/ur/treatments/prp/")
    assert_is_urdu(response)
    text = response.content.decode()
    assert "31 جنوری 2026" in text
    assert "Rs 20,000 تا 30,000" in text


def test_no_number_of_a_page_stands_back_to_front(client: Client, content):
    for address in in_the_sitemap(client):
        if address.startswith("/ur/"):
            assert scrambled_on(client.get(address)) == [], address


# ---- The form


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "", "phone": "", "consent": "", "contact_by": ""},
        {"name": "123", "phone": "12", "contact_by": "email", "email": ""},
        {"name": "x" * 200, "phone": "051 2345678", "contact_by": "whatsapp"},
        {"name": "a\u202eb", "email": "ali@", "message": "ب" * 4000, "tried_before": "👍"},
        {"treatment": "snake-oil", "red_flags": ["0"], "precautions": ["0"], "pattern": "0"},
        {"contact_by": "x", "since_when": "x", "part_of_day": "x", "preferred_days": ["x"]},
        {"earliest_date": "soon", "privacy_version": "old", "treatment": "\0"},
        {"earliest_date": "2001-01-01"},
        {"earliest_date": "2101-01-01", "phone": "\0"},
    ],
)
def test_every_error_of_the_form_is_urdu(client: Client, content, changes):
    response = client.post("/ur/consultation/", typed() | changes)
    assert response.status_code == 422
    assert_is_urdu(response)
    assert scrambled_on(response) == []


def test_no_message_that_a_field_could_give_is_english(content):
    with translation.override("ur"):
        for name, field in ConsultationForm().fields.items():
            given = [*field.error_messages.values()]
            given += [getattr(validator, "message", "") for validator in field.validators]
            for message in given:
                assert english_in(re.sub(r"%\(\w+\)[sd]", "", str(message))) == [], (name, message)


# ---- A patient's page


@pytest.fixture
def asked(client: Client, content) -> ConsultationRequest:
    """A request sent by the Urdu form, with every kind of answer."""
    response = client.post(
        "/ur/consultation/",
        values_on(client, "/ur/consultation/?severity=early&budget=tight")
        | {
            "treatment": "prp",
            "name": "Ayesha Khan",
            "phone": "0300 1234567",
            "contact_by": "whatsapp",
            "email": "ayesha@example.com",
            "red_flags": [str(RedFlag.objects.first().pk)],
            "precautions": [str(Precaution.objects.filter(treatments__slug="prp").first().pk)],
            "pattern": str(Stage.objects.first().pk),
            "since_when": ConsultationRequest.SinceWhen.values[0],
            "message": "کیا درد ہوتا ہے؟",
            "earliest_date": ConsultationForm().fields["earliest_date"].widget.attrs["min"],
            "preferred_days": ["0", "4"],
            "part_of_day": "morning",
            "consent": "on",
        },
    )
    assert response.status_code == 302
    return ConsultationRequest.objects.get()


@pytest.mark.parametrize("state", State.values)
def test_a_patients_page_is_urdu_in_every_state(client: Client, asked, state):
    ConsultationRequest.objects.update(state=state)
    for contact_by in ConsultationRequest.ContactBy.values:
        ConsultationRequest.objects.update(contact_by=contact_by)
        assert_is_urdu(client.get(f"/ur/consultation/{asked.token}/"), contact_by)


def test_a_page_of_few_answers_is_urdu(client: Client, content):
    request = make_request(language="ur")
    assert_is_urdu(client.get(f"/ur/consultation/{request.token}/"))


# ---- What went wrong


def test_error_pages_are_urdu(client: Client, content):
    assert_is_urdu(client.get("/ur/no-such-page/"))
    assert_is_urdu(client.get("/ur/consultation/no-such-token/"))
    assert_is_urdu(client.post("/ur/contact/"))
    many = {f"field-{number}": "" for number in range(1200)}
    answers = {
        400: client.post("/ur/consultation/", many),
        413: client.generic("POST", "/ur/consultation/", b"x", CONTENT_LENGTH="52428800"),
    }
    strict = Client(enforce_csrf_checks=True)
    answers[403] = strict.post("/ur/consultation/", typed(name="عائشہ خان"))
    for status, response in answers.items():
        assert response.status_code == status
        assert_is_urdu(response, str(status))
    assert_is_urdu(strict.post(f"/ur/{settings.ADMIN_PATH}login/"))


def test_the_page_for_our_own_failures_says_it_in_urdu_too(client: Client):
    page = render_to_string("500.html")
    assert 'lang="ur" dir="rtl"' in page
    assert "ہماری طرف سے کوئی خرابی ہو گئی ہے" in page


# ---- Where the Urdu is missing


@pytest.mark.parametrize(
    ("address", "model", "field"),
    [
        ("/ur/treatments/prp/", Treatment.objects.filter(slug="prp"), "what_it_is"),
        ("/ur/treatments/", Treatment.objects.filter(slug="prp"), "summary"),
        ("/ur/questions/", Scale.objects.all(), "explanation"),
        ("/ur/contact/", Clinic.objects.all(), "address"),
    ],
)
def test_english_stands_in_and_is_marked(client: Client, content, address, model, field):
    model.update(**{f"{field}_ur": ""})
    response = client.get(address)
    html = response.content.decode()
    note, english = "(فی الحال صرف انگریزی میں)", getattr(model.first(), f"{field}_en")
    assert note in html
    marked = re.findall(r'<(span|div) lang="en" dir="ltr">(.*?)</\1>', html, re.DOTALL)
    assert any(english.splitlines()[0] in text.replace("&#x27;", "'") for _tag, text in marked)
    assert english_on(response) == []


# ---- Mails


@pytest.mark.parametrize("contact_by", ConsultationRequest.ContactBy.values)
def test_mails_are_urdu_and_nothing_in_them_scrambles(content, contact_by):
    clinic = Clinic.objects.current()
    request = make_request(language="ur", email="ayesha@example.com", contact_by=contact_by)
    message = messages.received_for_patient(request, clinic)
    assert english_in(message.subject) == []
    assert english_in(message.text) == []
    page = read_urdu(message.html)
    assert (page.html["lang"], page.html["dir"]) == ("ur", "rtl")
    assert english_on(message.html) == []
    for isolated in (request.reference, clinic.phone.as_international):
        assert f"\u2066{isolated}\u2069" in message.text
    assert f"\u2066{request.reference}\u2069" in message.subject
    assert not SCRAMBLED.search(ADDRESSES.sub("", ISOLATED.sub("", message.text)))


def test_a_clinic_without_an_urdu_name_does_not_scramble_the_mail(content):
    Clinic.objects.update(name_ur="")
    request = make_request(language="ur", email="ayesha@example.com")
    message = messages.received_for_patient(request, Clinic.objects.current())
    assert "\u2068Sample Hair Clinic, Islamabad\u2069" in message.text


def test_the_desk_reads_its_mail_in_one_language(content):
    message = messages.new_request_for_staff(make_request(language="ur"), Clinic.objects.current())
    assert not re.search("[\u0600-\u06ff\u2066-\u2069]", message.subject + message.text)


# ---- The catalogue


def entries_of(path: Path) -> list[dict[str, Any]]:
    """The entries of a .po file: msgctxt, msgid, msgid_plural, `to` (the msgstrs) and flags."""
    entries: list[dict[str, Any]] = []
    for block in path.read_text().split("\n\n"):
        entry: dict[str, Any] = {"flags": re.findall("(?m)^#,(.*)$", block)}
        for word, value in re.findall(r'(?m)^(msg\S+) ((?:".*"\n?)+)', block):
            entry[word] = "".join(ast.literal_eval(line) for line in value.splitlines())
        entry["to"] = [text for word, text in entry.items() if word.startswith("msgstr")]
        if entry.get("msgid"):
            entries.append(entry)
    return entries


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    return entries_of(CATALOGUE / "django.po")


def test_the_catalogue_is_complete(entries):
    assert len(entries) > 700
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


def test_the_catalogue_is_in_urdu_letters_and_western_figures(entries):
    assert [text for entry in entries for text in entry["to"] if NOT_URDU.search(text)] == []


def test_the_content_is_in_urdu_letters_and_western_figures():
    files = sorted((settings.BASE_DIR / "treatments/content").rglob("*.toml"))
    assert files
    assert [str(file) for file in files if NOT_URDU.search(file.read_text())] == []


def test_no_number_in_the_catalogue_stands_back_to_front(entries):
    texts = (ISOLATED.sub("", text) for entry in entries for text in entry["to"])
    assert [text for text in texts if SCRAMBLED.search(text)] == []


def test_every_isolate_in_the_catalogue_is_closed(entries):
    for text in (text for entry in entries for text in entry["to"]):
        assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", ISOLATED.sub("", text))


def test_the_compiled_catalogue_is_the_written_one(entries):
    compiled = CATALOGUE / "django.mo"
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
def test_every_string_of_the_site_is_in_the_catalogue(tmp_path, entries):
    for folder in ("clinic_site", "treatments", "consultations", "templates", "locale"):
        ignored = shutil.ignore_patterns("__pycache__", "content", "migrations")
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "--locale=ur", "--no-obsolete"]
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(command, cwd=tmp_path, env=variables, check=True, capture_output=True)

    def ids(entries: Iterable[dict[str, Any]]) -> set[tuple[str, ...]]:
        return {(entry.get("msgctxt", ""), entry["msgid"]) for entry in entries}

    found = ids(entries_of(tmp_path / "locale/ur/LC_MESSAGES/django.po"))
    assert found - ids(entries) == set(), "new: run manage.py makemessages and translate"
    assert ids(entries) - found == set(), "no longer used: run manage.py makemessages"


def test_our_words_come_before_djangos():
    with translation.override("ur"):
        assert _("This field is required.") == "یہ خانہ بھرنا ضروری ہے۔"
        assert _("Monday") == "پیر"
