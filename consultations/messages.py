"""The mails about a request. No mail holds a health detail, or what treatment it is about."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from post_office import mail

from clinic_site.models import Clinic
from consultations.models import ConsultationRequest

STAFF_LANGUAGE = "en"


@dataclass(frozen=True)
class Message:
    """A mail, ready to be queued."""

    recipient: str
    subject: str
    text: str
    html: str


def new_request_for_staff(request: ConsultationRequest, clinic: Clinic) -> Message:
    """Tells the desk that somebody waits, and where to look."""
    with translation.override(STAFF_LANGUAGE):
        return _message(
            "new_request_for_staff",
            recipient=clinic.email,
            subject=_("New consultation request %(reference)s") % {"reference": request.reference},
            consultation=request,
            link=_absolute(
                reverse("admin:consultations_consultationrequest_change", args=[request.pk])
            ),
        )


def received_for_patient(request: ConsultationRequest, clinic: Clinic) -> Message:
    """Tells a patient who gave an address that the request has arrived, and what comes next."""
    with translation.override(request.language):
        return _message(
            "received_for_patient",
            recipient=request.email,
            subject=_("We have your request %(reference)s") % {"reference": request.reference},
            consultation=request,
            clinic=clinic,
            link=_absolute(request.get_absolute_url()),
        )


def queue(*messages: Message) -> None:
    """Store `messages` for the mail worker, in the caller's transaction and in one query."""
    mail.send_many(
        [
            {
                "recipients": message.recipient,
                # The queue runs what it is given through the template engine. As values these
                # texts stay as they are, whatever braces somebody put into them.
                "subject": "{% autoescape off %}{{ message.subject }}{% endautoescape %}",
                "message": "{% autoescape off %}{{ message.text }}{% endautoescape %}",
                "html_message": "{% autoescape off %}{{ message.html }}{% endautoescape %}",
                "context": {"message": message},
                "priority": "medium",
            }
            for message in messages
        ]
    )


def _message(template: str, *, recipient: str, subject: str, **context: object) -> Message:
    text = render_to_string(f"consultations/mail/{template}.txt", context).strip() + "\n"
    # A line break in a subject would start a new header.
    subject = " ".join(subject.split())
    html = render_to_string("consultations/mail/frame.html", {"subject": subject, "text": text})
    return Message(recipient, subject, text, html)


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
