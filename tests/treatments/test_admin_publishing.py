"""On to the site and off it again, a copy to start from, and a look at what is not there yet."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.forms import send_changed
from tests.pages import words_of
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")

LIST = "/admin/treatments/treatment/"


def change_page(slug: str) -> str:
    return f"{LIST}{Treatment.objects.get(slug=slug).pk}/change/"


def test_one_button_saves_and_publishes(admin_client: Client, admin_user):
    Treatment.objects.filter(slug="minoxidil").update(status="draft")
    page = change_page("minoxidil")
    html = admin_client.get(page).content.decode()
    assert "Save and publish" in html
    assert "Save and withdraw" not in html
    response = send_changed(admin_client, page, summary_en="A new summary.", _publish="")
    assert response.headers["Location"] == page
    assert "“Minoxidil” is on the site now." in words_of(admin_client.get(page))
    minoxidil = Treatment.objects.get(slug="minoxidil")
    assert (minoxidil.status, minoxidil.summary_en) == ("published", "A new summary.")
    assert (minoxidil.versions.first().cause, minoxidil.versions.first().made_by) == (
        "publish",
        admin_user,
    )


def test_one_button_saves_and_withdraws(admin_client: Client, client: Client):
    send_changed(admin_client, change_page("minoxidil"), _withdraw="")
    assert "“Minoxidil” is no longer on the site." in words_of(
        admin_client.get(change_page("minoxidil"))
    )
    assert client.get("/treatments/minoxidil/").status_code == 404


def test_a_refused_publication_says_nothing_of_success(admin_client: Client):
    Treatment.objects.filter(slug="minoxidil").update(status="draft", living_with_en="")
    words = words_of(send_changed(admin_client, change_page("minoxidil"), _publish=""))
    assert "Still missing: what it is like" in words
    assert "successfully" not in words
    assert "on the site now" not in words
    assert Treatment.objects.get(slug="minoxidil").status == "draft"


def test_the_list_publishes_what_is_complete_and_names_what_is_not(admin_client: Client):
    Treatment.objects.filter(slug__in=["minoxidil", "exosomes"]).update(status="draft")
    Treatment.objects.filter(slug="minoxidil").update(living_with_en="")
    chosen = list(Treatment.objects.filter(status="draft").values_list("pk", flat=True))
    response = admin_client.post(
        LIST, {"action": "publish", "_selected_action": chosen}, follow=True
    )
    words = words_of(response)
    assert "“Exosomes” is on the site now." in words
    assert "“Minoxidil” cannot be published like this. Still missing: what it is like" in words
    assert list(Treatment.objects.filter(status="draft")) == [
        Treatment.objects.get(slug="minoxidil")
    ]


def test_the_list_withdraws(admin_client: Client):
    pk = Treatment.objects.get(slug="minoxidil").pk
    admin_client.post(LIST, {"action": "withdraw", "_selected_action": [pk]})
    assert Treatment.objects.get(slug="minoxidil").status == "draft"


def test_a_copy_is_one_click_away(admin_client: Client):
    minoxidil = Treatment.objects.get(slug="minoxidil")
    address = f"{LIST}{minoxidil.pk}/duplicate/"
    assert address in admin_client.get(change_page("minoxidil")).content.decode()
    assert admin_client.get(address).status_code == 405
    response = admin_client.post(address, follow=True)
    assert response.request["PATH_INFO"] == change_page("minoxidil-copy")
    assert "This is a draft with everything from “Minoxidil”." in words_of(response)
    assert (
        Treatment.objects.get(slug="minoxidil-copy").findings.count() == minoxidil.findings.count()
    )


# ---- Preview


def as_reader(client: Client) -> Client:
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_treatment"))
    client.force_login(user)
    return client


def test_the_preview_of_a_draft_is_the_page_that_patients_would_see(client: Client):
    public = client.get("/treatments/minoxidil/").content.decode()
    Treatment.objects.filter(slug="minoxidil").update(status="draft")
    assert client.get("/treatments/minoxidil/").status_code == 404
    response = as_reader(client).get(f"{LIST}{Treatment.objects.get(slug='minoxidil').pk}/preview/")
    html = response.content.decode()
    assert "Preview of a draft. Patients cannot see this page." in html

    def sections(page: str) -> str:
        return page.split("<article")[1].split('<h2 id="questions">')[0]

    assert sections(html) == sections(public)
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert 'rel="canonical"' not in html
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]


def test_the_preview_is_there_in_urdu_and_shows_where_it_is_missing(client: Client):
    Treatment.objects.filter(slug="minoxidil").update(status="draft", summary_ur="")
    pk = Treatment.objects.get(slug="minoxidil").pk
    html = as_reader(client).get(f"/ur{LIST}{pk}/preview/").content.decode()
    assert '<html lang="ur" dir="rtl">' in html
    assert "مائنوکسیڈل" in html
    assert "(فی الحال صرف انگریزی میں)" in html


def test_the_preview_leaves_the_form_as_it_was_typed(client: Client):
    page = f"{LIST}{Treatment.objects.get(slug='minoxidil').pk}/"
    form = as_reader(client).get(f"{page}change/").content.decode()
    for prefix, language in (("", "en"), ("/ur", "ur")):
        link = f'href="{prefix}{page}preview/" hreflang="{language}" target="_blank" rel="noopener"'
        assert link in form
    assert "This is what has been saved." in client.get(f"{page}preview/").content.decode()


def test_the_preview_of_a_page_half_written_opens(client: Client):
    empty = Treatment.objects.create(slug="empty", name_en="Empty", short_name_en="Empty")
    assert as_reader(client).get(f"{LIST}{empty.pk}/preview/").status_code == 200


def test_only_staff_who_may_see_treatments_see_a_preview(client: Client):
    address = f"{LIST}{Treatment.objects.get(slug='minoxidil').pk}/preview/"
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("other", is_staff=True))
    assert client.get(address).status_code == 403


def test_who_may_only_look_changes_nothing(client: Client):
    reader, pk = as_reader(client), Treatment.objects.get(slug="minoxidil").pk
    html = reader.get(change_page("minoxidil")).content.decode()
    assert "Save and" not in html
    assert "Duplicate" not in html
    assert reader.post(f"{LIST}{pk}/duplicate/").status_code == 403
    assert reader.post(change_page("minoxidil"), {"_withdraw": ""}).status_code == 403
    reader.post(LIST, {"action": "withdraw", "_selected_action": [pk]})
    assert Treatment.objects.get(slug="minoxidil").status == "published"
