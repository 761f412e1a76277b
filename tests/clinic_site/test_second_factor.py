"""The second factor: setting it up, being asked for it, losing it."""

import re
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic_site import second_factor, services
from clinic_site.models import AccessRecord, SecurityRules
from clinic_site.roles import Role
from tests.pages import words_of
from tests.staff import PASSWORD, make_staff, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("content")

PAGE, ASK, SET_UP, CODES, REMOVE = (
    f"/admin/second-factor/{name}" for name in ("", "ask/", "set-up/", "codes/", "remove/")
)
SECURITY, RECORDS = "/admin/clinic_site/securityrules/", "/admin/clinic_site/accessrecord/"
KEY = "31" * 20
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Karachi"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def nadia(db: None) -> User:
    return make_staff(Role.FRONT_DESK, name="nadia")


def code(key: str = KEY) -> str:
    """What the app on the phone shows now."""
    return f"{totp(bytes.fromhex(key)):06}"


def give_app(user: User, clock) -> None:
    services.set_up_second_factor(user=user, key=KEY, code=code())
    AccessRecord.objects.all().delete()
    clock.shift(timedelta(minutes=1))


def require(*roles: Role, for_all: bool = False) -> None:
    rules = SecurityRules.objects.current()
    rules.second_factor_for_all = for_all
    rules.save()
    rules.second_factor_roles.set(Group.objects.filter(name__in=roles))


def set_up(client: Client, **data: str):
    client.get(SET_UP)
    key = client.session["second_factor_key"]
    return client.post(SET_UP, {"code": code(key)} | data)


def code_of(user: User) -> str:
    """What the app that they have set up shows now."""
    return code(second_factor.app_of(user).key)


def codes_on(response) -> list[str]:
    return re.findall(r"<li><code>(\w{8})</code>", response.content.decode())


# ---- setting it up


def test_the_key_is_shown_as_a_picture_and_in_letters(nadia):
    desk = signed_in(nadia)
    html = desk.get(SET_UP).content.decode()
    assert "<svg" in html
    assert "style=" not in html
    assert second_factor.key_to_type(desk.session["second_factor_key"]) in html
    assert not TOTPDevice.objects.exists()


def test_a_reload_keeps_the_key(nadia):
    desk = signed_in(nadia)
    desk.get(SET_UP)
    first = desk.session["second_factor_key"]
    desk.get(SET_UP)
    assert desk.session["second_factor_key"] == first


def test_setting_it_up_shows_recovery_codes_once(nadia):
    desk = signed_in(nadia)
    response = set_up(desk)
    assert response.headers["Location"] == CODES
    shown = codes_on(desk.get(CODES))
    assert len(shown) == 10
    assert shown == second_factor.recovery_codes_of(nadia)

    again = desk.get(CODES)
    assert again.headers["Location"] == PAGE
    assert "On since 24 November 2026" in words_of(desk.get(PAGE))
    assert "You have 10 recovery codes left." in words_of(desk.get(PAGE))
    assert [kept.action for kept in AccessRecord.objects.all()] == ["factor_set"]


@pytest.mark.parametrize("wrong", ["000000", "", "abcdef", "1", "9" * 40, "٪٪٪٪٪٪", "²²²²²²"])
def test_a_wrong_code_sets_nothing_up_and_says_what_to_do(nadia, wrong):
    desk = signed_in(nadia)
    response = set_up(desk, code=wrong)
    assert response.status_code == 422
    assert "<title>Error:" in response.content.decode()
    assert 'href="#id_code"' in response.content.decode()
    assert not TOTPDevice.objects.exists()
    assert desk.get("/admin/").status_code == 200


