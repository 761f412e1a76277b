"""Where staff answer "What do you hold about me?" and "Erase me"."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic_site import audit
from clinic_site.models import AccessRecord
from consultations import erasure, person
from consultations.erasure import Reason
from consultations.models import ConsultationRequest

EXPORT, ERASE = "consultations.export_person", "consultations.erase_person"
Requests = list[ConsultationRequest]


class FindForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Who is it?"),
        max_length=200,
        help_text=gettext_lazy(
            "A phone number in any spelling, an e-mail address, a reference or a name."
        ),
    )


class EraseForm(forms.Form):
    """Why, and a proof that it is meant."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=[(one.value, one.label) for one in Reason if one != Reason.EXPIRED],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why.")},
    )
    reference = forms.CharField(
        max_length=20,
        error_messages={"required": gettext_lazy("Type the reference, so that we are sure.")},
    )

    def __init__(self, *args: Any, requests: Requests, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = requests[0].reference
        self.fields["reference"].label = _("Type %(reference)s") % {"reference": self.expected}

    def clean_reference(self) -> str:
        typed = self.cleaned_data["reference"].strip().upper()
        if typed != self.expected:
            raise forms.ValidationError(
                _("This is not %(reference)s. Check that you erase the right person.")
                % {"reference": self.expected}
            )
        return typed


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Who it may be. Staff choose which of the requests are the person's."""
    if not (request.user.has_perm(EXPORT) or request.user.has_perm(ERASE)):
        raise PermissionDenied
    form = FindForm(request.GET if "q" in request.GET else None)
    found = person.find(form.cleaned_data["q"]) if form.is_valid() else None
    return _page(request, "find", _("A person's data"), form=form, found=found, most=person.MOST)


@require_safe
@permission_required(EXPORT, raise_exception=True)
def show(request: HttpRequest) -> HttpResponse:
    """All of it, to read and to print; with `as=json`, to take along."""
    requests = person.chosen(request.GET.getlist("r"))
    if not requests:
        return _back_to_the_search(request, request.GET)
    is_taken_along = request.GET.get("as") == "json"
    action = AccessRecord.Action.EXPORTED if is_taken_along else AccessRecord.Action.VIEWED
    for one in requests:
        audit.record(by=cast(User, request.user), action=action, thing=one, reference=one.reference)
    if is_taken_along:
        return JsonResponse(
            person.as_data(requests),
            json_dumps_params={"ensure_ascii": False, "indent": 1},
            headers={"Content-Disposition": f'attachment; filename="{requests[0]}.json"'},
        )
    return _page(
        request,
        "data",
        _("What we hold about you"),
        requests=requests,
        other_language=translate_url(request.get_full_path(), requests[0].language),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ERASE, raise_exception=True)
def erase(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; and, once confirmed, the erasure."""
    asked = request.POST if request.method == "POST" else request.GET
    requests = person.chosen(asked.getlist("r"))
    if not requests:
        return _back_to_the_search(request, asked)
    form = EraseForm(request.POST if request.method == "POST" else None, requests=requests)
    if form.is_valid():
        count = erasure.erase_person(
            requests=requests,
            actor=cast(User, request.user),
            reason=Reason(form.cleaned_data["reason"]),
        )
        done = ngettext("%d request is erased.", "%d requests are erased.", count) % count
        messages.success(request, done)
        return redirect("admin:consultations_person")
    title = _("Erase a person")
    status = 422 if form.is_bound else 200
    return _page(request, "erase", title, status=status, form=form, requests=requests)


def _back_to_the_search(request: HttpRequest, asked: QueryDict) -> HttpResponse:
    """To what was found, where nothing of it is ticked, or what was is gone."""
    problem = _("Tick the requests that are theirs first.")
    if "r" in asked:
        problem = _("Nothing of these requests is here any more. Perhaps a colleague was faster.")
    messages.warning(request, problem)
    search = f"?{urlencode({'q': asked['q']})}" if "q" in asked else ""
    return redirect(reverse("admin:consultations_person") + search)


def _page(
    request: HttpRequest, name: str, title: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    return TemplateResponse(
        request,
        f"admin/consultations/person/{name}.html",
        {**admin.site.each_context(request), "title": title, **context},
        status=status,
    )


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    return [
        path("person/", admin_view(find), name="consultations_person"),
        path("person/data/", admin_view(show), name="consultations_person_data"),
        path("person/erase/", admin_view(erase), name="consultations_person_erase"),
    ]
