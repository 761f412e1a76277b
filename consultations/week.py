"""A week of appointments, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from clinic_site.models import Closure
from consultations.models import Absence, Appointment, Practitioner


@dataclass(frozen=True)
class Day:
    """One day of the clinic, with what stands in its way and what is agreed on."""

    date: date
    closures: list[Closure]
    absences: list[Absence]
    appointments: list[Appointment]

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def start_of(day: date) -> datetime:
    """Midnight at the clinic."""
    return timezone.make_aware(datetime.combine(day, time()))


def days_from(first: date, days: int, practitioner: Practitioner | None = None) -> list[Day]:
    """`days` days from `first`, of one practitioner or of all. Three queries."""
    last = first + timedelta(days=days - 1)
    appointments = (
        Appointment.objects.standing()
        .filter(starts_at__gte=start_of(first), starts_at__lt=start_of(last + timedelta(days=1)))
        .select_related("practitioner", "request")
        .order_by("starts_at", "practitioner__order", "pk")
    )
    closures: list[Any] = list(Closure.objects.filter(first_day__lte=last, last_day__gte=first))
    absences = Absence.objects.filter(first_day__lte=last, last_day__gte=first)
    absences = absences.select_related("practitioner")
    if practitioner:
        appointments = appointments.filter(practitioner=practitioner)
        absences = absences.filter(practitioner=practitioner)
    away: list[Any] = list(absences)
    agreed = list(appointments)
    return [
        Day(
            day,
            _covering(closures, day),
            _covering(away, day),
            [one for one in agreed if timezone.localdate(one.starts_at) == day],
        )
        for day in (first + timedelta(days=number) for number in range(days))
    ]


def _covering(rows: Iterable[Any], day: date) -> list[Any]:
    return [row for row in rows if row.first_day <= day <= row.last_day]
