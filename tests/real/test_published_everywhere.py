"""One announcement on every kind of channel: each shows what was approved, to the byte, and a recall clears them all.

Bluesky is a real server; Mastodon and X are pretend ones; feed, timeline and the person are the pretend council's.
"""

import contextlib
import hashlib
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from PIL import Image

from adapters.errors import Refused
from adapters.ports import Permit, Publisher
from adapters.publish.bluesky import BlueskyAccount, BlueskyPublisher
from adapters.publish.mastodon import MastodonAccount, MastodonPublisher
from adapters.publish.x import Client, XAccount, XPublisher
from bot import pretend
from bot.announcements.media import Pictures
from bot.announcements.tables import DeliveryRow, PictureRow
from bot.app import Parts, StoredState, now
from bot.encoding import load_post
from config.database import Database
from config.sections import ByHand
from tests.chat import Seen
from tests.dialogues.conftest import folder, town
from tests.dialogues.stage import Talk, talking
from tests.dialogues.test_pictures import SECRET, photograph
from tests.fakes.mastodon import TOKEN, FakeMastodon
from tests.fakes.x import CLIENT, FIRST, FakeX
from tests.real.bluesky import Pds, Person

__all__ = ["folder", "town"]  # fixtures

pytestmark = [pytest.mark.asyncio, pytest.mark.real]

WORDS = "Caf\u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467, closed: https://www.example.gov.uk/a?b=1#d #Flood2026"
SHORT = "Closed \u2603 https://www.example.gov.uk/a?b=1#d"
BOTH = f"{WORDS}\nfor x: {SHORT}"
ALT = 'A map: "Mill Lane" & \u2018High Street\u2019 \U0001f6a7'
LINK = "https://social.example/posts/7"
BY_HAND = {"facebook": "web:pat"}


@dataclass
class Everywhere:
    """The council, its publishers elsewhere, and what stands there."""

    talk: Talk
    server: Pds
    person: Person
    mastodon: FakeMastodon
    x: FakeX
    elsewhere: Mapping[str, Publisher]

    async def announced(self) -> Seen:
        """Ama announces it with a photograph; the preview."""
        words = f"@switchboard announce {BOTH}"
        await self.talk.person("ama").drops("general", "street.jpg", photograph(), text=words, alt=ALT)
        await self.talk.settle()
        return await self.talk.preview()

    async def deliveries(self) -> dict[str, DeliveryRow]:
        """The delivery to each channel."""
        return {row.channel: row for row in await self.talk.rows(DeliveryRow)}


@pytest_asyncio.fixture
async def everywhere(
    folder: Path,
    tmp_path: Path,
    bluesky: Pds,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Everywhere]:
    """A pretend council that may, here alone, publish elsewhere."""
    person, on_mastodon, on_x = bluesky.person(), FakeMastodon(), FakeX()
    database = Database(f"sqlite+aiosqlite:///{folder / 'switchboard.db'}")
    pictures, usual = Pictures(database), pretend.settings_for

    def settings_for(*given: Any) -> Any:
        return usual(*given).model_copy(update={"by_hand": ByHand(**BY_HAND)})

    async with (
        contextlib.AsyncExitStack() as stack,
        TestServer(on_mastodon.application()) as one,
        TestServer(on_x.application()) as other,
    ):
        elsewhere: dict[str, Publisher] = {
            "bluesky": BlueskyPublisher(
                BlueskyAccount(bluesky.url, person.handle, person.app_password), *_kept("bluesky", database, pictures)
            ),
            "mastodon": MastodonPublisher(
                MastodonAccount(str(one.make_url("/")), TOKEN), *_kept("mastodon", database, pictures)
            ),
            "x": XPublisher(
                XAccount(str(other.make_url("/")), Client(CLIENT, "", FIRST), tmp_path / "switchboard.x"),
                *_kept("x", database, pictures),
            ),
        }
        monkeypatch.setattr(pretend, "settings_for", settings_for)
        monkeypatch.setattr(pretend, "only_pretend", lambda *_: None)
        monkeypatch.setattr(pretend, "Parts", lambda known, pages: Parts({**known, **elsewhere}, pages))
        stack.push_async_callback(database.close)
        talk = await stack.enter_async_context(talking(folder))
        yield Everywhere(talk, bluesky, person, on_mastodon, on_x, elsewhere)


