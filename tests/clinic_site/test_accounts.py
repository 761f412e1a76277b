"""The owner's accounts page, and the page on security."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic_site.models import AccessRecord, SecurityRules
from clinic_site.roles import Role
from tests.forms import send_changed, values_on
from tests.pages import words_of
from tests.staff import PASSWORD, make_staff, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("content")

ACCOUNTS = "/admin/auth/user/"
SECURITY = "/admin/clinic_site/securityrules/"


@pytest.fixture
def olga(db: None) -> User:
    return make_staff(Role.OWNER, name="olga")


@pytest.fixture
def owner(olga: User) -> Client:
    return signed_in(olga)


def group(role: Role) -> Group:
    return Group.objects.get(name=role.value)


def page_of(user: User) -> str:
    return f"{ACCOUNTS}{user.pk}/change/"


def remove_page(user: User) -> str:
    return reverse("admin:clinic_site_securityrules_remove_factor", args=[user.pk])


# ---- accounts


def test_an_owner_adds_somebody_who_can_then_work(owner: Client):
    response = send_changed(
        owner, ACCOUNTS + "add/", username="nadia", first_name="Nadia", password1=PASSWORD,
        password2=PASSWORD, groups=[group(Role.FRONT_DESK).pk],
    )  # fmt: skip
    assert response.status_code == 302, words_of(response)
    desk = Client()
    assert sign_in(desk, "nadia").status_code == 302
    assert desk.get("/admin/consultations/consultationrequest/").status_code == 200
    kept = AccessRecord.objects.get(action="changed")
    assert (kept.actor_name, kept.reference) == ("olga", "nadia")
    words = words_of(owner.get(ACCOUNTS))
    assert "Nadia" in words
    assert "Front desk" in words


def test_roles_are_named_in_the_language_of_the_page(owner: Client):
    assert "استقبالیہ" in words_of(owner.get("/ur" + ACCOUNTS + "add/"))


def test_who_leaves_is_made_inactive_and_is_out_at_once(owner: Client):
    nadia = make_staff(Role.FRONT_DESK, name="nadia")
    desk = signed_in(nadia)
    values = values_on(owner, page_of(nadia))
    del values["is_active"]
    assert owner.post(page_of(nadia), values).status_code == 302
    assert desk.get("/admin/").status_code == 302
    assert sign_in(Client(), "nadia").status_code == 200
    assert owner.post(f"{ACCOUNTS}{nadia.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_owner_cannot_become_a_technical_account(owner: Client, olga: User):
    nadia = make_staff(name="nadia")
    right = Permission.objects.first().pk
    for account in (olga, nadia):
        send_changed(owner, page_of(account), is_superuser="on", user_permissions=[right])
        account.refresh_from_db()
        assert not account.is_superuser
        assert not account.user_permissions.exists()


def test_an_owner_cannot_take_over_a_technical_account(owner: Client, admin_user: User):
    new = {"password1": "mine-from-now-on-1", "password2": "mine-from-now-on-1"}
    assert owner.post(f"{ACCOUNTS}{admin_user.pk}/password/", new).status_code == 403
    assert owner.post(page_of(admin_user), {"username": "mine"}).status_code == 403
    TOTPDevice.objects.create(user=admin_user, name="app")
    assert owner.post(remove_page(admin_user)).status_code == 403
    assert TOTPDevice.objects.exists()


def test_nobody_shuts_themselves_out(owner: Client, olga: User):
    send_changed(owner, page_of(olga), first_name="Olga", groups=[], is_active="")
    olga.refresh_from_db()
    assert olga.first_name == "Olga"
    assert olga.is_active
    assert olga.groups.get() == group(Role.OWNER)


def test_a_technical_account_grants_a_person_more(admin_client: Client):
    nadia = make_staff(Role.FRONT_DESK, name="nadia")
    right = Permission.objects.get(codename="view_finding")
    assert (
        send_changed(admin_client, page_of(nadia), user_permissions=[right.pk]).status_code == 302
    )
    assert signed_in(nadia).get("/admin/treatments/finding/").status_code == 200


# ---- the page on security


def test_the_page_says_who_can_sign_in_and_how(owner: Client):
    nadia = make_staff(Role.FRONT_DESK, name="nadia")
    TOTPDevice.objects.create(user=nadia, name="app")
    make_staff(name="left", is_active=False)
    response = owner.get(SECURITY)
    assert 'aria-label="Remove the second factor of nadia"' in response.content.decode()
    words = words_of(response)
    assert "nadia On 0 recovery codes left Remove Front desk Never" in words
    assert "left Off – Never May not sign in any more" in words
    assert "alone for 60 minutes signs in again, and everyone does after 12 hours" in words
    assert "at least 12 characters" in words


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CLINICIAN, Role.FRONT_DESK])
def test_the_page_is_for_owners(role):
    desk = signed_in(make_staff(role))
    nadia = make_staff(name="nadia")
    TOTPDevice.objects.create(user=nadia, name="app")
    assert desk.get(SECURITY).status_code == 403
    assert desk.post(SECURITY, {"second_factor_for_all": "on"}).status_code == 403
    assert desk.post(SECURITY + "unlock/", {"username": "x", "address": "::"}).status_code == 403
    assert desk.post(remove_page(nadia)).status_code == 403
    assert TOTPDevice.objects.exists()
    assert not SecurityRules.objects.current().second_factor_for_all


def test_who_may_only_look_changes_nothing(db):
    auditor = make_staff(name="auditor")
    auditor.user_permissions.add(Permission.objects.get(codename="view_securityrules"))
    desk = signed_in(auditor)
    html = desk.get(SECURITY).content.decode()
    assert "disabled" in html
    assert desk.post(SECURITY, {"second_factor_for_all": "on"}).status_code == 403


def test_an_owner_requires_a_second_factor_of_some(owner: Client):
    clinicians = group(Role.CLINICIAN)
    response = owner.post(SECURITY, {"second_factor_roles": [clinicians.pk]}, follow=True)
    assert "The rule holds from now on." in words_of(response)
    rules = SecurityRules.objects.current()
    assert not rules.second_factor_for_all
    assert rules.second_factor_roles.get() == clinicians
    assert AccessRecord.objects.get().reference == "second factor"
    assert signed_in(make_staff(Role.CLINICIAN)).get("/admin/").status_code == 302
    assert owner.get("/admin/").status_code == 200


def test_an_owner_who_requires_it_of_everyone_is_led_first(owner: Client):
    response = owner.post(SECURITY, {"second_factor_for_all": "on"}, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/second-factor/set-up/"


def test_a_role_that_is_none_is_refused(owner: Client):
    response = owner.post(SECURITY, {"second_factor_roles": ["0"]})
    assert response.status_code == 422
    assert "<title>Error:" in response.content.decode()


def test_an_owner_unlocks_somebody(owner: Client):
    make_staff(name="nadia")
    browser = Client()
    for _number in range(5):
        sign_in(browser, "nadia", "wrong")
    page = owner.get(SECURITY)
    assert "nadia Until" in words_of(page)
    assert 'aria-label="Unlock nadia"' in page.content.decode()

    sent = {"username": "nadia", "address": "127.0.0.1"}
    response = owner.post(SECURITY + "unlock/", sent, follow=True)
    assert "Unlocked: nadia can try again." in words_of(response)
    assert sign_in(browser, "nadia").status_code == 302
    assert AccessRecord.objects.filter(action="unlocked", reference="nadia").exists()


def test_unlocking_what_is_not_locked_is_no_error_and_not_on_record(owner: Client):
    AccessAttempt.objects.create(username="omar", ip_address="::1", failures_since_start=3)
    assert owner.post(SECURITY + "unlock/", {"username": "", "address": "::1"}).status_code == 302
    assert owner.post(SECURITY + "unlock/").status_code == 302
    assert AccessAttempt.objects.exists()
    assert not AccessRecord.objects.exists()


def test_an_owner_helps_who_has_lost_the_phone(owner: Client):
    nadia = make_staff(Role.FRONT_DESK, name="nadia")
    TOTPDevice.objects.create(user=nadia, name="app")
    response = owner.post(remove_page(nadia), follow=True)
    assert "Removed: nadia signs in with the password alone" in words_of(response)
    assert not TOTPDevice.objects.exists()
    kept = AccessRecord.objects.get(action="factor_removed")
    assert (kept.actor_name, kept.reference) == ("olga", "nadia")
    assert sign_in(Client(), "nadia").status_code == 302


def test_there_is_one_set_of_rules():
    with pytest.raises(IntegrityError, match="securityrules_only_one"), transaction.atomic():
        SecurityRules.objects.create(pk=2)
