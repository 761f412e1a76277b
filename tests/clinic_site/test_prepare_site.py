"""What `script/server` runs before every start."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from clinic_site.management.commands import prepare_site
from tests.staff import sign_in
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    """A folder with one stylesheet, and an empty one to collect it into."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "site.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATIC_ROOT = tmp_path / "collected"
    return tmp_path


def prepare() -> str:
    output = StringIO()
    call_command("prepare_site", stdout=output)
    return output.getvalue()


def test_the_first_account_can_sign_in_with_the_password_shown(client: Client):
    password = re.search(r"password: +(\S+)", prepare()).group(1)

    assert sign_in(client, "admin", password).headers["Location"] == "/admin/"
    assert User.objects.get().is_superuser


def test_a_second_start_shows_no_password_and_changes_none():
    prepare()
    before = User.objects.get().password

    assert prepare() == ""
    assert User.objects.get().password == before


def test_a_clinic_without_superusers_is_given_none():
    User.objects.create_user("desk", is_staff=True)

    prepare()

    assert [user.username for user in User.objects.all()] == ["desk"]


def test_static_files_are_collected_only_when_one_has_changed(folders, settings):
    prepare()
    collected = settings.STATIC_ROOT / "site.css"
    assert collected.exists()
    collected.unlink()

    prepare()
    assert not collected.exists()

    (folders / "source" / "site.css").write_text("body { color: navy }")
    prepare()
    assert "navy" in collected.read_text()


def test_content_is_loaded_only_where_there_is_none(monkeypatch):
    calls = []
    monkeypatch.setattr(prepare_site, "call_command", lambda name, **options: calls.append(name))

    prepare_site.load_first_content()
    assert calls == []

    Treatment.objects.all().delete()
    prepare_site.load_first_content()
    assert calls == ["load_content"]
