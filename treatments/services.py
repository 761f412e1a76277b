"""Every write to the content that means something."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from treatments import publishing
from treatments.content_files import (
    CONTENT_DIR,
    SECTIONS,
    ContentError,
    FileEntry,
    digest_of,
    read_content,
    shape_of,
    stored_values,
    values_of,
)
from treatments.models import LoadedEntry, Source, Treatment
from treatments.models.entries import Entry


@dataclass
class LoadReport:
    """What `load_content` did, by the entries' keys."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Edited or deleted by staff, and so left alone."""


def load_content(*, folder: Path = CONTENT_DIR) -> LoadReport:
    """Bring the content files into the database; what staff have edited or deleted stays theirs.

    Raises ContentError, and writes nothing, if any file has a problem.
    """
    entries = read_content(folder)
    report = LoadReport()
    try:
        with published_stay_complete():
            loaded = {entry.content_key: entry for entry in LoadedEntry.objects.select_for_update()}
            for entry in entries:
                _load(entry, loaded.get(entry.key), report)
    except publishing.NotComplete as error:
        raise ContentError([f"{error.treatment.content_key}: {error}"]) from error
    return report


def _load(entry: FileEntry, loaded: LoadedEntry | None, report: LoadReport) -> None:
    current = entry.model._default_manager.filter(content_key=entry.key).first()
    digest = digest_of(values_of(entry.row, entry.links))
    if loaded and (current is None or digest_of(stored_values(current)) != loaded.digest):
        report.kept.append(entry.key)
    elif loaded and loaded.digest == digest:
        report.unchanged.append(entry.key)
    elif _write(entry, current):
        LoadedEntry.objects.update_or_create(content_key=entry.key, defaults={"digest": digest})
        (report.updated if loaded else report.created).append(entry.key)
    else:
        report.kept.append(entry.key)


def _write(entry: FileEntry, current: Entry | None) -> bool:
    """Save the entry's row; False if what it belongs to was deleted by staff."""
    shape = shape_of(entry.model)
    if entry.parent_key and shape.parent:
        parent_model = SECTIONS[entry.parent_key.split("/", 1)[0]]
        parent = parent_model._default_manager.filter(content_key=entry.parent_key).first()
        if parent is None:
            return False
        setattr(entry.row, shape.parent, parent)
    if current:
        entry.row.pk = current.pk
        entry.row._state.adding = False
    try:
        # What staff made may already have the address or short name that a file brings.
        entry.row.validate_unique()
    except ValidationError as error:
        raise ContentError([f"{entry.file}, {entry.name}: {' '.join(error.messages)}"]) from error
    entry.row.save(force_update=bool(current), force_insert=not current)
    for name, keys in entry.links.items():
        target = Source if name == "sources" else Treatment
        getattr(entry.row, name).set(target.objects.filter(**{f"{shape.links[name]}__in": keys}))
    return True


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
