"""A message of every kind, about a patient whose every answer has a word of its own."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from consultations import outbox
from consultations.models import Appointment, ConsultationRequest, Message, Practitioner
from tests.consultations.factories import make_request
from treatments.models import Treatment

KINDS = list(Message.Kind)
LANGUAGES = ["en", "ur"]
# A Tuesday. It is 11:30 in London, and the day before in Honolulu.
STARTS_AT = datetime(2026, 12, 1, 16, 30, tzinfo=ZoneInfo("Asia/Karachi"))


def clerk(name: str = "clerk") -> User:
    return User.objects.get_or_create(username=name, is_staff=True)[0]


def request_of_ayesha(**changes: object) -> ConsultationRequest:
    return make_request(
        **{
            "treatment": Treatment.objects.get(slug="prp"),
            "email": "ayesha@example.com",
            "contact_by": "whatsapp",
            "red_flags": [{"key": "k", "name": "Bald patches"}],
            "precautions": [{"key": "k", "name": "I have cancer"}],
            "message": "my scalp burns",
            "tried_before": "minoxidil failed",
            "pattern": "Norwood–Hamilton scale IV",
            "since_when": "under_5_years",
            "earliest_date": date(2026, 12, 1),
            "preferred_days": [0, 4],
            **changes,
        }
    )


def appointment_of(request: ConsultationRequest, **changes: object) -> Appointment:
    """As it stands after a confirmation, without its message."""
    return Appointment.objects.create(
        **{
            "request": request,
            "practitioner": Practitioner.objects.get(),
            "starts_at": STARTS_AT,
            "ends_at": STARTS_AT.replace(hour=17, minute=0),
            **changes,
        }
    )


def message_of(
    request: ConsultationRequest, kind: str, channel: str = "email", **changes: object
) -> Message:
    """With the appointment of the request as it is now."""
    appointment = request.appointment
    return Message.objects.create(
        **{
            "request": request,
            "event": request.events.last(),
            "kind": kind,
            "channel": channel,
            "key": f"{kind} {channel} {request.pk}",
            "appointment": outbox.as_told(appointment) if appointment else {},
            **changes,
        }
    )


def messages_of_all_kinds(request: ConsultationRequest, channel: str = "email") -> list[Message]:
    if request.appointment is None:
        appointment_of(request)
    return [message_of(request, kind, channel) for kind in KINDS]
