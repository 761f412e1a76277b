"""The steps that several of the moves take."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import outbox
from consultations.models import (
    Appointment,
    ConsultationRequest,
    PreferredTime,
    RequestEvent,
    State,
)


class WrongMove(Exception):  # noqa: N818  said as staff would say it
    """What cannot be done to a request as it is now. Its text says why, and what to do."""


class TimeTaken(WrongMove):
    """A time at which the practitioner has another appointment."""


class TooLate(WrongMove):
    """What a patient can only do by phone, this close to the appointment."""


def as_it_is(request: ConsultationRequest, *, seen: int | None = None) -> ConsultationRequest:
    """The request as it is in the database, nobody else's until the transaction ends.

    What counts is the state there, not the one that `request` was read with. Raises WrongMove.
    """
    try:
        request = ConsultationRequest.objects.select_for_update().get(pk=request.pk)
    except ConsultationRequest.DoesNotExist as error:
        raise WrongMove(_("This request has been erased.")) from error
    newest = request.events.last() if seen is not None else None
    if newest and newest.pk != seen:
        raise WrongMove(
            _("Meanwhile somebody else noted “%(what)s” here. Look at it, then go on.")
            % {"what": newest}
        )
    return request


def locked(request: ConsultationRequest, *, to: State, seen: int | None) -> ConsultationRequest:
    """The request as it is in the database, if it may become `to` from there. Raises WrongMove."""
    request = as_it_is(request, seen=seen)
    if to not in request.allowed_moves:
        raise WrongMove(
            _("This request is “%(now)s” now, so it cannot become “%(to)s”.")
            % {"now": request.get_state_display(), "to": to.label}
        )
    return request


def note_beside(
    request: ConsultationRequest, what: RequestEvent.What, actor: User | None, note: str
) -> RequestEvent:
    """Something that happened and left the state as it is."""
    return RequestEvent.objects.create(
        request=request,
        what=what,
        actor=actor,
        from_state=request.state,
        to_state=request.state,
        note=note,
    )


def move(
    request: ConsultationRequest,
    to: State,
    actor: User | None,
    *,
    what: str | None = None,
    note: str = "",
    for_patient: str = "",
) -> RequestEvent:
    from_state, request.state = request.state, to
    try:
        with transaction.atomic():
            request.save(update_fields=["state"])
    except IntegrityError as error:
        raise WrongMove(
            _("The patient has sent the same request again. Continue with the newer one.")
        ) from error
    event = RequestEvent.objects.create(
        request=request,
        what=what or to,
        actor=actor,
        from_state=from_state,
        to_state=to,
        note=note,
        for_patient=for_patient,
    )
    outbox.drop_outdated(request)
    return event


def must_have_outcome(request: ConsultationRequest) -> None:
    """Of an appointment that has begun it is noted who came, before anything else happens.

    Raises WrongMove.
    """
    appointment = request.standing_appointment
    if request.state == State.CONFIRMED and appointment and appointment.has_begun:
        raise WrongMove(_("Note first whether the patient came to the last appointment."))


def take_back_appointment(request: ConsultationRequest) -> Appointment | None:
    """The appointment that has just been taken back, if one stood and was still to come."""
    appointment = request.standing_appointment
    if appointment is None or appointment.has_begun:
        return None
    appointment.cancelled_at = timezone.now()
    appointment.sequence += 1
    appointment.save(update_fields=["cancelled_at", "sequence"])
    return appointment


def wish(request: ConsultationRequest, times: Iterable[datetime]) -> None:
    PreferredTime.objects.bulk_create(
        PreferredTime(request=request, starts_at=time) for time in sorted(set(times))
    )
