"""Who sees patients, and when; and what a change of it means for what is agreed on."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from modeltranslation.admin import TranslationAdmin

from clinic_site.admin.clinic import ClinicAdmin, DaysOffInline, HoursInline
from clinic_site.admin.deleting import NamesWhatIsDeleted
from clinic_site.models import Clinic, DayHours, DaysOff
from consultations.availability import outside_hours
from consultations.desk import page_of
from consultations.models import Absence, Appointment, Practitioner, WorkingHours


class WarnsOfAppointments(admin.ModelAdmin):
    """Names what a change of hours or days off has left outside of them, and days long gone."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(outside_hours(timezone.now()))
        super().save_related(request, form, formsets, change)
        self._warn_of_days_gone(request, formsets)
        left = [one for one in outside_hours(timezone.now()) if one not in before]
        if not left:
            return
        warning = ngettext(
            "%d appointment lies outside the hours now. It stands until you move or cancel it:",
            "%d appointments lie outside the hours now. They stand until you move or cancel them:",
            len(left),
        )
        named = format_html_join("", "<li>{}</li>", ((_named(one),) for one in left))
        text = format_html("{}<ul>{}</ul>", warning % len(left), named)
        self.message_user(request, text, messages.WARNING)

    def _warn_of_days_gone(self, request: HttpRequest, formsets: Any) -> None:
        today = timezone.localdate()
        for formset in formsets:
            entered = [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]
            for days in entered:
                if isinstance(days, DaysOff) and days.last_day < today:
                    warning = _("%(days)s: these days off are over already. Check the date.")
                    said = warning % {"days": _span_of_days(days)}
                    self.message_user(request, said, messages.WARNING)


def _named(appointment: Appointment) -> str:
    when = date_format(timezone.localtime(appointment.starts_at), "DAY_AND_TIME_FORMAT")
    who = appointment.practitioner.words.name
    if appointment.request is None:  # the person has been erased
        return format_html("{} · {}", when, who)
    link = page_of(appointment.request)
    return format_html('<a href="{}">{} · {} · {}</a>', link, when, who, appointment.request)


class WorkingHoursInline(HoursInline):
    model = WorkingHours


class AbsenceInline(DaysOffInline):
    model = Absence
    fieldsets = [(None, {"fields": [("first_day", "last_day"), "note"]})]


@admin.register(Practitioner)
class PractitionerAdmin(WarnsOfAppointments, NamesWhatIsDeleted, TranslationAdmin):
    inlines = [WorkingHoursInline, AbsenceInline]
    fieldsets = [
        (None, {"fields": ["name", "title", "registration_number", "languages"]}),
        (gettext_lazy("Whom they see"), {"fields": ["sees_patients", "treatments", "order"]}),
        (
            gettext_lazy("How they are booked"),
            {"fields": ["slot_minutes", "notice_hours", "days_ahead", "call_hours"]},
        ),
    ]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    list_display = ["name", "title", "sees_patients", "hours", "next_absence"]
    list_filter = ["sees_patients"]
    # One after the other, on a page that says what stands in the way.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Practitioner]:
        return super().get_queryset(request).prefetch_related("working_hours", "absences")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        practitioner = self.get_object(request, object_id)
        may_delete = self.has_delete_permission(request, practitioner)
        if practitioner and may_delete and practitioner.appointments.exists():
            text = _(
                "%(name)s has appointments, past ones too, and the books keep them. Untick “sees "
                "patients” instead: then nobody is offered a time with them any more."
            )
            self.message_user(request, text % {"name": practitioner}, messages.WARNING)
            return redirect("admin:consultations_practitioner_change", practitioner.pk)
        return super().delete_view(request, object_id, extra_context)

    @admin.display(description=gettext_lazy("working hours"), empty_value="–")
    def hours(self, practitioner: Practitioner) -> str | None:
        """Days of the same hours together: Monday–Thursday 10:00–18:00 · Friday 14:30–18:00."""
        days = sorted(practitioner.working_hours.all(), key=lambda row: row.weekday)
        alike = groupby(
            enumerate(days), key=lambda row: (row[1].weekday - row[0], _clock_of(row[1]))
        )
        return " · ".join(
            f"{_span_of([row for _number, row in rows])} {clock}" for (_shift, clock), rows in alike
        )

    @admin.display(description=gettext_lazy("next absence"), empty_value="–")
    def next_absence(self, practitioner: Practitioner) -> str | None:
        today = timezone.localdate()
        coming = [away for away in practitioner.absences.all() if away.last_day >= today]
        if not coming:
            return None
        return _span_of_days(min(coming, key=lambda away: away.first_day))


# The clinic's own page, where its hours and closures are rows; the clinic itself knows nothing
# of appointments.
admin.site.unregister(Clinic)


@admin.register(Clinic)
class ClinicWithAppointmentsAdmin(WarnsOfAppointments, ClinicAdmin):
    pass


def _span_of_days(days: DaysOff) -> str:
    start, end = (date_format(day, "SHORT_DATE_FORMAT") for day in (days.first_day, days.last_day))
    return start if start == end else _("%(start)s – %(end)s") % {"start": start, "end": end}


def _clock_of(hours: DayHours) -> str:
    marks = [hours.opens, hours.break_starts, hours.break_ends, hours.closes]
    shown = [time_format(mark, "H:i") for mark in marks if mark]
    return pgettext("between items", ", ").join(
        _("%(start)s–%(end)s") % {"start": start, "end": end}
        for start, end in zip(shown[::2], shown[1::2], strict=True)
    )


def _span_of(days: list[WorkingHours]) -> str:
    return "–".join(dict.fromkeys([str(days[0]), str(days[-1])]))
