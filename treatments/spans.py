"""A span: "8–12 weeks", "3 or more sessions", "1 visit"; what most facts about a course are."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Unit(models.TextChoices):
    """What a span counts. The value is the word that the content files use."""

    SESSIONS = "sessions", gettext_lazy("sessions")
    VISITS = "visits", gettext_lazy("visits")
    DAYS = "days", gettext_lazy("days")
    WEEKS = "weeks", gettext_lazy("weeks")
    MONTHS = "months", gettext_lazy("months")
    RUPEES = "rupees", gettext_lazy("rupees")

    def counted(self, amount: str, number: int) -> str:
        """`amount` with the unit in the reader's language; `number` picks the plural."""
        match self:
            case Unit.SESSIONS:
                text = ngettext("%(amount)s session", "%(amount)s sessions", number)
            case Unit.VISITS:
                text = ngettext("%(amount)s visit", "%(amount)s visits", number)
            case Unit.DAYS:
                text = ngettext("%(amount)s day", "%(amount)s days", number)
            case Unit.WEEKS:
                text = ngettext("%(amount)s week", "%(amount)s weeks", number)
            case Unit.MONTHS:
                text = ngettext("%(amount)s month", "%(amount)s months", number)
            case Unit.RUPEES:
                text = _("Rs %(amount)s")
        return text % {"amount": amount}


_WEEKS_IN_A_QUARTER, _WEEKS_IN_A_YEAR = 13, 52


@dataclass(frozen=True)
class Span:
    """From `low` to `high` of a unit; `high` is None where the end is open ("3 or more").

    Raises ValueError where low is negative or above high.
    """

    low: int
    high: int | None
    unit: Unit

    def __post_init__(self) -> None:
        if self.low < 0:
            raise ValueError(
                _("%(span)s: a span cannot be below zero") % {"span": f"{self.low} {self.unit}"}
            )
        if self.high is not None and self.low > self.high:
            raise ValueError(
                _("%(span)s: the first number is above the second")
                % {"span": f"{self.low}–{self.high} {self.unit}"}
            )

    @classmethod
    def parse(cls, text: str, unit: Unit) -> Self:
        """Read "8-12 weeks", "8–12 weeks", "3+ sessions" or "1 week".

        Raises ValueError with what to write instead.
        """
        match = re.fullmatch(r"\s*(\d+)\s*(?:(\+)|[-–]\s*(\d+))?\s+([a-z]+)\s*", text)
        if not match:
            raise ValueError(
                _("%(text)s: write it like %(closed)s, %(open)s or %(exact)s")
                % {
                    "text": f'"{text}"',
                    "closed": f'"2-4 {unit}"',
                    "open": f'"2+ {unit}"',
                    "exact": f'"2 {unit}"',
                }
            )
        low, is_open, high, word = match.groups()
        if word.removesuffix("s") != unit.removesuffix("s"):
            raise ValueError(
                _("%(text)s: the unit here is %(unit)s") % {"text": f'"{text}"', "unit": unit}
            )
        return cls(int(low), None if is_open else int(high or low), unit)

    def __str__(self) -> str:
        """The span in words, in the reader's language; figures stay Western in both.

        Weeks from a quarter of a year up are given in months too: few people think in "26 weeks".
        """
        if self.unit is Unit.WEEKS and self.low >= _WEEKS_IN_A_QUARTER:
            return _("%(weeks)s (about %(months)s)") % {
                "weeks": self._counted(),
                "months": self._in_months(),
            }
        return self._counted()

    def _in_months(self) -> "Span":
        def months(weeks: int) -> int:
            return round(weeks * 12 / _WEEKS_IN_A_YEAR)

        return Span(months(self.low), None if self.high is None else months(self.high), Unit.MONTHS)

    def _counted(self) -> str:
        if self.high is None:
            amount = _("%(low)s or more") % {"low": f"{self.low:,}"}
            return self.unit.counted(amount, self.low + 1)
        if self.low == self.high:
            return self.unit.counted(f"{self.low:,}", self.low)
        amount = _("%(low)s–%(high)s") % {"low": f"{self.low:,}", "high": f"{self.high:,}"}
        return self.unit.counted(amount, self.high)

    def as_text(self) -> str:
        """The span as the content files write it; `parse` reads it back."""
        if self.high is None:
            return f"{self.low}+ {self.unit}"
        if self.low == self.high:
            return f"{self.low} {self.unit}"
        return f"{self.low}-{self.high} {self.unit}"


class SpanField:
    """A span on a model, kept in two columns, `<name>_low` and `<name>_high`.

    `model.<name>` is a `Span`, or None where it is not known. Add
    `span_is_ordered(model, name)` to the model's constraints.
    """

    def __init__(
        self, unit: Unit, verbose_name: "_StrPromise", help_text: "_StrPromise | str" = ""
    ) -> None:
        self.unit = unit
        self.verbose_name = verbose_name
        self.help_text = help_text

    def contribute_to_class(self, model: type[models.Model], name: str, **kwargs: Any) -> None:
        self.name = name
        for end, words in (
            ("low", gettext_lazy("{fact}, from ({unit})")),
            ("high", gettext_lazy("{fact}, to ({unit})")),
        ):
            field: models.Field[Any, Any] = models.PositiveIntegerField(
                format_lazy(words, fact=self.verbose_name, unit=self.unit.label),
                null=True,
                blank=True,
                help_text=self.help_text if end == "low" else "",
            )
            model.add_to_class(f"{name}_{end}", field)
        setattr(model, name, self)

    def parse(self, text: str) -> Span:
        return Span.parse(text, self.unit)

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        low = getattr(instance, f"{self.name}_low")
        return None if low is None else Span(low, getattr(instance, f"{self.name}_high"), self.unit)

    def __set__(self, instance: models.Model, span: Span | None) -> None:
        setattr(instance, f"{self.name}_low", span and span.low)
        setattr(instance, f"{self.name}_high", span and span.high)


def span_is_ordered(model: str, name: str) -> models.CheckConstraint:
    """The rule that a span's first number is there if its second is, and is not above it."""
    low, high = f"{name}_low", f"{name}_high"
    return models.CheckConstraint(
        condition=Q(**{f"{high}__isnull": True})
        | Q(**{f"{low}__isnull": False, f"{high}__gte": F(low)}),
        name=f"{model}_{name}_low_not_above_high",
        violation_error_message=gettext_lazy(
            "Write the smaller number first. Leave the second empty for an open end, "
            "both empty for “not known”."
        ),
    )
