"""What the bot puts into rooms, changes and takes back: each once, whatever breaks in between.

Slack knows no key of a message. So what is about to be posted is noted first; when nobody knows whether it arrived, the
room is searched for it before anything is posted again.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.chat.slack import blocks
from adapters.chat.slack.api import Api, Json
from adapters.chat.slack.emoji import short_name
from adapters.chat.slack.files import Files, clean_name
from adapters.chat.slack.looking import Looker
from adapters.chat.slack.memory import Memory, digest
from adapters.chat.slack.people import room_id
from adapters.chat.slack.settings import PLATFORM
from adapters.chat.slack.turns import Turns
from adapters.errors import AdapterError, OutcomeUnknown, Refused, Unavailable
from adapters.events import Content, MessageRef, RoomRef
from adapters.ports import PictureStore

BEGUN = "begun"
CLOCKS = timedelta(minutes=10)  # by which our clock and Slack's may differ
PAGES = 20  # of 200 messages, searched for one that may have arrived
NO_LOOK = frozenset({"missing_scope", "not_in_room"})
NOT_THERE = frozenset({"user_not_in_channel", "not_in_room", "unknown_room", "archived", "restricted_action"})
SHOWN_AFTER = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds; Slack shows a file in its room some time after it was told to


class Poster:
    """Writes to rooms."""

    def __init__(
        self, looker: Looker, files: Files, memory: Memory, pictures: PictureStore, clock: Callable[[], datetime]
    ) -> None:
        self._api: Api = looker.api
        self._looker = looker
        self._files = files
        self._memory = memory
        self._pictures = pictures
        self._clock = clock
        self._turns = Turns()

    async def say(self, room: RoomRef, content: Content, thread: str | None, key: str) -> MessageRef:
        """Post a message."""
        place, name = room_id(room), f"send:{key}"
        blocks.check(content)
        async with self._turns.of(name):
            known = await self._known(name, place, thread)
            if known is not None:
                return known
            body = await self._body(content, digest(name)) | {"channel": place, "thread_ts": thread}
            body |= {"unfurl_links": False, "unfurl_media": False}
            return await self._noted(name, place, thread, "chat.postMessage", body)

    async def sent(self, room: RoomRef, key: str) -> MessageRef | None:
        """What was sent under a key, None when nothing was. Raises `Unavailable` when that cannot be told."""
        try:
            return await self._known(f"send:{key}", room_id(room), None)
        except OutcomeUnknown as error:
            raise Unavailable(str(error)) from error

    async def whisper(
        self, room: RoomRef, user: str, content: Content, thread: str | None, key: str
    ) -> MessageRef | None:
        """Show something to one person in a room; None when Slack cannot show it to them there."""
        place, name = room_id(room), f"whisper:{key}"
        blocks.check(content)
        kept = await self._memory.find(name)
        if kept is not None and kept[0] != BEGUN:  # it may be shown twice, to the same person, rather than never
            return MessageRef(PLATFORM, place, kept[0], thread)
        body = await self._body(content, digest(name)) | {"channel": place, "user": user, "thread_ts": thread}
        try:
            told = await self._api.write("chat.postEphemeral", **body)
        except Refused as error:
            if error.code in NOT_THERE:
                return None
            raise
        await self._memory.keep(name, [str(told["message_ts"]), ""])
        return MessageRef(PLATFORM, place, str(told["message_ts"]), thread)

    async def change(self, ref: MessageRef, content: Content, key: str) -> None:
        """Show something else in the place of one's own message. Raises `Refused`: `gone`, `not_yours`."""
        name = f"edit:{key}"
        blocks.check(content)
        if await self._memory.find(name) is not None:
            return
        now = await self._mine(ref)
        if now is None:
            raise Refused("gone")
        before = blocks.files_of(now)
        body = await self._body(content, digest(name)) | {"channel": ref.room, "ts": ref.message}
        await self._api.read("chat.update", **body)  # the same words again change nothing, so it may be repeated
        await self._memory.keep(name, ["done"])
        for file in before:
            await self._files.drop(file)

    async def remove(self, ref: MessageRef) -> None:
        """Take one's own message away with its pictures; gone already is fine. Raises `Refused("not_yours")`."""
        now = await self._mine(ref)
        if now is None:
            return
        await self._memory.keep(deletion(ref.room, ref.message), ["ours"])  # what Slack tells of it is no news
        try:
            await self._api.read("chat.delete", channel=ref.room, ts=ref.message)
        except Refused as error:
            if error.code != "gone":
                raise
        for file in blocks.files_of(now):
            await self._files.drop(file)

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Add a reaction; there already is fine."""
        name = short_name(emoji)
        try:
            await self._api.read("reactions.add", channel=room_id(ref.place), timestamp=ref.message, name=name)
        except Refused as error:
            if error.code != "already_reacted":
                raise

    async def share(self, room: RoomRef, name: str, data: bytes, thread: str | None, key: str) -> MessageRef:
        """Share a file."""
        place, mark = room_id(room), f"upload:{key}"
        async with self._turns.of(mark):
            return MessageRef(PLATFORM, place, await self._shared(place, clean_name(name), data, thread, mark), thread)

    async def _shared(self, place: str, named: str, data: bytes, thread: str | None, mark: str) -> str:
        kept = await self._memory.find(mark)
        file = kept[1] if kept else await self._files.put(named, data)
        shown = await self._files.shown_in(file, place) if kept else None
        if shown is None:
            await self._memory.keep(mark, [BEGUN, file])
            done = [{"id": file, "title": named}]
            try:
                body: Json = {"files": done, "channel_id": place, "thread_ts": thread}
                await self._api.write("files.completeUploadExternal", **body)
            except (Refused, Unavailable):
                await self._memory.drop(mark)
                raise
            shown = await self._appears(file, place)
        return shown

    async def _appears(self, file: str, place: str) -> str:
        for wait in SHOWN_AFTER:
            found = await self._files.shown_in(file, place)
            if found is not None:
                return found
            await asyncio.sleep(wait)
        raise OutcomeUnknown("file_not_shown_yet")

    async def _body(self, content: Content, key: str) -> Json:
        files = [await self._brought(number, content) for number in range(len(content.pictures))]
        return {"text": blocks.plain(content), "blocks": blocks.rendered(content, files, key)}

    async def _brought(self, number: int, content: Content) -> str:
        picture = content.pictures[number]
        try:
            data = await self._pictures.picture(picture.sha256)
        except KeyError as error:
            raise Refused("no_picture") from error
        name = f"picture.{picture.media_type.rpartition('/')[2]}"
        file = await self._files.put(name, data, picture.alt)
        await self._files.keep(file, name)
        return file

    async def _noted(self, name: str, place: str, thread: str | None, method: str, body: Json) -> MessageRef:
        """Post what was noted before, so that after whatever happens it is known what to look for."""
        await self._memory.keep(name, [BEGUN, self._clock().isoformat()])
        try:
            told = await self._api.write(method, **body)
        except OutcomeUnknown:
            raise
        except AdapterError:
            await self._memory.drop(name)  # definitely not done
            raise
        await self._memory.keep(name, [str(told["ts"]), place])
        return MessageRef(PLATFORM, place, str(told["ts"]), thread)

    async def _known(self, name: str, place: str, thread: str | None) -> MessageRef | None:
        """What was posted under a key before. Raises `OutcomeUnknown` when it was begun and nobody can look."""
        kept = await self._memory.find(name)
        if kept is None:
            return None
        if kept[0] != BEGUN:
            return MessageRef(PLATFORM, place, kept[0], thread)
        found = await self._search(place, thread, digest(name), datetime.fromisoformat(kept[1]) - CLOCKS)
        if found is not None:
            await self._memory.keep(name, [found, place])
        return None if found is None else MessageRef(PLATFORM, place, found, thread)

    async def _search(self, place: str, thread: str | None, key: str, since: datetime) -> str | None:
        method = "conversations.replies" if thread else "conversations.history"
        query: Json = {
            "channel": place,
            "ts": thread,
            "oldest": f"{since.astimezone(UTC).timestamp():.6f}",
            "limit": 200,
        }
        for _ in range(PAGES):
            try:
                told = await self._api.read(method, **query)
            except Refused as error:
                if error.code == "gone":
                    return None
                raise OutcomeUnknown("cannot_look") if error.code in NO_LOOK else error from error
            for one in told.get("messages") or []:
                if isinstance(one, dict) and self._looker.is_mine(one) and blocks.has_key(one, key):
                    return str(one["ts"])
            after = (told.get("response_metadata") or {}).get("next_cursor")
            if not after:
                return None
            query["cursor"] = after
        raise OutcomeUnknown("too_much_said")

    async def _mine(self, ref: MessageRef) -> Json | None:
        """One's own message as it stands, None when it is gone. Raises `Refused("not_yours")`."""
        now = await self._looker.message(ref)
        if now is not None and not self._looker.is_mine(now):
            raise Refused("not_yours")
        return now


def deletion(room: str, message: str) -> str:
    """The name under which it is kept that the bot deleted a message itself."""
    return f"deleted:{room}:{message}"
