"""Cases of the ChatAdapter contract: what the product says and does is what people see; who and where they are."""

import asyncio

import pytest

from adapters.errors import AdapterError
from adapters.events import (
    AccountRef,
    Attachment,
    Button,
    ButtonPressed,
    Connected,
    Content,
    Field,
    FileShared,
    MessageReceived,
    MessageRef,
    Picture,
    RoomKind,
    RoomRef,
)
from adapters.ports import Form, HealthState
from tests.contract.chat_case import case, refuses, seen
from tests.contract.chat_stage import SOON, Stage

SLY = (
    "@everyone @here @channel @room <!channel> <!here> <!subteam^S1> <@U123>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "*bold* _italic_ ~gone~ `code` ```block``` [a](https://council.example) <https://council.example|our bank>",
    "&lt;b&gt; &amp; :white_check_mark: http://council.example/?a=1&b=2",
    "\u202edesrever\u202c \u2066isolated\u2069 zero\u200bwidth",
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060606000000005000145d10ddb0000000049454e44ae426082"
)


# what the bot says is what is shown


@case
async def fetch_gives_what_was_sent(stage: Stage) -> None:
    stage.desk.pictures["ab" * 32] = PIXEL
    buttons = (Button("take", "Take it", "12"), Button("leave", "Leave it", "")) if _has_buttons(stage) else ()
    pictures = (Picture("ab" * 32, "image/png", "a dot"),)
    content = Content("text\n  kept  ", "  exact \n\n*wording* <b>\t🎈", buttons, pictures)
    ref = await stage.adapter.send(stage.room, content, thread=None, key="k")
    live = await stage.adapter.fetch(ref)
    assert live
    assert (live.content, live.sender) == (content, await stage.adapter.preflight())
    shown = await seen(stage, "bob", ref.message)
    assert shown
    assert (shown.text, shown.quote) == (content.text, content.quote)


@case
async def texts_cannot_notify_or_format(stage: Stage) -> None:
    assert SLY
    for number, text in enumerate(SLY):
        ref = await stage.adapter.send(stage.room, Content(text, text), thread=None, key=f"k{number}")
        shown = await seen(stage, "ann", ref.message)
        assert shown
        assert (shown.text, shown.quote, shown.formatted, shown.notified) == (text, text, False, False)
        live = await stage.adapter.fetch(ref)
        assert live
        assert live.content == Content(text, text)


@case
async def long_texts_are_whole_or_refused(stage: Stage) -> None:
    longest = stage.adapter.capabilities.longest_text
    ref = await stage.adapter.send(stage.room, Content("x" * longest), thread=None, key="k1")
    shown = await seen(stage, "ann", ref.message)
    assert shown
    assert len(shown.text) == longest
    await refuses(stage.adapter.send(stage.room, Content("x", "y" * longest), thread=None, key="k2"), "too_long")
    await refuses(stage.adapter.edit(ref, Content("x" * (longest + 1)), key="k3"), "too_long")
    assert len(await stage.hands.sees("ann", stage.room)) == 1


@case
async def a_whisper_is_seen_by_one(stage: Stage) -> None:
    ann = stage.hands.people["ann"]
    ref = await stage.adapter.whisper(stage.room, ann, Content("psst", "only you"), thread=None, key="k")
    assert (ref.place == stage.room) is stage.adapter.capabilities.private_answers_in_rooms
    shown = await seen(stage, "ann", ref.message, ref.place)
    assert shown
    assert (shown.text, shown.quote) == ("psst", "only you")
    for other in ("bob", "guest"):
        assert all("psst" not in one.text for one in await stage.hands.sees(other, stage.room))


@case
async def an_edit_is_shown(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.room, Content("one", "quote"), thread=None, key="k1")
    await stage.adapter.edit(ref, Content("two"), key="k2")
    shown = await seen(stage, "ann", ref.message)
    assert shown
    assert (shown.text, shown.quote) == ("two", None)
    theirs = await stage.hands.says("ann", stage.room, "mine")
    await refuses(stage.adapter.edit(_beside(ref, theirs), Content("yours"), key="k3"))


@case
async def deleted_is_gone(stage: Stage) -> None:
    ref = await stage.adapter.send(stage.room, Content("one"), thread=None, key="k1")
    await stage.adapter.delete(ref)
    await stage.adapter.delete(ref)
    assert await stage.adapter.fetch(ref) is None
    await refuses(stage.adapter.reactions(ref), "gone")
    assert await seen(stage, "ann", ref.message) is None
    if stage.adapter.capabilities.removes_others_messages:
        theirs = await stage.hands.says("ann", stage.room, "oh no, a number")
        await stage.adapter.delete(_beside(ref, theirs))
        assert await seen(stage, "ann", theirs) is None


@case
async def buttons_are_pressed(stage: Stage) -> None:
    if not _has_buttons(stage):
        return
    content = Content("take it?", buttons=(Button("take", "Take it", "12"), Button("leave", "Leave it", "13")))
    ref = await stage.adapter.whisper(stage.room, stage.hands.people["ann"], content, thread=None, key="k")
    shown = await seen(stage, "ann", ref.message)
    assert shown
    assert shown.buttons == ("Take it", "Leave it")
    await stage.hands.presses("ann", stage.room, ref.message, "Leave it")
    event = await stage.desk.hears(ButtonPressed)
    assert (event.action, event.value, event.sender) == ("leave", "13", stage.hands.people["ann"])
    assert event.ref.message == ref.message


# files


@case
async def files_are_shared_and_read(stage: Stage) -> None:
    await stage.hands.shares("ann", stage.room, "staff.csv", b"name;post\r\n", "", "")
    alone = await stage.desk.hears(FileShared)
    assert (alone.file.name, alone.file.size, alone.direct) == ("staff.csv", 11, False)
    assert await stage.adapter.download(alone.file, limit=11) == b"name;post\r\n"
    await refuses(stage.adapter.download(alone.file, limit=10), "too_large")
    await stage.hands.shares("ann", stage.room, "dot.png", PIXEL, f"{stage.hands.handle} announce: dot", "a dot")
    told = await stage.desk.hears(MessageReceived)
    assert (told.text, told.addressed) == ("announce: dot", True)
    assert [(file.name, file.media_type, file.alt) for file in told.files] == [("dot.png", "image/png", "a dot")]
    await refuses(stage.adapter.download(Attachment("no-such-file", "a", "text/plain", 1), limit=10))


@case
async def the_bot_shares_a_file(stage: Stage) -> None:
    ref = await stage.adapter.upload(stage.room, "refused.csv", b"line;why\r\n", thread=None, key="k")
    shown = await seen(stage, "bob", ref.message)
    assert shown
    assert shown.files == ("refused.csv",)


# who and where


@case
async def profiles_tell_who_may_count(stage: Stage) -> None:
    people = stage.hands.people
    for name in ("ann", "guest", "external", "inactive", "robot"):
        profile = await stage.adapter.profile(people[name])
        told = (profile.account, profile.guest, profile.external, profile.active, profile.bot)
        expected = (people[name], name == "guest", name == "external", name != "inactive", name == "robot")
        assert told == expected
        assert profile.name
    assert (await stage.adapter.profile(await stage.adapter.preflight())).bot
    await refuses(stage.adapter.profile(AccountRef(stage.adapter.platform, "nobody")), "unknown_account")
    await refuses(stage.adapter.direct(AccountRef(stage.adapter.platform, "nobody")), "unknown_account")


@case
async def rooms_tell_who_reads_them(stage: Stage) -> None:
    rooms = stage.hands.rooms
    kinds = {name: (await stage.adapter.room(ref)).kind for name, ref in rooms.items()}
    assert (kinds["open"], kinds["private"]) == (RoomKind.OPEN, RoomKind.PRIVATE)
    assert [(await stage.adapter.room(rooms[name])).shared for name in ("open", "shared")] == [False, True]
    nowhere = RoomRef(stage.adapter.platform, "nowhere")
    await refuses(stage.adapter.room(nowhere), "unknown_room")
    await refuses(stage.adapter.send(nowhere, Content("hello"), thread=None, key="k"), "unknown_room")


@case
async def a_form_is_shown_only_to_whoever_has_just_asked(stage: Stage) -> None:
    screens = stage.adapter.screens
    if screens is not None:
        form = Form("draft", "Draft", "Send", (Field("text", "Text"),))
        await refuses(screens.show(stage.hands.people["ann"], "trigger", form), "too_late")
        await refuses(screens.answer("trigger", {}), "too_late")


@case
async def the_connection_is_told(stage: Stage) -> None:
    await stage.restart()
    told = [event for event in stage.desk.events if isinstance(event, Connected)]
    assert len(told) == 2
    assert len({event.event_id for event in told}) == 2
    assert stage.adapter.health().state is HealthState.OK


@case
async def close_is_bounded_and_final(stage: Stage) -> None:
    adapter = stage.adapter
    await stage.stop()
    async with asyncio.timeout(SOON):
        await adapter.close()
        await adapter.close()
    assert adapter.health().state is HealthState.DOWN
    with pytest.raises(AdapterError):
        await adapter.send(stage.room, Content("after"), thread=None, key="k")
    await stage.restart()
    assert await stage.settled() == []


def _beside(ref: MessageRef, message: str) -> MessageRef:
    return MessageRef(ref.platform, ref.room, message)


def _has_buttons(stage: Stage) -> bool:
    return stage.adapter.capabilities.buttons
