"""What one stored fact of a treatment says for or against it, on what matters to a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from treatments.models import Basis, Certainty, Concern, Finding, Support, Topic, Treatment
from treatments.spans import Span
from treatments.totals import visits_over

# Where "soon", "few" and "seldom" end: about a quarter, four visits a year, twice a year.
_SOON_IN_WEEKS = 13
_FEW_VISITS_A_YEAR = 4
_SELDOM_IN_MONTHS = 6


class Side(StrEnum):
    FOR = "for"
    AGAINST = "against"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Point:
    """One sentence about one treatment, and what stands behind it.

    `said` is whose word it is, or how sure the evidence is; `anchor` is the part of the
    treatment's page where the fact stands.
    """

    concern: Concern
    side: Side
    text: str
    said: str
    anchor: str


_NOT_CARRIED = (Support.CONTESTED, Support.UNSUPPORTED)


def _stated(
    treatment: Treatment, concern: Concern, topic: Topic, side: Side, text: str, anchor: str
) -> Point:
    """A plain fact of a treatment as a point, with whose word it is.

    What only clinics say, and the evidence does not carry, speaks for nothing: it is not known.
    """
    said = str(Basis(treatment.basis).label)
    if treatment.basis == Basis.CLINICS:
        doubts = [
            claim
            for claim in treatment.claims.all()
            if claim.topic == topic and claim.support in _NOT_CARRIED
        ]
        if doubts:
            said = f"{said} · {doubts[0].get_support_display()}"
            side = Side.UNKNOWN if side is Side.FOR else side
    return Point(concern, side, text, said, anchor)


def _sentence(words: str) -> str:
    """`words` with the full stop of the reader's language."""
    return _("%(words)s.") % {"words": words}


def _sureness(finding: Finding) -> str:
    return _("How sure: %(certainty)s") % {"certainty": finding.get_certainty_display()}


def on_severity(treatment: Treatment, value: str) -> Iterator[Point]:
    rows = [row for row in treatment.suitabilities.all() if row.severity == value]
    sides = {
        Support.SUPPORTED: Side.FOR,
        Support.PARTLY: Side.FOR,
        Support.CONTESTED: Side.AGAINST,
    }
    for row in rows:
        yield Point(
            Concern.SEVERITY,
            sides.get(Support(row.support), Side.UNKNOWN),
            _("Named as suitable for: %(who)s.") % {"who": row.words.who},
            str(row.get_support_display()),
            "suits",
        )
    if not rows:
        yield _unknown(treatment, Concern.SEVERITY, _("Whether it suits this stage"), "suits")


def on_speed(treatment: Treatment, value: str) -> Iterator[Point]:
    if value != "soon":
        return
    span = treatment.first_results
    if span is None:
        yield _unknown(treatment, Concern.SPEED, _("When first results show"), "glance")
        return
    text = _("First results after %(span)s.") % {"span": span}
    side = _side_of(span, _SOON_IN_WEEKS)
    yield _stated(treatment, Concern.SPEED, Topic.FIRST_RESULTS, side, text, "glance")


def _side_of(span: Span, limit: int) -> Side:
    """For what is within the limit, against what is or may be above; an open end is not known."""
    if span.low > limit:
        return Side.AGAINST
    if span.high is None:
        return Side.UNKNOWN
    return Side.FOR if span.high <= limit else Side.AGAINST


def on_budget(treatment: Treatment, value: str) -> Iterator[Point]:
    if value != "tight":
        return
    tiers = Treatment.CostTier
    if treatment.cost_tier == tiers.UNKNOWN:
        yield _unknown(treatment, Concern.BUDGET, _("What it costs"), "glance")
        return
    side = Side.FOR if treatment.cost_tier in {tiers.NONE, tiers.LOW} else Side.AGAINST
    text = _("Cost: %(tier)s.") % {"tier": treatment.get_cost_tier_display()}
    yield _stated(treatment, Concern.BUDGET, Topic.COST, side, text, "glance")


