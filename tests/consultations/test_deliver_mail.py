"""The mail worker: nothing lost, nothing twice, and it ends when it is told to."""

import fcntl
import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from post_office import mail
from post_office.models import STATUS, Email

from consultations.management.commands import deliver_mail
from tests.processes import Process, mail_worker, wait_until


@pytest.fixture
def mail_folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


@pytest.fixture
def worker():
    """Starts the worker as a process of its own, on this test's database."""
    started = []

    def start(**environment: str) -> Process:
        process = mail_worker(**environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()


def queue_mail() -> Email:
    return mail.send("patient@example.com", "clinic@example.com", subject="Hello", message="Hello")


def wait_for(email: Email, status: int) -> None:
    of_it = Email.objects.filter(pk=email.pk, status=status)
    wait_until(of_it.exists, f"status {status}", seconds=20)


def test_what_is_queued_is_delivered(db, mail_folder):
    emails = [queue_mail() for _ in range(7)]

    call_command("deliver_mail", once=True)

    assert len(list(mail_folder.iterdir())) > 0
    assert Email.objects.filter(status=STATUS.sent).count() == len(emails)


def test_a_second_worker_sends_nothing(db, settings, mail_folder):
    email = queue_mail()
    with (settings.VAR_DIR / "mail-worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(CommandError, match="Another mail worker"):
            call_command("deliver_mail", once=True)

    email.refresh_from_db()
    assert email.status == STATUS.queued


def test_a_failing_database_does_not_end_the_worker(db, monkeypatch, tmp_path, caplog):
    pauses = []
    answers = iter([OperationalError("server closed the connection"), True, False])

    def deliver_next():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def next_signal(stop, pause):
        pauses.append(pause)
        return signal.SIGTERM if len(pauses) == 4 else None

    monkeypatch.setattr(deliver_mail.delivery, "deliver_next", deliver_next)
    monkeypatch.setattr(deliver_mail.delivery, "tidy", lambda: None)
    monkeypatch.setattr(deliver_mail.signal, "pthread_sigmask", lambda how, mask: None)
    monkeypatch.setattr(deliver_mail.signal, "sigtimedwait", next_signal)
    with (tmp_path / "lock").open("w") as lock:
        deliver_mail._deliver_until_stopped(lock, every=5)

    assert pauses == [0, deliver_mail.PAUSE_AFTER_FAILURE, 0, 5]
    assert "Mail could not be delivered" in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_delivers_until_it_is_stopped(worker, stop):
    process = worker(EMAIL_URL="file:")
    email = queue_mail()
    wait_for(email, STATUS.sent)

    process.popen.send_signal(stop)

    assert process.popen.wait(timeout=5) == 0


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_costs_no_mail(worker):
    process = worker(EMAIL_URL="smtp://127.0.0.1:9")
    email = queue_mail()
    wait_for(email, STATUS.requeued)

    assert process.popen.poll() is None
    process.popen.terminate()
    assert process.popen.wait(timeout=5) == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_does_not_lock_out_the_next(worker):
    first = worker(EMAIL_URL="file:")
    wait_for(queue_mail(), STATUS.sent)
    first.kill()

    worker(EMAIL_URL="file:")

    wait_for(queue_mail(), STATUS.sent)
