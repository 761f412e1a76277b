"""Every write to a request that means something."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from consultations import limits, outbox, search
from consultations.models import (
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    PreferredTime,
    RequestEvent,
    State,
    new_token,
)
from treatments.versions import current_version

Kind, What = Message.Kind, RequestEvent.What
_ATTEMPTS = 5


class WrongMove(Exception):  # noqa: N818  said as staff would say it
    """What cannot be done to a request as it is now. Its text says why, and what to do."""


class TimeTaken(WrongMove):
    """A time at which the practitioner has another appointment."""


class TooLate(WrongMove):
    """What a patient can only do by phone, this close to the appointment."""


def receive_request(
    *,
    answers: Mapping[str, Any],
    sender: str,
    language: str,
    source_page: str = "",
    preferred_times: Iterable[datetime] = (),
    came_by: str = ConsultationRequest.CameBy.WEBSITE,
    entered_by: User | None = None,
    network: str = "",
) -> ConsultationRequest:
    """Store what a person asked and queue the messages about it: all of it, or nothing.

    `answers` are the form's, by the names of the model's fields. `sender` is something that
    only one browser knows. Sent again by the same browser, word for word, while the first is
    still live (a double click, back and send), the first is returned and nothing is added.

    What comes from a `network` (see `clinic_site.network`) counts against the limits. Raises
    TooMany.
    """
    times = list(preferred_times)
    key = _submission_key(answers, times, sender)
    values = {
        **answers,
        "treatment_name": _name_of(answers["treatment"]),
        "submission_key": key,
        "language": language,
        "source_page": source_page,
        "came_by": came_by,
        "entered_by": entered_by,
        # Before the transaction: it takes long when the facts have changed.
        "facts_version": current_version(),
    }
    senders = {}
    if network:
        senders = {"requests_of_a_phone": f"{answers['phone']}", "requests_of_a_network": network}
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            limits.check(**senders)
            return _store_request(values, times, senders)
        except (IntegrityError, limits.TooMany) as refusal:
            # The same request is there already, the limit is used up, or the drawn reference is
            # taken: then the next round draws another.
            sent_before = ConsultationRequest.objects.live().filter(submission_key=key).first()
            if sent_before:
                return sent_before
            if attempt == _ATTEMPTS or isinstance(refusal, limits.TooMany):
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _store_request(
    values: dict[str, Any], times: list[datetime], senders: dict[str, str]
) -> ConsultationRequest:
    request = ConsultationRequest.objects.create(**values)
    # After the row, so that one sent twice is known for it before it counts twice.
    limits.use(**senders)
    event = RequestEvent.objects.create(
        request=request, what=What.NEW, to_state=State.NEW, actor=request.entered_by
    )
    _wish(request, times)
    search.index([request])
    outbox.queue(request, Kind.STAFF_NEW, Kind.RECEIVED, event=event)
    return request


def _submission_key(answers: Mapping[str, Any], times: list[datetime], sender: str) -> str:
    """The same for the same answers of one browser only.

    The answers alone would do for a double click too, but then anybody who guesses what
    another person wrote would be sent to that person's page.
    """
    treatment = answers["treatment"]
    said = {**answers, "treatment": treatment.pk if treatment else None}
    text = json.dumps([sender, said, times], default=str, sort_keys=True)
    return salted_hmac("consultations.submission", text, algorithm="sha256").hexdigest()


def _name_of(treatment: Any) -> str:
    return str(treatment.words.name) if treatment else ""


def _wish(request: ConsultationRequest, times: Iterable[datetime]) -> None:
    PreferredTime.objects.bulk_create(
        PreferredTime(request=request, starts_at=time) for time in sorted(set(times))
    )


# ---- What staff do. `seen` is the last event that they had before their eyes: of two colleagues
# who act on the same page, the second is told what has happened meanwhile.


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
    request = _locked(request, to=State.CONTACTED, seen=seen)
    to = State.CONFIRMED if request.state == State.CONFIRMED else State.CONTACTED
    what = What.CONTACTED if reached else What.NOT_REACHED
    event = _move(request, to, actor, what=what, note=note)
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
    request = _locked(request, to=State.CONTACTED, seen=seen)
    appointment = _cancel_appointment(request)
    if appointment is None:
        raise WrongMove(_("There is no appointment ahead that could be cancelled."))
    event = _move(request, State.CONTACTED, actor, what=What.CANCELLED, note=note)
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
    request = _locked(request, to=State.CONFIRMED, seen=seen)
    # One confirmation at a time for one practitioner; the constraint stands behind it.
    practitioner = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    ends_at = starts_at + timedelta(minutes=minutes or practitioner.slot_minutes)
    if starts_at <= timezone.now():
        raise WrongMove(_("This time is over. Choose a later one."))
    appointment = request.appointment
    if request.state == State.CONFIRMED and appointment and appointment.has_begun:
        raise WrongMove(_("Note first whether the patient came to the last appointment."))
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
        raise TimeTaken(
            _("%(practitioner)s has another appointment at %(time)s. Choose another time.")
            % {
                "practitioner": practitioner,
                "time": date_format(timezone.localtime(starts_at), "DATETIME_FORMAT"),
            }
        ) from error
    event = _move(request, State.CONFIRMED, actor, what=What.MOVED if stood else None, note=note)
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
    request = _locked(request, to=State.DECLINED, seen=seen)
    appointment = _cancel_appointment(request)
    event = _move(request, State.DECLINED, actor, note=note, for_patient=reason)
    outbox.queue(request, Kind.DECLINED, event=event, appointment=appointment)
    return request


@transaction.atomic
def mark_attended(
    *, request: ConsultationRequest, actor: User, note: str = "", seen: int | None = None
) -> ConsultationRequest:
    """Note that the patient came, and thank them. Raises WrongMove."""
    request = _locked(request, to=State.ATTENDED, seen=seen)
    _must_have_begun(request)
    event = _move(request, State.ATTENDED, actor, note=note)
    outbox.queue(request, Kind.THANK_YOU, event=event)
    return request


@transaction.atomic
def mark_no_show(
    *, request: ConsultationRequest, actor: User, note: str = "", seen: int | None = None
) -> ConsultationRequest:
    """Note that the patient did not come. Raises WrongMove."""
    request = _locked(request, to=State.NO_SHOW, seen=seen)
    _must_have_begun(request)
    _move(request, State.NO_SHOW, actor, note=note)
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
    patient is sent it. Raises WrongMove.
    """
    request = _as_it_is(request, seen=seen)
    is_elsewhere = (request.phone, request.email) != (contact["phone"], contact["email"])
    if is_elsewhere:
        contact["token"] = new_token()
    for field, value in contact.items():
        setattr(request, field, value)
    request.save(update_fields=list(contact))
    request.search_terms.all().delete()
    search.index([request])
    event = RequestEvent.objects.create(
        request=request,
        what=What.CORRECTED,
        actor=actor,
        from_state=request.state,
        to_state=request.state,
        note=note,
    )
    if is_elsewhere:
        outbox.make_anew(request)
        outbox.queue(request, Kind.LINK, event=event)
    return request


