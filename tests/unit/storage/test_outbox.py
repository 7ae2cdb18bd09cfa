"""The outbox: in order within a place, each once, aimed by key, taken over when its sender is gone, then forgotten."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from adapters.events import AccountRef, Button, Content, MessageRef, RoomRef
from bot import outbox
from bot.leases import LEASE, Owner
from bot.outbox import OutboxRow, Outgoing
from config.database import Database
from tests.unit.storage.stage import AT, ME, OTHER, let_lapse, rows

COMMS, LOBBY = RoomRef("web", "comms"), RoomRef("web", "lobby")
AMA = AccountRef("web", "ama")
WORDS = Content("Half a 👍: \ud83d", quote="exactly", buttons=(Button("a", "b", "c"),))


class Desk:
    """Writes letters in a commit of its own and hands them out."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def say(self, room: RoomRef, text: str, key: str | None = None) -> str:
        async with self.database.writing() as session, outbox.letters(session, f"{room.id}/{text}", AT) as letters:
            return letters.say(room, Content(text), key=key)

    async def take(self, owner: Owner = ME) -> Outgoing:
        taken = await outbox.take(self.database, owner)
        assert taken is not None
        return taken

    async def nothing_to_do(self, owner: Owner = ME) -> bool:
        return await outbox.take(self.database, owner) is None

    async def sent(self, outgoing: Outgoing, message: str | None = None, owner: Owner = ME) -> None:
        ref = MessageRef("web", outgoing.room or "dm-ama", message) if message else None
        async with self.database.writing() as session:
            await outbox.sent(session, outgoing, owner, ref)

    async def later(self, outgoing: Outgoing, wait: timedelta = timedelta(), owner: Owner = ME) -> None:
        async with self.database.writing() as session:
            await outbox.later(session, outgoing, owner, await self.database.now(session) + wait)

    async def give_up(self, outgoing: Outgoing, owner: Owner = ME) -> None:
        async with self.database.writing() as session:
            await outbox.give_up(session, outgoing, owner)

    async def key_of(self, room: str, message: str) -> str | None:
        async with self.database.reading() as session:
            return await outbox.key_of(session, MessageRef("web", room, message))

    async def ref_of(self, key: str) -> MessageRef | None:
        async with self.database.reading() as session:
            return await outbox.ref_of(session, key)

    async def is_posting(self, place: RoomRef = COMMS) -> bool:
        async with self.database.reading() as session:
            return await outbox.is_posting(session, str(place))

    async def row(self, key: str) -> OutboxRow:
        return next(row for row in await rows(self.database, OutboxRow) if row.key == key)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.asyncio
async def test_every_kind_of_letter_goes_out_as_it_was_written(desk: Desk) -> None:
    async with desk.database.writing() as session, outbox.letters(session, "in/7", AT) as letters:
        first = letters.say(COMMS, WORDS, thread="t1")
        keys = [
            first,
            letters.whisper(COMMS, AMA, WORDS, thread="t2"),
            letters.edit(COMMS, first, WORDS),
            letters.react(COMMS, first, "✅"),
            letters.delete(MessageRef("web", "comms", "m9", "t9")),
            letters.say(COMMS, WORDS, key="preview/12/1"),
            letters.tell(AMA, WORDS, key="receipt"),
            letters.tell(AMA, WORDS),
        ]
    assert keys == ["in/7/0", "in/7/1", "in/7/2", "in/7/3", "in/7/4", "preview/12/1", "receipt", "in/7/5"]
    found = []
    for number in range(len(keys)):
        outgoing = await desk.take()
        found.append((outgoing.key, outgoing.action, outgoing.room, outgoing.thread, outgoing.account))
        assert outgoing.content == (None if outgoing.action in {"react", "delete"} else WORDS)
        assert outgoing.emoji == ("✅" if outgoing.action == "react" else None)
        assert outgoing.message == {"edit": "m0", "react": "m0", "delete": "m9"}.get(outgoing.action)
        assert (outgoing.platform, outgoing.attempts) == ("web", 1)
        await desk.sent(outgoing, f"m{number}" if outgoing.action in {"send", "whisper", "tell"} else None)
    assert found == [
        ("in/7/0", "send", "comms", "t1", None),
        ("in/7/1", "whisper", "comms", "t2", "ama"),
        ("in/7/2", "edit", "comms", None, None),
        ("in/7/3", "react", "comms", None, None),
        ("in/7/4", "delete", "comms", None, None),
        ("preview/12/1", "send", "comms", None, None),
        ("receipt", "tell", None, None, "ama"),
        ("in/7/5", "tell", None, None, "ama"),
    ]
    assert await desk.nothing_to_do()


