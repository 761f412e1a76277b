from datetime import timedelta

import pytest
import time_machine

from consultations.models import Appointment, ConsultationRequest, Message
from consultations.reminders import queue_reminders
from tests.consultations.factories import make_request
from tests.consultations.letters import STARTS_AT, appointment_of, message_of

pytestmark = pytest.mark.django_db

DAY_BEFORE = STARTS_AT - timedelta(days=1)


def confirmed(**changes: object) -> ConsultationRequest:
    request = make_request(email="ayesha@example.com", state="confirmed")
    appointment_of(request, **changes)
    return request


def reminded(*, at=DAY_BEFORE) -> int:
    with time_machine.travel(at, tick=False):
        queue_reminders()
    return Message.objects.filter(kind="reminder", channel="email").count()


def test_who_comes_tomorrow_is_reminded_once():
    confirmed()
    assert reminded() == 1
    assert reminded(at=DAY_BEFORE + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("hour", "minute", "count"), [(0, 30, 0), (9, 59, 0), (10, 0, 1), (19, 59, 1), (20, 0, 0)]
)
def test_nobody_is_reminded_at_night(hour, minute, count):
    confirmed()
    assert reminded(at=DAY_BEFORE.replace(hour=hour, minute=minute)) == count


@pytest.mark.parametrize(
    ("hour", "days_before", "count"), [(0, 1, 1), (23, 1, 1), (0, 0, 0), (23, 2, 0)]
)
def test_tomorrow_is_that_of_islamabad(hour, days_before, count):
    starts_at = STARTS_AT.replace(hour=hour)
    confirmed(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
    day = STARTS_AT.replace(hour=12) - timedelta(days=days_before)
    assert reminded(at=day) == count


@pytest.mark.parametrize(
    ("table", "change"),
    [(ConsultationRequest, {"state": "contacted"}), (Appointment, {"cancelled_at": DAY_BEFORE})],
)
def test_who_does_not_come_is_not_reminded(table, change):
    confirmed()
    table.objects.update(**change)
    assert reminded() == 0


def test_a_moved_appointment_is_reminded_of_anew():
    request = confirmed()
    assert reminded() == 1
    Appointment.objects.update(sequence=1)
    assert reminded(at=DAY_BEFORE + timedelta(hours=1)) == 1, "told an hour ago"
    Message.objects.update(created_at=DAY_BEFORE - timedelta(days=1))
    assert reminded(at=DAY_BEFORE + timedelta(hours=1)) == 2
    assert request.messages.filter(kind="reminder").values("key").distinct().count() == 4


@pytest.mark.parametrize(("hours", "count"), [(11, 0), (13, 1)])
def test_whoever_was_told_of_it_lately_needs_no_reminder(hours, count):
    message_of(confirmed(), "confirmed", created_at=DAY_BEFORE - timedelta(hours=hours))
    assert reminded() == count


def test_the_appointment_of_a_person_who_was_erased_reminds_nobody():
    confirmed()
    ConsultationRequest.objects.all().delete()
    assert reminded() == 0


def test_the_queries_do_not_grow_with_those_who_were_reminded(django_assert_max_num_queries):
    for hour in range(8, 12):
        starts_at = STARTS_AT.replace(hour=hour)
        confirmed(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
    assert reminded() == 4
    with django_assert_max_num_queries(2), time_machine.travel(DAY_BEFORE, tick=False):
        queue_reminders()
