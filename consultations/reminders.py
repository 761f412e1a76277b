"""Who is reminded of tomorrow's appointment, and when in the day."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.utils import timezone

from consultations import outbox
from consultations.models import Appointment, Message, State

Kind = Message.Kind
# By the clinic's clock: nobody is woken by a reminder, or finds it in the morning.
FROM, UNTIL = time(10), time(20)
# Whoever was told of an appointment so lately knows of it.
_TOLD_LATELY = timedelta(hours=12)


def queue_reminders() -> None:
    """Remind those who come tomorrow, once of each time that was agreed on."""
    now = timezone.localtime()
    if not FROM <= now.time() < UNTIL:
        return
    appointments = list(_on(now + timedelta(days=1)))
    told = defaultdict(list)
    for message in Message.objects.filter(
        request__in=[appointment.request_id for appointment in appointments],
        kind__in=[Kind.CONFIRMED, Kind.CHANGED, Kind.REMINDER],
    ):
        told[message.request_id].append(message)
    for appointment in appointments:
        request = appointment.request
        if request and not any(
            message.created_at > now - _TOLD_LATELY
            or (message.kind == Kind.REMINDER and outbox.is_about(message, appointment))
            for message in told[request.pk]
        ):
            key = f"{appointment.pk}:{appointment.sequence}"
            outbox.queue(request, Kind.REMINDER, appointment=appointment, key=key)


def _on(day: datetime) -> list[Appointment]:
    starts = timezone.make_aware(datetime.combine(day, time.min))
    return list(
        Appointment.objects.standing()
        .filter(
            request__state=State.CONFIRMED,
            starts_at__gte=starts,
            starts_at__lt=starts + timedelta(days=1),
        )
        .select_related("request")
        .order_by("starts_at", "pk")
    )