@transaction.atomic
def add_note(*, request: ConsultationRequest, actor: User, note: str) -> RequestEvent:
    """Keep something for the colleagues; nothing else changes."""
    request = _as_it_is(request)
    return RequestEvent.objects.create(
        request=request,
        what=What.NOTED,
        actor=actor,
        from_state=request.state,
        to_state=request.state,
        note=note,
    )


# ---- What patients do themselves; staff may do it for them.


@transaction.atomic
def withdraw(
    *,
    request: ConsultationRequest,
    actor: User | None = None,
    reason: str = "",
    seen: int | None = None,
) -> ConsultationRequest:
    """Take a request back, with its appointment. Raises WrongMove, and TooLate for a patient."""
    request = _locked(request, to=State.WITHDRAWN, seen=seen)
    if actor is None:
        _must_not_be_too_late(request)
    appointment = _cancel_appointment(request)
    event = _move(request, State.WITHDRAWN, actor, note=reason)
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
    request = _as_it_is(request)
    if not request.is_live:
        raise WrongMove(_("This request has ended, so its times cannot be changed any more."))
    if actor is None:
        _must_not_be_too_late(request)
        limits.use(wishes_of_a_request=f"{request.pk}")
    for name, value in when.items():
        setattr(request, name, value)
    request.save(update_fields=list(when))
    request.preferred_times.all().delete()
    _wish(request, preferred_times)
    event = RequestEvent.objects.create(
        request=request,
        what=What.WISHED,
        actor=actor,
        from_state=request.state,
        to_state=request.state,
        note=note,
    )
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


# ---- Their common steps


def _as_it_is(request: ConsultationRequest, *, seen: int | None = None) -> ConsultationRequest:
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


def _locked(request: ConsultationRequest, *, to: State, seen: int | None) -> ConsultationRequest:
    """The request as it is in the database, if it may become `to` from there. Raises WrongMove."""
    request = _as_it_is(request, seen=seen)
    if to not in request.allowed_moves:
        raise WrongMove(
            _("This request is “%(now)s” now, so it cannot become “%(to)s”.")
            % {"now": request.get_state_display(), "to": to.label}
        )
    return request


def _move(
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


def _cancel_appointment(request: ConsultationRequest) -> Appointment | None:
    """The appointment that has just been taken back, if one stood and was still to come."""
    appointment = request.standing_appointment
    if appointment is None or appointment.has_begun:
        return None
    appointment.cancelled_at = timezone.now()
    appointment.sequence += 1
    appointment.save(update_fields=["cancelled_at", "sequence"])
    return appointment


def _must_have_begun(request: ConsultationRequest) -> None:
    appointment = request.standing_appointment
    if appointment and not appointment.has_begun:
        raise WrongMove(
            _("The appointment is at %(time)s: note afterwards who came.")
            % {"time": date_format(timezone.localtime(appointment.starts_at), "DATETIME_FORMAT")}
        )


def _must_not_be_too_late(request: ConsultationRequest) -> None:
    if not request.can_be_changed_online:
        raise TooLate(_("Your appointment is too close to change it here. Please call us."))
