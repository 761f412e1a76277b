"""Every change of a treatment is kept, and any of them can be undone."""

import pytest
from django.contrib.auth.models import User

from treatments.content_export import StoredContent
from treatments.content_files import ContentError
from treatments.models import (
    EventRate,
    Finding,
    Precaution,
    Source,
    Treatment,
    TreatmentVersion,
)
from treatments.publishing import NotComplete
from treatments.services import Cause, duplicate, editing, publish, return_to, withdraw
from treatments.spans import Span, Unit
from treatments.versions import current_version

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def editor(django_user_model) -> User:
    return django_user_model.objects.create_user("editor")


def prp() -> Treatment:
    return Treatment.objects.get(slug="prp")


def file_of(treatment: Treatment) -> str:
    stored = StoredContent()
    return stored.file_of(stored.key_of(treatment))


def newest(treatment: Treatment) -> TreatmentVersion:
    return treatment.versions.first()


def test_what_was_loaded_is_the_first_version():
    version = prp().versions.get()
    assert (version.cause, version.made_by) == (Cause.LOAD, None)
    assert version.text == file_of(prp())


def test_an_edit_makes_a_version_of_what_it_changed_alone(editor):
    before = TreatmentVersion.objects.count()
    with editing(actor=editor, cause=Cause.EDIT):
        Finding.objects.filter(treatment__slug="prp").update(statement_ur="نیا۔")
    assert TreatmentVersion.objects.count() == before + 1
    assert newest(prp()).made_by == editor
    assert "نیا۔" in newest(prp()).text


def test_an_edit_that_is_refused_makes_none(editor):
    before = TreatmentVersion.objects.count()
    with pytest.raises(NotComplete), editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(summary_en="")
    assert TreatmentVersion.objects.count() == before


def test_what_was_changed_elsewhere_is_not_laid_to_the_next_editor(editor):
    Treatment.objects.filter(slug="prp").update(summary_en="Changed by hand.")
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(summary_ur="نیا۔")
    mine, found, _loaded = prp().versions.all()
    assert (mine.made_by, mine.cause) == (editor, Cause.EDIT)
    assert (found.made_by, found.cause) == (None, Cause.OUTSIDE)


def test_a_return_brings_back_text_spans_links_and_rows(editor):
    version, before = newest(prp()), file_of(prp())
    with editing(actor=editor, cause=Cause.EDIT):
        treatment = prp()
        treatment.summary_en, treatment.summary_ur = "Other.", ""
        treatment.sessions = Span(1, None, Unit.SESSIONS)
        treatment.lasts = Span(1, 2, Unit.MONTHS)
        treatment.save()
        first, second, *_ = treatment.findings.filter(topic="growth")
        first.sources.set(Source.objects.filter(key__in=["E1"]))
        second.delete()
        treatment.side_effects.first().delete()
        EventRate.objects.filter(finding__treatment=treatment).first().delete()
        treatment.claims.update(order=7)
        added = treatment.questions.create(question_en="New?", answer_en="Yes.")
        treatment.precautions.clear()
    assert file_of(prp()) != before

    return_to(version=version, actor=editor)

    assert file_of(prp()) == before
    assert not prp().questions.filter(pk=added.pk).exists()
    assert sorted(StoredContent().precautions_of("treatment/prp")) == sorted(version.precautions)
    assert version.precautions
    assert (newest(prp()).cause, newest(prp()).made_by) == (Cause.RETURN, editor)
    assert newest(prp()).text == before


def test_a_return_can_be_returned_from(editor):
    first = newest(prp())
    with editing(actor=editor, cause=Cause.EDIT):
        prp().questions.create(question_en="New?", answer_en="Yes.")
    second = newest(prp())
    return_to(version=first, actor=editor)
    return_to(version=second, actor=editor)
    assert prp().questions.filter(question_en="New?").exists()
    assert newest(prp()).text == second.text


def test_a_return_leaves_other_treatments_and_shared_rows_alone(editor):
    version = newest(prp())
    others = {
        name: text
        for name, text in StoredContent().files().items()
        if name != "treatments/prp.toml"
    }
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(summary_en="Other.")
    return_to(version=version, actor=editor)
    files = StoredContent().files()
    assert {name: files[name] for name in others} == others


def test_a_return_brings_back_a_source_that_was_deleted(editor):
    version, before = newest(prp()), file_of(prp())
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.update(status="draft")
        Source.objects.get(key="P1").delete()
        Precaution.objects.filter(treatments=prp()).first().delete()
    Source.objects.filter(key="P2").update(note_en="Edited since.")

    return_to(version=version, actor=editor)

    assert file_of(prp()) == before.replace('"published"', '"draft"', 1)
    assert Source.objects.get(key="P1").reference
    assert Source.objects.get(key="P2").note_en == "Edited since."
    assert sorted(StoredContent().precautions_of("treatment/prp")) == sorted(version.precautions)


