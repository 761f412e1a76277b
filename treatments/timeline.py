"""The course of a treatment in time, in words and to scale, derived from its facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from treatments.models import Treatment
from treatments.spans import Span

# A course by itself is shown over its first year; side by side over two, for what it takes to
# keep the effect going.
MONTHS_ALONE, MONTHS_COMPARED = 12, 24
_WEEKS_A_MONTH = 52 / 12
_TAIL = 6
"""How long a mark fades that goes on, in percent of the axis."""


@dataclass(frozen=True)
class Mark:
    """A point or a bar on a track, in percent of the axis.

    What is not `certain` is drawn lighter: a session that only some need. A mark that `fades`
    says that it goes on from here.
    """

    start: float
    width: float = 0
    certain: bool = True
    fades: bool = False

    @property
    def x(self) -> float:
        """From the left, also where time runs from right to left."""
        return round(100 - self.start - self.width if get_language_bidi() else self.start, 1)

    @property
    def x2(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True)
class Track:
    """One line of a lane: what it shows, in words and as marks to scale."""

    label: str
    words: str
    marks: tuple[Mark, ...] = ()
    is_known: bool = True


@dataclass(frozen=True)
class Lane:
    """The course of one treatment as a picture."""

    treatment: Treatment
    tracks: tuple[Track, ...]


@dataclass(frozen=True)
class Timeline:
    """One lane a treatment, all to one scale of so many months."""

    months: int
    lanes: tuple[Lane, ...]

    @property
    def ticks(self) -> list[int]:
        """The months that the axis names: its start, its end, and three between."""
        return [self.months * quarter // 4 for quarter in range(5)]


def timeline_of(treatments: Iterable[Treatment]) -> Timeline:
    chosen = list(treatments)
    months = MONTHS_ALONE if len(chosen) == 1 else MONTHS_COMPARED
    axis = _Axis(months * _WEEKS_A_MONTH)
    return Timeline(
        months,
        tuple(
            Lane(
                treatment,
                (
                    _sessions(treatment, axis),
                    _first_results(treatment, axis),
                    _upkeep(treatment, axis),
                ),
            )
            for treatment in chosen
        ),
    )


@dataclass(frozen=True)
class _Axis:
    """Turns weeks into marks that stay within the frame."""

    weeks: float

    def percent(self, weeks: float) -> float:
        return round(100 * weeks / self.weeks, 1)

    def point(self, week: float, *, certain: bool = True) -> Iterator[Mark]:
        if week <= self.weeks:
            yield Mark(self.percent(week), certain=certain)

    def tail(self, week: float) -> Iterator[Mark]:
        """From `week` on, and we do not know or do not show how long."""
        start = self.percent(week)
        if start < 100:
            yield Mark(start, round(min(_TAIL, 100 - start), 1), fades=True)

    def bar(self, first: float, last: float | None) -> Iterator[Mark]:
        """From one week to another; without an end, or past the axis, it fades at the edge."""
        start = self.percent(first)
        if last is not None and last <= self.weeks:
            # A bar of no length would not be seen.
            width = max(self.percent(last - first), 1)
            yield Mark(round(min(start, 100 - width), 1), width)
            return
        edge = 100 - _TAIL
        if start < edge:
            yield Mark(start, round(edge - start, 1))
        if start < 100:
            yield Mark(max(start, edge), round(100 - max(start, edge), 1), fades=True)


def _sessions(treatment: Treatment, axis: _Axis) -> Track:
    """A dot a session, at the middle of the spacing."""
    label, sessions, spacing = _("Sessions"), treatment.sessions, treatment.spacing
    if sessions is None:
        return _unknown(treatment, label)
    if sessions.high == 0:
        return Track(label, _("None"))
    if sessions.high == 1:
        return Track(label, str(sessions), tuple(axis.point(0)))
    if spacing is None:
        return Track(label, str(sessions), (*axis.point(0), *axis.tail(0)))
    step = _middle(spacing)
    marks: list[Mark] = []
    for place in range(sessions.high or sessions.low):
        drawn = list(axis.point(step * place, certain=place < sessions.low))
        if not drawn:
            break
        marks += drawn
    if sessions.high is None:
        marks += axis.tail(step * max(sessions.low - 1, 0))
    words = _("%(sessions)s, %(spacing)s apart") % {"sessions": sessions, "spacing": spacing}
    return Track(label, words, tuple(marks))


def _first_results(treatment: Treatment, axis: _Axis) -> Track:
    """A bar over the weeks in which the first results are said to show."""
    label, span = _("First results"), treatment.first_results
    if span is None and treatment.made_from == Treatment.MadeFrom.NOTHING:
        return Track(label, _("None"))
    if span is None:
        return _unknown(treatment, label)
    return Track(label, str(span), tuple(axis.bar(span.low, span.high)))


def _upkeep(treatment: Treatment, axis: _Axis) -> Track:
    """A bar over the time in which each repeat session falls, or one throughout for daily use."""
    label, every = _("Upkeep"), treatment.upkeep
    kind = treatment.upkeep_kind
    if kind == Treatment.Upkeep.NONE:
        return Track(label, treatment.get_upkeep_kind_display())
    if kind == Treatment.Upkeep.DAILY_USE:
        return Track(label, treatment.get_upkeep_kind_display(), tuple(axis.bar(0, None)))
    if kind == Treatment.Upkeep.REPEAT_SESSIONS and every and every.low:
        words = _("every %(span)s") % {"span": every}
        return Track(label, words, tuple(_repetitions(treatment, every, axis)))
    return _unknown(treatment, label)


def _repetitions(treatment: Treatment, every: Span, axis: _Axis) -> Iterator[Mark]:
    """Counted from the last session that everybody has."""
    course = 0.0
    if treatment.sessions and treatment.spacing:
        course = max(treatment.sessions.low - 1, 0) * _middle(treatment.spacing)
    low, high = every.low * _WEEKS_A_MONTH, (every.high or every.low) * _WEEKS_A_MONTH
    time = 1
    while course + low * time < axis.weeks:
        last = course + high * time
        # One more follows: the bar goes on where it ends at the edge, too.
        yield from axis.bar(course + low * time, last if last < axis.weeks else None)
        time += 1


def _unknown(treatment: Treatment, label: str) -> Track:
    return Track(label, treatment.lacking, is_known=False)


def _middle(span: Span) -> float:
    return (span.low + (span.high or span.low)) / 2
