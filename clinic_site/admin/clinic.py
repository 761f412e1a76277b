from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from clinic_site.forms import DATE_ERRORS
from clinic_site.models import Clinic, Closure, OpeningHours


class HoursInline(admin.StackedInline):
    """A week of hours, a row each day: the fields of Django's tables have no label of their own."""

    fieldsets = [
        (None, {"fields": [("weekday", "opens", "closes", "break_starts", "break_ends")]}),
    ]
    formfield_overrides = {
        models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}
    }
    extra = 0
    max_num = 7


class OpeningHoursInline(HoursInline):
    model = OpeningHours


class DaysOffInline(admin.StackedInline):
    """A span of days, in the words of `model` for what it is."""

    formfield_overrides = {models.DateField: {"error_messages": DATE_ERRORS}}
    extra = 0


class ClosureInline(DaysOffInline, TranslationStackedInline):
    model = Closure
    fieldsets = [(None, {"fields": [("first_day", "last_day"), "reason"]})]


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
