"""The front page of the staff's site: what waits, each line leading to where it is settled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.timesince import timesince


@dataclass(frozen=True)
class Line:
    """One thing that waits, and the page on which it can be settled."""

    text: str
    url: str
    since: datetime | None = None
    detail: str = ""
    is_urgent: bool = False

    @property
    def parts(self) -> list[str]:
        """What is said in it, each in a direction of its own."""
        return self.text.split(" · ")

    @property
    def waiting(self) -> str:
        """For how long, in one unit."""
        return timesince(self.since, depth=1) if self.since else ""


@dataclass(frozen=True)
class Panel:
    """What waits of one kind. `total` counts all of it, `lines` shows the first few."""

    slug: str
    title: str | Promise
    total: int
    lines: list[Line] = field(default_factory=list)
    nothing: str | Promise = ""
    more_url: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


SHOWN = 8
"""How many lines a panel shows at most."""


def first_few(rows: QuerySet[Any], most: int = SHOWN) -> tuple[list[Any], int]:
    """The first rows of those that wait, and how many wait, by one query.

    It reads them all, so it is for what there is little of.
    """
    shown = list(rows.annotate(total=Window(Count("*")))[:most])
    return shown, shown[0].total if shown else 0


Maker = Callable[[HttpRequest], Panel | None]
_makers: list[tuple[int, Maker]] = []


def register(order: int) -> Callable[[Maker], Maker]:
    """Put a panel on the desk; its maker answers None to whom it does not concern."""

    def add(maker: Maker) -> Maker:
        _makers.append((order, maker))
        return maker

    return add


def panels(request: HttpRequest) -> list[Panel]:
    makers = [maker for _order, maker in sorted(_makers, key=lambda entry: entry[0])]
    return [panel for maker in makers if (panel := maker(request)) is not None]
