"""A way back for a patient who has lost the link to their page."""

from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from clinic_site.network import client_address, network_of
from clinic_site.pages import public_page
from consultations.limits import TooMany
from consultations.patient_forms import LostLinkForm
from consultations.services import send_link_again
from consultations.views.refusals import told_to_wait


@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether there is such a request or not: strangers ask too."""
    if request.method != "POST":
        return render_lost_link(request, LostLinkForm())
    form = LostLinkForm(request.POST)
    answer = partial(render_lost_link, request, form)
    if not form.is_valid():
        return answer(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        send_link_again(**form.cleaned_data, network=network_of(client_address(request)))
    except TooMany as refusal:
        return told_to_wait(refusal, answer)
    return redirect("lost_link_sent")


@cache_control(private=True, no_cache=True)
def render_lost_link(
    request: HttpRequest, form: LostLinkForm, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {"form": form, "problem": problem}
    return render(request, "consultations/lost_link.html", context, status=status)


@public_page
def lost_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/lost_link_sent.html")
