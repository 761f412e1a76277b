"""Whatever somebody sends to the pages of patients, the site answers, and never with a 500."""

import unicodedata
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from consultations.models import ConsultationRequest
from consultations.phones import parse as parse_phone
from consultations.references import parse as parse_reference
from tests.consultations.factories import make_request, typed

pytestmark = pytest.mark.usefixtures("content")

few = hypothesis(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# What can arrive: any characters that UTF-8 can carry.
TEXT = st.text(st.characters(codec="utf-8"), max_size=80)
ODD = st.one_of(
    TEXT,
    st.sampled_from(["\x00", "HC-", "۱۲۳۴۵", "+92", "0300 1234567", "9" * 400, "١" * 20, "𝟛" * 9]),
)
METHODS = st.sampled_from(["get", "head", "post", "put", "patch", "delete", "options", "trace"])
UNDER = st.sampled_from(["", "calendar.ics", "times/", "withdraw/", "nothing/"])
DATES = st.one_of(ODD, st.dates().map(str), st.sampled_from(["2026-02-30", "0000-00-00"]))
ANSWERED = {200, 302, 400, 403, 404, 405, 413, 422, 429}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@few
@given(token=ODD, under=UNDER, method=METHODS)
def test_any_token_and_method_is_answered(client: Client, token, under, method):
    address = f"/consultation/{quote(token, safe='')}/{under}"
    assert getattr(client, method)(address).status_code in ANSWERED | {301}


@few
@given(reference=ODD, phone=ODD, method=METHODS)
def test_any_reference_and_phone_is_answered(client: Client, reference, phone, method):
    data = {"reference": reference, "phone": phone} if method == "post" else None
    response = getattr(client, method)("/consultation/lost-link/", data)
    assert response.status_code in ANSWERED


@few
@given(
    earliest_date=DATES,
    preferred_days=st.lists(ODD, max_size=4),
    part_of_day=ODD,
    reason=ODD,
    under=UNDER,
    method=METHODS,
)
def test_any_change_of_a_real_request_is_answered(client: Client, under, method, **data):
    request = ConsultationRequest.objects.first() or make_request()
    address = f"{request.get_absolute_url()}{under}"
    response = getattr(client, method)(address, data if method == "post" else None)
    assert response.status_code in ANSWERED


@few
@given(stamp=ODD, homepage=ODD, phone=ODD, earliest_date=DATES, part_of_day=ODD)
def test_any_form_is_answered(client: Client, **changes):
    assert client.post("/consultation/", typed(**changes)).status_code in ANSWERED


@hypothesis(max_examples=300)
@given(text=ODD)
def test_what_is_read_as_a_reference_or_a_number_is_whole(text):
    reference = parse_reference(text)
    assert reference is None or (len(reference) == 8 and reference.isascii())
    number = parse_phone(text)
    assert number is None or number.is_valid()


@pytest.mark.parametrize("has_token", [True, False])
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/consultation/", ["name", "phone", "email", "message", "tried_before"]),
        ("/consultation/lost-link/", ["reference", "phone"]),
    ],
)
def test_no_row_of_accents_keeps_the_server_busy(monkeypatch, address, fields, has_token):
    """To put n accents in order takes time that grows with their square."""
    put_in_order: list[int] = []

    def noting(form: str, text: str) -> str:
        put_in_order.append(len(text))
        return text

    monkeypatch.setattr(unicodedata, "normalize", noting)
    client = Client(enforce_csrf_checks=not has_token)
    accents = "a" + 50_000 * "\u0301" + 50_000 * "\u0323"
    response = client.post(address, dict.fromkeys(fields, accents))
    assert response.status_code == (422 if has_token else 403)
    assert max(put_in_order, default=0) <= 12_000
