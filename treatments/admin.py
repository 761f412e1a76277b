"""Where editors keep the facts right."""

from django.contrib import admin
from django.db import models as db
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import (
    TranslationAdmin,
    TranslationStackedInline,
    TranslationTabularInline,
)

from treatments.models import (
    Claim,
    Finding,
    Precaution,
    Question,
    RedFlag,
    Regulation,
    Scale,
    SideEffect,
    Source,
    Stage,
    Suitability,
    Treatment,
)


class RowInline(TranslationStackedInline):
    """Rows of a treatment, folded away until they are needed."""

    extra = 0
    show_change_link = True
    classes = ["collapse"]
    autocomplete_fields = ["sources"]


class FindingInline(RowInline):
    model = Finding


class ClaimInline(RowInline):
    model = Claim


class SideEffectInline(RowInline):
    model = SideEffect


class SuitabilityInline(RowInline):
    model = Suitability


class RegulationInline(RowInline):
    model = Regulation


class QuestionInline(RowInline):
    model = Question


class StageInline(TranslationTabularInline):
    model = Stage
    extra = 0


@admin.register(Treatment)
class TreatmentAdmin(TranslationAdmin):
    list_display = [
        "short_name",
        "status",
        "offered",
        "cost_tier",
        "reviewed_on",
        "review_due",
        "updated_at",
    ]
    list_filter = ["status", "offered", "cost_tier", "basis"]
    search_fields = ["name", "summary", "slug"]
    ordering = ["order"]
    prepopulated_fields = {"slug": ["short_name_en"]}
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    "short_name",
                    "slug",
                    "status",
                    "offered",
                    "basis",
                    "hue",
                    "order",
                ]
            },
        ),
        (
            _("What it is"),
            {
                "fields": [
                    "summary",
                    "what_it_is",
                    "how_it_works",
                    "mechanism_in_short",
                    "how_it_is_given",
                ]
            },
        ),
        (
            _("The course in time"),
            {
                "description": _(
                    "Two numbers make a span: 8 and 12 weeks. The same number twice is exact. "
                    "Leave the second empty for “or more”, both empty for “not known”."
                ),
                "fields": [
                    ("first_results_low", "first_results_high"),
                    "first_results_note",
                    ("sessions_low", "sessions_high"),
                    ("spacing_low", "spacing_high"),
                    "sessions_note",
                    ("lasts_low", "lasts_high"),
                    "lasts_note",
                    "upkeep_kind",
                    ("upkeep_low", "upkeep_high"),
                    "upkeep_note",
                    ("recovery_low", "recovery_high"),
                    "recovery_note",
                ],
            },
        ),
        (_("Cost"), {"fields": ["cost_tier", ("price_low", "price_high"), "cost_note"]}),
        (
            _("Regulation and review"),
            {"fields": ["regulatory_status", ("reviewed_by", "reviewed_on", "review_due")]},
        ),
    ]
    inlines = [
        FindingInline,
        ClaimInline,
        SideEffectInline,
        SuitabilityInline,
        RegulationInline,
        QuestionInline,
    ]

    class Media:
        css = {"all": ["css/admin.css"]}


class OfTreatmentAdmin(TranslationAdmin):
    """Rows that belong to a treatment, or to all of them."""

    list_select_related = ["treatment"]
    autocomplete_fields = ["sources", "treatment"]


@admin.register(Finding)
class FindingAdmin(OfTreatmentAdmin):
    list_display = ["topic", "treatment", "certainty", "checked_on"]
    list_filter = ["treatment", "topic", "certainty"]
    search_fields = ["statement"]


@admin.register(Claim)
class ClaimAdmin(OfTreatmentAdmin):
    list_display = ["statement", "treatment", "topic", "support"]
    list_filter = ["treatment", "topic", "support"]
    search_fields = ["statement", "assessment"]


@admin.register(Question)
class QuestionAdmin(OfTreatmentAdmin):
    list_display = ["question", "treatment", "order"]
    list_filter = ["treatment"]
    search_fields = ["question", "answer"]


@admin.register(Precaution)
class PrecautionAdmin(TranslationAdmin):
    list_display = ["name", "order"]
    search_fields = ["name", "advice"]
    filter_horizontal = ["treatments"]
    autocomplete_fields = ["sources"]


@admin.register(RedFlag)
class RedFlagAdmin(TranslationAdmin):
    list_display = ["name", "order"]
    search_fields = ["name", "explanation"]
    autocomplete_fields = ["sources"]


@admin.register(Scale)
class ScaleAdmin(TranslationAdmin):
    list_display = ["name", "used_for", "order"]
    search_fields = ["name"]
    autocomplete_fields = ["sources"]
    inlines = [StageInline]


@admin.register(Source)
class SourceAdmin(TranslationAdmin):
    formfield_overrides = {db.URLField: {"assume_scheme": "https"}}
    list_display = ["key", "kind", "reference", "url"]
    list_filter = ["kind"]
    search_fields = ["key", "reference", "note"]
