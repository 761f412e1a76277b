"""What the patient has been told, and what somebody at the desk must still say."""

from typing import Any
from urllib.parse import quote

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from clinic_site.templatetags.clinic import whatsapp_url
from consultations.messages import by_hand_text, sms_link, whatsapp_link
from consultations.models import ConsultationRequest, Message
from consultations.phones import is_landline


def told(consultation: ConsultationRequest, *, may_tell: bool) -> dict[str, Any]:
    """The messages, apart by what must be done about them; nobody needs those dropped.

    Their texts hold the patient's link, so they are for those who send them.
    """
    State = Message.State  # noqa: N806  as in the model
    rows = list(consultation.messages.select_related("settled_by").order_by("-pk"))
    to_say = [row for row in rows if may_tell and row.is_by_hand and row.state == State.WAITING]
    lost = [row for row in rows if row.state == State.UNDELIVERED]
    for row in [*to_say, *lost]:
        row.request = consultation
    phone = consultation.phone
    texts = [by_hand_text(row) for row in to_say]
    return {
        "is_landline": is_landline(phone),
        "to_say": [
            (row, text, whatsapp_link(phone, text), sms_link(phone, text))
            for row, text in zip(to_say, texts, strict=True)
        ],
        "lost": lost,
        "told": [row for row in rows if row not in [*to_say, *lost] and row.state != State.DROPPED],
    }


def whatsapp(consultation: ConsultationRequest, clinic_name: str) -> SafeString:
    """A link that opens a chat with the patient, with the first words in their language.

    Empty where there can be no chat.
    """
    if is_landline(consultation.phone):
        return SafeString()
    with translation.override(consultation.language):
        text = gettext(
            "Assalam-o-alaikum %(name)s. This is %(clinic)s, about your request %(reference)s."
        ) % {
            "name": consultation.name,
            "clinic": clinic_name,
            "reference": consultation.reference,
        }
    return format_html(
        '<a href="{}?text={}" rel="noreferrer" target="_blank">{}</a>',
        whatsapp_url(consultation.phone),
        quote(text),
        gettext("WhatsApp"),
    )
