"""Every time that is offered can be booked, and every time that can be booked is offered."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.availability import Diary, FreeTime, free_times, in_both, stretches
from consultations.models import Appointment, Practitioner
from consultations.services import TimeTaken, confirm
from tests.consultations.clinics import KARACHI, employ, open_clinic
from tests.consultations.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_requests(db: None) -> SimpleNamespace:
    first, second = (make_request(message=f"{number}") for number in range(2))
    return SimpleNamespace(first=first, second=second, desk=User.objects.create(username="desk"))


DAY = 24 * 60
# Around the ends of a month and of a year, and a leap day.
FIRST_DAYS = st.sampled_from([date(2026, 11, 28), date(2026, 12, 29), date(2028, 2, 26)])
ZONES = st.sampled_from(["UTC", "Asia/Karachi", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
Hours = tuple[int, time, time, tuple[time, time] | None]


@dataclass
class Drawn:
    """What a clinic with two practitioners may have entered, and when somebody asks."""

    now: datetime
    opening: list[Hours]
    closed: list[tuple[date, date]]
    working: list[list[Hours]]
    absent: list[list[tuple[date, date]]]
    rules: list[dict[str, int]]
    taken: list[list[tuple[datetime, datetime]]]


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


@st.composite
def hours(draw: st.DrawFn) -> list[Hours]:
    week = []
    for weekday in draw(st.sets(st.integers(0, 6), min_size=4)):
        marks = draw(st.lists(st.integers(0, DAY // 5 - 1), min_size=4, max_size=4, unique=True))
        opens, *pause, closes = (clock(5 * mark) for mark in sorted(marks))
        week.append((weekday, opens, closes, draw(st.sampled_from([None, tuple(pause)]))))
    return week


@st.composite
def moments(draw: st.DrawFn) -> Drawn:
    first = draw(FIRST_DAYS)
    midnight = datetime.combine(first, time(0), KARACHI)

    def days_off() -> list[tuple[date, date]]:
        spans = draw(st.lists(st.tuples(st.integers(-2, 7), st.integers(0, 2)), max_size=2))
        return [
            (first + timedelta(days=start), first + timedelta(days=start + more))
            for start, more in spans
        ]

    def taken() -> list[tuple[datetime, datetime]]:
        starts = sorted(draw(st.sets(st.integers(0, 6 * 24), max_size=6)))
        spans = [(start * 60 + 15, draw(st.integers(1, 60))) for start in starts]
        return [
            (midnight + timedelta(minutes=start), midnight + timedelta(minutes=start + length))
            for start, length in spans
        ]

    minutes, second = draw(st.integers(0, 3 * DAY)), draw(st.sampled_from([0, 1]))
    return Drawn(
        now=(midnight + timedelta(minutes=minutes, seconds=second)).astimezone(
            ZoneInfo(draw(ZONES))
        ),
        opening=draw(hours()),
        closed=days_off(),
        working=[draw(hours()) for _ in range(2)],
        absent=[days_off() for _ in range(2)],
        rules=[
            {
                "slot_minutes": draw(st.sampled_from([20, 30, 45, 240])),
                "notice_hours": draw(st.sampled_from([0, 1, 24, 50])),
                "days_ahead": draw(st.integers(1, 6)),
            }
            for _ in range(2)
        ],
        taken=[taken() for _ in range(2)],
    )


def by_the_minute(drawn: Drawn, which: int) -> list[tuple[datetime, datetime]]:
    """What must be offered of one practitioner, found by looking at every minute."""
    rules, minute = drawn.rules[which], timedelta(minutes=1)
    first = drawn.now.astimezone(KARACHI).date()
    found = []
    for ahead in range(rules["days_ahead"] + 1):
        day = first + timedelta(days=ahead)
        if any(start <= day <= end for start, end in drawn.closed + drawn.absent[which]):
            continue
        at_work = minutes_of(drawn.working[which], day) & minutes_of(drawn.opening, day)
        midnight, run = datetime.combine(day, time(0), KARACHI), 0
        for number in range(DAY):
            run = run + 1 if number in at_work else 0
            if run and run % rules["slot_minutes"] == 0:
                end = midnight + (number + 1) * minute
                found.append((end - rules["slot_minutes"] * minute, end))
    return [
        (start, end)
        for start, end in found
        if start > drawn.now
        and start - drawn.now >= timedelta(hours=rules["notice_hours"])
        and not any(start < until and since < end for since, until in drawn.taken[which])
    ]


def minutes_of(week: list[Hours], day: date) -> set[int]:
    def number(at: time) -> int:
        return at.hour * 60 + at.minute

    at_work: set[int] = set()
    for weekday, opens, closes, pause in week:
        if weekday == day.weekday():
            at_work.update(range(number(opens), number(closes)))
            if pause:
                at_work.difference_update(range(number(pause[0]), number(pause[1])))
    return at_work


def diary(drawn: Drawn, which: int) -> Diary:
    opening = {day: stretches(opens, closes, *(pause or (None, None)))
               for day, opens, closes, pause in drawn.opening}  # fmt: skip
    return Diary(
        practitioner_id=which,
        **drawn.rules[which],
        week={
            day: in_both(stretches(opens, closes, *(pause or (None, None))), opening.get(day, ()))
            for day, opens, closes, pause in drawn.working[which]
        },
        days_off=drawn.closed + drawn.absent[which],
        taken=drawn.taken[which],
    )


def enter(drawn: Drawn) -> list[Practitioner]:
    open_clinic(*drawn.opening, closed=drawn.closed)
    practitioners = [
        employ(*working, absent=absent, **rules)
        for working, absent, rules in zip(drawn.working, drawn.absent, drawn.rules, strict=True)
    ]
    Appointment.objects.bulk_create(
        Appointment(practitioner=practitioner, starts_at=starts_at, ends_at=ends_at)
        for practitioner, taken in zip(practitioners, drawn.taken, strict=True)
        for starts_at, ends_at in taken
    )
    return practitioners


@settings(max_examples=100, deadline=None)
@given(moments())
def test_what_is_offered_is_all_that_the_rules_allow_and_nothing_else(drawn):
    for which in range(2):
        times = [
            (free.starts_at, free.ends_at) for free in diary(drawn, which).free_times(drawn.now)
        ]
        assert times == by_the_minute(drawn, which)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=moments(), data=st.data())
def test_what_is_offered_can_be_confirmed_once(two_requests, drawn, data):
    with transaction.atomic():
        practitioners = enter(drawn)
        times = free_times(treatment=None, now=drawn.now)
        assert times == sorted(
            FreeTime(starts_at, ends_at, practitioner.pk)
            for which, practitioner in enumerate(practitioners)
            for starts_at, ends_at in by_the_minute(drawn, which)
        )
        if times:
            free = data.draw(st.sampled_from(times))
            who = Practitioner.objects.get(pk=free.practitioner_id)
            agreed = {"practitioner": who, "starts_at": free.starts_at, "actor": two_requests.desk}
            with time_machine.travel(drawn.now, tick=False):
                assert confirm(request=two_requests.first, **agreed).ends_at == free.ends_at
                with pytest.raises(TimeTaken):
                    confirm(request=two_requests.second, **agreed)
            after = free_times(treatment=None, now=drawn.now)
            assert after == [one for one in times if one != free]
        transaction.set_rollback(True)
