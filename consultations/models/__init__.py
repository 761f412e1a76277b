"""Who asked for a consultation, when they can come, and what we told them."""

from consultations.models.appointments import Appointment, AppointmentQuerySet
from consultations.models.events import RequestEvent
from consultations.models.limits import Quota
from consultations.models.messages import Message, MessageQuerySet
from consultations.models.requests import (
    ConsultationRequest,
    ConsultationRequestQuerySet,
    PreferredTime,
    new_reference,
    new_token,
)
from consultations.models.schedule import (
    Absence,
    Practitioner,
    PractitionerQuerySet,
    WorkingHours,
)
from consultations.models.search import SearchTerm
from consultations.models.states import LIVE, MOVES, OPEN, State

__all__ = [
    "LIVE",
    "MOVES",
    "OPEN",
    "Absence",
    "Appointment",
    "AppointmentQuerySet",
    "ConsultationRequest",
    "ConsultationRequestQuerySet",
    "Message",
    "MessageQuerySet",
    "Practitioner",
    "PractitionerQuerySet",
    "PreferredTime",
    "Quota",
    "RequestEvent",
    "SearchTerm",
    "State",
    "WorkingHours",
    "new_reference",
    "new_token",
]
