"""Everything that is held about one person, who may have asked more than once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.logs import without_tokens
from consultations import phones, search
from consultations.models import Appointment, ConsultationRequest, Message, RequestEvent

MOST = 50
# Keys of our own, of no meaning to the person; and what another field says in words.
LEFT_OUT = {"id", "token", "submission_key", "entered_by", "treatment", "facts_version"}


@dataclass(frozen=True)
class Candidate:
    """A request that may be the person's, and why we think so. Staff decide; nothing is merged."""

    request: ConsultationRequest
    because: Any


def find(query: str) -> list[Candidate]:
    """The requests that match `query`, and those that share a phone or an address with one.

    `query` is a phone number in any spelling, an e-mail address, a reference or a name, or how
    one begins. There are at most `MOST` of either.
    """
    requests = ConsultationRequest.objects.newest_first().prefetch_related("appointments")
    if not (search.words_of(query) or phones.search_digits(query)):
        return []
    matching = list(search.matching(requests, query)[:MOST])
    if not matching:
        return []
    same_phone = Q(phone__in={request.phone for request in matching})
    addresses = {request.email for request in matching if request.email}
    same = reduce(or_, (Q(email__iexact=address) for address in addresses), same_phone)
    known_phones = {str(request.phone) for request in matching}
    related = requests.filter(same).exclude(pk__in=[request.pk for request in matching])[:MOST]
    return [Candidate(request, _("matches")) for request in matching] + [
        Candidate(
            request,
            _("same phone number") if str(request.phone) in known_phones else _("same e-mail"),
        )
        for request in related
    ]


def chosen(references: Sequence[str]) -> list[ConsultationRequest]:
    """The requests with these references, the newest first, with all that is held about them."""
    known = [reference for reference in references if reference.isprintable()][: 2 * MOST]
    return list(
        ConsultationRequest.objects.filter(reference__in=known)
        .newest_first()
        .select_related("facts_version")
        .prefetch_related(
            "events", "preferred_times", "messages__email", "appointments__practitioner"
        )
    )


def as_data(requests: Sequence[ConsultationRequest]) -> dict[str, Any]:
    """Everything, as values for a JSON file; `DjangoJSONEncoder` writes them."""
    return {
        "format": "consultation-requests",
        "version": 1,
        "made_at": timezone.now(),
        "requests": [_request(request) for request in requests],
    }


def _request(request: ConsultationRequest) -> dict[str, Any]:
    version = request.facts_version
    return {
        **{
            field.name: _plain(getattr(request, field.name))
            for field in ConsultationRequest._meta.concrete_fields
            if field.name not in LEFT_OUT
        },
        "facts": {"version": version.pk, "made_at": version.made_at} if version else None,
        "preferred_times": [time.starts_at for time in request.preferred_times.all()],
        "events": [_event(event) for event in request.events.all()],
        "messages": [_message(message) for message in request.messages.all()],
        "appointments": [_appointment(one) for one in request.appointments.all()],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, list | dict | datetime) or value is None else str(value)


def _event(event: RequestEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "what": event.what,
        # Not who of the staff: the clinic answers for all of them.
        "by": "clinic" if event.actor_id else "patient",
        "from_state": event.from_state,
        "to_state": event.to_state,
        "note": event.note,
        "for_patient": event.for_patient,
    }


def _message(message: Message) -> dict[str, Any]:
    mail = message.email
    return {
        "created_at": message.created_at,
        "settled_at": message.settled_at,
        "kind": message.kind,
        "channel": message.channel,
        "state": message.state,
        "appointment": message.appointment or None,
        "mail": {
            "to": mail.to,
            "subject": mail.subject,
            "text": without_tokens(mail.message),
        }
        if mail
        else None,
    }


def _appointment(appointment: Appointment) -> dict[str, Any]:
    return {
        "practitioner": str(appointment.practitioner),
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "cancelled_at": appointment.cancelled_at,
    }
