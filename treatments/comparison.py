"""Any two to four treatments side by side, every row derived from the models."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic_site.words import Words
from treatments import totals
from treatments.models import (
    Basis,
    Certainty,
    Claim,
    Finding,
    Precaution,
    SideEffect,
    Support,
    Topic,
    Treatment,
)
from treatments.spans import Span

FEWEST, MOST = 2, 4
_JOIN = "-vs-"
_ABOUT_WHAT_IS_GIVEN = {Topic.SERIOUS_HARMS, Topic.PRECAUTIONS, Topic.COMBINATION}


@dataclass(frozen=True)
class Cell:
    """What one treatment has to say in one row.

    `fact` is what clinics or sources state in brief, `note` adds to it in words,
    `findings` is what the evidence says; `topic` is what claims of the fact are about.
    `is_known` is False where there is nothing, which a page must say in words.
    """

    treatment: Treatment
    fact: Span | str | None = None
    note: Words | str = ""
    findings: tuple[Finding, ...] = ()
    harms: tuple[SideEffect, ...] = ()
    precautions: tuple[Precaution, ...] = ()
    cost_tier: Treatment.CostTier | None = None
    topic: Topic | None = None

    @property
    def verdict(self) -> Claim | None:
        """The clinics' claim that the fact is part of, with whether the evidence carries it."""
        claims = self.treatment.claims.all() if self.treatment.basis == Basis.CLINICS else []
        return next(
            (
                claim
                for claim in claims
                if claim.topic == self.topic and claim.support != Support.GENERAL
            ),
            None,
        )

    @property
    def is_known(self) -> bool:
        return bool(
            self.fact is not None
            or self.note
            or self.findings
            or self.harms
            or self.precautions
            or self.cost_tier
        )

    @property
    def lacking(self) -> str:
        """What stands where nothing is known; without treatment some rows have nothing to tell."""
        nothing_given = self.treatment.made_from == Treatment.MadeFrom.NOTHING
        if nothing_given and self.topic in _ABOUT_WHAT_IS_GIVEN:
            return _("Does not apply")
        return self.treatment.lacking

    @property
    def told(self) -> tuple[object, ...]:
        """All that the cell says, to be compared with another's."""
        return (
            "" if self.is_known else self.lacking,
            str(self.fact),
            str(self.note),
            self.cost_tier,
            self.precautions,
            tuple(_told(finding) for finding in self.findings),
            tuple((str(harm.words.name), harm.seriousness, harm.frequency) for harm in self.harms),
        )


def _told(finding: Finding) -> str:
    """What it says, to be compared: that nothing was found, each treatment says in other words."""
    nothing_found = finding.certainty == Certainty.NO_EVIDENCE
    return finding.certainty if nothing_found else str(finding.words.statement)


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    has_basis: bool
    """Whether the plain facts of the row are somebody's word, which the page names."""

    @property
    def differs(self) -> bool:
        """Whether the treatments are told apart by this row."""
        return len({cell.told for cell in self.cells}) > 1


@dataclass(frozen=True)
class Group:
    label: str
    rows: tuple[Row, ...]


def slug_of(treatments: Iterable[Treatment]) -> str:
    """The one address of a comparison: the treatments in their own order."""
    ordered = sorted(treatments, key=lambda treatment: (treatment.order, treatment.pk))
    return _JOIN.join(treatment.slug for treatment in ordered)


def slugs_in(slug: str) -> list[str]:
    """The treatments that an address names, each once."""
    return list(dict.fromkeys(slug.split(_JOIN)))


def groups_of(treatments: Sequence[Treatment]) -> list[Group]:
    """All rows that at least one of `treatments` can fill, in groups; equal detail for each.

    `treatments` come from `with_facts()`.
    """
    groups = (Group(str(label), _rows_of(rows, treatments)) for label, rows in _GROUPS)
    return [group for group in groups if group.rows]


