"""The event stream: resumed where it stopped, and to each person only what they may see."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.web.views import QUICK_REACTIONS, emoji_name
from adapters.events import AccountRef, Content, RoomRef
from tests.unit.chat_web.house import Open, opened, say
from tests.unit.publish.payloads import PAYLOADS

GENERAL = RoomRef("web", "general")


async def changes(house: Open, count: int, who: str = "ama", last: str | None = None) -> list[tuple[str, Any]]:
    """The next changes of a stream with their numbers."""
    found: list[tuple[str, Any]] = []
    headers = {} if last is None else {"Last-Event-ID": last}
    async with house.http.get(f"/api/stream?as={who}", headers={**headers, "X-Persona": who}) as stream:
        number = ""
        while len(found) < count:
            line = (await stream.content.readline()).decode().rstrip("\n")
            if line.startswith("id: "):
                number = line.removeprefix("id: ")
            elif line.startswith("data: "):
                found.append((number, json.loads(line.removeprefix("data: "))))
    return found


@pytest.mark.asyncio
async def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await say(house, "one")
        ((number, first),) = await changes(house, 1)
        await say(house, "two")
        ((_, second),) = await changes(house, 1, last=number)
        assert [first["message"]["text"], second["message"]["text"]] == ["one", "two"]


@pytest.mark.asyncio
async def test_others_whispers_rooms_and_deletions(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        ref = await house.chat.whisper(GENERAL, AccountRef("web", "jo"), Content("psst"), thread=None, key="k")
        await say(house, "plan", "jo", "comms")
        gone = await say(house, "gone")
        await house.http.delete(f"/api/messages/{gone}")
        await say(house, "end")
        ama = [change for _, change in await changes(house, 2)]
        assert ama[0] == {"type": "gone", "room": "general", "id": gone}
        assert ama[1]["message"]["text"] == "end"
        jo = [change for _, change in await changes(house, 4, "jo")]
        assert jo[0]["message"]["id"] == ref.message
        assert jo[0]["message"]["private"] is True


@pytest.mark.asyncio
async def test_payloads_stay_text(tmp_path: Path) -> None:
    payloads = [text for text in PAYLOADS if text.strip() and text == text.encode(errors="ignore").decode()]
    assert len(payloads) >= 200
    async with opened(tmp_path) as house:
        for number, payload in enumerate(payloads):
            await house.chat.send(GENERAL, Content(payload, payload), thread=None, key=str(number))
            await say(house, payload, room="direct-ama")
        found = [change["message"] for _, change in await changes(house, 2 * len(payloads))]
        assert [one["text"] for one in found[::2]] == [one["quote"] for one in found[::2]] == payloads
        assert [one["text"] for one in found[1::2]] == payloads


def test_reactions_have_names() -> None:
    assert QUICK_REACTIONS
    assert emoji_name("✅") == "white heavy check mark"
    assert emoji_name("✏️") == "pencil"
    assert emoji_name("👍🏽") == "thumbs up sign, fitzpatrick type-4"
    assert emoji_name(":party_parrot:") == "party parrot"
