"""What a patient reads on their page, in every state; opening it changes nothing."""

from datetime import timedelta

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Clinic
from consultations.models import Appointment, ConsultationRequest, Message, RequestEvent
from consultations.services import (
    add_note,
    cancel_appointment,
    confirm,
    decline,
    mark_attended,
    note_contact,
)
from tests.consultations.factories import make_request
from tests.consultations.patients_page.pages import START, page_of, read
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


# ---- what it says


def test_a_confirmed_request_says_when_with_whom_where_and_how_to_prepare(client, confirmed):
    Clinic.objects.update(map_url="https://maps.example/clinic")
    words = read(client, confirmed)
    for said in (
        "Your consultation is confirmed",
        "Tuesday, 1 December 2026, 11:00 to 11:30",
        "(time in Islamabad)",
        "Dr Sample",
        "Consultant dermatologist",
        "SAMPLE-1",
        "30 minutes",
        "Sample address Islamabad",
        "Show it on a map",
        "Put it in my calendar",
        "How to prepare",
        "Come at the time that we agreed with you.",
        "Change the times",
        "Withdraw the request",
    ):
        assert said in words
    assert 'href="https://maps.example/clinic"' in client.get(page_of(confirmed)).content.decode()


@pytest.mark.parametrize("state", ["new", "contacted", "confirmed"])
def test_whoever_told_of_red_flags_is_asked_about_them(client, state):
    request = make_request(state=state, red_flags=[{"key": "k", "name": "Bald patches"}])
    assert "we will ask you about it" in read(client, request)


@pytest.mark.parametrize("state", ["attended", "no_show", "declined", "withdrawn"])
def test_nobody_is_promised_a_question_once_the_request_has_ended(client, state):
    request = make_request(state=state, red_flags=[{"key": "k", "name": "Bald patches"}])
    words = read(client, request)
    assert "They often have a cause that can be treated." in words
    assert "we will ask you about it" not in words


def test_it_says_it_in_urdu(client, confirmed):
    words = words_of(client.get(f"/ur{page_of(confirmed)}"))
    for said in ("منگل، 1 دسمبر 2026، 11:00 تا 11:30", "تیاری کیسے کریں", "اوقات بدلیں"):
        assert said in words


def test_a_declined_request_says_why(client, desk):
    request = make_request()
    decline(request=request, actor=desk, reason="We do not treat <children>.\nAsk a doctor.")
    words = read(client, request)
    assert "We cannot offer you this consultation" in words
    assert "We do not treat <children>. Ask a doctor." in words
    assert "If we have not told you why" not in words
    assert "Change the times" not in words
    note_contact(request=request, actor=desk)
    assert "<children>" not in read(client, request)


def test_whoever_was_not_reached_reads_so_until_they_are(client, desk, clock):
    request = make_request(contact_by="email", email="ayesha@example.com")
    note_contact(request=request, actor=desk, reached=False)
    clock.shift(timedelta(minutes=10))
    add_note(request=request, actor=desk, note="Again at noon.")
    words = read(client, request)
    assert "We have tried to reach you" in words
    tried = (
        "We tried to reach you on 24 November 2026, 09:20. "
        "Please call us. Otherwise we will try again."
    )
    assert f"What happens next {tried} We agree with you on a day and a time." in words
    assert "We write you an e-mail" not in words
    assert "We are in touch with you" not in words

    note_contact(request=request, actor=desk)
    words = read(client, request)
    assert "We are in touch with you" in words
    assert "tried to reach you" not in words


def test_a_call_in_vain_about_an_appointment_is_told_beside_it(client, desk, confirmed):
    note_contact(request=confirmed, actor=desk, reached=False)
    words = read(client, confirmed)
    assert "Your consultation is confirmed" in words
    assert "We tried to reach you on 24 November 2026, 09:20." in words


def test_what_staff_note_for_themselves_is_never_shown(client, desk, confirmed):
    note_contact(request=confirmed, actor=desk, note="A difficult person")
    decline(request=confirmed, actor=desk, reason="Told", note="Very difficult")
    words = read(client, confirmed)
    assert "difficult" not in words
    assert "desk" not in words.replace("desk@sample-clinic.example", "")


def test_a_cancelled_appointment_is_told_and_can_be_taken_out_of_the_calendar(
    client, desk, confirmed
):
    cancel_appointment(request=confirmed, actor=desk)
    words = read(client, confirmed)
    assert "Your appointment is cancelled" in words
    assert "Take it out of my calendar" in words
    assert "Until then nothing is booked." in words
    assert "Dr Sample" not in words


def test_after_the_appointment_there_is_nothing_to_prepare_or_change(
    client, desk, confirmed, clock
):
    clock.move_to(START + timedelta(minutes=1))
    words = read(client, confirmed)
    assert "The time of your appointment has come." in words
    for said in ("How to prepare", "Put it in my calendar", "Change the times", "less than"):
        assert said not in words
    mark_attended(request=confirmed, actor=desk)
    assert "Thank you for coming." in read(client, confirmed)


def test_the_page_takes_few_queries_however_much_has_happened(client, desk, confirmed):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(page_of(confirmed))
        return len(asked)

    few = queries()
    for number in range(5):
        later = START + timedelta(days=number + 1)
        practitioner = confirmed.appointment.practitioner
        confirm(request=confirmed, practitioner=practitioner, starts_at=later, actor=desk)
    assert queries() == few <= 12


# ---- the calendar file


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_the_calendar_file_follows_the_appointment(client, desk, confirmed, prefix):
    def event():
        response = client.get(f"{prefix}{page_of(confirmed, 'calendar.ics')}")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        name = f"appointment-{confirmed.reference}.ics"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        (found,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
        return found

    first = event()
    cancel_appointment(request=confirmed, actor=desk)
    second = event()
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert first.start == START


def test_without_an_appointment_there_is_no_calendar_file(client):
    request = make_request()
    response = client.get(page_of(request, "calendar.ics"))
    assert response.status_code == 302
    assert response.headers["Location"] == page_of(request)


@pytest.mark.parametrize("under", ["", "calendar.ics", "times/", "withdraw/"])
def test_an_erased_request_says_so_kindly(client, under):
    request = make_request()
    address = page_of(request, under)
    request.delete()
    methods = [client.get, client.head, *([client.post] if under.endswith("/") else [])]
    for method in methods:
        response = method(address)
        assert response.status_code == 404
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Cache-Control"] == "private, no-store"
    words = words_of(client.get(address))
    assert "This link leads to no request" in words
    assert "this page is gone for good" in words
    assert "Have the link sent again" in words


# ---- links change nothing


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_opening_any_link_changes_nothing(client, confirmed, prefix):
    def everything() -> list[object]:
        models = (ConsultationRequest, Appointment, RequestEvent, Message)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = everything()
    for under in ("", "calendar.ics", "times/", "withdraw/"):
        for _ in range(2):
            for method in (client.get, client.head):
                with CaptureQueriesContext(connection) as queries:
                    response = method(f"{prefix}{page_of(confirmed, under)}")
                assert response.status_code == 200
                assert all(query["sql"].lstrip("(").startswith("SELECT") for query in queries)
                assert response.headers["X-Robots-Tag"] == "noindex"
                assert response.headers["Cache-Control"] == "private, no-store"
                assert response.headers["Referrer-Policy"] == "same-origin"
    assert everything() == before
