"""The course of a treatment in time, derived from its facts."""

from dataclasses import dataclass

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
