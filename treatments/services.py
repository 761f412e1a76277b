"""Every write to the content that means something."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from treatments import publishing
from treatments.content_export import StoredContent, stem_of
from treatments.content_files import (
    CONTENT_DIR,
    LANGUAGES,
    SECTIONS,
    ContentError,
    FileEntry,
    digest_of,
    key_of,
    problem_at,
    shape_of,
    stored_values,
    values_of,
)
from treatments.content_reader import read_content, read_files
from treatments.models import LoadedEntry, Precaution, Source, Treatment, TreatmentVersion
from treatments.models.entries import Entry

Cause = TreatmentVersion.Cause


@dataclass
class LoadReport:
    """What became of the entries of content files, by their keys."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Edited or deleted by staff, and so left alone by `load_content`."""
    removed: list[str] = field(default_factory=list)
    """No longer in the file of what they belonged to."""

    @property
    def changed(self) -> list[str]:
        return [*self.created, *self.updated, *self.removed]


# ---- Content files


def load_content(*, folder: Path = CONTENT_DIR) -> LoadReport:
    """Bring the content files into the database; what staff have edited or deleted stays theirs.

    Raises ContentError, and writes nothing, if any file has a problem.
    """
    entries = read_content(folder)
    report = LoadReport()
    with _incomplete_as_content_error(), editing(actor=None, cause=Cause.LOAD):
        loaded = {entry.content_key: entry for entry in LoadedEntry.objects.select_for_update()}
        for entry in entries:
            _load(entry, loaded.get(entry.key), report)
    return report


def _load(entry: FileEntry, loaded: LoadedEntry | None, report: LoadReport) -> None:
    current = _by_key(entry.key)
    parent = _by_key(entry.parent_key) if entry.parent_key else None
    digest = digest_of(values_of(entry.row, entry.links))
    if not loaded and not current:
        if entry.parent_key and not parent:  # staff deleted what it belongs to
            report.kept.append(entry.key)
            return
        _write(entry, None, parent)
        report.created.append(entry.key)
    elif not current or digest_of(stored_values(current)) != (loaded.digest if loaded else digest):
        report.kept.append(entry.key)
        return
    elif not loaded or loaded.digest == digest:
        report.unchanged.append(entry.key)
    else:
        _write(entry, current, parent)
        report.updated.append(entry.key)
    if not loaded or loaded.digest != digest:
        LoadedEntry.objects.update_or_create(content_key=entry.key, defaults={"digest": digest})


def import_content(
    *, files: Mapping[str, bytes], actor: User | None = None, dry_run: bool = False
) -> LoadReport:
    """Make the content say what `files` say, over any edit. Other content is left alone.

    An entry in the files is whole: rows that it no longer holds are removed from it. To
    `load_content` all this is an edit by staff.

    Raises ContentError, and writes nothing, if any file has a problem.
    """
    with transaction.atomic():
        with _incomplete_as_content_error(), editing(actor=actor, cause=Cause.IMPORT):
            stored = StoredContent()
            entries = read_files(files, known=stored.linkable())
            _clean([entry for entry in entries if not _is_unchanged(entry, stored)])
            report = _apply(entries, stored)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _clean(entries: list[FileEntry]) -> None:
    """The rules of `clean`, which the site's own files keep also where the clock is wrong."""
    problems = []
    for entry in entries:
        try:
            entry.row.clean()
        except ValidationError as error:
            problems += [
                problem_at(entry.file, entry.name, name, reason=" ".join(messages))
                for name, messages in error.message_dict.items()
            ]
    if problems:
        raise ContentError(problems)


def _is_unchanged(entry: FileEntry, stored: StoredContent) -> bool:
    current = stored.rows.get(entry.key)
    return bool(current and stored_values(current) == values_of(entry.row, entry.links))


