"""What a patient can send from the page of a request."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic_site.models import Weekday
from consultations.models import ConsultationRequest

_AHEAD = timedelta(days=183)
NOT_IN_LIST = {"invalid_choice": _("Choose from the list: this answer is not in it now.")}


class WhenForm(forms.Form):
    """When a patient can come."""

    earliest_date = forms.DateField(
        label=_("Not before"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Choose a date, or write it like 2026-12-31.")},
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


def once(chosen: list[Any]) -> list[Any]:
    """Each choice once: a browser cannot send one twice, but a script can."""
    return list(dict.fromkeys(chosen))
