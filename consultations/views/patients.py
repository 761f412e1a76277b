"""The page that a patient gets for a request."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from consultations.models import ConsultationRequest


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
