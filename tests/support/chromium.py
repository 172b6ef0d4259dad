"""Chromium for tests that need a real browser: started once for the tests of a file.

A pytest plugin. Windows are opened and closed by each test, with cookies of their own.
"""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
needs_chromium = [
    pytest.mark.anyio,
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed; get it with: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def chromium_flags() -> tuple[str, ...]:
    """What Chromium is told at its start, besides the ordinary."""
    return ()


@pytest.fixture(scope="module")
async def chromium(anyio_backend: str, chromium_flags: tuple[str, ...]) -> AsyncIterator[Browser]:
    """A browser without windows."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, *chromium_flags]
        )
        yield browser
        await browser.close()


@dataclass
class Windows:
    """The windows that a test opens, and what their consoles complained about.

    What Chromium lets one know for information does not count: whether it comes depends on which
    of two things was quicker. A complaint that has words of `ordinary` does not count either.
    """

    chromium: Browser
    ordinary: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)

    async def open(self, **options: Any) -> Page:
        """Open a window that shares nothing with others."""
        context = await self.chromium.new_context(**options)
        page = await context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    async def close(self) -> None:
        """Close all windows, and require that nobody complained."""
        for context in self.chromium.contexts:
            await context.close()
        assert self.complaints == []

    def _hear(self, said: ConsoleMessage) -> None:
        about = f"{said.text} at {said.location['url']}"
        if said.type != "info" and not any(words in about for words in self.ordinary):
            self.complaints.append(about)
