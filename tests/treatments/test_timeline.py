import pytest

from treatments import timeline
from treatments.models import Treatment
from treatments.spans import Span, Unit


def treatment(**spans: Span | None) -> Treatment:
    made = Treatment()
    for name, span in spans.items():
        setattr(made, name, span)
    return made


def sessions(low: int, high: int | None) -> Span:
    return Span(low, high, Unit.SESSIONS)


def weeks(low: int, high: int | None) -> Span:
    return Span(low, high, Unit.WEEKS)


@pytest.mark.parametrize(
    ("facts", "length"),
    [
        ({"sessions": sessions(1, 3), "spacing": weeks(4, 6)}, weeks(0, 12)),
        ({"sessions": sessions(3, None), "spacing": weeks(4, 6)}, weeks(8, None)),
        ({"sessions": sessions(3, 5), "spacing": weeks(4, None)}, weeks(8, None)),
        ({"sessions": sessions(1, 1)}, weeks(0, 0)),
        ({"sessions": sessions(3, 3)}, None),
        ({"sessions": sessions(0, 0)}, None),
        ({}, None),
    ],
)
def test_the_length_of_a_course_follows_from_sessions_and_spacing(facts, length):
    assert timeline.length_of_course(treatment(**facts)) == length


def test_steps_tell_the_course_in_its_order():
    made = treatment(
        sessions=sessions(1, 3),
        spacing=weeks(4, 6),
        first_results=weeks(8, 12),
        upkeep=Span(6, 12, Unit.MONTHS),
    )
    made.upkeep_kind = Treatment.Upkeep.REPEAT_SESSIONS
    assert [step.when for step in timeline.steps_of(made)] == [
        "At the start",
        "After 8–12 weeks",
        "Then every 6–12 months",
    ]
    assert timeline.steps_of(made)[0].what == "1–3 sessions, with 4–6 weeks between them."


def test_what_is_not_known_makes_no_step():
    assert timeline.steps_of(treatment()) == []
    assert timeline.steps_of(treatment(sessions=sessions(0, 0))) == []


def test_daily_use_is_a_step():
    made = treatment()
    made.upkeep_kind = Treatment.Upkeep.DAILY_USE
    assert [step.when for step in timeline.steps_of(made)] == ["Every day"]
