"""Whatever staff may enter: no blank, no sum that runs backwards, no bar outside its frame."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from treatments import comparison, decision, timeline, totals
from treatments.models import Claim, Finding, SideEffect, Suitability, Support, Topic, Treatment
from treatments.spans import Span, Unit

LARGE = 400


def spans(unit: Unit) -> st.SearchStrategy[Span | None]:
    low = st.integers(0, LARGE)
    closed = st.tuples(low, low).map(lambda ends: Span(min(ends), max(ends), unit))
    return st.none() | closed | low.map(lambda start: Span(start, None, unit))


def choices(enum: type) -> st.SearchStrategy[str]:
    return st.sampled_from(enum.values)


class _Rows(list):
    """Rows that were never saved, read as a prefetched relation is."""

    def all(self) -> "_Rows":
        return self


@st.composite
def treatments(draw: st.DrawFn) -> Treatment:
    made = Treatment(
        pk=1,  # never saved; its relations are read from the cache below
        slug=draw(st.from_regex(r"[a-z]{3,8}", fullmatch=True)),
        short_name_en="Option",
        mechanism_in_short_en=draw(st.sampled_from(["", "Somehow."])),
        upkeep_kind=draw(choices(Treatment.Upkeep)),
        cost_tier=draw(choices(Treatment.CostTier)),
        needles=draw(choices(Treatment.Needles)),
        made_from=draw(choices(Treatment.MadeFrom)),
        basis=draw(st.sampled_from(["clinics", "evidence"])),
    )
    for name, unit in {
        "first_results": Unit.WEEKS,
        "sessions": Unit.SESSIONS,
        "spacing": Unit.WEEKS,
        "lasts": Unit.MONTHS,
        "upkeep": Unit.MONTHS,
        "recovery": Unit.DAYS,
        "price": Unit.RUPEES,
    }.items():
        setattr(made, name, draw(spans(unit)))
    findings = [
        Finding(
            topic=topic, statement_en="Something.", certainty=draw(st.sampled_from(CERTAINTIES))
        )
        for topic in draw(st.lists(choices(Topic), max_size=4))
    ]
    harms = [
        SideEffect(name_en="Itch", seriousness="mild", frequency="unknown", basis="clinics")
        for _ in range(draw(st.integers(0, 2)))
    ]
    suits = [
        Suitability(who_en="Somebody", severity=draw(st.sampled_from(SEVERITIES)), support="partly")
        for _ in range(draw(st.integers(0, 2)))
    ]
    made._prefetched_objects_cache = {
        "findings": _Rows(findings),
        "side_effects": _Rows(harms),
        "suitabilities": _Rows(suits),
        "precautions": _Rows(),
        "claims": _Rows(
            Claim(topic=topic, support=draw(choices(Support)))
            for topic in draw(st.lists(choices(Topic), max_size=3))
        ),
    }
    return made


CERTAINTIES = ["high", "moderate", "low", "very_low", "no_evidence", "not_rated"]
SEVERITIES = ["", "early", "middle", "advanced"]
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.name: st.sampled_from([answer.value for answer in question.answers])
        for question in decision.QUESTIONS
    },
)
several = st.lists(treatments(), min_size=2, max_size=4)
languages = st.sampled_from(["en", "ur"])
thorough = settings(max_examples=60, deadline=None)


@thorough
@given(several, languages)
def test_a_comparison_has_a_cell_for_everything_and_no_blank(chosen, language):
    with translation.override(language):
        for group in comparison.groups_of(chosen):
            for row in group.rows:
                assert len(row.cells) == len(chosen)
                for cell in row.cells:
                    if cell.fact is not None:
                        assert str(cell.fact).strip()
                    # Where nothing is known the page prints "Not known" for this.
                    assert cell.is_known or not (cell.note or cell.findings or cell.harms)


@thorough
@given(treatments())
def test_totals_never_run_backwards_and_never_shrink(made):
    before = None
    for total in totals.totals_of(made):
        if total.visits is None:
            assert made.sessions is None
            continue
        assert total.visits.high is None or total.visits.low <= total.visits.high
        if made.sessions.high is None:
            assert total.visits.high is None
        if before:
            assert before.low <= total.visits.low
        before = total.visits
        if made.price is None:
            assert total.cost is None


@thorough
@given(several, languages)
def test_every_bar_of_the_timeline_stays_in_its_frame(chosen, language):
    with translation.override(language):
        for lane in timeline.timeline_of(chosen).lanes:
            for track in lane.tracks:
                assert str(track.words).strip()
                for mark in track.marks:
                    assert 0 <= mark.x <= 100
                    assert mark.width >= 0
                    assert mark.x + mark.width <= 100.1


@thorough
@given(several, ANSWERS, languages)
def test_a_decision_is_backed_and_repeatable(chosen, given_answers, language):
    with translation.override(language):
        answers = decision.read_answers(given_answers)
        first = decision.weigh(chosen, answers)
        assert first == decision.weigh(chosen, answers)
        for view in first:
            for point in view.points:
                assert point.text.strip()
                assert point.said.strip()
                assert point.anchor
                assert point.concern.value in answers.that_matter


@pytest.mark.parametrize("language", ["en", "ur"])
def test_answers_survive_their_own_address(language):
    with translation.override(language):
        answers = decision.read_answers(
            {question.name: question.answers[-1].value for question in decision.QUESTIONS}
        )
        query = dict(part.split("=") for part in answers.as_query().split("&"))
        assert decision.read_answers(query) == answers