def _kept(name: str, database: Database, pictures: Pictures) -> tuple[Any, ...]:
    return StoredState(database, f"channel {name}"), pictures, now


def bare(data: bytes) -> None:
    """A picture that carries nothing but pixels."""
    shown = Image.open(io.BytesIO(data))
    assert dict(shown.getexif()) == {}
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET.encode() not in data
    assert b"Exif" not in data


async def test_what_stands_on_each_channel_is_what_was_approved(everywhere: Everywhere) -> None:
    talk, preview = everywhere.talk, await everywhere.announced()
    assert preview.quote == BOTH
    assert [picture["alt"] for picture in preview.pictures] == [ALT]
    await talk.reacts("jo", "✅", preview)
    assert await talk.state() == "published"
    (picture,) = await talk.rows(PictureRow)
    bare(picture.data)
    (found,) = everywhere.server.records(everywhere.person)
    record = found["value"]
    assert record["text"].encode() == WORDS.encode()
    assert record["langs"] == ["en-GB"]
    text = record["text"].encode()
    cut = [text[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in record["facets"]]
    assert cut == ["https://www.example.gov.uk/a?b=1#d", "#Flood2026"]
    (image,) = record["embed"]["images"]
    assert image["alt"] == ALT
    there = everywhere.server.picture(everywhere.person, image["image"]["ref"]["$link"])
    assert there == picture.data
    assert hashlib.sha256(there).hexdigest() == picture.sha256
    (status,) = everywhere.mastodon.seen
    kept = everywhere.mastodon.media[status.media[0]]
    assert (status.text, status.language, kept["description"], kept["data"]) == (WORDS, "en", ALT, picture.data)
    (tweet,) = everywhere.x.seen
    kept = everywhere.x.media[tweet.media[0]]
    assert (tweet.text, kept["alt"], kept["data"]) == (SHORT, ALT, picture.data)
    assert await talk.public() == [WORDS]
    asked = await talk.told("pat", "Please post this on facebook now", room="direct-pat")
    assert (asked.quote, [one["alt"] for one in asked.pictures]) == (WORDS, [ALT])


async def test_a_recall_clears_every_channel_and_no_late_retry_brings_anything_back(everywhere: Everywhere) -> None:
    talk = everywhere.talk
    await talk.reacts("jo", "✅", await everywhere.announced())
    await talk.says("pat", f"done #1 {LINK}", room="direct-pat")
    before = await everywhere.deliveries()
    assert {row.state for row in before.values()} == {"sent"}
    await talk.says("jo", "recall #1")
    assert await talk.state() == "recall_partial"
    assert {name for name, row in (await everywhere.deliveries()).items() if row.state != "withdrawn"} == {"facebook"}
    await talk.says("pat", "gone #1", room="direct-pat")
    assert await talk.state() == "recalled"
    assert {row.state for row in (await everywhere.deliveries()).values()} == {"withdrawn"}
    publishers = talk.services.publishers
    assert set(before) == {*publishers, "facebook"}
    for channel, publisher in publishers.items():
        row = before[channel]
        assert await publisher.find(row.key) is None, channel
        # A worker that slept since it was told to send: the same words, key and permit.
        prepared = await publisher.prepare(load_post(row.post))
        with pytest.raises(Refused):
            await publisher.publish(prepared, row.key, Permit(row.key, row.digest, row.permitted))
        assert await publisher.find(row.key) is None, channel
    assert everywhere.server.records(everywhere.person) == []
    assert (everywhere.mastodon.seen, everywhere.x.seen, await talk.public()) == ([], [], [])
