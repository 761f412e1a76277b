"""What tells machines from people on a form that everybody can send, through HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from consultations.guards import LONGEST, SHORTEST, new_stamp
from consultations.models import ConsultationRequest
from tests.consultations.factories import typed
from tests.consultations.test_request_form import EVERYTHING, FORM, assert_kept
from tests.forms import values_in
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture(autouse=True)
def the_clock_stands_still() -> Iterator[None]:
    with time_machine.travel("2026-11-24T09:00:00+05:00", tick=False):
        yield


def stamped(ago: timedelta) -> str:
    return new_stamp(timezone.now() - ago)


QUICK = "That was so quick that it could have been a machine."
OLD = "This page had been open for more than a day, or was not sent whole."


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        (lambda: stamped(SHORTEST - timedelta(seconds=2)), QUICK),
        (lambda: stamped(-timedelta(hours=1)), QUICK),
        (lambda: stamped(LONGEST + timedelta(seconds=1)), OLD),
        (lambda: "", OLD),
        (lambda: "1764000000", OLD),
        (lambda: "1764000000:forged", OLD),
        (lambda: stamped(timedelta(minutes=1)).replace("1", "2", 1), OLD),
        (lambda: "\x00", OLD),
        (lambda: "9" * 10_000, OLD),
    ],
)
def test_a_form_that_no_person_sends_so_is_refused_and_kept(client: Client, stamp, words):
    response = client.post(FORM, typed(**EVERYTHING, stamp=stamp()))
    assert response.status_code == 422
    assert words_of(response).count(words) == 1
    assert "Please look it over and press the button once more." in words_of(response)
    assert_kept(response, {**EVERYTHING, "consent": "on"})
    assert not ConsultationRequest.objects.exists()


def test_without_a_valid_token_nothing_is_said_of_how_quick_it_was():
    client = Client(enforce_csrf_checks=True)
    for stamp in (stamped(timedelta(0)), ""):
        response = client.post(FORM, typed(**EVERYTHING, stamp=stamp))
        assert response.status_code == 403
        words = words_of(response)
        assert words.count("press the button once more") == 1
        assert QUICK not in words
        assert OLD not in words


def test_sent_once_more_it_is_taken(client: Client):
    answers = {**EVERYTHING, "stamp": ""}
    refused = client.post(FORM, typed(**answers))
    (stamp,) = values_in(refused)["stamp"]
    assert client.post(FORM, typed(**EVERYTHING, stamp=stamp)).status_code == 422  # at once
    later = stamped(SHORTEST)  # the new one, when a person has read what it says
    assert client.post(FORM, typed(**EVERYTHING, stamp=later)).status_code == 302


def test_who_was_too_quick_does_not_wait_anew(client: Client):
    stamp = stamped(timedelta(seconds=1))
    refused = client.post(FORM, typed(stamp=stamp))
    assert refused.status_code == 422
    assert values_in(refused)["stamp"] == [stamp]


def test_a_mistake_costs_no_second_wait(client: Client):
    stamp = stamped(timedelta(minutes=1))
    refused = client.post(FORM, typed(phone="none", stamp=stamp))
    assert values_in(refused)["stamp"] == [stamp]
    assert "machine" not in words_of(refused).replace("only machines fill it in", "")


@pytest.mark.parametrize("ago", [SHORTEST, LONGEST - timedelta(minutes=1)])
def test_between_the_shortest_and_the_longest_time_it_is_taken(client: Client, ago):
    assert client.post(FORM, typed(stamp=stamped(ago))).status_code == 302


def test_the_trap_is_told_emptied_and_then_no_hindrance(client: Client):
    refused = client.post(FORM, typed(**EVERYTHING, homepage="https://spam.example"))
    assert refused.status_code == 422
    assert "in a field that people do not see" in words_of(refused)
    assert b"spam.example" not in refused.content
    assert values_in(refused)["homepage"] == [""]
    assert_kept(refused, {**EVERYTHING, "consent": "on"})
    assert client.post(FORM, typed(**EVERYTHING, homepage="")).status_code == 302


def test_the_trap_is_out_of_sight_but_told_to_who_finds_it(client: Client):
    html = client.get(FORM).content.decode()
    trap = html.split('<div class="visually-hidden">')[1].split("</div>")[0]
    assert '<label for="id_homepage">Leave this empty: only machines fill it in</label>' in trap
    assert 'autocomplete="off"' in trap
    assert 'tabindex="-1"' in trap


def test_what_guards_the_form_is_not_stored(client: Client):
    client.get(FORM)  # for the cookie by which one browser is known
    first = client.post(FORM, typed(stamp=stamped(timedelta(minutes=2))))
    second = client.post(FORM, typed(stamp=stamped(timedelta(minutes=1))))
    assert first.headers["Location"] == second.headers["Location"]
    assert ConsultationRequest.objects.count() == 1
