"""What axe says of a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Axe would copy the stylesheet into the page, where its imports lead nowhere.
_EVERYTHING = {"preload": False, "resultTypes": ["violations"]}
# The dark scheme changes colours and nothing else; a test of the stylesheet holds it to that.
_COLOURS = _EVERYTHING | {"runOnly": ["color-contrast", "link-in-text-block"]}
_AXE = Axe().axe_script
_RUN_AXE = """options => axe.run(document, options).then(({violations}) => violations.map(
    ({help, nodes}) => `${help}: ${nodes.slice(0, 3).map(node => node.target)}`))"""
# What is put off until it comes near the screen is looked at too.
_SHOW_ALL = """() => document.querySelectorAll("section, tbody").forEach(
    part => part.style.contentVisibility = "visible")"""
# The admin fades from colour to colour; axe would judge one in between.
_END_FADES = "() => document.getAnimations().forEach(each => each.finish())"


def violations_of(page: Page) -> list[str]:
    """What axe finds at both widths, in light and dark."""
    found = []
    page.evaluate(_AXE)
    page.evaluate(_SHOW_ALL)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, options in (("light", _EVERYTHING), ("dark", _COLOURS)):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(_END_FADES)
            found += [f"{width} {scheme}: {text}" for text in page.evaluate(_RUN_AXE, options)]
    return found
