"""From reading to asking, in a real browser."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from consultations.models import ConsultationRequest


@pytest.fixture
def mail_folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def fill_in(page: Page, phone: str = "0300 1234567") -> None:
    page.get_by_label("Your name").fill("Sample Patient")
    page.get_by_label("Phone number").fill(phone)
    page.get_by_label("E-mail address").fill("patient@example.com")
    page.get_by_label("I agree that the clinic stores").check()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send my request").click()


def test_a_reader_of_the_comparison_asks_and_staff_see_it(page: Page, mail_folder):
    page.goto("/compare/exosomes-vs-prp/")
    page.get_by_role("main").get_by_role("link", name="Ask for a consultation").click()
    fill_in(page)
    page.get_by_label("Bald patches").check()
    send(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    request = ConsultationRequest.objects.get()
    assert page.url.endswith(f"/consultation/{request.token}/")
    expect(page.get_by_text(request.reference).first).to_be_visible()
    expect(page.get_by_text("Please see a doctor first")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("confirmed")
    assert str(request.phone.as_e164) == "+923001234567"
    assert request.source_page == "/compare/exosomes-vs-prp/"

    call_command("deliver_mail", once=True)
    mails = [path.read_text() for path in mail_folder.iterdir()]
    to_patient = next(mail for mail in mails if "To: patient@example.com" in mail)
    to_clinic = next(mail for mail in mails if "To: desk@sample-clinic.example" in mail)
    assert request.token in to_patient
    assert request.reference in to_clinic
    assert "Bald patches" not in to_patient + to_clinic

    User.objects.create_superuser("desk", password="a long sample password")
    page.goto("/admin/")
    page.get_by_label("Username").fill("desk")
    page.get_by_label("Password").fill("a long sample password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Consultation requests").first.click()
    page.get_by_role("link", name="Sample Patient").click()
    expect(page.get_by_text("Sample Patient").first).to_be_visible()
    expect(page.get_by_text("Bald patches").first).to_be_visible()


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_error(page: Page):
    page.goto("/consultation/")
    fill_in(page, phone="051 234567")
    send(page)

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Write the whole number")
    expect(page.get_by_label("Your name")).to_have_value("Sample Patient")
    expect(page.get_by_label("Phone number")).to_have_value("051 234567")
    assert page.title().startswith("Error:")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Phone number")).to_be_focused()
    assert not ConsultationRequest.objects.exists()


def test_back_and_send_again_is_one_request(page: Page):
    page.goto("/consultation/")
    fill_in(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    first = page.url
    page.go_back()
    fill_in(page)
    send(page)
    expect(page).to_have_url(first)
    assert ConsultationRequest.objects.count() == 1


def test_a_double_click_is_one_request(page: Page):
    page.goto("/consultation/")
    fill_in(page)
    page.get_by_role("button", name="Send my request").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    assert ConsultationRequest.objects.count() == 1


def test_the_chooser_works_with_the_keyboard_alone(page: Page):
    page.goto("/compare/")
    for slug in ("exosomes", "prp"):
        page.locator(f"#choose-{slug}").focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/exosomes-vs-prp/$"))


@pytest.mark.parametrize("address", ["/", "/treatments/prp/", "/compare/exosomes-vs-prp/"])
def test_nothing_is_asked_of_another_host(page: Page, address, base_url):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert asked
    assert all(url.startswith(base_url) for url in asked)
