"""How it goes: numbers of requests in a period, none of which tells who somebody is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Func, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations.models import LIVE, ConsultationRequest, RequestEvent, State
from treatments.models import Treatment

What = RequestEvent.What
# The first of these is the clinic's answer.
ANSWERS = (What.CONTACTED, What.NOT_REACHED, What.CONFIRMED, What.DECLINED)
MOST_PAGES = 12


@dataclass(frozen=True)
class Period:
    """From a first to a last day, both of them included, as days are counted in the clinic."""

    first: date
    last: date

    @classmethod
    def of_weeks(cls, weeks: int, today: date) -> "Period":
        """So many weeks from Monday on, the running one being the last."""
        monday = today - timedelta(days=today.weekday())
        return cls(monday - timedelta(weeks=weeks - 1), today)

    @property
    def mondays(self) -> list[date]:
        first = self.first - timedelta(days=self.first.weekday())
        return [first + timedelta(weeks=n) for n in range((self.last - first).days // 7 + 1)]

    def requests(self) -> QuerySet[ConsultationRequest]:
        return ConsultationRequest.objects.filter(
            created_at__gte=_midnight(self.first),
            created_at__lt=_midnight(self.last + timedelta(days=1)),
        )


@dataclass(frozen=True)
class Row:
    label: Any
    count: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of) if self.of else 0

    @property
    def rest(self) -> int:
        return 100 - self.percent


@dataclass(frozen=True)
class Wait:
    """How long patients waited for the clinic's first answer, in minutes."""

    median: int | None
    most: int | None  # nine in ten waited no longer
    answered: int
    of: int


@dataclass(frozen=True)
class Figures:
    period: Period
    weeks: list[Row]
    treatments: list[Row]
    languages: list[Row]
    source_pages: list[Row]
    outcomes: list[Row]
    wait: Wait

    @property
    def total(self) -> int:
        return self.wait.of


def figures_of(period: Period) -> Figures:
    requests = period.requests()
    total = requests.count()
    return Figures(
        period=period,
        weeks=_weeks(period, requests, total),
        treatments=_treatments(requests, total),
        languages=_languages(requests, total),
        source_pages=_source_pages(requests, total),
        outcomes=_outcomes(requests, total),
        wait=_wait(requests, total),
    )


def _weeks(period: Period, requests: QuerySet[ConsultationRequest], total: int) -> list[Row]:
    """Each counted by itself along the index: to find the week of each request takes far longer."""
    of_each = [
        requests.filter(
            created_at__gte=_midnight(monday), created_at__lt=_midnight(monday + timedelta(weeks=1))
        )
        .order_by()
        .values_list(Value(monday.toordinal()))
        .annotate(Count("pk"))
        for monday in period.mondays
    ]
    counts = {date.fromordinal(week): n for week, n in of_each[0].union(*of_each[1:], all=True)}
    return [Row(monday, counts.get(monday, 0), total) for monday in period.mondays]


def _treatments(requests: QuerySet[ConsultationRequest], total: int) -> list[Row]:
    counts = _counts(requests, "treatment")
    names = {one.pk: one.words.name for one in Treatment.objects.filter(pk__in=counts)}
    return _rows(((names.get(key, _("Not sure")), n) for key, n in counts.items()), total)


def _languages(requests: QuerySet[ConsultationRequest], total: int) -> list[Row]:
    names = dict(settings.LANGUAGES)
    counts = _counts(requests, "language")
    return _rows(((names.get(key, key), n) for key, n in counts.items()), total)


def _source_pages(requests: QuerySet[ConsultationRequest], total: int) -> list[Row]:
    """The pages on which most decided to ask, and all others in one row."""
    counts = _counts(requests, "source_page")
    rows = _rows(((key or _("Not known"), n) for key, n in counts.items()), total)
    rest = sum(row.count for row in rows[MOST_PAGES:])
    return rows[:MOST_PAGES] + [Row(pgettext("pages", "Others"), rest, total)] * bool(rest)


def _outcomes(requests: QuerySet[ConsultationRequest], total: int) -> list[Row]:
    """What has become of them up to now. Who came had an appointment before."""
    states = _counts(requests, "state")
    had_one = RequestEvent.objects.filter(what=What.CONFIRMED, request__in=requests)
    return [
        Row(_("Had an appointment agreed on"), had_one.values("request").distinct().count(), total),
        Row(_("Came"), states.get(State.ATTENDED, 0), total),
        Row(_("Did not come"), states.get(State.NO_SHOW, 0), total),
        Row(_("Withdrawn by the patient"), states.get(State.WITHDRAWN, 0), total),
        Row(_("Declined by the clinic"), states.get(State.DECLINED, 0), total),
        Row(_("Still open"), sum(states.get(state, 0) for state in LIVE), total),
    ]


class _MinutesBetween(Func):
    """Whole minutes from one time to another, as the database itself counts them."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Days as a fraction, which a minute seldom is: whole are the thousandths of a second.
        template = "CAST(ROUND((julianday(%(expressions)s)) * 86400000) AS INTEGER) / 60000"
        joiner = ") - julianday("
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)) / 60)::integer"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **extra)


def _wait(requests: QuerySet[ConsultationRequest], total: int) -> Wait:
    answer = RequestEvent.objects.filter(request=OuterRef("pk"), what__in=ANSWERS)
    counts = list(
        requests.annotate(answered_at=Subquery(answer.order_by("at").values("at")[:1]))
        .filter(answered_at__isnull=False)
        .values_list(_MinutesBetween(F("answered_at"), F("created_at")))
        .annotate(Count("pk"))
        .order_by()
    )
    counts.sort()
    answered = sum(count for _minutes, count in counts)
    return Wait(_quantile(counts, 0.5), _quantile(counts, 0.9), answered, total)


def _quantile(counts: list[tuple[int, int]], share: float) -> int | None:
    """The least of the sorted values that `share` of all do not exceed."""
    due = ceil(share * sum(count for _value, count in counts))
    for value, count in counts:
        due -= count
        if due <= 0:
            return value
    return None


def _counts(requests: QuerySet[ConsultationRequest], field: str) -> dict[Any, int]:
    return dict(requests.order_by().values_list(field).annotate(Count("pk")))


def _rows(counts: Iterable[tuple[Any, int]], total: int) -> list[Row]:
    """The most frequent first; those that are equally frequent by their name."""
    ordered = sorted(counts, key=lambda pair: (-pair[1], str(pair[0])))
    return [Row(label, count, total) for label, count in ordered]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
