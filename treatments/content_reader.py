"""The content files read into rows that are not stored yet, with every mistake in them named."""

from __future__ import annotations  # generics that only exist in type stubs

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from treatments.content_files import (
    CONTENT_DIR,
    LANGUAGES,
    NESTED,
    SECTIONS,
    ContentError,
    FileEntry,
    Shape,
    key_of,
    problem_at,
    shape_of,
    unwrap,
)
from treatments.models import Source, Treatment
from treatments.models.entries import Entry
from treatments.spans import SpanField


def read_content(folder: Path = CONTENT_DIR) -> list[FileEntry]:
    """All entries of the content files below `folder`; see `read_files`."""
    return read_files(files_in(folder))


def files_in(folder: Path) -> dict[str, bytes]:
    """The content files below `folder`, by their names. Raises ContentError if there are none."""
    paths = sorted(folder.rglob("*.toml"))
    if not paths:
        raise ContentError([problem_at(str(folder), reason=_("no content files here"))])
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def read_files(
    files: Mapping[str, bytes], *, known: Mapping[str, set[str]] | None = None
) -> list[FileEntry]:
    """All entries of the files, by their names, in the order in which they can be written.

    `known` are the sources and treatments that entries may name though no file describes them.
    Raises ContentError with every problem of every file.
    """
    problems: list[str] = []
    entries: list[FileEntry] = []
    for file, content in files.items():
        entries.extend(_FileReader(file, content, problems).read())
    _check_links(entries, known or {}, problems)
    if not entries and not problems:
        problems.append(_("no entries in these files"))
    if problems:
        raise ContentError(problems)
    order = list(SECTIONS)
    return sorted(entries, key=lambda entry: order.index(entry.section))


def _check_links(
    entries: list[FileEntry], known: Mapping[str, set[str]], problems: list[str]
) -> None:
    seen: dict[str, FileEntry] = {}
    names = {link: set(known.get(link, ())) for link in ("sources", "treatments")}
    for entry in entries:
        if entry.key in seen:
            reason = _("also in %(file)s") % {"file": seen[entry.key].file}
            problems.append(problem_at(entry.file, entry.name, reason=reason))
        seen[entry.key] = entry
        if isinstance(entry.row, Source):
            names["sources"].add(entry.row.key)
        elif isinstance(entry.row, Treatment):
            names["treatments"].add(entry.row.slug)
    for entry in entries:
        for link, keys in entry.links.items():
            problems.extend(
                problem_at(
                    entry.file,
                    entry.name,
                    reason=_("%(field)s names “%(key)s”, which no file describes")
                    % {"field": link, "key": key},
                )
                for key in keys
                if key not in names[link]
            )


def _text(value: Any) -> str:
    """A text as a file has it: wrapped, or a list of lines that are kept as they are."""
    lines = value if isinstance(value, list) else [value]
    if not all(isinstance(line, str) for line in lines):
        raise ValueError(
            _("must be a text in quotes, or a list of its lines, not %(value)s")
            % {"value": repr(value)}
        )
    if any("\0" in line for line in lines):
        raise ValueError(_("holds a NUL, which is no letter"))
    return "\n".join(value) if isinstance(value, list) else unwrap(value)


class _FileReader:
    def __init__(self, file: str, content: bytes, problems: list[str]) -> None:
        self.file = file
        self.stem = PurePosixPath(file).stem
        self.content = content
        self.problems = problems
        self.treatment_key = ""

    def read(self) -> Iterator[FileEntry]:
        try:
            # Editors on Windows put a mark at the start that is no part of the text.
            data = tomllib.loads(self.content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            self._refuse(_("not valid TOML: %(error)s") % {"error": error})
            return
        if "treatment" in data:
            if not re.fullmatch(r"[A-Za-z0-9_-]+", self.stem):
                self._refuse(
                    _(
                        "the file of a treatment is named in letters, figures and hyphens, "
                        "such as prp.toml"
                    )
                )
                return
            self.treatment_key = key_of("treatment", "", self.stem)
            yield from self._entry("treatment", self.stem, data.pop("treatment"), 0, "")
        for section, table in data.items():
            known = [name for name in SECTIONS if name not in NESTED.values()]
            if section not in known or not isinstance(table, dict):
                reason = _("no such section; there are %(sections)s")
                self._refuse(reason % {"sections": ", ".join(known)}, section)
                continue
            for place, (name, values) in enumerate(table.items(), start=1):
                yield from self._entry(section, name, values, place, self.treatment_key)

    def _refuse(self, reason: object, *within: str) -> None:
        self.problems.append(problem_at(self.file, *within, reason=reason))

    def _entry(
        self, section: str, name: str, values: Any, place: int, parent: str
    ) -> Iterator[FileEntry]:
        model = SECTIONS[section]
        shape = shape_of(model)
        where = section if section == "treatment" else f"{section}.{name}"
        nested = NESTED.get(model, "")
        inner = values.get(nested, {}) if isinstance(values, dict) else None
        if not isinstance(values, dict) or not isinstance(inner, dict):
            self._refuse(_("write a table of fields"), where)
            return
        if not shape.parent:
            parent = ""
        elif not parent and not model._meta.get_field(shape.parent).null:
            reason = _("needs a %(section)s in its file")
            self._refuse(reason % {"section": f"[{shape.parent}]"}, where)
            return
        key = key_of(section, parent, name)
        entry = FileEntry(self.file, where, section, key, model(), parent)
        entry.row.content_key = key
        entry.row.order = place * 10
        before = len(self.problems)
        self._fill(entry, shape, {each: values[each] for each in values if each != nested})
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
                    reason = _("no such field; there are %(fields)s")
                    raise ValueError(reason % {"fields": ", ".join(known)})
            except ValueError as error:
                self._refuse(error, entry.name, name)
        for name in shape.links:
            entry.links.setdefault(name, [])

    @staticmethod
    def _fill_translated(row: Entry, name: str, value: Any) -> None:
        if not isinstance(value, dict):
            reason = _("write %(english)s (and %(urdu)s for Urdu)")
            raise ValueError(reason % {"english": f'{name}.en = "…"', "urdu": f"{name}.ur"})
        for language, text in value.items():
            if language not in LANGUAGES:
                reason = _("no language “%(language)s”; there are %(languages)s")
                raise ValueError(reason % {"language": language, "languages": ", ".join(LANGUAGES)})
            setattr(row, f"{name}_{language}", _text(text))

    @staticmethod
    def _fill_span(row: Entry, name: str, span: SpanField, value: Any) -> None:
        if not isinstance(value, str):
            reason = _("write it like %(example)s")
            raise ValueError(reason % {"example": f'"2-4 {span.unit}"'})
        setattr(row, name, span.parse(value))

    @staticmethod
    def _strings(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(_("write a list such as %(example)s") % {"example": '["P1", "P2"]'})
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
        if expected is str:
            return _text(value)
        if type(value) is not expected:
            reason = _("must be a %(kind)s, not %(value)s")
            raise ValueError(reason % {"kind": expected.__name__, "value": repr(value)})
        return value

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
            if not hasattr(error, "error_dict"):  # a constraint's, which is of several fields
                self._refuse(" ".join(error.messages), entry.name)
                return
            for name, messages in error.message_dict.items():
                self._refuse(" ".join(str(message) for message in messages), entry.name, name)
