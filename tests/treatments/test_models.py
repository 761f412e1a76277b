from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation

from treatments.models import Claim, Source, Stage, Support, Topic, Treatment

pytestmark = pytest.mark.usefixtures("content")


def treatment(**changes: object) -> Treatment:
    found = Treatment.objects.get(slug="prp")
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def test_published_leaves_drafts_out():
    treatment(status=Treatment.Status.DRAFT).save()
    assert "prp" not in Treatment.objects.published().values_list("slug", flat=True)


def test_offered_leaves_reference_options_out():
    assert set(Treatment.objects.offered().values_list("slug", flat=True)) == {
        "exosomes",
        "prp",
        "exosomes-and-prp",
    }


@pytest.mark.parametrize("slug", ["vs", "a-vs-b", "vs-a", "a-vs"])
def test_a_slug_must_not_hold_the_word_that_joins_comparisons(slug):
    with pytest.raises(ValidationError, match="joins treatments"):
        treatment(slug=slug).full_clean()


def test_a_slug_may_hold_those_letters():
    treatment(slug="canvas").full_clean()


@pytest.mark.parametrize(
    "changes", [{"reviewed_by": "Dr Sample"}, {"reviewed_on": date(2026, 1, 1)}]
)
def test_a_review_needs_name_and_date(changes):
    with pytest.raises(IntegrityError, match="treatment_review_has_name_and_date"):
        treatment(**changes).save()


def test_the_next_review_comes_after_the_last():
    with pytest.raises(IntegrityError, match="treatment_review_due_after_review"):
        treatment(
            reviewed_by="Dr Sample", reviewed_on=date(2026, 2, 1), review_due=date(2026, 2, 1)
        ).save()


@pytest.mark.parametrize(("today", "past"), [("2026-06-01", False), ("2026-06-02", True)])
def test_a_review_is_past_from_the_day_after_it_is_due(today, past):
    with time_machine.travel(f"{today}T12:00:00+05:00"):
        assert treatment(review_due=date(2026, 6, 1)).is_past_review is past


@pytest.mark.parametrize("assessment", ["", None])
def test_a_claim_needs_an_assessment(assessment):
    claim = Claim(
        topic=Topic.GROWTH,
        statement="Hair grows.",
        support=Support.UNSUPPORTED,
        assessment_en=assessment,
    )
    with pytest.raises(IntegrityError, match="claim_is_assessed"):
        claim.save()


def test_background_needs_no_assessment():
    Claim(topic=Topic.BACKGROUND, statement="Hair is hair.", support=Support.GENERAL).save()


def test_a_scale_has_each_step_once():
    stage = Stage.objects.first()
    with pytest.raises(IntegrityError, match=r"stage_once_a_scale|UNIQUE"):
        Stage.objects.create(scale=stage.scale, label=stage.label, description="again")


def test_words_are_those_of_the_readers_language():
    found = treatment(summary_en="In English.", summary_ur="اردو میں۔")
    with translation.override("ur"):
        assert found.words.summary == "اردو میں۔"
        assert found.words.summary.lang == "ur"


def test_words_that_are_missing_stand_in_english_and_say_so():
    found = treatment(summary_en="A <b>bold</b> claim.", summary_ur="")
    with translation.override("ur"):
        html = found.words.summary.__html__()
    assert 'lang="en" dir="ltr"' in html
    assert "A &lt;b&gt;bold&lt;/b&gt; claim." in html


def test_a_long_name_ends_with_a_whole_word():
    long = "Trichology and hair " * 10
    assert str(Source(key="P1", reference=long)) == (
        "P1: Trichology and hair Trichology and hair Trichology and hair Trichology and hair…"
    )
    assert str(Claim(statement=long)).endswith(" Trichology and hair…")
    assert str(Claim(statement="PRP works.")) == "PRP works."
