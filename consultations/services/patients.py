"""What patients do themselves; staff may do it for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from consultations import limits, outbox
from consultations.models import ConsultationRequest, Message, RequestEvent, State
from consultations.services.steps import (
    TooLate,
    WrongMove,
    as_it_is,
    locked,
    move,
    must_have_outcome,
    note_beside,
    take_back_appointment,
    wish,
)

Kind, What = Message.Kind, RequestEvent.What


@transaction.atomic
def withdraw(
    *,
    request: ConsultationRequest,
    actor: User | None = None,
    reason: str = "",
    seen: int | None = None,
) -> ConsultationRequest:
    """Take a request back, with its appointment. Raises WrongMove, and TooLate for a patient."""
    request = locked(request, to=State.WITHDRAWN, seen=seen)
    if actor is None:
        _must_not_be_too_late(request)
    must_have_outcome(request)
    appointment = take_back_appointment(request)
    event = move(request, State.WITHDRAWN, actor, note=reason)
    about_it = [Kind.WITHDRAWN] if actor else [Kind.WITHDRAWN, Kind.STAFF_WITHDRAWN]
    outbox.queue(request, *about_it, event=event, appointment=appointment)
    return request


@transaction.atomic
def change_wish(
    *,
    request: ConsultationRequest,
    preferred_times: Iterable[datetime],
    actor: User | None = None,
    note: str = "",
    **when: Any,
) -> ConsultationRequest:
    """Put other times in place of those that the patient wished for, and tell the desk.

    `when` holds `earliest_date`, `preferred_days` and `part_of_day`. An appointment stands
    until the desk has moved it. Raises WrongMove, and TooLate and TooMany for a patient.
    """
    request = as_it_is(request)
    if not request.is_live:
        raise WrongMove(_("This request has ended, so its times cannot be changed any more."))
    if actor is None:
        _must_not_be_too_late(request)
        limits.use(wishes_of_a_request=f"{request.pk}")
    for name, value in when.items():
        setattr(request, name, value)
    request.save(update_fields=list(when))
    request.preferred_times.all().delete()
    wish(request, preferred_times)
    event = note_beside(request, What.WISHED, actor, note)
    if actor is None:
        outbox.queue(request, Kind.STAFF_WISH, event=event)
    return request


@transaction.atomic
def send_link_again(*, reference: str, phone: PhoneNumber, network: str) -> None:
    """Bring the link of a request to whoever made it, if there is one of both; say nothing.

    By mail if an address is on file, else the desk is asked to; once an hour at most. Raises
    TooMany, whether there is such a request or not.
    """
    limits.use(links_of_a_phone=f"{phone}", links_of_a_network=network)
    request = ConsultationRequest.objects.filter(reference=reference, phone=phone).first()
    if request:
        outbox.queue(request, Kind.LINK, key=f"{request.pk}:{timezone.now():%Y-%m-%dT%H}")


def _must_not_be_too_late(request: ConsultationRequest) -> None:
    if not request.can_be_changed_online:
        raise TooLate(_("Your appointment is too close to change it here. Please call us."))
