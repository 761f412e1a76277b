"""The database written as the content files that `content_reader` reads, without loss."""

import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models

from treatments.content_files import (
    LANGUAGES,
    NESTED,
    SECTIONS,
    Shape,
    key_of,
    shape_of,
    stored_values,
    unwrap,
)
from treatments.models import CitingEntry, Precaution, Source, Treatment
from treatments.models.entries import Entry

_WIDTH = 96
_SECTION_OF = {model: section for section, model in SECTIONS.items()}


class StoredContent:
    """All content of the database, each row under the key that its file gives it.

    A row keeps the name it came with; one that staff added is named by its number.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Entry] = {}
        self.owners: dict[str, str] = {}
        """The key of what a row belongs to; empty for one that stands alone."""
        self._inside: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._keys: dict[tuple[object, int], str] = {}
        for section, model in SECTIONS.items():
            shape = shape_of(model)
            rows = list(model._default_manager.prefetch_related(*shape.links))
            owners = {row.pk: self._owner_of(row, shape) for row in rows}
            wished = {row.pk: key_of(section, owners[row.pk], _name_of(row)) for row in rows}
            # A row that was moved yields its name to the one that came with it.
            for row in sorted(rows, key=lambda row: (wished[row.pk] != row.content_key, row.pk)):
                key = self._free(wished[row.pk])
                self._keys[model, row.pk] = key
                self.rows[key] = row
                self.owners[key] = owners[row.pk]
            for row in sorted(rows, key=lambda row: (row.order, row.pk)):
                self._inside[owners[row.pk], section].append(self._keys[model, row.pk])

    def key_of(self, row: Entry) -> str:
        return self._keys[type(row), row.pk]

    def treatment(self, key: str) -> Treatment | None:
        row = self.rows.get(key)
        return row if isinstance(row, Treatment) else None

    def linkable(self) -> dict[str, set[str]]:
        """The sources and treatments that an entry may name."""
        rows = self.rows.values()
        return {
            "sources": {row.key for row in rows if isinstance(row, Source)},
            "treatments": {row.slug for row in rows if isinstance(row, Treatment)},
        }

    def inside(self, owner: str) -> Iterator[str]:
        """The keys of the rows that belong to `owner`, section by section, in their order."""
        for section in SECTIONS:
            yield from self._inside.get((owner, section), ())

    def files(self) -> dict[str, str]:
        """Every content file by its name: one a treatment, one for each shared list."""
        files = {
            f"{section.replace('_', '-')}.toml": self._text(keys)
            for section in SECTIONS
            if section != "treatment" and (keys := self._inside.get(("", section)))
        }
        treatments = self._inside.get(("", "treatment"), ())
        return files | {f"treatments/{stem_of(key)}.toml": self.file_of(key) for key in treatments}

    def file_of(self, treatment: str) -> str:
        """The file of one treatment, by its key."""
        return self._text([treatment, *self.inside(treatment)])

    def precautions_of(self, treatment: str) -> list[str]:
        """The keys of the precautions that name a treatment."""
        row = self.rows[treatment]
        return [
            key
            for key in self.inside("")
            if isinstance(point := self.rows[key], Precaution) and row in point.treatments.all()
        ]

    def shared_of(self, treatment: str) -> str:
        """What a treatment shares with others, as a file: its precautions, and all it cites."""
        precautions = self.precautions_of(treatment)
        rows = [self.rows[key] for key in (*precautions, *self.inside(treatment))]
        cited = {
            self.key_of(source)
            for row in rows
            if isinstance(row, CitingEntry)
            for source in row.sources.all()
        }
        shared = [key for key in self.inside("") if key in cited or key in precautions]
        return self._text(shared, without="treatments")

    def _owner_of(self, row: Entry, shape: Shape) -> str:
        if not shape.parent or (owner := getattr(row, f"{shape.parent}_id")) is None:
            return ""
        return self._keys[row._meta.get_field(shape.parent).related_model, owner]

    def _free(self, key: str) -> str:
        taken = 1
        free = key
        while free in self.rows:
            taken += 1
            free = f"{key}-{taken}"
        return free

    def _text(self, keys: Iterable[str], without: str = "") -> str:
        return "\n".join(part for key in keys for part in self._parts(key, without))

    def _parts(self, key: str, without: str, within: str = "") -> Iterator[str]:
        """An entry, and after it those that stand within it."""
        row = self.rows[key]
        section = _SECTION_OF[type(row)]
        heading = section if section == "treatment" else f"{within}{section}.{stem_of(key)}"
        place = self._inside[self.owners[key], section].index(key) + 1
        yield "\n".join([f"[{heading}]", *_fields(row, place, without), ""])
        if nested := NESTED.get(type(row)):
            for inner in self._inside.get((key, nested), ()):
                yield from self._parts(inner, without, f"{heading}.")


def stem_of(key: str) -> str:
    """What an entry is called within its section, and the file of a treatment."""
    return key.rsplit("/", 1)[1]


def _name_of(row: Entry) -> str:
    if row.content_key:
        return stem_of(row.content_key)
    return row.slug if isinstance(row, Treatment) else f"added-{row.pk}"


def _fields(row: Entry, place: int, without: str) -> Iterator[str]:
    shape = shape_of(type(row))
    values = stored_values(row)
    if not isinstance(row, Treatment) and row.order == place * 10:
        del values["order"]
    for name in _in_order(row, shape):
        value = values.get(name, "")
        if name in shape.translated:
            for language in LANGUAGES:
                if value[language]:
                    yield assignment(f"{name}.{language}", value[language])
        elif name == without or value in ("", None, []):
            continue
        elif isinstance(shape.plain.get(name), models.DateField):
            yield f"{name} = {value}"
        else:
            yield assignment(name, value)


def _in_order(row: Entry, shape: Shape) -> Iterator[str]:
    """The fields as the model declares them, then the links."""
    for column in row._meta.concrete_fields:
        span = column.name.removesuffix("_low")
        if column.name in shape.translated or column.name in shape.plain:
            yield column.name
        elif column.name != span and span in shape.spans:
            yield span
    yield from shape.links


def assignment(name: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{name} = [{', '.join(map(_quoted, value))}]"
    if not isinstance(value, str):
        return f"{name} = {json.dumps(value)}"
    if unwrap(value) != value:
        lines = "".join(f"  {_quoted(line)},\n" for line in value.split("\n"))
        return f"{name} = [\n{lines}]"
    line = f"{name} = {_quoted(value)}"
    if len(line) <= _WIDTH and "\n" not in value:
        return line
    return f'{name} = """\n{_wrapped(value)}"""'


def _quoted(line: str) -> str:
    # JSON's escapes are TOML's, and the one it leaves out.
    return json.dumps(line, ensure_ascii=False).replace("\x7f", "\\u007f")


def _wrapped(text: str) -> str:
    paragraphs = (
        textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for paragraph in text.split("\n\n")
    )
    escaped = re.sub(r'\\|""(?=")|"$', _escape, "\n\n".join(paragraphs))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped)


def _escape(found: re.Match[str]) -> str:
    return "".join(f"\\{letter}" for letter in found[0])
