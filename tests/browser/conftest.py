"""A real Chromium, headless and with a fresh profile, that tells on every page it is sent to."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LOOPBACK = {"127.0.0.1", "localhost"}

Opened = Callable[..., Awaitable[Page]]


class Complaints(list[str]):
    """What went wrong in the browser: errors of scripts and console, and requests to other hosts."""

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("dialog", lambda dialog: self.append(f"dialog: {dialog.message}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in LOOPBACK:
            self.append(f"request: {request.url}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("install chromium: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def complaints() -> AsyncIterator[Complaints]:
    """Empty at the end of every test; one that provokes errors clears it."""
    complaints = Complaints()
    yield complaints
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, complaints: Complaints) -> AsyncIterator[Opened]:
    """Open an address in a tab of its own profile, `width` x `height` CSS pixels."""
    contexts = []

    async def open_tab(address: str, width: int = 1200, height: int = 800) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        complaints.watch(page)
        await page.goto(address)
        return page

    yield open_tab
    for context in contexts:
        await context.close()