def only_differing(groups: Iterable[Group]) -> list[Group]:
    """`groups` without the rows that say the same of all."""
    differing = (
        Group(group.label, tuple(row for row in group.rows if row.differs)) for group in groups
    )
    return [group for group in differing if group.rows]


def glance_of(treatments: Sequence[Treatment]) -> tuple[Row, ...]:
    """The few rows by which most people tell treatments apart, in brief."""
    return _rows_of(_GLANCE, treatments)


def _rows_of(rows: "Iterable[_RowRule]", treatments: Sequence[Treatment]) -> tuple[Row, ...]:
    filled = (
        Row(str(label), tuple(cell_of(treatment) for treatment in treatments), has_basis)
        for label, cell_of, has_basis in rows
    )
    return tuple(row for row in filled if any(cell.is_known for cell in row.cells))


def _findings(treatment: Treatment, *topics: Topic) -> tuple[Finding, ...]:
    return tuple(finding for finding in treatment.findings.all() if finding.topic in topics)


def _mechanism(treatment: Treatment) -> Cell:
    return Cell(
        treatment,
        note=treatment.words.mechanism_in_short,
        findings=_findings(treatment, Topic.MECHANISM),
        topic=Topic.MECHANISM,
    )


def _given(treatment: Treatment) -> Cell:
    return Cell(
        treatment, note=treatment.words.how_it_is_given, findings=_findings(treatment, Topic.GIVEN)
    )


def _sessions(treatment: Treatment) -> Cell:
    fact = treatment.sessions
    if fact and fact.high == 0:
        fact = _("None")
    elif fact and treatment.spacing:
        fact = _("%(sessions)s, %(spacing)s apart") % {
            "sessions": fact,
            "spacing": treatment.spacing,
        }
    return Cell(
        treatment,
        fact,
        treatment.words.sessions_note,
        _findings(treatment, Topic.SESSIONS),
        topic=Topic.SESSIONS,
    )


def _recovery(treatment: Treatment) -> Cell:
    fact = treatment.recovery
    if fact and fact.high == 0:
        fact = _("No days off")
    return Cell(
        treatment, fact, treatment.words.recovery_note, _findings(treatment, Topic.RECOVERY)
    )


def _first_results(treatment: Treatment) -> Cell:
    return Cell(
        treatment,
        treatment.first_results,
        treatment.words.first_results_note,
        _findings(treatment, Topic.FIRST_RESULTS),
        topic=Topic.FIRST_RESULTS,
    )


def _lasts(treatment: Treatment) -> Cell:
    return Cell(
        treatment, treatment.lasts, treatment.words.lasts_note, _findings(treatment, Topic.DURATION)
    )


def _upkeep(treatment: Treatment) -> Cell:
    fact = None
    if treatment.upkeep_kind == Treatment.Upkeep.REPEAT_SESSIONS and treatment.upkeep:
        fact = _("A session every %(span)s") % {"span": treatment.upkeep}
    elif treatment.upkeep_kind != Treatment.Upkeep.UNKNOWN:
        fact = treatment.get_upkeep_kind_display()
    return Cell(treatment, fact, treatment.words.upkeep_note, topic=Topic.DURATION)


def _cost(treatment: Treatment) -> Cell:
    tier = Treatment.CostTier(treatment.cost_tier)
    return Cell(
        treatment,
        fact=_("%(price)s a session") % {"price": treatment.price} if treatment.price else None,
        note=treatment.words.cost_note,
        findings=_findings(treatment, Topic.COST),
        cost_tier=None if tier is Treatment.CostTier.UNKNOWN else tier,
        topic=Topic.COST,
    )


def _of_topics(*topics: Topic) -> Callable[[Treatment], Cell]:
    return lambda treatment: Cell(
        treatment, findings=_findings(treatment, *topics), topic=topics[0]
    )


def _harms(*, serious: bool) -> Callable[[Treatment], Cell]:
    topic = Topic.SERIOUS_HARMS if serious else Topic.SIDE_EFFECTS

    def cell_of(treatment: Treatment) -> Cell:
        harms = (harm for harm in treatment.side_effects.all() if harm.is_serious is serious)
        return Cell(
            treatment, harms=tuple(harms), findings=_findings(treatment, topic), topic=topic
        )

    return cell_of


