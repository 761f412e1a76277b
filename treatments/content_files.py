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

Rows are shown in the order of the file; where a row keeps another place among equals, `order`
says so. Texts may be wrapped over lines; an empty line starts a paragraph. A text whose every
space and line break counts is a list of its lines: name.en = ["one", "  two"].

`content_reader` reads the files, `content_export` writes the same from the database.
"""

from __future__ import annotations  # generics that only exist in type stubs

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
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
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class ContentError(Exception):
    """Files that cannot be loaded; `problems` says file, entry and reason of each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def problem_at(*place: str, reason: object) -> str:
    """A problem of a file: where it is, as narrow as it is known, and what is wrong there."""
    return _("%(place)s: %(reason)s") % {"place": ", ".join(place), "reason": reason}


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
    parent_key: str = ""
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


def unwrap(text: str) -> str:
    """Undo the wrapping of a text; empty lines stay as breaks between paragraphs."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    # Not split(): it would also take the spaces at which no line may break.
    return "\n\n".join(" ".join(re.findall(r"(?a:\S)+", paragraph)) for paragraph in paragraphs)


def key_of(section: str, owner: str, name: str) -> str:
    """The key of an entry; `owner` is the key of what it belongs to, if to anything."""
    within = owner.split("/", 1)[1] + "/" if owner else ""
    return f"{section}/{within}{name}".lower().replace("_", "-")
