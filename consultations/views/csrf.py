"""What somebody sees whose form came without a valid token."""

from http import HTTPStatus

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from clinic_site import errors
from consultations.forms import OnlineForm
from consultations.patient_forms import LostLinkForm
from consultations.views.asking import render_form
from consultations.views.lost_link import render_lost_link
from consultations.views.patients import ask_again


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What somebody sees whose form came without a valid token: settings.CSRF_FAILURE_VIEW.

    A patient's answers come back in the form, with a new token; sending it again is enough.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    problem = _(
        "For your safety we could not take this yet: the page had been open for long, or your "
        "browser keeps no cookies. Nothing you wrote is lost. Please press the button once more. "
        "If it happens again, allow cookies for this site, or call us."
    )
    status = HTTPStatus.FORBIDDEN
    address = request.resolver_match
    match address and (address.url_name, address.kwargs):
        case "consultation", _kwargs:
            form = OnlineForm(request.POST)
            # How long it took says nothing any more: there is one reason, and it is told.
            form.errors.pop(NON_FIELD_ERRORS, None)
            return render_form(request, form, status=status, problem=problem)
        case "lost_link", _kwargs:
            lost = LostLinkForm(request.POST)
            return render_lost_link(request, lost, status=status, problem=problem)
        case "consultation_times", link:
            return ask_again(request, **link, what="times", problem=problem)
        case "consultation_withdraw", link:
            return ask_again(request, **link, what="withdraw", problem=problem)
    advice = _(
        "Open the page anew and send it once more. If it happens again, allow cookies for this "
        "site."
    )
    title = _("We could not be sure that this came from you")
    return errors.answer(request, HTTPStatus.FORBIDDEN, title, advice)
