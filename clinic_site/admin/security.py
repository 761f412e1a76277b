"""The owner's page on security: who can sign in, how, and who is locked out."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic_site import lockout, services
from clinic_site.admin.accounts import may_manage, roles_of
from clinic_site.forms import SecurityRulesForm
from clinic_site.models import SecurityRules

PAGE = "admin:clinic_site_securityrules_changelist"


@admin.register(SecurityRules)
class SecurityAdmin(admin.ModelAdmin):
    """One page in place of a list of one."""

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("unlock/", guard(self.unlock), name="clinic_site_securityrules_unlock"),
            path(
                "second-factor/<int:user_id>/remove/",
                guard(self.remove_second_factor),
                name="clinic_site_securityrules_remove_factor",
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SecurityRules | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(PAGE)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rules = SecurityRules.objects.current()
        form = SecurityRulesForm(request.POST or None, instance=rules)
        if request.method == "POST":
            self._may_change(request)
            if form.is_valid():
                services.require_second_factor(
                    for_all=form.cleaned_data["second_factor_for_all"],
                    roles=form.cleaned_data["second_factor_roles"],
                    by=cast(User, request.user),
                )
                messages.success(request, _("The rule holds from now on."))
                return redirect(PAGE)
        context = self.admin_site.each_context(request) | {
            "title": _("Security"),
            "opts": self.opts,
            "form": form,
            "may_change": self.has_change_permission(request),
            "people": self._people(request),
            "tries": lockout.wrong_tries(),
            "tries_allowed": settings.AXES_FAILURE_LIMIT,
            "lock_minutes": settings.AXES_COOLOFF_TIME.seconds // 60,
            "idle_minutes": settings.SESSION_IDLE_AGE // 60,
            "session_hours": settings.SESSION_COOKIE_AGE // 3600,
            "password_rules": password_validators_help_texts(),
        }
        status = 422 if form.errors else 200
        return render(request, "admin/clinic_site/security.html", context, status=status)

    @method_decorator(require_POST)
    def unlock(self, request: HttpRequest) -> HttpResponse:
        self._may_change(request)
        wanted = (request.POST.get("username"), request.POST.get("address"))
        tries = next(
            (row for row in lockout.wrong_tries() if (row.username, row.address) == wanted), None
        )
        if tries:
            services.unlock(
                username=tries.username, address=tries.address, by=cast(User, request.user)
            )
        messages.success(request, _("Unlocked: %s can try again.") % wanted[0])
        return redirect(PAGE)

    @method_decorator(require_POST)
    def remove_second_factor(self, request: HttpRequest, user_id: int) -> HttpResponse:
        self._may_change(request)
        account = get_object_or_404(User, pk=user_id)
        if not may_manage(request.user, account):
            raise PermissionDenied
        if account == request.user:
            # Where a code is asked for: a screen that was left open is not enough.
            return redirect("admin:second_factor")
        services.remove_second_factor(user=account, by=cast(User, request.user))
        messages.success(
            request,
            _("Removed: %s signs in with the password alone, until a new one is set up.")
            % account.username,
        )
        return redirect(PAGE)

    def _may_change(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _people(self, request: HttpRequest) -> list[dict[str, Any]]:
        accounts = (
            User.objects.filter(is_staff=True)
            .prefetch_related("groups")
            .annotate(
                has_factor=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)),
                codes_left=Count("staticdevice__token_set"),
            )
            .order_by("-is_active", "username")
        )
        return [
            {
                "account": account,
                "roles": roles_of(account),
                "may_manage": may_manage(request.user, account),
            }
            for account in accounts
        ]
