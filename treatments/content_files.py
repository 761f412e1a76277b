"""The content files: one readable TOML file a treatment, and one for each shared list.

A file holds sections, a section holds entries, an entry holds the fields of one row:

    [treatment]                      # at most one a file; the rows below belong to it
    slug = "prp"
    sessions = "3-5 sessions"        # a span; leave it out for "not known"
    name.en = "PRP"
    name.ur = "پی آر پی"

    [findings.density]               # section, and the entry's own name
    topic = "growth"
    statement.en = "..."
    sources = ["P1", "P2"]

Rows are shown in the order of the file. Texts may be wrapped over lines; an empty
line starts a paragraph.
"""

from __future__ import annotations  # generics that only exist in type stubs

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from modeltranslation.translator import translator

from treatments.models import (
    Claim,
    EventRate,
    Finding,
    Precaution,
    Question,
    QuestionToAsk,
    RedFlag,
    Regulation,
    Scale,
    SideEffect,
    Source,
    Stage,
    Suitability,
    Treatment,
)
from treatments.models.entries import Entry
from treatments.spans import SpanField

CONTENT_DIR = Path(__file__).parent / "content"

# In the order in which they must be written: what is referred to comes first.
SECTIONS: dict[str, type[Entry]] = {
    "sources": Source,
    "treatment": Treatment,
    "precautions": Precaution,
    "findings": Finding,
    "claims": Claim,
    "side_effects": SideEffect,
    "suitabilities": Suitability,
    "regulations": Regulation,
    "questions": Question,
    "red_flags": RedFlag,
    "questions_to_ask": QuestionToAsk,
    "scales": Scale,
    "rates": EventRate,
    "stages": Stage,
}
# Sections that stand within an entry: [findings.density.rates.minoxidil].
NESTED: dict[type[Entry], str] = {Finding: "rates", Scale: "stages"}
LANGUAGES = [code for code, _ in settings.LANGUAGES]


class ContentError(Exception):
    """Files that cannot be loaded; `problems` says file, entry and reason of each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Shape:
    """Which fields an entry of a model has, as the files write them."""

    translated: tuple[str, ...]
    spans: dict[str, SpanField]
    links: dict[str, str]
    plain: dict[str, models.Field[Any, Any]]
    parent: str | None


@cache
def shape_of(model: type[Entry]) -> Shape:
    translated = tuple(translator.get_options_for_model(model).all_fields)
    spans = {name: value for name, value in vars(model).items() if isinstance(value, SpanField)}
    hidden = {"id", "content_key", *translated}
    hidden |= {f"{name}_{language}" for name in translated for language in LANGUAGES}
    hidden |= {f"{name}_{end}" for name in spans for end in ("low", "high")}
    if model is not Treatment:
        hidden.add("order")  # rows follow the order of the file
    plain = {}
    parent = None
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey):
            parent = column.name
        elif column.name not in hidden and not getattr(column, "auto_now", False):
            plain[column.name] = column
    links = {
        link.name: "key" if link.related_model is Source else "slug"
        for link in model._meta.many_to_many
    }
    return Shape(translated, spans, links, plain, parent)


@dataclass
class FileEntry:
    """One entry as a file has it: an unsaved row, what it belongs to, and what it links to."""

    file: str
    name: str
    section: str
    key: str
    row: Entry
    parent_key: str | None = None
    links: dict[str, list[str]] = field(default_factory=dict)

    @property
    def model(self) -> type[Entry]:
        return type(self.row)


def values_of(row: Entry, links: dict[str, list[str]]) -> dict[str, Any]:
    """A row as the files would write it. What `load_content` compares to tell edits."""
    shape = shape_of(type(row))
    values: dict[str, Any] = {
        name: {language: getattr(row, f"{name}_{language}") or "" for language in LANGUAGES}
        for name in shape.translated
    }
    for name in shape.spans:
        span = getattr(row, name)
        values[name] = span.as_text() if span else ""
    for name in shape.plain:
        value = getattr(row, name)
        values[name] = value.isoformat() if isinstance(value, date) else value
    values["order"] = row.order
    return values | {name: sorted(keys) for name, keys in links.items()}


def stored_values(row: Entry) -> dict[str, Any]:
    """`values_of` a row in the database; prefetch its links to save queries."""
    links = {
        name: [getattr(linked, key) for linked in getattr(row, name).all()]
        for name, key in shape_of(type(row)).links.items()
    }
    return values_of(row, links)


def digest_of(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def read_content(folder: Path = CONTENT_DIR) -> list[FileEntry]:
    """All entries of the files below `folder`, in the order in which they can be written.

    Raises ContentError with every problem of every file.
    """
    problems: list[str] = []
    entries: list[FileEntry] = []
    for path in sorted(folder.rglob("*.toml")):
        reader = _FileReader(path, str(path.relative_to(folder)), problems)
        entries.extend(reader.read())
    _check_links(entries, problems)
    if not entries and not problems:
        problems.append(f"{folder}: no content files here")
    if problems:
        raise ContentError(problems)
    order = list(SECTIONS)
    return sorted(entries, key=lambda entry: order.index(entry.section))


def _check_links(entries: list[FileEntry], problems: list[str]) -> None:
    seen: dict[str, FileEntry] = {}
    names: dict[str, set[str]] = {"sources": set(), "treatments": set()}
    for entry in entries:
        if entry.key in seen:
            problems.append(f"{entry.file}, {entry.name}: also in {seen[entry.key].file}")
        seen[entry.key] = entry
        if isinstance(entry.row, Source):
            names["sources"].add(entry.row.key)
        elif isinstance(entry.row, Treatment):
            names["treatments"].add(entry.row.slug)
    for entry in entries:
        for link, keys in entry.links.items():
            problems.extend(
                f"{entry.file}, {entry.name}: {link} names “{key}”, which no file describes"
                for key in keys
                if key not in names[link]
            )


def _unwrap(text: str) -> str:
    """Undo the wrapping of a text; empty lines stay as breaks between paragraphs."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


