"""Measure the staff's pages, and the patients' form, with few requests and with many.

Two sites run at the same time on the same gunicorn settings, one with 1,000 requests and one with
100,000, of which 2,000 came in each week. Both are asked in turn, and what counts is the ratio of
the two: how much slower the site gets in a year. DATABASES=postgres://USER@HOST measures on
PostgreSQL, in two databases that are made for it and dropped again.

What is compared shows as much at either size, as its kB tell:
* the desk: half a week's requests that wait, and a day's appointments as far as it shows them;
* the list: 50 rows; a search: the one that is looked for, and of a name that one in ten has 50
  rows, of 100 or of 10,000 that are counted;
* the week: the coming one of the first practitioner, whose diary is full. (With 1,000 requests
  there is no week that has passed: they are those of the last three and a half days.)
* the form: the free times of 21 practitioners; and the form filled in and sent, with every box
  ticked and three times wished for, each time by another phone from another network. What is
  sent is stored, so both sites grow a little as they are measured.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count as count_from
from pathlib import Path
from urllib.parse import urlencode

from pages import ROOT, ask, batch, gunicorn

FEW, MANY = 1_000, 100_000
AT_ONCE = 2  # so that both sites see the same moments of the machine
LIST = "/admin/consultations/consultationrequest/"
FORM = "/consultation/"
PAGES = {
    "desk": "/admin/",
    "list": LIST,
    "list, nobody has answered": f"{LIST}?open=new",
    "list, last page": f"{LIST}?p={{last}}",
    "search by name": f"{LIST}?q=patient+{{count}}",
    "search by a common name": f"{LIST}?q=khan",
    "search by phone": f"{LIST}?q=0300+{{count:07}}",
    "search by reference": f"{LIST}?q=HC-{{count:05}}",
    "one request": f"{LIST}{{count}}/change/",
    "week": "/admin/consultations/appointment/?week={next_week}",
    "form": FORM,
}
FORM_SENT = "form, filled in and sent"
TOKEN = "a" * 32  # against forged requests: the browser's own cookie, once more in the form

PREPARE = """
import sys
sys.path.insert(0, "tests/benchmarks")
from prepare import prepare
prepare({count}, {pages!r}, {form!r})
"""


class Site:
    """A site with a crowd in it, somebody who is signed in, and the addresses of the pages."""

    def __init__(self, count: int, folder: Path, database: str) -> None:
        folder.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": str(folder),
            "BEHIND_PROXY": "on",  # so that each patient can come from elsewhere
            **({"DATABASE_URL": database} if database else {}),
        }
        places = {
            "count": count,
            "last": count // 50,
            "next_week": datetime.now(UTC).date() + timedelta(weeks=1),
        }
        self.pages = {name: page.format(**places) for name, page in PAGES.items()}
        self.manage("prepare_site")
        program = PREPARE.format(count=count, pages=self.pages, form=FORM)
        said = json.loads(self.manage("shell", "--no-imports", "--command", program))
        print(f"{count} requests stored in {said['took']:.0f} s.", flush=True)
        self.costs = dict(zip([*self.pages, FORM_SENT], said["costs"], strict=True))
        self.cookie = f"sessionid={said['session']}"
        self.answers = said["answers"]
        self.patients = count_from(1)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout

    def form_sent(self) -> bytes:
        """The request of the next patient: another phone, from another network."""
        number = next(self.patients)
        answers = self.answers | {"phone": f"0301 {number:07}", "csrfmiddlewaretoken": TOKEN}
        body = urlencode(answers, doseq=True)
        head = [
            f"POST {FORM} HTTP/1.1",
            "Host: 127.0.0.1",
            f"X-Forwarded-For: 10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
            f"Cookie: csrftoken={TOKEN}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*head, "", body]).encode()


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

    def tell(statement: str) -> None:
        subprocess.run(["psql", "--quiet", f"{server}/postgres", "-c", statement], check=True)

    tell(f"CREATE DATABASE {name}")
    try:
        yield f"{server}/{name}"
    finally:
        tell(f"DROP DATABASE {name} WITH (FORCE)")


def measure(
    sites: list[Site], ports: list[int], seconds: float
) -> dict[str, tuple[list[float], list[float]]]:
    """The seconds that each request took: with few requests, and with many.

    Each page has an equal part of the time, so that a slow one leaves the others their many turns.
    """
    times: dict[str, tuple[list[float], list[float]]] = {}
    for name in [*PAGES, FORM_SENT]:
        both = times[name] = ([], [])
        end = time.monotonic() + seconds / (len(PAGES) + 1)
        while not both[0] or time.monotonic() < end:
            for site, port, taken in zip(sites, ports, both, strict=True):
                if name == FORM_SENT:
                    taken += ask(port, [site.form_sent() for _ in range(AT_ONCE + 1)], 302)
                else:
                    taken += batch(port, site.pages[name], site.cookie, AT_ONCE)
    return times


def report(times: dict[str, tuple[list[float], list[float]]], sites: list[Site]) -> None:
    row = "{:<28} {:>6} {:>8} {:>8} {:>8} {:>6} {:>8} {:>6}"
    print(row.format("page", "ratio", "few ms", "many ms", "queries", "many", "few kB", "many"))
    for name, both in times.items():
        few, many = (statistics.median(taken) * 1000 for taken in both)
        queries, size = zip(*(site.costs[name] for site in sites), strict=True)
        kilobytes = [f"{bytes_ / 1000:.0f}" for bytes_ in size]
        print(
            row.format(name, f"{many / few:.2f}", f"{few:.1f}", f"{many:.1f}", *queries, *kilobytes)
        )


if __name__ == "__main__":
    main()
