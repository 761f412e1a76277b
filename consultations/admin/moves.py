"""What staff can do to a request: one form and one service for each move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from consultations import services
from consultations.admin.wording import speak_of_the_patient
from consultations.availability import FreeTime, free_times
from consultations.forms import ConsultationForm
from consultations.models import OPEN, ConsultationRequest, Practitioner, PreferredTime, State


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


_DAYS_IN_SIGHT = 14  # at which there are free times


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
            "invalid_date": gettext_lazy("Choose a date, or write it like 2026-12-31."),
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
        self.wished_but_taken = sorted(wished - {one.starts_at for one in free})
        asked_for = [day for day in self._days if day.isoformat() == self["day"].value()]
        self._shown = self._days_to_show(asked_for, {timezone.localdate(at) for at in wished})
        others = _wishes_of_others(self.consultation)
        suiting = [one for one in free if one.starts_at in wished]
        groups: list[tuple[Any, Any]] = [("", _("Choose"))]
        if suiting:
            as_wished = [(_key(one), self._label(one, others, with_day=True)) for one in suiting]
            groups.append((_("As the patient wished"), as_wished))
            # Whoever looks at another day is about to choose one of its times.
            if not asked_for or timezone.localdate(suiting[0].starts_at) in asked_for:
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


@dataclass(frozen=True)
class Move:
    """One button: which form it sends, which service takes it, when it can be pressed."""

    label: str | Promise
    form: type[MoveForm]
    service: Callable[..., object]
    to: State | None
    done: str | Promise
    fixed: Mapping[str, Any]

    def is_possible(self, consultation: ConsultationRequest) -> bool:
        if self.to is None:
            return True
        appointment = consultation.standing_appointment
        lies_ahead = appointment is not None and not appointment.has_begun
        if self.service == services.cancel_appointment:
            return lies_ahead
        if self.to in {State.ATTENDED, State.NO_SHOW} and lies_ahead:
            return False
        return self.to in consultation.allowed_moves

    def perform(self, form: MoveForm, actor: User) -> None:
        """Raises WrongMove, whose text says why not."""
        self.service(request=form.consultation, actor=actor, **form.arguments, **self.fixed)


MOVES: dict[str, Move] = {
    "reached": Move(
        gettext_lazy("Reached"),
        MoveForm,
        services.note_contact,
        State.CONTACTED,
        gettext_lazy("Noted: you are in touch."),
        {"reached": True},
    ),
    "not-reached": Move(
        gettext_lazy("Not reached"),
        MoveForm,
        services.note_contact,
        State.CONTACTED,
        gettext_lazy("Noted: not reached yet."),
        {"reached": False},
    ),
    "came": Move(
        gettext_lazy("Came"),
        MoveForm,
        services.mark_attended,
        State.ATTENDED,
        gettext_lazy("Noted: the patient came."),
        {},
    ),
    "no-show": Move(
        gettext_lazy("Did not come"),
        MoveForm,
        services.mark_no_show,
        State.NO_SHOW,
        gettext_lazy("Noted: the patient did not come."),
        {},
    ),
    "note": Move(
        gettext_lazy("Only keep the note"),
        NoteForm,
        services.add_note,
        None,
        gettext_lazy("The note is kept."),
        {},
    ),
    "confirm": Move(
        gettext_lazy("Confirm the appointment"),
        ConfirmForm,
        services.confirm,
        State.CONFIRMED,
        gettext_lazy("The appointment is confirmed."),
        {},
    ),
    "cancel": Move(
        gettext_lazy("Cancel the appointment"),
        MoveForm,
        services.cancel_appointment,
        State.CONTACTED,
        gettext_lazy("The appointment is cancelled."),
        {},
    ),
    "correct": Move(
        gettext_lazy("Correct the contact details"),
        CorrectForm,
        services.correct_contact,
        None,
        gettext_lazy("The contact details are corrected."),
        {},
    ),
    "send-link": Move(
        gettext_lazy("Send the link"),
        MoveForm,
        services.send_link,
        None,
        gettext_lazy("The link leaves by e-mail, or stands under “To be told” for you to send."),
        {},
    ),
    "decline": Move(
        gettext_lazy("Decline"),
        DeclineForm,
        services.decline,
        State.DECLINED,
        gettext_lazy("The request is declined."),
        {},
    ),
    "withdraw": Move(
        gettext_lazy("Withdraw for the patient"),
        WithdrawForm,
        services.withdraw,
        State.WITHDRAWN,
        gettext_lazy("The request is withdrawn."),
        {},
    ),
}
# Those that share one field for a note, in the order of their buttons.
WHAT_HAPPENED = ("reached", "not-reached", "came", "no-show", "note")
