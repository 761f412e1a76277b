"""Telling machines from people, without asking people to prove anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Nobody reads the form and writes a name and a number in less; machines send it at once.
SHORTEST = timedelta(seconds=3)
# A stamp that machines pass on to each other is of use for so long at most.
LONGEST = timedelta(days=1)

_signer = Signer(salt="consultations.guards")


def new_stamp(at: datetime | None = None) -> str:
    """The time at which a form was shown, signed."""
    return _signer.sign(str(int((at or timezone.now()).timestamp())))


def age_of(stamp: str) -> timedelta | None:
    """How long ago `stamp` was made; nothing if it is none of ours, or too old."""
    try:
        shown_at = datetime.fromtimestamp(int(_signer.unsign(stamp)), UTC)
    except BadSignature:
        return None
    age = timezone.now() - shown_at
    return age if age <= LONGEST else None


class _StampField(forms.Field):
    """A form that comes back keeps its stamp, so that nobody waits twice."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data if data and age_of(data) is not None else new_stamp()


class _EmptyField(forms.Field):
    """A field that people do not see. Who filled it in finds it empty again."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return ""


class GuardedForm(forms.Form):
    """A form that everybody on the internet can send.

    What speaks for a machine is refused like any mistake: everything is kept, the person is
    told what happened, and sending once more is enough.
    """

    stamp = _StampField(required=False, initial=new_stamp)
    homepage = _EmptyField(
        label=_("Leave this empty: only machines fill it in"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Told only where nothing else is wrong: else the form comes back anyway.
        if not self.errors:
            self._refuse_machines()
        return cleaned

    def _refuse_machines(self) -> None:
        if self.cleaned_data["homepage"]:
            raise ValidationError(
                _(
                    "Something was written in a field that people do not see, as machines do. "
                    "We have emptied it, and nothing else is lost. Please press the button once "
                    "more."
                )
            )
        age = age_of(self.cleaned_data["stamp"] or "")
        if age is None:
            raise ValidationError(
                _(
                    "This page had been open for more than a day, or was not sent whole. Nothing "
                    "you wrote is lost. Please look it over and press the button once more."
                )
            )
        if age < SHORTEST:
            raise ValidationError(
                _(
                    "That was so quick that it could have been a machine. Nothing you wrote is "
                    "lost. Please look it over and press the button once more."
                )
            )
