"""Browser tests: Debian's chromium on a live server, failing on any console message."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Playwright

# The first has no window to draw, and is a quarter faster.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Playwright:
    # Playwright's loop runs in this thread from here on, which Django takes for async code and
    # refuses every query. It is not; and the loop stays, so the permission does too.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return playwright


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    named = os.environ.get("CHROMIUM")
    chromium = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert chromium, "No chromium: install it, or say in CHROMIUM where it is."
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """Pages are opened by their path: `page.goto("/compare/")`."""
    return live_server.url


@pytest.fixture(autouse=True)
def nobody_is_too_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driven browser fills in a form faster than the form lets a person do it."""
    monkeypatch.setattr("consultations.guards.SHORTEST", timedelta(0))


@pytest.fixture(autouse=True)
def a_click_waits_for_what_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click returns as soon as the answer begins: no title yet, no history to go back in."""
    click = Locator.click

    def click_and_wait(self: Locator, **options: Any) -> None:
        click(self, **options)
        try:
            self.page.wait_for_load_state()
        except Error:  # some windows close when their work is done
            if not self.page.is_closed():
                raise

    monkeypatch.setattr(Locator, "click", click_and_wait)


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test on any message in its console, whoever wrote it."""
    messages: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium also reports the answer of the page itself, which tests of errors are about.
        if message.location["url"] != page.url or "Failed to load" not in message.text:
            messages.append(f"{message.type}: {message.text} ({message.location['url']})")

    page.on("console", note)
    page.on("pageerror", lambda error: messages.append(f"script: {error}"))
    yield page
    assert messages == []
