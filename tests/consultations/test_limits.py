"""How often one phone and one network may ask: the rule, and what a person is told."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Clinic
from consultations import limits
from consultations.models import ConsultationRequest, Message, Quota
from consultations.services import change_wish, receive_request
from tests.consultations.factories import answers, make_request, typed
from tests.consultations.test_request_form import EVERYTHING, FORM, assert_kept
from tests.pages import words_of

pytestmark = pytest.mark.usefixtures("content")

MORNING = datetime(2026, 11, 24, 9, 20, tzinfo=ZoneInfo("Asia/Karachi"))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def few(settings) -> None:
    settings.LIMITS = settings.LIMITS | {
        "requests_of_a_phone": (2, DAY),
        "requests_of_a_network": (3, HOUR),
        "links_of_a_phone": (2, DAY),
        "wishes_of_a_request": (2, DAY),
    }


def ask(client: Client, phone: str = "0300 1234567", address: str = "203.0.113.7", **changes):
    changes.setdefault("message", f"Request {ConsultationRequest.objects.count()}")
    return client.post(FORM, typed(phone=phone, **changes), REMOTE_ADDR=address)


# ---- the rule


def test_as_many_as_the_most_get_through_and_no_more(few):
    for _ in range(3):
        limits.use(requests_of_a_network="203.0.113.7")
    with pytest.raises(limits.TooMany) as refusal:
        limits.use(requests_of_a_network="203.0.113.7")
    assert refusal.value.until == MORNING.replace(hour=10, minute=0)
    limits.use(requests_of_a_network="203.0.113.8")  # another one is another matter
    limits.use(links_of_a_network="203.0.113.7")


def test_the_next_span_begins_anew(few, clock):
    for _ in range(3):
        limits.use(requests_of_a_network="203.0.113.7")
    clock.shift(timedelta(minutes=40))
    limits.use(requests_of_a_network="203.0.113.7")


def test_who_is_told_to_wait_is_told_for_the_limit_that_is_used_up(few):
    for phone in "123":
        limits.use(requests_of_a_phone=phone, requests_of_a_network="one")
    with pytest.raises(limits.TooMany) as by_network:
        limits.use(requests_of_a_phone="4", requests_of_a_network="one")
    assert by_network.value.until == MORNING.replace(hour=10, minute=0)
    limits.use(requests_of_a_phone="1", requests_of_a_network="two")
    with pytest.raises(limits.TooMany) as by_phone:
        limits.use(requests_of_a_phone="1", requests_of_a_network="two")
    assert by_phone.value.until == MORNING.replace(hour=5, minute=0) + DAY


def test_what_is_refused_uses_up_nothing(few):
    for _ in range(3):
        limits.use(requests_of_a_network="one")
    before = set(Quota.objects.values_list("sender", "used"))
    for _ in range(5):
        with pytest.raises(limits.TooMany), transaction.atomic():
            limits.use(requests_of_a_phone="1", requests_of_a_network="one")
    assert set(Quota.objects.values_list("sender", "used")) == before


def test_it_takes_one_query_however_many_limits():
    with CaptureQueriesContext(connection) as queries:
        limits.use(requests_of_a_phone="1", requests_of_a_network="one")
    assert len(queries) == 1


def test_neither_number_nor_address_can_be_read_and_the_next_span_has_other_digests(clock):
    for _ in range(2):
        limits.use(requests_of_a_phone="+923001234567", requests_of_a_network="203.0.113.7")
        clock.shift(DAY)
    kept = [" ".join(map(str, row)) for row in Quota.objects.values_list()]
    assert len(kept) == 4
    assert not any("3001234567" in row or "203.0.113" in row for row in kept)
    assert len(set(Quota.objects.values_list("sender", flat=True))) == 4


def test_what_is_over_can_be_removed(clock):
    limits.use(requests_of_a_phone="1", requests_of_a_network="one")
    assert not Quota.objects.expired().exists()
    clock.shift(HOUR)
    assert Quota.objects.expired().count() == 1
    clock.shift(DAY)
    assert Quota.objects.expired().count() == 2


# ---- what a person is told


def test_a_phone_that_asks_too_often_is_told_what_to_do(client: Client, few):
    Clinic.objects.update(phone="+92512345678")  # the sample's cannot be dialled
    assert ask(client).status_code == 302
    assert ask(client).status_code == 302
    refused = ask(client, address="203.0.113.99", **EVERYTHING | {"message": "A third"})
    words = words_of(refused)
    assert refused.status_code == 429
    assert "Send it again after 25 November 2026, 05:00, or call us:" in words
    assert 'href="tel:' in refused.content.decode().split('role="alert"')[1].split("</div>")[0]
    assert re.search(r"<title>\s*Error:", refused.content.decode())
    assert refused.headers["Retry-After"] == str((19 * 60 + 40) * 60 + 1)
    assert_kept(refused, {**EVERYTHING, "message": "A third", "consent": "on"})
    assert ConsultationRequest.objects.count() == 2


def test_a_network_that_asks_too_often_is_told_what_to_do(client: Client, few):
    for number in range(3):
        assert ask(client, phone=f"0300 123456{number}").status_code == 302
    refused = ask(client, phone="0300 1234569")
    assert refused.status_code == 429
    assert "Send it again after 10:00, or call us:" in words_of(refused)
    assert ConsultationRequest.objects.count() == 3
    assert ask(client, phone="0300 1234569", address="203.0.113.8").status_code == 302


def test_it_is_told_in_urdu(client: Client, few):
    for number in range(3):
        response = client.post("/ur/consultation/", typed(message=f"{number}"))
    assert response.status_code == 429
    assert "کے بعد دوبارہ بھیجیں" in words_of(response)


def test_a_double_click_uses_up_nothing_and_gets_the_first(client: Client, few):
    client.get(FORM)  # for the cookie by which one browser is known
    addresses = {ask(client, message="the same").headers["Location"] for _ in range(9)}
    assert len(addresses) == 1
    assert sorted(Quota.objects.values_list("used", flat=True)) == [1, 1]


def test_sent_twice_it_leads_to_the_first_even_when_all_is_used_up(client: Client, few):
    client.get(FORM)
    first, second = ask(client, message="one"), ask(client, message="two")
    assert ask(client, message="three").status_code == 429
    assert ask(client, message="one").headers["Location"] == first.headers["Location"]
    assert ask(client, message="two").headers["Location"] == second.headers["Location"]


def test_what_the_desk_enters_counts_against_no_limit(few):
    for number in range(4):
        receive_request(answers=answers(message=str(number)), sender="desk", language="en")
    assert not Quota.objects.exists()


def test_the_desk_is_not_told_of_other_times_without_end(client: Client, few):
    request = make_request()
    address = f"{request.get_absolute_url()}times/"
    answered = [
        client.post(address, {"part_of_day": part, "preferred_days": [1]}).status_code
        for part in ("morning", "evening", "afternoon")
    ]
    assert answered == [302, 302, 429]
    request.refresh_from_db()
    assert request.part_of_day == "evening"
    assert Message.objects.filter(kind=Message.Kind.STAFF_WISH).count() == 2
    desk = User.objects.create_user("desk")
    change_wish(request=request, preferred_times=[], actor=desk, part_of_day="any")
