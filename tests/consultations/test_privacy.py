from datetime import date

import pytest
from django.test import Client

from consultations import privacy
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def words(client: Client) -> str:
    return words_of(client.get("/privacy/"))


def test_the_version_is_a_day():
    assert date.fromisoformat(privacy.PRIVACY_VERSION) == privacy.PRIVACY_DATE


@pytest.mark.parametrize(
    "promise",
    [
        "This version applies from 24 November 2026.",
        "pages to read set no cookie",
        "The form sets one cookie",
        "what you tell us about your hair and your health",
        "why you withdraw it, if you say so",
        "for two days at most, a code made of the number",
        "24 months after our last contact with you",
        "An e-mail goes to you only if you gave an address",
        "Ask us for a copy",
        "to correct it, or to erase it",
    ],
)
def test_the_notice_says(words, promise):
    assert promise in words


def test_the_period_in_the_notice_is_the_one_of_the_rule(client: Client, monkeypatch):
    monkeypatch.setattr("consultations.views.asking.RETENTION_MONTHS", 1)
    assert "1 month after our last contact" in words_of(client.get("/privacy/"))


def test_the_notice_says_whom_to_ask(words):
    assert "desk@sample-clinic.example" in words


def test_the_form_leads_to_the_notice(client: Client):
    assert b'<a href="/privacy/" target="_blank">' in client.get("/consultation/").content
    assert b'<a href="/ur/privacy/" target="_blank">' in client.get("/ur/consultation/").content
