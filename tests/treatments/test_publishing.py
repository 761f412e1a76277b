import pytest

from treatments import publishing, services
from treatments.models import Finding, SideEffect, Source, Topic, Treatment

pytestmark = pytest.mark.usefixtures("content")


def prp() -> Treatment:
    return Treatment.objects.with_facts().get(slug="prp")


def test_all_published_content_is_complete():
    services.refuse_incomplete()


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
    Treatment.objects.filter(slug="prp").update(**{field: empty})
    with pytest.raises(publishing.NotComplete, match=f"“PRP”.*{label}"):
        services.refuse_incomplete()


@pytest.mark.parametrize("name", ["first_results", "sessions", "lasts", "recovery"])
def test_a_fact_without_number_and_words_is_named(name):
    nothing = {f"{name}_low": None, f"{name}_high": None, f"{name}_note_en": ""}
    Treatment.objects.filter(slug="prp").update(**nothing)
    with pytest.raises(publishing.NotComplete, match="or words on why it is not known"):
        services.refuse_incomplete()


def test_an_unknown_in_words_is_enough():
    Treatment.objects.filter(slug="prp").update(
        sessions_low=None, sessions_high=None, sessions_note_en="Nobody says."
    )
    services.refuse_incomplete()


def test_gains_are_needed():
    Finding.objects.filter(treatment__slug="prp", topic=Topic.GROWTH).delete()
    with pytest.raises(publishing.NotComplete, match="what one may gain"):
        services.refuse_incomplete()


def test_harms_are_needed():
    SideEffect.objects.filter(treatment__slug="prp").delete()
    Finding.objects.filter(
        treatment__slug="prp", topic__in=[Topic.SIDE_EFFECTS, Topic.SERIOUS_HARMS]
    ).delete()
    with pytest.raises(publishing.NotComplete, match="what may go wrong"):
        services.refuse_incomplete()


def test_every_finding_needs_a_source():
    Finding.objects.filter(treatment__slug="prp").first().sources.clear()
    with pytest.raises(publishing.NotComplete, match="a source for every finding"):
        services.refuse_incomplete()


def test_a_draft_may_be_incomplete():
    Treatment.objects.filter(slug="prp").update(summary_en="", status=Treatment.Status.DRAFT)
    services.refuse_incomplete()


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
