import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from treatments.models import Claim, EventRate, Finding, Scale, Source, Stage, Treatment
from treatments.untranslated import lacking_urdu, lists_lacking_urdu, texts_lacking_urdu

pytestmark = pytest.mark.usefixtures("content")


def counts() -> dict[type, int]:
    return {found.model: found.count for found in lists_lacking_urdu()}


def test_the_real_content_lacks_nothing():
    assert lists_lacking_urdu() == []


@pytest.mark.parametrize("empty", ["", None])
def test_an_english_text_without_urdu_is_found(empty):
    Treatment.objects.filter(slug="prp").update(summary_ur=empty)
    (prp,) = lacking_urdu(Treatment.objects.all())
    assert texts_lacking_urdu(prp) == ["summary"]


def test_a_text_that_is_missing_in_both_lacks_nothing():
    Treatment.objects.filter(slug="prp").update(upkeep_note_en="", upkeep_note_ur="")
    assert not lacking_urdu(Treatment.objects.all()).exists()


def test_a_treatment_is_counted_once_with_its_rows():
    Finding.objects.filter(treatment__slug="prp").update(statement_ur="")
    rate = EventRate.objects.filter(finding__treatment__slug="exosomes").first()
    rate = rate or EventRate.objects.first()
    EventRate.objects.filter(pk=rate.pk).update(what_ur="")
    slugs = {"prp", rate.finding.treatment.slug}
    found = lacking_urdu(Treatment.objects.all(), within=True)
    assert set(found.values_list("slug", flat=True)) == slugs
    assert not lacking_urdu(Treatment.objects.all()).exists()
    assert counts() == {Treatment: len(slugs)}


def test_shared_lists_are_counted_in_one_query():
    Source.objects.filter(key__in=["P1", "P2"]).update(note_ur="")
    Claim.objects.filter(pk=Claim.objects.filter(treatment=None).first().pk).update(statement_ur="")
    Stage.objects.update(description_ur="")
    scales = Scale.objects.count()
    with CaptureQueriesContext(connection) as queries:
        assert counts() == {Source: 2, Claim: 1, Scale: scales}
    assert len(queries) == 1
