"""Asking for a consultation, the page that a patient gets for it, and the privacy notice."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinic_site.pages import public_page
from consultations.forms import ConsultationForm
from consultations.models import ConsultationRequest
from consultations.privacy import PRIVACY_DATE, RETENTION_MONTHS
from consultations.services import receive_request
from treatments.decision import read_answers


@require_http_methods(["GET", "HEAD", "POST"])
def request_consultation(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = ConsultationForm(
            initial={
                "treatment": request.GET.get("treatment"),
                "source_page": request.GET.get("from"),
                "decision": read_answers(request.GET.dict()).as_query(),
            }
        )
        return render_form(request, form)
    form = ConsultationForm(request.POST)
    if not form.is_valid():
        return render_form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    received = receive_request(
        answers=form.answers,
        # The secret of this browser's cookie. Were there none, a new one, which matches nobody's.
        sender=request.META.get("CSRF_COOKIE") or get_token(request),
        language=get_language() or "en",
        source_page=form.cleaned_data["source_page"],
    )
    return redirect(received)


# Not no-store: a browser that goes back then still shows what was typed.
@cache_control(private=True, no_cache=True)
def render_form(
    request: HttpRequest, form: ConsultationForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """The form; `problem` is what is wrong with the sending rather than with an answer."""
    return render(
        request, "consultations/form.html", {"form": form, "problem": problem}, status=status
    )


# The referrer policy of the whole site keeps the token from other sites. It is not made stricter
# here: with "no-referrer" browsers send "Origin: null", and no form on this page could be sent.
@csrf_exempt  # there is nothing to forge: a POST is answered 405
@require_safe
@cache_control(private=True, no_store=True)
def request_page(request: HttpRequest, token: str) -> HttpResponse:
    """The person's own page. Opening it changes nothing: mail scanners open links too."""
    consultation = ConsultationRequest.objects.filter(token=token).first()
    if consultation:
        response = render(request, "consultations/request.html", {"consultation": consultation})
    else:
        advice = _(
            "Perhaps a part of the link is missing: open it again from our message, or copy all "
            "of it. If that does not help, call us and tell us your reference."
        )
        response = render(
            request,
            "error.html",
            {"title": _("This link leads to no request"), "advice": advice},
            status=HTTPStatus.NOT_FOUND,
        )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "consultations/privacy.html",
        {"version_date": PRIVACY_DATE, "retention_months": RETENTION_MONTHS},
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What somebody sees whose form came without a valid token: settings.CSRF_FAILURE_VIEW.

    A patient's answers come back in the form, with a new token; sending it again is enough.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    match = request.resolver_match
    if match and match.url_name == "consultation":
        return render_form(
            request,
            ConsultationForm(request.POST),
            status=HTTPStatus.FORBIDDEN,
            problem=_(
                "For your safety we could not take this yet: the page had been open for long, "
                "or your browser keeps no cookies. Nothing you wrote is lost. Please press the "
                "button once more. If it happens again, allow cookies for this site, or call us."
            ),
        )
    advice = _(
        "Open the page anew and send it once more. If it happens again, allow cookies for this "
        "site."
    )
    return render(
        request,
        "error.html",
        {"title": _("We could not be sure that this came from you"), "advice": advice},
        status=HTTPStatus.FORBIDDEN,
    )