class _FileReader:
    def __init__(self, path: Path, file: str, problems: list[str]) -> None:
        self.path = path
        self.file = file
        self.problems = problems
        self.treatment_key: str | None = None

    def read(self) -> Iterator[FileEntry]:
        try:
            data = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problems.append(f"{self.file}: not valid TOML: {error}")
            return
        if "treatment" in data:
            self.treatment_key = f"treatment/{self.path.stem}"
            yield from self._entry("treatment", self.path.stem, data.pop("treatment"), 0, None)
        for section, table in data.items():
            known = [name for name in SECTIONS if name not in NESTED.values()]
            if section not in known or not isinstance(table, dict):
                self.problems.append(
                    f"{self.file}, {section}: no such section; there are {', '.join(known)}"
                )
                continue
            for place, (name, values) in enumerate(table.items(), start=1):
                yield from self._entry(section, name, values, place, self.treatment_key)

    def _entry(
        self, section: str, name: str, values: Any, place: int, parent: str | None
    ) -> Iterator[FileEntry]:
        model = SECTIONS[section]
        shape = shape_of(model)
        where = section if section == "treatment" else f"{section}.{name}"
        if not isinstance(values, dict):
            self.problems.append(f"{self.file}, {where}: write a table of fields")
            return
        values = dict(values)
        nested = NESTED.get(model, "")
        inner = values.pop(nested, {})
        owner = parent.split("/", 1)[1] + "/" if parent and shape.parent else ""
        key = f"{section}/{owner}{name}".lower().replace("_", "-")
        entry = FileEntry(self.file, where, section, key, model(), parent if shape.parent else None)
        entry.row.content_key = key
        entry.row.order = place * 10
        before = len(self.problems)
        self._fill(entry, shape, values)
        if len(self.problems) == before:
            self._validate(entry, shape)
        yield entry
        for number, (inner_name, fields) in enumerate(inner.items(), start=1):
            yield from self._entry(nested, inner_name, fields, number, key)

    def _fill(self, entry: FileEntry, shape: Shape, values: dict[str, Any]) -> None:
        for name, value in values.items():
            try:
                if name in shape.translated:
                    self._fill_translated(entry.row, name, value)
                elif name in shape.spans:
                    self._fill_span(entry.row, name, shape.spans[name], value)
                elif name in shape.links:
                    entry.links[name] = self._strings(value)
                elif name in shape.plain:
                    setattr(entry.row, name, self._plain(shape.plain[name], value))
                else:
                    known = [*shape.translated, *shape.spans, *shape.links, *shape.plain]
                    raise ValueError(f"no such field; there are {', '.join(known)}")
            except ValueError as error:
                self.problems.append(f"{entry.file}, {entry.name}, {name}: {error}")
        for name in shape.links:
            entry.links.setdefault(name, [])

    @staticmethod
    def _fill_translated(row: Entry, name: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise ValueError(f'write {name}.en = "…" (and {name}.ur for Urdu)')
        for language, text in value.items():
            if language not in LANGUAGES:
                raise ValueError(f"no language “{language}”; there are {', '.join(LANGUAGES)}")
            if not isinstance(text, str):
                raise ValueError(f"{language} must be a text in quotes")
            setattr(row, f"{name}_{language}", _unwrap(text))

    @staticmethod
    def _fill_span(row: Entry, name: str, span: SpanField, value: Any) -> None:
        if not isinstance(value, str):
            raise ValueError(f'write it like "2-4 {span.unit}"')
        setattr(row, name, span.parse(value))

    @staticmethod
    def _strings(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError('write a list such as ["P1", "P2"]')
        return value

    @staticmethod
    def _plain(column: models.Field[Any, Any], value: Any) -> Any:
        expected: type = str
        if isinstance(column, models.BooleanField):
            expected = bool
        elif isinstance(column, models.DateField):
            expected = date
        elif isinstance(column, models.IntegerField):
            expected = int
        if type(value) is not expected:
            raise ValueError(f"must be a {expected.__name__}, not {value!r}")
        return _unwrap(value) if isinstance(value, str) else value

    def _validate(self, entry: FileEntry, shape: Shape) -> None:
        """The model's own rules, short of those that need the database."""
        # The bare names are proxies of the English columns, which are checked themselves.
        skip = {*shape.translated, shape.parent or "id"}
        try:
            entry.row.clean_fields(exclude=skip)
            for constraint in entry.row._meta.constraints:
                if isinstance(constraint, models.CheckConstraint):
                    constraint.validate(entry.model, entry.row)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                reason = " ".join(str(message) for message in messages)
                self.problems.append(f"{entry.file}, {entry.name}, {name}: {reason}")
