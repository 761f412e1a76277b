"""What staff can do to a request: one form and one service for each move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import services
from consultations.admin.confirming import ConfirmForm
from consultations.admin.move_forms import (
    CorrectForm,
    DeclineForm,
    MoveForm,
    NoteForm,
    WithdrawForm,
)
from consultations.availability import outside_hours
from consultations.models import Appointment, ConsultationRequest, State


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

    def perform(self, form: MoveForm, actor: User) -> str:
        """Do it, and say what is done. Raises WrongMove, whose text says why not."""
        had_appointment = form.consultation.standing_appointment is not None
        self.service(request=form.consultation, actor=actor, **form.arguments, **self.fixed)
        if self.service != services.confirm:
            return str(self.done)
        done = _("The appointment is moved.") if had_appointment else str(self.done)
        if outside_hours(timezone.now(), Appointment.objects.filter(request=form.consultation)):
            done += " " + _("Mind that it lies outside the usual hours, or on a day off.")
        return done


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


def part_of(move: str) -> str:
    """The part of the page that a move's button stands in."""
    return "happened" if move in WHAT_HAPPENED else move


def forms_by_part(
    possible: Mapping[str, Move], refused: Mapping[str, MoveForm], **unsent: Any
) -> dict[str, MoveForm]:
    """One form for the small moves that share a note, and one each for the others.

    What was `refused` comes back as typed, for as long as the page has its part; the others are
    made with what is `unsent`: `consultation` and `initial`.
    """
    parts = {part_of(name) for name in possible}
    forms = {
        part_of(name): _seen_anew(form, unsent["initial"]["seen"])
        for name, form in refused.items()
        if part_of(name) in parts
    }
    for name, move in possible.items():
        part = part_of(name)
        if part not in forms:
            forms[part] = move.form(**unsent, auto_id=f"id_{part}_%s")
    return forms


def _seen_anew(form: MoveForm, seen: int | None) -> MoveForm:
    """What was typed stays; sent once more it counts as said after a look at the news."""
    typed = cast(QueryDict, form.data).copy()
    typed["seen"] = str(seen or "")
    form.data = typed
    return form
