"""What a patient reads on their page, and what they can do there, in every state."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Clinic
from consultations.models import (
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    RequestEvent,
)
from consultations.services import (
    cancel_appointment,
    confirm,
    decline,
    mark_attended,
    note_contact,
)
from tests.consultations.factories import make_request
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")

KARACHI = ZoneInfo("Asia/Karachi")
NOW = datetime(2026, 11, 24, 9, 20, tzinfo=KARACHI)
START = datetime(2026, 12, 1, 11, tzinfo=KARACHI)
TIMES = {"earliest_date": "2026-12-10", "preferred_days": ["1", "2"], "part_of_day": "morning"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(db: None) -> User:
    return User.objects.create_user("desk")


@pytest.fixture
def practitioner(db: None) -> Practitioner:
    practitioner = Practitioner.objects.first()
    assert practitioner
    practitioner.name_en, practitioner.title_en = "Dr Sample", "Consultant dermatologist"
    practitioner.registration_number = "SAMPLE-1"
    practitioner.save()
    return practitioner


@pytest.fixture
def confirmed(desk: User, practitioner: Practitioner) -> ConsultationRequest:
    request = make_request(email="ayesha@example.com")
    confirm(request=request, practitioner=practitioner, starts_at=START, actor=desk)
    return fresh(request)


def fresh(request: ConsultationRequest) -> ConsultationRequest:
    return ConsultationRequest.objects.get(pk=request.pk)


def page_of(request: ConsultationRequest, under: str = "") -> str:
    return f"{request.get_absolute_url()}{under}"


def read(client: Client, request: ConsultationRequest) -> str:
    response = client.get(page_of(request))
    assert response.status_code == 200
    return words_of(response)


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


# ---- other times


def test_the_page_of_times_shows_what_was_wished_and_changes_it(client):
    request = make_request(preferred_days=[4], part_of_day="evening")
    html = client.get(page_of(request, "times/")).content.decode()
    assert re.search(r'name="preferred_days" value="4"[^>]* checked', html)
    assert re.search(r'value="evening"[^>]* selected', html)

    response = client.post(page_of(request, "times/"), TIMES)

    assert response.status_code == 302
    assert response.headers["Location"] == page_of(request)
    request = fresh(request)
    assert request.preferred_days == [1, 2]
    assert request.part_of_day == "morning"
    assert f"{request.earliest_date}" == "2026-12-10"
    words = read(client, request)
    assert "You changed your times on 24 November 2026, 09:20." in words
    assert "Tuesday, Wednesday · Morning · Not before 10 December 2026" in words


def test_free_times_are_offered_and_can_be_wished_for(client):
    request = make_request()
    page = client.get(page_of(request, "times/")).content.decode()
    offered = re.findall(r'name="preferred_times" value="([^"]+)"', page)
    assert len(offered) > 3

    answers = {"preferred_times": offered[:2], "part_of_day": "any"}
    assert client.post(page_of(request, "times/"), answers).status_code == 302

    wished = [time.starts_at.isoformat() for time in request.preferred_times.all()]
    assert [datetime.fromisoformat(time) for time in wished] == [
        datetime.fromisoformat(time) for time in offered[:2]
    ]
    assert "Times you wish for Wednesday, 25 November 2026, " in read(client, request)
    again = client.get(page_of(request, "times/")).content.decode()
    assert len(re.findall(r'name="preferred_times" value="[^"]+"[^>]* checked', again)) == 2


def test_a_time_that_is_taken_meanwhile_is_refused_and_told(client, desk, practitioner):
    request = make_request()
    page = client.get(page_of(request, "times/")).content.decode()
    time = re.findall(r'name="preferred_times" value="([^"]+)"', page)[0]
    confirm(
        request=make_request(message="Another"),
        practitioner=practitioner,
        starts_at=datetime.fromisoformat(time),
        actor=desk,
    )
    response = client.post(page_of(request, "times/"), {"preferred_times": [time]})
    assert response.status_code == 422
    assert "Not free any more" in words_of(response)
    assert not request.preferred_times.exists()


def test_the_same_times_again_tell_nobody(client):
    request = make_request()
    for _ in range(3):
        assert client.post(page_of(request, "times/"), TIMES).status_code == 302
    assert Message.objects.filter(kind=Message.Kind.STAFF_WISH).count() == 1


def test_a_day_that_is_over_by_now_does_not_stand_in_the_way(client, clock):
    request = make_request(earliest_date=NOW.date())
    clock.shift(timedelta(days=3))
    assert b'value="2026-11-24"' not in client.get(page_of(request, "times/")).content
    answers = {"earliest_date": "", "part_of_day": "morning"}
    assert client.post(page_of(request, "times/"), answers).status_code == 302
    assert fresh(request).earliest_date is None


def test_an_appointment_stands_while_other_times_are_wished_for(client, confirmed):
    assert "Your appointment stands until" in words_of(client.get(page_of(confirmed, "times/")))
    client.post(page_of(confirmed, "times/"), TIMES)
    assert fresh(confirmed).standing_appointment
    assert "Your appointment stands until" in read(client, confirmed)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"earliest_date": "soon"}, "Choose a date"),
        ({"earliest_date": "2020-01-01"}, "This day is over."),
        ({"preferred_days": ["9"]}, "Choose from the list"),
        ({"part_of_day": "midnight"}, "Choose from the list"),
    ],
)
def test_times_that_cannot_be_are_refused_and_kept(client, changes, words):
    request = make_request()
    response = client.post(page_of(request, "times/"), TIMES | changes)
    assert response.status_code == 422
    assert words in words_of(response)
    assert re.search(r"<title>\s*Error:", response.content.decode())
    assert "earliest_date" in changes or b'value="2026-12-10"' in response.content
    assert fresh(request).preferred_days == []


# ---- withdrawing


def test_withdrawing_asks_first_and_takes_a_reason(client, confirmed):
    asked = words_of(client.get(page_of(confirmed, "withdraw/")))
    assert "Do you want to withdraw your request?" in asked
    assert "Tuesday, 1 December 2026, 11:00 to 11:30" in asked
    assert "Leave everything as it is" in asked

    response = client.post(page_of(confirmed, "withdraw/"), {"reason": "I moved away."})

    assert response.status_code == 302
    assert response.headers["Location"] == page_of(confirmed)
    assert fresh(confirmed).state == "withdrawn"
    assert not Appointment.objects.standing().exists()
    event = confirmed.events.get(what=RequestEvent.What.WITHDRAWN)
    assert (event.note, event.actor) == ("I moved away.", None)
    words = read(client, confirmed)
    assert "This request was withdrawn" in words
    assert "Take it out of my calendar" in words
    assert "I moved away." not in words


def test_withdrawing_twice_is_harmless_and_kind(client):
    request = make_request()
    for _ in range(2):
        response = client.post(page_of(request, "withdraw/"), follow=True)
        assert response.status_code == 200
        assert "This request was withdrawn" in words_of(response)
    assert request.events.filter(what=RequestEvent.What.WITHDRAWN).count() == 1
    assert Message.objects.filter(kind=Message.Kind.STAFF_WITHDRAWN).count() == 1


def test_a_reason_that_cannot_be_stored_is_refused_and_kept(client):
    request = make_request()
    response = client.post(page_of(request, "withdraw/"), {"reason": "x" * 501})
    assert response.status_code == 422
    assert "It has 501 now." in words_of(response)
    assert b"x" * 501 in response.content
    assert fresh(request).state == "new"


# ---- when it is too late, over, or gone


@pytest.mark.parametrize("under", ["times/", "withdraw/"])
def test_close_to_the_appointment_they_are_told_why_and_whom_to_call(
    client, confirmed, clock, under
):
    clock.move_to(START - timedelta(hours=24) + timedelta(minutes=1))
    words = read(client, confirmed)
    assert "Your appointment is less than 24 hours away." in words
    assert "please call us: then somebody else can have the time." in words
    assert "Change the times" not in words
    assert client.get(page_of(confirmed, under)).headers["Location"] == page_of(confirmed)

    # From a page that had been open since before.
    response = client.post(page_of(confirmed, under), TIMES | {"reason": "Sorry"})

    assert response.status_code == 422
    assert "Your appointment is too close to change it here. Please call us." in words_of(response)
    assert fresh(confirmed).state == "confirmed"
    assert fresh(confirmed).standing_appointment
    assert confirmed.events.count() == 2


def test_just_before_the_limit_it_still_can_be_changed(client, confirmed, clock):
    clock.move_to(START - timedelta(hours=24, minutes=1))
    assert client.post(page_of(confirmed, "withdraw/")).status_code == 302
    assert fresh(confirmed).state == "withdrawn"


@pytest.mark.parametrize("under", ["times/", "withdraw/"])
@pytest.mark.parametrize("state", ["attended", "no_show", "declined", "withdrawn"])
def test_what_has_ended_leads_back_to_its_page(client, state, under):
    request = make_request(state=state)
    for response in (
        client.get(page_of(request, under)),
        client.post(page_of(request, under), TIMES),
    ):
        assert response.status_code == 302
        assert response.headers["Location"] == page_of(request)
    assert fresh(request).state == state
    assert fresh(request).preferred_days == []


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


def test_one_that_is_erased_in_mid_change_says_so_kindly(client, monkeypatch):
    request = make_request()

    def erase(*args: object, **kwargs: object) -> None:
        ConsultationRequest.objects.all().delete()
        ConsultationRequest.objects.get(pk=request.pk)

    monkeypatch.setattr("consultations.views.patients.withdraw", erase)
    assert client.post(page_of(request, "withdraw/")).status_code == 404


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


@pytest.mark.parametrize("under", ["times/", "withdraw/"])
def test_a_forged_change_is_refused_and_what_was_typed_kept(confirmed, under):
    client = Client(enforce_csrf_checks=True)
    typed = TIMES | {"reason": "I moved away."}
    address = page_of(confirmed, under)
    response = client.post(address, typed)
    html = response.content.decode()
    assert response.status_code == 403
    assert "Please press the button once more." in words_of(response)
    assert ("I moved away." in html) or ('value="2026-12-10"' in html)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert fresh(confirmed).state == "confirmed"

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert token
    again = client.post(address, typed | {"csrfmiddlewaretoken": token[1]})
    assert again.status_code == 302
    foreign = {"origin": "https://evil.example"}
    assert client.post(address, typed, headers=foreign).status_code == 403


@pytest.mark.parametrize("under", ["times/", "withdraw/", "calendar.ics"])
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_a_wrong_method_is_told(confirmed, under, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(page_of(confirmed, under))
    assert response.status_code == 405
    assert "This page cannot do that" in words_of(response)
