"""The form by which staff agree on an appointment: a free time, or any other."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from clinic_site.forms import DATE_ERRORS
from consultations.admin.move_forms import MoveForm
from consultations.availability import FreeTime, free_times
from consultations.models import OPEN, ConsultationRequest, Practitioner, PreferredTime

_DAYS_IN_SIGHT = 14  # at which there are free times
_FARTHEST = timedelta(days=2 * 365)  # a later year is a slip of the hand


class ListedDay(NamedTuple):
    """A day with free times."""

    day: date
    free: int  # how many
    is_shown: bool  # whether the form lists them


class ConfirmForm(MoveForm):
    """A free time from the list, or any other time of any practitioner.

    Listed are the times of `day` (like 2026-12-31), else of the days that the patient wished for,
    else of the first day with any: all times of all practitioners would be thousands.
    """

    day = forms.CharField(required=False, widget=forms.HiddenInput)
    time = forms.ChoiceField(
        label=gettext_lazy("Free time"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("This time is not free any more. Choose another.")
        },
    )
    practitioner = forms.ModelChoiceField(
        label=gettext_lazy("Practitioner"),
        queryset=Practitioner.objects.seeing_patients(),
        required=False,
    )
    other_time = forms.SplitDateTimeField(
        label=gettext_lazy("Another time"),
        required=False,
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
        ),
        error_messages={
            "invalid_date": DATE_ERRORS["invalid"],
            "invalid_time": gettext_lazy("Write the time like 16:30."),
        },
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=5,
        max_value=240,
        help_text=gettext_lazy("Empty: as long as this practitioner's consultations usually are."),
    )
    field_order = ["seen", "day", "time", "practitioner", "other_time", "minutes", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._practitioners = {person.pk: person for person in Practitioner.objects.all()}
        free = free_times(treatment=self.consultation.treatment, now=timezone.now(), for_staff=True)
        self._free = {_key(one): one for one in free}
        self._days = {
            day: list(times)
            for day, times in groupby(free, key=lambda one: timezone.localdate(one.starts_at))
        }
        wished = {wish.starts_at for wish in self.consultation.preferred_times.all()}
        agreed = self.consultation.standing_appointment
        not_free = wished - {one.starts_at for one in free}
        self.wished_but_taken = sorted(
            at for at in not_free if not (agreed and agreed.starts_at <= at < agreed.ends_at)
        )
        asked_for = [day for day in self._days if day.isoformat() == self["day"].value()]
        self._shown = self._days_to_show(asked_for, {timezone.localdate(at) for at in wished})
        others = _wishes_of_others(self.consultation)
        suiting = [one for one in free if one.starts_at in wished]
        groups: list[tuple[Any, Any]] = [("", _("Choose"))]
        if suiting:
            as_wished = [(_key(one), self._label(one, others, with_day=True)) for one in suiting]
            groups.append((_("As the patient wished"), as_wished))
            # Whoever looks at another day is about to choose one of its times, and whoever has an
            # appointment is not moved by a button that was pressed in passing.
            is_in_sight = not asked_for or timezone.localdate(suiting[0].starts_at) in asked_for
            if is_in_sight and not agreed:
                self.fields["time"].initial = _key(suiting[0])
        groups += [
            (
                date_format(day, "DAY_FORMAT"),
                [(_key(one), self._label(one, others)) for one in self._days[day]],
            )
            for day in self._shown
        ]
        self.fields["time"].choices = groups  # type: ignore[attr-defined]

    @property
    def days(self) -> dict[str, Any]:
        """As the page has them: two weeks in sight, and the later ones."""
        days = [ListedDay(day, len(times), day in self._shown) for day, times in self._days.items()]
        next_days, later = days[:_DAYS_IN_SIGHT], days[_DAYS_IN_SIGHT:]
        return {
            "next": next_days,
            "later": later,
            "is_later_shown": any(day.is_shown for day in later),
            "is_one_shown": len(self._shown) == 1,
        }

    def _days_to_show(self, asked_for: list[date], wished: set[date]) -> list[date]:
        shown = set(asked_for or wished & self._days.keys() or list(self._days)[:1])
        if sent := self._free.get(self.data.get("time", "")):
            # Wherever it was seen: what is still free can be chosen.
            shown.add(timezone.localdate(sent.starts_at))
        return sorted(shown)

    def _label(
        self, free: FreeTime, others: dict[datetime, list[str]], *, with_day: bool = False
    ) -> str:
        local = timezone.localtime(free.starts_at)
        said = [date_format(local, "SHORT_DAY_AND_TIME_FORMAT" if with_day else "TIME_FORMAT")]
        said.append(str(self._practitioners[free.practitioner_id].words.name))
        if also := others.get(free.starts_at):
            references = pgettext("between items", ", ").join(also)
            said.append(_("also wished by %(references)s") % {"references": references})
        return " · ".join(said)

    def clean_other_time(self) -> datetime | None:
        at = self.cleaned_data["other_time"]
        if at and at > timezone.now() + _FARTHEST:
            raise ValidationError(_("Choose a date within two years from now."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["other_time"] and not cleaned["practitioner"]:
            raise ValidationError({"practitioner": _("Choose who sees the patient then.")})
        if cleaned["practitioner"] and not cleaned["other_time"]:
            raise ValidationError(
                {"other_time": _("Write the date and the time, or leave the practitioner empty.")}
            )
        if cleaned["other_time"] and cleaned["time"] not in {"", self["time"].initial}:
            raise ValidationError({"time": _("Two times are given: choose one of them only.")})
        if not cleaned["other_time"] and not cleaned["time"]:
            raise ValidationError({"time": _("Choose a free time, or write another one below.")})
        return cleaned

    @property
    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        common = {"note": cleaned["note"], "seen": cleaned["seen"], "minutes": cleaned["minutes"]}
        if cleaned["other_time"]:
            return common | {
                "practitioner": cleaned["practitioner"],
                "starts_at": cleaned["other_time"],
            }
        free = self._free[cleaned["time"]]
        return common | {
            "practitioner": self._practitioners[free.practitioner_id],
            "starts_at": free.starts_at,
        }


def _key(free: FreeTime) -> str:
    return f"{free.practitioner_id} {free.starts_at.isoformat()}"


def _wishes_of_others(consultation: ConsultationRequest) -> dict[datetime, list[str]]:
    """Which other open requests wish for a time, by the time: the overlaps to decide on."""
    wishes = (
        PreferredTime.objects.filter(starts_at__gt=timezone.now())
        .filter(request__state__in=OPEN)
        .exclude(request=consultation)
        .values_list("starts_at", "request__reference")
        .order_by("request__created_at")
    )
    found: dict[datetime, list[str]] = {}
    for starts_at, reference in wishes:
        found.setdefault(starts_at, []).append(reference)
    return found
