"""How long a request is kept, and what ends it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.utils import timezone

from clinic_site.models import AccessRecord, AccessRecordQuerySet
from clinic_site.roles import Role
from consultations import services
from consultations.models import Appointment, ConsultationRequest, State
from consultations.privacy import kept_since
from tests.consultations.factories import make_request
from tests.consultations.test_erasure import confirm
from tests.staff import make_staff

pytestmark = pytest.mark.usefixtures("content")

ASKED = datetime(2026, 3, 31, 9, tzinfo=UTC)
OVER = datetime(2028, 3, 31, 10, tzinfo=UTC)


@pytest.fixture
def old() -> ConsultationRequest:
    with time_machine.travel(ASKED, tick=False):
        return make_request()


def expired(at: datetime) -> list[ConsultationRequest]:
    with time_machine.travel(at, tick=False):
        return list(ConsultationRequest.objects.expired())


def purge(at: datetime, **options: object) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("purge_expired", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ((2028, 3, 31), (2026, 3, 31)),
        ((2028, 2, 29), (2026, 2, 28)),
        ((2028, 12, 1), (2026, 12, 1)),
        ((2028, 1, 15), (2026, 1, 15)),
    ],
)
def test_months_are_those_of_the_calendar(now, since):
    assert kept_since(datetime(*now, tzinfo=UTC)) == datetime(*since, tzinfo=UTC)


def test_the_period_is_the_one_that_the_notice_names(monkeypatch):
    monkeypatch.setattr("consultations.privacy.RETENTION_MONTHS", 7)
    assert kept_since(datetime(2028, 3, 31, tzinfo=UTC)) == datetime(2027, 8, 31, tzinfo=UTC)


def test_a_request_expires_after_the_last_contact(old):
    assert expired(OVER - timedelta(hours=2)) == []
    assert expired(OVER) == [old]


def test_a_contact_begins_the_time_anew(old):
    with time_machine.travel(ASKED + timedelta(days=300), tick=False):
        services.note_contact(request=old, actor=make_staff(Role.FRONT_DESK))
    assert expired(OVER) == []
    assert expired(OVER + timedelta(days=301)) == [old]


@pytest.mark.parametrize("state", State)
def test_it_does_not_matter_where_the_request_stands(old, state):
    ConsultationRequest.objects.update(state=state)
    assert expired(OVER) == [old]


def test_an_appointment_ahead_or_of_late_keeps_a_request(old):
    with time_machine.travel(ASKED, tick=False):
        confirm(old, make_staff(Role.FRONT_DESK), days=3)
    Appointment.objects.update(
        starts_at=OVER + timedelta(days=1), ends_at=OVER + timedelta(days=1, hours=1)
    )
    assert expired(OVER) == []
    assert expired(OVER + timedelta(days=700)) == []
    Appointment.objects.update(cancelled_at=ASKED)
    assert expired(OVER) == [old]


def test_what_will_expire_soon_is_known_before(old):
    with time_machine.travel(OVER - timedelta(days=20), tick=False):
        assert list(ConsultationRequest.objects.expiring(within=timedelta(days=30))) == [old]
        assert list(ConsultationRequest.objects.expiring(within=timedelta(days=10))) == []


def test_purging_erases_what_has_expired_and_nothing_else(old):
    with time_machine.travel(OVER - timedelta(days=30), tick=False):
        young = make_request(name="Young", sender="b")
    assert purge(OVER) == "1 requests erased.\n"
    assert ConsultationRequest.objects.get() == young
    record = AccessRecord.objects.get(action="erased")
    assert (record.actor, record.reference) == (None, "expired")


def test_a_dry_run_tells_and_erases_nothing(old):
    assert purge(OVER, dry_run=True) == f"{old.reference}\n1 requests would be erased.\n"
    assert ConsultationRequest.objects.get() == old


def test_purging_takes_batches(old, monkeypatch):
    monkeypatch.setattr("consultations.management.commands.purge_expired.BATCH", 2)
    with time_machine.travel(ASKED, tick=False):
        for number in range(4):
            make_request(sender=str(number))
    assert purge(OVER) == "5 requests erased.\n"
    assert purge(OVER) == "0 requests erased.\n"


def test_the_record_of_who_looked_at_what_ends_too():
    request = make_request()
    for days in (AccessRecordQuerySet.KEPT_FOR.days + 1, 1):
        AccessRecord.objects.create(
            at=timezone.now() - timedelta(days=days),
            action=AccessRecord.Action.VIEWED,
            content_type=ContentType.objects.get_for_model(request),
            object_id=str(request.pk),
            reference=request.reference,
        )
    call_command("purge_expired", stdout=StringIO())
    assert AccessRecord.objects.count() == 1
