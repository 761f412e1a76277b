"""What staff do.

`seen` is the last event that they had before their eyes: of two colleagues who act on the same
page, the second is told what has happened meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations import outbox, search
from consultations.models import (
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    RequestEvent,
    State,
    new_token,
)
from consultations.services.steps import (
    TimeTaken,
    WrongMove,
    as_it_is,
    locked,
    move,
    must_have_outcome,
    note_beside,
    take_back_appointment,
)

Kind, What = Message.Kind, RequestEvent.What


@transaction.atomic
def note_contact(
    *,
    request: ConsultationRequest,
    actor: User,
    reached: bool = True,
    note: str = "",
    seen: int | None = None,
) -> ConsultationRequest:
    """Note an attempt to reach the patient; whoever was not reached is told how to reach us.

    An appointment stands: a call about it is noted and changes nothing. Raises WrongMove.
    """
    request = locked(request, to=State.CONTACTED, seen=seen)
    to = State.CONFIRMED if request.state == State.CONFIRMED else State.CONTACTED
    what = What.CONTACTED if reached else What.NOT_REACHED
    event = move(request, to, actor, what=what, note=note)
    if not reached:
        outbox.queue(request, Kind.NOT_REACHED, event=event)
    return request


@transaction.atomic
def cancel_appointment(
    *, request: ConsultationRequest, actor: User, note: str = "", seen: int | None = None
) -> ConsultationRequest:
    """Give an appointment's time back, tell the patient, and stay in touch about another.

    Raises WrongMove.
    """
    request = locked(request, to=State.CONTACTED, seen=seen)
    appointment = take_back_appointment(request)
    if appointment is None:
        raise WrongMove(_("There is no appointment ahead that could be cancelled."))
    event = move(request, State.CONTACTED, actor, what=What.CANCELLED, note=note)
    outbox.queue(request, Kind.CANCELLED, event=event, appointment=appointment)
    return request


@transaction.atomic
def confirm(
    *,
    request: ConsultationRequest,
    practitioner: Practitioner,
    starts_at: datetime,
    actor: User,
    minutes: int | None = None,
    note: str = "",
    seen: int | None = None,
) -> Appointment:
    """Agree on an appointment, or move the one that there is, and tell the patient.

    The practitioner's usual length counts unless `minutes` are given. Raises TimeTaken if they
    have another appointment then, WrongMove if it cannot be confirmed for another reason.
    """
    request = locked(request, to=State.CONFIRMED, seen=seen)
    # One confirmation at a time for one practitioner; the constraint stands behind it.
    practitioner = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    ends_at = starts_at + timedelta(minutes=minutes or practitioner.slot_minutes)
    if starts_at <= timezone.now():
        raise WrongMove(_("This time is over. Choose a later one."))
    must_have_outcome(request)
    appointment = request.appointment
    if appointment is None or (appointment.is_standing and appointment.has_begun):
        appointment, stood = Appointment(request=request), False
    else:
        stood = appointment.is_standing
    if stood and (appointment.practitioner_id, appointment.starts_at, appointment.ends_at) == (
        practitioner.pk,
        starts_at,
        ends_at,
    ):
        raise WrongMove(_("The appointment is at this time already."))
    if appointment.pk:
        appointment.sequence += 1
    appointment.practitioner, appointment.cancelled_at = practitioner, None
    appointment.starts_at, appointment.ends_at = starts_at, ends_at
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError as error:
        raise TimeTaken(_why_taken(appointment)) from error
    event = move(request, State.CONFIRMED, actor, what=What.MOVED if stood else None, note=note)
    kind = Kind.CHANGED if stood else Kind.CONFIRMED
    outbox.queue(request, kind, event=event, appointment=appointment)
    return appointment


@transaction.atomic
def decline(
    *,
    request: ConsultationRequest,
    actor: User,
    reason: str,
    note: str = "",
    seen: int | None = None,
) -> ConsultationRequest:
    """Say no, with a reason that the patient reads on their page. Raises WrongMove."""
    request = locked(request, to=State.DECLINED, seen=seen)
    must_have_outcome(request)
    appointment = take_back_appointment(request)
    event = move(request, State.DECLINED, actor, note=note, for_patient=reason)
    outbox.queue(request, Kind.DECLINED, event=event, appointment=appointment)
    return request


@transaction.atomic
def mark_attended(
    *, request: ConsultationRequest, actor: User, note: str = "", seen: int | None = None
) -> ConsultationRequest:
    """Note that the patient came, and thank them. Raises WrongMove."""
    request = locked(request, to=State.ATTENDED, seen=seen)
    _must_have_begun(request)
    event = move(request, State.ATTENDED, actor, note=note)
    outbox.queue(request, Kind.THANK_YOU, event=event)
    return request


@transaction.atomic
def mark_no_show(
    *, request: ConsultationRequest, actor: User, note: str = "", seen: int | None = None
) -> ConsultationRequest:
    """Note that the patient did not come. Raises WrongMove."""
    request = locked(request, to=State.NO_SHOW, seen=seen)
    _must_have_begun(request)
    move(request, State.NO_SHOW, actor, note=note)
    return request


@transaction.atomic
def correct_contact(
    *,
    request: ConsultationRequest,
    actor: User,
    note: str = "",
    seen: int | None = None,
    **contact: Any,
) -> ConsultationRequest:
    """Put a mistyped name, number or address right, as the patient says it now.

    `contact` holds `name`, `phone`, `email`, `contact_by` and `language`. Whoever was written to
    by mistake has a link: with another number or address the page gets a new one, and the
    patient is sent it. What was to be mailed to an address that is gone is said by hand. Raises
    WrongMove.
    """
    request = as_it_is(request, seen=seen)
    corrected = [name for name, value in contact.items() if getattr(request, name) != value]
    is_elsewhere = (request.phone, request.email) != (contact["phone"], contact["email"])
    if is_elsewhere:
        contact["token"] = new_token()
    for field, value in contact.items():
        setattr(request, field, value)
    request.save(update_fields=list(contact))
    request.search_terms.all().delete()
    search.index([request])
    # What they were before is not kept: they may have been somebody else's.
    fields = {field.name: field.verbose_name for field in request._meta.fields}
    named = [str(fields[name]) for name in corrected]
    which = capfirst(pgettext("between items", ", ").join(named))
    event = note_beside(request, What.CORRECTED, actor, "\n".join(filter(None, [which, note])))
    if is_elsewhere:
        outbox.make_anew(request)
        if not request.email:
            outbox.say_by_hand(request)
        outbox.queue(request, Kind.LINK, event=event)
        outbox.drop_outdated(request)
    return request


@transaction.atomic
def send_link(
    *, request: ConsultationRequest, actor: User, note: str = "", seen: int | None = None
) -> ConsultationRequest:
    """Send a patient the link to their page once more, whatever has become of the request.

    By mail if an address is on file, else as a text that the desk sends: on the phone they were
    asked where to. Raises WrongMove.
    """
    request = as_it_is(request, seen=seen)
    event = note_beside(request, What.LINK_SENT, actor, note)
    channel = Message.Channel.EMAIL if request.email else Message.Channel.WHATSAPP
    outbox.queue(request, Kind.LINK, event=event, channel=channel)
    outbox.drop_outdated(request)
    return request


@transaction.atomic
def add_note(*, request: ConsultationRequest, actor: User, note: str) -> RequestEvent:
    """Keep something for the colleagues, once however often it is sent; nothing else changes."""
    request = as_it_is(request)
    newest = request.events.last()
    if newest and (newest.what, newest.actor, newest.note) == (What.NOTED, actor, note):
        return newest
    return note_beside(request, What.NOTED, actor, note)


def _why_taken(wanted: Appointment) -> str:
    """When its practitioner sees somebody else; not whom."""
    # What stood in the way may be gone by now.
    other = Appointment.objects.overlapping(wanted).order_by("starts_at").first() or wanted
    starts_at, ends_at = timezone.localtime(other.starts_at), timezone.localtime(other.ends_at)
    return _(
        "%(practitioner)s is taken on %(day)s from %(start)s to %(end)s. Choose another time."
    ) % {
        "practitioner": wanted.practitioner,
        "day": date_format(starts_at, "DAY_FORMAT"),
        "start": date_format(starts_at, "TIME_FORMAT"),
        "end": date_format(ends_at, "TIME_FORMAT"),
    }


def _must_have_begun(request: ConsultationRequest) -> None:
    appointment = request.standing_appointment
    if appointment and not appointment.has_begun:
        raise WrongMove(
            _("The appointment is at %(time)s: note afterwards who came.")
            % {"time": date_format(timezone.localtime(appointment.starts_at), "DATETIME_FORMAT")}
        )
