"""The times that are offered, one rule after the other."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Closure
from consultations.availability import by_day, free_times, outside_hours
from consultations.models import Appointment, Practitioner
from tests.consultations.clinics import KARACHI, employ, open_clinic
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=KARACHI)
PRAYERS = (time(13), time(14, 30))


def offered(now: datetime = TUESDAY, **options: object) -> list[str]:
    """The starts in words of the clinic's clock."""
    times = free_times(treatment=None, now=now, **options)
    return [free.starts_at.astimezone(KARACHI).strftime("%a %d %H:%M") for free in times]


def test_nothing_goes_on_during_friday_prayers():
    open_clinic((4, time(9), time(18)))
    employ((4, time(12), time(16), PRAYERS), days_ahead=7, slot_minutes=40)
    # None begins at 12:40, which would last into the prayers; after them the cut starts anew.
    assert offered() == ["Fri 27 12:00", "Fri 27 14:30", "Fri 27 15:10"]


def test_a_break_of_the_clinic_holds_for_everybody():
    open_clinic((4, time(9), time(18), PRAYERS))
    employ((4, time(12), time(16), (time(14), time(15))), days_ahead=7)
    assert offered() == ["Fri 27 12:00", "Fri 27 12:30", "Fri 27 15:00", "Fri 27 15:30"]


def test_the_last_consultation_ends_when_the_clinic_closes():
    open_clinic((2, time(9), time(17)))
    employ((2, time(16), time(20)), days_ahead=7, notice_hours=0)
    assert offered() == ["Wed 25 16:00", "Wed 25 16:30"]


def test_nobody_works_on_a_day_without_opening_hours():
    open_clinic((2, time(9), time(17)))
    employ((6, time(9), time(17)))
    assert offered() == []


def test_nothing_is_offered_over_eid():
    open_clinic(*((day, time(9), time(10)) for day in range(7)), closed=[
        (date(2026, 11, 26), date(2026, 11, 28))
    ])  # fmt: skip
    employ(*((day, time(9), time(10)) for day in range(7)), slot_minutes=60, days_ahead=5)
    assert offered() == ["Wed 25 09:00", "Sun 29 09:00"]


def test_an_absence_holds_for_one_practitioner_alone():
    open_clinic((2, time(9), time(10)))
    away = [(date(2026, 11, 1), date(2026, 11, 30))]
    absent = employ((2, time(9), time(10)), slot_minutes=60, days_ahead=8, absent=away)
    present = employ((2, time(9), time(10)), slot_minutes=60, days_ahead=8)
    times = free_times(treatment=None, now=TUESDAY)
    assert [(free.starts_at.day, free.practitioner_id) for free in times] == [
        (25, present.pk),
        (2, absent.pk),
        (2, present.pk),
    ]


def test_notice_counts_in_hours_and_how_far_ahead_in_days():
    open_clinic(*((day, time(9), time(11)) for day in range(7)))
    employ(*((day, time(9), time(11)) for day in range(7)), slot_minutes=60, days_ahead=2)
    assert offered() == ["Wed 25 09:00", "Wed 25 10:00", "Thu 26 09:00", "Thu 26 10:00"]
    a_minute_later = TUESDAY + timedelta(minutes=1)
    assert offered(a_minute_later) == ["Wed 25 10:00", "Thu 26 09:00", "Thu 26 10:00"]


def test_staff_need_no_notice_but_cannot_book_the_past():
    open_clinic((1, time(8), time(11)))
    employ((1, time(8), time(11)), slot_minutes=60, days_ahead=5)
    assert offered() == []
    assert offered(for_staff=True) == ["Tue 24 10:00"]


def test_the_last_day_off_is_still_off():
    today = [(TUESDAY.date(), TUESDAY.date())]
    open_clinic((1, time(10), time(11)))
    closed = employ((1, time(10), time(11)), days_ahead=1, absent=today)
    assert offered(for_staff=True) == []
    closed.absences.all().delete()
    assert offered(for_staff=True) == ["Tue 24 10:00", "Tue 24 10:30"]
    Closure.objects.create(clinic_id=1, reason="Eid", first_day=today[0][0], last_day=today[0][0])
    assert offered(for_staff=True) == []


def test_today_is_the_clinics_day_where_the_date_in_utc_is_another():
    now = datetime(2026, 12, 31, 20, tzinfo=UTC)  # in Karachi 01:00 on Friday 1 January 2027
    open_clinic((3, time(0), time(2)), (4, time(0), time(2)), (5, time(0), time(2)))
    employ(
        *((day, time(0), time(2)) for day in (3, 4, 5)),
        slot_minutes=30, notice_hours=0, days_ahead=1,
        absent=[(date(2027, 1, 2), date(2027, 1, 2))],
    )  # fmt: skip
    assert offered(now) == ["Fri 01 01:30"]
    assert list(by_day(free_times(treatment=None, now=now))) == [date(2027, 1, 1)]


