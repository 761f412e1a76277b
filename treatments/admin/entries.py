"""Rows that stand on pages of their own, and the lists that all treatments share."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from treatments.admin.base import ContentAdmin, TellsOfItsAppOnly, TwoLanguagesInline
from treatments.admin.filters import StaleFilter, UrduFilter
from treatments.content_files import SECTIONS
from treatments.models import (
    CitingEntry,
    Claim,
    EventRate,
    FactsVersion,
    Finding,
    Precaution,
    Question,
    QuestionToAsk,
    RedFlag,
    Scale,
    Source,
    Stage,
)


class EventRateInline(TwoLanguagesInline):
    model = EventRate


class StageInline(TwoLanguagesInline):
    model = Stage

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        return super().get_queryset(request).select_related("scale")


class OfTreatmentAdmin(ContentAdmin):
    """Rows that belong to a treatment, or to all of them."""

    list_select_related = ["treatment"]
    autocomplete_fields = ["treatment"]


@admin.register(Finding)
class FindingAdmin(OfTreatmentAdmin):
    list_display = ["topic", "treatment", "certainty", "checked_on", "review_due", "is_up_to_date"]
    list_filter = [StaleFilter, UrduFilter, "treatment", "topic", "certainty"]
    search_fields = ["statement"]
    # What is to be read again first, first.
    ordering = ["review_due", "order"]
    inlines = [EventRateInline]

    @admin.display(description=_("up to date"), boolean=True)
    def is_up_to_date(self, finding: Finding) -> bool:
        return not finding.is_stale


@admin.register(Claim)
class ClaimAdmin(OfTreatmentAdmin):
    list_display = ["statement", "treatment", "topic", "support"]
    list_filter = [UrduFilter, "treatment", "topic", "support"]
    search_fields = ["statement", "assessment"]


@admin.register(Question)
class QuestionAdmin(OfTreatmentAdmin):
    list_display = ["question", "treatment", "order"]
    list_filter = [UrduFilter, "treatment"]
    search_fields = ["question", "answer"]


@admin.register(Precaution)
class PrecautionAdmin(ContentAdmin):
    list_display = ["name", "order"]
    list_filter = [UrduFilter]
    search_fields = ["name", "advice"]
    filter_horizontal = ["treatments"]


@admin.register(RedFlag)
class RedFlagAdmin(ContentAdmin):
    list_display = ["name", "order"]
    list_filter = [UrduFilter]
    search_fields = ["name", "explanation"]


@admin.register(Scale)
class ScaleAdmin(ContentAdmin):
    list_display = ["name", "used_for", "order"]
    list_filter = [UrduFilter]
    search_fields = ["name"]
    inlines = [StageInline]


@admin.register(QuestionToAsk)
class QuestionToAskAdmin(ContentAdmin):
    list_display = ["question", "concern", "order"]
    list_filter = [UrduFilter, "concern"]
    search_fields = ["question"]


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    list_display = ["key", "kind", "reference", "url"]
    list_filter = [UrduFilter, "kind"]
    search_fields = ["key", "reference", "note"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """What cites the source stays, without it; the page that asks says so."""
        request.citing = [  # type: ignore[attr-defined]
            f"{capfirst(entry._meta.verbose_name)}: {entry}"
            for kind in CitingEntry.__subclasses__()
            for entry in _citing(kind, objs)
        ]
        return super().get_deleted_objects(objs, request)


def _citing(kind: type[CitingEntry], sources: Any) -> QuerySet[CitingEntry]:
    rows: QuerySet[Any] = kind._default_manager.filter(sources__in=sources).distinct()
    # By their names; that of a finding begins with its treatment.
    has_treatment = any(field.name == "treatment" for field in kind._meta.fields)
    return rows.select_related("treatment") if has_treatment else rows


@admin.register(FactsVersion)
class FactsVersionAdmin(TellsOfItsAppOnly):
    """What the site said at a time: read only, opened from the request of a patient."""

    list_display = ["made_at"]
    fields = ["made_at", "as_read"]
    readonly_fields = ["made_at", "as_read"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what it said"))
    def as_read(self, version: FactsVersion) -> SafeString:
        return format_html_join(
            "",
            "<details><summary>{}</summary><pre>{}</pre></details>",
            (
                (_heading(section), json.dumps(entries, ensure_ascii=False, indent=2))
                for section, entries in version.facts.items()
            ),
        )


def _heading(section: str) -> str:
    model = SECTIONS.get(section)  # or one of that time
    return capfirst(str(model._meta.verbose_name_plural)) if model else section
