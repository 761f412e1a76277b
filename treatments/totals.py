"""What a treatment adds up to over one, two or three years, with the span kept."""

from dataclasses import dataclass
from math import floor

from treatments.models import Treatment
from treatments.spans import Span, Unit

YEARS = (1, 2, 3)
_WEEKS_IN_A_YEAR = 52
_MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True)
class Total:
    """Visits, and what they cost at the clinic's price, over the first so many years.

    Either is None where it is not known. An open end ("3 or more") stays open: what is
    unknown is never left out of a sum in silence.
    """

    years: int
    visits: Span | None
    cost: Span | None


def totals_of(treatment: Treatment) -> list[Total]:
    return [_total(treatment, years) for years in YEARS]


def _total(treatment: Treatment, years: int) -> Total:
    visits = visits_over(treatment, years)
    return Total(years, visits, _cost(treatment.price, visits))


def visits_over(treatment: Treatment, years: int) -> Span | None:
    """Sessions of the first course and of the upkeep that falls within so many years.

    The fewest: the shortest course, and upkeep as rarely as it is advised, after sessions as
    far apart as they may be. The most: the other way round. Where the number of sessions is
    open, or upkeep is needed but nobody says how often, so is the end of the sum.
    """
    sessions = treatment.sessions
    if sessions is None:
        return None
    ends = [sessions.low] if sessions.high is None else [sessions.low, sessions.high]
    repeats = treatment.upkeep_kind == Treatment.Upkeep.REPEAT_SESSIONS
    fewest = min(
        _that_fit(treatment, end, years, often=False)
        + ((_repeats(treatment, end, years, often=False) or 0) if repeats else 0)
        for end in ends
    )
    nobody_says = treatment.upkeep_kind == Treatment.Upkeep.UNKNOWN and sessions.high != 0
    if sessions.high is None or nobody_says:
        return Span(fewest, None, Unit.VISITS)
    most = 0
    for end in ends:
        extra = _repeats(treatment, end, years, often=True) if repeats else 0
        if extra is None:
            return Span(fewest, None, Unit.VISITS)
        most = max(most, _that_fit(treatment, end, years, often=True) + extra)
    return Span(fewest, most, Unit.VISITS)


def _that_fit(treatment: Treatment, sessions: int, years: int, *, often: bool) -> int:
    """How many sessions of the first course fall within so many years."""
    spacing = treatment.spacing
    if spacing is None:
        return sessions
    gap = spacing.low if often else spacing.high
    if gap is None:  # as far apart as one likes: only the first is sure to fall within
        return min(sessions, 1)
    if gap == 0:
        return sessions
    return min(sessions, 1 + floor(years * _WEEKS_IN_A_YEAR / gap))


def _repeats(treatment: Treatment, sessions: int, years: int, *, often: bool) -> int | None:
    """How many upkeep sessions fit after a course of `sessions`; None if nobody says."""
    upkeep, spacing = treatment.upkeep, treatment.spacing
    if upkeep is None:
        return None
    interval = upkeep.low if often else upkeep.high
    if interval is None:
        return 0
    if interval == 0:
        return None
    gap = spacing and (spacing.low if often else spacing.high)
    if gap is None:
        gap = 0 if often else _WEEKS_IN_A_YEAR
    course = max(sessions - 1, 0) * gap / _WEEKS_IN_A_YEAR * _MONTHS_IN_A_YEAR
    return max(floor((years * _MONTHS_IN_A_YEAR - course) / interval), 0)


def _cost(price: Span | None, visits: Span | None) -> Span | None:
    if price is None or visits is None:
        return None
    most = None if price.high is None or visits.high is None else price.high * visits.high
    return Span(price.low * visits.low, most, Unit.RUPEES)
