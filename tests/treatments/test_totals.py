import pytest

from treatments.models import Treatment
from treatments.spans import Span, Unit
from treatments.totals import totals_of, visits_over

KINDS = Treatment.Upkeep


def treatment(upkeep_kind: str = KINDS.NONE, **facts: str) -> Treatment:
    made = Treatment(upkeep_kind=upkeep_kind)
    for name, text in facts.items():
        setattr(made, name, getattr(Treatment, name).parse(text))
    return made


@pytest.mark.parametrize(
    ("made", "visits"),
    [
        # 1 session and then once after a year; or 3 in 8 weeks and, from then on, one in 6 months.
        (
            treatment(
                KINDS.REPEAT_SESSIONS,
                sessions="1-3 sessions",
                spacing="4-6 weeks",
                upkeep="6-12 months",
            ),
            ["2–4 visits", "3–6 visits", "4–8 visits"],
        ),
        (treatment(sessions="2-4 sessions", spacing="4 weeks"), ["2–4 visits"] * 3),
        # 7 sessions fit into the first year.
        (
            treatment(sessions="12 sessions", spacing="8 weeks"),
            ["7 visits", "12 visits", "12 visits"],
        ),
        (treatment(sessions="3+ sessions", spacing="4 weeks"), ["3 or more visits"] * 3),
        (treatment(KINDS.UNKNOWN, sessions="2-4 sessions"), ["2 or more visits"] * 3),
        (treatment(KINDS.UNKNOWN, sessions="0 sessions"), ["0 visits"] * 3),
        (treatment(KINDS.REPEAT_SESSIONS, sessions="2 sessions"), ["2 or more visits"] * 3),
        (
            treatment(KINDS.REPEAT_SESSIONS, sessions="1 session", upkeep="6+ months"),
            ["1–3 visits", "1–5 visits", "1–7 visits"],
        ),
        (treatment(KINDS.DAILY_USE), ["None"] * 3),
    ],
)
def test_visits_add_up_with_their_span(made, visits):
    assert [str(visits_over(made, years)) for years in (1, 2, 3)] == visits


def test_cost_follows_from_the_clinics_price():
    made = treatment(sessions="2-4 sessions", price="20000-25000 rupees")
    assert totals_of(made)[0].cost == Span(40000, 100000, Unit.RUPEES)


@pytest.mark.parametrize(
    "made",
    [
        treatment(sessions="2-4 sessions"),
        treatment(price="20000 rupees"),
    ],
)
def test_a_cost_with_an_unknown_in_it_is_unknown(made):
    assert totals_of(made)[0].cost is None


def test_an_open_number_of_visits_leaves_the_cost_open():
    made = treatment(sessions="3+ sessions", price="20000 rupees")
    assert totals_of(made)[0].cost == Span(60000, None, Unit.RUPEES)
