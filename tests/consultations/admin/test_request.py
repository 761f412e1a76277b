"""The page of one request: what it shows, what can be done there, and by whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic_site.models import AccessRecord
from consultations import services
from consultations.admin.move_forms import WithdrawForm
from consultations.admin.moves import MOVES
from consultations.erasure import Reason, erase_person
from consultations.models import ConsultationRequest, Practitioner, State
from tests.consultations.admin.pages import ENTRY, LIST, move, page_of
from tests.consultations.factories import make_request
from tests.pages import words_of
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")


def test_everything_that_was_said_is_shown_and_nothing_of_it_can_be_changed(desk: Client):
    request = make_request(
        treatment=Treatment.objects.get(slug="prp"),
        email="ayesha@example.com",
        red_flags=[{"key": "a", "name": "Bald <patches>"}],
        message="When can I come?",
        preferred_days=[0],
    )
    response = desk.get(page_of(request))
    words = words_of(response)
    for said in ("Ayesha Khan", "ayesha@example.com", "Bald <patches>", "When can I come?",
                 "Monday", request.reference, "Received · the patient"):  # fmt: skip
        assert said in words
    assert request.token not in response.content.decode()
    assert desk.post(page_of(request), {"name": "Somebody else"}).status_code == 405
    request.refresh_from_db()
    assert (request.name, request.state) == ("Ayesha Khan", State.NEW)


def test_who_looked_and_who_changed_is_on_record(desk: Client, clerk: User):
    request = make_request()
    desk.get(page_of(request))
    move(desk, request, "reached")
    noted = AccessRecord.objects.order_by("pk").values_list("actor", "action", "reference")
    assert list(noted)[:2] == [
        (clerk.pk, "viewed", request.reference),
        (clerk.pk, "changed", request.reference),
    ]


def test_whoever_reads_the_page_after_a_refusal_is_on_record_too(desk: Client):
    request = make_request(state=State.DECLINED)
    for name, status in (("correct", 422), ("came", 409)):
        AccessRecord.objects.all().delete()
        assert move(desk, request, name).status_code == status
        assert AccessRecord.objects.get().action == AccessRecord.Action.VIEWED


def test_an_address_writes_nothing_into_the_mail_to_it(desk: Client):
    request = make_request(email="ali%40example.com?bcc=spy%40evil.example&x=a@example.com")
    html = desk.get(page_of(request)).content.decode()
    assert 'href="mailto:ali%2540example.com%3Fbcc%3Dspy%2540evil.example%26x%3Da@example' in html


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (State.NEW, {"reached", "not-reached", "note", "confirm", "correct", "decline",
                     "withdraw", "send-link"}),
        (State.CONFIRMED, {"reached", "not-reached", "came", "no-show", "note", "confirm",
                           "correct", "decline", "withdraw", "send-link"}),
        (State.DECLINED, {"reached", "not-reached", "note", "correct", "send-link"}),
        (State.ATTENDED, {"reached", "not-reached", "no-show", "note", "correct", "send-link"}),
    ],
)  # fmt: skip
def test_only_moves_that_are_allowed_now_are_offered(desk: Client, state, buttons):
    response = desk.get(page_of(make_request(state=state)))
    assert set(response.context["moves"]) == buttons


def test_a_move_is_noted_with_who_and_why(desk: Client, clerk: User):
    request = make_request()
    response = move(desk, request, "not-reached", note="No answer, again at 5 pm.")
    assert response.redirect_chain == [(page_of(request), 302)]
    request.refresh_from_db()
    assert request.state == State.CONTACTED
    event = request.events.last()
    assert (event.actor, event.note) == (clerk, "No answer, again at 5 pm.")
    words = words_of(response)
    assert "Tried, not reached · clerk" in words
    assert "No answer, again at 5 pm." in words


def test_a_note_alone_must_say_something(desk: Client):
    request = make_request()
    refused = move(desk, request, "note", note=" ")
    assert refused.status_code == 422
    assert "Write the note that is to be kept." in words_of(refused)
    assert "<title>Error: " in refused.content.decode()
    move(desk, request, "note", note="Prefers mornings.")
    assert request.events.last().what == "noted"


def test_a_refused_move_keeps_what_was_typed(desk: Client):
    request = make_request()
    response = move(desk, request, "decline", reason="", note="Told on the phone.")
    assert response.status_code == 422
    assert "Write a reason that the patient can read." in words_of(response)
    assert "Told on the phone." in response.content.decode()
    assert request.events.count() == 1


def test_a_declined_patient_reads_the_reason(desk: Client, client: Client):
    request = make_request()
    move(desk, request, "decline", reason="A doctor must see you first.", note="Boggy swelling.")
    words = words_of(client.get(request.get_absolute_url()))
    assert "A doctor must see you first." in words
    assert "Boggy swelling." not in words


def test_the_second_of_two_colleagues_is_told_and_loses_nothing(desk: Client):
    request = make_request()
    seen = request.events.last().pk
    move(desk, request, "reached", note="Called at nine.")
    response = move(desk, request, "decline", seen=seen, reason="We cannot help here.")
    assert response.status_code == 409
    words = words_of(response)
    assert "Meanwhile somebody else noted “In touch” here." in words
    assert "Called at nine." in words
    assert "We cannot help here." in response.content.decode()
    request.refresh_from_db()
    assert request.state == State.CONTACTED
    # Having read it, they may press the button again.
    again = values_on_page(response, "decline")
    assert move(desk, request, "decline", **again).status_code == 200
    request.refresh_from_db()
    assert request.state == State.DECLINED


def test_what_was_typed_comes_back_though_its_place_is_gone(desk: Client):
    request = make_request()
    seen = request.events.last().pk
    services.withdraw(request=request, reason="")
    response = move(desk, request, "decline", seen=seen, reason="We cannot help.", note="Called.")
    assert response.status_code == 409
    words = words_of(response)
    assert "What you typed: We cannot help. Called." in words
    assert "still below" not in words
    assert "decline" not in response.context["forms"]

    response = move(desk, request, "came", note="She came at ten.")
    assert response.context["forms"]["happened"]["note"].value() == "She came at ten."
    assert "What you typed is still below." in words_of(response)


def test_whoever_acts_on_a_request_that_was_erased_meanwhile_is_told(desk: Client, monkeypatch):
    request = make_request()

    class ErasedMeanwhile(WithdrawForm):
        def is_valid(self) -> bool:
            erase_person(requests=[request], actor=None, reason=Reason.ASKED)
            return super().is_valid()

    monkeypatch.setitem(MOVES, "withdraw", replace(MOVES["withdraw"], form=ErasedMeanwhile))
    response = move(desk, request, "withdraw")
    assert response.redirect_chain == [(LIST, 302)]
    assert "This request has been erased." in words_of(response)


def values_on_page(response, name: str) -> dict[str, object]:
    form = next(form for key, _move, form in response.context["quiet_moves"] if key == name)
    return {field.name: field.value() or "" for field in form}


def test_a_move_that_is_not_allowed_is_refused_in_words(desk: Client):
    request = make_request(state=State.DECLINED)
    response = move(desk, request, "came")
    assert response.status_code == 409
    assert "This request is “Declined” now" in words_of(response)


@pytest.mark.parametrize("name", ["nonsense", "delete"])
def test_an_unknown_move_is_an_unknown_page(desk: Client, name):
    assert move(desk, make_request(), name).status_code == 404


def test_a_move_is_never_made_by_opening_an_address(desk: Client):
    request = make_request()
    address = reverse("admin:consultations_consultationrequest_move", args=[request.pk, "reached"])
    assert desk.get(address).headers["Location"] == page_of(request)
    assert request.events.count() == 1


def test_a_note_is_kept_once_however_often_it_is_sent(desk: Client):
    request = make_request()
    for _press in range(2):
        move(desk, request, "note", note="Prefers mornings.")
    assert request.events.filter(what="noted").count() == 1


def test_a_missed_appointment_does_not_rule_the_request_once_it_is_taken_up(desk: Client, clerk):
    start = datetime(2026, 12, 2, 5, tzinfo=UTC)
    with time_machine.travel(start - timedelta(days=7), tick=False) as clock:
        request = make_request(preferred_times=[start + timedelta(days=2)])

        def confirm(starts_at: datetime) -> None:
            practitioner = Practitioner.objects.get()
            services.confirm(
                request=request, practitioner=practitioner, starts_at=starts_at, actor=clerk
            )

        confirm(start)
        clock.move_to(start + timedelta(hours=1))
        desk.force_login(clerk)  # a week later
        assert move(desk, request, "no-show").status_code == 200
        assert "Wed 2 Dec, 10:00" in words_of(desk.get(LIST))
        move(desk, request, "reached")
        listed = words_of(desk.get(LIST))
        assert "Wed 2 Dec" not in listed
        assert "Fri 4 Dec, 10:00" in listed
        confirm(start + timedelta(days=3))
        assert "Appointment Saturday, 5 December" in words_of(desk.get(page_of(request)))
        move(desk, request, "cancel")
        assert "Appointment None" in words_of(desk.get(page_of(request)))


# ---- rights


def test_nobody_erases_by_the_way(admin_client: Client):
    request = make_request()
    address = reverse("admin:consultations_consultationrequest_delete", args=[request.pk])
    assert admin_client.post(address, {"post": "yes"}).status_code == 403
    assert ConsultationRequest.objects.exists()


def test_who_may_only_look_cannot_move_or_write_down(clerk: User, desk: Client):
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    request = make_request()
    response = desk.get(page_of(request))
    assert response.status_code == 200
    assert response.context["moves"] == {}
    assert move(desk, request, "reached").status_code == 403
    assert desk.get(ENTRY).status_code == 403
    desk.post(LIST, {"action": "mark_contacted", "_selected_action": [request.pk]})
    request.refresh_from_db()
    assert request.state == State.NEW


def test_a_stranger_sees_nothing(client: Client):
    request = make_request()
    assert client.get(LIST).status_code == 302
    assert client.get(page_of(request)).status_code == 302
    assert move(client, request, "reached").redirect_chain[0][1] == 302
    request.refresh_from_db()
    assert request.state == State.NEW


def test_queries_of_the_page_do_not_grow(desk: Client, tomorrow):
    def queries(request: ConsultationRequest) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page_of(request)).status_code == 200
        return len(asked)

    request = make_request(preferred_times=[tomorrow])
    queries(request)
    few = queries(request)
    for number in range(20):
        make_request(name=f"Person {chr(65 + number)}", preferred_times=[tomorrow])
        move(desk, request, "note", note=f"Note {number}")
    assert queries(request) == few <= 25
