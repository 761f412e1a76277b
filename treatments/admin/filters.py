"""By what editors narrow their lists down to what needs them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from treatments.untranslated import lacking_urdu


class UrduFilter(admin.SimpleListFilter):
    title = _("Urdu")
    parameter_name = "urdu"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", _("Urdu missing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return lacking_urdu(queryset, within=True) if self.value() else queryset


class ReviewFilter(admin.SimpleListFilter):
    title = _("medical review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("past", _("Past its date")), ("none", _("Not yet reviewed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        match self.value():
            case "past":
                return queryset.past_review()
            case "none":
                return queryset.filter(reviewed_on=None)
        return queryset


class StaleFilter(admin.SimpleListFilter):
    title = _("to be read again")
    parameter_name = "stale"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Past its date"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return queryset.stale() if self.value() else queryset
