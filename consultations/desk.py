"""What waits at the desk: who asked, who comes, what must still be said."""

from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic_site.desk import SHOWN, Line, Panel, first_few, register
from consultations.models import (
    OPEN,
    Appointment,
    ConsultationRequest,
    Message,
    PreferredTime,
    RequestEvent,
    State,
)
from consultations.week import start_of

_WARNING = timedelta(days=30)
# More appointments than the day of a small clinic has; of a longer day those to come are shown.
_SHOWN_OF_A_DAY = 24
_LIST = "admin:consultations_consultationrequest_changelist"


def page_of(request: ConsultationRequest) -> str:
    return reverse("admin:consultations_consultationrequest_change", args=[request.pk])


def _line_about(request: ConsultationRequest, **more: Any) -> Line:
    return Line(text=f"{request.name} · {request.reference}", url=page_of(request), **more)


@register(order=10)
def waiting(request: HttpRequest) -> Panel | None:
    """Who has not been answered yet, the longest wait first."""
    if not request.user.has_perm("consultations.view_consultationrequest"):
        return None
    rows = ConsultationRequest.objects.awaiting_reply().select_related("treatment")
    return Panel(
        slug="waiting",
        title=_("Waiting for an answer"),
        total=rows.count(),
        lines=[
            _line_about(
                row,
                since=row.created_at,
                detail=row.treatment_in_short,
                is_urgent=row.has_red_flags,
            )
            for row in rows[:SHOWN]
        ],
        nothing=_("Everybody has been answered."),
        more_url=f"{reverse(_LIST)}?open=new",
    )


@register(order=12)
def in_touch(request: HttpRequest) -> Panel | None:
    """Who was called, or could not be reached, and has no appointment yet; the oldest first."""
    if not request.user.has_perm("consultations.view_consultationrequest"):
        return None
    rows = ConsultationRequest.objects.in_touch()
    shown = list(rows[:SHOWN])
    What = RequestEvent.What  # noqa: N806  as in the model
    calls = RequestEvent.objects.filter(
        request__in=shown, what__in=[What.CONTACTED, What.NOT_REACHED, What.CANCELLED]
    )
    newest = {event.request_id: event for event in calls}
    return Panel(
        slug="in-touch",
        title=_("In touch, nothing agreed yet"),
        total=rows.count(),
        lines=[
            _line_about(
                row,
                since=newest[row.pk].at if row.pk in newest else row.created_at,
                detail=str(newest.get(row.pk, "")),
                is_urgent=row.has_red_flags,
            )
            for row in shown
        ],
        nothing=_("Nobody waits for another call."),
        more_url=f"{reverse(_LIST)}?state__exact={State.CONTACTED}",
    )


@register(order=15)
def other_times(request: HttpRequest) -> Panel | None:
    """Patients who wished for other times, and whom nobody has answered since."""
    if not request.user.has_perm("consultations.view_consultationrequest"):
        return None
    What = RequestEvent.What  # noqa: N806  as in the model
    beside_it = [What.NOTED, What.CORRECTED, What.LINK_SENT, What.NOT_REACHED]
    newest = RequestEvent.objects.filter(request=OuterRef("pk")).exclude(what__in=beside_it)
    # Few ever wish for other times: whoever did not need not be looked at.
    ever = RequestEvent.objects.filter(what=What.WISHED)
    rows = (
        ConsultationRequest.objects.live()
        .filter(pk__in=ever.values("request"))
        .annotate(newest=Subquery(newest.order_by("-at", "-pk").values("what")[:1]))
        .filter(newest=What.WISHED)
        .order_by("created_at")
    )
    shown, total = first_few(rows)
    return Panel(
        slug="other-times",
        title=_("Wished for other times"),
        total=total,
        lines=[_line_about(row, is_urgent=True) for row in shown],
        nothing=_("Every wish for another time has been answered."),
    )


@register(order=20)
def by_hand(request: HttpRequest) -> Panel | None:
    """What somebody must write or say, because no mail can."""
    if not request.user.has_perm("consultations.change_consultationrequest"):
        return None
    shown, total = first_few(Message.objects.by_hand().select_related("request"))
    return Panel(
        slug="by-hand",
        title=_("To be told by phone or WhatsApp"),
        total=total,
        lines=[_line_of(row) for row in shown],
        nothing=_("Nobody waits for a message."),
        more_url=f"{reverse(_LIST)}?open=tell",
    )


@register(order=30)
def undelivered(request: HttpRequest) -> Panel | None:
    """Mails that were given up."""
    if not request.user.has_perm("consultations.change_consultationrequest"):
        return None
    shown, total = first_few(Message.objects.undelivered().select_related("request"))
    return Panel(
        slug="undelivered",
        title=_("Mail that did not arrive"),
        total=total,
        lines=[_line_of(row, is_urgent=True) for row in shown],
        nothing=_("All mail has arrived, or is on its way."),
        more_url=f"{reverse(_LIST)}?open=undelivered",
    )


