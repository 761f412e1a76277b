"""How it goes: charts for whoever runs the clinic, each with its table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic_site.csv_export import csv_response
from clinic_site.forms import DATE_ERRORS
from consultations.admin.calendar import IN_REACH
from consultations.figures import Figures, Period, Row, figures_of

LONGEST = timedelta(days=5 * 366)


class PeriodForm(forms.Form):
    """Of which time the figures are."""

    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        choices=[
            ("weeks", gettext_lazy("The last 12 weeks")),
            ("months", gettext_lazy("The last 12 months")),
            ("dates", gettext_lazy("From one day to another")),
        ],
        widget=forms.RadioSelect,
    )
    first = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DATE_ERRORS,
        validators=IN_REACH,
    )
    last = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DATE_ERRORS,
        validators=IN_REACH,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("period") != "dates" or self.errors:
            return cleaned
        first, last = cleaned["first"], cleaned["last"]
        for name in ("first", "last"):
            if cleaned[name] is None:
                self.add_error(name, _("Choose a day, so that the period is known."))
        if first and last and last < first:
            self.add_error("last", _("Choose a day that is not before the first one."))
        elif first and last and last - first > LONGEST:
            self.add_error("last", _("Choose at most five years."))
        return cleaned

    @property
    def leaves_dates_aside(self) -> bool:
        """They may be left from the figures seen before, so what is chosen counts."""
        dates = self.cleaned_data["first"] or self.cleaned_data["last"]
        return self.cleaned_data["period"] != "dates" and dates is not None

    @property
    def chosen(self) -> Period:
        today = timezone.localdate()
        match self.cleaned_data["period"]:
            case "weeks":
                return Period.of_weeks(12, today)
            case "months":
                return Period.of_weeks(52, today)
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


@dataclass(frozen=True)
class Column:
    """One week in the chart, in hundredths of its width and height."""

    x: float
    width: float
    height: float
    row: Row

    @property
    def y(self) -> float:
        return 100 - self.height


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    first_column: str
    rows: list[Row]


@require_safe
@permission_required("consultations.view_figures", raise_exception=True)
def how_it_goes(request: HttpRequest) -> HttpResponse:
    form = PeriodForm({"period": "weeks", **request.GET.dict()})
    figures = figures_of(form.chosen) if form.is_valid() else None
    tables = tables_of(figures) if figures else []
    wanted = request.GET.get("csv")
    if figures and wanted == "wait":
        return _wait_as_csv(figures)
    for table in tables:
        if table.key == wanted:
            return _as_csv(table)
    query = request.GET.copy()
    query.pop("csv", None)
    context = {
        **admin.site.each_context(request),
        "title": _("How it goes"),
        "form": form,
        "figures": figures,
        "columns": columns_of(figures.weeks) if figures else [],
        "most": max((row.count for row in figures.weeks), default=0) if figures else 0,
        "weeks": tables[0] if tables else None,
        "tables": tables[1:],
        "wait": waits_of(figures) if figures else [],
        "query": query.urlencode(),
        "is_rtl": get_language_bidi(),
    }
    return TemplateResponse(request, "admin/consultations/figures.html", context)


def tables_of(figures: Figures) -> list[Table]:
    return [
        Table("weeks", _("Requests a week"), _("Week from"), figures.weeks),
        Table("outcomes", _("What became of them"), _("Up to now"), figures.outcomes),
        Table("treatments", _("By treatment"), _("Treatment"), figures.treatments),
        Table("languages", _("By language"), _("Language"), figures.languages),
        Table("pages", _("By the page on which they decided"), _("Page"), figures.source_pages),
    ]


def columns_of(weeks: list[Row]) -> list[Column]:
    """Time runs the way one reads: in Urdu the first week stands on the right."""
    highest = max(row.count for row in weeks) or 1
    step = 100 / len(weeks)
    places = range(len(weeks) - 1, -1, -1) if get_language_bidi() else range(len(weeks))
    return [
        Column(round((place + 0.1) * step, 2), round(0.8 * step, 2),
               round(100 * row.count / highest, 1), row)
        for place, row in zip(places, weeks, strict=True)
    ]  # fmt: skip


def waits_of(figures: Figures) -> list[tuple[str, str]]:
    wait = figures.wait
    return [
        (_("Half of them were answered within"), _in_words(wait.median)),
        (_("Nine in ten were answered within"), _in_words(wait.most)),
    ]


def _in_words(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    now = timezone.now()
    return timesince(now - timedelta(minutes=minutes), now)


def _as_csv(table: Table) -> HttpResponse:
    header = (table.first_column, _("Requests"), _("Share in percent"))
    rows = [(_plain(row.label), row.count, row.percent) for row in table.rows]
    return csv_response(table.key, header, rows)


def _plain(label: object) -> str:
    return label.isoformat() if isinstance(label, date) else str.__str__(str(label))


def _wait_as_csv(figures: Figures) -> HttpResponse:
    wait = figures.wait
    header = (_("Requests"), _("Answered"), _("Half within, in minutes"),
              _("Nine in ten within, in minutes"))  # fmt: skip
    return csv_response("wait", header, [(wait.of, wait.answered, wait.median, wait.most)])


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    return [path("how-it-goes/", admin_view(how_it_goes), name="consultations_figures")]
