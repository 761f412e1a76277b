"""The page that a person gets for a request."""

import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.logs import RedactTokens
from consultations.models import ConsultationRequest, State
from tests.consultations.factories import make_request
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def strict_client() -> Client:
    """A browser that the check against forged requests applies to."""
    return Client(enforce_csrf_checks=True)


def test_the_persons_page_is_kept_by_nobody(client: Client):
    response = client.get(make_request().get_absolute_url())
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert b'<meta name="robots" content="noindex">' in response.content
    # Not to other sites; to this one, or no form on the page could ever be sent.
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not response.cookies


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_page_changes_nothing(client: Client, method):
    request = make_request(email="ayesha@example.com")
    before = ConsultationRequest.objects.values().get()
    with CaptureQueriesContext(connection) as queries:
        for _ in range(2):
            assert getattr(client, method)(request.get_absolute_url()).status_code == 200
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert ConsultationRequest.objects.values().get() == before
    assert request.events.count() == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_wrong_method_on_the_persons_page(strict_client: Client, method):
    request = make_request()
    response = getattr(strict_client, method)(request.get_absolute_url())
    assert response.status_code == 405
    assert "This page cannot do that" in words_of(response)


@pytest.mark.parametrize("state", State)
def test_the_word_confirmed_is_used_only_after_staff_confirmed(client: Client, state):
    request = make_request(state=state)
    words = words_of(client.get(request.get_absolute_url()))
    assert ("confirmed" in words) == (state == State.CONFIRMED)
    assert request.reference in words
    assert "call us" in words or "Our phone" in words


def test_every_state_has_a_heading_of_its_own(client: Client):
    headings = set()
    for state in State:
        html = client.get(make_request(name=state.label, state=state).get_absolute_url()).content
        headings.add(re.search(rb"<h1>(.*?)</h1>", html).group(1))
    assert len(headings) == len(State)


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/consultation/" + "x" * 43 + "/", "This link leads to no request"),
        ("/ur/consultation/" + "-" * 20 + "/", "اس لنک پر کوئی درخواست نہیں"),
    ],
)
def test_an_unknown_link_says_so_kindly(client: Client, address, title):
    make_request()
    response = client.get(address)
    assert response.status_code == 404
    assert title in words_of(response)
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("address", ["/consultation/short/", "/consultation/" + "x" * 65 + "/"])
def test_what_cannot_be_a_token_is_no_page(client: Client, address):
    assert client.get(address).status_code == 404


def test_the_token_never_reaches_the_logs(client: Client, caplog):
    request = make_request(email="ayesha@example.com")
    caplog.handler.addFilter(RedactTokens())
    wrong_link = request.get_absolute_url().replace(request.token, request.token[::-1])
    with caplog.at_level(logging.DEBUG):
        client.get(request.get_absolute_url())
        client.get(wrong_link)
        client.post(request.get_absolute_url())
        client.get(request.get_absolute_url().removesuffix("/"))
    assert "Not Found: /consultation/[token]/" in caplog.text
    assert "Method Not Allowed" in caplog.text
    without_queries = [
        line.getMessage() for line in caplog.records if line.name != "django.db.backends"
    ]
    assert not any(request.token in line for line in without_queries)
    assert not any(request.token[::-1] in line for line in without_queries)
