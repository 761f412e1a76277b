"""The page that asks before something is deleted."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst


class NamesWhatIsDeleted(admin.ModelAdmin):
    """It names things of the clinic, without the rows of tables that only link them."""

    def get_deleted_objects(
        self, objs: Sequence[Model] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        links = [
            model._meta
            for model in apps.get_models(include_auto_created=True)
            if model._meta.auto_created
        ]
        # Django hands over no objects, only what the page will say of each.
        beginnings = tuple(f"{capfirst(link.verbose_name)}: " for link in links)
        names = {link.verbose_name_plural for link in links}
        counts = {name: count for name, count in counts.items() if name not in names}
        return _without(deleted, beginnings), counts, lacking, protected


def _without(nested: list[Any], beginnings: tuple[str, ...]) -> list[Any]:
    """Leave out the lines with these `beginnings`; a list belongs to the line before it."""
    kept: list[Any] = []
    for item in nested:
        if isinstance(item, list):
            if inner := _without(item, beginnings):
                kept.append(inner)
        elif not item.startswith(beginnings):
            kept.append(item)
    return kept
