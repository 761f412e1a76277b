"""Filling in a form as a browser would: what the page holds, and then what is typed."""

from datetime import timedelta
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client
from django.test.client import Client as TestClient
from django.utils import timezone

from consultations.guards import new_stamp


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"submit", "button", "file"}:
                return
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            value = given.get("value", "on" if kind == "checkbox" else "")
            self.values.setdefault(name, []).append(value or "")
        elif tag == "textarea" and name:
            self._textarea = name
            self.values[name] = [""]
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values.setdefault(self._select, []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            # A browser drops the line break that follows the tag.
            self.values[self._textarea][0] = self.values[self._textarea][0].removeprefix("\n")
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea][0] += data


def values_on(client: Client, address: str) -> dict[str, list[str]]:
    """What the form at `address` would send if nothing were changed."""
    return values_in(client.get(address))


def values_in(response: HttpResponse) -> dict[str, list[str]]:
    fields = _Fields()
    fields.feed(response.content.decode())
    return fields.values


def stamp_of_a_minute_ago() -> str:
    """As if the form had been open for as long as a person takes."""
    return new_stamp(timezone.now() - timedelta(minutes=1))


def send_changed(client: TestClient, address: str, **changes: object):
    """Open the form at `address`, change fields, and send it."""
    values: dict[str, object] = dict(values_on(client, address))
    if "stamp" in values:
        values["stamp"] = stamp_of_a_minute_ago()
    return client.post(address, values | changes)
