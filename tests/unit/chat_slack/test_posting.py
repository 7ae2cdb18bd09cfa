"""Each message once, whatever breaks in between; what is changed or taken back is our own."""

import asyncio
from typing import Any

import pytest

from adapters.chat.slack.memory import LONGEST_SHELF, Memory, digest
from adapters.errors import OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Content, MessageRef, Picture, RoomRef
from tests.unit.chat_slack.fake import Fake, Json, Kept, Reply, asking, poster, serving

ROOM = RoomRef("slack", "C01")
REF = MessageRef("slack", "C01", "1.2")
MINE: Json = {"message": {"user": "U0BOT", "ts": "1.2", "text": "x"}}
POSTED: Json = {"ts": "1.2", "channel": "C01"}


def arrived(fake: Fake) -> Json:
    """A history in which what was posted last stands."""
    told = fake.asked("chat.postMessage")[-1]
    theirs = {"user": "U01ANN", "ts": "1.1", "blocks": told["blocks"]}
    return {"messages": [theirs, {"user": "U0BOT", "ts": "1.2", "blocks": told["blocks"]}]}


@pytest.mark.asyncio
async def test_a_message_is_posted_once_also_after_a_restart() -> None:
    kept = Kept()
    async with serving(chat_postMessage=POSTED) as fake, asking(fake) as api:
        for _ in range(3):
            ref = await poster(api, kept).say(ROOM, Content("a <b>", "q"), "1.0", "k")
            assert ref == MessageRef("slack", "C01", "1.2", "1.0")
        assert await poster(api, kept).sent(ROOM, "k") == MessageRef("slack", "C01", "1.2")
        assert await poster(api, kept).sent(ROOM, "other") is None
        [told] = fake.asked("chat.postMessage")
    assert (told["channel"], told["thread_ts"], told["text"]) == ("C01", "1.0", "a &lt;b&gt;\n\nq")
    assert (told["unfurl_links"], told["unfurl_media"]) == ("false", "false")
    assert not {"link_names", "parse", "username", "icon_emoji"} & set(told)


@pytest.mark.parametrize("thread", [None, "1.0"])
@pytest.mark.asyncio
async def test_what_may_have_arrived_is_looked_for_before_it_is_posted_again(thread: str | None) -> None:
    """R5: neither lost nor doubled."""
    for stands in (True, False):
        kept = Kept()
        async with serving(chat_postMessage=[Reply(500), POSTED]) as fake, asking(fake) as api:
            with pytest.raises(OutcomeUnknown):
                await poster(api, kept).say(ROOM, Content("x"), thread, "k")
            method = "conversations.replies" if thread else "conversations.history"
            fake.answers[method] = arrived(fake) if stands else {"messages": []}
            assert (await poster(api, kept).say(ROOM, Content("x"), thread, "k")).message == "1.2"
            assert len(fake.asked("chat.postMessage")) == (1 if stands else 2)
            assert float(fake.asked(method)[0]["oldest"]) > 1_000_000


@pytest.mark.asyncio
async def test_where_nobody_can_look_nothing_is_posted_again() -> None:
    kept = Kept()
    history = {"ok": False, "error": "missing_scope"}
    async with serving(chat_postMessage=Reply(500), conversations_history=history) as fake, asking(fake) as api:
        for _ in range(3):
            with pytest.raises(OutcomeUnknown):
                await poster(api, kept).say(ROOM, Content("x"), None, "k")
        with pytest.raises(Unavailable):
            await poster(api, kept).sent(ROOM, "k")
        assert len(fake.asked("chat.postMessage")) == 1


