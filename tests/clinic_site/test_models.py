from datetime import date, time

import pytest
from django.core.checks import Error
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from clinic_site.checks import clinic_is_not_the_sample
from clinic_site.models import Clinic, Closure, OpeningHours, Weekday

pytestmark = pytest.mark.django_db

REAL = {
    "name_en": "Clinic of the tests",
    "name_ur": "",
    "phone": "+92512345678",
    "email": "desk@clinic.example",
    "address_en": "1 Street\nIslamabad",
    "address_ur": "",
    "licence_number": "12345",
}


@pytest.fixture
def clinic() -> Clinic:
    return Clinic.objects.current()


def make_real(clinic: Clinic, **changes: str) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(**(REAL | changes))


def test_there_is_only_one_clinic():
    with pytest.raises(IntegrityError, match="clinic_only_one"):
        Clinic.objects.create(pk=2, name="Second", phone="+92512345678")


def test_a_day_has_one_row(clinic):
    hours = OpeningHours(clinic=clinic, weekday=Weekday.MONDAY, opens=time(9), closes=time(10))
    with pytest.raises(ValidationError, match="listed already"):
        hours.full_clean()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"closes": time(9)}, "opens_before_closes"),
        ({"break_starts": time(12)}, "break_within_hours"),
        ({"break_ends": time(12)}, "break_within_hours"),
        ({"break_starts": time(13), "break_ends": time(12)}, "break_within_hours"),
        ({"break_starts": time(8), "break_ends": time(12)}, "break_within_hours"),
        ({"break_starts": time(12), "break_ends": time(20)}, "break_within_hours"),
    ],
)
def test_the_database_refuses_impossible_hours(clinic, changes, rule):
    hours = {"opens": time(9), "closes": time(17)} | changes
    with pytest.raises(IntegrityError, match=f"openinghours_{rule}"):
        OpeningHours.objects.create(clinic=clinic, weekday=Weekday.SUNDAY, **hours)


def test_a_closure_does_not_end_before_it_starts(clinic):
    with pytest.raises(IntegrityError, match="closure_first_day_not_after_last"):
        Closure.objects.create(
            clinic=clinic, first_day=date(2026, 3, 2), last_day=date(2026, 3, 1), reason="x"
        )


def test_the_deploy_check_refuses_the_sample():
    assert [message.id for message in clinic_is_not_the_sample()] == ["clinic_site.E001"]


def test_the_deploy_check_accepts_a_real_clinic(clinic):
    make_real(clinic)
    assert clinic_is_not_the_sample() == []


@pytest.mark.parametrize(
    "left_over",
    [
        {"name_en": "Sample Hair Clinic"},
        {"name_ur": "نمونہ کلینک"},
        {"phone": "+92510000000"},
        {"email": "desk@sample-clinic.example"},
        {"address_en": "Sample address"},
        {"licence_number": "SAMPLE: no licence"},
    ],
)
def test_the_deploy_check_refuses_any_rest_of_the_sample(clinic, left_over):
    make_real(clinic, **left_over)
    assert [message.id for message in clinic_is_not_the_sample()] == ["clinic_site.E001"]


def test_the_deploy_check_says_when_there_is_no_database():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_site_clinic RENAME TO clinic_site_gone")
    message = clinic_is_not_the_sample()[0]
    assert isinstance(message, Error)
    assert message.id == "clinic_site.E002"
