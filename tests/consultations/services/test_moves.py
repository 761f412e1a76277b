"""What staff do to a request: each move is noted with who and why, or not made at all."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.db import connection

from consultations import outbox, services
from consultations.models import (
    LIVE,
    MOVES,
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    RequestEvent,
    State,
)
from consultations.services import WrongMove
from tests.consultations.factories import make_request
from tests.consultations.services.moves import TOMORROW, confirmed, told

pytestmark = pytest.mark.usefixtures("content", "now")


# ---- which moves there are

ACTS: dict[str, Callable[..., object]] = {
    State.CONTACTED: services.note_contact,
    State.CONFIRMED: lambda **given: services.confirm(
        practitioner=Practitioner.objects.get(), starts_at=TOMORROW, **given
    ),
    State.ATTENDED: services.mark_attended,
    State.NO_SHOW: services.mark_no_show,
    State.DECLINED: lambda **given: services.decline(reason="We cannot help.", **given),
    State.WITHDRAWN: lambda *, note="", **given: services.withdraw(reason=note, **given),
}

ALLOWED = [
    (now, to)
    for now, moves in MOVES.items()
    for to in moves
    # A call about an appointment leaves it standing; cancelling has a test of its own.
    if (now, to) != (State.CONFIRMED, State.CONTACTED)
]

FORBIDDEN = [(now, to) for now, to in product(State, ACTS) if to not in MOVES[now]]


@pytest.mark.parametrize(("before", "to"), ALLOWED)
def test_an_allowed_move_is_noted_with_who_and_why(clerk, before, to):
    request = make_request(state=before)
    ACTS[to](request=request, actor=clerk, note="Rang twice.")
    request.refresh_from_db()
    assert request.state == to
    event = request.events.last()
    assert (event.from_state, event.to_state, event.what) == (before, to, to)
    assert (event.actor, event.note) == (clerk, "Rang twice.")


@pytest.mark.parametrize(("before", "to"), FORBIDDEN)
def test_a_wrong_move_is_refused_in_words_and_changes_nothing(clerk, before, to):
    request = make_request(state=before)
    with pytest.raises(WrongMove) as refusal:
        ACTS[to](request=request, actor=clerk)
    assert f"“{State(before).label}” now" in str(refusal.value)
    assert f"“{State(to).label}”" in str(refusal.value)
    request.refresh_from_db()
    assert request.state == before
    assert request.events.count() == 1
    assert not Appointment.objects.exists()


def test_the_moves_are_those_of_a_clinic():
    moves = [(now, to) for now, them in MOVES.items() for to in them]
    assert {now for now, to in moves if to == State.ATTENDED} == {State.CONFIRMED, State.NO_SHOW}
    assert {now for now, to in moves if to == State.WITHDRAWN} == set(LIVE)
    assert all(State.CONTACTED in them for them in MOVES.values())
    assert not any(State.NEW in them for them in MOVES.values())


def test_what_counts_is_the_state_in_the_database(clerk):
    as_one_sees_it = make_request()
    as_the_other_sees_it = ConsultationRequest.objects.get()
    services.decline(request=as_one_sees_it, reason="No.", actor=clerk)
    with pytest.raises(WrongMove):
        services.mark_attended(request=as_the_other_sees_it, actor=clerk)


def test_a_move_writes_nothing_but_the_state(clerk):
    request = make_request()
    stale = ConsultationRequest.objects.get()
    ConsultationRequest.objects.update(message="corrected meanwhile")
    services.note_contact(request=stale, actor=clerk)
    request.refresh_from_db()
    assert request.message == "corrected meanwhile"


def test_what_was_sent_anew_cannot_be_live_twice(clerk):
    ended = make_request(state=State.DECLINED)
    anew = make_request()
    assert anew != ended
    with pytest.raises(WrongMove, match="sent the same request again"):
        services.note_contact(request=ended, actor=clerk)
    ended.refresh_from_db()
    assert ended.state == State.DECLINED


def test_whoever_has_not_seen_the_last_event_is_told_of_it(clerk):
    request = make_request()
    seen = request.events.last().pk
    services.note_contact(request=request, actor=clerk, seen=seen)
    with pytest.raises(WrongMove, match="“In touch”"):
        services.decline(request=request, reason="No.", actor=clerk, seen=seen)
    request.refresh_from_db()
    assert request.state == State.CONTACTED


# ---- contact


@pytest.mark.parametrize(
    ("contact_by", "email", "expected"),
    [
        ("call", "", []),
        ("call", "a@example.com", [("not_reached", "email")]),
        ("whatsapp", "", [("not_reached", "whatsapp")]),
        ("email", "a@example.com", [("not_reached", "email")]),
    ],
)
def test_who_was_not_reached_is_told_in_another_way(clerk, contact_by, email, expected):
    request = make_request(contact_by=contact_by, email=email)
    services.note_contact(request=request, actor=clerk, reached=False)
    assert request.events.last().what == RequestEvent.What.NOT_REACHED
    assert told(request) == expected


def test_a_call_about_an_appointment_leaves_it_standing(clerk):
    request = confirmed(clerk)
    services.note_contact(request=request, actor=clerk, note="Asked about the way.")
    request.refresh_from_db()
    assert request.state == State.CONFIRMED
    assert request.standing_appointment


# ---- all or nothing


def test_a_move_whose_messages_cannot_be_queued_does_not_happen(clerk, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no room for messages")

    request = make_request()
    monkeypatch.setattr(outbox, "queue", fail)
    with pytest.raises(RuntimeError):
        services.confirm(
            request=request,
            practitioner=Practitioner.objects.get(),
            starts_at=TOMORROW,
            actor=clerk,
        )
    request.refresh_from_db()
    assert request.state == State.NEW
    assert not Appointment.objects.exists()
    assert request.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_the_second_is_told():
    """Both confirm the same request: one appointment, one event, and one is told why not."""
    request = make_request()
    clerk = User.objects.create_user("clerk")
    seen = request.events.last().pk
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def confirm(hours: int) -> None:
        try:
            ready.wait()
            services.confirm(
                request=request,
                practitioner=Practitioner.objects.get(),
                starts_at=TOMORROW + timedelta(hours=hours),
                actor=clerk,
                seen=seen,
            )
            outcomes.append("done")
        except WrongMove:
            outcomes.append("told")
        finally:
            connection.close()

    colleagues = [threading.Thread(target=confirm, args=(hours,)) for hours in range(2)]
    for colleague in colleagues:
        colleague.start()
    for colleague in colleagues:
        colleague.join()

    assert sorted(outcomes) == ["done", "told"]
    assert request.events.count() == 2
    assert Appointment.objects.count() == 1
    assert Message.objects.filter(kind="confirmed").count() == 1
