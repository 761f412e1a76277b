"""Which messages an event calls for, by which way each goes, and until when it is true."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from post_office.models import STATUS, Email

from consultations.models import OPEN, Appointment, ConsultationRequest, Message, RequestEvent

Kind, Channel = Message.Kind, Message.Channel

# What must reach a patient even if they gave no e-mail address, so that the desk says it.
_SAID_BY_HAND = {Kind.LINK, Kind.CONFIRMED, Kind.CHANGED, Kind.CANCELLED, Kind.REMINDER}
_SAID_BY_HAND |= {Kind.DECLINED}
# They tell that a request has come to where it is, so that the next move makes them untrue.
_OF_A_MOVE = {Kind.NOT_REACHED, Kind.DECLINED, Kind.WITHDRAWN, Kind.THANK_YOU}
_OF_A_MOVE |= {Kind.STAFF_WITHDRAWN}


def queue(
    request: ConsultationRequest,
    *kinds: str,
    event: RequestEvent | None = None,
    appointment: Appointment | None = None,
    key: str = "",
    channel: str = "",
) -> None:
    """Store the messages of these kinds, in the caller's transaction.

    `key` names what they tell where no event does; what has been told already is left out.
    `channel` is the way that they go, where it is not left to what the patient chose.
    """
    told = f"{key or (event and event.pk)}"
    rows = [
        Message(
            request=request,
            event=event,
            kind=kind,
            channel=way,
            key=f"{kind}:{way}:{told}",
            appointment=as_told(appointment) if appointment else {},
        )
        for kind in kinds
        for way in ([channel] if channel else _channels(request, kind))
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=bool(key))


def make_anew(request: ConsultationRequest) -> None:
    """Take back mails that have not left yet, so that they go to the address on file now."""
    # The worker makes a mail under this lock: it has made it by now, or finds the new address.
    list(request.messages.select_for_update().values_list("pk"))
    queued = request.messages.filter(state=Message.State.QUEUED, channel=Channel.EMAIL)
    for message in queued.exclude(kind__in=Message.TO_STAFF).select_related("email"):
        if message.email and message.email.status != STATUS.sent:
            delete_mail(message.email)
            Message.objects.filter(pk=message.pk).update(state=Message.State.WAITING, email=None)


def say_by_hand(request: ConsultationRequest) -> None:
    """Without an address: leave to the desk what it ever says, and drop the other mails.

    What it says anyway is said once.
    """
    for message in request.messages.due().exclude(kind__in=Message.TO_STAFF):
        told = message.key.removeprefix(f"{message.kind}:{message.channel}:")
        is_said = request.messages.filter(
            key__in=[f"{message.kind}:{way}:{told}" for way in (Channel.WHATSAPP, Channel.CALL)]
        ).exists()
        way = next(_channels(request, message.kind), None)
        if way and not is_said:
            message.channel, message.key = way, f"{message.kind}:{way}:{told}"
        else:
            message.state, message.settled_at = Message.State.DROPPED, timezone.now()
        message.save(update_fields=["channel", "key", "state", "settled_at"])


def delete_mail(email: Email) -> None:
    """With everything that it said about a person."""
    delete_attachments(email)
    email.delete()


def delete_attachments(email: Email) -> None:
    """With their files: nothing that a mail said about a person lies about once it is settled."""
    for attachment in email.attachments.all():
        attachment.file.delete(save=False)
        attachment.delete()


def drop_outdated(request: ConsultationRequest) -> None:
    """Take back what has not left yet and is not true any more."""
    outdated = [message.pk for message in request.messages.waiting() if not is_true(message)]
    if outdated:
        waiting = Message.objects.waiting().filter(pk__in=outdated)
        waiting.update(state=Message.State.DROPPED, settled_at=timezone.now())


def is_true(message: Message) -> bool:
    """Whether what a message tells still holds: else it is better not sent."""
    request, kind = message.request, message.kind
    if kind in _OF_A_MOVE:
        return message.event == request.events.exclude(what__in=RequestEvent.NO_MOVE).last()
    if kind in {Kind.CONFIRMED, Kind.CHANGED, Kind.REMINDER}:
        appointment = request.standing_appointment
        return bool(appointment and is_about(message, appointment) and not appointment.has_begun)
    if kind == Kind.CANCELLED:
        appointment = request.appointment
        return bool(appointment and is_about(message, appointment))
    if kind == Kind.RECEIVED:
        # Whoever has an appointment by now must not read that nothing is booked.
        return request.state in OPEN
    if kind == Kind.LINK:
        return not request.messages.filter(kind=Kind.LINK, pk__gt=message.pk).exists()
    if kind == Kind.STAFF_NEW:
        return request.is_awaiting_reply
    if kind == Kind.STAFF_WISH:
        return request.is_live
    if kind == Kind.STAFF_UNDELIVERED:
        return request.messages.undelivered().exists()
    return True


def is_about(message: Message, appointment: Appointment) -> bool:
    told = message.appointment
    return (told["uid"], told["sequence"]) == (appointment.uid, appointment.sequence)


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


def _channels(request: ConsultationRequest, kind: str) -> Iterator[str]:
    if kind in Message.TO_STAFF or request.email:
        yield Channel.EMAIL
    if kind in Message.TO_STAFF or request.contact_by == request.ContactBy.EMAIL:
        return
    by_hand = kind in _SAID_BY_HAND
    if kind == Kind.NOT_REACHED:
        # Whoever did not answer a call is not told so by another call.
        by_hand = request.contact_by == request.ContactBy.WHATSAPP
    if kind == Kind.LINK:
        by_hand = not request.email
    if by_hand:
        yield request.contact_by
