"""The site over HTTP: addresses, caches, headers, prefixes, and what goes wrong."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.publish.feed import FeedEntry, FeedShelf, feed_application
from tests.contract.feed_stage import SITE, MemoryPictures, MemoryShelf
from tests.unit.publish.reading import AT, PICTURE, Page, entry

Client = TestClient[web.Request, web.Application]
pytestmark = pytest.mark.asyncio
LATER = AT + timedelta(days=1)
MAP = f"pictures/{PICTURE.sha256}.png"
FEEDS = ("feed.atom", "feed.rss", "feed.json")
PUBLIC = ("", "announcements/12", *FEEDS, "accessibility", "static/feed.css", "static/icon.svg", MAP)


@asynccontextmanager
async def served(shelf: FeedShelf, prefix: str = "/", now: datetime = LATER) -> AsyncIterator[Client]:
    """The site, alone or under a prefix."""
    application = feed_application(shelf, MemoryPictures(**{PICTURE.sha256: b"\x89PNG"}), SITE, lambda: now)
    if prefix != "/":
        outer = web.Application()
        outer.add_subapp(prefix, application)
        application = outer
    async with TestClient(TestServer(application)) as client:
        yield client


async def filled() -> MemoryShelf:
    """A shelf with an announcement that has a picture, its correction, and a withdrawn one."""
    shelf = MemoryShelf()
    await shelf.put(entry(number=12, pictures=(PICTURE,), corrected_by=13))
    await shelf.put(entry("It opens at one.", number=13, corrects=12, published=AT + timedelta(hours=1)))
    await shelf.put(entry("Quokka zeppelin", number=11, pictures=(replace(PICTURE, sha256="0d" * 32),)))
    await shelf.withdraw("k11", AT)
    return shelf


@pytest.mark.parametrize("path", PUBLIC)
async def test_every_answer_is_guarded_and_cached_for_a_minute(path: str) -> None:
    async with served(await filled()) as client:
        answer = await client.get(f"/{path}")
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
        assert answer.headers["Server"] == "Switchboard"
        assert "Set-Cookie" not in answer.headers


TYPES = {
    "": "text/html; charset=utf-8",
    "feed.atom": "application/atom+xml; charset=utf-8",
    "feed.rss": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "static/feed.css": "text/css; charset=utf-8",
    MAP: "image/png",
}


@pytest.mark.parametrize("path", TYPES)
async def test_every_answer_says_what_it_is(path: str) -> None:
    async with served(await filled()) as client:
        assert (await client.get(f"/{path}")).headers["Content-Type"] == TYPES[path]


@pytest.mark.parametrize("path", PUBLIC)
async def test_who_has_it_already_gets_a_short_answer(path: str) -> None:
    async with served(await filled()) as client:
        tag = (await client.get(f"/{path}")).headers["ETag"]
        for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = await client.get(f"/{path}", headers={"If-None-Match": sent})
            assert (again.status, await again.read()) == (304, b"")
            assert again.headers["ETag"] == tag
            assert again.headers["Cache-Control"]
        other = await client.get(f"/{path}", headers={"If-None-Match": '"x"'})
        assert other.status == 200


@pytest.mark.parametrize("path", ["", "announcements/12", *FEEDS])
async def test_a_date_is_enough_where_there_is_no_tag(path: str) -> None:
    async with served(await filled()) as client:
        changed = (await client.get(f"/{path}")).headers["Last-Modified"]
        assert changed == "Wed, 04 Mar 2026 14:05:06 GMT"  # the correction's time
        since = {"If-Modified-Since": changed}
        assert (await client.get(f"/{path}", headers=since)).status == 304
        before = {"If-Modified-Since": "Wed, 04 Mar 2026 14:05:05 GMT"}
        assert (await client.get(f"/{path}", headers=before)).status == 200
        assert (await client.get(f"/{path}", headers=since | {"If-None-Match": '"x"'})).status == 200
        assert (await client.get(f"/{path}", headers={"If-Modified-Since": "yesterday"})).status == 200


@pytest.mark.parametrize("path", ["", *FEEDS])
async def test_a_recall_changes_tag_and_date(path: str) -> None:
    shelf = await filled()
    async with served(shelf, now=LATER + timedelta(days=1)) as client:
        before = (await client.get(f"/{path}")).headers
        await shelf.withdraw("k13", LATER)
        sent = {"If-None-Match": before["ETag"], "If-Modified-Since": before["Last-Modified"]}
        after = await client.get(f"/{path}", headers=sent)
        assert after.status == 200
        assert "It opens at one" not in await after.text()
        by_date = {"If-Modified-Since": before["Last-Modified"]}
        assert (await client.get(f"/{path}", headers=by_date)).status == 200


async def test_no_date_is_given_in_the_second_of_a_change() -> None:
    shelf = MemoryShelf()
    await shelf.put(entry())
    async with served(shelf, now=AT + timedelta(milliseconds=400)) as client:
        for path in ("/", "/announcements/12", "/feed.atom"):
            answer = await client.get(path)
            assert "Last-Modified" not in answer.headers
            assert "ETag" in answer.headers


async def test_a_withdrawn_announcement_is_gone_with_a_page() -> None:
    async with served(await filled()) as client:
        answer = await client.get("/announcements/11", headers={"If-None-Match": "*"})
        assert answer.status == 410
        assert answer.headers["Cache-Control"] == "no-store"
        assert "This announcement was withdrawn on 4 March 2026." in await answer.text()


async def test_only_pictures_that_stand_are_served() -> None:
    shelf = await filled()
    async with served(shelf) as client:
        assert await (await client.get(f"/{MAP}")).read() == b"\x89PNG"
        missing = ["0d" * 32 + ".png", PICTURE.sha256 + ".jpg", PICTURE.sha256 + ".exe", "0e" * 32 + ".png", "x.png"]
        for name in missing:
            assert (await client.get(f"/pictures/{name}")).status == 404, name
        await shelf.withdraw("k12", AT)
        assert (await client.get(f"/{MAP}")).status == 404
        assert (await client.get(f"/{MAP}", headers={"If-None-Match": "*"})).status == 404


async def test_a_picture_whose_bytes_are_lost_is_missing() -> None:
    shelf = MemoryShelf()
    await shelf.put(entry(pictures=(replace(PICTURE, sha256="0e" * 32),)))
    async with served(shelf) as client:
        assert (await client.get(f"/pictures/{'0e' * 32}.png")).status == 404


WRONG = (
    "announcements/99",
    "announcements/0",
    "announcements/012",
    "announcements/12/",
    "announcements/x",
    "announcements/-1",
    "announcements/99999999999999999999",
    "announcements/",
    "feed.xml",
    "static/",
    "static/web.py",
    "static/..%2fweb.py",
    "a/b/c",
    "a%2Fb/c",
    "%00",
    "%ff",
    "../etc/passwd",
    "pictures/",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("prefix", ["/", "/public/"])
@pytest.mark.parametrize("path", WRONG)
async def test_a_wrong_address_gets_help(path: str, prefix: str) -> None:
    async with served(await filled(), prefix) as client:
        answer = await client.get(f"{prefix}{path}")
        assert answer.status == 404
        text = await answer.text()
        if not text.startswith("<!doctype html>"):  # the client itself took ".." out, and left the site
            assert ".." in path
            return
        assert "There is no page at this address" in text
        assert "alert(1)" not in text
        page = Page.of(text)
        home = next(link["href"] for link in page.all("a") if set(link["href"]) <= {".", "/"})
        assert str(client.make_url(urljoin(answer.url.raw_path, home))) == str(client.make_url(prefix))


@pytest.mark.parametrize("prefix", ["/", "/public/", "/a/b/"])
async def test_every_link_on_every_page_leads_somewhere(prefix: str) -> None:
    async with served(await filled(), prefix) as client:
        todo, seen = [prefix], set[str]()
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            answer = await client.get(path)
            assert answer.status in {200, 410}, path
            if answer.content_type == "text/html":
                todo += [urljoin(path, link) for link in links(await answer.text())]
        assert all(path.startswith(prefix) for path in seen)
        known = {f"{prefix}{path}" for path in (*PUBLIC, "announcements/11", "announcements/13")}
        assert {path.partition("#")[0] for path in seen} == known


def links(html: str) -> list[str]:
    """Every relative address in a page."""
    page = Page.of(html)
    found = [attributes.get("href") or attributes.get("src") for _, attributes in page.tags]
    return [address for address in found if address and not re.match(r"[a-z]+:", address)]


async def test_the_prefix_without_its_slash_is_led_on() -> None:
    async with served(await filled(), "/public/") as client:
        answer = await client.get("/public", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (308, "./public/")
        assert (await client.get("/public")).status == 200


async def test_nothing_can_be_written() -> None:
    async with served(await filled()) as client:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = await client.request(method, "/feed.atom")
            assert answer.status == 405
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (await client.head("/feed.atom")).status == 200


class BrokenShelf(MemoryShelf):
    """A shelf whose database is down and says too much about it."""

    async def entries(self, limit: int) -> Sequence[FeedEntry]:
        raise ConnectionError("password=hunter2 at db.internal")


async def test_a_fault_is_told_by_reference_only(capsys: pytest.CaptureFixture[str]) -> None:
    async with served(BrokenShelf()) as client:
        answer = await client.get("/feed.atom")
        text = await answer.text()
        assert answer.status == 500
        told = re.search("Reference: ([0-9a-f]{8})", text)
        assert told
        log = "".join(capsys.readouterr())
        assert told[1] in log
        assert "ConnectionError" in log
        assert "hunter2" not in text + log
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_announcement_published_anew_stands_once() -> None:
    shelf = MemoryShelf()
    await shelf.put(entry("The first wording"))
    await shelf.withdraw("k12", AT)
    await shelf.put(replace(entry("The second wording", published=LATER), key="k12-again"))
    async with served(shelf, now=LATER + timedelta(days=1)) as client:
        assert (await client.get("/announcements/12")).status == 200
        for path in FEEDS:
            assert (await (await client.get(f"/{path}")).text()).count("2026-01-01:announcement/12") == 1
        items = (await (await client.get("/feed.json")).json(content_type=None))["items"]
        assert [item["content_text"] for item in items] == ["The second wording"]


async def test_feeds_and_index_keep_to_their_lengths() -> None:
    shelf = MemoryShelf()
    for number in range(1, 511):
        await shelf.put(entry(number=number, published=AT + timedelta(minutes=number)))
    async with served(shelf) as client:
        items = (await (await client.get("/feed.json")).json(content_type=None))["items"]
        assert [item["_switchboard"]["number"] for item in items] == list(range(510, 460, -1))
        assert (await (await client.get("/")).text()).count("<li><h2") == 500
        assert (await client.get("/announcements/1")).status == 200
