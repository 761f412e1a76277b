from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from treatments import publishing
from treatments.models import Finding, SideEffect, Source, Topic, Treatment
from treatments.services import published_stay_complete

pytestmark = pytest.mark.usefixtures("content")


@contextmanager
def refused(named: str) -> Iterator[None]:
    """An edit within which is refused for what it leaves missing."""
    with pytest.raises(publishing.NotComplete, match=named), published_stay_complete():
        yield


def prp() -> Treatment:
    return Treatment.objects.with_facts().get(slug="prp")


def test_all_published_content_is_complete():
    for treatment in Treatment.objects.published().with_facts():
        assert publishing.missing(treatment) == []


def test_one_that_was_incomplete_before_does_not_stop_other_edits():
    Treatment.objects.filter(slug__in=["exosomes", "minoxidil"]).update(summary_en="")
    with published_stay_complete():
        Treatment.objects.filter(slug="exosomes").update(summary_en="Mended.")
    with refused("PRP"):
        Treatment.objects.filter(slug="prp").update(summary_en="")


def test_a_refused_edit_is_undone():
    with refused("Still missing"):
        Treatment.objects.filter(slug="prp").update(summary_en="")
    assert Treatment.objects.get(slug="prp").summary_en


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("summary_en", "in one sentence"),
        ("what_it_is_en", "what it is"),
        ("how_it_works_en", "how it works"),
        ("how_it_is_given_en", "how it is given"),
        ("living_with_en", "what it is like"),
        ("regulatory_status_en", "regulation"),
    ],
)
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_a_text_that_is_missing_is_named(field, label, empty):
    with refused(f"“PRP”.*{label}"):
        Treatment.objects.filter(slug="prp").update(**{field: empty})


@pytest.mark.parametrize("name", ["first_results", "sessions", "lasts", "recovery"])
def test_a_fact_without_number_and_words_is_named(name):
    with refused("or words on why it is not known"):
        nothing = {f"{name}_low": None, f"{name}_high": None, f"{name}_note_en": ""}
        Treatment.objects.filter(slug="prp").update(**nothing)


def test_an_unknown_in_words_is_enough():
    with published_stay_complete():
        Treatment.objects.filter(slug="prp").update(
            sessions_low=None, sessions_high=None, sessions_note_en="Nobody says."
        )


def test_gains_are_needed():
    with refused("what one may gain"):
        Finding.objects.filter(treatment__slug="prp", topic=Topic.GROWTH).delete()


def test_harms_are_needed():
    with refused("what may go wrong"):
        SideEffect.objects.filter(treatment__slug="prp").delete()
        Finding.objects.filter(
            treatment__slug="prp", topic__in=[Topic.SIDE_EFFECTS, Topic.SERIOUS_HARMS]
        ).delete()


def test_every_finding_needs_a_source():
    with refused("a source for every finding"):
        Finding.objects.filter(treatment__slug="prp").first().sources.clear()


def test_a_draft_may_be_incomplete():
    with published_stay_complete():
        Treatment.objects.filter(slug="prp").update(summary_en="", status=Treatment.Status.DRAFT)


def test_the_checklist_leads_to_what_is_missing():
    Treatment.objects.filter(slug="prp").update(living_with_en="")
    (check,) = publishing.missing(prp())
    assert check.where == "id_living_with_en"


def test_five_gains_and_one_harm_are_unequal():
    SideEffect.objects.filter(treatment__slug="prp").delete()
    SideEffect.objects.create(
        treatment=prp(), name="Itch", seriousness="mild", frequency="unknown", basis="clinics"
    )
    for number in range(5):
        finding = Finding.objects.create(
            treatment=prp(), topic=Topic.GROWTH, statement=f"Gain {number}", certainty="low"
        )
        finding.sources.add(Source.objects.first())
    assert any("only 1 on harms" in line for line in publishing.imbalances(prp()))


def test_a_topic_that_only_the_others_tell_is_flagged():
    Finding.objects.filter(treatment__slug="prp", topic=Topic.DURATION).delete()
    others = Treatment.objects.filter(slug="exosomes").with_facts()
    assert any(
        "How long it lasts" in line and "Exosomes" in line
        for line in publishing.imbalances(prp(), others)
    )
