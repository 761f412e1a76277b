"""A request of somebody who phones or walks in, written down by staff under the same rules."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from consultations.admin.wording import speak_of_the_patient
from consultations.desk import page_of
from consultations.forms import ConsultationForm
from consultations.models import ConsultationRequest
from treatments.models import Stage

CameBy = ConsultationRequest.CameBy


class StepsOfHairLoss(forms.RadioSelect):
    """Each with what it looks like: to read out to who is on the phone and sees no drawing."""

    def create_option(
        self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        if isinstance(label, Stage):
            label = f"{label.label}: {label.words.description}"
        return super().create_option(name, value, label, *args, **kwargs)


class EntryForm(ConsultationForm):
    """The patients' form, asked on the phone or at the desk."""

    came_by = forms.ChoiceField(
        label=_("How did the patient come to us?"),
        choices=[(way.value, way.label) for way in (CameBy.PHONE, CameBy.WALK_IN)],
        initial=CameBy.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the patient came to us.")},
    )
    language = forms.ChoiceField(
        label=_("Which language do we write in?"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        initial="ur",
        error_messages={"required": _("Choose the language in which we write to the patient.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_of_the_patient(self.fields)
        steps: Any = self.fields["pattern"]
        steps.widget = StepsOfHairLoss(choices=steps.choices)

    @property
    def answers(self) -> dict[str, Any]:
        apart = {"came_by", "language"}
        return {name: value for name, value in super().answers.items() if name not in apart}

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The visible fields in the order of a conversation."""
        parts = [
            (_("Who it is"), ["came_by", "name", "phone", "contact_by", "email", "language"]),
            (_("What it is about"), ["treatment", "red_flags", "precautions", "message"]),
            (_("When it suits"), ["preferred_times", *_OTHER_TIMES]),
            (_("More about the hair"), ["pattern", "since_when", "tried_before"]),
            (_("Before you keep it"), ["consent"]),
        ]
        return [
            (title, [self[name] for name in names if name in self.fields]) for title, names in parts
        ]


def tell_of_others(request: HttpRequest, kept: ConsultationRequest) -> None:
    """Families share a phone, and people ask again: staff decide, nothing is merged."""
    same_number = ConsultationRequest.objects.live().filter(phone=kept.phone)
    others = same_number.exclude(pk=kept.pk).newest_first()[:5]
    links = format_html_join(
        pgettext("between items", ", "),
        '<a href="{}">{}</a>',
        ((page_of(other), other.reference) for other in others),
    )
    if links:
        text = ngettext(
            "This number has another open request: %s",
            "This number has other open requests: %s",
            len(others),
        )
        messages.warning(request, format_html(text.replace("%s", "{}"), links))


_OTHER_TIMES = ("earliest_date", "preferred_days", "part_of_day")
