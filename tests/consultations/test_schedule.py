"""Who sees patients and when, as staff enter it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Clinic
from clinic_site.roles import Role
from consultations.checks import practitioners_are_real
from consultations.models import Absence, Appointment, Practitioner, WorkingHours
from tests.consultations.factories import make_request
from tests.forms import send_changed
from tests.pages import words_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.usefixtures("content")

KARACHI = ZoneInfo("Asia/Karachi")
NOW = datetime(2026, 11, 24, 9, tzinfo=KARACHI)
LIST = "/admin/consultations/practitioner/"
CLINIC = "/admin/clinic_site/clinic/1/change/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(db: None) -> Client:
    return signed_in(make_staff(Role.OWNER))


@pytest.fixture
def sample(db: None) -> Practitioner:
    """From Monday to Saturday, from 10:00 to 18:00, with a break at 13:00."""
    return Practitioner.objects.get()


def agree(practitioner: Practitioner, starts_at: datetime, **fields: object) -> Appointment:
    return Appointment.objects.create(
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        **fields,
    )


def page_of(practitioner: Practitioner) -> str:
    return f"{LIST}{practitioner.pk}/change/"


def absence(first: str, last: str) -> dict[str, str]:
    return {
        "absences-TOTAL_FORMS": "1",
        "absences-0-first_day": first,
        "absences-0-last_day": last,
        "absences-0-note": "",
    }


# ---- the list


def test_the_list_shows_hours_and_the_next_absence_at_a_glance(owner: Client, sample):
    for first, last in ((1, 2), (28, 30), (26, 26)):
        Absence.objects.create(
            practitioner=sample, first_day=date(2026, 11, first), last_day=date(2026, 11, last)
        )
    words = words_of(owner.get(LIST))
    assert (
        "Monday–Thursday 10:00–13:00, 14:00–18:00 · Friday 10:00–13:00, 14:30–18:00 · "
        "Saturday 10:00–13:00, 14:00–18:00" in words
    )
    assert "26 Nov 2026" in words
    Absence.objects.filter(first_day=date(2026, 11, 26)).delete()
    assert "28 Nov 2026 – 30 Nov 2026" in words_of(owner.get(LIST))


def test_days_apart_are_not_a_span(owner: Client, sample):
    sample.working_hours.exclude(weekday__in=(0, 2)).delete()
    assert "Monday 10:00–13:00, 14:00–18:00 · Wednesday 10:00" in words_of(owner.get(LIST))


def test_queries_of_the_list_do_not_grow(owner: Client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            owner.get(LIST)
        return len(asked)

    few = queries()
    for number in range(10):
        another = Practitioner.objects.create(name=f"Sample {number}")
        WorkingHours.objects.create(
            practitioner=another, weekday=0, opens=time(10), closes=time(18)
        )
    assert queries() == few


# ---- a change of hours and what is agreed on


def test_shorter_hours_name_the_appointments_that_they_leave_outside(owner: Client, sample):
    request = make_request()
    agree(sample, datetime(2026, 11, 30, 17, 30, tzinfo=KARACHI), request=request)
    agree(sample, datetime(2026, 11, 30, 16, 30, tzinfo=KARACHI))
    on_sunday = agree(sample, datetime(2026, 11, 29, 11, tzinfo=KARACHI))  # as was meant

    response = send_changed(owner, page_of(sample), **{"working_hours-0-closes": "17:00"})

    assert response.status_code == 302
    page = owner.get(LIST)
    words = words_of(page)
    assert "1 appointment lies outside the hours now. It stands until you move or cancel" in words
    assert f"Monday 30 November, 17:30 · Sample practitioner · {request.reference}" in words
    assert f'/consultationrequest/{request.pk}/change/">' in page.content.decode()
    assert "29 November" not in words
    assert Appointment.objects.standing().count() == 3
    assert on_sunday.is_standing


def test_an_absence_names_its_appointments_also_of_somebody_erased(owner: Client, sample):
    agree(sample, datetime(2026, 12, 1, 10, tzinfo=KARACHI))
    agree(sample, datetime(2026, 12, 2, 10, tzinfo=KARACHI))
    send_changed(owner, page_of(sample), **absence("2026-12-01", "2026-12-05"))
    words = words_of(owner.get(LIST))
    assert "2 appointments lie outside the hours now." in words
    assert "Tuesday 1 December, 10:00 · Sample practitioner Wednesday 2 December" in words


def test_a_closure_names_the_appointments_of_everybody(owner: Client, sample):
    another = Practitioner.objects.create(name="Second sample")
    WorkingHours.objects.create(practitioner=another, weekday=1, opens=time(10), closes=time(18))
    for practitioner in (sample, another):
        agree(practitioner, datetime(2026, 12, 1, 10, tzinfo=KARACHI))
    response = send_changed(
        owner,
        CLINIC,
        **{
            "phone": "051 2345678",  # the sample's is none
            "whatsapp": "",
            "closures-TOTAL_FORMS": "1",
            "closures-0-first_day": "2026-12-01",
            "closures-0-last_day": "2026-12-01",
            "closures-0-reason_en": "A holiday",
            "closures-0-reason_ur": "",
        },
    )
    assert response.status_code == 302, response.context["errors"]
    assert Clinic.objects.current().closures.count() == 1
    assert "2 appointments lie outside the hours now." in words_of(owner.get(LIST))


def test_hours_that_leave_nothing_outside_give_no_warning(owner: Client, sample):
    agree(sample, datetime(2026, 12, 1, 10, tzinfo=KARACHI))
    send_changed(owner, page_of(sample), **absence("2026-12-02", "2026-12-05"))
    assert sample.absences.exists()
    assert "outside the hours" not in words_of(owner.get(LIST))


# ---- leaving


@pytest.mark.parametrize("sent", ["get", "post"])
def test_whoever_has_appointments_is_not_deleted_but_does_not_see_patients(
    owner: Client, sample, sent
):
    agree(sample, NOW - timedelta(days=100), cancelled_at=NOW)
    response = getattr(owner, sent)(f"{LIST}{sample.pk}/delete/", {"post": "yes"}, follow=True)
    assert response.redirect_chain == [(page_of(sample), 302)]
    words = words_of(response)
    assert "Sample practitioner has appointments, past ones too, and the books keep them." in words
    assert "Untick “sees patients” instead" in words
    assert Practitioner.objects.exists()


def test_who_may_not_delete_does_not_learn_whether_there_are_appointments(sample):
    agree(sample, NOW - timedelta(days=100), cancelled_at=NOW)
    for role in (Role.EDITOR, Role.CLINICIAN, Role.FRONT_DESK):
        desk = signed_in(make_staff(role))
        assert desk.get(f"{LIST}{sample.pk}/delete/").status_code == 403


def test_whoever_never_had_an_appointment_can_be_deleted(owner: Client, sample):
    owner.post(f"{LIST}{sample.pk}/delete/", {"post": "yes"})
    assert not Practitioner.objects.exists()
    assert owner.post(f"{LIST}{sample.pk}/delete/", {"post": "yes"}).status_code == 302


# ---- before patients are let in


def found() -> list[str]:
    return [message.id for message in practitioners_are_real()]


def make_real(practitioner: Practitioner, **left_over: str) -> None:
    real = {
        "name_en": "Dr A. B.",
        "name_ur": "ڈاکٹر الف ب",
        "title_en": "Dermatologist",
        "title_ur": "ماہرِ جلد",
        "registration_number": "PMDC-1234",
    }
    Practitioner.objects.filter(pk=practitioner.pk).update(**(real | left_over))


def test_the_deploy_check_refuses_the_sample_practitioner():
    assert found() == ["consultations.E001"]


def test_the_deploy_check_accepts_a_real_practitioner(sample):
    make_real(sample)
    assert found() == []


@pytest.mark.parametrize(
    "left_over",
    [
        {"name_en": "Sample practitioner"},
        {"name_ur": "نمونہ معالج"},
        {"title_en": "Sample title"},
        {"title_ur": "نمونہ عہدہ"},
        {"registration_number": "SAMPLE: no registration"},
    ],
)
def test_the_deploy_check_refuses_any_rest_of_the_sample_practitioner(sample, left_over):
    make_real(sample, **left_over)
    assert found() == ["consultations.E001"]


def test_the_deploy_check_warns_when_nobody_sees_patients():
    Practitioner.objects.update(sees_patients=False)
    assert found() == ["consultations.W001"]


def test_the_deploy_check_leaves_a_missing_database_to_the_clinics_own():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consultations_practitioner RENAME TO consultations_gone")
    assert found() == []


# ---- days off, as they are typed


@pytest.mark.parametrize("prefix", ["", "/ur"])
@pytest.mark.parametrize("typed", ["05/12/2026", "5-12-2026", "5.12.2026", "2026-12-05"])
def test_a_typed_date_is_read_day_first(owner: Client, sample, prefix, typed):
    send_changed(owner, prefix + page_of(sample), **absence(typed, "31/12/2026"))
    away = sample.absences.get()
    assert (away.first_day, away.last_day) == (date(2026, 12, 5), date(2026, 12, 31))


def test_the_calendar_beside_a_date_fills_in_the_iso_form(owner: Client):
    for prefix in ("", "/ur"):
        script = owner.get(f"{prefix}/admin/jsi18n/").content.decode()
        formats = script.split('"DATE_INPUT_FORMATS": [')[1]
        assert formats.strip().startswith('"%Y-%m-%d"')


def test_a_date_that_cannot_be_read_says_how_to_write_it(owner: Client, sample):
    response = send_changed(owner, page_of(sample), **absence("12/31/2026", "soon"))
    assert words_of(response).count("Choose a date, or write it like 2026-12-31.") >= 2
    assert not sample.absences.exists()
    closure = {
        "closures-TOTAL_FORMS": "1",
        "closures-0-first_day": "12/31/2026",
        "closures-0-last_day": "2026-12-31",
        "closures-0-reason_en": "A holiday",
    }
    words = words_of(send_changed(owner, CLINIC, **closure))
    assert "Choose a date, or write it like 2026-12-31." in words


def test_days_off_that_are_over_when_they_are_entered_give_a_warning(owner: Client, sample):
    send_changed(owner, page_of(sample), **absence("12/05/2026", "14/05/2026"))
    warning = "12 May 2026 – 14 May 2026: these days off are over already. Check the date."
    assert warning in words_of(owner.get(LIST))
    # Said once, not at each change of something else; nor of today.
    kept = absence("12/05/2026", "14/05/2026") | {"absences-0-id": str(sample.absences.get().pk)}
    send_changed(owner, page_of(sample), **kept | {"title_en": "Another title"})
    send_changed(
        owner,
        page_of(sample),
        **kept | {"absences-0-first_day": "24/11/2026", "absences-0-last_day": "24/11/2026"},
    )
    assert "over already" not in words_of(owner.get(LIST))


def test_a_closure_that_is_over_when_it_is_entered_gives_a_warning(owner: Client):
    closure = {
        "phone": "051 2345678",  # the sample's is none
        "whatsapp": "",
        "closures-TOTAL_FORMS": "1",
        "closures-0-first_day": "23/11/2026",
        "closures-0-last_day": "23/11/2026",
        "closures-0-reason_en": "A holiday",
        "closures-0-reason_ur": "",
    }
    assert send_changed(owner, CLINIC, **closure).status_code == 302
    assert "23 Nov 2026: these days off are over already." in words_of(owner.get(LIST))
