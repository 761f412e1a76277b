"""No message is lost or told twice, whatever happens to the mail server, the worker and the web.

Real processes and real sockets. ROUNDS says how many requests come in while processes are killed:
a few each day, 500 to be sure (`ROUNDS=500 script/test -- tests/faults`).
"""

import logging
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from queue import Empty, Queue
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from post_office.models import STATUS, Email

from consultations.models import ConsultationRequest, Message
from tests.consultations.factories import typed
from tests.faults.mail_server import TROUBLES, WELL, MailServer, mail_server
from tests.processes import Process, free_port, mail_worker, wait_until, web_server

ROUNDS = int(os.environ.get("ROUNDS", "12"))
# Whoever waits for a mail server that hangs waits 20 seconds (EMAIL_TIMEOUT).
NORMAL_TIME = 5.0
CSRF = "a" * 32
DESK = "desk@sample-clinic.example"
State = Message.State

logger = logging.getLogger(__name__)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def worker(server) -> Iterator[Process]:
    process = mail_worker(EMAIL_URL=server.url)
    yield process
    process.kill()


@pytest.fixture
def web() -> Iterator["Web"]:
    web = Web()
    web.wait()
    yield web
    web.process.kill()


class Web:
    def __init__(self) -> None:
        self.port = free_port()
        self.process = web_server(self.port)

    def wait(self) -> None:
        wait_until(self._answers, "the web server")

    def _answers(self) -> bool:
        with suppress(OSError, HTTPException):
            return self._ask("GET", "/healthz") == (200, "")
        return False

    def send(self, number: int) -> str:
        """Send the request of patient `number`, who is somewhere else than the others."""
        body = typed(
            phone=f"0300 {1000000 + number}",
            email=f"patient-{number}@example.com",
            csrfmiddlewaretoken=CSRF,
        )
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={CSRF}",
            "Origin": f"http://127.0.0.1:{self.port}",
            "X-Forwarded-For": f"10.0.{number // 250}.{number % 250}",
        }
        status, address = self._ask("POST", "/consultation/", urlencode(body), headers)
        if status != 302:
            raise HTTPException(f"answered {status}")
        return address.strip("/").rpartition("/")[2]

    def _ask(self, method: str, path: str, *rest: object) -> tuple[int, str]:
        http = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            http.request(method, path, *rest)
            answer = http.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            http.close()


def expected_mails() -> Counter[tuple[str, str]]:
    """To whom and with which subject a mail must arrive, for what is stored."""
    expected: Counter[tuple[str, str]] = Counter()
    for request in ConsultationRequest.objects.all():
        expected[request.email, f"We have your request {request.reference}"] += 1
        expected[DESK, f"New consultation request {request.reference}"] += 1
    return expected


def all_are_sent() -> bool:
    """Nobody waits for the pauses between two tries."""
    Email.objects.filter(status=STATUS.requeued).update(scheduled_time=timezone.now())
    return not Message.objects.exclude(state=State.SENT).exists()


# ---- the mail server


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_mail_server_in_trouble_delays_nobody_and_loses_nothing(trouble, server, worker, web):
    server.state = trouble
    seconds = []
    for number in range(4):
        started = time.monotonic()
        web.send(number)
        seconds.append(time.monotonic() - started)
    assert max(seconds) < NORMAL_TIME
    if trouble != "is slow":
        # One after the other: while one hangs, the others wait behind it.
        wait_until(lambda: server.turned_away >= 1, "the worker to try")
        assert server.arrived == []

    server.state = WELL
    wait_until(all_are_sent, "every mail to arrive")

    assert Counter((mail.to, mail.subject) for mail in server.arrived) == expected_mails()
    logger.info("%s: a request took %.2f s at most", trouble, max(seconds))


# ---- killed processes


class Killer(threading.Thread):
    """Kills again and again, at random moments, while there is something to interrupt."""

    def __init__(self, kill_one: Callable[[random.Random], str]) -> None:
        super().__init__(daemon=True)
        self.kill_one = kill_one
        self.killed: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        chance = random.Random(ROUNDS)
        while not self.over.is_set():
            self.killed.append(self.kill_one(chance))


def kill_worker(server: MailServer, worker: Process, chance: random.Random) -> str:
    before = len(server.arrived)
    with suppress(AssertionError):
        wait_until(lambda: len(server.arrived) > before, "the worker to send", seconds=10)
    time.sleep(chance.uniform(0, 0.3))
    worker.kill()
    worker.start()
    return "mail worker"


def kill_web(web: Web, chance: random.Random) -> str:
    web.wait()
    time.sleep(chance.uniform(0.2, 2))
    if children := web.process.children() * chance.randint(0, 1):
        os.kill(chance.choice(children), signal.SIGKILL)
        return "web process"
    web.process.kill()
    web.process.start()
    return "web server"


def send_all(web: Web, numbers: Queue[int], acknowledged: dict[int, str]) -> None:
    """As people do: whoever gets no answer sends the same once more."""
    while True:
        try:
            number = numbers.get_nowait()
        except Empty:
            return
        time.sleep(random.uniform(0, 1))
        while number not in acknowledged:
            try:
                acknowledged[number] = web.send(number)
            except (OSError, HTTPException):
                time.sleep(0.2)


def test_what_was_acknowledged_is_stored_and_told_once_whoever_is_killed(server, worker, web):
    numbers: Queue[int] = Queue()
    for number in range(ROUNDS):
        numbers.put(number)
    acknowledged: dict[int, str] = {}
    patients = [
        threading.Thread(target=send_all, args=(web, numbers, acknowledged), daemon=True)
        for _ in range(4)
    ]
    killers = [
        Killer(partial(kill_worker, server, worker)),
        Killer(partial(kill_web, web)),
    ]
    for thread in (*killers, *patients):
        thread.start()
    try:
        for thread in patients:
            thread.join()
    finally:
        for killer in killers:
            killer.over.set()
        for killer in killers:
            killer.join()
    wait_until(all_are_sent, "every mail to arrive", seconds=60 + ROUNDS)

    stored = {request.email: request for request in ConsultationRequest.objects.all()}
    assert len(stored) == ConsultationRequest.objects.count() == ROUNDS
    for number, token in acknowledged.items():
        request = stored[f"patient-{number}@example.com"]
        assert request.token == token
        kinds = request.messages.order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["received", "staff_new"]
        assert request.events.count() == 1
    mails = Counter((mail.to, mail.subject) for mail in set(server.arrived))
    assert mails == expected_mails(), "two mails of one message, or none"
    twice = len(server.arrived) - len(set(server.arrived))
    killed = Counter(whom for killer in killers for whom in killer.killed)
    assert twice <= killed["mail worker"], "more than the one in hand when it was killed"
    logger.info("%s requests, killed: %s, came twice: %s", ROUNDS, dict(killed), twice)
