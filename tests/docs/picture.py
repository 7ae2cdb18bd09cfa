"""Takes the picture of the README anew: `python -m tests.docs.picture` (needs Chromium; `make test` finds it)."""

import asyncio
import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright, expect

from adapters.chat.web.client import Dialogue
from bot.cli.demo import PORT, running
from config import logs
from tests.docs.things import ROOT
from tests.real.browser import ONLY_HERE
from tests.real.needs import manifest

PICTURE = ROOT / "docs/pictures/demo.png"
WIDTH, HEIGHT = 1280, 800
COLOURS = 256
ANNOUNCEMENT = """announce Warm spaces are open again

From Monday every library in Brynford is a warm space, with hot drinks and a quiet table.
All day, every day, free, and nobody asks why you are there."""


async def talk(link: str) -> str:
    """Say what the picture shows; the key of the page is used up, so the address of the chat is given back."""
    async with Dialogue.at(link) as chat:
        ama, jo = chat.person("ama"), chat.person("jo")
        await ama.says("comms", "@switchboard who knows about flood maping?")
        await ama.sees("Flood mapping", within=30)
        await ama.says("comms", f"@switchboard {ANNOUNCEMENT}")
        preview = await jo.sees("#1 r1", within=30)
        await jo.reacts(preview.id, "✅")
        await jo.sees("#1 is published", within=30)
        return chat.address


async def shoot(browser: Browser, address: str, link: str) -> bytes:
    """The page as Jo sees it in the communications room."""
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
    page = await context.new_page()
    await page.goto(link)
    await page.goto(f"{address}/#jo/comms")
    await page.reload()
    await expect(page.locator("#messages")).to_contain_text("#1 is published")
    await expect(page.frame_locator("#window iframe").locator("body")).to_contain_text("Warm spaces")
    await page.evaluate("document.fonts.ready")
    return await page.screenshot()


async def take() -> bytes:
    """Run the pretend council, let people talk, and look."""
    found = manifest().get("Chromium", {})
    if "path" not in found:
        sys.exit("Chromium is not set up; run: make test")
    options = [ONLY_HERE, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with tempfile.TemporaryDirectory() as folder:
        logs.set_up(file=Path(folder) / "log")
        async with running(Path(folder), PORT) as council, async_playwright() as playwright:
            address = await talk(council.new_link())
            browser = await playwright.chromium.launch(executable_path=found["path"], args=options)
            return await shoot(browser, address, council.new_link())


def small(data: bytes) -> bytes:
    """The same picture with few colours, so that it stays small."""
    reduced = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    into = io.BytesIO()
    reduced.save(into, "PNG", optimize=True)
    return into.getvalue()


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(small(asyncio.run(take())))
