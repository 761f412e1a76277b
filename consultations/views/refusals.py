"""How somebody is told that a limit is used up."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from clinic_site.models import Clinic
from clinic_site.templatetags.clinic import phone
from consultations.limits import TooMany


def told_to_wait(refusal: TooMany, answer: Callable[..., HttpResponse]) -> HttpResponse:
    """`answer`, with everything that was typed, saying until when to wait or whom to call."""
    now, until = timezone.localtime(), timezone.localtime(refusal.until)
    time = date_format(until, "TIME_FORMAT" if until.date() == now.date() else "DATETIME_FORMAT")
    problem = format_html(
        _(
            "Too much was sent from your phone number or your network in a short time, so we "
            "have not taken this. Nothing you wrote is lost. Send it again after {time}, or call "
            "us: {phone}"
        ),
        time=time,
        phone=phone(Clinic.objects.current().phone),
    )
    response = answer(problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int((until - now).total_seconds()) + 1)
    return response
