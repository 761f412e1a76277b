"""What there is to say to a patient or the desk: one builder for each kind of message.

No letter holds a health detail, or what treatment it is about. It tells the appointment as it
was when the message was stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from clinic_site.models import Clinic
from consultations.models import ConsultationRequest, Message, Practitioner

Kind = Message.Kind


@dataclass(frozen=True)
class Letter:
    """What there is to say, whichever way it goes."""

    subject: str
    says: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    # What only a mail has room for.
    adds: tuple[str, ...] = ()
    # What is said instead on the phone, where no link can be given.
    says_aloud: tuple[str, ...] = ()

    @property
    def lines_of_facts(self) -> list[str]:
        """As plain text; in an Urdu line a value keeps its own direction."""
        isolated = "\u2068{}\u2069" if get_language_bidi() else "{}"
        return [f"{name}: {isolated.format(value)}" for name, value in self.facts]


_Builder = Callable[[ConsultationRequest, Clinic, dict[str, Any]], Letter]
_builders: dict[str, _Builder] = {}


def letter_of(message: Message, clinic: Clinic) -> Letter:
    """What `message` says, in the language that is active."""
    return _builders[message.kind](message.request, clinic, message.appointment)


def practitioner_of(told: dict[str, Any]) -> str:
    """The name of whom an appointment is with, in the language that is active."""
    return str.__str__(Practitioner.objects.get(pk=told["practitioner"]).words.name)


def _says(kind: str) -> Callable[[_Builder], _Builder]:
    def register(builder: _Builder) -> _Builder:
        _builders[kind] = builder
        return builder

    return register


# ---- To the patient


@_says(Kind.RECEIVED)
def _received(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    by_call, by_whatsapp = request.ContactBy.CALL, request.ContactBy.WHATSAPP
    if request.contact_by == by_call:
        answer = _("We call you during our opening hours. If you do not answer, we try again.")
    elif request.contact_by == by_whatsapp:
        answer = _("We write to you on WhatsApp during our opening hours.")
    else:
        answer = _("We write you an e-mail during our opening hours.")
    return Letter(
        _("We have your request %(reference)s") % {"reference": request.reference},
        (
            _("Thank you for turning to %(clinic)s. We have your request %(reference)s.")
            % {"clinic": clinic.words.name, "reference": request.reference},
            f"{answer} {_('We agree with you on a day and a time. Until then nothing is booked.')}",
        ),
        adds=(_("If you did not ask for this, call us and we erase it."),),
    )


@_says(Kind.LINK)
def _link_again(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    asked = _("You asked for the link to your request %(reference)s once more.") % {
        "reference": request.reference
    }
    return Letter(
        _("The link to your request %(reference)s") % {"reference": request.reference},
        (asked, _("Here it is.")),
        adds=(_("If you did not ask for it, there is nothing to do: nobody else has got it."),),
        says_aloud=(asked, _("To which WhatsApp number or e-mail address may we send it?")),
    )


@_says(Kind.NOT_REACHED)
def _not_reached(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("We could not reach you: %(reference)s") % {"reference": request.reference},
        (
            _("%(clinic)s has tried to reach you about your request %(reference)s.")
            % {"clinic": clinic.words.name, "reference": request.reference},
            _("Please call us during our opening hours: %(phone)s") % {"phone": _phone(clinic)},
        ),
        adds=(_("If other times suit you better, tell us on the page of your request."),),
    )


@_says(Kind.CONFIRMED)
def _confirmed(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("Your appointment is confirmed: %(reference)s") % {"reference": request.reference},
        (_("Your appointment at %(clinic)s is confirmed.") % {"clinic": clinic.words.name},),
        facts=_facts_of(told, request, clinic),
        adds=(
            *_how_to_come(clinic),
            _("The attached file puts the appointment into your calendar."),
        ),
    )


@_says(Kind.CHANGED)
def _changed(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("Your appointment has changed: %(reference)s") % {"reference": request.reference},
        (
            _("Your appointment at %(clinic)s has changed. This is how it is now:")
            % {"clinic": clinic.words.name},
        ),
        facts=_facts_of(told, request, clinic),
        adds=(*_how_to_come(clinic), _("The attached file changes it in your calendar too.")),
    )


@_says(Kind.CANCELLED)
def _cancelled(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("Your appointment is cancelled: %(reference)s") % {"reference": request.reference},
        (
            _("Your appointment at %(clinic)s is cancelled:") % {"clinic": clinic.words.name}
            + f" {_in_words(told['starts_at'])}",
            _("We get in touch with you to agree on another one. You can also call us: %(phone)s")
            % {"phone": _phone(clinic)},
        ),
        adds=(_out_of_calendar(),),
    )


@_says(Kind.REMINDER)
def _reminder(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("A reminder of your appointment: %(reference)s") % {"reference": request.reference},
        (
            _("We look forward to seeing you at %(clinic)s.") % {"clinic": clinic.words.name},
            _("If you cannot come, please call us: %(phone)s") % {"phone": _phone(clinic)},
        ),
        facts=_facts_of(told, request, clinic),
        adds=(_what_the_page_tells(clinic),),
    )


@_says(Kind.DECLINED)
def _declined(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("About your request %(reference)s") % {"reference": request.reference},
        (
            _("We are sorry: we cannot offer you the consultation that you asked for."),
            _("The page of your request tells you why. If you have a question, call us: %(phone)s")
            % {"phone": _phone(clinic)},
            *_with_it_goes(told),
        ),
        adds=_calendar_goes(told),
    )


@_says(Kind.WITHDRAWN)
def _withdrawn(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("Your request %(reference)s is withdrawn") % {"reference": request.reference},
        (
            _("Your request %(reference)s is withdrawn, as you wished.")
            % {"reference": request.reference},
            *_with_it_goes(told),
            _("You can ask us again at any time."),
        ),
        adds=(*_calendar_goes(told), _("If this was not you, please call us.")),
    )


@_says(Kind.THANK_YOU)
def _thank_you(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("Thank you for coming: %(reference)s") % {"reference": request.reference},
        (
            _("Thank you for coming to %(clinic)s.") % {"clinic": clinic.words.name},
            _("Take all the time you need to decide. If a question has come up since, call us."),
        ),
    )


# ---- To the desk


@_says(Kind.STAFF_NEW)
def _staff_new(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("New consultation request %(reference)s") % {"reference": request.reference},
        (
            _("A new consultation request has come in: %(reference)s")
            % {"reference": request.reference},
        ),
        facts=(
            (_("Wants to be reached by"), request.get_contact_by_display()),
            *_when(request),
        ),
    )


@_says(Kind.STAFF_WISH)
def _staff_wish(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    return Letter(
        _("Other times wished for: %(reference)s") % {"reference": request.reference},
        (
            _("The patient of request %(reference)s wishes for other times.")
            % {"reference": request.reference},
            _("An appointment that was agreed on stands until you move it."),
        ),
        facts=_when(request),
    )


@_says(Kind.STAFF_WITHDRAWN)
def _staff_withdrawn(request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]) -> Letter:
    freed = (
        (_("This appointment is free again: %(time)s") % {"time": _in_words(told["starts_at"])},)
        if told
        else ()
    )
    return Letter(
        _("Withdrawn: %(reference)s") % {"reference": request.reference},
        (
            _("The patient has withdrawn request %(reference)s.")
            % {"reference": request.reference},
            *freed,
        ),
    )


@_says(Kind.STAFF_UNDELIVERED)
def _staff_undelivered(
    request: ConsultationRequest, clinic: Clinic, told: dict[str, Any]
) -> Letter:
    kinds = ", ".join(f"“{message}”" for message in request.messages.undelivered())
    return Letter(
        _("A mail did not arrive: %(reference)s") % {"reference": request.reference},
        (
            _("The patient of request %(reference)s could not be reached by mail for a day:")
            % {"reference": request.reference}
            + f" {kinds}",
            _(
                "Call the patient, say what the mail would have said, and ask for the right "
                "address. Then send it again, or note that it is settled."
            ),
        ),
    )


# ---- Their common words


def _facts_of(
    told: dict[str, Any], request: ConsultationRequest, clinic: Clinic
) -> tuple[tuple[str, str], ...]:
    return (
        (_("When"), _in_words(told["starts_at"])),
        (_("With"), practitioner_of(told)),
        (_("Where"), pgettext("between items", ", ").join(clinic.words.address.splitlines())),
        (_("Reference"), request.reference),
    )


def _in_words(moment: datetime | str) -> str:
    """A day and a time by the clinic's clock, wherever this runs."""
    local = timezone.localtime(
        datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    )
    return _("%(weekday)s, %(date)s at %(time)s (Islamabad time)") % {
        "weekday": date_format(local, "l"),
        "date": date_format(local, "DATE_FORMAT"),
        "time": date_format(local, "TIME_FORMAT"),
    }


