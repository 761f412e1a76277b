"""Where editors keep the facts right."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models as db
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import (
    TranslationAdmin,
    TranslationStackedInline,
    TranslationTabularInline,
)

from treatments import publishing, services
from treatments.models import (
    Claim,
    EventRate,
    FactsVersion,
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
from treatments.publishing import NotComplete


class PublishedStaysComplete(TranslationAdmin):
    """Refuses any edit that would leave a published treatment without a qualifying fact.

    What counts is the treatment with all its rows, which are there only once they are saved:
    so it is saved, looked at, and undone if it will not do. The form then comes back as typed.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        arguments = (request, object_id, form_url, extra_context)
        if request.method != "POST":
            return super().changeform_view(*arguments)
        try:
            with services.published_stay_complete():
                return super().changeform_view(*arguments)
        except NotComplete as error:
            request.refused_as_incomplete = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(*arguments)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        problem = getattr(request, "refused_as_incomplete", None)
        if problem is None:
            return form

        class Refused(form):  # type: ignore[misc, valid-type]
            def clean(self) -> dict[str, Any]:
                self.add_error(None, problem)
                return super().clean()

        return Refused

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._or_explain(request, super().delete_view, object_id, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._or_explain(request, super().changelist_view, extra_context)

    def _or_explain(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *arguments: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *arguments)
        try:
            with services.published_stay_complete():
                return view(request, *arguments)
        except NotComplete as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())


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


class EventRateInline(TranslationStackedInline):
    model = EventRate
    extra = 0


class StageInline(TranslationTabularInline):
    model = Stage
    extra = 0


@admin.register(Treatment)
class TreatmentAdmin(PublishedStaysComplete):
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
        (_("Before it is published"), {"fields": ["checklist", "told_unequally"]}),
        (
            _("What it is"),
            {
                "fields": [
                    "summary",
                    "what_it_is",
                    "how_it_works",
                    "mechanism_in_short",
                    "how_it_is_given",
                    "living_with",
                    ("needles", "made_from"),
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

    readonly_fields = ["checklist", "told_unequally"]

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description=_("what a published page must say"))
    def checklist(self, treatment: Treatment) -> SafeString:
        checks = publishing.checklist(treatment)
        lines = format_html_join(
            "",
            '<li class="check check--{}">{} <a href="#{}">{}</a></li>',
            (
                ("met", _("There:"), check.where, check.label)
                if check.is_met
                else ("missing", _("Missing:"), check.where, check.label)
                for check in checks
            ),
        )
        return format_html("<ul>{}</ul>", lines)

    @admin.display(description=_("told unequally"))
    def told_unequally(self, treatment: Treatment) -> str:
        others = Treatment.objects.published().offered().exclude(pk=treatment.pk).with_facts()
        found = publishing.imbalances(treatment, others) if treatment.pk else []
        if not found:
            return str(_("Nothing: gains and harms are told in like detail."))
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in found))
        )


class OfTreatmentAdmin(PublishedStaysComplete):
    """Rows that belong to a treatment, or to all of them."""

    list_select_related = ["treatment"]
    autocomplete_fields = ["sources", "treatment"]


@admin.register(Finding)
class FindingAdmin(OfTreatmentAdmin):
    list_display = ["topic", "treatment", "certainty", "checked_on", "review_due"]
    list_filter = ["treatment", "topic", "certainty"]
    search_fields = ["statement"]
    # What is to be read again first, first.
    ordering = ["review_due", "order"]
    inlines = [EventRateInline]


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


@admin.register(QuestionToAsk)
class QuestionToAskAdmin(TranslationAdmin):
    list_display = ["question", "concern", "order"]
    list_filter = ["concern"]
    search_fields = ["question"]
    autocomplete_fields = ["sources"]


@admin.register(Source)
class SourceAdmin(PublishedStaysComplete):
    formfield_overrides = {db.URLField: {"assume_scheme": "https"}}
    list_display = ["key", "kind", "reference", "url"]
    list_filter = ["kind"]
    search_fields = ["key", "reference", "note"]


@admin.register(FactsVersion)
class FactsVersionAdmin(admin.ModelAdmin):
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
                (section, json.dumps(entries, ensure_ascii=False, indent=2))
                for section, entries in version.facts.items()
            ),
        )
