"""The course of a treatment in time, derived from its facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from treatments.models import Treatment
from treatments.spans import Span, Unit


@dataclass(frozen=True)
class Step:
    """One thing that happens in a course: when, as words, and what."""

    when: str
    what: str


def length_of_course(treatment: Treatment) -> Span | None:
    """Weeks from the first to the last session of the first course, or None if not known."""
    sessions, spacing = treatment.sessions, treatment.spacing
    if sessions is None or sessions.high == 0:
        return None
    if sessions.high == 1:
        return Span(0, 0, Unit.WEEKS)
    if spacing is None:
        return None
    low = max(sessions.low - 1, 0) * spacing.low
    if sessions.high is None or spacing.high is None:
        return Span(low, None, Unit.WEEKS)
    return Span(low, (sessions.high - 1) * spacing.high, Unit.WEEKS)


def steps_of(treatment: Treatment) -> list[Step]:
    """The course in words, first to last; only what is known makes a step."""
    steps = []
    if treatment.sessions and treatment.sessions.high != 0:
        steps.append(Step(_("At the start"), _first_course(treatment)))
    if treatment.first_results:
        steps.append(
            Step(
                _("After %(span)s") % {"span": treatment.first_results},
                _("The first results show, if the treatment works for you."),
            )
        )
    if treatment.lasts:
        steps.append(
            Step(
                _("For %(span)s") % {"span": treatment.lasts},
                _("The effect lasts about this long."),
            )
        )
    if treatment.upkeep_kind == Treatment.Upkeep.REPEAT_SESSIONS and treatment.upkeep:
        steps.append(
            Step(
                _("Then every %(span)s") % {"span": treatment.upkeep},
                _("A further session keeps the effect going."),
            )
        )
    elif treatment.upkeep_kind == Treatment.Upkeep.DAILY_USE:
        steps.append(Step(_("Every day"), _("It is used for as long as it should work.")))
    return steps


def _first_course(treatment: Treatment) -> str:
    words = {"sessions": treatment.sessions, "spacing": treatment.spacing}
    if treatment.spacing and treatment.sessions.high != 1:
        return _("%(sessions)s, with %(spacing)s between them.") % words
    return _("%(sessions)s.") % words


AXIS_MONTHS = 12
_WEEKS_A_MONTH = 52 / 12
_AXIS_WEEKS = AXIS_MONTHS * _WEEKS_A_MONTH
_TAIL_WEEKS = 3


@dataclass(frozen=True)
class Mark:
    """A point or a bar on a track, in percent of the first year.

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
    """The first year of one treatment as a picture."""

    treatment: Treatment
    tracks: tuple[Track, ...]


def lanes_of(treatments: Iterable[Treatment]) -> list[Lane]:
    """One lane a treatment, all to the scale of the same twelve months."""
    return [
        Lane(treatment, (_sessions(treatment), _first_results(treatment), _upkeep(treatment)))
        for treatment in treatments
    ]


def _sessions(treatment: Treatment) -> Track:
    """A dot a session, at the middle of the spacing."""
    label, sessions, spacing = _("Sessions"), treatment.sessions, treatment.spacing
    if sessions is None:
        return _unknown(label)
    if sessions.high == 0:
        return Track(label, _("None"))
    if sessions.high == 1:
        return Track(label, str(sessions), (_point(0),))
    if spacing is None:
        return Track(label, str(sessions), (_point(0), _tail(0)))
    step = _middle(spacing)
    drawn = sessions.high or sessions.low
    marks = [_point(step * place, certain=place < sessions.low) for place in range(drawn)]
    if sessions.high is None:
        marks.append(_tail(step * (drawn - 1)))
    words = _("%(sessions)s, %(spacing)s apart") % {"sessions": sessions, "spacing": spacing}
    return Track(label, words, tuple(mark for mark in marks if mark.start <= 100))


def _first_results(treatment: Treatment) -> Track:
    """A bar over the weeks in which the first results are said to show."""
    label, span = _("First results"), treatment.first_results
    if span is None:
        return _unknown(label)
    return Track(label, str(span), tuple(_bar(span.low, span.high)))


def _upkeep(treatment: Treatment) -> Track:
    """A bar over the time in which each repeat session falls, or one throughout for daily use."""
    label, every = _("Upkeep"), treatment.upkeep
    kind = treatment.upkeep_kind
    if kind == Treatment.Upkeep.NONE:
        return Track(label, treatment.get_upkeep_kind_display())
    if kind == Treatment.Upkeep.DAILY_USE:
        return Track(label, treatment.get_upkeep_kind_display(), tuple(_bar(0, None)))
    if kind == Treatment.Upkeep.REPEAT_SESSIONS and every and every.low:
        words = _("every %(span)s") % {"span": every}
        return Track(label, words, tuple(_repetitions(treatment, every)))
    return _unknown(label)


def _repetitions(treatment: Treatment, every: Span) -> Iterator[Mark]:
    """Counted from the last session that everybody has."""
    course = 0.0
    if treatment.sessions and treatment.spacing:
        course = max(treatment.sessions.low - 1, 0) * _middle(treatment.spacing)
    low, high = every.low * _WEEKS_A_MONTH, (every.high or every.low) * _WEEKS_A_MONTH
    time = 1
    while course + low * time < _AXIS_WEEKS:
        yield from _bar(course + low * time, course + high * time)
        time += 1


def _unknown(label: str) -> Track:
    return Track(label, _("not known"), is_known=False)


def _middle(span: Span) -> float:
    return (span.low + (span.high or span.low)) / 2


def _percent(weeks: float) -> float:
    return round(100 * weeks / _AXIS_WEEKS, 1)


def _point(week: float, *, certain: bool = True) -> Mark:
    return Mark(_percent(week), certain=certain)


def _tail(week: float) -> Mark:
    """From `week` on, and we do not know or do not show how long."""
    return Mark(_percent(week), _percent(_TAIL_WEEKS), fades=True)


def _bar(first: float, last: float | None) -> Iterator[Mark]:
    """From one week to another; past the year, or without an end, it fades at the edge."""
    if last is not None and last <= _AXIS_WEEKS:
        yield Mark(_percent(first), _percent(max(last - first, 0.5)))
        return
    edge = _AXIS_WEEKS - _TAIL_WEEKS
    if first < edge:
        yield Mark(_percent(first), _percent(edge - first))
    if first < _AXIS_WEEKS:
        yield _tail(edge)
