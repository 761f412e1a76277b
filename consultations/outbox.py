"""Which messages an event calls for, and by which way each goes."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from consultations.models import Appointment, ConsultationRequest, Message, RequestEvent

Kind, Channel = Message.Kind, Message.Channel

_TO_STAFF = {Kind.STAFF_NEW, Kind.STAFF_WISH, Kind.STAFF_WITHDRAWN, Kind.STAFF_UNDELIVERED}
# What must reach a patient even if they gave no e-mail address, so that the desk says it.
_SAID_BY_HAND = {Kind.LINK, Kind.CONFIRMED, Kind.CHANGED, Kind.CANCELLED, Kind.REMINDER}
_SAID_BY_HAND |= {Kind.DECLINED}
# About an appointment: each makes those before it that have not left yet pointless.
_OF_APPOINTMENT = {Kind.CONFIRMED, Kind.CHANGED, Kind.CANCELLED, Kind.REMINDER}


def queue(
    request: ConsultationRequest,
    *kinds: str,
    event: RequestEvent | None = None,
    appointment: Appointment | None = None,
    key: str = "",
) -> None:
    """Store the messages of these kinds, in the caller's transaction.

    `key` names what they tell where no event does; what has been told already is left out.
    """
    told = f"{key or (event and event.pk)}"
    rows = [
        Message(
            request=request,
            event=event,
            kind=kind,
            channel=channel,
            key=f"{kind}:{channel}:{told}",
            appointment=as_told(appointment) if appointment else {},
        )
        for kind in kinds
        for channel in _channels(request, kind)
    ]
    if _OF_APPOINTMENT.intersection(kinds):
        drop(request, _OF_APPOINTMENT)
    Message.objects.bulk_create(rows, ignore_conflicts=bool(key))


def drop(request: ConsultationRequest, kinds: Iterable[str]) -> None:
    """Take back what has not left yet."""
    waiting = request.messages.filter(state=Message.State.WAITING, kind__in=kinds)
    waiting.update(state=Message.State.DROPPED, settled_at=timezone.now())


def as_told(appointment: Appointment) -> dict[str, Any]:
    """The appointment as a message tells it, however it changes afterwards."""
    return {
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "practitioner": appointment.practitioner_id,
        "is_standing": appointment.is_standing,
    }


def _channels(request: ConsultationRequest, kind: str) -> list[str]:
    if kind in _TO_STAFF:
        return [Channel.EMAIL]
    channels: list[str] = [Channel.EMAIL] if request.email else []
    by_hand = kind in _SAID_BY_HAND
    if kind == Kind.NOT_REACHED:
        # Whoever did not answer a call is not told so by another call.
        by_hand = request.contact_by == request.ContactBy.WHATSAPP
    if kind == Kind.LINK:
        by_hand = not request.email
    if by_hand and request.contact_by != request.ContactBy.EMAIL:
        channels.append(request.contact_by)
    return channels
