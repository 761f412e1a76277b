"""The patients' questions as staff ask and answer them: of the patient, not of themselves."""

from django.forms import Field
from django.utils.translation import gettext_lazy as _

_LABELS = {
    "name": _("The patient's name"),
    "contact_by": _("How should we reach the patient?"),
    "red_flags": _("Has the patient noticed any of these?"),
    "precautions": _("Which of these would the patient say?"),
    "message": _("The patient's question, or anything else we should know (optional)"),
    "preferred_times": _("Which times would suit the patient?"),
    "preferred_days": _("Days that suit the patient"),
    "pattern": _("Which step looks most like the patient's hair?"),
    "since_when": _("Since when has the patient been losing hair?"),
    "tried_before": _("What has the patient tried so far?"),
    "consent": _("The patient agrees that the clinic stores this, in order to answer them"),
}
_HELP = {
    "email": _("If there is one, we send the patient a link to the request."),
    "red_flags": _(
        "With any of these signs the patient should see a doctor before any hair treatment. Say "
        "so; the request is kept all the same."
    ),
    "precautions": _(
        "We must know before an injection. Nobody should stop any medicine without their doctor."
    ),
    "preferred_times": _("Tick up to three. If any time suits the patient, tick none."),
}
_WHEN_MISSING = {
    "name": _("Write the patient's name."),
    "phone": _("Write a phone number at which we can reach the patient."),
    "contact_by": _("Choose how we should reach the patient."),
    "email": _("Write the patient's e-mail address, or choose another way to reach them."),
    "consent": _(
        "Ask the patient, and tick the box if they agree: without that we may not store it."
    ),
}


def speak_of_the_patient(fields: dict[str, Field]) -> None:
    """Put staff's words in place of those that speak to the patient."""
    for name, field in fields.items():
        field.label = _LABELS.get(name, field.label)
        field.help_text = _HELP.get(name, field.help_text)
        if name in _WHEN_MISSING:
            field.error_messages["required"] = _WHEN_MISSING[name]
