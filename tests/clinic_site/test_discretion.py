"""What must not get out, and what must not get in."""

import logging
import sys
from smtplib import SMTPRecipientsRefused

import pytest
from django.test import Client

from clinic_site.logs import DiscreetFormatter, RedactTokens
from consultations.models.requests import new_token


def trace_of(error: Exception) -> str:
    try:
        raise error
    except type(error):
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    return DiscreetFormatter().format(record)


def test_a_trace_does_not_name_the_row_that_postgresql_refused():
    trace = trace_of(ValueError("refused\nDETAIL:  Failing row contains (Ayesha, 0300 1234567)"))
    assert "refused" in trace
    assert "Ayesha" not in trace


def test_a_trace_does_not_name_a_token():
    trace = trace_of(ValueError("no such page: /consultation/abcdefghijklmnopqrstuvwxyz/"))
    assert "/consultation/[token]" in trace
    assert "abcdefghij" not in trace


@pytest.mark.parametrize(
    "address",
    [
        "/Consultation/{}/",
        "/consultation//{}/",
        "/%63onsultation/{}",
        "/consultation%2f{}/",
        "/?x={}",
    ],
)
def test_a_mangled_link_does_not_name_its_token(address):
    token = new_token()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s", (address.format(token),), None)
    RedactTokens().filter(record)
    assert "[token]" in record.getMessage()
    assert token not in record.getMessage()


def test_a_refused_recipient_is_not_named():
    """As the mail queue logs it: in the line, and in the trace below it."""
    error = SMTPRecipientsRefused({"patient@example.com": (550, b"No such user here")})
    record = logging.LogRecord("x", logging.ERROR, "", 0, "Failed: %s", (error,), None)
    RedactTokens().filter(record)
    for logged in (record.getMessage(), trace_of(error)):
        assert "patient" not in logged
        assert "example.com" not in logged
        assert "[address]" in logged
        assert "No such user here" in logged


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/consultation/", "/"])
def test_a_cookie_with_a_nul_is_as_good_as_none(client: Client, address):
    """PostgreSQL could not look such a session up; Python reads the NUL from a quoted cookie."""
    client.cookies.load(r'sessionid="\000aaaaaaaa"')
    response = client.get(address, headers={"cookie": r'sessionid="\000aaaaaaaa"'})
    assert response.status_code in {200, 302}
