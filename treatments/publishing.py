"""What a treatment must say before patients may see it, and whether it says it evenly.

The list follows the qualifying and certification items of the International Patient Decision
Aid Standards (IPDASi v4); docs/decision-aid.md says which item each rule serves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from treatments.models import Certainty, Topic, Treatment


@dataclass(frozen=True)
class Requirement:
    """One thing that a published treatment has. `where` names the part of the admin's form."""

    label: str | Promise
    where: str
    is_met: Callable[[Treatment], bool]


@dataclass(frozen=True)
class Check:
    """A requirement as one treatment meets it or does not."""

    label: str | Promise
    where: str
    is_met: bool


class NotComplete(Exception):  # noqa: N818  said as an editor would say it
    """A treatment that may not be published as it is; `missing` names what it lacks."""

    def __init__(self, treatment: Treatment, missing: list[Check]) -> None:
        self.treatment = treatment
        self.missing = missing
        super().__init__(
            _("“%(treatment)s” cannot be published like this. Still missing: %(facts)s.")
            % {
                "treatment": treatment,
                "facts": "; ".join(str(check.label) for check in missing),
            }
        )


def verbose_name(name: str) -> str | Promise:
    field = Treatment._meta.get_field(name)
    return field.verbose_name if isinstance(field, models.Field) else name


def _text(name: str) -> Callable[[Treatment], bool]:
    return lambda treatment: bool((getattr(treatment, f"{name}_en") or "").strip())


def _gains(treatment: Treatment) -> bool:
    return any(finding.topic == Topic.GROWTH for finding in treatment.findings.all())


def _harms(treatment: Treatment) -> bool:
    harm_topics = {Topic.SIDE_EFFECTS, Topic.SERIOUS_HARMS}
    return bool(treatment.side_effects.all()) or any(
        finding.topic in harm_topics for finding in treatment.findings.all()
    )


def _every_finding_has_sources(treatment: Treatment) -> bool:
    return all(finding.sources.all() for finding in treatment.findings.all())


def _knows_or_says_unknown(span: str, note: str) -> Callable[[Treatment], bool]:
    """Either the span or words about it: nobody may be left to guess at an empty field."""
    return lambda treatment: getattr(treatment, span) is not None or _text(note)(treatment)


REQUIREMENTS: tuple[Requirement, ...] = (
    *(
        Requirement(verbose_name(name), f"id_{name}_en", _text(name))
        for name in (
            "name",
            "short_name",
            "summary",
            "what_it_is",
            "how_it_works",
            "mechanism_in_short",
            "how_it_is_given",
            "living_with",
            "regulatory_status",
        )
    ),
    Requirement(
        gettext_lazy("first results: a span, or words on why it is not known"),
        "id_first_results_low",
        _knows_or_says_unknown("first_results", "first_results_note"),
    ),
    Requirement(
        gettext_lazy("sessions: a span, or words on why it is not known"),
        "id_sessions_low",
        _knows_or_says_unknown("sessions", "sessions_note"),
    ),
    Requirement(
        gettext_lazy("how long it lasts: a span, or words on why it is not known"),
        "id_lasts_low",
        _knows_or_says_unknown("lasts", "lasts_note"),
    ),
    Requirement(
        gettext_lazy("recovery: a span, or words on why it is not known"),
        "id_recovery_low",
        _knows_or_says_unknown("recovery", "recovery_note"),
    ),
    Requirement(
        gettext_lazy("cost: a tier, or words on why it is not known"),
        "id_cost_tier",
        lambda treatment: (
            treatment.cost_tier != Treatment.CostTier.UNKNOWN or _text("cost_note")(treatment)
        ),
    ),
    Requirement(
        gettext_lazy("what one may gain: a finding on hair growth"), "findings-group", _gains
    ),
    Requirement(
        gettext_lazy("what may go wrong: a side effect, or a finding on harms"),
        "side_effects-group",
        _harms,
    ),
    Requirement(
        gettext_lazy("a source for every finding"), "findings-group", _every_finding_has_sources
    ),
)


def checklist(treatment: Treatment) -> list[Check]:
    """Every requirement, met or not; for the editor beside the form."""
    return [
        Check(rule.label, rule.where, treatment.pk is not None and rule.is_met(treatment))
        for rule in REQUIREMENTS
    ]


def missing(treatment: Treatment) -> list[Check]:
    return [check for check in checklist(treatment) if not check.is_met]


# More than this many times as much of the one than of the other is not equal detail.
_UNEVEN = 3


def imbalances(treatment: Treatment, others: Iterable[Treatment] = ()) -> list[str]:
    """What is told unequally: gains against harms, or less than the other options tell."""
    found = []
    gains, harms = _gains_and_harms(treatment)
    if gains > _UNEVEN * harms:
        found.append(
            _("%(gains)s statements on gains, but only %(harms)s on harms.")
            % {"gains": gains, "harms": harms}
        )
    if harms > _UNEVEN * gains:
        found.append(
            _("%(harms)s statements on harms, but only %(gains)s on gains.")
            % {"gains": gains, "harms": harms}
        )
    topics = _topics_with_evidence(treatment)
    for topic in _CORE_TOPICS:
        told_by = [str(other) for other in others if topic in _topics_with_evidence(other)]
        if topic not in topics and told_by:
            found.append(
                _("No finding on “%(topic)s”, although there is one for: %(others)s.")
                % {"topic": topic.label, "others": pgettext("between items", ", ").join(told_by)}
            )
    return found


_CORE_TOPICS = (Topic.GROWTH, Topic.FIRST_RESULTS, Topic.DURATION, Topic.SIDE_EFFECTS)


def _gains_and_harms(treatment: Treatment) -> tuple[int, int]:
    gains = sum(
        finding.topic == Topic.GROWTH and finding.certainty != Certainty.NO_EVIDENCE
        for finding in treatment.findings.all()
    )
    harms = treatment.side_effects.all()
    return gains, len(harms)


def _topics_with_evidence(treatment: Treatment) -> set[str]:
    return {finding.topic for finding in treatment.findings.all()}
