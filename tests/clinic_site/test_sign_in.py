"""The password: what happens when it is wrong too often, and how long a sign-in lasts."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.models import AccessRecord
from clinic_site.roles import Role
from tests.pages import words_of
from tests.staff import PASSWORD, SIGN_IN, make_staff, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("content")

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Karachi"))


@pytest.fixture
def nadia(db: None) -> User:
    return make_staff(Role.FRONT_DESK, name="nadia")


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def fail(client: Client, times: int, name: str = "nadia", **extra: str):
    for _number in range(times):
        response = sign_in(client, name, "not-her-password", **extra)
    return response


# ---- wrong passwords


def test_the_right_password_leads_to_the_desk_and_is_on_record(client: Client, nadia):
    response = sign_in(client, "nadia")
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    kept = AccessRecord.objects.get()
    assert (kept.actor, kept.action, kept.reference) == (nadia, "signed_in", "nadia")


def test_an_address_of_another_site_leads_to_the_desk(client: Client, nadia):
    typed = {"username": "nadia", "password": PASSWORD}
    response = client.post(f"{SIGN_IN}?next=//evil.example", typed)
    assert response.headers["Location"] == "/admin/"


def test_a_wrong_password_is_not_on_record_as_a_sign_in(client: Client, nadia):
    assert fail(client, 1).status_code == 200
    assert not AccessRecord.objects.exists()


def test_five_wrong_passwords_lock_the_name_and_say_what_to_do(client: Client, nadia, clock):
    assert fail(client, 4).status_code == 200
    response = fail(client, 1)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "900"
    assert "locked here for 15 minutes" in words_of(response)
    assert "ask the owner of the site to unlock it" in words_of(response)
    assert sign_in(client, "nadia").status_code == 429  # even with the right one


def test_the_page_of_the_locked_speaks_urdu_in_urdu(client: Client, nadia):
    for _number in range(5):
        response = client.post("/ur" + SIGN_IN, {"username": "nadia", "password": "x"})
    assert response.status_code == 429
    assert 'lang="ur"' in response.content.decode()
    assert "Too many wrong passwords" not in words_of(response)


def test_the_lock_ends_by_itself_however_often_it_is_tried(client: Client, nadia, clock):
    fail(client, 5)
    clock.shift(timedelta(minutes=14))
    assert sign_in(client, "nadia").status_code == 429
    clock.shift(timedelta(minutes=2))
    assert sign_in(client, "nadia").status_code == 302


def test_the_others_behind_the_same_address_are_not_locked_out(client: Client, nadia):
    make_staff(name="omar")
    fail(client, 5)
    assert sign_in(Client(), "omar").status_code == 302


def test_a_stranger_elsewhere_cannot_lock_somebody_out(client: Client, nadia):
    fail(client, 9, REMOTE_ADDR="203.0.113.9")
    assert sign_in(client, "nadia").status_code == 302


def test_another_address_of_the_same_ipv6_line_is_no_way_around(client: Client, nadia):
    for number in range(5):
        fail(client, 1, REMOTE_ADDR=f"2001:db8:1:2::{number}")
    assert sign_in(client, "nadia", REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429
    assert sign_in(client, "nadia", REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_another_browser_is_no_way_around(client: Client, nadia):
    for number in range(5):
        fail(client, 1, HTTP_USER_AGENT=f"Browser {number}")
    assert sign_in(client, "nadia").status_code == 429


def test_the_right_password_makes_up_for_wrong_ones(client: Client, nadia):
    fail(client, 4)
    sign_in(client, "nadia")
    assert not AccessAttempt.objects.exists()


def test_no_password_is_kept_and_nobody_is_named_in_the_logs(client: Client, nadia, caplog):
    with caplog.at_level(logging.INFO):
        fail(client, 5)
    kept = AccessAttempt.objects.values().get()
    assert "not-her-password" not in str(kept)
    assert "not-her-password" not in caplog.text
    assert "nadia" not in caplog.text
    assert "127.0.0.1" not in caplog.text


@pytest.mark.parametrize("name", ["n" * 300, "n\0", "", "ن" * 151])
def test_a_name_that_cannot_be_is_refused_in_words(client: Client, name):
    assert sign_in(client, name, "x").status_code == 200
    assert not AccessAttempt.objects.exists()


# ---- how long it lasts


def test_who_is_away_for_an_hour_signs_in_again(nadia, clock):
    desk = signed_in(nadia)
    for _number in range(3):
        clock.shift(timedelta(minutes=59))
        assert desk.get("/admin/").status_code == 200
    clock.shift(timedelta(minutes=61))
    response = desk.get("/admin/", follow=True)
    assert response.redirect_chain == [(SIGN_IN + "?next=/admin/", 302)]
    assert "You were signed out" in words_of(response)
    assert "_auth_user_id" not in desk.session


def test_everyone_signs_in_again_after_twelve_hours(nadia, clock):
    desk = signed_in(nadia)
    for _number in range(13):
        assert desk.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=55))
    clock.shift(timedelta(minutes=10))
    assert desk.get("/admin/").status_code == 302


def test_a_session_that_has_no_clock_yet_is_given_one(nadia, clock):
    desk = signed_in(nadia)
    session = desk.session
    del session["signed_in_at"], session["seen_at"]
    session.save()
    assert desk.get("/admin/").status_code == 200
    clock.shift(timedelta(minutes=61))
    assert desk.get("/admin/").status_code == 302


def test_not_every_page_is_a_write(nadia, clock):
    desk = signed_in(nadia)
    desk.get("/admin/")
    with CaptureQueriesContext(connection) as asked:
        desk.get("/admin/")
    assert not [query for query in asked if "UPDATE" in query["sql"]]


def test_a_new_password_signs_out_every_other_device(nadia):
    here, elsewhere = signed_in(nadia), signed_in(nadia)
    new = "quite-another-password"
    response = here.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert response.status_code == 302
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_a_short_or_common_password_is_refused(nadia):
    desk = signed_in(nadia)
    for bad in ("short-one", "123456789012", "1qaz2wsx3edc"):
        response = desk.post(
            "/admin/password_change/",
            {"old_password": PASSWORD, "new_password1": bad, "new_password2": bad},
        )
        assert response.status_code == 200, bad
    nadia.refresh_from_db()
    assert nadia.check_password(PASSWORD)


def test_who_signs_out_is_out(nadia):
    desk = signed_in(nadia)
    assert desk.post("/admin/logout/").status_code == 200
    assert desk.get("/admin/").status_code == 302
