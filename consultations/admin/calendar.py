"""The week's appointments, for the screen and for the wall."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic_site.forms import DATE_ERRORS
from consultations.models import Appointment, Practitioner
from consultations.week import days_from, monday_of

WEEK = timedelta(days=7)
# With more practitioners than these, one of them fills a week that can still be read.
AT_ONCE = 4
# No appointment lies outside of these, and neither does a date that cannot be reckoned with.
_ADVICE = gettext_lazy("Choose a date from this century.")
IN_REACH = [
    MinValueValidator(date(2020, 1, 1), _ADVICE),
    MaxValueValidator(date(2100, 1, 1), _ADVICE),
]


class WeekForm(forms.Form):
    """Which week, and whose."""

    week = forms.DateField(
        label=gettext_lazy("Week of"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DATE_ERRORS,
        validators=IN_REACH,
    )
    practitioner: Any = forms.ModelChoiceField(
        label=gettext_lazy("Practitioner"),
        queryset=Practitioner.objects.all(),
        required=False,
        empty_label=gettext_lazy("All"),
    )


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):
    """Appointments are agreed on and changed on the page of their request; here they are read."""

    class Media:
        css = {"all": ["css/desk.css", "css/week.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Appointment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Appointment | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The week around a date: this week, unless `?week=` says otherwise."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        if "practitioner" not in asked and Practitioner.objects.count() > AT_ONCE:
            asked["practitioner"] = str(Practitioner.objects.values_list("pk", flat=True)[0])
        form = WeekForm(asked)
        form.is_valid()
        first = monday_of(form.cleaned_data.get("week") or timezone.localdate())
        practitioner = form.cleaned_data.get("practitioner")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Appointments"),
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "days": days_from(first, 7, practitioner),
            "first": first,
            "last": first + WEEK - timedelta(days=1),
            "practitioner": practitioner,
            "earlier": first - WEEK,
            "later": first + WEEK,
        }
        return TemplateResponse(request, "admin/consultations/appointment/week.html", context)