@pytest.mark.asyncio
async def test_what_was_refused_may_be_tried_again() -> None:
    kept = Kept()
    no: list[Any] = [{"ok": False, "error": "not_in_channel"}, Reply(429, {"ok": False}, headers={"Retry-After": "99"})]
    async with serving(chat_postMessage=[*no, POSTED]) as fake, asking(fake) as api:
        with pytest.raises(Refused, match="not_in_room"):
            await poster(api, kept).say(ROOM, Content("x"), None, "k")
        with pytest.raises(RateLimited):
            await poster(api, kept).say(ROOM, Content("x"), None, "k")
    async with serving(chat_postMessage=POSTED) as fake, asking(fake) as api:
        assert (await poster(api, kept).say(ROOM, Content("x"), None, "k")).message == "1.2"


@pytest.mark.asyncio
async def test_what_cannot_be_a_room_is_refused_without_asking() -> None:
    async with serving() as fake, asking(fake) as api:
        for room in (RoomRef("slack", "nowhere"), RoomRef("web", "C01"), RoomRef("slack", "")):
            with pytest.raises(Refused, match="unknown_room"):
                await poster(api, Kept()).say(room, Content("x"), None, "k")
        assert fake.calls == []


@pytest.mark.asyncio
async def test_an_edit_is_done_once_and_only_to_our_own_message() -> None:
    kept = Kept()
    async with serving(chat_update={}, reactions_get=MINE) as fake, asking(fake) as api:
        for _ in range(2):
            await poster(api, kept).change(REF, Content("new"), "k")
        assert len(fake.asked("chat.update")) == 1
        fake.answers["reactions.get"] = {"message": {"user": "U01ANN", "ts": "1.2"}}
        for change in (poster(api, kept).change(REF, Content("mine"), "k2"), poster(api, kept).remove(REF)):
            with pytest.raises(Refused, match="not_yours"):
                await change
        fake.answers["reactions.get"] = {"ok": False, "error": "message_not_found"}
        with pytest.raises(Refused, match="gone"):
            await poster(api, kept).change(REF, Content("new"), "k3")
        await poster(api, kept).remove(REF)
        assert len(fake.asked("chat.update")) == 1
        assert fake.asked("chat.delete") == []


@pytest.mark.asyncio
async def test_pictures_come_with_a_message_and_go_with_it() -> None:
    kept, sha = Kept(pictures={"ab" * 32: b"picture"}), "ab" * 32
    answers: dict[str, Any] = {"chat_postMessage": POSTED, "chat_delete": {}, "chat_update": {}, "files_delete": {}}
    answers |= {"files_completeUploadExternal": {}, "put": {}}
    async with serving(**answers) as fake, asking(fake) as api:
        fake.answers["files.getUploadURLExternal"] = {"upload_url": f"{fake.url}/put", "file_id": "F01"}
        await poster(api, kept).say(ROOM, Content("x", pictures=(Picture(sha, "image/png", "a dot"),)), None, "k")
        [asked] = fake.asked("files.getUploadURLExternal")
        assert asked == {"filename": "picture.png", "length": "7", "alt_txt": "a dot"}
        assert "channel_id" not in fake.asked("files.completeUploadExternal")[0]
        shown = fake.asked("chat.postMessage")[0]["blocks"]
        assert shown[1]["slack_file"] == {"id": "F01"}
        fake.answers["reactions.get"] = {"message": {"user": "U0BOT", "ts": "1.2", "blocks": shown}}
        await poster(api, kept).change(REF, Content("y"), "k2")
        await poster(api, kept).remove(REF)
        assert fake.asked("files.delete") == [{"file": "F01"}] * 2
        with pytest.raises(Refused, match="no_picture"):
            await poster(api, Kept()).say(ROOM, Content("x", pictures=(Picture(sha, "image/png", ""),)), None, "k")
        at = [place for place, (method, _) in enumerate(fake.calls) if method == "put"]
        assert [fake.tokens[place] for place in at] == [""]  # its address is its own key


