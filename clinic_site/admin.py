from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from clinic_site.models import AccessRecord, Clinic, Closure, OpeningHours


class OpeningHoursInline(admin.TabularInline):
    model = OpeningHours
    extra = 0
    max_num = 7


class ClosureInline(TranslationTabularInline):
    model = Closure
    extra = 0


@admin.register(Clinic)
class ClinicAdmin(TranslationAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [OpeningHoursInline, ClosureInline]
    fieldsets = [
        (None, {"fields": ["name", "licence_number"]}),
        (_("How patients reach you"), {"fields": ["phone", "whatsapp", "email"]}),
        (_("Where you are"), {"fields": ["address", "map_url"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Clinic | None = None) -> bool:
        return False


@admin.register(AccessRecord)
class AccessRecordAdmin(admin.ModelAdmin):
    """Who did what with whose data: to be read, and never to be changed."""

    list_display = ["at", "who", "action", "content_type", "reference"]
    list_display_links = None
    list_filter = ["action", "at", ("content_type", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["content_type"]
    search_fields = ["reference", "actor_name"]
    search_help_text = _("The reference of a request, or the name of an account")
    ordering = ["-at", "-pk"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessRecord | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AccessRecord | None = None) -> bool:
        return False

    @admin.display(description=_("who"), ordering="actor_name")
    def who(self, record: AccessRecord) -> str:
        return record.actor_name or str(_("the site itself"))
