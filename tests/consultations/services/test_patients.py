"""What patients do to a request themselves."""

from datetime import timedelta

import pytest

from consultations import services
from consultations.models import Appointment, State
from consultations.services import TooLate, WrongMove
from tests.consultations.factories import make_request
from tests.consultations.services.moves import TOMORROW, confirmed, told

pytestmark = pytest.mark.usefixtures("content", "now")


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