def on_visits(treatment: Treatment, value: str) -> Iterator[Point]:
    if value != "few":
        return
    visits = visits_over(treatment, 1)
    if visits is None:
        yield _unknown(treatment, Concern.VISITS, _("How many visits it takes"), "glance")
        return
    text = (
        _("No sessions at a clinic.")
        if visits.high == 0
        else _("In the first year: %(visits)s.") % {"visits": visits}
    )
    side = _side_of(visits, _FEW_VISITS_A_YEAR)
    yield _stated(treatment, Concern.VISITS, Topic.SESSIONS, side, text, "glance")


def on_comfort(treatment: Treatment, value: str) -> Iterator[Point]:
    if value == "no-needles":
        fact, is_unwelcome = treatment.needles, treatment.needles == Treatment.Needles.YES
        words = treatment.get_needles_display()
        what = _("Whether needles are used")
    elif value == "no-cell-products":
        made_from = Treatment.MadeFrom
        fact = treatment.made_from
        is_unwelcome = fact in {made_from.CELLS, made_from.BLOOD_AND_CELLS}
        words = treatment.get_made_from_display()
        what = _("What it is made from")
    else:
        return
    if fact == "unknown":
        yield _unknown(treatment, Concern.COMFORT, what, "given")
        return
    side = Side.AGAINST if is_unwelcome else Side.FOR
    yield _stated(treatment, Concern.COMFORT, Topic.GIVEN, side, _sentence(words), "given")


def on_proof(treatment: Treatment, value: str) -> Iterator[Point]:
    if value != "proven":
        return
    findings = [row for row in treatment.findings.all() if row.topic == Topic.GROWTH]
    gains = [row for row in findings if row.effect == Finding.Effect.GAIN]
    none_found = [row for row in findings if row.effect == Finding.Effect.NO_GAIN]
    if not gains and not none_found:
        what = _("Whether it makes hair grow")
        yield _unknown(treatment, Concern.PROOF, what, "evidence")
        return
    anchor = f"topic-{Topic.GROWTH.value}"
    if gains:
        best = _surest(gains)
        contradicted = none_found and _rank(_surest(none_found)) <= _rank(best)
        is_proven = best.certainty in {Certainty.HIGH, Certainty.MODERATE} and not contradicted
        yield Point(
            Concern.PROOF,
            Side.FOR if is_proven else Side.AGAINST,
            _("How sure it is that hair grows: %(certainty)s.")
            % {"certainty": best.get_certainty_display()},
            _sureness(best),
            anchor,
        )
    if none_found:
        text = _("At least one study found no gain in hair.")
        yield Point(Concern.PROOF, Side.AGAINST, text, _sureness(_surest(none_found)), anchor)


def _rank(finding: Finding) -> int:
    """0 for the surest evidence."""
    return Certainty.values.index(finding.certainty)


def _surest(findings: Iterable[Finding]) -> Finding:
    return min(findings, key=_rank)


def on_upkeep(treatment: Treatment, value: str) -> Iterator[Point]:
    if value != "little":
        return
    kinds = Treatment.Upkeep
    every = treatment.upkeep
    match treatment.upkeep_kind:
        case kinds.UNKNOWN:
            yield _unknown(
                treatment, Concern.UPKEEP, _("What it takes to keep the effect"), "glance"
            )
            return
        case kinds.REPEAT_SESSIONS if every is None:
            side, words = Side.AGAINST, _("It takes repeat sessions; how often is not known.")
        case kinds.REPEAT_SESSIONS:
            side = Side.FOR if every.low >= _SELDOM_IN_MONTHS else Side.AGAINST
            words = _("A repeat session every %(span)s.") % {"span": every}
        case kinds.NONE:
            side, words = Side.FOR, _("No upkeep.")
        case _daily:
            side, words = Side.AGAINST, _sentence(treatment.get_upkeep_kind_display())
    yield _stated(treatment, Concern.UPKEEP, Topic.DURATION, side, words, "glance")


def _unknown(treatment: Treatment, concern: Concern, what: str, anchor: str) -> Point:
    """What is missing; beside it stands whether nobody knows it or we did not look."""
    return Point(concern, Side.UNKNOWN, what, treatment.lacking, anchor)
