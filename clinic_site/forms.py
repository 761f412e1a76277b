"""What staff type in about their accounts."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    UserChangeForm,
    UserCreationForm,
    UsernameField,
)
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from clinic_site.models import SecurityRules
from clinic_site.roles import Role

DATE_ERRORS = {"invalid": _("Choose a date, or write it like 2026-12-31.")}


class SignInForm(AdminAuthenticationForm):
    # Django's field has no limit that the server checks; a longer name could not be noted.
    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))


class CodeForm(forms.Form):
    """A code from the app or, where those are asked for, a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return _as_issued(self.cleaned_data["code"])


class ReplaceForm(CodeForm):
    """A code from the new app, and one from that which it takes the place of."""

    old_code = forms.CharField(
        label=_("Code from your old phone, or a recovery code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_old_code(self) -> str:
        return _as_issued(self.cleaned_data["old_code"])


def _as_issued(code: str) -> str:
    """People type spaces, capitals, and the figures of their language."""
    signs = (str(unicodedata.digit(sign, sign)) for sign in code)
    return "".join(signs).replace(" ", "").replace("-", "").lower()


class RolesField(forms.ModelMultipleChoiceField):
    """The roles by the names that people see."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        roles = Group.objects.filter(name__in=Role.values).order_by("pk")
        super().__init__(roles, required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(Role(obj.name).label)


class AccountForm(UserChangeForm):
    groups = RolesField(label=_("Roles"))


class NewAccountForm(UserCreationForm):
    groups = RolesField(label=_("Roles"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The admin's script goes to the first field too, and the browser complains of the second.
        del self.fields["username"].widget.attrs["autofocus"]


class PasswordOfAccountForm(AdminPasswordChangeForm):
    # Django's own text is put together before a language is known, and speaks of other ways in.
    usable_password_help_text = _(  # type: ignore[assignment]
        "Disabled: they cannot sign in, and the password is lost."
    )


class SecurityRulesForm(forms.ModelForm):
    second_factor_roles = RolesField(label=_("these roles"))

    class Meta:
        model = SecurityRules
        fields = ["second_factor_for_all", "second_factor_roles"]
