"""What is there in English only, and so reaches an Urdu reader marked as English."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Value
from modeltranslation.translator import translator

from treatments.content_files import NESTED, SECTIONS, shape_of
from treatments.models.entries import Entry

EntryType = TypeVar("EntryType", bound=Entry)


@dataclass(frozen=True)
class Untranslated:
    """How many entries of a list lack Urdu; a treatment counts once, with all its rows."""

    model: type[Entry]
    count: int


def lacking_urdu(
    rows: models.QuerySet[EntryType], *, within: bool = False
) -> models.QuerySet[EntryType]:
    """Those with a text in English only; `within` looks into what belongs to them too."""
    lacking = Q()
    for name in translator.get_options_for_model(rows.model).all_fields:
        english = ~Q(**{f"{name}_en": ""}) & Q(**{f"{name}_en__isnull": False})
        lacking |= english & (Q(**{f"{name}_ur": ""}) | Q(**{f"{name}_ur__isnull": True}))
    for model in SECTIONS.values() if within else ():
        parent = shape_of(model).parent
        if parent and model._meta.get_field(parent).related_model is rows.model:
            inner = model._default_manager.filter(**{parent: OuterRef("pk")})
            lacking |= Q(Exists(lacking_urdu(inner, within=True)))
    return rows.filter(lacking)


def texts_lacking_urdu(entry: Entry) -> list[str]:
    """The names of the fields of one entry that are there in English only."""
    return [
        name
        for name in shape_of(type(entry)).translated
        if getattr(entry, f"{name}_en") and not getattr(entry, f"{name}_ur")
    ]


def lists_lacking_urdu() -> list[Untranslated]:
    """Every list of content that lacks Urdu somewhere, with how many of its entries. One query."""
    queries = []
    for section, model in SECTIONS.items():
        parent = shape_of(model).parent
        rows = model._default_manager.order_by()
        if (parent and not model._meta.get_field(parent).null) or section in NESTED.values():
            continue  # counted with what it belongs to
        if parent:
            rows = rows.filter(**{parent: None})
        queries.append(
            lacking_urdu(rows, within=True)
            .annotate(section=Value(section))
            .values("section")
            .annotate(entries=Count("pk"))
            .values_list("section", "entries")
        )
    return [
        Untranslated(SECTIONS[section], entries)
        for section, entries in queries[0].union(*queries[1:], all=True)
        if entries
    ]