def test_another_phone_takes_the_place_of_the_old_one(nadia, clock):
    desk = signed_in(nadia)
    set_up(desk)
    old = second_factor.app_of(nadia).key
    old_codes = second_factor.recovery_codes_of(nadia)
    clock.shift(timedelta(minutes=1))

    set_up(desk, old_code=code_of(nadia))
    assert TOTPDevice.objects.get().key != old
    assert not set(old_codes) & set(second_factor.recovery_codes_of(nadia))
    assert desk.get("/admin/").status_code == 200


@pytest.mark.parametrize("wrong", ["", "000000", "abcdefgh"])
def test_another_phone_takes_no_place_without_a_code_of_the_old_one(nadia, clock, wrong):
    desk = signed_in(nadia)
    set_up(desk)
    old, old_codes = second_factor.app_of(nadia), second_factor.recovery_codes_of(nadia)
    clock.shift(timedelta(minutes=1))
    response = set_up(desk, old_code=wrong)
    assert response.status_code == 422
    assert 'href="#id_old_code"' in response.content.decode()
    assert TOTPDevice.objects.get().key == old.key
    assert second_factor.recovery_codes_of(nadia) == old_codes
    if len(wrong) == 6:
        # It counts as a wrong one does when signing in.
        assert "There were several wrong codes." in words_of(set_up(desk, old_code=code_of(nadia)))


def test_a_phone_that_is_lost_is_replaced_with_a_recovery_code(nadia, clock):
    desk = signed_in(nadia)
    set_up(desk)
    old, lifebuoy = second_factor.app_of(nadia), second_factor.recovery_codes_of(nadia)[0]
    # A slip with the new app does not use it up.
    assert set_up(desk, code="000000", old_code=lifebuoy).status_code == 422
    assert set_up(desk, old_code=lifebuoy).headers["Location"] == CODES
    assert TOTPDevice.objects.get().key != old.key


# ---- being asked for it


def test_after_the_password_nothing_opens_before_the_code(client: Client, nadia, clock):
    give_app(nadia, clock)
    response = client.post(
        "/admin/login/?next=/admin/consultations/consultationrequest/",
        {"username": "nadia", "password": "a-long-password-of-ours"},
        follow=True,
    )
    assert response.redirect_chain[-1][0].startswith(ASK)
    for page in ("/admin/", PAGE, CODES, REMOVE, "/admin/password_change/",
                 "/admin/consultations/consultationrequest/", "/admin/jsi18n/"):  # fmt: skip
        assert client.get(page).status_code == 302, page
    # Nor can it be got around by setting up another.
    assert client.get(SET_UP).headers["Location"] == ASK
    assert client.post(SET_UP, {"code": "000000"}).headers["Location"] == ASK
    assert not AccessRecord.objects.exists()

    before = client.session.session_key
    response = client.post(response.redirect_chain[-1][0], {"code": code()})
    assert response.headers["Location"] == "/admin/consultations/consultationrequest/"
    assert client.get(response.headers["Location"]).status_code == 200
    assert client.session.session_key != before
    assert AccessRecord.objects.get().action == "signed_in"


@pytest.mark.parametrize("spelled", ["{0}{1}", "{0} {1}", "{0}-{1}", " {0}{1} "])
def test_a_code_may_be_typed_with_a_space(client: Client, nadia, clock, spelled):
    give_app(nadia, clock)
    sign_in(client, "nadia")
    typed = spelled.format(code()[:3], code()[3:])
    assert client.post(ASK, {"code": typed}).status_code == 302


def test_a_code_may_be_typed_in_urdu_figures(client: Client, nadia, clock):
    give_app(nadia, clock)
    sign_in(client, "nadia")
    figures = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    assert client.post(ASK, {"code": code().translate(figures)}).status_code == 302


def test_a_code_opens_only_once(client: Client, nadia, clock):
    give_app(nadia, clock)
    sign_in(client, "nadia")
    assert client.post(ASK, {"code": code()}).status_code == 302
    thief = Client()
    sign_in(thief, "nadia")
    assert thief.post(ASK, {"code": code()}).status_code == 422


