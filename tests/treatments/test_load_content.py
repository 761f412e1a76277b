from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from treatments.content_files import CONTENT_DIR, ContentError
from treatments.content_reader import files_in, read_content
from treatments.models import Finding, LoadedEntry, SideEffect, Source, Treatment
from treatments.services import import_content, load_content

pytestmark = pytest.mark.usefixtures("content")

SMALL = """
[treatment]
slug = "sample-cap"
order = 50
name.en = "Sample cap"
short_name.en = "Cap"
summary.en = "A cap."
what_it_is.en = "A cap."
how_it_works.en = "It is worn."
mechanism_in_short.en = "Worn."
how_it_is_given.en = "On the head."
regulatory_status.en = "None."
sessions = "1-3 sessions"

[findings.warmth]
topic = "growth"
statement.en = '''
It is
warm.

Very.'''
certainty = "low"
sources = ["Z1"]
checked_on = 2026-01-01

[sources.Z1]
key = "Z1"
kind = "study"
reference = "Sample study"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cap.toml").write_text(SMALL)
    return tmp_path


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "cap.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_the_real_content_loads_again_without_a_change():
    before = list(Treatment.objects.values())
    report = load_content()
    assert not report.created
    assert not report.updated
    assert len(report.unchanged) == len(read_content()) == LoadedEntry.objects.count()
    assert list(Treatment.objects.values()) == before


def test_an_entry_becomes_a_row_with_its_links(folder):
    load_content(folder=folder)
    finding = Finding.objects.get(treatment__slug="sample-cap")
    assert finding.statement_en == "It is warm.\n\nVery."
    assert [source.key for source in finding.sources.all()] == ["Z1"]
    assert finding.treatment.sessions.as_text() == "1-3 sessions"
    assert finding.treatment.first_results is None


def test_a_space_at_which_no_line_may_break_is_kept(folder):
    rewrite(folder, "It is\nwarm.", "p\u00a0=\u00a00.1,\nwarm.")
    load_content(folder=folder)
    assert Finding.objects.get(treatment__slug="sample-cap").statement_en == (
        "p\u00a0=\u00a00.1, warm.\n\nVery."
    )


def test_a_changed_file_updates_what_staff_left_alone(folder):
    load_content(folder=folder)
    rewrite(folder, "A cap.", "A better cap.")
    report = load_content(folder=folder)
    assert report.updated == ["treatment/cap"]
    assert Treatment.objects.get(slug="sample-cap").summary_en == "A better cap."


def test_what_staff_edited_is_kept(folder):
    load_content(folder=folder)
    Finding.objects.filter(treatment__slug="sample-cap").update(statement_en="Staff's words.")
    rewrite(folder, "warm.", "hot.")
    report = load_content(folder=folder)
    assert report.kept == ["findings/cap/warmth"]
    assert Finding.objects.get(treatment__slug="sample-cap").statement_en == "Staff's words."


def test_sources_that_staff_changed_are_kept(folder):
    load_content(folder=folder)
    finding = Finding.objects.get(treatment__slug="sample-cap")
    finding.sources.set([Source.objects.get(key="P1")])
    rewrite(folder, "warm.", "hot.")
    assert load_content(folder=folder).kept == ["findings/cap/warmth"]
    assert [source.key for source in finding.sources.all()] == ["P1"]


def test_what_staff_deleted_stays_deleted(folder):
    load_content(folder=folder)
    Treatment.objects.get(slug="sample-cap").delete()
    rewrite(folder, "A cap.", "A better cap.")
    load_content(folder=folder)
    assert not Treatment.objects.filter(slug="sample-cap").exists()


def test_a_new_row_of_a_deleted_treatment_is_left_out(folder):
    load_content(folder=folder)
    Treatment.objects.get(slug="sample-cap").delete()
    with (folder / "cap.toml").open("a") as file:
        file.write(
            '\n[side_effects.itch]\nname.en = "Itch"\nseriousness = "mild"\n'
            'frequency = "unknown"\nbasis = "clinics"\n'
        )
    assert "side-effects/cap/itch" in load_content(folder=folder).kept
    assert not SideEffect.objects.filter(name_en="Itch").exists()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('slug = "sample-cap"', "slug = ", r"cap\.toml: not valid TOML: .*line 3"),
        ('short_name.en = "Cap"', "", r"cap\.toml, treatment, short_name_en: "),
        ('summary.en = "A cap."', 'sumary.en = "A cap."', "treatment, sumary: no such field"),
        ('summary.en = "A cap."', 'summary = "A cap."', "treatment, summary: write summary.en"),
        ('summary.en = "A cap."', 'summary.fr = "A cap."', "no language “fr”"),
        ("order = 50", 'order = "first"', "treatment, order: must be a int"),
        ("order = 50", "order = true", "treatment, order: must be a int"),
        ("1-3 sessions", "3-1 sessions", "sessions: 3–1 sessions: the first number is above"),
        ("1-3 sessions", "a few", 'sessions: "a few": write it like'),
        ('certainty = "low"', 'certainty = "sure"', r"findings\.warmth, certainty: "),
        ('sources = ["Z1"]', 'sources = ["Z9"]', "names “Z9”, which no file describes"),
        ('sources = ["Z1"]', 'sources = "Z1"', "sources: write a list"),
        ("[findings.warmth]", "[notions.warmth]", "notions: no such section"),
        ("2026-01-01", '"soon"', "checked_on: must be a date"),
        ('"sample-cap"', '"cap-vs-hat"', "treatment, slug: Leave out the word"),
        ('summary.en = "A cap."', 'summary.en = ["A", 1]', r"summary: must be a text.*\['A', 1\]"),
        ('summary.en = "A cap."', r'summary.en = "A\u0000"', "summary: holds a NUL"),
        ("order = 50", f"order = {'9' * 5000}", "not valid TOML"),
        ("order = 50", f"order = {'[' * 5000}", "not valid TOML"),
        ("order = 50", "order = 100000000000000000000", "treatment, order: Ensure this value"),
        ("1-3 sessions", "1-100000000000000000000 sessions", "sessions_high: Ensure this value"),
        ("[findings.warmth]", "[findings.warmth]\nrates = 5", "findings.warmth: write a table"),
    ],
)
def test_a_broken_file_is_refused_whole_with_file_entry_and_reason(folder, old, new, problem):
    (folder / "good.toml").write_text(SMALL.replace("Z1", "Z2").replace("-cap", "-hat"))
    rewrite(folder, old, new)
    before = LoadedEntry.objects.count()
    with pytest.raises(ContentError, match=problem):
        load_content(folder=folder)
    assert LoadedEntry.objects.count() == before
    assert not Treatment.objects.filter(slug__startswith="sample-").exists()


def test_a_broken_file_names_every_problem_at_once(folder):
    rewrite(folder, 'certainty = "low"', 'certainty = "sure"')
    rewrite(folder, "1-3 sessions", "a few")
    with pytest.raises(ContentError) as error:
        load_content(folder=folder)
    assert len(error.value.problems) == 2


def test_the_same_entry_in_two_files_is_refused(folder):
    (folder / "twin.toml").write_text('[sources.Z1]\nkey="Z1"\nkind="study"\nreference="x"\n')
    with pytest.raises(ContentError, match=r"also in cap\.toml"):
        load_content(folder=folder)


def test_rows_without_their_treatment_are_refused(folder):
    (folder / "cap.toml").write_text('[side_effects.itch]\nname.en = "Itch"\n')
    with pytest.raises(ContentError, match=r"side_effects\.itch: needs a \[treatment\]"):
        load_content(folder=folder)


def test_a_file_of_a_treatment_must_be_named_plainly(folder):
    (folder / "cap.toml").rename(folder / "cap (1).toml")
    with pytest.raises(ContentError, match=r"cap \(1\)\.toml: the file of a treatment is named"):
        load_content(folder=folder)


def test_a_rule_of_the_database_is_told_with_file_and_entry(folder):
    stage = '[scales.s.stages.{}]\nlabel = "I"\ndescription.en = "x"\n'
    (folder / "scale.toml").write_text(
        '[scales.s]\nname.en = "S"\nused_for.en = "x"\nexplanation.en = "x"\n'
        + stage.format("a")
        + stage.format("b")
    )
    with pytest.raises(ContentError, match=r"scale\.toml, stages\.b: .*already exists"):
        load_content(folder=folder)


def test_what_an_import_brought_is_adopted_where_it_says_the_same(folder):
    import_content(files=files_in(folder))
    assert "treatment/cap" in load_content(folder=folder).unchanged
    rewrite(folder, "A cap.", "A better cap.")
    assert load_content(folder=folder).updated == ["treatment/cap"]


def test_a_mark_at_the_start_and_line_ends_of_windows_are_no_text(folder):
    text = (folder / "cap.toml").read_text().replace("\n", "\r\n")
    (folder / "cap.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    load_content(folder=folder)
    assert Finding.objects.get(treatment__slug="sample-cap").statement_en == "It is warm.\n\nVery."


def test_an_address_that_staff_gave_to_another_treatment_is_refused(folder):
    Treatment.objects.filter(slug="minoxidil").update(slug="sample-cap")
    with pytest.raises(ContentError, match=r"cap\.toml, treatment: .*already"):
        load_content(folder=folder)
    assert not Source.objects.filter(key="Z1").exists()


def test_a_published_treatment_that_is_incomplete_is_refused(folder):
    rewrite(folder, "order = 50", 'order = 50\nstatus = "published"')
    with pytest.raises(ContentError, match=r"treatment/cap: “Cap” .* missing: what it is like"):
        load_content(folder=folder)
    assert not Treatment.objects.filter(slug="sample-cap").exists()


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ContentError, match="no content files"):
        load_content(folder=tmp_path)


def test_the_command_says_what_it_did(folder):
    out = StringIO()
    call_command("load_content", folder=folder, stdout=out)
    assert "3 entries created, 0 updated, 0 unchanged" in out.getvalue()


def test_the_command_refuses_with_the_reason(folder):
    rewrite(folder, 'certainty = "low"', 'certainty = "sure"')
    with pytest.raises(CommandError, match=r"Nothing was loaded\.\ncap\.toml, findings\.warmth"):
        call_command("load_content", folder=folder)


def test_each_treatment_has_a_file_of_its_own():
    files = {path.stem for path in (CONTENT_DIR / "treatments").glob("*.toml")}
    assert files == set(Treatment.objects.values_list("slug", flat=True))
