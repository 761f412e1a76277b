"""What a patient can send from the page of a request, or to find that page again."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import model_to_dict
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic_site.forms import DATE_ERRORS
from clinic_site.models import Weekday
from consultations import references
from consultations.fields import LineField, PhoneField, TextField
from consultations.models import ConsultationRequest
from consultations.wishes import WishForm
from treatments.models import Treatment

_AHEAD = timedelta(days=183)
NOT_IN_LIST = {"invalid_choice": _("Choose from the list: this answer is not in it now.")}


class WhenForm(forms.Form):
    """When a patient can come."""

    earliest_date = forms.DateField(
        label=_("Not before"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DATE_ERRORS,
    )
    preferred_days = forms.TypedMultipleChoiceField(
        label=_("Days that suit you"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_IN_LIST,
    )
    part_of_day = forms.ChoiceField(
        label=_("Part of the day"),
        choices=ConsultationRequest.PartOfDay.choices,
        initial=ConsultationRequest.PartOfDay.ANY,
        required=False,
        error_messages=NOT_IN_LIST,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["earliest_date"].widget.attrs.update(min=today, max=today + _AHEAD)
        if (wished := self.initial.get("earliest_date")) and wished < today:
            self.initial["earliest_date"] = None  # by now any day is late enough

    def clean_earliest_date(self) -> date | None:
        day = self.cleaned_data["earliest_date"]
        today = timezone.localdate()
        if day and day < today:
            raise ValidationError(_("This day is over. Choose today or a later day."))
        if day and day > today + _AHEAD:
            raise ValidationError(
                _("This is too far ahead. Choose a day up to %(last)s."),
                params={"last": date_format(today + _AHEAD)},
            )
        return day

    def clean_preferred_days(self) -> list[int]:
        return once(self.cleaned_data["preferred_days"])

    def clean_part_of_day(self) -> str:
        return self.cleaned_data["part_of_day"] or ConsultationRequest.PartOfDay.ANY


class TimesForm(WishForm, WhenForm):
    """The times that a patient wishes for instead of those they wished for before."""

    def __init__(self, consultation: ConsultationRequest, data: QueryDict | None = None) -> None:
        self.consultation = consultation
        wished = [time.starts_at for time in consultation.preferred_times.all()]
        before = model_to_dict(consultation, list(WhenForm.base_fields))
        super().__init__(data, initial=before | {"preferred_times": wished})

    @property
    def wished_treatment(self) -> Treatment | None:
        return self.consultation.treatment


class WithdrawForm(forms.Form):
    """Why a patient takes a request back, if they want to say it."""

    reason = TextField(
        label=_("Why? (optional)"),
        required=False,
        max_length=500,
        help_text=_("It helps us to do better. You need not say it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ReferenceField(LineField):
    """The reference of a request as people read it out and type it; its value is as we write it."""

    widget = forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    )
    default_error_messages = {
        "invalid": _("A reference looks like HC-7K2PM: two letters, then five letters or figures."),
    }

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return text
        reference = references.parse(text)
        if reference is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return reference


class LostLinkForm(forms.Form):
    """What a patient still has who has lost the link."""

    reference = ReferenceField(
        label=_("Your reference"),
        help_text=_("For example HC-7K2PM. It stood on the page after you sent your request."),
        error_messages={"required": _("Write the reference of your request.")},
    )
    phone = PhoneField(
        label=_("Your phone number"),
        help_text=_("The one that you gave in your request."),
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}
        ),
        error_messages={"required": _("Write the phone number that you gave in your request.")},
    )


def once(chosen: list[Any]) -> list[Any]:
    """Each choice once: a browser cannot send one twice, but a script can."""
    return list(dict.fromkeys(chosen))
