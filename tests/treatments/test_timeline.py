import pytest
from django.utils import translation

from treatments import timeline
from treatments.models import Treatment
from treatments.timeline import Mark, Track


def tracks(upkeep_kind: str = Treatment.Upkeep.UNKNOWN, **facts: str) -> list[Track]:
    """The tracks of sessions, first results and upkeep over the first year."""
    made = Treatment(upkeep_kind=upkeep_kind, offered=True)
    for name, text in facts.items():
        setattr(made, name, getattr(Treatment, name).parse(text))
    return list(timeline.timeline_of([made]).lanes[0].tracks)


def test_a_course_alone_is_shown_over_one_year_and_several_over_two():
    assert timeline.timeline_of([Treatment()]).ticks == [0, 3, 6, 9, 12]
    assert timeline.timeline_of([Treatment(), Treatment()]).ticks == [0, 6, 12, 18, 24]


def test_sessions_stand_where_they_fall():
    sessions, *_ = tracks(sessions="1-3 sessions", spacing="4-6 weeks")
    assert sessions.words == "1–3 sessions, 4–6 weeks apart"
    # Every 5 weeks of 52; the second and third only some need.
    assert sessions.marks == (Mark(0), Mark(9.6, certain=False), Mark(19.2, certain=False))


def test_an_open_number_of_sessions_goes_on():
    sessions, *_ = tracks(sessions="2+ sessions", spacing="4 weeks")
    assert [mark.fades for mark in sessions.marks] == [False, False, True]


def test_sessions_past_the_axis_are_not_drawn():
    sessions, *_ = tracks(sessions="90 sessions", spacing="26 weeks")
    assert len(sessions.marks) == 3


def test_first_results_are_a_bar_to_scale():
    _, results, _ = tracks(first_results="13-26 weeks")
    assert results.marks == (Mark(25, 25),)


def test_first_results_without_an_end_fade_at_the_edge():
    _, results, _ = tracks(first_results="13+ weeks")
    assert [(mark.start, mark.fades) for mark in results.marks] == [(25, False), (94, True)]


def test_repeat_sessions_are_counted_from_the_end_of_the_course():
    *_, upkeep = tracks(Treatment.Upkeep.REPEAT_SESSIONS, sessions="1 session", upkeep="6 months")
    assert upkeep.words == "every 6 months"
    assert [mark.start for mark in upkeep.marks] == [50]


def test_upkeep_that_ends_at_the_edge_goes_on():
    *_, upkeep = tracks(
        Treatment.Upkeep.REPEAT_SESSIONS, sessions="1 session", upkeep="6-12 months"
    )
    assert [(mark.start, mark.fades) for mark in upkeep.marks] == [(50, False), (94, True)]


@pytest.mark.parametrize(
    ("kind", "words", "marks"),
    [
        (Treatment.Upkeep.NONE, "None", 0),
        (Treatment.Upkeep.DAILY_USE, "Used every day, for as long as it should work", 2),
        (Treatment.Upkeep.UNKNOWN, "Not known", 0),
        (Treatment.Upkeep.REPEAT_SESSIONS, "Not known", 0),
    ],
)
def test_upkeep_says_its_kind(kind, words, marks):
    *_, upkeep = tracks(kind)
    assert upkeep.words == words
    assert len(upkeep.marks) == marks


def test_no_session_and_nothing_known_are_told_apart():
    none, *_ = tracks(sessions="0 sessions")
    unknown, *_ = tracks()
    assert (none.words, none.is_known) == ("None", True)
    assert (unknown.words, unknown.is_known) == ("Not known", False)


def test_what_we_did_not_look_up_says_so():
    sessions, *_ = timeline.timeline_of([Treatment(offered=False)]).lanes[0].tracks
    assert (sessions.words, sessions.is_known) == ("We did not look this up", False)


def test_time_runs_from_right_to_left_in_urdu():
    mark = Mark(25, 10)
    assert (mark.x, mark.x2) == (25, 35)
    with translation.override("ur"):
        assert (mark.x, mark.x2) == (65, 75)
