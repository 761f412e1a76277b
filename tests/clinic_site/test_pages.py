from datetime import date

import pytest
import time_machine
from django.test import Client

from clinic_site.models import Clinic, Closure
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def clinic() -> Clinic:
    return Clinic.objects.current()


def test_contact_shows_hours_with_the_break(client: Client):
    words = words_of(client.get("/contact/"))
    assert "Friday 10:00–13:00, 14:30–19:00" in words
    assert "Sunday Closed" in words


@time_machine.travel("2026-03-10T12:00:00+05:00")
def test_contact_shows_closures_that_are_still_to_come(client: Client, clinic):
    Closure.objects.create(
        clinic=clinic, first_day=date(2026, 3, 8), last_day=date(2026, 3, 9), reason="Past feast"
    )
    Closure.objects.create(
        clinic=clinic, first_day=date(2026, 3, 10), last_day=date(2026, 3, 12), reason="Eid"
    )
    words = words_of(client.get("/contact/"))
    assert "Eid" in words
    assert "Past feast" not in words


def test_a_number_can_be_tapped_and_stays_left_to_right(client: Client, clinic):
    clinic.phone = "+92512345678"
    clinic.whatsapp = "+923001234567"
    clinic.save()
    html = client.get("/contact/").content.decode()
    assert 'href="tel:+92-51-2345678"' in html
    assert '<bdi dir="ltr">(051) 2345678</bdi>' in html
    assert 'href="https://wa.me/923001234567"' in html


def test_the_samples_number_cannot_be_called(client: Client):
    assert "tel:" not in client.get("/contact/").content.decode()


def test_edited_details_are_everywhere(client: Client, clinic):
    clinic.name_en = "Another <Clinic>"
    clinic.save()
    for page in ("/", "/treatments/prp/", "/contact/", "/no-such-page/"):
        assert "Another &lt;Clinic&gt;" in client.get(page).content.decode()


def test_robots_name_the_sitemap(client: Client):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert b"Sitemap: http://127.0.0.1:8000/sitemap.xml" in response.content


@time_machine.travel("2026-03-10T12:00:00+05:00")
def test_security_txt_is_valid_for_half_a_year(client: Client):
    text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:desk@sample-clinic.example" in text
    assert "Expires: 2026-09-06T" in text


def test_healthz_answers_and_is_never_cached(client: Client):
    response = client.get("/healthz")
    assert response.content == b"ok\n"
    assert response.headers["Cache-Control"] == "no-store"


def test_the_sitemap_lists_pages_in_both_languages(client: Client):
    xml = client.get("/sitemap.xml").content.decode()
    for address in ("/", "/treatments/prp/", "/compare/exosomes-vs-prp/", "/privacy/"):
        assert f"<loc>http://127.0.0.1:8000{address}</loc>" in xml
        assert f"<loc>http://127.0.0.1:8000/ur{address}</loc>" in xml


def test_every_address_of_the_sitemap_answers(client: Client):
    xml = client.get("/sitemap.xml").content.decode()
    addresses = [part.split("</loc>")[0] for part in xml.split("<loc>")[1:]]
    assert len(addresses) == len(set(addresses)) > 40
    for address in addresses:
        path = address.removeprefix("http://127.0.0.1:8000")
        assert client.get(path).status_code == 200, path
