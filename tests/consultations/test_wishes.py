"""Wishing for free times, through HTTP and without JavaScript."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations.models import (
    Appointment,
    ConsultationRequest,
    Practitioner,
    PreferredTime,
    WorkingHours,
)
from tests.consultations.factories import typed
from tests.forms import values_in
from tests.pages import words_of
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")

FORM = "/consultation/"
# Tuesday, at noon: the sample clinic's practitioner wants a day's notice, from 10:00 to 18:00.
NOW = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Karachi"))
NOON = "2026-11-25T12:00:00+05:00"
HALF_PAST = "2026-11-25T12:30:00+05:00"
FRIDAY = "2026-11-27T10:00:00+05:00"
LATER = "2026-12-07T16:30:00+05:00"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def offered_on(client: Client, address: str = FORM) -> list[str]:
    html = client.get(address).content.decode()
    return re.findall(r'name="preferred_times" value="([^"]+)"', html)


def wished() -> list[str]:
    times = PreferredTime.objects.filter(request=ConsultationRequest.objects.get())
    return [
        at.astimezone(NOW.tzinfo).isoformat() for at in times.values_list("starts_at", flat=True)
    ]


def take(*times: str) -> None:
    practitioner = Practitioner.objects.get(name_en="Sample practitioner")
    for starts_at in map(datetime.fromisoformat, times):
        Appointment.objects.create(
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
        )


def only_for(slug: str) -> None:
    """A second practitioner, who sees patients on Sunday nights and about one treatment."""
    practitioner = Practitioner.objects.create(name="Second sample")
    practitioner.treatments.add(Treatment.objects.get(slug=slug))
    for weekday in (2, 6):
        WorkingHours.objects.create(
            practitioner=practitioner, weekday=weekday, opens="13:00", closes="14:00"
        )


def test_the_first_day_is_open_and_the_others_as_soon_as_one_asks(client: Client):
    html = client.get(FORM).content.decode()
    in_sight, later = html.split("<summary>Later days</summary>")
    days = re.findall(r'<details class="times-of-day"( open)?><summary [^>]*>(.*?)</sum', in_sight)
    assert days == [
        (" open", "Tomorrow, Wednesday 25 November"),
        ("", "Thursday 26 November"),
        ("", "Friday 27 November"),
        ("", "Saturday 28 November"),
        ("", "Monday 30 November"),
        ("", "Tuesday 1 December"),
    ]
    assert re.findall(r'value="([^"]+)"> (\d\d:\d\d)</label>', in_sight)[0] == (HALF_PAST, "12:30")
    days = re.findall(r'<details class="times-of-day"( open)?><summary [^>]*>(.*?)</sum', later)
    assert days[0] == ("", "Wednesday 2 December")
    assert days[-1] == ("", "Tuesday 22 December")
    assert "13:30" not in words_of(client.get(FORM))


def test_the_first_time_is_where_the_summary_of_errors_leads(client: Client):
    assert f'value="{NOON}" id="id_preferred_times_0"' in client.get(FORM).content.decode()


def test_days_are_named_in_urdu_too(client: Client):
    words = words_of(client.get("/ur/consultation/"))
    assert "کل، بدھ 25 نومبر" in words
    assert "جمعرات 26 نومبر" in words


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_up_to_three_times_are_kept(client: Client, prefix):
    response = client.post(prefix + FORM, typed(preferred_times=[LATER, NOON, FRIDAY, NOON]))
    assert response.status_code == 302
    assert wished() == [NOON, FRIDAY, LATER]


def test_ticking_none_means_any_time(client: Client):
    assert "If any time suits you, tick none." in words_of(client.get(FORM))
    assert client.post(FORM, typed()).status_code == 302
    assert wished() == []


def test_more_than_three_are_refused_with_every_tick_kept(client: Client):
    four = [NOON, HALF_PAST, FRIDAY, LATER]
    response = client.post(FORM, typed(preferred_times=four))
    assert response.status_code == 422
    assert "Choose at most 3 times: you have ticked 4." in words_of(response)
    html = response.content.decode()
    assert '<a href="#id_preferred_times_0">' in html
    assert values_in(response)["preferred_times"] == four
    # The days that hold a tick are open.
    later = html.split('<details class="times-of-day" open><summary>Later days</summary>')[1]
    assert re.findall(r"-day\" open><summary [^>]*>(.*?)</summary>", later) == ["Monday 7 December"]
    assert not ConsultationRequest.objects.exists()


def test_a_time_that_has_gone_is_named_and_the_other_ticks_are_kept(client: Client):
    take(NOON, FRIDAY)
    response = client.post(FORM, typed(preferred_times=[NOON, HALF_PAST, FRIDAY], name="Zainab"))
    assert response.status_code == 422
    assert (
        "Not free any more, or not for this treatment: Wednesday 25 November, 12:00; "
        "Friday 27 November, 10:00. Choose another." in words_of(response)
    )
    shown = values_in(response)
    assert shown["preferred_times"] == [HALF_PAST]
    assert shown["name"] == ["Zainab"]
    assert NOON not in response.content.decode()
    assert not ConsultationRequest.objects.exists()

    assert client.post(FORM, typed(preferred_times=[HALF_PAST])).status_code == 302


def test_a_time_that_has_gone_is_named_in_urdu_too(client: Client):
    take(NOON)
    response = client.post("/ur/consultation/", typed(preferred_times=[NOON]))
    assert response.status_code == 422
    assert "بدھ 25 نومبر، 12:00" in words_of(response)


def test_the_time_that_is_over_is_gone(client: Client):
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        response = client.post(FORM, typed(preferred_times=[NOON]))
    assert response.status_code == 422
    assert "Wednesday 25 November, 12:00" in words_of(response)


def test_only_times_for_the_treatment_are_offered_and_taken(client: Client):
    only_for("prp")
    of_second = "2026-11-25T13:00:00+05:00"
    assert of_second in offered_on(client)
    assert of_second in offered_on(client, f"{FORM}?treatment=prp")
    assert of_second not in offered_on(client, f"{FORM}?treatment=exosomes")

    response = client.post(FORM, typed(preferred_times=[of_second], treatment="exosomes"))
    assert response.status_code == 422
    assert "not for this treatment: Wednesday 25 November, 13:00" in words_of(response)
    assert of_second not in response.content.decode()
    response = client.post(FORM, typed(preferred_times=[of_second], treatment="prp"))
    assert response.status_code == 302


def test_a_time_before_the_first_day_that_suits_is_refused_with_advice(client: Client):
    answers = {"preferred_times": [NOON, LATER], "earliest_date": "2026-12-07"}
    problem = (
        "This is later than what you ticked: Wednesday 25 November, 12:00. Untick that, or choose "
        "an earlier day."
    )
    response = client.post(FORM, typed(**answers))
    assert response.status_code == 422
    assert problem in words_of(response)
    assert '<a href="#id_earliest_date">' in response.content.decode()
    assert values_in(response)["preferred_times"] == [NOON, LATER]
    assert client.post(FORM, typed(**answers | {"preferred_times": [LATER]})).status_code == 302

    times = f"{ConsultationRequest.objects.get().get_absolute_url()}times/"
    response = client.post(times, answers)
    assert response.status_code == 422
    assert problem in words_of(response)


def test_whoever_picked_times_and_nothing_else_did_not_say_any_time(client: Client, admin_client):
    client.post(FORM, typed(preferred_times=[NOON]))
    request = ConsultationRequest.objects.get()
    pages = {
        client: request.get_absolute_url(),
        admin_client: f"/admin/consultations/consultationrequest/{request.pk}/change/",
    }
    for reader, page in pages.items():
        words = words_of(reader.get(page))
        assert "Any day" not in words
        assert "Any time" not in words
    client.post(f"{request.get_absolute_url()}times/", {"part_of_day": "morning"})
    for reader, page in pages.items():
        assert "Any day · Morning" in words_of(reader.get(page))
    client.post(f"{request.get_absolute_url()}times/", {})
    for reader, page in pages.items():
        assert "Any day · Any time" in words_of(reader.get(page))


@pytest.mark.parametrize(
    "value",
    ["x", "\x00", "2026-11-25T12:00:00", "2026-11-25", "9999-12-31T23:59:59-23:59",
     "0001-01-01T00:00:00+23:59", "2026-W48-3T12:00+05:00" * 1000],
)  # fmt: skip
def test_what_is_no_time_is_refused_like_any_other_answer(client: Client, value):
    response = client.post(FORM, typed(preferred_times=[HALF_PAST, value]))
    assert response.status_code == 422
    assert "Choose from the times below." in words_of(response)
    assert values_in(response)["preferred_times"] == [HALF_PAST]


def test_a_time_in_another_zone_is_the_same_time(client: Client):
    response = client.post(FORM, typed(preferred_times=["2026-11-25T07:00:00Z", NOON]))
    assert response.status_code == 302
    assert wished() == [NOON]


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "we find a time with you"), ("/ur", "وقت طے کریں گے")]
)
def test_without_any_free_time_the_request_is_taken_all_the_same(client: Client, prefix, words):
    Practitioner.objects.update(sees_patients=False)
    page = client.get(prefix + FORM)
    assert words in words_of(page)
    assert "None of these times suits me" not in words_of(page)
    assert "preferred_times" not in values_in(page)
    assert client.post(prefix + FORM, typed(preferred_days=["4"])).status_code == 302

    # Somebody else took the last one meanwhile: the error leads to the sentence.
    response = client.post(prefix + FORM, typed(preferred_times=[NOON]))
    assert response.status_code == 422
    assert 'id="id_preferred_times_0"' in response.content.decode()


def test_whoever_ticks_nothing_is_not_kept_waiting_for_what_is_free(client: Client):
    with CaptureQueriesContext(connection) as asked:
        assert client.post(FORM, typed()).status_code == 302
    assert not [query for query in asked if "consultations_workinghours" in query["sql"]]
