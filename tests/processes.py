"""The site's own processes beside a test, on the test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection


def wait_until(done: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"still waiting: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """One of them, in a process group of its own; it can be killed and started again."""

    def __init__(self, *command: str, **environment: str) -> None:
        name = connection.settings_dict["NAME"]
        url = f"sqlite:///{name}"
        if connection.vendor == "postgresql":
            user, host = (connection.settings_dict[key] for key in ("USER", "HOST"))
            url = f"postgres://{user}@{quote(host, safe='')}/{name}"
        self._command = [sys.executable, *command]
        self._environment = os.environ | environment
        self._environment |= {"DATABASE_URL": url, "VAR_DIR": str(settings.VAR_DIR)}
        self.start()

    def start(self) -> None:
        self.popen = subprocess.Popen(
            self._command, cwd=settings.BASE_DIR, env=self._environment, start_new_session=True
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def children(self) -> list[int]:
        pid = self.popen.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]


def mail_worker(**environment: str) -> Process:
    return Process("manage.py", "deliver_mail", "--every", "0.1", **environment)


def web_server(port: int) -> Process:
    """Answers as it does behind a proxy, so that each request can come from elsewhere."""
    command = ["-m", "gunicorn", "--config", "clinic_site/gunicorn.py"]
    command += ["--bind", f"127.0.0.1:{port}", "clinic_site.wsgi"]
    return Process(*command, SITE_URL=f"http://127.0.0.1:{port}", BEHIND_PROXY="on")