def test_wrong_codes_must_wait_ever_longer(client: Client, nadia, clock):
    give_app(nadia, clock)
    sign_in(client, "nadia")
    response = client.post(ASK, {"code": "000000"})
    assert response.status_code == 422
    assert "This code is not right" in words_of(response)
    response = client.post(ASK, {"code": code()})
    assert response.status_code == 422
    assert "There were several wrong codes." in words_of(response)
    clock.shift(timedelta(seconds=2))
    assert client.post(ASK, {"code": code()}).status_code == 302


def test_a_recovery_code_opens_once_and_says_how_many_are_left(client: Client, nadia, clock):
    give_app(nadia, clock)
    lifebuoy = second_factor.recovery_codes_of(nadia)[0]
    sign_in(client, "nadia")
    response = client.post(ASK, {"code": f"{lifebuoy[:4].upper()} {lifebuoy[4:]}"}, follow=True)
    assert "You have 9 recovery codes left." in words_of(response)
    owner = signed_in(make_staff(Role.OWNER))
    assert "On 9 recovery codes left" in words_of(owner.get(SECURITY))
    assert "nadia Recovery code used" in words_of(owner.get(RECORDS))

    other = Client()
    sign_in(other, "nadia")
    assert other.post(ASK, {"code": lifebuoy}).status_code == 422


def test_a_code_made_by_the_administrator_of_the_machine_opens(client: Client, nadia, clock):
    give_app(nadia, clock)
    output = StringIO()
    call_command("addstatictoken", "nadia", stdout=output)
    sign_in(client, "nadia")
    assert client.post(ASK, {"code": output.getvalue().strip()}).status_code == 302


def test_another_persons_code_opens_nothing(client: Client, nadia, clock):
    give_app(nadia, clock)
    omar = make_staff(name="omar")
    services.set_up_second_factor(user=omar, key="32" * 20, code=code("32" * 20))
    clock.shift(timedelta(minutes=1))
    sign_in(client, "nadia")
    assert client.post(ASK, {"code": code("32" * 20)}).status_code == 422
    clock.shift(timedelta(minutes=1))
    assert client.post(ASK, {"code": second_factor.recovery_codes_of(omar)[0]}).status_code == 422


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_code_leads_nowhere_else(client: Client, nadia, clock, elsewhere):
    give_app(nadia, clock)
    sign_in(client, "nadia")
    response = client.post(f"{ASK}?next={elsewhere}", {"code": code()})
    assert response.headers["Location"] == "/admin/"


def test_who_has_no_code_can_still_sign_out(client: Client, nadia, clock):
    give_app(nadia, clock)
    sign_in(client, "nadia")
    assert 'action="/admin/logout/"' in client.get(ASK).content.decode()
    client.post("/admin/logout/")
    assert client.get(ASK).headers["Location"].startswith("/admin/login/")


def test_a_stranger_is_not_asked_for_a_code(client: Client):
    for page in (ASK, SET_UP):
        assert client.get(page).headers["Location"] == f"/admin/login/?next={page}"
        assert client.post(page, {"code": "123456"}).status_code == 302


def test_who_is_in_already_is_not_asked_again(nadia):
    assert signed_in(nadia).get(ASK).headers["Location"] == "/admin/"


# ---- when the owner requires it


@pytest.mark.parametrize(
    ("roles", "for_all", "is_led"),
    [
        ([], False, False),
        ([Role.OWNER, Role.EDITOR], False, False),
        ([Role.FRONT_DESK], False, True),
        ([], True, True),
    ],
)
def test_who_needs_one_is_led_to_set_it_up_and_can_do_nothing_before(nadia, roles, for_all, is_led):
    require(*roles, for_all=for_all)
    desk = signed_in(nadia)
    response = desk.get("/admin/consultations/consultationrequest/", follow=True)
    led_to = response.redirect_chain[-1][0] if response.redirect_chain else ""
    assert (led_to == SET_UP) is is_led
    assert ("Your work here needs a second factor" in words_of(response)) is is_led
    if is_led:
        assert desk.post(REMOVE).status_code == 302
        set_up(desk)
        assert desk.get("/admin/consultations/consultationrequest/").status_code == 200
        assert {kept.action for kept in AccessRecord.objects.all()} == {"factor_set", "signed_in"}


