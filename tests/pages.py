"""What tests need to read a page."""

import re
from html import unescape
from html.parser import HTMLParser

from django.http import HttpResponse

CONTENT_PAGES = [
    "/",
    "/treatments/",
    "/treatments/exosomes/",
    "/treatments/prp/",
    "/treatments/exosomes-and-prp/",
    "/treatments/no-treatment/",
    "/treatments/minoxidil/",
    "/treatments/finasteride/",
    "/treatments/hair-transplant/",
    "/compare/",
    "/compare/exosomes-vs-prp/",
    "/compare/exosomes-vs-prp-vs-exosomes-and-prp-vs-no-treatment/",
    "/questions/",
    "/sources/",
    "/about-this-information/",
    "/contact/",
    "/privacy/",
    "/accessibility/",
]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def words_of(response: HttpResponse) -> str:
    """The text of a page, without tags, with its white space folded."""
    parser = _Words()
    parser.feed(response.content.decode())
    # What only keeps a line from breaking is not a letter that anyone reads.
    return re.sub(r"\s+", " ", unescape(" ".join(parser.parts)).replace("\u2060", ""))
