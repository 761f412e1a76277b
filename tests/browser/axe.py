"""What axe says of a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe().axe_script
_RUN_AXE = """([looks, options]) => axe.run(looks ? {include: oneOfEachLook()} : document, options)
    .then(({violations}) => violations.map(
        ({help, nodes}) => `${help}: ${nodes.slice(0, 3).map(node => node.target)}`))"""
# Axe would copy the stylesheet into the page, where its imports lead nowhere.
_EVERYTHING = {"preload": False, "resultTypes": ["violations"]}
# Most of its time goes into the contrast of each text. The dark scheme changes colours and nothing
# else (a test of the stylesheet holds it to that), and a wide screen changes places: so after every
# text has been judged once, one of each look will do: of one colour, size and weight on the same
# backgrounds.
_COLOUR_RULES = ["color-contrast", "link-in-text-block"]
_COLOURS = _EVERYTHING | {"runOnly": _COLOUR_RULES}
_ALL_ELSE = _EVERYTHING | {"rules": {rule: {"enabled": False} for rule in _COLOUR_RULES}}
_LOOKS = (True, _COLOURS)
_ONE_OF_EACH_LOOK = """
function oneOfEachLook() {
    const isText = node => node.nodeType === Node.TEXT_NODE && node.data.trim()
    const holdsText = element => element.matches("input, select, textarea")
        || [...element.childNodes].some(isText)
    const backgrounds = element => {
        if (!element) return []
        const {backgroundColor, backgroundImage, opacity} = getComputedStyle(element)
        return [backgroundColor, backgroundImage, opacity, ...backgrounds(element.parentElement)]
    }
    const looks = new Map()
    for (const element of document.querySelectorAll("body *")) {
        if (!holdsText(element) || !element.checkVisibility()) continue
        const {color, fontSize, fontWeight, textDecorationLine} = getComputedStyle(element)
        const around = getComputedStyle(element.parentElement).color
        const look = [color, fontSize, fontWeight, textDecorationLine, around]
        looks.set([...look, ...backgrounds(element)].join(), element)
    }
    return [...looks.values()]
}"""
# What is put off until it comes near the screen is looked at too.
_SHOW_ALL = """() => document.querySelectorAll("section, tbody").forEach(
    part => part.style.contentVisibility = "visible")"""
# The admin fades from colour to colour; axe would judge one in between.
_END_FADES = "() => document.getAnimations().forEach(each => each.finish())"


def violations_of(page: Page, *, judge_each_text: bool = True) -> list[str]:
    """What axe finds at both widths, in light and dark.

    `judge_each_text` is for one page of a kind; the colours of others made of the same pieces are
    judged by their looks.
    """
    by_looks = [(False, _ALL_ELSE), _LOOKS]
    found = []
    page.evaluate(_AXE + _ONE_OF_EACH_LOOK)
    page.evaluate(_SHOW_ALL)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        each_text = judge_each_text and width == 360
        in_the_light = [(False, _EVERYTHING)] if each_text else by_looks
        for scheme, runs in (("light", in_the_light), ("dark", [_LOOKS])):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(_END_FADES)
            for run in runs:
                found += [f"{width} {scheme}: {text}" for text in page.evaluate(_RUN_AXE, run)]
    return found
