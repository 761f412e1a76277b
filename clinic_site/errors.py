"""Answers to what went wrong: each says what to do next, none shows a stack trace."""

from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _


def answer(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    """Among the patients' pages with the ways on from there; among the staff's, to the desk."""
    context = {"title": title, "advice": advice}
    if not request.path.startswith(reverse("admin:index")):
        return render(request, "error.html", context, status=status)
    if hasattr(request, "user"):  # a body that is too large is refused before anybody is known
        context = admin.site.each_context(request) | context
    return render(request, "admin/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(
        request,
        400,
        _("We could not read that"),
        _("Something in the address or the form was damaged on the way. Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(
        request,
        403,
        _("You may not open this"),
        _("If you work here, ask whoever runs the site to give you this right."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(
        request,
        404,
        _("There is no such page"),
        _("The address may be mistyped, or the page has moved."),
    )


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    return answer(
        request,
        405,
        _("This page cannot do that"),
        _("Open the page again from its link, and use the buttons on it."),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return answer(
        request,
        413,
        _("That is too much to send at once"),
        _(
            "Go back: what you wrote is still in the form. Shorten it, leave pictures out, "
            "and send it again."
        ),
    )


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, str] | None
) -> HttpResponse:
    """After too many wrong passwords; django-axes calls it in place of the sign-in page."""
    minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
    page = answer(
        request,
        429,
        _("Too many wrong passwords"),
        _(
            "For safety, this name is locked here for %(minutes)d minutes. Wait, and try again; "
            "or ask the owner of the site to unlock it, under “Security”."
        )
        % {"minutes": minutes},
    )
    page.headers["Retry-After"] = str(minutes * 60)
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the database or the usual template context: either may be what failed."""
    from django.template.loader import get_template

    return HttpResponse(get_template("500.html").render(), status=500)