def _line_of(message: Message, *, is_urgent: bool = False) -> Line:
    return Line(
        text=f"{message.request.name} · {message.get_kind_display()}",
        url=page_of(message.request),
        since=message.created_at,
        detail=message.get_channel_display(),
        is_urgent=is_urgent,
    )


def _appointments(request: HttpRequest, slug: str, title: str, days_on: int) -> Panel | None:
    if not request.user.has_perm("consultations.view_appointment"):
        return None
    day = timezone.localdate() + timedelta(days=days_on)
    to_come = Case(When(ends_at__gt=timezone.now(), then="starts_at"))
    rows = (
        Appointment.objects.standing()
        .filter(starts_at__gte=start_of(day), starts_at__lt=start_of(day + timedelta(days=1)))
        .select_related("request", "practitioner")
        .order_by(to_come.asc(nulls_last=True), "-starts_at", "pk")
    )
    shown, total = first_few(rows, _SHOWN_OF_A_DAY)
    lines = [
        Line(
            text=" · ".join(
                [
                    date_format(timezone.localtime(row.starts_at), "H:i"),
                    row.request.name if row.request else _("Person erased"),
                ]
            ),
            url=page_of(row.request)
            if row.request
            else reverse("admin:consultations_appointment_changelist"),
            detail=f"{row.practitioner.words.name}",
            is_urgent=bool(row.request and row.request.has_red_flags),
        )
        for row in sorted(shown, key=lambda row: (row.starts_at, row.pk))
    ]
    return Panel(
        slug=slug,
        title=title,
        total=total,
        lines=lines,
        nothing=_("No appointment."),
        more_url=f"{reverse('admin:consultations_appointment_changelist')}?week={day}",
    )


@register(order=40)
def today(request: HttpRequest) -> Panel | None:
    return _appointments(request, "today", _("Today"), 0)


@register(order=41)
def tomorrow(request: HttpRequest) -> Panel | None:
    return _appointments(request, "tomorrow", _("Tomorrow"), 1)


@register(order=50)
def outcome_missing(request: HttpRequest) -> Panel | None:
    """Appointments that are over, of which nobody has noted whether the patient came."""
    if not request.user.has_perm("consultations.change_consultationrequest"):
        return None
    # There is none anew before the outcome of the last one is noted.
    anew = Appointment.objects.filter(request=OuterRef("request"), pk__gt=OuterRef("pk"))
    rows = (
        Appointment.objects.standing()
        .filter(~Exists(anew))
        .filter(ends_at__lt=timezone.now(), request__state=State.CONFIRMED)
        .select_related("request")
        # Not by the start: led by its index, PostgreSQL would look at every appointment there was.
        .order_by("ends_at", "pk")
    )
    shown, total = first_few(rows)
    return Panel(
        slug="outcome",
        title=_("Did they come?"),
        total=total,
        lines=[
            Line(text=f"{row.request.name} · {row}", url=page_of(row.request))
            for row in shown
            if row.request
        ],
        nothing=_("Noted for every appointment so far."),
    )


@register(order=55)
def expiring(request: HttpRequest) -> Panel | None:
    """What will be erased soon because nobody has been in touch for so long."""
    if not request.user.has_perm("consultations.erase_person"):
        return None
    rows = ConsultationRequest.objects.expiring(within=_WARNING).order_by("created_at")
    shown, total = first_few(rows)
    return Panel(
        slug="expiring",
        title=_("To be erased within %(days)d days") % {"days": _WARNING.days},
        total=total,
        lines=[_line_about(row, since=row.created_at) for row in shown],
        nothing=_("Nothing is due to be erased."),
    )


@register(order=60)
def overlapping_wishes(request: HttpRequest) -> Panel | None:
    """Times that several patients wish for, none of whom has an appointment yet."""
    if not request.user.has_perm("consultations.view_consultationrequest"):
        return None
    wishes = PreferredTime.objects.filter(starts_at__gt=timezone.now(), request__state__in=OPEN)
    shared = (
        wishes.values("starts_at").annotate(patients=Count("pk")).filter(patients__gt=1)
    ).order_by("starts_at")
    first = list(shared[:SHOWN])
    # Who asked first is asked first.
    earliest = {
        wish.starts_at: wish.request
        for wish in wishes.filter(starts_at__in=[row["starts_at"] for row in first])
        .select_related("request")
        .order_by("-request__created_at")
    }
    return Panel(
        slug="wishes",
        title=_("Wished for by several"),
        total=shared.count(),
        lines=[
            Line(
                text=date_format(timezone.localtime(row["starts_at"]), "SHORT_DAY_AND_TIME_FORMAT"),
                url=page_of(earliest[row["starts_at"]]),
                detail=ngettext("%d patient", "%d patients", row["patients"]) % row["patients"],
            )
            for row in first
            if row["starts_at"] in earliest  # or they have just been given up
        ],
        nothing=_("No time is wished for twice."),
    )
