"""The stylesheet is written in parts and delivered in one small piece."""

import re
from io import StringIO
from pathlib import Path

import brotli
import pytest
import rcssmin
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client, override_settings

from tests.pages import CONTENT_PAGES

SOURCE = Path(__file__).parent.parent / "static" / "css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([a-z]+)\);')
BUNDLES = {
    name: IMPORT.findall((SOURCE / name).read_text())
    for name in ("site.css", "pages.css", "paper.css")
}
IMPORTED = [name for imports in BUNDLES.values() for name, _ in imports]
LARGEST_BUNDLE = 3_500


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stylesheet as patients get it, among all static files, collected twice."""
    folder = tmp_path_factory.mktemp("static")
    backend = {"BACKEND": "clinic_site.storage.BundledStaticFilesStorage"}
    with override_settings(STATIC_ROOT=folder, STORAGES={"staticfiles": backend}):
        for _ in range(2):
            call_command("collectstatic", interactive=False, stdout=StringIO())
        address = staticfiles_storage.url("css/site.css")
    return folder / address.removeprefix("/static/")


def test_every_part_is_imported_once():
    parts = {f"components/{path.name}" for path in SOURCE.glob("components/*.css")}
    assert parts <= set(IMPORTED)
    assert len(IMPORTED) == len(set(IMPORTED))


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_holds_every_part_in_its_layer(bundle: Path, name):
    (published,) = bundle.parent.glob(f"{name.removesuffix('.css')}.*.css")
    css = re.sub(r"\.[0-9a-f]{12}\.woff2", ".woff2", published.read_text())
    assert "@import" not in css
    layers = dict(re.findall(r"@layer ([a-z]+)\{(.*?)\}(?=@layer|$)", css, re.DOTALL))
    for part, layer in BUNDLES[name]:
        source = (SOURCE / part).read_text()
        minified = rcssmin.cssmin(source)
        assert minified in layers[layer]
        # Outside a rule that it knows, the minifier takes a selector for a declaration.
        spaced = re.compile(r"[\w\])] :is\(")
        assert len(spaced.findall(minified)) == len(spaced.findall(source))


def test_the_layers_are_ordered_before_anything_else(bundle: Path):
    assert bundle.read_text().startswith("@layer tokens,base,layout,components,pages,print;")


def test_the_bundle_is_small_and_compressed(bundle: Path):
    compressed = Path(f"{bundle}.br").read_bytes()
    assert brotli.decompress(compressed) == bundle.read_bytes()
    assert len(compressed) < LARGEST_BUNDLE
    assert Path(f"{bundle}.gz").exists()


def test_the_parts_are_not_published(bundle: Path):
    published = {path.name.split(".")[0] + ".css" for path in bundle.parent.rglob("*.css")}
    assert published == {path.name for path in SOURCE.glob("*.css")} - set(IMPORTED)


def test_one_stylesheet_serves_both_directions():
    for path in SOURCE.rglob("*.css"):
        assert not re.search(r"(?<![a-z])(left|right)\s*:", path.read_text()), path


def test_the_dark_scheme_changes_colours_alone():
    """The browser tests rely on it: in the dark they look at colours only."""
    for path in SOURCE.rglob("*.css"):
        dark = r"prefers-color-scheme: dark\) \{(.*?)\n\}"
        for block in re.findall(dark, path.read_text(), re.DOTALL):
            assert path.name == "tokens.css"
            names = re.findall(r"([\w-]+)\s*:", re.sub(r"^[^{]*\{", "", block, count=1))
            assert all(name.startswith("--") for name in names), names


# Over the wire, with the answers' headers, before a page is drawn: ten packets.
FIRST_VISIT, FOUR_COMPARED = 14_600, 20_000
HEADERS_OF_A_PAGE, HEADERS_OF_A_FILE = 100, 430  # what gunicorn adds, and all that a file has
FOUR = "/compare/exosomes-vs-prp-vs-exosomes-and-prp-vs-minoxidil/"
# A stylesheet for paper alone is fetched after the page is drawn.
STYLESHEET = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"(?! media="print")>')


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_a_first_visit_is_light(client: Client, content: None, bundle: Path, prefix):
    folder, too_heavy = bundle.parent.parent, {}
    backend = {"BACKEND": "clinic_site.storage.BundledStaticFilesStorage"}
    for address in [*CONTENT_PAGES, FOUR, "/decide/", "/consultation/"]:
        with override_settings(STATIC_ROOT=folder, STORAGES={"staticfiles": backend}):
            response = client.get(prefix + address, headers={"accept-encoding": "br"})
        assert response.headers["Content-Encoding"] == "br"
        files = STYLESHEET.findall(brotli.decompress(response.content).decode())
        assert 1 <= len(files) <= 2
        weight = len(response.content) + HEADERS_OF_A_PAGE
        weight += sum(len(name) + len(value) + 4 for name, value in response.headers.items())
        weight += sum(len((folder / f"{file}.br").read_bytes()) for file in files)
        weight += HEADERS_OF_A_FILE * len(files)
        if weight > (FOUR_COMPARED if address.count("-vs-") == 3 else FIRST_VISIT):
            too_heavy[address] = weight
    assert not too_heavy


@pytest.mark.parametrize(("prefix", "fonts"), [("", 0), ("/ur", 1)])
def test_only_an_urdu_page_loads_the_font(client: Client, db, prefix, fonts):
    html = client.get(prefix + "/").content.decode()
    assert html.count("/static/fonts/") == fonts


def test_the_font_is_one_and_small_and_does_not_delay_text():
    (font,) = (SOURCE.parent / "fonts").glob("*.woff2")
    assert font.stat().st_size <= 120_000
    face = re.search(r"@font-face \{(.*?)\}", (SOURCE / "tokens.css").read_text(), re.DOTALL)[1]
    assert font.name in face
    assert "font-display: swap" in face