def test_a_source_that_has_another_name_now_is_still_the_same(editor):
    version = newest(prp())
    source = Source.objects.get(key="P1")
    Source.objects.filter(pk=source.pk).update(key="P1b")
    finding = Finding.objects.filter(sources=source, treatment__slug="prp").first()
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(status="draft")
        finding.sources.clear()
    return_to(version=version, actor=editor)
    assert source in finding.sources.all()
    assert not Source.objects.filter(key="P1").exists()


def test_a_deleted_treatment_comes_back_as_a_draft_with_its_history(editor):
    before = file_of(prp())
    with editing(actor=editor, cause=Cause.EDIT):
        prp().delete()
    version = TreatmentVersion.objects.get(stem="prp")
    return_to(version=version, actor=editor)
    assert file_of(prp()) == before.replace('"published"', '"draft"', 1)
    assert [version.cause for version in prp().versions.all()] == [Cause.RETURN, Cause.LOAD]
    assert prp().precautions.exists()


def test_a_return_to_what_was_incomplete_is_refused_while_published(editor):
    with editing(actor=editor, cause=Cause.EDIT):
        Treatment.objects.filter(slug="prp").update(status="draft", living_with_en="")
    incomplete = newest(prp())
    return_to(version=incomplete.treatment.versions.last(), actor=editor)
    publish(treatment=prp(), actor=editor)
    with pytest.raises(NotComplete, match="what it is like"):
        return_to(version=incomplete, actor=editor)
    assert prp().living_with_en


def test_a_version_that_can_no_longer_be_read_is_refused_with_the_reason(editor):
    version = newest(prp())
    version.text = version.text.replace("hue = ", "tint = ")
    with pytest.raises(ContentError, match="tint: no such field"):
        return_to(version=version, actor=editor)


def test_publishing_and_withdrawing_are_in_the_history(editor):
    withdraw(treatment=prp(), actor=editor)
    assert prp() not in Treatment.objects.published()
    publish(treatment=prp(), actor=editor)
    assert prp() in Treatment.objects.published()
    causes = [version.cause for version in prp().versions.all()]
    assert causes == [Cause.PUBLISH, Cause.WITHDRAW, Cause.LOAD]


def test_an_incomplete_draft_is_not_published(editor):
    Treatment.objects.filter(slug="prp").update(status="draft", living_with_en="")
    with pytest.raises(NotComplete, match="what it is like"):
        publish(treatment=prp(), actor=editor)
    assert prp() not in Treatment.objects.published()


def test_a_copy_has_every_row_and_an_address_of_its_own(editor):
    Treatment.objects.filter(slug="prp").update(
        reviewed_by="Dr Sample", reviewed_on="2026-01-01", review_due="2027-01-01"
    )
    before = file_of(prp())
    copy = duplicate(treatment=prp(), actor=editor)
    copy.refresh_from_db()
    assert (copy.slug, copy.status, copy.short_name_en) == ("prp-copy", "draft", "PRP (copy)")
    assert copy.short_name_ur == f"{prp().short_name_ur} (نقل)"
    assert (copy.reviewed_by, copy.reviewed_on, copy.review_due) == ("", None, None)
    assert set(copy.precautions.all()) == set(prp().precautions.all())
    rows = before[before.index("[findings.") :]
    assert file_of(copy)[file_of(copy).index("[findings.") :] == rows
    assert file_of(prp()) == before
    assert newest(copy).cause == Cause.COPY
    assert duplicate(treatment=prp(), actor=editor).slug == "prp-copy-2"


def test_a_copy_of_a_long_name_fits(editor):
    Treatment.objects.filter(slug="prp").update(slug="x" * 50, name_en="n" * 80)
    copy = duplicate(treatment=Treatment.objects.get(slug="x" * 50), actor=editor)
    copy.full_clean(exclude=["name", "short_name"])
    assert copy.name_en.endswith("n (copy)")


def test_every_change_of_a_treatment_dates_its_page_and_the_facts_anew(editor):
    """Its row stays as it is where only what hangs on it has changed."""
    version = newest(prp())
    dates, facts = [prp().updated_at], [current_version().pk]
    others = Treatment.objects.exclude(slug="prp").order_by("pk").values_list("updated_at")
    of_others = list(others)

    with editing(actor=editor, cause=Cause.EDIT):
        prp().precautions.clear()
    dates, facts = [*dates, prp().updated_at], [*facts, current_version().pk]
    return_to(version=version, actor=editor)
    dates, facts = [*dates, prp().updated_at], [*facts, current_version().pk]

    assert dates == sorted(set(dates))
    assert len(set(facts)) == 3
    assert list(others) == of_others
