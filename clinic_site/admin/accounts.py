"""Who works here, and as what. There are no other accounts: patients need none."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic_site.audit import record
from clinic_site.forms import AccountForm, NewAccountForm, PasswordOfAccountForm
from clinic_site.models import AccessRecord
from clinic_site.roles import Role

# The table of rights makes the groups, and keys of second factors are nobody's to read.
admin.site.unregister([Group, User, StaticDevice, TOTPDevice])

TECHNICAL = ["is_superuser", "user_permissions"]


class RoleFilter(admin.RelatedFieldListFilter):
    """The roles under the names that people see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("roles")

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[Any, Any]]:
        groups = Group.objects.filter(name__in=Role.values).order_by("pk")
        return [(group.pk, Role(group.name).label) for group in groups]


@admin.register(User)
class AccountAdmin(UserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    add_form_template = None
    change_password_form = PasswordOfAccountForm
    list_display = ["username", "full_name", "roles", "is_active", "last_login"]
    list_filter = ["is_active", ("groups", RoleFilter)]
    filter_horizontal = ["user_permissions"]
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        (_("Name and e-mail"), {"fields": ["first_name", "last_name", "email"]}),
        (_("What they do here"), {"fields": ["groups"]}),
        (_("Since when"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2"]}),
        fieldsets[1],
        fieldsets[2],
    ]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj and request.user.is_superuser:
            return [*fieldsets, (_("Technical"), {"fields": TECHNICAL})]
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        own = ["is_active", "groups", *TECHNICAL] if obj == request.user else []
        return ["last_login", "date_joined", *own]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Whoever could set a technical account's password could do all that it may.
        return super().has_change_permission(request, obj) and may_manage(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # An account that is no longer used is made inactive: what it did stays under its name.
        return False

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        account = self.get_object(request, unquote(id))
        if account == request.user and self.has_change_permission(request, account):
            # Where the old one is asked for: a screen that was left open is not enough.
            return redirect("admin:password_change")
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        self._record(request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        self._record(request, obj)
        return super().log_change(request, obj, message)

    def _record(self, request: HttpRequest, account: User) -> None:
        record(
            by=cast(User, request.user),
            action=AccessRecord.Action.CHANGED,
            thing=account,
            reference=account.username,
        )

    @admin.display(description=_("name"))
    def full_name(self, account: User) -> str:
        return account.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, account: User) -> str:
        return roles_of(account)


def may_manage(by: Any, account: User | None) -> bool:
    return by.is_superuser or not (account and account.is_superuser)


def roles_of(account: User) -> str:
    labels = [Role(group.name).label for group in account.groups.all() if group.name in Role.values]
    if account.is_superuser:
        labels.append(_("Technical account"))
    return pgettext("between items", ", ").join(map(str, labels)) or "–"
