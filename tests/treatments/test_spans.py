import pytest
from django.db import IntegrityError
from django.utils import translation

from treatments.models import Treatment
from treatments.spans import Span, Unit


@pytest.mark.parametrize(
    ("text", "unit", "span"),
    [
        ("8-12 weeks", Unit.WEEKS, Span(8, 12, Unit.WEEKS)),
        ("8–12 weeks", Unit.WEEKS, Span(8, 12, Unit.WEEKS)),
        ("3+ sessions", Unit.SESSIONS, Span(3, None, Unit.SESSIONS)),
        ("1 session", Unit.SESSIONS, Span(1, 1, Unit.SESSIONS)),
        (" 0 days ", Unit.DAYS, Span(0, 0, Unit.DAYS)),
    ],
)
def test_parse_reads_the_usual_writings(text, unit, span):
    assert Span.parse(text, unit) == span


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a few weeks", "write it like"),
        ("8 weeks to 12", "write it like"),
        ("8-12 months", "the unit here is weeks"),
        ("12-8 weeks", "above the second"),
        ("-3 weeks", "write it like"),
        ("", "write it like"),
    ],
)
def test_parse_refuses_with_advice(text, advice):
    with pytest.raises(ValueError, match=advice):
        Span.parse(text, Unit.WEEKS)


def test_a_span_below_zero_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        Span(-1, 2, Unit.DAYS)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(8, 12, Unit.WEEKS), "8–12 weeks"),
        (Span(1, 1, Unit.SESSIONS), "1 session"),
        (Span(1, 3, Unit.SESSIONS), "1–3 sessions"),
        (Span(3, None, Unit.SESSIONS), "3 or more sessions"),
        (Span(13, 26, Unit.WEEKS), "13–26 weeks (about 3–6 months)"),
        (Span(26, None, Unit.WEEKS), "26 or more weeks (about 6 or more months)"),
        (Span(25000, 40000, Unit.RUPEES), "Rs 25,000–40,000"),
    ],
)
def test_a_span_speaks_in_words(span, words):
    assert str(span) == words


@pytest.mark.parametrize(
    "span",
    [
        Span(1, 1, Unit.DAYS),
        Span(4, 9, Unit.MONTHS),
        Span(2, None, Unit.SESSIONS),
    ],
)
def test_what_is_written_to_a_file_is_read_back(span):
    assert Span.parse(span.as_text(), span.unit) == span


def test_figures_stay_western_in_urdu():
    with translation.override("ur"):
        assert "12" in str(Span(8, 12, Unit.WEEKS))


def test_a_span_is_kept_in_two_columns_and_none_is_not_known():
    treatment = Treatment()
    assert treatment.sessions is None
    treatment.sessions = Span(3, None, Unit.SESSIONS)
    assert (treatment.sessions_low, treatment.sessions_high) == (3, None)
    treatment.sessions = None
    assert (treatment.sessions_low, treatment.sessions_high) == (None, None)


@pytest.mark.parametrize(("low", "high"), [(5, 3), (None, 3)])
def test_the_database_refuses_a_span_that_runs_backwards_or_has_no_start(content, low, high):
    treatments = Treatment.objects.filter(slug="prp")
    with pytest.raises(IntegrityError, match="treatment_sessions_low_not_above_high"):
        treatments.update(sessions_low=low, sessions_high=high)
