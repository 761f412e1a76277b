"""The way back for a patient who has lost the link, which tells strangers nothing."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultations import references
from consultations.models import ConsultationRequest, Message
from tests.consultations.factories import make_request
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")

LOST = "/consultation/lost-link/"
TYPED = {"reference": "HC-7K2PM", "phone": "0300 1234567"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-24T09:20:00+05:00", tick=False) as clock:
        yield clock


def links() -> list[str]:
    messages = Message.objects.filter(kind=Message.Kind.LINK).order_by("pk")
    return list(messages.values_list("channel", flat=True))


def lost_by(**changes: object) -> ConsultationRequest:
    return make_request(**{"reference": "HC-7K2PM", **changes})


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({"email": "ayesha@example.com"}, "email"),
        ({"email": "ayesha@example.com", "contact_by": "whatsapp"}, "email"),
        ({}, "call"),
        ({"contact_by": "whatsapp"}, "whatsapp"),
    ],
)
def test_the_link_comes_by_mail_or_through_the_desk(client: Client, changes, channel):
    lost_by(**changes)
    response = client.post(LOST, TYPED, follow=True)
    assert response.status_code == 200
    assert "We have looked for your request" in words_of(response)
    assert links() == [channel]


@pytest.mark.parametrize("state", ["new", "confirmed", "declined", "withdrawn", "attended"])
def test_it_comes_whatever_has_become_of_the_request(client: Client, state):
    lost_by(state=state)
    client.post(LOST, TYPED)
    assert links() == ["call"]


@pytest.mark.parametrize(
    "reference",
    ["hc-7k2pm", " HC 7K2PM ", "7k2pm", "hc7k2pm", "ＨＣ－７Ｋ２ＰＭ", "HC–7K2 PM", "HC-7K۲PM"],
)
def test_a_reference_is_understood_however_it_is_typed(client: Client, reference):
    lost_by()
    assert client.post(LOST, {**TYPED, "reference": reference}).status_code == 302
    assert links() == ["call"]


@pytest.mark.parametrize(
    "phone", ["+92 300 1234567", "03001234567", "0300-123 45 67", "۰۳۰۰۱۲۳۴۵۶۷"]
)
def test_a_phone_is_understood_however_it_is_typed(client: Client, phone):
    lost_by()
    assert client.post(LOST, {**TYPED, "phone": phone}).status_code == 302
    assert links() == ["call"]


@pytest.mark.parametrize(
    "text", ["", "HC", "HC-7K2P", "HC-7K2PMX", "XX-7K2PM", "HC-7K2P!", "عائشہ"]
)
def test_what_is_no_reference(text):
    assert references.parse(text) is None


def test_a_stranger_learns_nothing(client: Client):
    lost_by()
    answers = {}
    for name, changes in {
        "right": {},
        "wrong phone": {"phone": "0300 7654321"},
        "wrong reference": {"reference": "HC-22222"},
        "both wrong": {"phone": "0300 7654321", "reference": "HC-22222"},
    }.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.post(LOST, TYPED | changes)
        # Either way something is written and waited for.
        assert any(query["sql"].startswith("INSERT") for query in queries)
        assert len(queries) <= 8
        page = client.get(response.headers["Location"])
        answers[name] = (response.status_code, response.headers["Location"], page.content)
    assert len(set(answers.values())) == 1
    assert links() == ["call"]


def test_it_comes_once_an_hour_and_three_times_a_day_at_most(client: Client, clock):
    lost_by(email="ayesha@example.com")
    answered = [client.post(LOST, TYPED).status_code for _ in range(4)]
    assert answered == [302, 302, 302, 429]
    assert links() == ["email"]
    clock.shift(24 * 3600)
    for _ in range(3):
        client.post(LOST, TYPED)
        clock.shift(3600)
    assert links() == ["email"] * 4


def test_too_many_are_refused_alike_whether_there_is_a_request_or_not(client: Client):
    lost_by()
    said = []
    for phone in ("0300 1234567", "0300 7654321"):
        for _ in range(3):
            client.post(LOST, TYPED | {"phone": phone})
        response = client.post(LOST, TYPED | {"phone": phone})
        assert response.status_code == 429
        assert f'value="{phone}"' in response.content.decode()
        said.append(re.sub('[0-9]{7}|value="[^"]*"', "", words_of(response)))
    assert said[0] == said[1]
    assert "or call us:" in said[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference": ""}, "Write the reference of your request."),
        ({"reference": "none"}, "A reference looks like HC-7K2PM"),
        ({"phone": ""}, "Write the phone number that you gave in your request."),
        ({"phone": "051"}, "Write the whole number in figures"),
    ],
)
def test_a_refused_answer_is_told_and_kept(client: Client, changes, words):
    response = client.post(LOST, TYPED | changes)
    html = response.content.decode()
    assert response.status_code == 422
    assert words in words_of(response)
    assert re.search(r"<title>\s*Error:", html)
    for value in (TYPED | changes).values():
        assert not value or f'value="{value}"' in html


def test_what_was_typed_is_kept_when_the_check_against_forgery_refuses():
    client = Client(enforce_csrf_checks=True)
    response = client.post(LOST, TYPED)
    assert response.status_code == 403
    assert 'value="HC-7K2PM"' in response.content.decode()
    assert "Please press the button once more." in words_of(response)


@pytest.mark.parametrize(
    "address", ["/consultation/", "/contact/", "/consultation/" + "x" * 43 + "/"]
)
def test_the_way_there_is_found(client: Client, address):
    assert f'href="{LOST}"' in client.get(address).content.decode()


def test_opening_it_sends_nothing(client: Client):
    lost_by()
    for address in (LOST, f"{LOST}sent/"):
        for method in (client.get, client.head):
            assert method(address).status_code == 200
    assert links() == []
