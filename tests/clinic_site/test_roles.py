"""Each role through the admin: what is not granted is refused, on every page there is.

The pages are read from the admin itself, so a new model or page is held to the table of rights
from the day it is registered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic_site import roles
from clinic_site.roles import EVERYTHING, RIGHTS, Role
from consultations.admin.moves import MOVES
from tests.consultations.factories import make_request
from tests.pages import words_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.usefixtures("content")

REFUSED = {403, 404, 405}

# What everyone who works here may open.
FOR_ALL_STAFF = {
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n",
    "second_factor", "second_factor_ask", "second_factor_set_up", "second_factor_codes",
    "second_factor_remove",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    model: type[Model]
    name: str
    action: str

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}-{self.name}"

    @property
    def address(self) -> str:
        options = self.model._meta
        one = self.model._default_manager.last()  # the last treatment has the shortest form
        args = [] if self.name in {"changelist", "add"} else [one.pk if one else 0]
        return reverse(f"admin:{options.app_label}_{options.model_name}_{self.name}", args=args)

    def is_granted_to(self, role: Role) -> bool:
        options = self.model._meta
        actions = {"view", "change"} if self.action == "view" else {self.action}
        return any(
            roles.is_granted(
                role, options.app_label, options.model_name, f"{action}_{options.model_name}"
            )
            for action in actions
        )


PAGES = [
    Page(model, name, action)
    for model in admin.site._registry
    for name, action in [
        ("changelist", "view"), ("history", "view"), ("change", "view"), ("add", "add"),
        ("delete", "delete"),
    ]
]  # fmt: skip
SAVED = [Page(p.model, p.name, "change") if p.name == "change" else p for p in PAGES]


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_it_was_granted_and_nothing_else(role):
    desk = signed_in(make_staff(role))
    wrong = []
    for page in PAGES:
        status = desk.get(page.address).status_code
        if page.is_granted_to(role):
            # Some rights are of no use by design, such as to add a second clinic.
            wrong += [f"{page} answers {status}"] if status >= 500 else []
        elif page.name == "history" and status == 302:
            pass  # there is nothing yet whose history could be shown
        elif status not in REFUSED:
            wrong.append(f"{page} answers {status}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_saves_only_what_it_was_granted(role):
    desk = signed_in(make_staff(role))
    wrong = [
        str(page)
        for page in SAVED
        if page.name in {"add", "change", "delete"}
        and not page.is_granted_to(role)
        and desk.post(page.address, {"post": "yes"}).status_code not in REFUSED
    ]
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_moves_a_request_only_if_it_may_change_one(role):
    request = make_request()
    codename = "change_consultationrequest"
    is_granted = roles.is_granted(role, "consultations", "consultationrequest", codename)
    desk = signed_in(make_staff(role))
    for name in MOVES:
        args = [request.pk, name]
        address = reverse("admin:consultations_consultationrequest_move", args=args)
        assert (desk.post(address).status_code not in REFUSED) == is_granted, name
    assert is_granted or request.events.count() == 1


@pytest.mark.parametrize("role", Role)
def test_a_role_is_shown_free_times_only_if_it_may_give_one(role):
    codename = "change_consultationrequest"
    is_granted = roles.is_granted(role, "consultations", "consultationrequest", codename)
    address = reverse("admin:consultations_consultationrequest_times", args=[make_request().pk])
    status = signed_in(make_staff(role)).get(address).status_code
    assert status == 200 if is_granted else status in REFUSED


def test_every_action_on_a_list_names_the_right_it_needs():
    """Else whoever may look at a list could run it."""
    unguarded = [
        f"{model._meta.label}: {name}"
        for model, options in admin.site._registry.items()
        for function, name, _label in options._get_base_actions()
        if not getattr(function, "allowed_permissions", None)
    ]
    assert unguarded == []


@pytest.mark.parametrize("role", Role)
def test_a_list_offers_only_the_actions_that_are_granted(role, rf):
    request = rf.get("/")
    request.user = make_staff(role)
    for model, options in admin.site._registry.items():
        if "delete_selected" in options.get_actions(request):
            assert Page(model, "delete", "delete").is_granted_to(role), model


@pytest.mark.parametrize(
    ("role", "opened"),
    [
        (Role.FRONT_DESK, ["consultations_consultationrequest"]),
        (Role.CLINICIAN, ["consultations_consultationrequest", "treatments_treatment"]),
        (Role.EDITOR, ["treatments_treatment", "treatments_source"]),
        (Role.OWNER, ["consultations_consultationrequest", "treatments_treatment", "auth_user",
                      "clinic_site_clinic", "clinic_site_accessrecord"]),
    ],
)  # fmt: skip
def test_a_role_finds_its_work_on_the_front_page_and_can_open_it(role, opened):
    desk = signed_in(make_staff(role))
    front = desk.get("/admin/").content.decode()
    for name in opened:
        address = reverse(f"admin:{name}_changelist")
        assert f'href="{address}"' in front
        assert desk.get(address).status_code == 200


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        (Role.FRONT_DESK, ["treatments_treatment", "auth_user", "clinic_site_accessrecord"]),
        (Role.CLINICIAN, ["auth_user", "clinic_site_accessrecord"]),
        (Role.EDITOR, ["consultations_consultationrequest", "auth_user"]),
    ],
)
def test_what_a_role_must_never_be_granted(role, closed):
    desk = signed_in(make_staff(role))
    for name in closed:
        assert desk.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_the_front_page_shows_only_what_one_may_use():
    words = words_of(signed_in(make_staff(Role.FRONT_DESK)).get("/admin/"))
    assert "Consultation requests" in words
    assert "Findings" not in words
    assert "Users" not in words


# ---- pages that belong to no model


def _patterns(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if "(?P" in str(pattern.pattern):
            continue
        route = prefix + re.sub(r"<[^>]+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield pattern.name or "", "/admin/" + route


ALL_ADDRESSES = list(_patterns(admin.site.get_urls(), ""))


def test_all_addresses_are_found():
    addresses = {address for _name, address in ALL_ADDRESSES}
    assert {"/admin/", "/admin/treatments/treatment/1/change/", "/admin/r/1/1/"} <= addresses
    assert all(get_resolver().resolve(address) for address in addresses)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_role_opens_nothing(method):
    desk = signed_in(make_staff())
    opened = []
    for name, address in ALL_ADDRESSES:
        if name in FOR_ALL_STAFF:
            continue
        response = getattr(desk, method)(address)
        # Old addresses of the admin lead on to its new ones, and those are on the list too.
        moved_on = response.status_code == 302 and address.endswith("/1/")
        if response.status_code not in REFUSED and not (moved_on or "history" in address):
            opened.append(address)
    assert opened == []


def test_a_stranger_is_asked_to_sign_in_everywhere(client: Client):
    for name, address in ALL_ADDRESSES:
        if name not in {"login", "logout"}:
            response = client.get(address)
            assert response.status_code == 302, address
            assert response.headers["Location"].startswith("/admin/login/"), address


# ---- the table


def test_every_right_in_the_table_is_one_that_exists():
    there = {
        f"{app}.{model}"
        for app, model in Permission.objects.values_list(
            "content_type__app_label", "content_type__model"
        )
    }
    named = {right for rights in RIGHTS.values() for right in rights if not right.endswith("*")}
    assert named <= there

    actions = {
        action
        for rights in RIGHTS.values()
        for granted in rights.values()
        if granted != EVERYTHING
        for action in granted.split()
    }
    assert actions == {"view", "add", "change", "delete"}
    assert all(apps.is_installed(app) or app == "auth" for app in roles.APPS)


def migrated() -> None:
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def rights_of(role: Role) -> set[str]:
    group = Group.objects.get(name=role.value)
    return set(group.permissions.values_list("codename", flat=True))


def test_migrating_again_changes_nothing():
    before = {role: rights_of(role) for role in Role}
    migrated()
    assert {role: rights_of(role) for role in Role} == before
    assert all(before.values())


def test_migrating_gives_back_a_role_and_its_rights():
    Group.objects.get(name=Role.EDITOR.value).delete()
    migrated()
    assert "change_treatment" in rights_of(Role.EDITOR)
    assert "view_consultationrequest" not in rights_of(Role.EDITOR)


def test_migrating_takes_what_the_table_no_longer_grants():
    group = Group.objects.get(name=Role.EDITOR.value)
    group.permissions.add(Permission.objects.get(codename="view_consultationrequest"))
    migrated()
    assert "view_consultationrequest" not in rights_of(Role.EDITOR)


def test_migrating_leaves_what_one_person_was_granted():
    editor = make_staff(Role.EDITOR)
    editor.user_permissions.add(Permission.objects.get(codename="view_consultationrequest"))
    migrated()
    editor = type(editor).objects.get(pk=editor.pk)
    assert editor.has_perm("consultations.view_consultationrequest")


def test_migrating_a_database_without_accounts_is_no_error():
    class NoModels:
        def get_model(self, *names: str) -> None:
            raise LookupError

    roles.grant(sender=apps.get_app_config("treatments"), using="default", apps=NoModels())
