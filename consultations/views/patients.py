"""The page that a patient gets for a request, and what they can do there."""

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinic_site.models import Clinic
from consultations.calendars import calendar_file
from consultations.limits import TooMany
from consultations.models import ConsultationRequest, RequestEvent
from consultations.outbox import as_told
from consultations.patient_forms import TimesForm, WithdrawForm
from consultations.services import TooLate, WrongMove, change_wish, withdraw
from consultations.views.refusals import told_to_wait

PatientView = Callable[..., HttpResponse]
_TIMES, _NOTHING = "times", "nothing"


def patients_page(view: PatientView) -> PatientView:
    """A page under a patient's link, which nobody keeps and no search engine lists.

    A link that leads nowhere (a part of it is missing, the request has been erased) says so.
    """

    # The referrer policy of the whole site keeps the token from other sites. It is not made
    # stricter here: with "no-referrer" browsers send "Origin: null", and no form could be sent.
    @wraps(view)
    @cache_control(private=True, no_store=True)
    def page(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        known = ConsultationRequest.objects.prefetch_related(
            "appointments__practitioner", "preferred_times"
        )
        try:
            response = view(request, known.get(token=token), **kwargs)
        except ConsultationRequest.DoesNotExist:
            response = render(
                request, "consultations/unknown_link.html", status=HTTPStatus.NOT_FOUND
            )
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return page


@csrf_exempt  # there is nothing to forge: a POST is answered 405
@require_safe
@patients_page
def request_page(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """How far a request is. Opening it changes nothing: mail scanners open links too."""
    events = list(consultation.events.all())
    decisive = [event for event in events if event.what == consultation.state]
    moves = [event for event in events if event.what not in RequestEvent.NO_MOVE]
    in_vain = moves and moves[-1].what == RequestEvent.What.NOT_REACHED
    return render(
        request,
        "consultations/request.html",
        {
            "consultation": consultation,
            "newest": events[-1] if events else None,
            "tried_at": moves[-1].at if in_vain else None,
            "changed": _changed(request, events) if consultation.is_live else "",
            "said": decisive[-1].for_patient if decisive else "",
        },
    )


def _changed(request: HttpRequest, events: list[RequestEvent]) -> str:
    """What has just come of `change_times`, as its redirect says it and the request bears out."""
    said = request.GET.get("changed", "")
    was_changed = bool(events) and events[-1].what == RequestEvent.What.WISHED
    return said if was_changed or said == _NOTHING else ""


@csrf_exempt
@require_safe
@patients_page
def calendar(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    appointment = consultation.appointment
    if appointment is None:
        return redirect(consultation)
    data = calendar_file(
        as_told(appointment),
        reference=consultation.reference,
        clinic=Clinic.objects.current(),
        language=get_language() or "en",
        practitioner_name=str(appointment.practitioner.words.name),
    )
    name = f"appointment-{consultation.reference}.ics"
    return HttpResponse(
        data,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@patients_page
def change_times(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask_first(request, "times", consultation, TimesForm(consultation))
    form = TimesForm(consultation, request.POST)
    answer = partial(ask, request, "times", consultation, form)
    if not form.is_valid():
        return answer(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    is_other = form.has_changed()
    try:
        if is_other:
            change_wish(request=consultation, **form.cleaned_data)
    except TooMany as refusal:
        return told_to_wait(refusal, answer)
    except TooLate as refusal:
        return answer(problem=str(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except WrongMove:
        return redirect(consultation)  # it has ended meanwhile; the page says how
    # In the address: patients have no session, and whoever guesses it learns nothing.
    changed = _TIMES if is_other else _NOTHING
    return redirect(f"{consultation.get_absolute_url()}?changed={changed}")


@require_http_methods(["GET", "HEAD", "POST"])
@patients_page
def withdraw_request(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask_first(request, "withdraw", consultation, WithdrawForm())
    form = WithdrawForm(request.POST)
    answer = partial(ask, request, "withdraw", consultation, form)
    if not form.is_valid():
        return answer(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        withdraw(request=consultation, reason=form.cleaned_data["reason"])
    except TooLate as refusal:
        return answer(problem=str(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except WrongMove:
        pass  # withdrawn already, or ended otherwise; the page says how
    return redirect(consultation)


@patients_page
def ask_again(
    request: HttpRequest, consultation: ConsultationRequest, *, what: str, problem: str
) -> HttpResponse:
    """What was typed, once more, after the check against forged requests refused it."""
    is_about_times = what == "times"
    form = TimesForm(consultation, request.POST) if is_about_times else WithdrawForm(request.POST)
    return ask(request, what, consultation, form, status=HTTPStatus.FORBIDDEN, problem=problem)


def _ask_first(
    request: HttpRequest, what: str, consultation: ConsultationRequest, form: Form
) -> HttpResponse:
    if not consultation.can_be_changed_online:
        return redirect(consultation)  # which says why, and what to do
    return ask(request, what, consultation, form)


def ask(
    request: HttpRequest,
    what: str,
    consultation: ConsultationRequest,
    form: Form,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    """The page that asks before anything changes."""
    context = {"consultation": consultation, "form": form, "problem": problem}
    return render(request, f"consultations/{what}.html", context, status=status)
