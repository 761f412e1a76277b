"""What somebody sees whose form came without a valid token."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from consultations.forms import ConsultationForm
from consultations.views.asking import render_form


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