def _apply(entries: list[FileEntry], stored: StoredContent) -> LoadReport:
    """Make rows of the entries, and remove what no longer stands within one of them."""
    report = LoadReport()
    keys = {entry.key for entry in entries}
    for key, row in list(stored.rows.items()):
        this_row = type(row)._default_manager.filter(pk=row.pk)
        if stored.owners[key] in keys and key not in keys:
            this_row.delete()
            report.removed.append(key)
        elif row.content_key in keys and row.content_key != key:
            # It was moved away from what a file describes, and yields its name.
            this_row.update(content_key=None)
    for entry in entries:
        current = stored.rows.get(entry.key)
        if _is_unchanged(entry, stored):
            report.unchanged.append(entry.key)
            continue
        _write(entry, current, stored.rows.get(entry.parent_key))
        stored.rows[entry.key] = entry.row
        (report.updated if current else report.created).append(entry.key)
    return report


def _by_key(key: str) -> Entry | None:
    model = SECTIONS[key.split("/", 1)[0].replace("-", "_")]
    return model._default_manager.filter(content_key=key).first()


def _write(entry: FileEntry, current: Entry | None, parent: Entry | None) -> None:
    shape = shape_of(entry.model)
    if shape.parent:
        setattr(entry.row, shape.parent, parent)
    if current:
        entry.row.pk = current.pk
        entry.row._state.adding = False
    try:
        # What staff made may already have the address or short name that a file brings.
        entry.row.validate_unique()
        entry.row.validate_constraints()
    except ValidationError as error:
        problem = problem_at(entry.file, entry.name, reason=" ".join(error.messages))
        raise ContentError([problem]) from error
    entry.row.save(force_update=bool(current), force_insert=not current)
    for name, keys in entry.links.items():
        target = Source if name == "sources" else Treatment
        getattr(entry.row, name).set(target.objects.filter(**{f"{shape.links[name]}__in": keys}))


@contextmanager
def _incomplete_as_content_error() -> Iterator[None]:
    try:
        yield
    except publishing.NotComplete as error:
        problem = problem_at(error.treatment.content_key or "", reason=error)
        raise ContentError([problem]) from error


# ---- Treatments


def publish(*, treatment: Treatment, actor: User) -> None:
    """Show it to patients. Raises NotComplete where a qualifying fact is missing."""
    with editing(actor=actor, cause=Cause.PUBLISH):
        treatment.status = Treatment.Status.PUBLISHED
        treatment.save(update_fields=["status", "updated_at"])


def withdraw(*, treatment: Treatment, actor: User) -> None:
    """Take it off the site; it stays with staff as a draft."""
    with editing(actor=actor, cause=Cause.WITHDRAW):
        treatment.status = Treatment.Status.DRAFT
        treatment.save(update_fields=["status", "updated_at"])


def duplicate(*, treatment: Treatment, actor: User) -> Treatment:
    """A draft with all rows of another treatment and an address of its own, to start from."""
    with editing(actor=actor, cause=Cause.COPY):
        stored = StoredContent()
        slug = _free_slug(treatment.slug, stored)
        text = stored.file_of(stored.key_of(treatment))
        entries = read_files({f"{slug}.toml": text.encode()}, known=stored.linkable())
        copy = _treatment_of(entries)
        copy.slug, copy.status = slug, Treatment.Status.DRAFT
        # Nobody has read the copy yet.
        copy.reviewed_by, copy.reviewed_on, copy.review_due = "", None, None
        for name in ("name", "short_name"):
            for language in LANGUAGES:
                _mark_as_copy(copy, f"{name}_{language}", language)
        _apply(entries, stored)
        copy.precautions.set(treatment.precautions.all())
    return copy


def _treatment_of(entries: list[FileEntry]) -> Treatment:
    return next(entry.row for entry in entries if isinstance(entry.row, Treatment))


def _free_slug(slug: str, stored: StoredContent) -> str:
    slugs = stored.linkable()["treatments"]
    for number in count(1):
        ending = "-copy" if number == 1 else f"-copy-{number}"
        free = slug[: 50 - len(ending)] + ending
        if free not in slugs and key_of("treatment", "", free) not in stored.rows:
            break
    return free


def _mark_as_copy(copy: Treatment, field: str, language: str) -> None:
    with override(language):
        mark = gettext("copy")
    column = Treatment._meta.get_field(field)
    if (name := getattr(copy, field)) and isinstance(column, models.CharField):
        room = (column.max_length or 0) - len(mark) - 3
        setattr(copy, field, f"{name[:room]} ({mark})")