def test_an_appointment_of_any_length_takes_what_it_touches():
    open_clinic((2, time(9), time(12)))
    practitioner = employ((2, time(9), time(12)), days_ahead=1, notice_hours=0)
    ten = datetime(2026, 11, 25, 10, tzinfo=KARACHI)
    appointment = Appointment.objects.create(
        practitioner=practitioner, starts_at=ten, ends_at=ten + timedelta(minutes=31)
    )
    assert offered() == ["Wed 25 09:00", "Wed 25 09:30", "Wed 25 11:00", "Wed 25 11:30"]
    appointment.cancelled_at = TUESDAY
    appointment.save()
    assert len(offered()) == 6


def test_only_who_sees_patients_and_advises_on_the_treatment_is_offered():
    prp, exosomes = (Treatment.objects.get(slug=slug) for slug in ("prp", "exosomes"))
    open_clinic((2, time(9), time(10)))
    of_all = employ((2, time(9), time(10)))
    of_prp = employ((2, time(9), time(10)))
    of_prp.treatments.add(prp)
    employ((2, time(9), time(10)), sees_patients=False)

    def who(treatment: Treatment | None) -> set[int]:
        return {free.practitioner_id for free in free_times(treatment=treatment, now=TUESDAY)}

    assert who(None) == who(prp) == {of_all.pk, of_prp.pk}
    assert who(exosomes) == {of_all.pk}


def test_a_day_shows_each_start_once_on_the_clinics_clock():
    open_clinic((2, time(9), time(10)))
    for _ in range(2):
        employ((2, time(9), time(10)), days_ahead=1)
    nine = datetime(2026, 11, 25, 9, tzinfo=KARACHI)
    days = by_day(free_times(treatment=None, now=TUESDAY))
    assert days == {date(2026, 11, 25): [nine, nine + timedelta(minutes=30)]}
    assert all(start.utcoffset() == timedelta(hours=5) for start in days[date(2026, 11, 25)])


def test_nobody_to_see_means_no_times():
    Practitioner.objects.update(sees_patients=False)
    assert offered() == []


def test_queries_do_not_grow():
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert free_times(treatment=Treatment.objects.get(slug="prp"), now=TUESDAY)
        return len(asked) - 1  # the treatment's own

    open_clinic(*((day, time(9), time(18)) for day in range(7)))
    employ((2, time(9), time(18)))
    assert queries() == 2
    for _ in range(4):
        practitioner = employ(
            *((day, time(9), time(18)) for day in range(7)),
            absent=[(date(2026, 11, 30), date(2026, 11, 30))],
        )
        for day in range(20):
            starts_at = TUESDAY + timedelta(days=day)
            Appointment.objects.create(
                practitioner=practitioner,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
            )
    assert queries() == 2


# ---- what is agreed on, and lies outside


def agree(practitioner: Practitioner, starts_at: datetime) -> Appointment:
    ends_at = starts_at + timedelta(minutes=30)
    return Appointment.objects.create(
        practitioner=practitioner, starts_at=starts_at, ends_at=ends_at
    )


@pytest.mark.parametrize(
    ("starts_at", "is_outside"),
    [
        ("2026-11-25 10:00", False),
        ("2026-11-25 12:30", False),
        ("2026-11-25 14:30", False),
        ("2026-11-25 16:30", False),
        ("2026-11-25 09:45", True),
        ("2026-11-25 12:45", True),
        ("2026-11-25 14:15", True),
        ("2026-11-25 16:45", True),
        ("2026-11-29 11:00", True),  # a Sunday
        ("2026-12-02 11:00", True),  # a closure
        ("2026-12-09 11:00", True),  # an absence
        ("2026-11-22 11:00", False),  # over, on another Sunday
    ],
)
def test_an_appointment_outside_the_hours_is_found(starts_at, is_outside):
    open_clinic((2, time(9), time(17)), closed=[(date(2026, 12, 2), date(2026, 12, 2))])
    away = [(date(2026, 12, 9), date(2026, 12, 9))]
    practitioner = employ((2, time(10), time(18), PRAYERS), absent=away)
    appointment = agree(practitioner, datetime.fromisoformat(starts_at).replace(tzinfo=KARACHI))
    assert outside_hours(TUESDAY) == ([appointment] if is_outside else [])
    appointment.cancelled_at = TUESDAY
    appointment.save()
    assert outside_hours(TUESDAY) == []


def test_every_appointment_of_somebody_without_hours_lies_outside():
    open_clinic((2, time(9), time(17)))
    appointment = agree(employ(sees_patients=False), TUESDAY + timedelta(days=1))
    assert outside_hours(TUESDAY) == [appointment]
