"""Which version of the facts stood on the site when a patient asked."""

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, QuerySet, Value

from treatments.content_files import SECTIONS, shape_of, stored_values
from treatments.models import Entry, EventRate, FactsVersion, Treatment


def current_version() -> FactsVersion:
    """The facts as they stand now; stored only when they have changed since the last time.

    One query as long as nothing has changed.
    """
    fingerprint, newest = _fingerprint_and_newest()
    if newest and newest.fingerprint == fingerprint:
        return newest
    # What was added and removed again leaves the facts as they were before.
    if earlier := FactsVersion.objects.filter(fingerprint=fingerprint).defer("facts").first():
        return earlier
    facts = _all_facts()  # it takes long, and nobody else could write meanwhile
    try:
        with transaction.atomic():
            return FactsVersion.objects.create(fingerprint=fingerprint, facts=facts)
    except IntegrityError:  # another request has just stored it
        return FactsVersion.objects.defer("facts").get(fingerprint=fingerprint)


def _fingerprint_and_newest() -> tuple[str, FactsVersion | None]:
    """What changes with every entry that is added, changed or removed, and the newest version."""
    queries = [
        # Not by a manager of translated models, which keeps no order of columns in a union.
        QuerySet(model)
        .order_by()
        .annotate(section=Value(section))
        .values("section")
        .annotate(entries=Count("pk"), newest=Max("updated_at"), last=Max("pk"))
        .values_list("section", "entries", "newest", "last")
        for section, model in SECTIONS.items()
    ]
    versions = FactsVersion.objects.order_by("-pk").values("pk")[:1]
    newest = FactsVersion.objects.filter(pk__in=versions).order_by()
    # In the same shape, and told apart by what no section has: an entry less than none.
    as_row = newest.values_list("fingerprint", Value(-1), "made_at", "pk")
    rows = sorted(queries[0].union(*queries[1:], as_row, all=True))
    entries = [row for row in rows if row[1] >= 0]
    version = None
    for fingerprint, number, made_at, pk in rows:
        if number < 0:
            version = FactsVersion.from_db(
                newest.db, ["id", "made_at", "fingerprint"], [pk, made_at, fingerprint]
            )
    return hashlib.sha256(json.dumps(entries, default=str).encode()).hexdigest(), version


def _all_facts() -> dict[str, list[dict[str, Any]]]:
    """Every entry that patients can see, as the content files would write it."""
    drafts = set(
        Treatment.objects.exclude(status=Treatment.Status.PUBLISHED).values_list("pk", flat=True)
    )
    facts = {}
    for section, model in SECTIONS.items():
        shape = shape_of(model)
        rows = model._default_manager.order_by("pk").prefetch_related(*shape.links)
        if model is EventRate:
            visible = EventRate.objects.exclude(finding__treatment__in=drafts)
            rows = rows.filter(pk__in=visible)
        facts[section] = [
            {"id": row.pk, "belongs_to": _owner(row, shape.parent)} | stored_values(row)
            for row in rows
            if not (isinstance(row, Treatment) and row.pk in drafts)
            and getattr(row, "treatment_id", None) not in drafts
        ]
    return facts


def _owner(row: Entry, parent: str | None) -> int | None:
    return getattr(row, f"{parent}_id") if parent else None
