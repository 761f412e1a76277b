"""The patient decision aid against IPDASi v4, item by item; docs/decision-aid.md is the list."""

import pytest
from django.test import Client

from tests.pages import words_of
from treatments.models import EventRate, Finding, Treatment

pytestmark = pytest.mark.usefixtures("content")

SLUGS = [
    "exosomes",
    "prp",
    "exosomes-and-prp",
    "no-treatment",
    "minoxidil",
    "finasteride",
    "hair-transplant",
]
COMPARISON = "/compare/exosomes-vs-prp-vs-no-treatment/"
RESULT = "/decide/?severity=early&speed=soon&proof=proven&result=1"


@pytest.fixture
def read(client: Client):
    return lambda address: words_of(client.get(address))


def test_the_condition_is_described(read):
    assert "most hair loss needs no" in read("/treatments/no-treatment/").lower()
    assert "See a doctor first" in read("/questions/")
    assert "Norwood–Hamilton" in read("/questions/")


def test_the_decision_is_stated(read):
    assert "what to do about it, or whether to do anything" in read("/decide/")


def test_no_treatment_is_among_the_options(read):
    assert "No treatment" in read("/treatments/")
    assert "No treatment" in read(COMPARISON)
    assert "No treatment" in read(RESULT)


@pytest.mark.parametrize("slug", SLUGS)
def test_each_option_tells_gains_harms_and_what_it_is_like(read, slug):
    words = read(f"/treatments/{slug}/")
    for part in ("Hair growth", "Side effects", "What it is like"):
        assert part in words
    treatment = Treatment.objects.get(slug=slug)
    assert treatment.living_with_en.split("\n\n")[0] in words


def test_each_option_is_compared_by_the_same_rows(client: Client):
    html = client.get(COMPARISON).content.decode()
    for row in html.split("<tbody")[1:]:
        cells = row.split("</tbody>")[0].count("<td")
        assert cells == 3


def test_the_course_without_treatment_is_told(read):
    assert "went on losing hair" in read("/treatments/no-treatment/")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_finding_states_its_certainty_sources_and_date(slug):
    for finding in Finding.objects.filter(treatment__slug=slug).prefetch_related("sources"):
        assert finding.certainty
        assert finding.sources.all()
        assert finding.review_due > finding.checked_on


def test_dates_policy_and_interest_are_told(read):
    about = read("/about-this-information/")
    assert "We read the sources again at least once a year" in about
    assert "Nobody else paid for them" in about
    assert "Last changed on" in read("/treatments/prp/")
    for address in (COMPARISON, RESULT, "/treatments/prp/", "/"):
        assert "We earn from this." in read(address), address


def test_event_rates_tell_group_number_time_and_both_outcomes(read):
    words = read("/treatments/minoxidil/")
    rates = EventRate.objects.filter(finding__treatment__slug="minoxidil")
    assert rates.count() >= 2
    for rate in rates:
        assert f"{rate.per_hundred} of 100: {rate.what_en}." in words
        assert f"{rate.others_per_hundred} of 100: {rate.what_not_en}." in words
        assert f"{rate.count} of {rate.out_of} people" in words
        assert rate.group_en in words
        assert rate.period_en in words


def test_a_stale_finding_says_so(read):
    Finding.objects.filter(treatment__slug="prp").update(
        checked_on="2020-01-01", review_due="2021-01-01"
    )
    told = "This may be out of date"
    assert told in read("/treatments/prp/")
    assert told in read("/compare/exosomes-vs-prp/")
    assert Finding.objects.stale().count() > 0


def test_what_matters_can_be_said_and_questions_follow(read):
    words = read(RESULT)
    assert "Questions to ask the clinic" in words
    assert "What nobody knows" in words
    assert "First: see a doctor" in words
