"""A mail server of our own, which can have every trouble that mail servers have."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from typing import NamedTuple

TROUBLES = ["refuses", "hangs", "is slow", "fails after the data", "breaks off after the data"]
WELL = "well"


class Arrived(NamedTuple):
    to: str
    subject: str
    message_id: str


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.state = WELL
        # What it has taken, and how many it has been bothered with in vain.
        self.arrived: list[Arrived] = []
        self.turned_away = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle is part of the tests."""


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        state = self.server.state
        if state == "refuses":
            self._turn_away("421 not now")
            return
        if state == "hangs":
            self.server.turned_away += 1
            while self.server.state == "hangs":
                time.sleep(0.05)
            return
        self._pause = 0.2 if state == "is slow" else 0.0
        self._say("220 ready")
        with suppress(ConnectionError):
            while line := self.rfile.readline():
                if not self._answer(line.strip().upper()):
                    return

    def _answer(self, command: bytes) -> bool:
        if command.startswith(b"QUIT"):
            self._say("221 bye")
            return False
        if command.startswith(b"DATA"):
            self._say("354 go on")
            return self._take(b"".join(iter(self.rfile.readline, b".\r\n")))
        self._say("250 fine")
        return True

    def _take(self, data: bytes) -> bool:
        if self.server.state == "fails after the data":
            self._turn_away("451 try again later")
            return True
        if self.server.state == "breaks off after the data":
            self.server.turned_away += 1
            return False
        mail = message_from_bytes(data)
        self.server.arrived.append(
            Arrived(mail["To"], "".join(mail["Subject"].split("\n")), mail["Message-ID"])
        )
        self._say("250 taken")
        return True

    def _turn_away(self, words: str) -> None:
        self.server.turned_away += 1
        self._say(words)

    def _say(self, words: str) -> None:
        time.sleep(getattr(self, "_pause", 0))
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.state = WELL
        server.shutdown()
        thread.join()
