"""Setting up a second factor, being asked for it, and doing without it again."""

from typing import Any, cast

import django_otp
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import default_key

from clinic_site import second_factor, services
from clinic_site.audit import record
from clinic_site.forms import CodeForm, ReplaceForm
from clinic_site.models import AccessRecord


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """After the password: the code. Nothing else opens before."""
    user = cast(User, request.user)
    if not second_factor.is_awaited(request):
        return redirect(_next(request))
    if not second_factor.app_of(user):
        return redirect("admin:second_factor_set_up")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device = services.check_code(user=user, code=form.cleaned_data["code"])
        except services.WrongCode as problem:
            form.add_error("code", str(problem))
        else:
            _let_in(request, device)
            return redirect(_next(request))
    return _page(request, "ask", title=_("Your second factor"), form=form)


@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Tie an app on the phone to the account: one that has none, or in place of the old one."""
    user = cast(User, request.user)
    if second_factor.is_awaited(request) and second_factor.app_of(user):
        return redirect("admin:second_factor_ask")
    key = request.session.setdefault("second_factor_key", default_key())
    is_replaced = second_factor.app_of(user) is not None
    form = (ReplaceForm if is_replaced else CodeForm)(request.POST or None)
    if form.is_valid():
        was_let_in = not second_factor.is_awaited(request)
        try:
            app = services.set_up_second_factor(user=user, key=key, **form.cleaned_data)
        except services.WrongOldCode as problem:
            form.add_error("old_code", str(problem))
        except services.WrongCode as problem:
            form.add_error("code", str(problem))
        else:
            del request.session["second_factor_key"]
            _let_in(request, app, is_new=not was_let_in)
            return _to_codes(request)
    return _page(
        request,
        "set_up",
        title=_("Set up a second factor"),
        form=form,
        picture=second_factor.key_to_scan(user, key),
        key=second_factor.key_to_type(key),
        is_replaced=is_replaced,
        is_required=second_factor.is_required_of(user),
    )


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    return _overview(request, CodeForm())


def _overview(request: HttpRequest, form: CodeForm) -> HttpResponse:
    user = cast(User, request.user)
    return _page(
        request,
        "overview",
        title=_("Your second factor"),
        form=form,
        app=second_factor.app_of(user),
        codes_left=len(second_factor.recovery_codes_of(user)),
        is_required=second_factor.is_required_of(user),
    )


@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown once after they were made; a POST makes new ones."""
    user = cast(User, request.user)
    if request.method == "POST":
        if second_factor.app_of(user):
            form = CodeForm(request.POST)
            if not _has_code(user, form):
                return _overview(request, form)
            services.make_recovery_codes(user=user)
            return _to_codes(request)
    elif request.session.pop("recovery_codes_are_new", False):
        codes = second_factor.recovery_codes_of(user)
        return _page(request, "codes", title=_("Your recovery codes"), codes=codes)
    return redirect("admin:second_factor")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if second_factor.is_required_of(user):
        messages.error(
            request, _("You need a second factor here. You can set up another in its place.")
        )
    elif second_factor.app_of(user):
        form = CodeForm(request.POST)
        if not _has_code(user, form):
            return _overview(request, form)
        services.remove_second_factor(user=user, by=user)
        messages.success(request, _("You sign in with your password alone from now on."))
    return redirect("admin:second_factor")


def _has_code(user: User, form: CodeForm) -> bool:
    """Whether it is them: a screen that somebody left open is not enough for what follows."""
    if form.is_valid():
        try:
            services.check_code(user=user, code=form.cleaned_data["code"])
        except services.WrongCode as problem:
            form.add_error("code", str(problem))
    return form.is_valid()


def _let_in(request: HttpRequest, device: Device, *, is_new: bool = True) -> None:
    user = cast(User, request.user)
    request.session.cycle_key()  # what was known of the session before is worth less than this
    django_otp.login(request, device)
    if is_new:
        record(by=user, action=AccessRecord.Action.SIGNED_IN, thing=user, reference=user.username)
    if isinstance(device, StaticDevice):
        left = len(second_factor.recovery_codes_of(user))
        text = ngettext("You have %d recovery code left.", "You have %d recovery codes left.", left)
        messages.warning(request, text % left)


def _to_codes(request: HttpRequest) -> HttpResponse:
    request.session["recovery_codes_are_new"] = True
    return redirect("admin:second_factor_codes")


def _next(request: HttpRequest) -> str:
    address = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else reverse("admin:index")


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    form = context.get("form")
    return render(
        request,
        f"admin/second_factor/{name}.html",
        admin.site.each_context(request) | context,
        status=422 if form is not None and form.errors else 200,
    )
