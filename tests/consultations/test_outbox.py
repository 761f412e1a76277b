"""Which messages are stored, and until when they are true."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from consultations import outbox, services
from consultations.models import (
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    RequestEvent,
)
from tests.consultations.factories import make_request
from tests.consultations.letters import STARTS_AT, appointment_of, clerk, message_of

pytestmark = pytest.mark.django_db

EMAIL = {"email": "ayesha@example.com"}
BEFORE = STARTS_AT - timedelta(days=7)


@pytest.fixture(autouse=True)
def a_week_before():
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


def confirmed(**changes: object) -> ConsultationRequest:
    request = make_request(**changes)
    confirm(request)
    return request


def confirm(request: ConsultationRequest, **later: float) -> None:
    services.confirm(
        request=request,
        practitioner=Practitioner.objects.get(),
        starts_at=STARTS_AT + timedelta(**later),
        actor=clerk(),
    )


def waiting(request: ConsultationRequest) -> list[tuple[str, str]]:
    rows = request.messages.filter(state=Message.State.WAITING).order_by("pk")
    return list(rows.values_list("kind", "channel"))


# ---- which


def test_the_desk_is_told_and_the_patient_if_there_is_an_address():
    assert waiting(make_request()) == [("staff_new", "email")]
    assert waiting(make_request(**EMAIL)) == [("staff_new", "email"), ("received", "email")]


@pytest.mark.parametrize(
    ("contact_by", "email", "channels"),
    [
        ("call", "", ["call"]),
        ("whatsapp", "", ["whatsapp"]),
        ("email", "ayesha@example.com", ["email"]),
        ("whatsapp", "ayesha@example.com", ["email", "whatsapp"]),
    ],
)
def test_an_appointment_is_told_by_each_way_to_the_patient(contact_by, email, channels):
    request = confirmed(contact_by=contact_by, email=email)
    told = request.messages.filter(kind="confirmed").order_by("pk")
    assert [message.channel for message in told] == channels
    assert all(outbox.is_about(message, request.appointment) for message in told)


def test_whoever_did_not_answer_a_call_is_not_told_so_by_a_call():
    by_call, by_whatsapp = make_request(), make_request(contact_by="whatsapp")
    for request in (by_call, by_whatsapp):
        services.note_contact(request=request, actor=clerk(), reached=False)
    assert not by_call.messages.filter(kind="not_reached").exists()
    assert ("not_reached", "whatsapp") in waiting(by_whatsapp)


def test_no_event_is_told_twice():
    request = make_request(**EMAIL)
    for _ in range(2):
        outbox.queue(request, Message.Kind.LINK, key="today")
    assert request.messages.filter(kind="link").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_messages_cannot_be_stored_is_not_stored(monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no room for messages")

    monkeypatch.setattr(outbox, "queue", fail)
    with pytest.raises(RuntimeError):
        make_request()
    assert not ConsultationRequest.objects.exists()
    assert not RequestEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_messages_are_stored_in_the_transaction_of_the_request(monkeypatch):
    """What is not committed is not visible to the worker's own connection."""
    seen: list[int] = []

    def look() -> None:
        seen.append(Message.objects.count())
        connection.close()

    queue = outbox.queue

    def queue_and_look(*args: object, **kwargs: object) -> None:
        queue(*args, **kwargs)
        worker = threading.Thread(target=look)
        worker.start()
        worker.join()

    monkeypatch.setattr(outbox, "queue", queue_and_look)
    make_request(**EMAIL)
    assert seen == [0]
    assert Message.objects.count() == 2


# ---- until when


def test_an_appointment_that_is_moved_before_it_was_told_is_told_once():
    request = confirmed(**EMAIL)
    confirm(request, hours=1)
    assert waiting(request) == [("changed", "email"), ("changed", "call")]


def test_a_cancelled_appointment_that_is_agreed_on_anew_is_told_once():
    request = confirmed()
    services.withdraw(request=request, actor=clerk())
    services.note_contact(request=request, actor=clerk())
    confirm(request)
    assert waiting(request) == [("confirmed", "call")]


def test_what_was_received_is_not_said_once_an_appointment_is_agreed_on():
    request = make_request(**EMAIL)
    services.note_contact(request=request, actor=clerk())
    assert ("received", "email") in waiting(request)
    confirm(request)
    assert ("received", "email") not in waiting(request)
    dropped = request.messages.get(kind="received")
    assert (dropped.state, dropped.settled_at) == (Message.State.DROPPED, BEFORE)


def test_whoever_was_reached_is_not_told_that_they_were_not():
    request = make_request(**EMAIL)
    services.note_contact(request=request, actor=clerk(), reached=False)
    services.add_note(request=request, actor=clerk(), note="Rang twice.")
    assert ("not_reached", "email") in waiting(request)
    services.note_contact(request=request, actor=clerk())
    assert ("not_reached", "email") not in waiting(request)


@pytest.mark.parametrize(
    ("end", "kind"), [(services.decline, "declined"), (services.withdraw, "withdrawn")]
)
def test_what_has_ended_leaves_only_its_end_to_tell(end, kind):
    request = confirmed(**EMAIL)
    outbox.queue(request, Message.Kind.REMINDER, appointment=request.appointment, key="soon")
    end(request=request, actor=clerk(), reason="No time.")
    assert {told for told, channel in waiting(request)} == {kind}


def test_nobody_is_thanked_for_coming_who_did_not(a_week_before):
    request = confirmed(**EMAIL)
    a_week_before.move_to(STARTS_AT + timedelta(hours=1))
    services.mark_attended(request=request, actor=clerk())
    assert waiting(request) == [("thank_you", "email")]
    services.mark_no_show(request=request, actor=clerk())
    assert waiting(request) == []


def test_a_reminder_is_true_until_the_appointment_begins(a_week_before):
    request = make_request()
    appointment_of(request)
    reminder = message_of(request, "reminder")
    assert outbox.is_true(reminder)
    a_week_before.move_to(STARTS_AT)
    assert not outbox.is_true(reminder)


def test_an_appointment_of_another_sequence_is_another_one():
    request = make_request()
    appointment_of(request)
    told = message_of(request, "confirmed")
    Appointment.objects.update(sequence=1)
    assert not outbox.is_true(told)


def test_the_desk_is_not_told_of_what_it_has_seen_to():
    request = make_request()
    services.note_contact(request=request, actor=clerk())
    assert waiting(request) == []
