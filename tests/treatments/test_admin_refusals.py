"""What the editor's forms refuse, and where they say so."""

import re

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.forms import send_changed
from tests.pages import words_of
from tests.staff import signed_in
from tests.treatments.test_admin import change_page
from treatments.content_export import StoredContent
from treatments.models import Finding, Treatment

pytestmark = pytest.mark.usefixtures("content")


def test_errors_stand_on_top_as_links_to_their_fields(admin_client: Client):
    page = change_page("minoxidil")
    finding = Treatment.objects.get(slug="minoxidil").findings.first()
    response = send_changed(
        admin_client,
        page,
        slug="my page!",
        **{
            "findings-0-statement_en": "",
            "claims-TOTAL_FORMS": "99",
            "claims-98-topic": "growth",
        },
    )
    html = response.content.decode()
    links = html.split('<ul class="error-links">')[1].split("</ul>")[0]
    plain = "Write only letters from a to z, figures, hyphens and underscores."
    assert f'<a href="#id_slug">Address: {plain}</a>' in links
    assert (
        f'<a href="#id_findings-0-statement_en">Finding · {finding} · What the evidence says '
        "(English): This field is required.</a>"
    ) in links
    assert '<a href="#id_claims-98-support">Claim · #99 · Does the evidence agree?: ' in links
    for target in re.findall(r'href="#([^"]+)"', links):
        assert f' id="{target}"' in html
    # Folded away is only what holds none of them.
    for relation, is_open in (("findings", True), ("claims", True), ("questions", False)):
        group = html.split(f'id="{relation}-group"')[1].split("</h2>")[0]
        assert ("<details>" not in group) == is_open


def test_errors_of_a_whole_row_lead_to_the_row(admin_client: Client):
    response = send_changed(
        admin_client, change_page("minoxidil"), **{"findings-0-review_due": "2020-01-01"}
    )
    html = response.content.decode()
    assert '<li><a href="#findings-0">Finding · ' in html
    assert 'id="findings-0"' in html


# ---- Dates


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("prp", {"reviewed_by": "Dr Sample", "reviewed_on": "05/12/2027"}),
        ("minoxidil", {"findings-0-checked_on": "29/11/2026"}),
    ],
)
def test_a_reading_that_is_still_to_come_is_refused(admin_user: User, slug, changes):
    Finding.objects.update(checked_on="2026-11-22", review_due="2028-11-22")
    with time_machine.travel("2026-11-28T12:00+00:00"):
        response = send_changed(signed_in(admin_user), change_page(slug), **changes)
    assert response.status_code == 200
    assert "This day has not come yet." in words_of(response)


def test_a_clock_that_is_behind_stands_in_no_editors_way(admin_user: User):
    with time_machine.travel("2026-03-05T12:00+00:00"):
        editor = signed_in(admin_user)
        response = send_changed(editor, change_page("minoxidil"), summary_en="Corrected.")
        assert response.status_code == 302
        file = StoredContent().files()["treatments/prp.toml"]
        response = editor.post(
            "/admin/treatments/treatment/content/",
            {"file": SimpleUploadedFile("prp.toml", file.encode()), "_import": ""},
        )
        assert "This day has not come yet." not in words_of(response)
    assert Treatment.objects.get(slug="minoxidil").summary_en == "Corrected."
    assert not Treatment.objects.get(slug="prp").is_reviewed


def test_a_reading_of_today_is_kept(admin_user: User):
    with time_machine.travel("2026-11-28T22:00+00:00"):  # in Islamabad it is the 29th
        review = {"reviewed_by": "Dr Sample", "reviewed_on": "29/11/2026"}
        response = send_changed(signed_in(admin_user), change_page("prp"), **review)
    assert response.status_code == 302, response.context["errors"]
    assert f"{Treatment.objects.get(slug='prp').reviewed_on}" == "2026-11-29"


def test_a_date_of_reading_that_cannot_be_read_says_how_to_write_it(admin_client: Client):
    response = send_changed(admin_client, change_page("prp"), review_due="soon")
    assert "Choose a date, or write it like 2026-12-31." in words_of(response)