@pytest.mark.asyncio
async def test_reacting_twice_is_fine() -> None:
    twice: list[Any] = [{}, {"ok": False, "error": "already_reacted"}, {"ok": False, "error": "message_not_found"}]
    async with serving(reactions_add=twice) as fake, asking(fake) as api:
        await poster(api, Kept()).react(REF, "✅")
        await poster(api, Kept()).react(REF, "✅")
        with pytest.raises(Refused, match="gone"):
            await poster(api, Kept()).react(REF, "✅")
        assert fake.asked("reactions.add")[0] == {"channel": "C01", "timestamp": "1.2", "name": "white_check_mark"}


@pytest.mark.asyncio
async def test_a_whisper_that_slack_cannot_show_there_is_told() -> None:
    answers: list[Any] = [{"ok": False, "error": "user_not_in_channel"}, {"message_ts": "1.5"}]
    kept = Kept()
    async with serving(chat_postEphemeral=answers) as fake, asking(fake) as api:
        assert await poster(api, kept).whisper(ROOM, "U01ANN", Content("psst"), None, "k") is None
        for _ in range(2):
            ref = await poster(api, kept).whisper(ROOM, "U01ANN", Content("psst"), None, "k")
            assert ref == MessageRef("slack", "C01", "1.5")
        assert len(fake.asked("chat.postEphemeral")) == 2


@pytest.mark.asyncio
async def test_a_file_is_shared_once_and_known_by_the_message_that_shows_it() -> None:
    kept = Kept()
    shares: list[Any] = [{"file": {}}, {"file": {"shares": {"private": {"C01": [{"ts": "1.7"}]}}}}]
    answers: dict[str, Any] = {"files_completeUploadExternal": {}, "put": {}, "files_info": shares}
    async with serving(**answers) as fake, asking(fake) as api:
        fake.answers["files.getUploadURLExternal"] = {"upload_url": f"{fake.url}/put", "file_id": "F01"}
        for _ in range(2):
            ref = await poster(api, kept).share(ROOM, "../a.csv", b"x", "1.0", "k")
            assert ref == MessageRef("slack", "C01", "1.7", "1.0")
        [told] = fake.asked("files.completeUploadExternal")
    assert told == {"files": [{"id": "F01", "title": "a.csv"}], "channel_id": "C01", "thread_ts": "1.0"}


@pytest.mark.asyncio
async def test_memory_is_bounded_and_keeps_the_newest() -> None:
    kept = Kept()
    memory = Memory(kept)
    keys = [f"key {number}" for number in range(3000)]
    await asyncio.gather(*[memory.keep(key, [key]) for key in keys])
    assert all([await memory.find(key) == [key] for key in keys[-50:]])
    await memory.drop(keys[-1])
    assert await memory.find(keys[-1]) is None
    assert len(digest("x" * 1000)) == 24
    assert max(value.count("[") for value in kept.values.values()) <= LONGEST_SHELF


class Counting(Kept):
    """Counts what is read, and fails to write when it is told to."""

    reads = 0
    fails = False

    async def get(self, key: str) -> str | None:
        """The value last put, some time later, as a database tells it."""
        self.reads += 1
        value = await super().get(key)
        await asyncio.sleep(0)
        return value

    async def put(self, key: str, value: str) -> None:
        """Remember it."""
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("the disk is full")
        await super().put(key, value)


@pytest.mark.asyncio
async def test_what_was_read_is_not_read_again_and_never_older_than_what_was_written() -> None:
    kept = Counting()
    memory = Memory(kept)
    told = await asyncio.gather(memory.find("k"), memory.keep("k", ["begun"]), memory.find("k"))
    assert (told[0], told[2], kept.reads) == (None, ["begun"], 1)
    kept.fails = True
    with pytest.raises(OSError, match="full"):
        await memory.keep("k", ["done"])
    assert (await memory.find("k"), kept.reads) == (["begun"], 2)
    kept.fails = False
    await memory.keep("k", ["done"])
    assert (await memory.find("k"), await Memory(kept).find("k"), kept.reads) == (["done"], ["done"], 3)
