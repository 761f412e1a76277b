"""What a patient can change on their page, and until when."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from consultations.models import Appointment, ConsultationRequest, Message, RequestEvent
from consultations.services import confirm, decline, mark_no_show, note_contact
from tests.consultations.factories import make_request
from tests.consultations.patients_page.pages import NOW, START, TIMES, fresh, page_of, read
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


# ---- other times


def test_the_page_of_times_shows_what_was_wished_and_changes_it(client):
    request = make_request(preferred_days=[4], part_of_day="evening")
    html = client.get(page_of(request, "times/")).content.decode()
    assert re.search(r'name="preferred_days" value="4"[^>]* checked', html)
    assert re.search(r'value="evening"[^>]* selected', html)

    response = client.post(page_of(request, "times/"), TIMES)

    assert response.status_code == 302
    assert response.headers["Location"] == page_of(request, "?changed=times")
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


def test_a_change_is_told_on_top_of_the_page_and_in_its_title(client, confirmed):
    def told() -> tuple[str, str]:
        html = client.post(page_of(confirmed, "times/"), TIMES, follow=True).content.decode()
        title = re.search(r"<title>\s*(.*?) · Your request", html)
        status = re.search(r'<p [^>]*role="status">(.*?)</p>\s*<h1>', html)
        assert title
        assert status
        return title[1], re.sub("<[^>]+>", " ", status[1])

    title, status = told()
    assert title == "Your times are changed"
    for said in (title, "We have them, and get in touch", "Your appointment stands until"):
        assert said in status
    title, status = told()
    assert title == "Nothing was changed"
    assert "See the times that we have" in status


def test_an_address_makes_nobody_believe_in_a_change(client, desk):
    request = make_request()
    assert "Your times are changed" not in words_of(client.get(page_of(request, "?changed=times")))
    decline(request=request, actor=desk, reason="We do not treat this.")
    assert "Nothing was" not in words_of(client.get(page_of(request, "?changed=nothing")))


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


def test_one_that_has_begun_is_withdrawn_by_phone(client, confirmed, clock):
    clock.move_to(START)
    response = client.post(page_of(confirmed, "withdraw/"))
    assert response.status_code == 422
    assert "Please call us." in words_of(response)
    assert fresh(confirmed).state == "confirmed"


def test_a_missed_appointment_does_not_stand_in_the_way_of_a_new_start(
    client, desk, confirmed, clock
):
    clock.move_to(START + timedelta(days=1))
    mark_no_show(request=confirmed, actor=desk)
    assert "Tuesday, 1 December 2026, 11:00 to 11:30" in read(client, confirmed)
    note_contact(request=confirmed, actor=desk)
    words = read(client, confirmed)
    assert "1 December 2026" not in words
    assert "Change the times" in words
    assert "1 December 2026" not in words_of(client.get(page_of(confirmed, "withdraw/")))
    assert client.post(page_of(confirmed, "withdraw/")).status_code == 302
    assert fresh(confirmed).state == "withdrawn"
    assert "1 December 2026" not in read(client, confirmed)


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


def test_one_that_is_erased_in_mid_change_says_so_kindly(client, monkeypatch):
    request = make_request()

    def erase(*args: object, **kwargs: object) -> None:
        ConsultationRequest.objects.all().delete()
        ConsultationRequest.objects.get(pk=request.pk)

    monkeypatch.setattr("consultations.views.patients.withdraw", erase)
    assert client.post(page_of(request, "withdraw/")).status_code == 404


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
