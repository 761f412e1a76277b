"""What is exported can be read back, to the letter."""

import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from hypothesis import example, given
from hypothesis import strategies as st

from treatments.content_export import StoredContent, assignment, stem_of
from treatments.content_files import (
    LANGUAGES,
    SECTIONS,
    ContentError,
    shape_of,
    stored_values,
)
from treatments.content_reader import read_files
from treatments.models import Claim, EventRate, Finding, LoadedEntry, Source, Stage, Treatment
from treatments.services import import_content, load_content

pytestmark = pytest.mark.usefixtures("content")

STRANGE = [
    "She said \"it works\" 'sometimes'",
    'ends in "quotes""',
    '"""three""" and """"more"""',
    "back\\slash \\n \\u0041 C:\\new\\",
    "one\ntwo\r\nthree",
    "one\n\n\ntwo\n",
    "  spaces  kept  ",
    "no\u00a0break \u2028 line \u0085 next",
    "\u200fنص\u200e \u2066Rs 5,000\u2069",
    "👩🏽‍⚕️ 💉 é e\u0301",
    "tab\there \x01\x1f\x7f",
    "# no comment = [x] '''",
    "word " * 60 + "\n\n" + "لفظ " * 60,
    "long-hyphenated-" * 20,
    " ",
    "\\",
    '"',
]


def exported() -> dict[str, str]:
    return StoredContent().files()


