"""A clinic with nothing but these hours, and who works there."""

from datetime import time
from zoneinfo import ZoneInfo

from clinic_site.models import Clinic, Closure, OpeningHours
from consultations.models import Absence, Practitioner, WorkingHours

KARACHI = ZoneInfo("Asia/Karachi")


def open_clinic(*hours: tuple, closed: tuple = ()) -> None:
    """Nothing but these opening hours and closures: (weekday, opens, closes, break)."""
    clinic = Clinic.objects.current()
    Practitioner.objects.all().delete()
    clinic.opening_hours.all().delete()
    clinic.closures.all().delete()
    OpeningHours.objects.bulk_create(OpeningHours(clinic=clinic, **row(*day)) for day in hours)
    Closure.objects.bulk_create(
        Closure(clinic=clinic, reason="Eid", first_day=first, last_day=last)
        for first, last in closed
    )


def employ(*hours: tuple, absent: tuple = (), **rules: object) -> Practitioner:
    practitioner = Practitioner.objects.create(name="Sample", **rules)
    WorkingHours.objects.bulk_create(
        WorkingHours(practitioner=practitioner, **row(*day)) for day in hours
    )
    Absence.objects.bulk_create(
        Absence(practitioner=practitioner, first_day=first, last_day=last) for first, last in absent
    )
    return practitioner


def row(weekday: int, opens: time, closes: time, pause: tuple | None = None) -> dict:
    break_starts, break_ends = pause or (None, None)
    return {
        "weekday": weekday,
        "opens": opens,
        "closes": closes,
        "break_starts": break_starts,
        "break_ends": break_ends,
    }
