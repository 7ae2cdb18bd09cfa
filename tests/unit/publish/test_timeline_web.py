"""The timeline's site: what it serves, to whom it says no, and payloads in everything it shows."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.events import Part, Picture, Post
from adapters.publish.timeline import BEHAVIOURS, Timeline, timeline_application
from tests.contract.feed_stage import MemoryPictures
from tests.unit.publish.payloads import PAYLOADS
from tests.unit.publish.reading import Page

MAP = Picture("0b" * 32, "image/png", "A map of the closed roads")
FLOWER = Picture("0c" * 32, "image/jpeg", "")
THREAD = Post("timeline", "Exampleshire", "cy", (Part("Un\n\n  dau ", (MAP, FLOWER)), Part("Tri")), 7)
PAGES = ("", "posts/1", "control", "nowhere", "a/b/c", "posts/99", "static/nothing", f"pictures/{'0d' * 32}.png")
HOME = "/timeline/"

pytestmark = pytest.mark.asyncio


@dataclass
class Site:
    """The site as a browser reaches it, and the timeline behind it."""

    timeline: Timeline
    client: TestClient[web.Request, web.Application]

    async def read(self, path: str = "") -> str:
        """The text of a page."""
        return await (await self.client.get(HOME + path)).text()

    async def status(self, path: str) -> int:
        """How a page answers."""
        return (await self.client.get(HOME + path)).status

    async def behaves(self, told: object) -> tuple[int, dict[str, object]]:
        """Tell the timeline how to behave."""
        answer = await self.client.post(f"{HOME}behaviour", json=told)
        return answer.status, await answer.json()


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    timeline = Timeline(folder / "timeline.db")
    outer = web.Application()
    outer.add_subapp(HOME, timeline_application(timeline, MemoryPictures(**{MAP.sha256: b"map"})))
    async with TestClient(TestServer(outer)) as client:
        yield Site(timeline, client)
    timeline.close()


async def test_nothing_yet(tmp_path: Path) -> None:
    async with site(tmp_path) as open_site:
        assert "No posts yet." in await open_site.read()


async def test_newest_first(tmp_path: Path) -> None:
    async with site(tmp_path) as open_site:
        for key in ("one", "two", "three"):
            open_site.timeline.publish(key, Post("timeline", "x", "en-GB", (Part(f"Post {key}"),), 1))
        page = await open_site.read()
        assert page.index("Post three") < page.index("Post two") < page.index("Post one")


@pytest.mark.parametrize("path", ["", "posts/1"])
async def test_a_thread_is_shown_whole_with_its_pictures_and_their_descriptions(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as open_site:
        open_site.timeline.publish("k1", THREAD)
        text = await open_site.read(path)
        page = Page.of(text)
        texts = [attributes for tag, attributes in page.tags if tag == "p" and attributes.get("class") == "text"]
        assert texts == [{"class": "text", "lang": "cy", "dir": "auto"}] * 2
        assert "Un\n\n  dau " in text
        assert [word for word in page.pieces if word.startswith("Part ")] == ["Part 1 of 2", "Part 2 of 2"]
        assert [attributes["alt"] for tag, attributes in page.tags if tag == "img"] == [MAP.alt, ""]
        assert f"Description: {MAP.alt}" in page.pieces
        assert "A decorative picture, without a description" in page.pieces


async def test_a_correction_says_what_it_corrects(tmp_path: Path) -> None:
    async with site(tmp_path) as open_site:
        open_site.timeline.publish("k1", THREAD)
        assert "corrects" not in await open_site.read()
        open_site.timeline.publish("k2", replace(THREAD, number=9, corrects=7))
        assert "This corrects announcement 7." in Page.of(await open_site.read("posts/2")).words
        told = json.loads(await open_site.read("posts.json"))
        assert [(post["number"], post["corrects"]) for post in told] == [(9, 7), (7, None)]


async def test_a_post_that_was_taken_down_is_gone_for_search_engines_too(tmp_path: Path) -> None:
    async with site(tmp_path) as open_site:
        open_site.timeline.publish("k1", THREAD)
        assert await open_site.status("posts/1") == 200
        assert await open_site.status(f"pictures/{MAP.sha256}.png") == 200
        open_site.timeline.withdraw("1")
        answer = await open_site.client.get(f"{HOME}posts/1")
        assert (answer.status, "taken down" in await answer.text()) == (410, True)
        assert await open_site.status(f"pictures/{MAP.sha256}.png") == 404
        assert json.loads(await open_site.read("posts.json")) == []


async def test_pictures_are_those_of_posts_that_stand(tmp_path: Path) -> None:
    async with site(tmp_path) as open_site:
        assert await open_site.status(f"pictures/{MAP.sha256}.png") == 404
        open_site.timeline.publish("k1", THREAD)
        answer = await open_site.client.get(f"{HOME}pictures/{MAP.sha256}.png")
        assert (answer.headers["Content-Type"], await answer.read()) == ("image/png", b"map")
        assert await open_site.status(f"pictures/{MAP.sha256}.jpg") == 404
        assert await open_site.status(f"pictures/{FLOWER.sha256}.jpg") == 404, "its bytes are not kept"


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_lets_nothing_foreign_or_inline_run(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as open_site:
        open_site.timeline.publish("k1", THREAD)
        answer = await open_site.client.get(HOME + path)
        rules = answer.headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in rules
        assert all("unsafe" not in rule and "http" not in rule and "*" not in rule for rule in rules)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = Page.of(await answer.text())
        links = [value for _, attributes in page.tags for name, value in attributes.items() if name in {"src", "href"}]
        assert links
        assert [link for link in links if "//" in link] == []


async def test_links_of_every_page_lead_on(tmp_path: Path) -> None:
    async with site(tmp_path) as open_site:
        open_site.timeline.publish("k1", Post("timeline", "x", "cy", (Part("One", (MAP,)),), 7))
        led = set()
        for path in PAGES:
            address = open_site.client.make_url(HOME + path)
            tags = Page.of(await open_site.read(path)).tags
            links = [attributes.get("href", attributes.get("src", "")) for _, attributes in tags]
            led |= {address.join(type(address)(link)) for link in links if link and not link.startswith("#")}
        assert len(led) >= 7
        assert [address for address in led if (await open_site.client.get(address.path)).status != 200] == []


async def test_no_payload_changes_a_page(tmp_path: Path) -> None:
    """Each stands in every field that is shown; the tags are those of a plain post."""
    payloads = [text for text in PAYLOADS if not any("\ud800" <= letter <= "\udfff" for letter in text)]
    assert len(payloads) > 100
    async with site(tmp_path) as open_site:
        open_site.timeline.publish("plain", _hostile("plain"))
        plain = _shape(await open_site.read("posts/1"))
        for number, payload in enumerate(payloads, 2):
            open_site.timeline.publish(payload, _hostile(payload))
            text = await open_site.read(f"posts/{number}")
            assert _shape(text) == plain, payload


def _hostile(words: str) -> Post:
    picture = Picture(MAP.sha256, MAP.media_type, words)
    return Post("timeline", words, words, (Part(words, (picture,)),), 1)


def _shape(text: str) -> list[tuple[str, list[str]]]:
    return [(tag, sorted(attributes)) for tag, attributes in Page.of(text).tags]


@pytest.mark.parametrize("name", BEHAVIOURS)
async def test_told_on_the_control_page(tmp_path: Path, name: str) -> None:
    async with site(tmp_path) as open_site:
        status, told = await open_site.behaves({"behaviour": name, "seconds": 8, "once": True})
        assert (status, told["behaviour"]) == (200, [name])
        late = " by 8 seconds" if name == "accepts late" else ""
        assert told["line"] == f"Now: {name}{late}, the next time only."
        page = Page.of(await open_site.read("control"))
        assert told["line"] in page.pieces
        pressed = [one["data-name"] for tag, one in page.tags if tag == "button" and one["aria-pressed"] == "true"]
        assert pressed == [name]
        assert await open_site.behaves({"behaviour": "works"}) == (200, {"behaviour": [], "line": "Now: works."})


@pytest.mark.parametrize("told", [
    {}, [], 3, "works", {"behaviour": "dances"}, {"behaviour": None}, {"behaviour": ["works"]},
    {"behaviour": "blind", "seconds": "3"}, {"behaviour": "blind", "seconds": None},
    {"behaviour": "blind", "seconds": -1}, {"behaviour": "blind", "seconds": 10**400},
    {"behaviour": "blind", "seconds": True},
])  # fmt: skip
async def test_what_nobody_can_mean_changes_nothing(tmp_path: Path, told: object) -> None:
    async with site(tmp_path) as open_site:
        status, answer = await open_site.behaves(told)
        assert (status, answer["code"]) == (400, "no_behaviour")
        assert str(answer["error"]).endswith(".")
        assert open_site.timeline.behaviour() == []


@pytest.mark.parametrize("body", [b"", b"works", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_is_told_so(tmp_path: Path, body: bytes) -> None:
    async with site(tmp_path) as open_site:
        answer = await open_site.client.post(f"{HOME}behaviour", data=body)
        assert (answer.status, (await answer.json())["code"]) == (400, "no_json")


async def test_a_fault_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("with words that nobody should read")

    async with site(tmp_path) as open_site:
        monkeypatch.setattr(open_site.timeline, "standing", broken)
        answer = await open_site.client.get(HOME)
        assert (answer.status, (await answer.json())["code"]) == (500, "fault")
        assert "nobody should read" not in await answer.text()
        await asyncio.to_thread(open_site.timeline.close)
        closed = await open_site.client.get(f"{HOME}control")
        assert (closed.status, (await closed.json())["code"]) == (503, "unavailable")
