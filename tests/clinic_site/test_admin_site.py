"""Who is let into the staff's part of the site, and what its front door leads to."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from clinic_site.admin_site import ClinicAdminSite
from clinic_site.roles import Role
from consultations.models import ConsultationRequest
from tests.consultations.factories import make_request
from tests.pages import words_of
from tests.staff import PASSWORD, SIGN_IN, make_staff, signed_in
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")


def shortcut_to(thing) -> str:
    kind = ContentType.objects.get_for_model(thing)
    return reverse("admin:view_on_site", args=[kind.pk, thing.pk])


def test_the_admin_is_ours():
    assert isinstance(admin.site._wrapped if admin.site._wrapped else admin.site, ClinicAdminSite)


@pytest.mark.parametrize("role", [Role.OWNER, Role.FRONT_DESK, Role.EDITOR])
def test_no_shortcut_leads_to_a_patients_own_page(role):
    request = make_request()
    response = signed_in(make_staff(role)).get(shortcut_to(request))
    assert response.status_code == 403
    assert request.token not in response.content.decode()
    assert ConsultationRequest.objects.count() == 1


def test_a_shortcut_leads_to_the_page_of_a_fact_for_who_may_see_it():
    prp = Treatment.objects.get(slug="prp")
    editor = signed_in(make_staff(Role.EDITOR)).get(shortcut_to(prp))
    assert editor.headers["Location"].endswith("/treatments/prp/")
    assert signed_in(make_staff(Role.FRONT_DESK)).get(shortcut_to(prp)).status_code == 403


@pytest.mark.parametrize("address", ["/admin/r/x/1/", "/admin/r/0/1/", "/admin/r/%00/1/"])
def test_a_shortcut_to_nowhere_is_not_found(admin_client, address):
    assert admin_client.get(address).status_code == 404


# ---- when something is refused


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_what_is_refused_to_staff_leads_to_the_desk(prefix):
    request = make_request()
    desk = signed_in(make_staff(Role.FRONT_DESK, name="nadia"))
    move = f"{prefix}/admin/consultations/consultationrequest/{request.pk}/move/reached/"
    long = {"data": b"x" * 3_000_000, "content_type": "text/plain"}
    wary = Client(enforce_csrf_checks=True)
    refusals = {
        403: desk.get(f"{prefix}/admin/auth/user/"),
        404: desk.get(f"{prefix}/admin/nowhere/"),
        405: desk.put(f"{prefix}/admin/consultations/consultationrequest/{request.pk}/change/"),
        413: desk.post(move, **long),
        "csrf": wary.post(f"{prefix}/admin/login/", {"username": "nadia"}),
        "locked": [
            Client().post(f"{prefix}/admin/login/", {"username": "nadia", "password": "x"})
            for _number in range(5)
        ][-1],
    }
    assert [answer.status_code for answer in refusals.values()] == [403, 404, 405, 413, 403, 429]
    for answer in refusals.values():
        html = answer.content.decode()
        assert f'<a class="button" href="{prefix}/admin/">' in html
        for address in ("/consultation/", "/compare/", "/questions/", "/treatments/"):
            assert f'href="{prefix}{address}"' not in html


def test_what_is_refused_to_patients_says_nothing_of_the_desk(client: Client):
    for answer in (client.post("/compare/"), client.get("/administration/")):
        html = answer.content.decode()
        assert "/admin/" not in html
        assert 'href="/consultation/"' in html


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_who_presses_a_button_too_late_comes_back_to_its_page(prefix):
    nadia = make_staff(Role.FRONT_DESK, name="nadia")
    request = make_request()
    page = f"{prefix}/admin/consultations/consultationrequest/{request.pk}/change/"
    button = page.replace("change", "move/reached")
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Karachi"))) as clock:
        desk = signed_in(nadia)
        desk.get(page)
        clock.shift(timedelta(minutes=61))
        response = desk.post(button, headers={"referer": f"http://testserver{page}?day=2026-11-25"})
        sign_in = response.headers["Location"]
        assert parse_qs(urlsplit(sign_in).query)["next"] == [f"{page}?day=2026-11-25"]
        typed = {"username": "nadia", "password": PASSWORD}
        response = desk.post(sign_in, typed, follow=True)
    assert response.status_code == 200
    assert request.reference in words_of(response)


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/admin/", "http://testserver/", "http://[/admin/"]
)
def test_a_page_that_is_not_of_the_desk_is_no_place_to_come_back_to(client: Client, referer):
    response = client.post("/admin/treatments/treatment/", headers={"referer": referer})
    assert response.headers["Location"] == f"{SIGN_IN}?next=/admin/treatments/treatment/"
