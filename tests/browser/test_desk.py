"""A morning at the desk, in a real browser: each task in five clicks at most."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import Locator, Page, expect

from clinic_site.roles import Role
from consultations import services
from consultations.availability import free_times
from consultations.models import ConsultationRequest, Practitioner, State
from tests.consultations.factories import make_request
from treatments.models import Finding, Source, Treatment

MOST_CLICKS = 5


class Hands:
    """Somebody at a browser, whose clicks are counted from the desk on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def to_the_desk(self) -> None:
        self.page.goto("/admin/")
        self.clicks = 0

    def click(self, thing: Locator) -> None:
        self.clicks += 1
        thing.click()

    def choose(self, select: Locator, label: str) -> None:
        self.clicks += 2  # open the list, pick from it
        select.select_option(label=label)


@pytest.fixture
def sign_in(page: Page, live_server):
    """Sign somebody with this role in, at the desk."""

    def enter(role: Role) -> Hands:
        user = User.objects.create_user(role.name.lower(), is_staff=True)
        user.groups.add(Group.objects.get(name=role.value))
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        hands = Hands(page)
        hands.to_the_desk()
        return hands

    return enter


@pytest.fixture
def hands(sign_in) -> Hands:
    return sign_in(Role.FRONT_DESK)


@pytest.fixture
def request_one(db: None) -> ConsultationRequest:
    """The one who waits longest, wishing for the first free time there is."""
    first = free_times(treatment=None, now=timezone.now())[0].starts_at
    return make_request(
        name="Sample Patient",
        preferred_times=[first],
        created_at=timezone.now() - timedelta(hours=2),
    )


@pytest.fixture
def agreed(request_one: ConsultationRequest) -> ConsultationRequest:
    """An appointment that stands on the desk, under tomorrow."""
    tomorrow = timezone.localtime() + timedelta(days=1)
    services.confirm(
        request=request_one,
        practitioner=Practitioner.objects.get(),
        starts_at=tomorrow.replace(hour=10, minute=0, second=0, microsecond=0),
        actor=User.objects.create_superuser("colleague"),
    )
    return request_one


