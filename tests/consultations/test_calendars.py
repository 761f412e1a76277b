"""The calendar file of an appointment, read by two libraries that know nothing of ours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
import vobject
from django.contrib.auth.models import User
from phonenumber_field.phonenumber import PhoneNumber

from clinic_site.models import Clinic
from consultations.calendars import calendar_file
from consultations.models import Practitioner
from consultations.outbox import as_told
from consultations.services import confirm, withdraw
from tests.consultations.factories import make_request

KARACHI = ZoneInfo("Asia/Karachi")
TOLD = {
    "uid": "3f2b8c1e-0000-4000-8000-000000000001",
    "sequence": 0,
    "starts_at": "2026-12-01T06:00:00+00:00",
    "ends_at": "2026-12-01T06:30:00+00:00",
    "practitioner": 1,
    "is_standing": True,
}


def a_clinic() -> Clinic:
    return Clinic(
        name_en="Sample Hair Clinic",
        phone=PhoneNumber.from_string("+92512345678"),
        email="desk@sample-clinic.example",
        address_en="Sample plaza; floor 2, room 5\nIslamabad",
        address_ur="نمونہ پلازا، دوسری منزل، کمرہ نمبر 5، نمونہ روڈ، بلیو ایریا\nاسلام آباد",
    )


def file_of(language: str = "en", practitioner: str = "Dr Sample", **changes: object) -> bytes:
    return calendar_file(
        TOLD | changes,
        reference="HC-7K2PM",
        clinic=a_clinic(),
        language=language,
        practitioner_name=practitioner,
    )


def read(data: bytes) -> tuple[icalendar.Calendar, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.parametrize("language", ["en", "ur"])
def test_two_libraries_read_the_same(language):
    data = file_of(language)
    calendar, event = read(data)
    other = vobject.readOne(data.decode())

    assert calendar["METHOD"] == other.method.value == "PUBLISH"
    assert event["UID"] == other.vevent.uid.value == TOLD["uid"]
    assert event["SEQUENCE"] == int(other.vevent.sequence.value) == 0
    assert event["STATUS"] == other.vevent.status.value == "CONFIRMED"
    starts_at = datetime(2026, 12, 1, 11, tzinfo=KARACHI)
    assert event.start == other.vevent.dtstart.value == starts_at
    assert event.end == other.vevent.dtend.value == starts_at + timedelta(minutes=30)
    for name in ("summary", "description", "location"):
        assert str(event[name]) == getattr(other.vevent, name).value


def test_the_time_is_the_clinics_and_its_zone_is_in_the_file():
    data = file_of()
    calendar, _ = read(data)
    assert b"DTSTART;TZID=Asia/Karachi:20261201T110000\r\n" in data
    (zone,) = calendar.timezones
    assert zone.tz_name == "Asia/Karachi"
    assert zone.to_tz(lookup_tzid=False).utcoffset(datetime(2026, 12, 1)) == timedelta(hours=5)


def test_what_it_says_in_english():
    event = read(file_of())[1]
    assert event["SUMMARY"] == "Appointment HC-7K2PM"
    assert event["LOCATION"] == "Sample plaza; floor 2, room 5, Islamabad"
    assert event["DESCRIPTION"].splitlines() == [
        "With Dr Sample",
        "Our phone: +92 51 2345678",
        "Your reference: HC-7K2PM",
    ]
    assert event["ORGANIZER"] == "mailto:desk@sample-clinic.example"
    assert event["CLASS"] == "PRIVATE"


def test_what_it_says_in_urdu():
    event = read(file_of("ur"))[1]
    assert event["SUMMARY"].startswith("ملاقات کا وقت")
    assert "HC-7K2PM" in event["SUMMARY"]
    assert event["LOCATION"].endswith("اسلام آباد")
    assert "ڈاکٹر" not in file_of("ur").decode()  # the name as given, with nothing added


@pytest.mark.parametrize("language", ["en", "ur"])
def test_it_tells_nobody_what_the_visit_is_about(language):
    text = file_of(language).decode().replace("\r\n ", "").lower()
    for word in ("hair", "clinic", "consult", "treat", "patient", "بال", "علاج", "کلینک", "مشاورت"):
        assert word not in text.replace("-//clinic site//consultations//en", "").replace(
            "desk@sample-clinic.example", ""
        )


def test_long_urdu_lines_are_folded_between_letters():
    data = file_of("ur")
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()  # no letter is cut in two
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_signs_with_a_meaning_of_their_own_are_escaped():
    data = file_of().replace(b"\r\n ", b"")
    assert rb"LOCATION:Sample plaza\; floor 2\, room 5\, Islamabad" in data
    hostile = file_of(practitioner="Dr Sample\r\nATTENDEE:mailto:x@example.com")
    assert not read(hostile)[1].get("ATTENDEE")


def test_it_reminds_while_it_stands():
    (alarm,) = read(file_of())[1].walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"
    assert timedelta(hours=-2) == alarm.TRIGGER
    assert not read(file_of(is_standing=False))[1].walk("VALARM")


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=KARACHI), tick=False)
def test_a_change_and_a_cancellation_are_of_the_same_event():
    staff = User.objects.create_user("desk")
    request, practitioner = make_request(), Practitioner.objects.first()
    assert practitioner
    starts_at = datetime(2026, 12, 1, 11, tzinfo=KARACHI)

    def now() -> tuple[icalendar.Calendar, icalendar.Event]:
        appointment = type(request).objects.get().appointment
        assert appointment
        data = calendar_file(
            as_told(appointment),
            reference=request.reference,
            clinic=Clinic.objects.current(),
            language=request.language,
            practitioner_name=practitioner.name,
        )
        vobject.readOne(data.decode())
        return read(data)

    confirm(request=request, practitioner=practitioner, starts_at=starts_at, actor=staff)
    confirmed = now()
    later = starts_at + timedelta(days=1)
    confirm(request=request, practitioner=practitioner, starts_at=later, actor=staff)
    moved = now()
    withdraw(request=request)
    cancelled = now()

    assert confirmed[1]["UID"] == moved[1]["UID"] == cancelled[1]["UID"]
    assert [event["SEQUENCE"] for _, event in (confirmed, moved, cancelled)] == [0, 1, 2]
    assert [event["STATUS"] for _, event in (confirmed, moved, cancelled)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert moved[1].start == cancelled[1].start == later
    assert [calendar["METHOD"] for calendar, _ in (moved, cancelled)] == ["PUBLISH", "CANCEL"]
    assert moved[1]["DTSTAMP"].dt == datetime(2026, 11, 24, 9, tzinfo=KARACHI)
