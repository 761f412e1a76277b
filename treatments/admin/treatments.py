"""A treatment with its rows: written, looked at, published, taken back."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments import publishing, services
from treatments.admin.base import ContentAdmin, TwoLanguagesInline, marked
from treatments.admin.content import ContentFilesViews
from treatments.admin.filters import ReviewFilter, UrduFilter
from treatments.admin.history import HistoryViews
from treatments.models import (
    Claim,
    Finding,
    Question,
    Regulation,
    SideEffect,
    Suitability,
    Treatment,
)
from treatments.models.entries import Entry
from treatments.publishing import NotComplete
from treatments.services import Cause
from treatments.untranslated import lacking_urdu, texts_lacking_urdu
from treatments.views import render_treatment


class RowInline(TwoLanguagesInline):
    """Rows of a treatment, folded away until they are needed."""

    show_change_link = True
    classes = ["collapse"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("sources").select_related("treatment")


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


@admin.register(Treatment)
class TreatmentAdmin(HistoryViews, ContentFilesViews, ContentAdmin):
    list_display = [
        "short_name",
        "status",
        "review",
        "in_urdu",
        "offered",
        "updated_at",
    ]
    list_filter = ["status", ReviewFilter, UrduFilter, "offered", "cost_tier", "basis"]
    search_fields = ["name", "summary", "slug"]
    ordering = ["order"]
    actions = ["publish", "withdraw"]
    prepopulated_fields = {"slug": ["short_name_en"]}
    fieldsets = [
        (None, {"fields": ["status", "checklist", "told_unequally", "urdu_missing"]}),
        (
            gettext_lazy("What it is called"),
            {"fields": ["name", "short_name", "slug", "offered", "basis", "hue", "order"]},
        ),
        (
            gettext_lazy("What it is"),
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
            gettext_lazy("The course in time"),
            {
                "description": gettext_lazy(
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
        (gettext_lazy("Cost"), {"fields": ["cost_tier", ("price_low", "price_high"), "cost_note"]}),
        (
            gettext_lazy("Regulation and review"),
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

    readonly_fields = ["status", "checklist", "told_unequally", "urdu_missing"]

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", guarded(self.preview), name="treatments_preview"),
            path("<int:pk>/duplicate/", guarded(self.duplicate), name="treatments_duplicate"),
            *super().get_urls(),
        ]

    # ---- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Treatment]:
        lacking = lacking_urdu(Treatment.objects.all(), within=True).values("pk")
        return super().get_queryset(request).annotate(lacks_urdu=Q(pk__in=lacking))

    @admin.display(description=gettext_lazy("medical review"), ordering="review_due")
    def review(self, treatment: Treatment) -> SafeString | str:
        if not treatment.is_reviewed:
            return _("Not yet reviewed")
        if treatment.review_due is None:
            return _("Reviewed, no next date")
        due = date_format(treatment.review_due, "SHORT_DATE_FORMAT")
        if treatment.is_past_review:
            return marked(_("Was due on %(date)s") % {"date": due})
        return _("Due on %(date)s") % {"date": due}

    @admin.display(description=gettext_lazy("Urdu"), ordering="lacks_urdu")
    def in_urdu(self, treatment: Treatment) -> SafeString | str:
        return marked(_("Urdu missing")) if treatment.lacks_urdu else _("complete")  # type: ignore[attr-defined]

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Treatment]) -> None:
        self._move(request, queryset, services.publish, _("“%(treatment)s” is on the site now."))

    @admin.action(description=gettext_lazy("Withdraw from the site"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Treatment]) -> None:
        said = _("“%(treatment)s” is no longer on the site.")
        self._move(request, queryset, services.withdraw, said)

    def _move(
        self,
        request: HttpRequest,
        queryset: QuerySet[Treatment],
        move: Callable[..., None],
        said: str,
    ) -> None:
        for treatment in queryset:
            try:
                move(treatment=treatment, actor=cast(User, request.user))
            except NotComplete as problem:
                self.message_user(request, str(problem), messages.ERROR)
            else:
                self.message_user(request, said % {"treatment": treatment}, messages.SUCCESS)

    # ---- The form

    def get_view_on_site_url(self, obj: Treatment | None = None) -> str | None:
        if obj and obj.status == Treatment.Status.PUBLISHED:
            return super().get_view_on_site_url(obj)
        return None

    def cause_of(self, request: HttpRequest) -> str:
        if "_publish" in request.POST:
            return Cause.PUBLISH
        return Cause.WITHDRAW if "_withdraw" in request.POST else Cause.EDIT

    def save_model(
        self, request: HttpRequest, obj: Treatment, form: ModelForm, change: bool
    ) -> None:
        if "_publish" in request.POST:
            obj.status = Treatment.Status.PUBLISHED
        elif "_withdraw" in request.POST:
            obj.status = Treatment.Status.DRAFT
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Treatment, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._response(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Treatment) -> HttpResponse:
        return self._response(request, obj) or super().response_change(request, obj)

    def _response(self, request: HttpRequest, treatment: Treatment) -> HttpResponse | None:
        """After publishing or withdrawing one stays where one is, and reads what happened."""
        if "_publish" in request.POST:
            said = _("Saved. “%(treatment)s” is on the site now.")
        elif "_withdraw" in request.POST:
            said = _("Saved. “%(treatment)s” is no longer on the site.")
        else:
            return None
        self.message_user(request, said % {"treatment": treatment}, messages.SUCCESS)
        return redirect("admin:treatments_treatment_change", treatment.pk)

    @admin.display(description=gettext_lazy("what a published page must say"))
    def checklist(self, treatment: Treatment) -> SafeString:
        _read_rows(treatment)
        checks = publishing.checklist(treatment)
        met = format_html(
            '<details><summary class="check--met">{}</summary><ul>{}</ul></details>',
            _("There: %(met)s of %(all)s")
            % {"met": sum(check.is_met for check in checks), "all": len(checks)},
            _links((check.where, check.label) for check in checks if check.is_met),
        )
        missing = _links((check.where, check.label) for check in checks if not check.is_met)
        if not missing:
            return met
        return format_html(
            '<p class="check--missing">{}</p><ul>{}</ul>{}', _("Still missing:"), missing, met
        )

    @admin.display(description=gettext_lazy("told unequally"))
    def told_unequally(self, treatment: Treatment) -> str:
        others = Treatment.objects.published().offered().exclude(pk=treatment.pk).with_facts()
        found = publishing.imbalances(treatment, others) if treatment.pk else []
        if not found:
            return _("Nothing: gains and harms are told in like detail.")
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in found))
        )

    @admin.display(description=gettext_lazy("Urdu missing"))
    def urdu_missing(self, treatment: Treatment) -> SafeString | str:
        """Texts of the treatment by name; rows by how many there are of each kind."""
        _read_rows(treatment)
        links = [
            (f"id_{name}_ur", capfirst(str(publishing.verbose_name(name))))
            for name in texts_lacking_urdu(treatment)
        ]
        for inline in self.inlines if treatment.pk else ():
            relation = inline.model._meta.get_field("treatment").remote_field.related_name
            count = sum(map(_lacks_urdu, getattr(treatment, relation).all()))
            if count:
                name = capfirst(inline.model._meta.verbose_name_plural)
                links.append((f"{relation}-group", f"{name} ({count})"))
        if not links:
            return _("Nothing")
        return format_html("<ul>{}</ul>", _links(links))

    # ---- Pages of their own

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as a patient would see it, drafts too. The admin keeps it out of every cache."""
        treatment = get_object_or_404(Treatment.objects.with_facts(), pk=pk)
        if not self.has_view_permission(request, treatment):
            raise PermissionDenied
        response = render_treatment(request, treatment, "treatments/preview.html")
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def duplicate(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        treatment = get_object_or_404(Treatment, pk=pk)
        copy = services.duplicate(treatment=treatment, actor=cast(User, request.user))
        self.log_addition(request, copy, [{"added": {}}])
        said = _(
            "This is a draft with everything from “%(treatment)s”. Give it a name and address."
        )
        self.message_user(request, said % {"treatment": treatment}, messages.SUCCESS)
        return redirect("admin:treatments_treatment_change", copy.pk)


def _links(places: Iterable[tuple[str, str | Promise]]) -> SafeString:
    """Links to parts of the form, as the items of a list."""
    return format_html_join("", '<li><a href="#{}">{}</a></li>', places)


def _lacks_urdu(row: Entry) -> bool:
    inner = row.event_rates.all() if isinstance(row, Finding) else ()
    return any(map(texts_lacking_urdu, [row, *inner]))


def _read_rows(treatment: Treatment) -> None:
    """All rows at once, and what they cite, for the checks beside the form."""
    if treatment.pk:
        prefetch_related_objects([treatment], *Treatment.ROWS, "findings__sources")
