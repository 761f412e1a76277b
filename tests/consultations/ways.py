"""How a request can go: one of each, with the addresses that its patient may open."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from consultations.models import Appointment, ConsultationRequest, Practitioner
from consultations.services import (
    cancel_appointment,
    confirm,
    decline,
    mark_attended,
    mark_no_show,
    note_contact,
    withdraw,
)
from tests.consultations.factories import make_request

LOST_LINK = ["/consultation/lost-link/", "/consultation/lost-link/sent/"]
UNKNOWN_LINK = f"/consultation/{'x' * 43}/"


def patients_pages() -> dict[str, str]:
    """Every page that only a patient's link opens, by what has happened to the request."""
    desk = User.objects.create_user("desk")
    practitioner = Practitioner.objects.get()
    days = iter(range(10, 40))
    this_minute = timezone.now().replace(second=0, microsecond=0)

    def new() -> ConsultationRequest:
        day = next(days)
        return make_request(
            sender=f"browser {day}",
            email="patient@example.com",
            message="When can I come?\nاور کس دن؟",
            preferred_times=[_at(day), _at(day + 1)],
        )

    def confirmed(starts_at: datetime | None = None) -> ConsultationRequest:
        request = new()
        starts_at = starts_at or _at(next(days))
        confirm(request=request, practitioner=practitioner, starts_at=starts_at, actor=desk)
        return request

    def begun() -> ConsultationRequest:
        request = confirmed()
        start = this_minute - timedelta(hours=next(days))
        Appointment.objects.filter(request=request).update(
            starts_at=start, ends_at=start + timedelta(minutes=30)
        )
        return request

    ways = {
        "new": new(),
        "not reached": note_contact(request=new(), actor=desk, reached=False),
        "confirmed": confirmed(),
        "confirmed, soon": confirmed(this_minute + timedelta(hours=1)),
        "begun": begun(),
        "cancelled": cancel_appointment(request=confirmed(), actor=desk),
        "attended": mark_attended(request=begun(), actor=desk),
        "missed": mark_no_show(request=begun(), actor=desk),
        "declined": decline(request=new(), actor=desk, reason="We do not treat this."),
        "withdrawn": withdraw(request=confirmed()),
    }
    pages = {way: request.get_absolute_url() for way, request in ways.items()}
    return pages | {
        "times changed to the same": f"{pages['new']}?changed=nothing",
        "times": f"{pages['confirmed']}times/",
        "withdraw": f"{pages['confirmed']}withdraw/",
        "withdraw, nothing agreed": f"{pages['new']}withdraw/",
    }


def _at(day: int) -> datetime:
    """Eleven o'clock at the clinic, in so many days."""
    return timezone.localtime().replace(hour=11, minute=0, second=0, microsecond=0) + timedelta(day)
