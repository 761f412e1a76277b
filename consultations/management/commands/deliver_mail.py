import fcntl
import logging
import signal
import time
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from consultations import delivery

logger = logging.getLogger(__name__)

STOP = {signal.SIGTERM, signal.SIGINT}
PAUSE_AFTER_FAILURE = 30
TIDY_EVERY = 600


class Command(BaseCommand):
    help = "Deliver the messages that the site has queued, round after round, until it is stopped."
    # The checks look at pages, which the worker never loads.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every",
            type=float,
            default=5,
            metavar="SECONDS",
            help="how long to wait when nothing is left to send (5)",
        )
        parser.add_argument("--once", action="store_true", help="deliver what is due now, then end")

    def handle(self, *args: Any, every: float, once: bool, **options: Any) -> None:
        with (settings.VAR_DIR / "mail-worker.lock").open("w") as lock:
            if once:
                _deliver_once(lock)
            else:
                _deliver_until_stopped(lock, every)


def _deliver_once(lock: IO[str]) -> None:
    if not _is_only_worker(lock):
        raise CommandError("Another mail worker is running.")
    delivery.tidy()
    while delivery.deliver_next():
        pass


def _deliver_until_stopped(lock: IO[str], every: float) -> None:
    # A blocked signal waits until the mail in hand is sent and noted; sigtimedwait takes it then.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    pause: float = 0
    tidied: float | None = None
    while signal.sigtimedwait(STOP, pause) is None:
        try:
            close_old_connections()
            pause = every
            if _is_only_worker(lock):
                # One mail at a time, so that a stop never waits for a long queue.
                pause = 0 if delivery.deliver_next() else every
                if tidied is None or time.monotonic() - tidied > TIDY_EVERY:
                    delivery.tidy()
                    tidied = time.monotonic()
        except Exception:
            # Whatever it was (most likely the database): the queue is kept, and tried again.
            logger.exception("Mail could not be delivered; trying again.")
            pause = max(every, PAUSE_AFTER_FAILURE)


def _is_only_worker(lock: IO[str]) -> bool:
    """Whether this process holds the lock; two workers would send every mail twice.

    The kernel takes the lock back however a worker ends. post_office's own, a file with a
    process number, outlives a killed worker, and blocks for ever once another process has that
    number: in a container, always.
    """
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
