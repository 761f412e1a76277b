"""An appointment is agreed on, moved, cancelled, and has been."""

from datetime import timedelta

import pytest

from consultations import services
from consultations.models import Appointment, Practitioner, RequestEvent, State
from consultations.services import TimeTaken, WrongMove
from tests.consultations.factories import make_request
from tests.consultations.services.moves import NOW, TOMORROW, confirmed, told

HALF_AN_HOUR = timedelta(minutes=30)

pytestmark = pytest.mark.usefixtures("content", "now")


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
    taken = "Sample practitioner is taken on Wednesday, 25 November from 11:00 to 11:30. Choose"
    with pytest.raises(TimeTaken, match=taken):
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


@pytest.mark.parametrize("end", [services.decline, services.withdraw])
def test_nothing_ends_before_it_is_noted_who_came(clerk, now, end):
    request = confirmed(clerk)
    now.move_to(TOMORROW)
    with pytest.raises(WrongMove, match="Note first whether the patient came"):
        end(request=request, actor=clerk, reason="No time.")
    request.refresh_from_db()
    assert request.state == State.CONFIRMED
