import itertools

import pytest
from django.test import Client

from tests.pages import words_of
from treatments import comparison
from treatments.models import Finding, Topic, Treatment
from treatments.spans import Span, Unit

pytestmark = pytest.mark.usefixtures("content")


def treatments(*slugs: str) -> list[Treatment]:
    return list(Treatment.objects.filter(slug__in=slugs).with_facts())


def row(label: str, *slugs: str) -> comparison.Row:
    groups = comparison.groups_of(treatments(*slugs))
    return next(row for group in groups for row in group.rows if row.label == label)


def test_the_address_follows_the_treatments_own_order():
    pair = treatments("prp", "exosomes")
    assert comparison.slug_of(pair) == comparison.slug_of(pair[::-1]) == "exosomes-vs-prp"


def test_an_address_names_each_treatment_once():
    assert comparison.slugs_in("prp-vs-exosomes-vs-prp") == ["prp", "exosomes"]


def test_every_row_has_a_cell_for_each_treatment():
    every = treatments(*Treatment.objects.values_list("slug", flat=True))
    for count in range(comparison.FEWEST, comparison.MOST + 1):
        for chosen in itertools.combinations(every, count):
            for group in comparison.groups_of(chosen):
                assert group.rows
                for found in group.rows:
                    assert [cell.treatment for cell in found.cells] == list(chosen)


def test_a_row_that_no_treatment_can_fill_is_left_out():
    Finding.objects.filter(topic=Topic.SHEDDING).delete()
    labels = {
        found.label
        for group in comparison.groups_of(treatments("exosomes", "prp"))
        for found in group.rows
    }
    assert str(Topic.SHEDDING.label) not in labels
    assert str(Topic.GROWTH.label) in labels


def test_an_unknown_is_a_cell_that_says_so():
    Treatment.objects.filter(slug="prp").update(
        first_results_low=None,
        first_results_high=None,
        first_results_note_en="",
    )
    Finding.objects.filter(treatment__slug="prp", topic=Topic.FIRST_RESULTS).delete()
    exosomes, prp = row("First results", "exosomes", "prp").cells
    assert exosomes.is_known
    assert not prp.is_known


def test_sessions_name_the_time_between_them():
    Treatment.objects.filter(slug="prp").update(
        sessions_low=2, sessions_high=4, spacing_low=3, spacing_high=5
    )
    cell = row("Sessions", "exosomes", "prp").cells[1]
    assert str(cell.fact) == "2–4 sessions, 3–5 weeks apart"


def test_no_session_reads_none():
    cell = row("Sessions", "prp", "no-treatment").cells[1]
    assert cell.fact == "None"


def test_a_changed_fact_changes_the_comparison():
    prp = Treatment.objects.get(slug="prp")
    prp.first_results = Span(2, 3, Unit.WEEKS)
    prp.save()
    assert str(row("First results", "exosomes", "prp").cells[1].fact) == "2–3 weeks"


def test_a_price_that_the_clinic_entered_is_shown():
    Treatment.objects.filter(slug="prp").update(price_low=25000, price_high=25000)
    assert row("Cost", "exosomes", "prp").cells[1].fact == "Rs 25,000 a session"


def test_only_what_differs_leaves_out_what_nobody_found_for_any(client: Client):
    every, differing = (
        words_of(client.get(f"/compare/exosomes-vs-prp/{query}"))
        for query in ("", "?only=differences")
    )
    for label in ("Stress-related shedding", "Combined with another treatment"):
        assert label in every
        assert label not in differing
    assert "Show only what differs" in every
    assert "Hair growth" in differing


def test_a_switch_that_would_change_nothing_is_not_offered(client: Client):
    Finding.objects.filter(topic__in=[Topic.SHEDDING, Topic.COMBINATION]).delete()
    assert "Show only what differs" not in words_of(client.get("/compare/exosomes-vs-prp/"))


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Serious harms", "Does not apply"),
        ("Who should not have it", "Does not apply"),
        ("Advanced hair loss", "We did not look this up"),
    ],
)
def test_no_treatment_lacks_nothing_that_is_about_what_is_given(label, told):
    cell = row(label, "prp", "no-treatment").cells[1]
    assert not cell.is_known
    assert cell.lacking == told


def test_serious_harms_stand_apart_from_side_effects():
    mild = row("Side effects", "exosomes", "prp").cells[0].harms
    serious = row("Serious harms", "exosomes", "prp").cells[0].harms
    assert mild
    assert serious
    assert not any(harm.is_serious for harm in mild)
    assert all(harm.is_serious for harm in serious)