@pytest.mark.asyncio
async def test_one_place_goes_in_order_and_places_go_side_by_side(desk: Desk) -> None:
    for room, text in [(COMMS, "1"), (COMMS, "2"), (LOBBY, "3"), (LOBBY, "4")]:
        await desk.say(room, text)
    first, third = await desk.take(), await desk.take(OTHER)
    assert [one.content and one.content.text for one in (first, third)] == ["1", "3"]
    assert await desk.nothing_to_do()
    await desk.sent(third, "m3", OTHER)
    assert (await desk.take()).content == Content("4")
    assert await desk.nothing_to_do()
    await desk.sent(first, "m1")
    assert (await desk.take()).content == Content("2")


@pytest.mark.asyncio
async def test_many_senders_send_each_letter_once_and_each_place_in_order(desk: Desk) -> None:
    texts = [f"{room}{number}" for number in range(6) for room in "abc"]
    for text in texts:
        await desk.say(RoomRef("web", text[0]), text)
    out: list[str] = []

    async def send(owner: Owner) -> None:
        idle = 0
        while idle < 25:
            outgoing = await outbox.take(desk.database, owner)
            if outgoing is None:
                idle += 1
                await asyncio.sleep(0.01)
                continue
            assert outgoing.content is not None
            out.append(outgoing.content.text)
            await desk.sent(outgoing, outgoing.key, owner)

    await asyncio.gather(*(send(Owner("here", number, "n")) for number in range(4)))
    assert len(out) == len(set(out)) == len(texts)
    assert [[text for text in out if text[0] == room] for room in "abc"] == [
        [text for text in texts if text[0] == room] for room in "abc"
    ]


@pytest.mark.asyncio
async def test_a_key_is_used_once(desk: Desk) -> None:
    await desk.say(COMMS, "1", key="preview/12/1")
    with pytest.raises(IntegrityError):
        await desk.say(LOBBY, "2", key="preview/12/1")
    assert len(await rows(desk.database, OutboxRow)) == 1


@pytest.mark.asyncio
async def test_what_is_sent_is_known_by_its_message_and_its_words_are_gone(desk: Desk) -> None:
    await desk.say(COMMS, "943 476 5919", key="preview/12/1")
    assert await desk.ref_of("preview/12/1") is None
    outgoing = await desk.take()
    assert await desk.ref_of("preview/12/1") is None
    assert await desk.key_of("comms", "m1") is None
    await desk.sent(outgoing, "m1")
    row = await desk.row("preview/12/1")
    assert (row.state, row.content, row.owner, row.until) == ("sent", None, None, None)
    assert await desk.key_of("comms", "m1") == "preview/12/1"
    assert await desk.key_of("lobby", "m1") is None
    assert await desk.key_of("comms", "m2") is None
    assert await desk.ref_of("preview/12/1") == MessageRef("web", "comms", "m1")
    assert await desk.ref_of("preview/12/2") is None


