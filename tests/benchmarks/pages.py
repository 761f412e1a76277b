"""Measure pages of the real site, with the real content, as gunicorn serves it.

A time in milliseconds says as much about the machine as about the site. So a bare WSGI app
with the very same bytes runs on the same gunicorn settings at the same time, both are asked in
turn in small batches on kept-alive connections, one request at a time, and what counts is the
ratio of the two.
"""

import argparse
import os
import pickle
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/treatments/exosomes/", "/compare/exosomes-vs-prp/", "/consultation/")
BATCH = 10
# gunicorn adds its own.
HOP_BY_HOP = {"connection", "date", "server"}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="how long to measure (20)")
    seconds = parser.parse_args().seconds

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through every `finally`
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        answers = Path(folder) / "answers"
        environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": folder,
            "BENCH_ANSWERS": str(answers),
        }
        subprocess.run(
            [sys.executable, "manage.py", "prepare_site"],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        site = servers.enter_context(gunicorn("clinic_site.wsgi", environment))
        answers.write_bytes(pickle.dumps({page: record(site.port, page) for page in PAGES}))
        bare = servers.enter_context(gunicorn("bare:application", environment))

        times = measure(site.port, bare.port, seconds)
        report(times, site, bare, queries_of(environment))


class Server:
    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process = process
        self.port = port

    def peak_memory(self) -> float:
        """The most that gunicorn and its workers ever held, in MB."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        peaks = [
            re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
            for process in (pid, *children)
        ]
        return sum(int(peak[1]) for peak in peaks) / 1024


@contextmanager
def gunicorn(app: str, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "clinic_site/gunicorn.py",
         "--pythonpath", str(Path(__file__).parent), "--bind", f"127.0.0.1:{port}", app],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        wait_for(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def wait_for(process: subprocess.Popen, port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            sys.exit("gunicorn has ended: see above.")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("gunicorn did not start within 30 seconds.")


def fetch(port: int, page: str, encoding: str):
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", page, headers={"Accept-Encoding": encoding})
        answer = connection.getresponse()
        if answer.status != 200:
            sys.exit(f"{page} answers {answer.status} {answer.reason}.")
        return answer, answer.read()


def record(port: int, page: str) -> tuple[str, list[tuple[str, str]], bytes]:
    answer, body = fetch(port, page, "br")
    headers = [pair for pair in answer.getheaders() if pair[0].lower() not in HOP_BY_HOP]
    return f"{answer.status} {answer.reason}", headers, body


def measure(site: int, bare: int, seconds: float) -> dict[str, tuple[list[float], list[float]]]:
    """The seconds that each request took: of the site, and of the bare app."""
    times: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for page, (of_site, of_bare) in times.items():
            of_site += batch(site, page)
            of_bare += batch(bare, page)
    return times


def batch(port: int, page: str, cookie: str = "", size: int = BATCH) -> list[float]:
    request = (
        f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\nCookie: {cookie}\r\n\r\n"
    ).encode()
    return ask(port, [request] * (size + 1), 200)


def ask(port: int, requests: list[bytes], status: int) -> list[float]:
    """Over a plain socket, because http.client takes as long as the bare app itself."""
    times = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for request in requests:
            start = time.perf_counter()
            connection.sendall(request)
            read_answer(connection, status)
            times.append(time.perf_counter() - start)
    return times[1:]  # the first also waited to be accepted


def read_answer(connection: socket.socket, status: int) -> None:
    """Takes in one answer whole. Ends the run if it is another one than expected."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += receive(connection)
    head, body = received.split(b"\r\n\r\n", 1)
    if not head.startswith(f"HTTP/1.1 {status} ".encode()):
        sys.exit(f"A page answers {head.splitlines()[0].decode()}.")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    missing = int(length[1]) - len(body)
    while missing > 0:
        missing -= len(receive(connection))


def receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        sys.exit("A server closed the connection in mid-answer.")
    return data


def queries_of(environment: dict[str, str]) -> dict[str, int]:
    """Counted in this process, where Django can be asked."""
    os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
    sys.path.insert(0, str(ROOT))
    import django
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    django.setup()
    client = Client(SERVER_NAME="127.0.0.1")
    counts = {}
    for page in PAGES:
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts[page] = len(queries)
    connection.close()
    return counts


def report(times, site: Server, bare: Server, queries: dict[str, int]) -> None:
    row = "{:<28} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}"
    print(row.format("page", "ratio", "p50 ms", "p99 ms", "bare ms", "queries", "bytes", "brotli"))
    for page, (of_site, of_bare) in times.items():
        middle, bare_middle = statistics.median(of_site), statistics.median(of_bare)
        slow = statistics.quantiles(of_site, n=100)[98]
        plain, compressed = (len(fetch(site.port, page, kind)[1]) for kind in ("identity", "br"))
        print(
            row.format(
                page,
                f"{middle / bare_middle:.1f}",
                f"{middle * 1000:.2f}",
                f"{slow * 1000:.2f}",
                f"{bare_middle * 1000:.2f}",
                queries[page],
                plain,
                compressed,
            )
        )
    requests = min(len(of_site) for of_site, _ in times.values())
    print(
        f"Peak memory of gunicorn and its workers: site {site.peak_memory():.0f} MB, "
        f"bare {bare.peak_memory():.0f} MB. Requests a page: {requests}."
    )


if __name__ == "__main__":
    main()
