"""A message on its way: as a mail, as a text for WhatsApp, or as what is said on the phone."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from clinic_site.models import Clinic
from clinic_site.templatetags.clinic import whatsapp_url
from consultations.calendars import calendar_file
from consultations.letters import letter_of, practitioner_of
from consultations.models import Message

STAFF_LANGUAGE = "en"
Kind = Message.Kind
_WITH_CALENDAR_FILE = {Kind.CONFIRMED, Kind.CHANGED, Kind.CANCELLED, Kind.DECLINED, Kind.WITHDRAWN}


@dataclass(frozen=True)
class CalendarFile:
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Mail:
    """A mail, ready for the mail queue."""

    recipient: str
    subject: str
    text: str
    html: str
    calendar_file: CalendarFile | None


def mail_of(message: Message) -> Mail:
    """The message as a mail, in the language of who reads it."""
    clinic = Clinic.objects.current()
    with translation.override(_language(message)):
        letter = letter_of(message, clinic)
        context = {
            "letter": letter,
            "clinic_name": str.__str__(clinic.words.name),
            "clinic_phone": clinic.phone.as_international,
            "to_staff": message.is_to_staff,
            "link_label": _link_label(message),
            "link": _link(message),
        }
        return Mail(
            recipient=clinic.email if message.is_to_staff else message.request.email,
            # A line break in a subject would start a new header.
            subject=" ".join(letter.subject.split()),
            text=render_to_string("consultations/mail/letter.txt", context).strip() + "\n",
            html=render_to_string("consultations/mail/letter.html", context),
            calendar_file=_calendar_file(message, clinic),
        )


def by_hand_text(message: Message) -> str:
    """What somebody at the desk sends by WhatsApp, or says on the phone, in the patient's language.

    A link cannot be said.
    """
    is_written = message.channel == Message.Channel.WHATSAPP
    clinic = Clinic.objects.current()
    with translation.override(_language(message)):
        letter = letter_of(message, clinic)
        says = letter.says if is_written else letter.says_aloud or letter.says
        parts = [*says, "\n".join(letter.lines_of_facts)]
        if is_written:
            parts.append(f"{_link_label(message)}\n{_link(message)}")
        else:
            parts.insert(0, _("This is %(clinic)s.") % {"clinic": clinic.words.name})
    return "\n\n".join(filter(None, parts))


def whatsapp_link(phone: PhoneNumber, text: str) -> str:
    """A link that opens the patient's chat with the text in it, ready to be sent."""
    return f"{whatsapp_url(phone)}?text={quote(text)}"


def sms_link(phone: PhoneNumber, text: str) -> str:
    """The same as a text message, for whoever has no WhatsApp."""
    # With both signs, since iPhones read what stands behind the second only.
    return f"sms:{phone.as_e164}?&body={quote(text)}"


def _language(message: Message) -> str:
    return STAFF_LANGUAGE if message.is_to_staff else message.request.language


def _calendar_file(message: Message, clinic: Clinic) -> CalendarFile | None:
    told = message.appointment
    if not told or message.kind not in _WITH_CALENDAR_FILE:
        return None
    content = calendar_file(
        told,
        reference=message.request.reference,
        clinic=clinic,
        language=message.request.language,
        practitioner_name=practitioner_of(told),
    )
    method = "PUBLISH" if told["is_standing"] else "CANCEL"
    return CalendarFile(content, f"text/calendar; method={method}")


def _link_label(message: Message) -> str:
    return _("Open it here:") if message.is_to_staff else _("Your request, and how far it is:")


def _link(message: Message) -> str:
    request = message.request
    if message.is_to_staff:
        address = reverse("admin:consultations_consultationrequest_change", args=[request.pk])
    else:
        address = request.get_absolute_url()
    return f"{settings.SITE_URL}{address}"