@pytest.mark.asyncio
async def test_a_direct_message_is_known_by_the_room_it_went_to(desk: Desk) -> None:
    async with desk.database.writing() as session, outbox.letters(session, "b", AT) as letters:
        letters.tell(AMA, Content("hello"), key="k")
    await desk.sent(await desk.take(), "m1")
    assert await desk.key_of("dm-ama", "m1") == "k"
    assert await desk.ref_of("k") == MessageRef("web", "dm-ama", "m1")


@pytest.mark.asyncio
async def test_somebody_elses_message_is_not_ours_though_we_deleted_or_reacted_to_it(desk: Desk) -> None:
    async with desk.database.writing() as session, outbox.letters(session, "b", AT) as letters:
        letters.delete(MessageRef("web", "comms", "m1"))
    await desk.sent(await desk.take())
    assert await desk.key_of("comms", "m1") is None


@pytest.mark.asyncio
async def test_what_is_aimed_at_a_message_that_never_went_out_has_no_target(desk: Desk) -> None:
    async with desk.database.writing() as session, outbox.letters(session, "b", AT) as letters:
        key = letters.say(COMMS, WORDS)
        letters.react(COMMS, key, "✅")
    await desk.give_up(await desk.take())
    aimed = await desk.take()
    assert (aimed.action, aimed.message) == ("react", None)


@pytest.mark.asyncio
async def test_a_letter_whose_sender_is_gone_is_taken_over_and_the_late_one_changes_nothing(desk: Desk) -> None:
    await desk.say(COMMS, "1", key="k")
    late = await desk.take()
    assert await desk.nothing_to_do(OTHER)
    await let_lapse(desk.database)
    now = await desk.take(OTHER)
    assert (now.id, now.key, now.attempts, now.content) == (late.id, "k", 2, Content("1"))
    await desk.sent(late, "m1")
    await desk.later(late)
    await desk.give_up(late)
    row = await desk.row("k")
    assert (row.state, row.owner, row.content is None, row.message) == ("sending", str(OTHER), False, None)
    await desk.sent(now, "m2", OTHER)
    assert (await desk.row("k")).message == "m2"


@pytest.mark.asyncio
async def test_two_holds_of_one_process_are_told_apart(desk: Desk) -> None:
    """A process sends with several workers under one name."""
    await desk.say(COMMS, "1", key="k")
    late = await desk.take()
    await let_lapse(desk.database)
    now = await desk.take()
    await desk.give_up(late)
    assert (await desk.row("k")).state == "sending"
    await desk.sent(now, "m1")
    assert await desk.key_of("comms", "m1") == "k"


@pytest.mark.asyncio
async def test_a_hold_lasts_as_long_as_a_lease(desk: Desk) -> None:
    await desk.say(COMMS, "1", key="k")
    async with desk.database.reading() as session:
        before = await desk.database.now(session)
    await desk.take()
    async with desk.database.reading() as session:
        after = await desk.database.now(session)
    until = (await desk.row("k")).until
    assert until is not None
    assert before + LEASE <= until <= after + LEASE


@pytest.mark.asyncio
async def test_what_waits_for_later_keeps_its_words_and_its_place(desk: Desk) -> None:
    await desk.say(COMMS, "1", key="k")
    await desk.say(COMMS, "2")
    await desk.later(await desk.take(), timedelta(hours=1))
    assert await desk.nothing_to_do()
    row = await desk.row("k")
    assert (row.state, row.owner, row.until) == ("waiting", None, None)
    await let_lapse(desk.database)
    again = await desk.take()
    assert (again.key, again.attempts, again.content) == ("k", 2, Content("1"))


@pytest.mark.asyncio
async def test_when_a_platform_is_back_what_waits_there_goes_at_once_and_stays_one_that_may_be_out(desk: Desk) -> None:
    await desk.say(COMMS, "one")
    for wait in (timedelta(), timedelta(), timedelta(hours=1)):
        await desk.later(await desk.take(), wait)
    for platform in ("other", "web"):
        assert await desk.nothing_to_do()
        async with desk.database.writing() as session:
            await outbox.hurry(session, platform)
        assert await desk.is_posting()
    assert (await desk.take()).attempts == 2


