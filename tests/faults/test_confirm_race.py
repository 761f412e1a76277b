"""Two colleagues confirm the same time for two patients at the same moment, through real HTTP.

ROUNDS says how often: a handful each day, 200 to be sure (`ROUNDS=200 script/test -- -k race`).
"""

import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from consultations.models import Appointment, ConsultationRequest, Practitioner
from tests.consultations.factories import make_request

ROUNDS = int(os.environ.get("ROUNDS", "10"))
CSRF = "a" * 32
KARACHI = ZoneInfo("Asia/Karachi")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def colleagues(live_server) -> list[dict[str, str]]:
    """The headers of two signed-in members of staff, each at a browser of their own."""
    headers = []
    for name in ("amina", "bilal"):
        client = Client()
        client.force_login(User.objects.create_superuser(name))
        session = client.cookies["sessionid"].value
        headers.append(
            {
                "Cookie": f"sessionid={session}; csrftoken={CSRF}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": live_server.url,
            }
        )
    return headers


def times() -> Iterator[datetime]:
    """One new time after another, with room between them."""
    time = timezone.now().astimezone(KARACHI).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        time += timedelta(hours=2)
        yield time + timedelta(days=1)


def confirm_at_once(
    address: str, colleagues: list[dict[str, str]], time: datetime
) -> tuple[list[ConsultationRequest], list[tuple[int, str]]]:
    """Both press the button at the same moment; what each is answered."""
    requests = [make_request(name=name, sender=f"{name} {time}") for name in ("Ali", "Bina")]
    body = {
        "csrfmiddlewaretoken": CSRF,
        "practitioner": Practitioner.objects.get().pk,
        "other_time_0": f"{time:%Y-%m-%d}",
        "other_time_1": f"{time:%H:%M}",
    }
    ready = threading.Barrier(2)
    answers: list[tuple[int, str]] = [(0, "")] * 2

    def press(number: int) -> None:
        http = HTTPConnection(urlsplit(address).netloc, timeout=20)
        http.connect()
        path = f"/admin/consultations/consultationrequest/{requests[number].pk}/move/confirm/"
        ready.wait()
        http.request("POST", path, urlencode(body), colleagues[number])
        answer = http.getresponse()
        answers[number] = (answer.status, answer.read().decode())
        http.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return requests, answers


def test_one_wins_and_the_other_reads_why(live_server, colleagues):
    for _round, time in zip(range(ROUNDS), times(), strict=False):
        requests, answers = confirm_at_once(live_server.url, colleagues, time)

        assert sorted(status for status, _page in answers) == [302, 409]
        refusal = next(page for status, page in answers if status == 409)
        assert "is taken on" in refusal
        agreed = Appointment.objects.get(starts_at=time)
        assert agreed.request in requests
        states = {request.pk: request for request in requests}
        for request in states.values():
            request.refresh_from_db()
        assert sorted(request.state for request in requests) == ["confirmed", "new"]


def test_without_the_guard_both_would_win(live_server, colleagues):
    """The race is real: what the test above rests on is the database's own rule."""
    with connection.cursor() as cursor:
        for statement in _unguarded():
            cursor.execute(statement)
    try:
        _requests, answers = confirm_at_once(live_server.url, colleagues, next(times()))
        assert [status for status, _page in answers] == [302, 302]
        assert Appointment.objects.standing().count() == 2
    finally:
        Appointment.objects.all().delete()
        with connection.schema_editor() as editor:
            constraint = next(
                rule
                for rule in Appointment._meta.constraints
                if rule.name == "appointment_one_at_a_time"
            )
            editor.add_constraint(Appointment, constraint)


def _unguarded() -> list[str]:
    if connection.vendor == "postgresql":
        return ["ALTER TABLE consultations_appointment DROP CONSTRAINT appointment_one_at_a_time"]
    return [f"DROP TRIGGER appointment_one_at_a_time_{event}" for event in ("insert", "update")]