def as_bytes(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def empty_the_database() -> None:
    for model in (*reversed(SECTIONS.values()), LoadedEntry):
        model.objects.all().delete()


def everything() -> dict[str, list[dict[str, object]]]:
    """Every value of every row, whatever its number."""
    return {
        section: [stored_values(row) for row in model.objects.order_by("content_key")]
        for section, model in SECTIONS.items()
    }


def test_the_real_content_comes_back_from_its_export():
    before, files = everything(), exported()
    empty_the_database()
    report = import_content(files=as_bytes(files))
    assert len(report.created) == sum(map(len, before.values()))
    assert everything() == before
    assert exported() == files


def test_load_content_reads_an_export(tmp_path: Path):
    call_command("export_content", tmp_path, verbosity=0)
    files = exported()
    empty_the_database()
    load_content(folder=tmp_path)
    assert exported() == files
    assert (tmp_path / "treatments" / "prp.toml").read_bytes() == files[
        "treatments/prp.toml"
    ].encode()


def test_an_export_of_what_nobody_touched_changes_nothing():
    newest = Treatment.objects.latest("updated_at").updated_at
    report = import_content(files=as_bytes(exported()))
    assert not report.changed
    assert Treatment.objects.latest("updated_at").updated_at == newest


def test_every_strange_text_in_every_field_comes_back():
    Treatment.objects.update(status="draft")  # where blanks are allowed
    chance = random.Random(1)
    for model in SECTIONS.values():
        shape = shape_of(model)
        for row in model.objects.all():
            for name in shape.translated:
                for language in LANGUAGES:
                    limit = model._meta.get_field(name).max_length or 10_000
                    setattr(row, f"{name}_{language}", chance.choice(STRANGE)[:limit])
            row.order = chance.randrange(100)
            row.save()
    Source.objects.update(reference=STRANGE[1], url="")
    before, files = everything(), exported()
    empty_the_database()
    import_content(files=as_bytes(files))
    assert everything() == before
    assert exported() == files


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@example('\\""" "')
def test_any_text_is_read_back_as_it_was(text: str):
    line = assignment("answer.en", text) if text else ""
    file = f'[questions.x]\nquestion.en = "Why?"\n{line}\n'
    (entry,) = read_files({"x.toml": file.encode()}) if text else (None,)
    assert not entry or entry.row.answer_en == text


def test_what_staff_added_and_moved_has_a_name_and_keeps_it():
    prp = Treatment.objects.get(slug="prp")
    finding = Finding.objects.create(
        treatment=prp, topic="growth", statement_en="New.", certainty="low"
    )
    finding.sources.set(Source.objects.filter(key="P1"))
    EventRate.objects.create(
        finding=finding,
        what_en="a",
        what_not_en="b",
        group_en="c",
        period_en="d",
        count=1,
        out_of=2,
    )
    Treatment.objects.create(slug="Sample_Lamp", name_en="Lamp", short_name_en="Lamp")
    moved = Claim.objects.filter(treatment__slug="exosomes").first()
    moved.treatment = prp
    moved.save()

    files = exported()
    assert f"[findings.added-{finding.pk}]" in files["treatments/prp.toml"]
    assert 'slug = "Sample_Lamp"' in files["treatments/sample-lamp.toml"]
    assert f"[claims.{stem_of(moved.content_key)}]" in files["treatments/prp.toml"]

    report = import_content(files=as_bytes(files))
    assert not report.changed

    empty_the_database()
    import_content(files=as_bytes(files))
    assert exported() == files
    assert Finding.objects.get(statement_en="New.").event_rates.get().out_of == 2


def test_a_name_that_a_moved_row_holds_is_given_back():
    exosomes = exported()["treatments/exosomes.toml"]
    moved = Claim.objects.filter(treatment__slug="exosomes").first()
    moved.treatment = Treatment.objects.get(slug="prp")
    moved.save()
    report = import_content(files={"exosomes.toml": exosomes.encode()})
    assert report.created == [moved.content_key]
    moved.refresh_from_db()
    assert (moved.treatment.slug, moved.content_key) == ("prp", None)
    assert exported()["treatments/exosomes.toml"] == exosomes


# ---- An import


def test_an_import_wins_over_an_edit_and_load_content_leaves_it_alone():
    files = as_bytes(exported())
    Treatment.objects.filter(slug="prp").update(summary_en="Edited.", summary_ur="")
    files["treatments/prp.toml"] = files["treatments/prp.toml"].replace(
        b"A clinic concentrates", b"Somebody concentrates"
    )
    report = import_content(files={"prp.toml": files["treatments/prp.toml"]})
    prp = Treatment.objects.get(slug="prp")
    assert report.updated == ["treatment/prp"]
    assert prp.summary_en.startswith("Somebody concentrates")
    assert prp.summary_ur
    assert load_content().kept == ["treatment/prp"]


def test_what_an_entry_no_longer_holds_goes_and_all_else_stays():
    files = exported()
    claims = Claim.objects.filter(treatment__slug="prp").count()
    text = files["treatments/prp.toml"]
    start = text.index("[claims.")
    shortened = text[:start] + text[text.index("\n[", start) + 1 :]
    report = import_content(files={"prp.toml": shortened.encode()})
    assert len(report.removed) == 1
    assert Claim.objects.filter(treatment__slug="prp").count() == claims - 1
    assert exported() == files | {"treatments/prp.toml": shortened}

    # A scale with its steps is one entry as well.
    first_stage = Stage.objects.order_by("pk").first()
    one_scale = files["scales.toml"].replace("[scales.norwood-hamilton.stages.i]\n", "[x]\n", 1)
    one_scale = one_scale[: one_scale.index("[x]")]
    assert import_content(files={"a.toml": one_scale.encode()}).removed
    assert not Stage.objects.filter(pk=first_stage.pk).exists()


def test_what_staff_deleted_comes_back_with_an_import():
    file = exported()["treatments/minoxidil.toml"]
    Treatment.objects.get(slug="minoxidil").delete()
    assert import_content(files={"minoxidil.toml": file.encode()}).created
    assert Treatment.objects.get(slug="minoxidil").findings.exists()


def test_a_dry_run_reports_and_writes_nothing():
    file = exported()["treatments/prp.toml"].replace("A clinic", "Somebody", 1)
    assert import_content(files={"prp.toml": file.encode()}, dry_run=True).updated
    assert not Treatment.objects.filter(summary_en__startswith="Somebody").exists()


def test_an_import_that_takes_away_a_needed_fact_is_refused_whole():
    file = exported()["treatments/prp.toml"]
    kept = file[: file.index("[findings.")]
    with pytest.raises(ContentError, match=r"treatment/prp: .*what one may gain"):
        import_content(files={"prp.toml": kept.encode()})
    assert Finding.objects.filter(treatment__slug="prp").exists()


def test_an_export_holds_every_column():
    """A field that a model gains later must not be left out in silence."""
    for section, model in SECTIONS.items():
        shape = shape_of(model)
        told = {*shape.plain, shape.parent, "id", "content_key", "updated_at", *shape.translated}
        told |= {f"{name}_{language}" for name in shape.translated for language in LANGUAGES}
        told |= {f"{name}_{end}" for name in shape.spans for end in ("low", "high")}
        columns = {column.name for column in model._meta.concrete_fields}
        assert columns <= told, section
        assert {link.name for link in model._meta.many_to_many} == set(shape.links)
        assert not any(isinstance(column, models.DateTimeField) for column in shape.plain.values())


# ---- The commands


def test_export_refuses_a_folder_that_holds_other_content(tmp_path: Path):
    (tmp_path / "other.toml").write_text("")
    with pytest.raises(CommandError, match=r"Nothing was written.*other\.toml"):
        call_command("export_content", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.toml"]


def test_the_import_command_says_what_it_did(tmp_path: Path, capsys):
    call_command("export_content", tmp_path)
    path = tmp_path / "treatments" / "prp.toml"
    path.write_text(path.read_text().replace("A clinic", "Somebody", 1))
    call_command("import_content", tmp_path, dry_run=True, verbosity=2)
    out = capsys.readouterr().out
    assert "0 entries created, 1 updated" in out
    assert "if it were not a dry run" in out
    assert "updated: treatment/prp" in out


def test_the_import_command_refuses_with_the_reason(tmp_path: Path):
    (tmp_path / "x.toml").write_text("[notions.x]\na = 1\n")
    with pytest.raises(CommandError, match=r"Nothing was imported\.\nx\.toml, notions: no such"):
        call_command("import_content", tmp_path)
