"""Cases of the ChatAdapter contract: what people do reaches the product, in order, once."""

import asyncio
from collections.abc import Callable

from adapters.events import (
    Content,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    ReactionAdded,
    ReactionRemoved,
    RoomKind,
)
from tests.contract.chat_case import case, seen
from tests.contract.chat_stage import SOON, Stage

EMOJI = ("✅", "✅\ufe0f", "✔️", "👍", "👍🏽", "👍🏿", "❌", "✏️", "⏸️", "🚨", "👩🏽‍💻", "🏴󠁧󠁢󠁷󠁬󠁳󠁿")
# what people do arrives


@case
async def arrives_once_and_whole(stage: Stage) -> None:
    message = await stage.hands.says("ann", stage.room, f"{stage.hands.handle} who knows\nabout  floods? ünï 🎈")
    event = await stage.desk.hears(MessageReceived)
    assert (event.text, event.addressed, event.direct) == ("who knows\nabout  floods? ünï 🎈", True, False)
    assert event.sender == stage.hands.people["ann"]
    assert event.ref == MessageRef(stage.adapter.platform, stage.room.id, message, None)
    assert event.at.utcoffset() is not None
    assert await stage.settled() == [event]


@case
async def not_addressed_without_a_mention(stage: Stage) -> None:
    name = stage.hands.handle.removeprefix("@")
    for text in ("who knows about floods?", f"mail {name}@council.example", f"a@{name}", f"@{name}ing"):
        message = await stage.hands.says("ann", stage.room, text)
        event = await stage.desk.hears(MessageReceived, _about(message))
        assert (event.addressed, event.text) == (False, text)


@case
async def mentions_inside_are_left_out_once(stage: Stage) -> None:
    handle = stage.hands.handle
    await stage.hands.says("ann", stage.room, f"{handle}: announce: follow {handle} for news")
    event = await stage.desk.hears(MessageReceived)
    assert (event.addressed, event.text) == (True, f"announce: follow {handle} for news")


@case
async def order_is_kept(stage: Stage) -> None:
    sent = [await stage.hands.says("ann", stage.room, f"line {n}") for n in range(12)]
    assert [event.ref.message for event in await stage.settled()] == sent
    assert len({event.event_id for event in stage.desk.of_rooms()}) == len(sent) + 1


@case
async def own_doings_are_ignored(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.room, Content("from the bot"), thread=None, key="k1")
    await stage.adapter.edit(ref, Content("changed"), key="k2")
    await stage.adapter.react(ref, "👀")
    await stage.adapter.whisper(stage.room, stage.hands.people["ann"], Content("psst"), thread=None, key="k3")
    await stage.adapter.upload(stage.room, "a.txt", b"a", thread=None, key="k4")
    await stage.adapter.delete(ref)
    assert await stage.settled() == []


@case
async def thread_reply_stays_in_its_thread(stage: Stage) -> None:
    first = await stage.hands.says("ann", stage.room, "first")
    reply = await stage.hands.says("bob", stage.room, "reply", thread=first)
    event = await stage.desk.hears(MessageReceived, lambda event: event.text == "reply")
    assert (event.ref.message, event.ref.thread) == (reply, first)
    ours = await stage.adapter.send(stage.room, Content("answer"), thread=first, key="k")
    assert ours.thread == first
    shown = await seen(stage, "ann", ours.message)
    assert shown
    assert shown.thread == first


@case
async def direct_messages_are_addressed(stage: Stage) -> None:
    room = await stage.adapter.direct(stage.hands.people["ann"])
    assert (await stage.adapter.room(room)).kind is RoomKind.DIRECT
    assert await stage.adapter.direct(stage.hands.people["ann"]) == room
    await stage.hands.says("ann", room, "who knows about floods?")
    event = await stage.desk.hears(MessageReceived)
    assert (event.direct, event.addressed, event.ref.place) == (True, True, room)
    answer = await stage.adapter.send(room, Content("Rhys"), thread=None, key="k")
    assert await seen(stage, "ann", answer.message, room)


@case
async def edits_and_deletions_arrive(stage: Stage) -> None:
    message = await stage.hands.says("ann", stage.room, "frist")
    await stage.desk.hears(MessageReceived)
    await stage.hands.edits("ann", stage.room, message, f"{stage.hands.handle} first")
    edited = await stage.desk.hears(MessageEdited)
    assert (edited.text, edited.addressed, edited.ref.message) == ("first", True, message)
    await stage.hands.deletes("ann", stage.room, message)
    deleted = await stage.desk.hears(MessageDeleted)
    assert deleted.ref.message == message
    assert await stage.adapter.fetch(deleted.ref) is None


# reactions