def _when(request: ConsultationRequest) -> tuple[tuple[str, str], ...]:
    times = [_in_words(time.starts_at) for time in request.preferred_times.all()]
    suits = render_to_string("consultations/_when.txt", {"consultation": request}).strip()
    return (
        *((_("Wished for"), time) for time in times),
        *(((_("When it suits"), suits),) if suits else ()),
    )


def _phone(clinic: Clinic) -> str:
    return str(clinic.phone.as_international)


def _how_to_come(clinic: Clinic) -> tuple[str, str]:
    # In the words of the page's buttons.
    words = {"change": _("Change the times"), "withdraw": _("Withdraw the request")}
    cannot = _("If you cannot come, choose “%(change)s” or “%(withdraw)s” there, or call us.")
    return _what_the_page_tells(clinic), cannot % words


def _what_the_page_tells(clinic: Clinic) -> str:
    if clinic.map_url:
        return _("The page of your request tells you how to find us and how to prepare.")
    return _("The page of your request tells you how to prepare.")


def _out_of_calendar() -> str:
    return _("The attached file takes it out of your calendar.")


def _with_it_goes(told: dict[str, Any]) -> tuple[str, ...]:
    if not told:
        return ()
    return (
        _("This appointment is cancelled with it: %(time)s")
        % {"time": _in_words(told["starts_at"])},
    )


def _calendar_goes(told: dict[str, Any]) -> tuple[str, ...]:
    return (_out_of_calendar(),) if told else ()