def _precautions(treatment: Treatment) -> Cell:
    return Cell(
        treatment,
        precautions=tuple(treatment.precautions.all()),
        findings=_findings(treatment, Topic.PRECAUTIONS),
        topic=Topic.PRECAUTIONS,
    )


def _living_with(treatment: Treatment) -> Cell:
    return Cell(treatment, note=treatment.words.living_with)


def _visits_over(years: int) -> Callable[[Treatment], Cell]:
    def cell_of(treatment: Treatment) -> Cell:
        visits = totals.visits_over(treatment, years)
        return Cell(treatment, _("No sessions") if visits and visits.high == 0 else visits)

    return cell_of


def _cost_over(years: int) -> Callable[[Treatment], Cell]:
    def cell_of(treatment: Treatment) -> Cell:
        return Cell(treatment, totals.totals_of(treatment)[years - 1].cost)

    return cell_of


def _regulation(treatment: Treatment) -> Cell:
    return Cell(treatment, note=treatment.words.regulatory_status)


_RowRule = tuple[Any, Callable[[Treatment], Cell], bool]
_GLANCE: tuple[_RowRule, ...] = (
    (Topic.MECHANISM.label, _mechanism, False),
    (Topic.FIRST_RESULTS.label, _first_results, True),
    (Topic.SESSIONS.label, _sessions, True),
    (gettext_lazy("Upkeep"), _upkeep, True),
    (Topic.COST.label, _cost, True),
)
_GROUPS: tuple[tuple[Any, tuple[_RowRule, ...]], ...] = (
    (
        gettext_lazy("How it works"),
        (
            (Topic.MECHANISM.label, _mechanism, False),
            (Topic.GIVEN.label, _given, False),
        ),
    ),
    (
        gettext_lazy("What you may gain"),
        (
            (Topic.GROWTH.label, _of_topics(Topic.GROWTH), False),
            (Topic.HEAD_TO_HEAD.label, _of_topics(Topic.HEAD_TO_HEAD), False),
            (Topic.ADVANCED_LOSS.label, _of_topics(Topic.ADVANCED_LOSS), False),
            (Topic.SHEDDING.label, _of_topics(Topic.SHEDDING), False),
            (Topic.COMBINATION.label, _of_topics(Topic.COMBINATION), False),
        ),
    ),
    (
        gettext_lazy("What you go through"),
        (
            (gettext_lazy("What it is like"), _living_with, False),
            (Topic.SESSIONS.label, _sessions, True),
            (Topic.RECOVERY.label, _recovery, True),
        ),
    ),
    (
        gettext_lazy("What may go wrong"),
        (
            (Topic.SIDE_EFFECTS.label, _harms(serious=False), False),
            (Topic.SERIOUS_HARMS.label, _harms(serious=True), False),
            (Topic.PRECAUTIONS.label, _precautions, False),
        ),
    ),
    (
        gettext_lazy("What it takes over time"),
        (
            (Topic.FIRST_RESULTS.label, _first_results, True),
            (Topic.DURATION.label, _lasts, True),
            (gettext_lazy("Upkeep"), _upkeep, True),
            (Topic.COST.label, _cost, True),
            (gettext_lazy("Visits in the first year"), _visits_over(1), True),
            (gettext_lazy("Visits in 2 years"), _visits_over(2), True),
            (gettext_lazy("Visits in 3 years"), _visits_over(3), True),
            (gettext_lazy("Cost of the first year"), _cost_over(1), True),
            (gettext_lazy("Cost of 2 years"), _cost_over(2), True),
            (gettext_lazy("Cost of 3 years"), _cost_over(3), True),
        ),
    ),
    (
        gettext_lazy("Rules"),
        ((gettext_lazy("Regulation"), _regulation, False),),
    ),
)