def return_to(*, version: TreatmentVersion, actor: User) -> Treatment:
    """Make a treatment, with its rows, what it was at `version`; one that was deleted comes back.

    Published stays published and withdrawn withdrawn. Raises NotComplete where the version lacks
    what a published treatment must say, and ContentError where it cannot be read any more.
    """
    with editing(actor=actor, cause=Cause.RETURN):
        stored = StoredContent()
        key = f"treatment/{version.stem}"
        if version.treatment:
            key = stored.key_of(version.treatment)
        current = stored.treatment(key)
        files = {f"{stem_of(key)}.toml": version.text, "shared.toml": version.shared}
        entries = read_files({name: text.encode() for name, text in files.items()})
        treatment = _treatment_of(entries)
        treatment.status = current.status if current else Treatment.Status.DRAFT
        _apply(_without_shared(entries, stored), stored)
        if current:  # the entry is never saved where only rows have changed
            treatment = current
        treatment.precautions.set([stored.rows[point].pk for point in version.precautions])
        TreatmentVersion.objects.filter(stem=version.stem, treatment=None).update(
            treatment=treatment
        )
    return treatment


def _without_shared(entries: list[FileEntry], stored: StoredContent) -> list[FileEntry]:
    """The entries without what others share and is still there, which stays as it is now."""
    names_now = {
        entry.row.key: current.key
        for entry in entries
        if isinstance(entry.row, Source)
        and isinstance(current := stored.rows.get(entry.key), Source)
    }
    kept = []
    for entry in entries:
        if "sources" in entry.links:
            entry.links["sources"] = [names_now.get(key, key) for key in entry.links["sources"]]
        if not isinstance(entry.row, Source | Precaution) or entry.key not in stored.rows:
            kept.append(entry)
    return kept


@contextmanager
def editing(*, actor: User | None, cause: str) -> Iterator[None]:
    """Run an edit of facts of which history is kept, and that `published_stay_complete` allows."""
    with published_stay_complete():
        _keep_versions(None, Cause.OUTSIDE)
        yield
        _keep_versions(actor, cause)


def _keep_versions(actor: User | None, cause: str) -> None:
    """A new version of every treatment that is not what its last version says."""
    stored = StoredContent()
    last = {
        version.treatment_id: (version.text, version.precautions)
        for version in TreatmentVersion.objects.newest_of_each()
    }
    for key, row in stored.rows.items():
        if not isinstance(row, Treatment):
            continue
        text, precautions = stored.file_of(key), stored.precautions_of(key)
        if last.get(row.pk) != (text, precautions):
            TreatmentVersion.objects.create(
                treatment=row,
                stem=stem_of(key),
                made_by=actor,
                cause=cause,
                text=text,
                precautions=precautions,
                shared=stored.shared_of(key),
            )
            if row.pk in last:
                # Its page is new, and so are the facts, even if only what hangs on it has changed.
                Treatment.objects.filter(pk=row.pk).update(updated_at=timezone.now())


@contextmanager
def published_stay_complete() -> Iterator[None]:
    """Run an edit of facts that must not take away what a treatment was published for.

    Raises NotComplete, which names what is missing, and undoes the edit. A treatment that was
    incomplete before does not count: it must be possible to mend it, and others meanwhile.
    """
    with transaction.atomic():
        # One edit at a time: two that each leave one finding must not leave none together.
        list(Treatment.objects.select_for_update().order_by("pk").values_list("pk"))
        before = {treatment.pk for treatment, _missing in _incomplete()}
        yield
        for treatment, missing in _incomplete():
            if treatment.pk not in before:
                raise publishing.NotComplete(treatment, missing)


def _incomplete() -> Iterator[tuple[Treatment, list[publishing.Check]]]:
    published = Treatment.objects.published().with_facts().prefetch_related("findings__sources")
    for treatment in published:
        if missing := publishing.missing(treatment):
            yield treatment, missing
