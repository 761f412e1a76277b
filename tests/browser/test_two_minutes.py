"""How long it takes a patient on a phone to ask for a consultation, counted in steps."""

import re

import pytest
from playwright.sync_api import Page, expect

from consultations.models import ConsultationRequest

PHONE = {"width": 360, "height": 740}
FIELDS = """
() => {
  const names = new Set();
  for (const field of document.querySelectorAll("main form :is(input, select, textarea)")) {
    const trap = field.closest(".visually-hidden");
    const folded = field.closest("details:not([open])");
    if (field.type !== "hidden" && !trap && !folded) names.add(field.name);
  }
  return [...names];
}
"""
# By the keystroke-level model: seconds to think of an answer and find its field, to tap, and to
# type a sign with the thumb. Reading takes what adults need for plain English, 238 words a
# minute; Urdu parts the same thought into about a third more words, which are shorter.
THINKING, TAP, SIGN = 1.35, 1.1, 0.5
WORD = {"": 60 / 238, "/ur": 60 / 238 * 3 / 4}


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_at_most_twelve_fields_are_seen_before_the_optional_ones(page: Page, prefix):
    page.set_viewport_size(PHONE)
    page.goto(f"{prefix}/consultation/")
    fields = page.evaluate(FIELDS)
    assert {"name", "phone", "consent"} <= set(fields)
    assert len(fields) <= 12, fields


@pytest.mark.parametrize("prefix", ["", "/ur"])
def test_the_shortest_way_takes_far_less_than_two_minutes(page: Page, prefix):
    page.set_viewport_size(PHONE)
    page.goto(f"{prefix}/consultation/")
    taps = signs = 0
    for field, answer in (("#id_name", "Ayesha Khan"), ("#id_phone", "03001234567")):
        page.tap_target = page.locator(field)
        page.tap_target.click()
        page.keyboard.type(answer)
        taps, signs = taps + 1, signs + len(answer)
    page.locator("#id_consent").check()
    words = re.findall(r"[^\W\d_]+", page.locator("main").inner_text())
    page.locator("main form button[type=submit]").click()
    taps += 2

    expect(page.locator("h1")).to_be_visible()
    assert f"/consultation/{ConsultationRequest.objects.get().token}/" in page.url
    assert (taps, signs) == (4, 22)
    # Even if they read every word that is in sight.
    seconds = taps * (THINKING + TAP) + signs * SIGN + len(words) * WORD[prefix]
    assert seconds < 120
