"""What staff write when they move a request on: a form for each kind of move."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin.wording import speak_of_the_patient
from consultations.forms import ConsultationForm
from consultations.models import ConsultationRequest


class MoveForm(forms.Form):
    """A note for the colleagues, and the last event that its writer had seen."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy(
            "For your colleagues: who said what, when to try again. Patients do not see it."
        ),
    )

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        self.consultation = consultation
        super().__init__(*args, **kwargs)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the move's service takes, apart from the request and the actor."""
        return dict(self.cleaned_data)

    @property
    def texts(self) -> list[str]:
        """What was written in words, for a page that has no place for the form any more."""
        areas = [field for field in self if isinstance(field.field.widget, forms.Textarea)]
        return [area.value() for area in areas if area.value()]


class NoteForm(MoveForm):
    """A note that is all there is to it, so it may not be empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].error_messages["required"] = _("Write the note that is to be kept.")

    @property
    def arguments(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"]}


class DeclineForm(MoveForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason, for the patient"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("The patient reads it on their page, in these words."),
        error_messages={"required": gettext_lazy("Write a reason that the patient can read.")},
    )
    field_order = ["seen", "reason", "note"]


class CorrectForm(MoveForm):
    """How to reach the patient, by the rules of the form that they filled in."""

    name = ConsultationForm.base_fields["name"]
    phone = ConsultationForm.base_fields["phone"]
    contact_by = ConsultationForm.base_fields["contact_by"]
    email = ConsultationForm.base_fields["email"]
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    field_order = ["seen", "name", "phone", "contact_by", "email", "language", "note"]

    clean_contact_by = ConsultationForm.clean_contact_by
    clean_email = ConsultationForm.clean_email

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = model_to_dict(self.consultation, ["name", "contact_by", "email", "language"])
        self.initial = {**self.initial, **now, "phone": self.consultation.phone.as_international}
        speak_of_the_patient(self.fields)
        self.fields["email"].help_text = ""


class WithdrawForm(MoveForm):
    note = forms.CharField(
        label=gettext_lazy("What the patient said"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    @property
    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["note"], "seen": self.cleaned_data["seen"]}
