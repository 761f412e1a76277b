"""What tests need to read Urdu: a page, the content files and the catalogue."""

import ast
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from treatments.models import Source

CATALOGUE = settings.LOCALE_PATHS[0] / "ur/LC_MESSAGES"
# Names that stay, and the Roman figures of stages.
LATIN_NAMES = re.compile(r"\b(GRADE|Norwood|Hamilton|Ludwig|Sinclair|WhatsApp|[IVX]+)\b")
ADDRESSES = re.compile(r"https?://\S+|\S+@\S+")
ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
# What an Urdu line would show back to front: numbers with a space or a hyphen between them.
SCRAMBLED = re.compile(r"\d[ –-]+\d")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}


class _Urdu(HTMLParser):
    """Gathers what a page says in Urdu: not what is marked as English, isolated or for machines."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.html: dict[str, str | None] = {}
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.html = given
        skipped = (
            bool(self._open and self._open[-1][1])
            or tag in {"bdi", "script", "style"}
            or (given.get("lang") or "ur") != "ur"
        )
        if tag not in _VOID:
            self._open.append((tag, skipped))
        if not skipped:
            names = {"alt", "aria-label", "title", "placeholder"}
            if "description" in f"{given.get('name')} {given.get('property')}":
                names.add("content")
            self.said += [given[name] or "" for name in names & given.keys()]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.said.append(data)


def read_urdu(html: str) -> _Urdu:
    page = _Urdu()
    page.feed(html)
    return page


def english_in(text: str) -> list[str]:
    """The Latin words of three letters or more that an Urdu text has no reason to hold."""
    for accepted in (ISOLATED, ADDRESSES, LATIN_NAMES):
        text = accepted.sub(" ", text)
    return re.findall(r"[A-Za-z]{3,}", text)


def english_on(page: str | HttpResponse) -> list[str]:
    html = page if isinstance(page, str) else page.content.decode()
    keys = "|".join(re.escape(key) for key in Source.objects.values_list("key", flat=True))
    said = " ".join(read_urdu(html).said)
    return english_in(re.sub(rf"\b({keys})\b", " ", said))


def scrambled_on(response: HttpResponse) -> list[str]:
    said = read_urdu(response.content.decode()).said
    return [text for text in said if SCRAMBLED.search(ISOLATED.sub("", text))]


def assert_is_urdu(response: HttpResponse, what: str = "") -> None:
    page = read_urdu(response.content.decode())
    assert (page.html.get("lang"), page.html.get("dir")) == ("ur", "rtl"), what
    assert response.headers["Content-Language"] == "ur", what
    assert english_on(response) == [], what
    assert re.search("[ا-ے]{3}", " ".join(page.said)), what
    # The comma, the full stop and the question mark of Urdu, not those of English.
    assert [text for text in page.said if re.search("[ا-ے][,;.?]", text)] == [], what


def in_the_sitemap(client: Client) -> list[str]:
    found = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    return [address.removeprefix(settings.SITE_URL) for address in found]


def entries_of(path: Path) -> list[dict[str, Any]]:
    """The entries of a .po file: msgctxt, msgid, msgid_plural, `to` (the msgstrs) and flags."""
    entries: list[dict[str, Any]] = []
    for block in path.read_text().split("\n\n"):
        entry: dict[str, Any] = {"flags": re.findall("(?m)^#,(.*)$", block)}
        for word, value in re.findall(r'(?m)^(msg\S+) ((?:".*"\n?)+)', block):
            entry[word] = "".join(ast.literal_eval(line) for line in value.splitlines())
        entry["to"] = [text for word, text in entry.items() if word.startswith("msgstr")]
        if entry.get("msgid"):
            entries.append(entry)
    return entries


class Translated(NamedTuple):
    where: str
    english: str
    urdu: str


def translated() -> list[Translated]:
    """Every English text with its Urdu: those of the content files and those of the catalogue."""

    def of_content(found: Any, where: str) -> list[Translated]:
        if not isinstance(found, dict):
            return []
        if found.keys() == {"en", "ur"}:
            return [Translated(where, found["en"], found["ur"])]
        return [
            text for key, inner in found.items() for text in of_content(inner, f"{where}.{key}")
        ]

    files = sorted((settings.BASE_DIR / "treatments/content").rglob("*.toml"))
    texts = [
        text for file in files for text in of_content(tomllib.loads(file.read_text()), file.stem)
    ]
    return texts + [
        Translated("catalogue", entry["msgid"], urdu)
        for entry in entries_of(CATALOGUE / "django.po")
        for urdu in entry["to"]
    ]
