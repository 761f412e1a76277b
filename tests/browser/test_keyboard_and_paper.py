"""Without a mouse, at the largest zoom; and on paper."""

import re

import pytest
from playwright.sync_api import Page

from consultations.models import ConsultationRequest

# What has the focus: its name or words, whether its outline shows, and whether it can be seen.
_FOCUS = """() => {
    const focused = document.activeElement, box = focused.getClientRects()[0]
    const x = box.left + Math.min(box.width, 40) / 2, y = box.top + Math.min(box.height, 20) / 2
    const top = document.elementFromPoint(x, y)
    return {
        name: focused.name || focused.textContent.trim(),
        outlined: getComputedStyle(focused).outlineStyle != "none",
        seen: focused.contains(top) || top?.contains(focused),
        wide: box.width, high: box.height,
    }
}"""


def walk_to(page: Page, name: str) -> None:
    """Press Tab until `name` has the focus; on the way each focus must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        assert focus["outlined"], focus
        assert focus["seen"], focus
        assert min(focus["wide"], focus["high"]) >= 24, focus
        if focus["name"] == name:
            return
    pytest.fail(f"{name} was not reached")


def test_a_request_can_be_sent_by_keyboard_at_400_percent(page: Page):
    """A window of 1280 by 1024 at 400 % is 320 by 256 wide."""
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto("/consultation/")
    walk_to(page, "name")
    page.keyboard.type("Sample Patient")
    walk_to(page, "phone")
    page.keyboard.type("0300 1234567")
    walk_to(page, "More about your hair (optional)")
    page.keyboard.press("Enter")
    walk_to(page, "pattern")
    for _ in range(3):  # past “I am not sure”, to the second step
        page.keyboard.press("ArrowDown")
    assert page.locator("[name=pattern]:checked ~ label").inner_text().startswith("II:")
    walk_to(page, "consent")
    page.keyboard.press("Space")
    walk_to(page, "Send my request")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/consultation/[\w-]{20,}/$"))
    stored = ConsultationRequest.objects.get().pattern
    assert stored.startswith("Norwood–Hamilton scale II: ")


@pytest.mark.parametrize("prefix", ["", "/ur"])
@pytest.mark.parametrize("address", ["/", "/treatments/prp/", "/compare/exosomes-vs-prp/"])
def test_the_focus_is_seen_on_every_stop(page: Page, prefix, address):
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(prefix + address)
    for _ in range(35):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        assert focus["outlined"], focus
        assert focus["seen"], focus


@pytest.mark.parametrize(("prefix", "smallest"), [("", 7), ("/ur", 8)])
@pytest.mark.parametrize("pair", ["exosomes-vs-prp", "exosomes-vs-prp-vs-minoxidil"])
def test_a_printed_comparison_tells_both_sides(page: Page, prefix, smallest, pair):
    """Evidence and claims, whom it harms, our interest, the review and our number; 7 pt or more."""
    page.set_viewport_size({"width": 733, "height": 1060})  # A4 within its margins
    page.emulate_media(media="print")
    page.goto(f"{prefix}/compare/{pair}/")
    for part in (
        ".review", ".callout--interest", ".comparison .finding > p", ".voice", ".certainty",
        ".comparison li > strong", ".comparison thead", ".site-footer dd:first-of-type",
    ):  # fmt: skip
        told = page.locator(part)
        assert told.locator("visible=true").count(), part
    findings = page.locator(".comparison .finding > p")
    assert findings.locator("visible=true").count() == findings.count()
    sizes = page.evaluate(
        "[...document.querySelectorAll('main, main *')].filter(one => one.checkVisibility())"
        ".map(one => parseFloat(getComputedStyle(one).fontSize) * 72 / 96)"
    )
    assert min(sizes) > smallest - 0.01
    assert page.evaluate("document.documentElement.scrollWidth") <= 733


@pytest.mark.parametrize(("prefix", "sides"), [("", 2), ("/ur", 4)])
def test_a_comparison_of_two_prints_on_one_sheet(page: Page, prefix, sides):
    """On both its sides; in Nastaliq, which needs its lines apart, on two sheets."""
    page.goto(f"{prefix}/compare/exosomes-vs-prp/")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= sides
