"""From the outbox to a platform: what each kind of failure does to a letter."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import delete, update

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import AccountRef, Button, Content, MessageRef, RoomRef
from adapters.ports import Capabilities, ChatAdapter
from bot import epochs, outbox, sending
from bot.leaks.context import NO_CONTACTS
from bot.outbox import OutboxRow
from bot.services import Services
from config.database import Database
from config.keys import Keys
from config.settings import given
from tests.unit.storage.stage import AT, ME, let_lapse, rows

ROOM = RoomRef("web", "comms")


class Moody:
    """The part of a platform that sending asks for; it fails as told, and shows what it did."""

    def __init__(self, mood: Callable[[], Exception | None], *, buttons: bool = True) -> None:
        self.mood = mood
        self.capabilities = Capabilities(buttons, False, False, 1000)
        self.done: list[tuple[object, ...]] = []
        self.pressable: list[tuple[Button, ...]] = []

    def _do(self, *what: object) -> MessageRef:
        self.done.append(what)
        if failure := self.mood():
            raise failure
        return MessageRef("web", "dm-ama" if what[0] == "tell" else "comms", f"m{len(self.done)}", "t1")

    async def direct(self, account: AccountRef) -> RoomRef:
        return RoomRef("web", f"dm-{account.id}")

    async def send(self, room: RoomRef, content: Content, *, thread: str | None, key: str) -> MessageRef:
        self.pressable.append(content.buttons)
        return self._do("tell" if room.id.startswith("dm-") else "send", room.id, content.text, thread, key)

    async def whisper(
        self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None, key: str
    ) -> MessageRef:
        return self._do("whisper", room.id, account.id, content.text, thread, key)

    async def edit(self, ref: MessageRef, content: Content, *, key: str) -> None:
        self._do("edit", ref.message, content.text, key)

    async def delete(self, ref: MessageRef) -> None:
        self._do("delete", ref.message)

    async def react(self, ref: MessageRef, emoji: str) -> None:
        self._do("react", ref.message, emoji)


def services(database: Database, **chats: Moody) -> Services:
    parts = cast("dict[str, ChatAdapter]", chats)
    return Services(database, given({}), Keys(bytes(32)), parts, {}, NO_CONTACTS, lambda: AT)


async def write(database: Database, text: str = "hello") -> None:
    async with database.writing() as session, outbox.letters(session, text, AT) as letters:
        letters.say(ROOM, Content(text), thread="t1")


async def attempt(database: Database, failure: Exception | None) -> OutboxRow:
    """One try with that failure; the letter afterwards."""
    await write(database)
    assert await sending.step(services(database, web=Moody(lambda: failure)), ME)
    (row,) = await rows(database, OutboxRow)
    return row


@pytest.mark.asyncio
async def test_every_action_reaches_the_platform_with_its_key(database: Database) -> None:
    ama, words = AccountRef("web", "ama"), Content("hello")
    async with database.writing() as session, outbox.letters(session, "in/1", AT) as letters:
        key = letters.say(ROOM, words, thread="t1")
        letters.whisper(ROOM, ama, words, thread="t2")
        letters.edit(ROOM, key, Content("changed"))
        letters.react(ROOM, key, "✅")
        letters.delete(MessageRef("web", "comms", "m99"))
        letters.tell(ama, words)
    chat = Moody(lambda: None)
    parts = services(database, web=chat)
    while await sending.step(parts, ME):
        pass
    assert chat.done == [
        ("send", "comms", "hello", "t1", "in/1/0"),
        ("whisper", "comms", "ama", "hello", "t2", "in/1/1"),
        ("edit", "m1", "changed", "in/1/2"),
        ("react", "m1", "✅"),
        ("delete", "m99"),
        ("tell", "dm-ama", "hello", None, "in/1/5"),
    ]
    found = await rows(database, OutboxRow)
    assert [(row.state, row.content) for row in found] == [("sent", None)] * 6
    assert (found[5].room, found[5].message) == ("dm-ama", "m6")


@pytest.mark.asyncio
@pytest.mark.parametrize("able", [True, False])
async def test_buttons_are_left_out_where_there_are_none(database: Database, able: bool) -> None:
    button = Button("vote", "✅ Approve", "approve/1/1")
    async with database.writing() as session, outbox.letters(session, "in/1", AT) as letters:
        letters.say(ROOM, Content("hello", buttons=(button,)))
    chat = Moody(lambda: None, buttons=able)
    assert await sending.step(services(database, web=chat), ME)
    assert chat.done == [("send", "comms", "hello", None, "in/1/0")]
    assert chat.pressable == [(button,) if able else ()]


AGAIN: list[Exception] = [Unavailable(), Unavailable("x", 7), RateLimited("x", 9), OutcomeUnknown()]


@pytest.mark.asyncio
@pytest.mark.parametrize("failure", AGAIN, ids=lambda failure: type(failure).__name__)
async def test_what_may_pass_is_tried_again_with_its_words(database: Database, failure: Exception) -> None:
    row = await attempt(database, failure)
    assert (row.state, row.owner, row.until) == ("waiting", None, None)
    assert row.content
    assert row.not_before is not None
    assert not await sending.step(services(database, web=Moody(lambda: None)), ME)


@pytest.mark.asyncio
async def test_the_wait_that_a_platform_asks_for_is_kept(database: Database) -> None:
    async with database.reading() as session:
        before = await database.now(session)
    row = await attempt(database, RateLimited("x", 3600))
    assert row.not_before is not None
    assert timedelta(hours=1) <= row.not_before - before < timedelta(hours=2)


@pytest.mark.asyncio
async def test_a_platform_that_asks_for_patience_gets_one_request_at_a_time_and_every_letter_in_the_end(
    database: Database,
) -> None:
    """As Synapse does by default: ten at once, then one every five seconds."""
    letters, allowed = 40, [10]

    def mood() -> Exception | None:
        allowed[0] -= 1
        return None if allowed[0] >= 0 else RateLimited("rate_limited", 5.0)

    async with database.writing() as session, outbox.letters(session, "in/1", AT) as written:
        for number in range(letters):
            written.say(RoomRef("web", f"room{number}"), Content("hello"))
    other = Moody(lambda: None)
    chat = Moody(mood)
    parts, pauses = services(database, web=chat, slack=other), 0
    while any(row.state != "sent" for row in await rows(database, OutboxRow)):
        while await sending.step(parts, ME):
            pass
        await let_lapse(database)
        allowed[0], pauses = 1, pauses + 1
    assert len(chat.done) == letters + pauses - 1  # the last round ends with nothing left to refuse
    assert len({what[1] for what in chat.done}) == letters


@pytest.mark.asyncio
async def test_patience_on_one_platform_holds_no_other_up_and_shortens_no_longer_wait(database: Database) -> None:
    async with database.writing() as session, outbox.letters(session, "in/1", AT) as written:
        for platform in ("web", "slack"):
            for number in range(2):
                written.say(RoomRef(platform, f"room{number}"), Content("hello"))
    slack = Moody(lambda: None)
    moods: list[Exception] = [Unavailable("away", 3600.0), RateLimited("rate_limited", 60.0)]
    parts = services(database, web=Moody(lambda: moods.pop(0)), slack=slack)
    while await sending.step(parts, ME):
        pass
    assert len(slack.done) == 2
    waits = [row.not_before for row in await rows(database, OutboxRow) if row.platform == "web"]
    assert waits[0] is not None
    assert waits[1] is not None
    assert waits[0] - waits[1] > timedelta(minutes=50)


@pytest.mark.asyncio
async def test_no_time_at_all_is_no_reason_to_hammer(database: Database) -> None:
    async with database.reading() as session:
        before = await database.now(session)
    for failure in (RateLimited("x", 0.001), RateLimited("x", 0.0), Unavailable("x", 0.001)):
        row = await attempt(database, failure)
        assert row.not_before is not None
        assert row.not_before - before >= timedelta(seconds=1)
        await let_lapse(database)
        assert await sending.step(services(database, web=Moody(lambda: Refused("gone"))), ME)
        async with database.writing() as session:
            await session.execute(delete(OutboxRow))


@pytest.mark.asyncio
@pytest.mark.parametrize("failure", [Refused("gone"), AdapterError("odd")], ids=lambda failure: type(failure).__name__)
async def test_what_is_refused_is_given_up_without_its_words(database: Database, failure: Exception) -> None:
    row = await attempt(database, failure)
    assert (row.state, row.content, row.owner) == ("failed", None, None)


@pytest.mark.asyncio
async def test_what_is_aimed_at_nothing_is_given_up_and_asks_nobody(database: Database) -> None:
    async with database.writing() as session, outbox.letters(session, "b", AT) as letters:
        letters.react(ROOM, "never/written", "✅")
    chat = Moody(lambda: None)
    assert await sending.step(services(database, web=chat), ME)
    assert chat.done == []
    assert [row.state for row in await rows(database, OutboxRow)] == ["failed"]


@pytest.mark.asyncio
async def test_a_platform_that_is_away_too_long_loses_its_letters_in_the_end(database: Database) -> None:
    await write(database)
    tries = 0
    parts = services(database, web=Moody(Unavailable))
    while await sending.step(parts, ME):
        tries += 1
        await let_lapse(database)
    assert tries == sending.MOST_ATTEMPTS
    assert [row.state for row in await rows(database, OutboxRow)] == ["failed"]


@pytest.mark.asyncio
async def test_nothing_to_send_is_said_so(database: Database) -> None:
    assert not await sending.step(services(database), ME)


@pytest.mark.asyncio
async def test_letters_wait_while_the_bot_must_sign_in_again(database: Database) -> None:
    row = await attempt(database, NotAuthenticated())
    assert row.state == "waiting"
    assert row.content


@pytest.mark.asyncio
async def test_a_letter_that_breaks_its_adapter_is_given_up_in_the_end(database: Database) -> None:
    await write(database, "poison")
    async with database.writing() as session:
        await session.execute(update(OutboxRow).values(attempts=sending.MOST_ATTEMPTS))
    assert await sending.step(services(database, web=Moody(ZeroDivisionError)), ME)
    assert [row.state for row in await rows(database, OutboxRow)] == ["failed"]


@pytest.mark.asyncio
async def test_after_a_restore_the_platform_is_given_keys_that_it_cannot_know(database: Database) -> None:
    async with database.writing() as session:
        life = await epochs.begin(session, epochs.RESTORED, AT)
    await write(database)
    chat = Moody(lambda: None)
    assert await sending.step(services(database, web=chat), ME)
    assert chat.done == [("send", "comms", "hello", "t1", f"{life.name}/hello/0")]
    (row,) = await rows(database, OutboxRow)
    assert (row.key, row.state) == ("hello/0", "sent")
