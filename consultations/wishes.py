"""The times that a patient can wish for: a field whose choices are free as the page is made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from consultations.availability import FreeTime, by_day, free_times
from consultations.models import PreferredTime
from treatments.models import Treatment

_DAYS_IN_SIGHT = 6  # a week, as a rule


@dataclass(frozen=True)
class WishedDay:
    """A day with its times, as the form shows them."""

    day: date
    times: list[tuple[str, datetime, bool]]  # what is sent, when it is, whether it is ticked

    def __str__(self) -> str:
        name = date_format(self.day, "l j F")
        today = timezone.localdate()
        if self.day == today:
            return gettext("Today, %(day)s") % {"day": name}
        if self.day == today + timedelta(days=1):
            return gettext("Tomorrow, %(day)s") % {"day": name}
        return name

    @property
    def is_ticked(self) -> bool:
        return any(ticked for _value, _starts_at, ticked in self.times)


class TimesWidget(forms.Widget):
    """Days with times to tick: those of the first in sight, of the others as soon as one asks."""

    use_fieldset = True
    free: Callable[[], Iterable[FreeTime]] = staticmethod(list)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # ticking nothing sends nothing

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""  # the legend names the group

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        ticked = set(value or ())
        days = [
            WishedDay(day, [(sent := as_sent(at), at, sent in ticked) for at in times])
            for day, times in by_day(self.free()).items()
        ]
        return render_to_string(
            "consultations/_times.html",
            {
                "name": name,
                "id": (attrs or {}).get("id"),
                "next_days": days[:_DAYS_IN_SIGHT],
                "later_days": days[_DAYS_IN_SIGHT:],
                "is_later_ticked": any(day.is_ticked for day in days[_DAYS_IN_SIGHT:]),
            },
        )


class TimesField(forms.Field):
    """Up to three times; its value is a list of aware datetimes, earliest first."""

    widget = TimesWidget
    default_error_messages = {
        "invalid": gettext_lazy("Choose from the times below."),
        "too_many": gettext_lazy(
            "Choose at most %(most)d times: you have ticked %(ticked)d. Untick some."
        ),
    }

    def prepare_value(self, value: Any) -> Any:
        return [as_sent(at) if isinstance(at, datetime) else at for at in value or ()]

    def to_python(self, value: Any) -> list[datetime]:
        # A browser cannot send one twice, but a script can.
        times = {self._time(sent) for sent in value or ()}
        if len(times) > PreferredTime.MOST:
            raise ValidationError(
                self.error_messages["too_many"],
                code="too_many",
                params={"most": PreferredTime.MOST, "ticked": len(times)},
            )
        return sorted(times)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(self.prepare_value(initial)) != set(data or ())

    def _time(self, sent: Any) -> datetime:
        try:
            at = datetime.fromisoformat(sent)
            if at.tzinfo is None:
                raise ValueError(sent)
            return timezone.localtime(at)
        except (ValueError, OverflowError) as error:  # nothing that this form offers
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class WishForm(forms.Form):
    """A form with times to wish for, for the treatment that it is about."""

    preferred_times = TimesField(
        label=gettext_lazy("Which times would suit you?"),
        required=False,
        help_text=gettext_lazy(
            "Tick up to three, and we confirm one of them. If any time suits you, tick none."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preferred_times"].widget.free = lambda: self.free_times

    @property
    def wished_treatment(self) -> Treatment | None:
        """The treatment that it is about; None as long as the patient is not sure."""
        raise NotImplementedError

    @cached_property
    def free_times(self) -> list[FreeTime]:
        return free_times(treatment=self.wished_treatment, now=timezone.now())

    def clean_preferred_times(self) -> list[datetime]:
        wished = self.cleaned_data["preferred_times"]
        if not wished:
            return []  # and whoever ticks nothing is not kept waiting for what is free
        free = {time.starts_at for time in self.free_times}
        if gone := [at for at in wished if at not in free]:
            raise ValidationError(
                gettext("Not free any more, or not for this treatment: %(times)s. Choose another."),
                params={"times": _named(gone)},
            )
        return wished

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Asked beside the times, by WhenForm.
        first = self.cleaned_data.get("earliest_date")
        wished = self.cleaned_data.get("preferred_times", [])
        if first and (earlier := [at for at in wished if at.date() < first]):
            problem = gettext(
                "This is later than what you ticked: %(times)s. Untick that, or choose an "
                "earlier day."
            )
            self.add_error("earliest_date", problem % {"times": _named(earlier)})
        return cleaned


def _named(times: Iterable[datetime]) -> str:
    return "; ".join(
        gettext("%(day)s, %(time)s")
        % {"day": date_format(at, "l j F"), "time": date_format(at, "TIME_FORMAT")}
        for at in times
    )


def as_sent(at: datetime) -> str:
    return timezone.localtime(at).isoformat()
