"""A machine sends the form again and again, over real HTTP, many times at once.

FLOOD=500 makes it a flood; the suite sends fewer.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from consultations.models import ConsultationRequest, Message, Quota
from tests.consultations.factories import typed

BOT_POSTS = int(os.environ.get("FLOOD", "60"))
FORM = "/consultation/"
TOKEN = "a" * 32  # in the cookie and in the form: what a machine sends, it can make up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(live_server):
    host = urlsplit(live_server.url).netloc

    def post(**changes: str) -> tuple[int, str]:
        connection = HTTPConnection(host, timeout=120)
        body = urlencode(typed(csrfmiddlewaretoken=TOKEN, **changes))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={TOKEN}",
        }
        connection.request("POST", FORM, body, headers)
        response = connection.getresponse()
        try:
            return response.status, response.read().decode()
        finally:
            connection.close()

    return post


def middle_of(span: timedelta) -> float:
    """A time in the middle of a span, so that no new one begins in the middle of the flood."""
    seconds = span.total_seconds()
    return (timezone.now().timestamp() // seconds + 1.5) * seconds


def test_a_flood_stores_no_more_than_the_limit_and_people_are_told_what_to_do(post):
    most, span = settings.LIMITS["requests_of_a_network"]
    with time_machine.travel(middle_of(span)) as clock:
        with ThreadPoolExecutor(16) as machines:
            answered = Counter(
                status
                for status, _ in machines.map(
                    lambda number: post(phone=f"0300 {number:07}", message=f"Buy {number}"),
                    range(BOT_POSTS),
                )
            )

        assert answered == {302: most, 429: BOT_POSTS - most}
        assert ConsultationRequest.objects.count() == most
        assert Message.objects.filter(kind=Message.Kind.STAFF_NEW).count() == most
        assert max(Quota.objects.values_list("used", flat=True)) == most

        status, page = post(name="Ayesha Khan", phone="0301 7654321", message="My hair")
        assert status == 429
        assert "or call us:" in page
        assert 'value="Ayesha Khan"' in page
        assert "My hair" in page

        clock.shift(timedelta(hours=1))
        assert post(name="Ayesha Khan", phone="0301 7654321", message="My hair")[0] == 302
        assert ConsultationRequest.objects.count() == most + 1


def test_one_phone_from_many_at_once_stores_no_more_than_its_limit(post):
    most, span = settings.LIMITS["requests_of_a_phone"]
    with time_machine.travel(middle_of(span)), ThreadPoolExecutor(8) as machines:
        answered = Counter(
            status for status, _ in machines.map(lambda n: post(message=f"Buy {n}"), range(12))
        )
    assert answered == {302: most, 429: 12 - most}
    assert ConsultationRequest.objects.count() == most


def test_one_form_sent_many_times_at_once_is_one_request_and_counts_once(post):
    with ThreadPoolExecutor(8) as machines:
        answered = [status for status, _ in machines.map(lambda _: post(), range(12))]
    assert answered == [302] * 12
    assert ConsultationRequest.objects.count() == 1
    assert set(Quota.objects.values_list("used", flat=True)) == {1}
