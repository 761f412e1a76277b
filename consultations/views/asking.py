"""Asking for a consultation, and the privacy notice."""

from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from clinic_site.network import client_address, network_of
from clinic_site.pages import public_page
from consultations.forms import OnlineForm
from consultations.limits import TooMany
from consultations.privacy import PRIVACY_DATE, RETENTION_MONTHS
from consultations.services import receive_request
from consultations.views.refusals import told_to_wait
from treatments.decision import read_answers


@require_http_methods(["GET", "HEAD", "POST"])
def request_consultation(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = OnlineForm(
            initial={
                "treatment": request.GET.get("treatment"),
                "source_page": request.GET.get("from"),
                "decision": read_answers(request.GET.dict()).as_query(),
            }
        )
        return render_form(request, form)
    form = OnlineForm(request.POST)
    answer = partial(render_form, request, form)
    if not form.is_valid():
        return answer(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        received = receive_request(
            answers=form.answers,
            preferred_times=form.cleaned_data["preferred_times"],
            # The secret of this browser's cookie. Were there none, a new one, like nobody's.
            sender=request.META.get("CSRF_COOKIE") or get_token(request),
            language=get_language() or "en",
            source_page=form.cleaned_data["source_page"],
            network=network_of(client_address(request)),
        )
    except TooMany as refusal:
        return told_to_wait(refusal, answer)
    return redirect(received)


# Not no-store: a browser that goes back then still shows what was typed.
@cache_control(private=True, no_cache=True)
def render_form(
    request: HttpRequest, form: OnlineForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """The form; `problem` is what is wrong with the sending rather than with an answer."""
    return render(
        request, "consultations/form.html", {"form": form, "problem": problem}, status=status
    )


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "consultations/privacy.html",
        {"version_date": PRIVACY_DATE, "retention_months": RETENTION_MONTHS},
    )