def part(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{heading}"))


def done(hands: Hands, text: str) -> None:
    expect(hands.page.get_by_text(text)).to_be_visible()
    assert hands.clicks <= MOST_CLICKS


def test_take_the_oldest_request_and_call(request_one, hands: Hands):
    make_request(name="Somebody later")
    hands.to_the_desk()
    hands.click(part(hands.page, "Waiting for an answer").get_by_role("link").first)
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("Sample Patient")
    phone = hands.page.get_by_role("link", name="0300 1234567")
    assert phone.get_attribute("href") == "tel:+92-300-1234567"
    assert hands.clicks + 1 <= MOST_CLICKS


def test_note_that_nobody_answered(request_one, hands: Hands):
    hands.to_the_desk()
    hands.click(part(hands.page, "Waiting for an answer").get_by_role("link").first)
    part(hands.page, "What happened").get_by_label("Note").fill("Again at five.")
    hands.click(hands.page.get_by_role("button", name="Not reached"))
    done(hands, "Noted: not reached yet.")
    request_one.refresh_from_db()
    assert request_one.state == State.CONTACTED
    expect(part(hands.page, "What has happened")).to_contain_text("Again at five.")


def test_confirm_the_time_that_the_patient_wished_for(request_one, hands: Hands):
    hands.to_the_desk()
    hands.click(part(hands.page, "Waiting for an answer").get_by_role("link").first)
    hands.click(hands.page.get_by_role("button", name="Confirm the appointment"))
    done(hands, "The appointment is confirmed.")
    wish = request_one.preferred_times.get().starts_at
    assert request_one.appointments.get().starts_at == wish


def test_move_an_appointment(agreed, hands: Hands):
    hands.to_the_desk()
    hands.click(part(hands.page, "Tomorrow").get_by_role("link").first)
    days = hands.page.get_by_role("navigation", name="Free times by day").get_by_role("link")
    hands.click(days.nth(5))
    select = hands.page.get_by_role("combobox", name="Free time")
    expect(select).to_be_focused()
    hands.choose(select, select.locator("optgroup").last.locator("option").last.inner_text())
    hands.click(hands.page.get_by_role("button", name="Move the appointment"))
    done(hands, "The appointment is moved.")
    assert agreed.appointments.get().sequence == 1


def test_another_day_takes_nothing_away_that_was_typed(request_one, hands: Hands):
    page = hands.page
    page.goto(reverse("admin:consultations_consultationrequest_change", args=[request_one.pk]))
    happened = page.get_by_role("region", name="What happened?").get_by_label("Note")
    happened.fill("Calls back at noon.")
    agree = page.get_by_role("region", name="Agree on an appointment")
    agree.get_by_label("Note").fill("Needs a ramp.")
    day = agree.get_by_role("navigation", name="Free times by day").get_by_role("link").nth(5)
    name = day.inner_text()
    day.click()

    select = agree.get_by_role("combobox", name="Free time")
    expect(select).to_be_focused()
    expect(agree.locator("[aria-current]")).to_have_text(name)
    expect(happened).to_have_value("Calls back at noon.")
    select.select_option(index=select.locator("option").count() - 1)
    agree.get_by_role("button", name="Confirm the appointment").click()
    done(hands, "The appointment is confirmed.")
    # A note goes with whichever button is pressed.
    noted = request_one.events.last().note
    assert noted.splitlines() == ["Needs a ramp.", "Calls back at noon."]
    starts_at = timezone.localtime(request_one.appointments.get().starts_at)
    assert name.startswith(date_format(starts_at, "D j M"))

    happened.fill("Lives in Murree.")
    page.get_by_role("button", name="Done").click()
    done(hands, "Noted.")
    assert request_one.events.last().note == "Lives in Murree."


def test_a_day_that_does_not_come_says_so_and_nothing_is_lost(request_one, hands: Hands):
    page = hands.page
    page.goto(reverse("admin:consultations_consultationrequest_change", args=[request_one.pk]))
    agree = page.get_by_role("region", name="Agree on an appointment")
    agree.get_by_label("Note").fill("Needs a ramp.")
    days = agree.get_by_role("navigation", name="Free times by day").get_by_role("link")
    session = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    days.nth(5).click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")

    page.context.add_cookies(session)
    days.nth(5).click()
    expect(page.get_by_role("combobox", name="Free time")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(agree.get_by_label("Note")).to_have_value("Needs a ramp.")


def test_decline_with_a_reason(request_one, hands: Hands):
    hands.to_the_desk()
    hands.click(part(hands.page, "Waiting for an answer").get_by_role("link").first)
    hands.click(hands.page.locator("summary", has_text="Decline"))
    hands.page.get_by_label("Reason, for the patient").fill("A doctor must see you first.")
    hands.click(hands.page.get_by_role("button", name="Decline"))
    done(hands, "The request is declined.")
    assert request_one.events.last().for_patient == "A doctor must see you first."


def test_write_down_who_phones(hands: Hands):
    hands.click(hands.page.get_by_role("link", name="Write down a request"))
    hands.page.get_by_label("The patient's name").fill("Sample Caller")
    hands.page.get_by_label("Phone number").fill("0300 7654321")
    hands.click(hands.page.get_by_label("The patient agrees"))
    hands.click(hands.page.get_by_role("button", name="Keep the request"))
    done(hands, "The request is kept.")
    assert ConsultationRequest.objects.get().came_by == "phone"


# ---- an editor's tasks


@pytest.fixture
def editor(sign_in) -> Hands:
    return sign_in(Role.EDITOR)


def open_treatment(hands: Hands, name: str) -> None:
    hands.click(hands.page.get_by_role("link", name="Treatments").first)
    hands.click(hands.page.get_by_role("link", name=name, exact=True))


def test_correct_a_fact_with_its_urdu_and_source(editor: Hands):
    finding = Finding.objects.filter(treatment__slug="prp").first()
    other = Source.objects.exclude(pk__in=finding.sources.all()).first()
    hands = editor
    # Straight to the one that is to be corrected, by its list.
    hands.click(hands.page.get_by_role("link", name="Findings: what the evidence says"))
    hands.page.goto(f"/admin/treatments/finding/{finding.pk}/change/")
    hands.clicks += 1
    hands.page.locator("#id_statement_en").fill("A corrected statement.")
    hands.page.locator("#id_statement_ur").fill("درست کیا ہوا بیان۔")
    hands.click(hands.page.locator(".field-sources .select2-container"))
    hands.page.locator(".select2-search__field").last.type(other.key)
    hands.click(hands.page.locator(".select2-results__option", has_text=other.key).first)
    hands.click(hands.page.get_by_role("button", name="Save", exact=True))
    done(hands, "was changed successfully.")
    finding.refresh_from_db()
    assert (finding.statement_en, finding.statement_ur) == (
        "A corrected statement.",
        "درست کیا ہوا بیان۔",
    )
    assert other in finding.sources.all()


def test_preview_then_publish(editor: Hands):
    Treatment.objects.filter(slug="prp").update(status=Treatment.Status.DRAFT)
    hands = editor
    open_treatment(hands, "PRP")
    with hands.page.expect_popup() as opened:
        hands.click(hands.page.get_by_role("link", name="Preview in Urdu"))
    expect(opened.value.locator("html")).to_have_attribute("dir", "rtl")
    opened.value.close()
    hands.click(hands.page.get_by_role("button", name="Save and publish"))
    done(hands, "is on the site now.")
    assert Treatment.objects.get(slug="prp").status == Treatment.Status.PUBLISHED


def test_return_to_an_earlier_version(editor: Hands):
    hands = editor
    treatment = Treatment.objects.get(slug="prp")
    before = treatment.summary_en
    open_treatment(hands, "PRP")
    hands.page.locator("#id_summary_en").fill("A mistaken summary.")
    hands.page.get_by_role("button", name="Save", exact=True).click()
    hands.to_the_desk()
    open_treatment(hands, "PRP")
    hands.click(hands.page.get_by_role("link", name="History"))
    hands.click(hands.page.get_by_role("link", name="Return to this version").first)
    hands.click(hands.page.get_by_role("button", name="Return to this version"))
    assert hands.clicks <= MOST_CLICKS
    treatment.refresh_from_db()
    assert treatment.summary_en == before


# ---- an owner's


def test_answer_somebody_who_wants_to_be_erased(request_one, sign_in):
    hands = sign_in(Role.OWNER)
    hands.click(hands.page.get_by_role("link", name="A person's data"))
    hands.page.locator("#id_q").fill("0300 1234567")
    hands.click(hands.page.get_by_role("button", name="Find"))
    hands.click(hands.page.get_by_role("button", name="Erase …"))
    hands.click(hands.page.get_by_role("radio").first)
    hands.page.locator("#id_reference").fill(request_one.reference)
    hands.click(hands.page.get_by_role("button", name="Erase for good"))
    assert hands.clicks <= MOST_CLICKS
    assert not ConsultationRequest.objects.exists()


# ---- two at once


def test_the_second_of_two_at_one_request_loses_nothing(request_one, hands: Hands):
    hands.to_the_desk()
    hands.click(part(hands.page, "Waiting for an answer").get_by_role("link").first)
    services.note_contact(request=request_one, actor=User.objects.create_superuser("colleague"))
    hands.page.locator("summary", has_text="Decline").click()
    hands.page.get_by_label("Reason, for the patient").fill("We cannot help here.")
    hands.page.get_by_role("button", name="Decline").click()
    expect(hands.page.get_by_role("alert")).to_contain_text("Meanwhile somebody else noted")
    expect(hands.page.get_by_label("Reason, for the patient")).to_have_value("We cannot help here.")