@case
async def reactions_come_go_and_stand_in_the_list(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k")
    await stage.adapter.react(ref, "✅")
    await stage.adapter.react(ref, "✅")
    await stage.hands.reacts("ann", stage.room, ref.message, "✅")
    added = await stage.desk.hears(ReactionAdded)
    assert (added.sender, added.ref.message) == (stage.hands.people["ann"], ref.message)
    live = await stage.adapter.reactions(ref)
    assert sorted(str(one.account) for one in live if one.emoji == added.emoji) == sorted(
        [str(await stage.adapter.preflight()), str(stage.hands.people["ann"])]
    )
    await stage.hands.unreacts("ann", stage.room, ref.message, "✅")
    removed = await stage.desk.hears(ReactionRemoved)
    assert (removed.sender, removed.ref.message, removed.emoji) == (added.sender, ref.message, added.emoji)
    assert len(await stage.adapter.reactions(ref)) == 1


@case
async def reactions_survive_an_edit(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k1")
    await stage.hands.reacts("ann", stage.room, ref.message, "✅")
    await stage.adapter.edit(ref, Content("vote again"), key="k2")
    await stage.hands.reacts("bob", stage.room, ref.message, "❌")
    await stage.desk.hears(ReactionAdded, lambda event: event.sender == stage.hands.people["bob"])
    accounts = {one.account for one in await stage.adapter.reactions(ref)}
    assert accounts == {stage.hands.people["ann"], stage.hands.people["bob"]}


@case
async def emoji_are_named_alike_everywhere(stage: Stage) -> None:
    assert EMOJI
    ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k")
    for emoji in EMOJI:
        before = len(stage.desk.of_rooms())
        await stage.hands.reacts("ann", stage.room, ref.message, emoji)
        await stage.hands.unreacts("ann", stage.room, ref.message, emoji)
        await stage.settled()
        # Bob's reaction of the time before may come only now.
        added, removed = [
            event for event in stage.desk.of_rooms()[before:] if event.sender == stage.hands.people["ann"]
        ]
        assert isinstance(added, ReactionAdded)
        assert isinstance(removed, ReactionRemoved)
        assert added.emoji == removed.emoji
        await stage.hands.reacts("bob", stage.room, ref.message, emoji)
        assert added.emoji in {one.emoji for one in await stage.adapter.reactions(ref)}


# nothing lost, nothing twice


@case
async def said_while_nobody_listens(stage: Stage) -> None:
    before = await stage.hands.says("ann", stage.room, "before")
    await stage.settled()
    await stage.stop()
    meanwhile = await stage.hands.says("ann", stage.room, "meanwhile")
    await stage.restart()
    after = await stage.hands.says("ann", stage.room, "after")
    await stage.settled()
    told = [event.ref.message for event in stage.desk.of_rooms()]
    assert [told.count(message) for message in (before, meanwhile, after)] == [1, 1, 1]


@case
async def killed_between_taking_and_acknowledging(stage: Stage) -> None:
    stage.desk.freeze = True
    taken = await stage.hands.says("ann", stage.room, "taken")
    async with asyncio.timeout(SOON):
        await stage.desk.frozen.wait()
    stage.desk.freeze = False
    await stage.restart()
    await stage.settled()
    assert [event.ref.message for event in stage.desk.of_rooms()].count(taken) == 1


@case
async def what_could_not_be_taken_comes_again(stage: Stage) -> None:
    stage.desk.refusals = 2
    first = await stage.hands.says("ann", stage.room, "first")
    second = await stage.hands.says("ann", stage.room, "second")
    assert [event.ref.message for event in await stage.settled()] == [first, second]
    assert stage.desk.refusals == 0


@case
async def what_was_never_taken_comes_after_a_restart(stage: Stage) -> None:
    stage.desk.refusals = 1_000_000
    message = await stage.hands.says("ann", stage.room, "first")
    await stage.stop()
    stage.desk.refusals = 0
    await stage.restart()
    assert [event.ref.message for event in await stage.settled()] == [message]


@case
async def the_same_key_shows_once(stage: Stage) -> None:
    content = Content("once", "quoted")
    refs = [await stage.adapter.send(stage.room, content, thread=None, key="k") for _ in range(2)]
    await stage.restart()
    refs.append(await stage.adapter.send(stage.room, content, thread=None, key="k"))
    assert len(set(refs)) == 1
    assert [one.text for one in await stage.hands.sees("ann", stage.room)].count("once") == 1
    ann = stage.hands.people["ann"]
    for _ in range(2):
        await stage.adapter.whisper(stage.room, ann, Content("psst"), thread=None, key="w")
        await stage.adapter.upload(stage.room, "a.txt", b"a", thread=None, key="u")
    shown = await stage.hands.sees("ann", stage.room)
    assert [one.files for one in shown].count(("a.txt",)) == 1


@case
async def a_repeated_edit_does_not_undo_a_later_one(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.room, Content("one"), thread=None, key="k1")
    await stage.adapter.edit(ref, Content("two"), key="k2")
    await stage.adapter.edit(ref, Content("three"), key="k3")
    await stage.adapter.edit(ref, Content("three"), key="k3")
    live = await stage.adapter.fetch(ref)
    assert live
    assert live.content == Content("three")


def _about(message: str) -> Callable[[MessageReceived], bool]:
    return lambda event: event.ref.message == message
