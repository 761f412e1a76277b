"""What staff and patients do to a request: each move, its event, its appointment, its messages."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import time_machine
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
from consultations.services import TimeTaken, TooLate, WrongMove
from tests.consultations.factories import make_request

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 25, 6, tzinfo=UTC)  # 11:00 in Karachi
HALF_AN_HOUR = timedelta(minutes=30)

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user("clerk", is_staff=True)


@pytest.fixture
def practitioner(db: None) -> Practitioner:
    return Practitioner.objects.get()


def confirmed(clerk: User, starts_at: datetime = TOMORROW, **changes: object):
    request = make_request(**changes)
    services.confirm(
        request=request, practitioner=Practitioner.objects.get(), starts_at=starts_at, actor=clerk
    )
    request.refresh_from_db()
    return request


def told(request: ConsultationRequest) -> list[tuple[str, str]]:
    """What has been queued about the request since it came in, by kind and channel."""
    first = ["received", "staff_new"]
    rows = request.messages.exclude(kind__in=first).exclude(state="dropped").order_by("pk")
    return list(rows.values_list("kind", "channel"))


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


@pytest.mark.parametrize(("now", "to"), ALLOWED)
def test_an_allowed_move_is_noted_with_who_and_why(clerk, now, to):
    request = make_request(state=now)
    ACTS[to](request=request, actor=clerk, note="Rang twice.")
    request.refresh_from_db()
    assert request.state == to
    event = request.events.last()
    assert (event.from_state, event.to_state, event.what) == (now, to, to)
    assert (event.actor, event.note) == (clerk, "Rang twice.")


@pytest.mark.parametrize(("now", "to"), FORBIDDEN)
def test_a_wrong_move_is_refused_in_words_and_changes_nothing(clerk, now, to):
    request = make_request(state=now)
    with pytest.raises(WrongMove) as refusal:
        ACTS[to](request=request, actor=clerk)
    assert f"“{State(now).label}” now" in str(refusal.value)
    assert f"“{State(to).label}”" in str(refusal.value)
    request.refresh_from_db()
    assert request.state == now
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


# ---- appointments


def test_a_confirmed_request_has_an_appointment_of_the_usual_length(clerk, practitioner):
    request = confirmed(clerk, email="a@example.com")
    appointment = request.standing_appointment
    assert appointment.practitioner == practitioner
    assert (appointment.starts_at, appointment.ends_at) == (TOMORROW, TOMORROW + HALF_AN_HOUR)
    assert appointment.sequence == 0
    assert told(request) == [("confirmed", "email"), ("confirmed", "call")]
    snapshot = request.messages.get(kind="confirmed", channel="email").appointment
    assert snapshot["starts_at"] == TOMORROW.isoformat()


def test_a_moved_appointment_keeps_its_uid_and_counts_its_changes(clerk, practitioner):
    request = confirmed(clerk)
    uid = request.standing_appointment.uid
    later = TOMORROW + timedelta(hours=1)
    services.confirm(
        request=request, practitioner=practitioner, starts_at=later, minutes=45, actor=clerk
    )
    appointment = Appointment.objects.get()
    assert (appointment.uid, appointment.sequence) == (uid, 1)
    assert appointment.minutes == 45
    assert request.events.last().what == RequestEvent.What.MOVED
    # The first one had not been told yet: there is nothing to tell of it any more.
    assert told(request) == [("changed", "call")]


def test_the_same_time_again_is_no_move(clerk, practitioner):
    request = confirmed(clerk)
    with pytest.raises(WrongMove, match="at this time already"):
        services.confirm(
            request=request, practitioner=practitioner, starts_at=TOMORROW, actor=clerk
        )
    assert request.events.count() == 2


def test_a_time_that_is_over_cannot_be_confirmed(clerk):
    with pytest.raises(WrongMove, match="This time is over"):
        confirmed(clerk, starts_at=NOW)


@pytest.mark.parametrize("minutes", [-29, -1, 0, 1, 29])
def test_two_of_one_practitioner_cannot_overlap(clerk, practitioner, minutes):
    first = confirmed(clerk)
    other = make_request(name="Bilal")
    with pytest.raises(TimeTaken, match="another appointment at"):
        services.confirm(
            request=other,
            practitioner=practitioner,
            starts_at=TOMORROW + timedelta(minutes=minutes),
            actor=clerk,
        )
    other.refresh_from_db()
    assert other.state == State.NEW
    assert told(other) == []
    assert Appointment.objects.get().request == first


@pytest.mark.parametrize("minutes", [-30, 30])
def test_one_can_follow_on_another(clerk, minutes):
    confirmed(clerk)
    confirmed(clerk, TOMORROW + timedelta(minutes=minutes), name="Bilal")
    assert Appointment.objects.standing().count() == 2


def test_another_practitioner_can_see_somebody_at_the_same_time(clerk):
    confirmed(clerk)
    other = Practitioner.objects.create(name_en="Another sample")
    services.confirm(
        request=make_request(name="Bilal"), practitioner=other, starts_at=TOMORROW, actor=clerk
    )
    assert Appointment.objects.standing().count() == 2


def test_a_cancelled_appointment_gives_its_time_back(clerk):
    request = confirmed(clerk, email="a@example.com")
    services.cancel_appointment(request=request, actor=clerk, note="Doctor is ill.")
    request.refresh_from_db()
    assert request.state == State.CONTACTED
    assert request.standing_appointment is None
    assert request.appointment.sequence == 1
    assert told(request) == [("cancelled", "email"), ("cancelled", "call")]
    confirmed(clerk, name="Bilal")


def test_there_must_be_an_appointment_to_cancel(clerk):
    with pytest.raises(WrongMove, match="no appointment ahead"):
        services.cancel_appointment(request=make_request(), actor=clerk)


def test_an_appointment_agreed_on_anew_is_the_same_in_the_calendar(clerk, practitioner):
    request = confirmed(clerk)
    services.cancel_appointment(request=request, actor=clerk)
    services.confirm(
        request=request,
        practitioner=practitioner,
        starts_at=TOMORROW + timedelta(days=1),
        actor=clerk,
    )
    assert Appointment.objects.get().sequence == 2
    assert request.events.last().what == RequestEvent.What.CONFIRMED


def test_one_that_has_been_stays_in_the_books(clerk, practitioner, now):
    request = confirmed(clerk)
    now.move_to(TOMORROW + timedelta(hours=2))
    services.mark_no_show(request=request, actor=clerk)
    services.note_contact(request=request, actor=clerk)
    next_week = TOMORROW + timedelta(days=7)
    services.confirm(request=request, practitioner=practitioner, starts_at=next_week, actor=clerk)
    starts = (
        Appointment.objects.standing().order_by("starts_at").values_list("starts_at", flat=True)
    )
    assert list(starts) == [TOMORROW, next_week]


def test_a_new_time_waits_for_word_on_the_last_one(clerk, practitioner, now):
    request = confirmed(clerk)
    now.move_to(TOMORROW)
    with pytest.raises(WrongMove, match="Note first whether the patient came"):
        services.confirm(
            request=request,
            practitioner=practitioner,
            starts_at=TOMORROW + timedelta(days=7),
            actor=clerk,
        )


def test_who_came_is_noted_afterwards(clerk, now):
    request = confirmed(clerk, email="a@example.com")
    for act in (services.mark_attended, services.mark_no_show):
        with pytest.raises(WrongMove, match="note afterwards"):
            act(request=request, actor=clerk)
    now.move_to(TOMORROW)
    services.mark_attended(request=request, actor=clerk)
    assert ("thank_you", "email") in told(request)
    # A slip of the mouse, put right before the thanks have left.
    services.mark_no_show(request=request, actor=clerk)
    assert ("thank_you", "email") not in told(request)


def test_a_declined_request_gives_its_time_back_and_says_why(clerk):
    request = confirmed(clerk)
    services.decline(request=request, reason="A doctor first.", actor=clerk)
    assert request.events.last().for_patient == "A doctor first."
    assert not Appointment.objects.standing().exists()
    assert told(request)[-1] == ("declined", "call")


# ---- what patients do


def test_a_patient_withdraws_with_the_appointment_and_the_desk_hears_of_it(clerk):
    request = confirmed(clerk, TOMORROW + timedelta(days=1), email="a@example.com")
    services.withdraw(request=request, reason="I am travelling.")
    event = request.events.last()
    assert (event.actor, event.note, event.to_state) == (None, "I am travelling.", "withdrawn")
    assert not Appointment.objects.standing().exists()
    assert ("withdrawn", "email") in told(request)
    assert ("staff_withdrawn", "email") in told(request)


def test_close_to_the_appointment_a_patient_must_call(clerk, now):
    starts_at = TOMORROW + timedelta(days=1)
    request = confirmed(clerk, starts_at)
    now.move_to(starts_at - timedelta(hours=24))
    for act in (
        services.withdraw,
        lambda request: services.change_wish(request=request, preferred_times=[]),
    ):
        with pytest.raises(TooLate, match="Please call us"):
            act(request=request)
    services.withdraw(request=request, actor=clerk, reason="Called.")
    assert not Appointment.objects.standing().exists()


def test_other_wishes_take_the_place_of_those_before(clerk):
    request = make_request()
    services.change_wish(
        request=request, preferred_times=[TOMORROW], preferred_days=[1], part_of_day="morning"
    )
    services.change_wish(
        request=request, preferred_times=[TOMORROW + timedelta(hours=1)], preferred_days=[]
    )
    request.refresh_from_db()
    assert [wish.starts_at for wish in request.preferred_times.all()] == [
        TOMORROW + timedelta(hours=1)
    ]
    assert (request.preferred_days, request.part_of_day) == ([], "morning")
    assert told(request) == [("staff_wish", "email")] * 2


def test_an_ended_request_takes_no_wishes():
    with pytest.raises(WrongMove, match="has ended"):
        services.change_wish(
            request=make_request(state=State.WITHDRAWN), preferred_times=[TOMORROW]
        )


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