@pytest.mark.asyncio
async def test_what_is_given_up_loses_its_words_and_the_rest_goes_on(desk: Desk) -> None:
    await desk.say(COMMS, "943 476 5919", key="k")
    await desk.say(COMMS, "2")
    await desk.give_up(await desk.take())
    row = await desk.row("k")
    assert (row.state, row.content, row.owner, row.until) == ("failed", None, None, None)
    assert (await desk.take()).content == Content("2")
    assert await desk.ref_of("k") is None


@pytest.mark.asyncio
@pytest.mark.parametrize("damage", ["{", "null", "[]", "{}", '{"text": "x", "mood": "good"}'])
async def test_a_letter_that_cannot_be_read_back_is_given_up_and_the_rest_goes_on(desk: Desk, damage: str) -> None:
    await desk.say(COMMS, "1", key="k")
    await desk.say(COMMS, "2")
    async with desk.database.writing() as session:
        await session.execute(update(OutboxRow).where(col(OutboxRow.key) == "k").values(content=damage))
    assert await desk.nothing_to_do()
    row = await desk.row("k")
    assert (row.state, row.content) == ("failed", None)
    assert (await desk.take()).content == Content("2")


@pytest.mark.asyncio
async def test_a_message_may_be_out_from_the_first_try_until_it_is_noted(desk: Desk) -> None:
    """A reaction to it may come in all that time, and must wait until it is known which message it is for."""
    await desk.say(COMMS, "1")
    assert not await desk.is_posting()
    outgoing = await desk.take()
    assert await desk.is_posting()
    assert not await desk.is_posting(LOBBY)
    await desk.later(outgoing, timedelta(hours=1))
    assert await desk.is_posting()
    await let_lapse(desk.database)
    await desk.sent(await desk.take(), "m1")
    assert not await desk.is_posting()


@pytest.mark.asyncio
async def test_a_message_may_be_out_though_its_sender_was_killed(desk: Desk) -> None:
    me = Owner()
    await desk.say(COMMS, "1")
    await desk.take(Owner(me.host, me.pid, "an earlier life"))
    assert await outbox.reclaim(desk.database, me) == 1
    assert await desk.is_posting()
    await desk.give_up(await desk.take())
    assert not await desk.is_posting()


@pytest.mark.asyncio
async def test_only_what_posts_a_message_can_be_reacted_to(desk: Desk) -> None:
    async with desk.database.writing() as session, outbox.letters(session, "b", AT) as letters:
        letters.react(COMMS, "k", "✅")
        letters.edit(COMMS, "k", WORDS)
        letters.delete(MessageRef("web", "comms", "m1"))
    for _ in range(3):
        outgoing = await desk.take()
        assert not await desk.is_posting()
        await desk.sent(outgoing)


@pytest.mark.asyncio
async def test_letters_of_dead_processes_of_this_host_go_out_at_once(desk: Desk) -> None:
    me = Owner()
    dead = Owner(me.host, me.pid, "an earlier life")
    holders = {"dead": dead, "mine": me, "parent": Owner(me.host, 1, "x"), "elsewhere": Owner("elsewhere", 1, "x")}
    for room, owner in holders.items():
        await desk.say(RoomRef("web", room), "1", key=room)
        await desk.take(owner)
    assert await outbox.reclaim(desk.database, me) == 1
    states = {
        row.key: (row.state, row.owner is None, row.until is None) for row in await rows(desk.database, OutboxRow)
    }
    assert states.pop("dead") == ("waiting", True, True)
    assert states == dict.fromkeys(["mine", "parent", "elsewhere"], ("sending", False, False))
    again = await desk.take(me)
    assert (again.key, again.attempts) == ("dead", 2)
    assert await outbox.reclaim(desk.database, me) == 0
