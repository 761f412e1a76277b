"""When a practitioner can see a patient: derived from hours, days off and appointments.

Nothing of it is stored, so there is nothing that could go stale. Days and hours are those of the
clinic's own clock, whatever the zone of `now`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import DateField, IntegerField, QuerySet, TimeField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from clinic_site.models import Closure, OpeningHours
from consultations.models import (
    Absence,
    Appointment,
    Practitioner,
    PractitionerQuerySet,
    WorkingHours,
)
from treatments.models import Treatment

Stretch = tuple[time, time]
Week = Mapping[int, Sequence[Stretch]]

_HOURS = ("weekday", "opens", "closes", "break_starts", "break_ends")
# Beside a practitioner's id, whose hours and days off are meant.
_CLINIC = None
_Hours = dict[int | None, dict[int, list[Stretch]]]
_Rules = dict[int, tuple[int, int, int]]  # how a practitioner is booked
_DaysOff = dict[int | None, list[tuple[date, date]]]  # first and last
# What rows of another kind have nothing in.
_NO_HOURS = {"weekday": Value(None, IntegerField())} | {
    clock: Value(None, TimeField()) for clock in _HOURS[1:]
}
_NO_RULES = {rule: Value(0) for rule in ("slot_minutes", "notice_hours", "days_ahead")}
# With a type, which PostgreSQL must be told where no row of the first kind has a value.
_NO_DAYS = {day: Cast(Value(None), DateField()) for day in ("first_day", "last_day")}


@dataclass(frozen=True, order=True)
class FreeTime:
    """A time at which one practitioner could see one more patient."""

    starts_at: datetime
    ends_at: datetime
    practitioner_id: int


@dataclass(frozen=True)
class Diary:
    """All that decides when one practitioner is free, as plain values."""

    practitioner_id: int
    slot_minutes: int
    notice_hours: int
    days_ahead: int
    week: Week
    days_off: Sequence[tuple[date, date]] = ()  # first and last
    taken: Sequence[tuple[datetime, datetime]] = ()  # sorted; they never overlap one another

    def free_times(self, now: datetime) -> Iterator[FreeTime]:
        """In the order of time; from each stretch of work on, one slot after the other."""
        slot = timedelta(minutes=self.slot_minutes)
        earliest = now + timedelta(hours=self.notice_hours)
        today = _local(now).date()
        for ahead in range(self.days_ahead + 1):
            day = today + timedelta(days=ahead)
            if self._is_off(day):
                continue
            for opens, closes in self.week.get(day.weekday(), ()):
                starts_at, closes_at = _at(day, opens), _at(day, closes)
                while (ends_at := starts_at + slot) <= closes_at:
                    # What begins this very moment cannot be confirmed any more.
                    in_time = starts_at > now and starts_at >= earliest
                    if in_time and not self._is_taken(starts_at, ends_at):
                        yield FreeTime(starts_at, ends_at, self.practitioner_id)
                    starts_at = ends_at

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether this time lies within one stretch of work."""
        day = _local(starts_at).date()
        return not self._is_off(day) and any(
            _at(day, opens) <= starts_at and ends_at <= _at(day, closes)
            for opens, closes in self.week.get(day.weekday(), ())
        )

    def _is_off(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.days_off)

    def _is_taken(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the last appointment that begins before this time ends goes on into it."""
        before = bisect_left(self.taken, (ends_at,))
        return before > 0 and self.taken[before - 1][1] > starts_at


def free_times(
    *, treatment: Treatment | None, now: datetime, for_staff: bool = False
) -> list[FreeTime]:
    """When somebody who advises on `treatment` is free, earliest first. Two queries.

    Nothing is further ahead than the practitioner allows. Patients are offered nothing closer
    than the notice; staff need none.
    """
    practitioners = Practitioner.objects.seeing_patients().for_treatment(treatment)
    diaries = _diaries(practitioners, now, for_staff)
    return sorted(free for diary in diaries for free in diary.free_times(now))


def outside_hours(now: datetime, among: QuerySet[Appointment] | None = None) -> list[Appointment]:
    """Appointments still to come that lie on a day off or outside the hours, earliest first.

    Looked at are those `among` these, or all.
    """
    diaries = {diary.practitioner_id: diary for diary in _diaries(Practitioner.objects.all(), now)}
    looked_at = Appointment.objects.all() if among is None else among
    to_come = looked_at.filter(cancelled_at=None, starts_at__gt=now).order_by("starts_at", "pk")
    return [
        one
        for one in to_come.select_related("practitioner", "request")
        if one.practitioner_id not in diaries
        or not diaries[one.practitioner_id].covers(one.starts_at, one.ends_at)
    ]


def by_day(times: Iterable[FreeTime]) -> dict[date, list[datetime]]:
    """Each start once, on the clinic's own clock, under its day there; earliest first."""
    days: dict[date, list[datetime]] = defaultdict(list)
    for starts_at in sorted({free.starts_at for free in times}):
        local = _local(starts_at)
        days[local.date()].append(local)
    return dict(days)


def stretches(
    opens: time, closes: time, break_starts: time | None, break_ends: time | None
) -> list[Stretch]:
    """The hours of a day without their break."""
    if break_starts is None or break_ends is None:
        return [(opens, closes)]
    return [(opens, break_starts), (break_ends, closes)]


def in_both(some: Iterable[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What lies in a stretch of `some` and in one of `others`."""
    shared = (
        (max(opens, other_opens), min(closes, other_closes))
        for opens, closes in some
        for other_opens, other_closes in others
    )
    return [(opens, closes) for opens, closes in shared if opens < closes]


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment, timezone.get_default_timezone())


def _at(day: date, clock: time) -> datetime:
    """In UTC, where adding minutes adds minutes."""
    return datetime.combine(day, clock, timezone.get_default_timezone()).astimezone(UTC)


def _diaries(
    practitioners: PractitionerQuerySet, now: datetime, for_staff: bool = False
) -> list[Diary]:
    hours, rules, days_off = _hours_and_days_off(practitioners, now)
    taken = defaultdict(list)
    appointments = Appointment.objects.standing().filter(ends_at__gt=now, practitioner__in=rules)
    for whose, starts_at, ends_at in appointments.order_by("starts_at").values_list(
        "practitioner_id", "starts_at", "ends_at"
    ):
        taken[whose].append((starts_at, ends_at))
    diaries = []
    for practitioner_id, (slot_minutes, notice_hours, days_ahead) in rules.items():
        diaries.append(
            Diary(
                practitioner_id=practitioner_id,
                slot_minutes=slot_minutes,
                notice_hours=0 if for_staff else notice_hours,
                days_ahead=days_ahead,
                week={
                    weekday: in_both(working, hours[_CLINIC].get(weekday, ()))
                    for weekday, working in hours[practitioner_id].items()
                },
                days_off=days_off[_CLINIC] + days_off[practitioner_id],
                taken=taken[practitioner_id],
            )
        )
    return diaries


def _hours_and_days_off(
    practitioners: PractitionerQuerySet, now: datetime
) -> tuple[_Hours, _Rules, _DaysOff]:
    """The week and the days off of the clinic and of each practitioner, and how they are booked.

    One query: the rows of hours have no days, those of days off nothing but these.
    """
    today = _local(now).date()
    working = WorkingHours.objects.filter(practitioner__in=practitioners.order_by())
    # Not by the manager of translated models, which keeps no order of columns in a union.
    closures: QuerySet[Closure] = QuerySet(Closure).filter(last_day__gte=today)
    absences = Absence.objects.filter(last_day__gte=today)
    of_clinic = {"whose": Value(_CLINIC, IntegerField())}
    rows = (
        OpeningHours.objects.annotate(**of_clinic, **_NO_RULES, **_NO_DAYS)
        .order_by()
        .values_list("whose", *_HOURS, *_NO_RULES, *_NO_DAYS)
        .union(
            working.annotate(**_NO_DAYS)
            .order_by()
            .values_list(
                "practitioner_id",
                *_HOURS,
                *(f"practitioner__{rule}" for rule in _NO_RULES),
                *_NO_DAYS,
            ),
            closures.annotate(**of_clinic, **_NO_HOURS, **_NO_RULES)
            .order_by()
            .values_list("whose", *_HOURS, *_NO_RULES, *_NO_DAYS),
            absences.annotate(**_NO_HOURS, **_NO_RULES)
            .order_by()
            .values_list("practitioner_id", *_HOURS, *_NO_RULES, *_NO_DAYS),
            all=True,
        )
    )
    hours: _Hours = defaultdict(dict)
    rules: _Rules = {}
    days_off: _DaysOff = defaultdict(list)
    for whose, weekday, opens, closes, break_starts, break_ends, *how, first_day, last_day in rows:
        if first_day:
            days_off[whose].append((first_day, last_day))
            continue
        hours[whose][weekday] = stretches(opens, closes, break_starts, break_ends)
        if whose is not _CLINIC:
            rules[whose] = tuple(how)
    return hours, rules, days_off
