"""Measure the staff's pages with few requests in the database and with many.

Two sites run at the same time on the same gunicorn settings, one with 1,000 requests and one with
100,000, of which 2,000 came in each week. Both are asked in turn, and what counts is the ratio of
the two: how much slower the desk gets in a year. DATABASES=postgres://USER@HOST measures on
PostgreSQL, in two databases that are made for it and dropped again.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pages import ROOT, batch, gunicorn

FEW, MANY = 1_000, 100_000
LIST = "/admin/consultations/consultationrequest/"
PAGES = {
    "desk": "/admin/",
    "list": LIST,
    "list, nobody has answered": f"{LIST}?open=new",
    "list, last page": f"{LIST}?p={{last}}",
    "search by name": f"{LIST}?q=patient+{{count}}",
    "search by phone": f"{LIST}?q=0300+{{count:07}}",
    "search by reference": f"{LIST}?q=HC-{{count:05}}",
    "one request": f"{LIST}{{count}}/change/",
    "week": "/admin/consultations/appointment/",
}

PREPARE = """
import sys
sys.path.insert(0, "tests/benchmarks")
from crowd import gather
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
gather({count})
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(User.objects.create_superuser("measuring"))
print("session", client.cookies["sessionid"].value)
for page in {pages!r}:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    print("queries", len(queries))
"""


class Site:
    """A site with a crowd in it, somebody who is signed in, and the addresses of the pages."""

    def __init__(self, count: int, folder: Path, database: str) -> None:
        folder.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": str(folder),
            **({"DATABASE_URL": database} if database else {}),
        }
        last = count // 50
        self.pages = {name: page.format(count=count, last=last) for name, page in PAGES.items()}
        self.manage("prepare_site")
        pages = list(self.pages.values())
        said = self.manage(
            "shell", "--no-imports", "--command", PREPARE.format(count=count, pages=pages)
        )
        words = [line.split() for line in said.splitlines() if line]
        self.cookie = next(f"sessionid={value}" for word, value in words if word == "session")
        counts = [int(value) for word, value in words if word == "queries"]
        self.queries = dict(zip(self.pages, counts, strict=True))

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/bench desk",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=60, help="how long to measure (60)")
    parser.add_argument("--many", type=int, default=MANY, help=f"how many are many ({MANY})")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through every `finally`
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        sites = [
            Site(count, Path(folder) / str(count), opened.enter_context(database(count)))
            for count in (FEW, options.many)
        ]
        ports = [
            opened.enter_context(gunicorn("clinic_site.wsgi", site.environment)).port
            for site in sites
        ]
        times = measure(sites, ports, options.seconds)
        report(times, sites)


@contextmanager
def database(count: int) -> Iterator[str]:
    """The address of a database for one site: of its own on PostgreSQL, nothing for SQLite."""
    server = os.environ.get("DATABASES", "")
    if not server:
        yield ""
        return
    name = f"clinic_bench_{count}"

    def ask(statement: str) -> None:
        subprocess.run(["psql", "--quiet", f"{server}/postgres", "-c", statement], check=True)

    ask(f"CREATE DATABASE {name}")
    try:
        yield f"{server}/{name}"
    finally:
        ask(f"DROP DATABASE {name} WITH (FORCE)")


def measure(
    sites: list[Site], ports: list[int], seconds: float
) -> dict[str, tuple[list[float], list[float]]]:
    """The seconds that each request took: with few requests, and with many."""
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in PAGES}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for name, both in times.items():
            for site, port, taken in zip(sites, ports, both, strict=True):
                taken += batch(port, site.pages[name], site.cookie)
    return times


def report(times: dict[str, tuple[list[float], list[float]]], sites: list[Site]) -> None:
    row = "{:<28} {:>6} {:>10} {:>10} {:>8} {:>8}"
    print(row.format("page", "ratio", "few ms", "many ms", "queries", "many"))
    for name, (few, many) in times.items():
        middle, other = statistics.median(few), statistics.median(many)
        print(
            row.format(
                name,
                f"{other / middle:.2f}",
                f"{middle * 1000:.1f}",
                f"{other * 1000:.1f}",
                sites[0].queries[name],
                sites[1].queries[name],
            )
        )


if __name__ == "__main__":
    main()
