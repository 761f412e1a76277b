"""The desk's pages for everyone who works there: axe, no sideways scroll, a silent console."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from consultations.models import ConsultationRequest
from tests.browser.axe import violations_of
from tests.consultations.factories import make_request

REQUESTS = "/admin/consultations/consultationrequest/"
REQUEST = f"{REQUESTS}{{pk}}/change/"
PAGES = [
    "/admin/",
    "/ur/admin/",
    REQUESTS,
    REQUEST,
    f"/ur{REQUEST}",
    f"{REQUESTS}add/",
    f"{REQUESTS}person/?q=0300",
    f"{REQUESTS}how-it-goes/",
    "/admin/consultations/appointment/",
    "/admin/consultations/practitioner/1/change/",
    "/admin/clinic_site/clinic/1/change/",
    "/admin/clinic_site/securityrules/",
    "/admin/second-factor/",
    "/admin/second-factor/set-up/",
]


@pytest.fixture
def request_one(db: None) -> ConsultationRequest:
    return make_request(
        name="Sample Patient",
        email="patient@example.com",
        red_flags=[{"key": "a", "name": "Bald patches"}],
        message="When can I come?",
    )


@pytest.fixture(autouse=True)
def signed_in(page: Page, live_server, transactional_db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("owner"))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_the_desk_serves_everyone(page: Page, request_one, address):
    page.goto(address.format(pk=request_one.pk))
    assert violations_of(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    if address != REQUESTS:  # Django's own list scrolls within itself
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_refused_move_serves_everyone(page: Page, request_one):
    page.goto(REQUEST.format(pk=request_one.pk))
    page.locator("summary", has_text="Decline").click()
    page.get_by_role("button", name="Decline").click()
    assert page.title().startswith("Error:")
    assert violations_of(page) == []


def test_every_page_of_the_admin_stands_under_the_strict_policy(page: Page, request_one):
    """The page fixture fails the test on any message in the console."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert page.goto(reverse(f"{name}_changelist")).status == 200, name
        # Some things nobody adds or changes there, such as what is on record.
        assert page.goto(reverse(f"{name}_add")).status in {200, 403}, name
        if one := model._default_manager.last():
            assert page.goto(reverse(f"{name}_change", args=[one.pk])).status in {200, 403}, name