def test_a_technical_account_needs_what_owners_need(admin_client: Client):
    require(Role.OWNER)
    assert admin_client.get("/admin/").status_code == 302


def test_who_may_do_without_can_remove_it(nadia, clock):
    desk = signed_in(nadia)
    set_up(desk)
    desk.get(CODES)
    clock.shift(timedelta(minutes=1))
    response = desk.post(REMOVE, {"code": code_of(nadia)}, follow=True)
    assert "You sign in with your password alone from now on." in words_of(response)
    assert not TOTPDevice.objects.exists()
    assert second_factor.recovery_codes_of(nadia) == []
    assert AccessRecord.objects.latest("pk").action == "factor_removed"


def test_who_must_have_it_can_only_replace_it(nadia):
    require(Role.FRONT_DESK)
    desk = signed_in(nadia)
    set_up(desk)
    desk.get(CODES)
    assert REMOVE not in desk.get(PAGE).content.decode()
    response = desk.post(REMOVE, follow=True)
    assert "You need a second factor here." in words_of(response)
    assert TOTPDevice.objects.exists()


@pytest.mark.parametrize("page", [CODES, REMOVE])
@pytest.mark.parametrize("typed", [{}, {"code": ""}, {"code": "000000"}, {"code": "used"}])
def test_a_screen_left_open_changes_nothing_without_a_code(nadia, page, typed):
    desk = signed_in(nadia)
    set_up(desk)
    old = codes_on(desk.get(CODES))
    if typed.get("code") == "used":
        typed = {"code": code_of(nadia)}
    response = desk.post(page, typed)
    assert response.status_code == 422
    assert "<title>Error:" in response.content.decode()
    assert 'href="#id_code"' in response.content.decode()
    assert TOTPDevice.objects.exists()
    assert second_factor.recovery_codes_of(nadia) == old
    assert desk.get(CODES).headers["Location"] == PAGE


def test_new_recovery_codes_end_the_old_ones(nadia, clock):
    desk = signed_in(nadia)
    set_up(desk)
    old = codes_on(desk.get(CODES))
    clock.shift(timedelta(minutes=1))
    assert desk.post(CODES, {"code": code_of(nadia)}).headers["Location"] == CODES
    new = codes_on(desk.get(CODES))
    assert AccessRecord.objects.latest("pk").action == "recovery_made"
    assert len(new) == 10
    assert not set(old) & set(new)


def test_no_recovery_codes_without_a_second_factor(nadia):
    desk = signed_in(nadia)
    assert desk.post(CODES).headers["Location"] == PAGE
    assert second_factor.recovery_codes_of(nadia) == []


def test_a_screen_left_open_is_not_enough_to_take_an_account_over(clock):
    olga = make_staff(Role.OWNER, name="olga")
    give_app(olga, clock)
    owner = signed_in(olga)
    owner.post(ASK, {"code": code_of(olga)})
    assert (
        'aria-label="Remove the second factor of olga"' not in owner.get(SECURITY).content.decode()
    )
    remove = reverse("admin:clinic_site_securityrules_remove_factor", args=[olga.pk])
    assert owner.post(remove).headers["Location"] == PAGE
    assert second_factor.app_of(olga)

    for pk in (str(olga.pk), f"0{olga.pk}"):
        typed = {"password1": "another-long-password", "password2": "another-long-password"}
        response = owner.post(f"/admin/auth/user/{pk}/password/", typed)
        assert response.headers["Location"] == "/admin/password_change/"
    olga.refresh_from_db()
    assert olga.check_password(PASSWORD)
