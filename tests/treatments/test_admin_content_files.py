"""Taking all content along, and bringing files in, through the admin."""

import io
import zipfile

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.pages import words_of
from treatments.content_archive import pack
from treatments.content_export import StoredContent
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")

PAGE = "/admin/treatments/treatment/content/"


def upload(client: Client, name: str, content: bytes, button: str = "_import"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content), button: ""})


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody who may see all content and change none of it."""
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


def test_the_export_is_an_archive_of_all_content_files(admin_client: Client):
    response = admin_client.get(PAGE + "export/")
    assert response.headers["Content-Type"] == "application/zip"
    assert "attachment; filename=" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert files == StoredContent().files()


def test_an_upload_wins_over_an_edit_and_is_in_the_history(admin_client: Client, admin_user):
    archive = pack(StoredContent().files())
    Treatment.objects.filter(slug="prp").update(summary_en="Edited.")
    response = upload(admin_client, "content.zip", archive)
    assert response.status_code == 200
    assert "Changed: 1: treatment/prp" in words_of(response)
    prp = Treatment.objects.get(slug="prp")
    assert prp.summary_en != "Edited."
    assert (prp.versions.first().cause, prp.versions.first().made_by) == ("import", admin_user)


def test_files_can_be_checked_first(admin_client: Client):
    file = StoredContent().files()["treatments/prp.toml"].replace("A clinic", "Somebody", 1)
    response = upload(admin_client, "prp.toml", file.encode(), "_check")
    assert "Nothing was changed yet. An import would do this: New: 0 Changed: 1" in words_of(
        response
    )
    assert not Treatment.objects.filter(summary_en__startswith="Somebody").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("prp.toml", b"[treatment]\nslug = 1\n", "prp.toml, treatment, slug: must be a text"),
        ("x.toml", b"not toml", "x.toml: not valid TOML"),
        ("x.pdf", b"%PDF", "choose a .zip or a .toml file"),
        ("x.zip", b"PK", "cannot be opened"),
        ("x.zip", pack({"../x.toml": ""}), "leads out of the archive"),
        ("x.toml", b"[precautions.x]\n" + b"[[" * 4000, "not valid TOML"),
        ("x.toml", b"", "The submitted file is empty."),
        ("x.toml", b"# nothing\n", "no entries in these files"),
    ],
)
def test_a_broken_upload_is_refused_with_the_reason(admin_client: Client, name, content, said):
    before = StoredContent().files()
    response = upload(admin_client, name, content)
    assert response.status_code == 422
    assert said in words_of(response)
    assert "<title>Error:" in response.content.decode()
    assert StoredContent().files() == before


def test_no_file_is_refused_too(admin_client: Client):
    response = admin_client.post(PAGE, {"_import": ""})
    assert response.status_code == 422
    assert "This field is required." in words_of(response)


def test_who_may_see_all_may_export_and_not_import(reader: Client):
    response = reader.get(PAGE)
    assert "Export all content" in words_of(response)
    assert "Import the files" not in response.content.decode()
    assert reader.get(PAGE + "export/").status_code == 200
    assert upload(reader, "content.zip", b"").status_code == 403


def test_who_may_not_see_all_may_not_export(reader: Client):
    user = User.objects.get(username="reader")
    user.user_permissions.remove(Permission.objects.get(codename="view_source"))
    assert reader.get(PAGE).status_code == 403
    assert reader.get(PAGE + "export/").status_code == 403


def test_files_that_tell_of_a_reading_still_to_come_are_refused(admin_client: Client):
    file = StoredContent().files()["treatments/prp.toml"]
    file = file.replace("checked_on = 2026-11-22", "checked_on = 2099-01-01", 1)
    file = file.replace("review_due = 2027-11-22", "review_due = 2100-01-01", 1)
    file = file.replace(
        'status = "published"',
        'status = "published"\nreviewed_by = "Dr Sample"\nreviewed_on = 2098-12-05',
    )
    words = words_of(upload(admin_client, "prp.toml", file.encode()))
    assert "treatment, reviewed_on: This day has not come yet." in words
    assert "checked_on: This day has not come yet." in words
    assert not Treatment.objects.get(slug="prp").is_reviewed


def test_a_rule_of_several_fields_that_a_file_breaks_is_told(admin_client: Client):
    file = StoredContent().files()["treatments/prp.toml"]
    file = file.replace("checked_on = 2026-11-22", "checked_on = 2027-12-01", 1)
    words = words_of(upload(admin_client, "prp.toml", file.encode()))
    assert "The next reading must come after the last one." in words
