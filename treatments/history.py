"""What changed between two versions of a treatment, in the words of the editor's form."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from django.core.exceptions import FieldDoesNotExist
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from treatments.content_files import LANGUAGES, NESTED, SECTIONS, shape_of, unwrap
from treatments.models import Treatment, TreatmentVersion
from treatments.models.entries import Entry
from treatments.spans import Span

Values = dict[str, Any]
Path = tuple[str, ...]
# A figure such as 25.6 is one word; the full stop behind a word is another.
_WORDS = re.compile(r"\s+|[^\s.,;:۔،؛]+(?:[.,]\d+)*|[.,;:۔،؛]")
Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class TextChange:
    """One field before and after; `language` is empty where it is the same in both."""

    label: str | Promise
    language: str
    before: str
    after: str

    @cached_property
    def pieces(self) -> list[tuple[str, str]]:
        """The words that stayed ("same"), went ("gone") and came ("new"), in reading order."""
        before, after = (_WORDS.findall(text) for text in (self.before, self.after))
        found: list[tuple[str, str]] = []
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for what, start, end, new_start, new_end in matcher.get_opcodes():
            if what == "equal":
                found.append(("same", "".join(before[start:end])))
                continue
            if start < end:
                found.append(("gone", "".join(before[start:end])))
            if new_start < new_end:
                found.append(("new", "".join(after[new_start:new_end])))
        return found


@dataclass
class EntryChange:
    """What became of one row, or of the treatment itself."""

    kind: Kind
    what: str | Promise
    title: str = ""
    texts: list[TextChange] = field(default_factory=list)


def changes(before: TreatmentVersion | None, after: TreatmentVersion) -> list[EntryChange]:
    """What somebody did to get from one version to the next; nothing for the first of all."""
    if before is None:
        return []
    old, new = _entries(before.text), _entries(after.text)
    found = []
    for path in [*new, *(path for path in old if path not in new)]:
        texts = list(_text_changes(path, old.get(path, {}), new.get(path, {})))
        kind: Kind = "added" if path not in old else "removed" if path not in new else "changed"
        if texts or kind != "changed":
            title = _title(path, new.get(path) or old[path])
            found.append(EntryChange(kind, _model(path)._meta.verbose_name or "", title, texts))
    return [*found, *_precautions(before, after), *_moves(old, new)]


def _entries(text: str) -> dict[Path, Values]:
    """Every entry of a file under its section and name, those within others after them."""
    found: dict[Path, Values] = {}
    for section, table in tomllib.loads(text).items():
        if section not in SECTIONS:
            continue  # one of that time
        if section == "treatment":
            found[(section,)] = table
            continue
        for name, values in table.items():
            inner = NESTED.get(SECTIONS[section], "")
            rows = values.pop(inner, {})
            found[section, name] = values
            found |= {(section, name, inner, row): rows[row] for row in rows}
    return found


def _model(path: Path) -> type[Entry]:
    return SECTIONS[path[0] if len(path) < 3 else path[2]]


def _text_changes(path: Path, old: Values, new: Values) -> Iterator[TextChange]:
    model = _model(path)
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name, ""), new.get(name, "")
        if name in shape_of(model).translated:
            for language in LANGUAGES:
                texts = [(side or {}).get(language, "") for side in (before, after)]
                yield from _text_change(model, name, language, *texts)
        elif name != "order" or model is Treatment:
            yield from _text_change(model, name, "", before, after)


def _text_change(
    model: type[Entry], name: str, language: str, before: Any, after: Any
) -> Iterator[TextChange]:
    if before != after:
        words = [_in_words(model, name, value) for value in (before, after)]
        yield TextChange(_label(model, name), language, *words)


def _label(model: type[Entry], name: str) -> str | Promise:
    if span := shape_of(model).spans.get(name):
        return span.verbose_name
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name  # a field of that time
    return getattr(column, "verbose_name", name)


def _in_words(model: type[Entry], name: str, value: Any) -> str:
    """A value of a file as the form would show it."""
    column = shape_of(model).plain.get(name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, list):
        return ("\n" if name not in shape_of(model).links else ", ").join(value)
    if isinstance(value, str) and value:
        if span := shape_of(model).spans.get(name):
            return _span_in_words(value, span)
        if column is not None and column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        return unwrap(value)
    return str(value)


def _span_in_words(value: str, span: Any) -> str:
    try:
        return str(Span.parse(value, span.unit))
    except ValueError:
        return value  # in a unit of that time


def _title(path: Path, values: Values) -> str:
    """How an editor knows a row again: its topic or place, and how its first text begins."""
    model = _model(path)
    if model is Treatment:
        return ""
    words = [
        _in_words(model, name, values[name])
        for name in ("topic", "place", "label")
        if values.get(name)
    ]
    for column in model._meta.concrete_fields:
        texts = values.get(column.name) if column.name in shape_of(model).translated else None
        texts = texts or {}
        if text := texts.get(get_language()) or texts.get("en"):
            shown = " ".join(text) if isinstance(text, list) else unwrap(text)
            words.append(Truncator(shown).chars(70))
            break
    return ": ".join(words)


def _precautions(before: TreatmentVersion, after: TreatmentVersion) -> Iterator[EntryChange]:
    """Those that began or ceased to name the treatment."""
    what = _model(("precautions",))._meta.verbose_name or ""
    kinds: tuple[tuple[Kind, TreatmentVersion, TreatmentVersion], ...] = (
        ("added", after, before),
        ("removed", before, after),
    )
    for kind, version, other in kinds:
        entries = _entries(version.shared)
        for key in version.precautions:
            if key not in other.precautions:
                path = ("precautions", key.rsplit("/", 1)[1])
                yield EntryChange(kind, what, _title(path, entries.get(path, {})))


def _moves(old: dict[Path, Values], new: dict[Path, Values]) -> Iterator[EntryChange]:
    """Sections whose rows are the same but stand in another order."""
    for section in dict.fromkeys(path[0] for path in new):
        before, after = (
            [path for path in rows if path[0] == section and path in old and path in new]
            for rows in (old, new)
        )
        if before != after:
            yield EntryChange("moved", _model((section,))._meta.verbose_name_plural or "")
