"""When it is, a request with an appointment, and what has been told about it."""

from datetime import UTC, datetime

from django.contrib.auth.models import User

from consultations import services
from consultations.models import ConsultationRequest, Practitioner
from tests.consultations.factories import make_request

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 25, 6, tzinfo=UTC)  # 11:00 in Karachi


def confirmed(clerk: User, starts_at: datetime = TOMORROW, **changes: object):
    request = make_request(**changes)
    services.confirm(
        request=request, practitioner=Practitioner.objects.get(), starts_at=starts_at, actor=clerk
    )
    request.refresh_from_db()
    return request


def told(request: ConsultationRequest) -> list[tuple[str, str]]:
    """What has been queued about the request since it came in, by kind and channel."""
    first = ["received", "staff_new"]
    rows = request.messages.exclude(kind__in=first).exclude(state="dropped").order_by("pk")
    return list(rows.values_list("kind", "channel"))
