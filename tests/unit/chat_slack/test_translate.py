"""What Slack tells, as events of the product; what is no person's word, is another workspace's, or is malformed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.chat.slack.memory import Memory
from adapters.chat.slack.people import People
from adapters.chat.slack.posting import deletion
from adapters.chat.slack.translate import Translator
from adapters.events import (
    AccountRef,
    Attachment,
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    PageOpened,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
    RoomJoined,
    RoomRef,
)
from tests.unit.chat_slack.fake import ME, NAMES, NOW, Fake, Json, Kept, asking, people

ANN = AccountRef("slack", "U01ANN")
AT = datetime(2026, 11, 23, 10, 0, 1, tzinfo=UTC)
STAMP = "1795428001.000100"
MESSAGE: Json = {"type": "message", "channel": "C01", "user": "U01ANN", "text": "hello", "ts": STAMP}
FILE: Json = {"id": "F01", "name": "staff.csv", "mimetype": "text/csv", "size": 11}
MINE: Json = {"type": "message", "user": "U0BOT", "bot_id": "B0BOT", "app_id": "A01", "text": "preview", "ts": STAMP}


def body(event: Any, **more: Any) -> Json:
    told = {"type": "event_callback", "team_id": "T01TEST", "event_id": "Ev01", "event": event}
    return told | {"authorizations": [{"team_id": "T01TEST", "is_bot": True}]} | more


def translator(kept: Kept | None = None, knows: People | None = None) -> Translator:
    memory = Memory(kept or Kept())
    return Translator(ME, NAMES, knows or people(None), memory, lambda: NOW)  # type: ignore[arg-type]  # never asked


async def told(event: Any, **more: Any) -> list[RoomEvent]:
    return await translator().told(body(event, **more))


def changed(message: Json, before: Json | None = None, **more: Any) -> Json:
    found = {"type": "message", "subtype": "message_changed", "channel": "C01", "message": message, "ts": "9.9"}
    return found | ({"previous_message": before} if before is not None else {}) | more


@pytest.mark.asyncio
async def test_a_message() -> None:
    [event] = await told(MESSAGE)
    assert isinstance(event, MessageReceived)
    assert (event.sender, event.ref) == (ANN, MessageRef("slack", "C01", STAMP))
    assert (event.text, event.addressed, event.direct, event.proven) == ("hello", False, False, True)
    assert abs((event.at - AT).total_seconds()) < 1


@pytest.mark.asyncio
async def test_one_mention_told_twice_is_one_message() -> None:
    """A mention comes as `message` and as `app_mention`, each with an id of its own."""
    both = [MESSAGE | {"text": "<@U0BOT> help"}, MESSAGE | {"text": "<@U0BOT> help", "type": "app_mention"}]
    first, second = [
        event for n, one in enumerate(both) for event in await translator().told(body(one, event_id=f"Ev{n}"))
    ]
    assert first == second
    assert isinstance(first, MessageReceived)
    assert (first.addressed, first.text) == (True, "help")


@pytest.mark.asyncio
async def test_direct_messages_and_threads() -> None:
    [event] = await told(MESSAGE | {"channel": "D01", "channel_type": "im", "thread_ts": "1.1"})
    assert isinstance(event, MessageReceived)
    assert (event.addressed, event.direct, event.ref.thread) == (True, True, "1.1")
    [root] = await told(MESSAGE | {"thread_ts": STAMP})
    assert root.ref.thread is None


NOT_BY_PEOPLE: list[Json] = [
    {"bot_id": "B99"},
    {"subtype": "bot_message", "bot_id": "B99"},
    {"subtype": "channel_join"},
    {"subtype": "channel_topic"},
    {"subtype": "reminder_add"},
    {"subtype": "something_new"},
    {"user": "U0BOT"},
    {"user": None},
]


@pytest.mark.parametrize("more", NOT_BY_PEOPLE)
@pytest.mark.asyncio
async def test_what_is_no_persons_word_is_not_told(more: Json) -> None:
    assert await told(MESSAGE | more) == []


@pytest.mark.parametrize(
    ("more", "proven"),
    [
        ({}, True),
        ({"app_id": "A99"}, False),
        ({"subtype": "me_message"}, False),
        ({"subtype": "thread_broadcast"}, True),
    ],
)
@pytest.mark.asyncio
async def test_what_an_app_wrote_in_somebodys_name_proves_nothing(more: Json, proven: bool) -> None:
    [event] = await told(MESSAGE | more)
    assert isinstance(event, MessageReceived)
    assert event.proven is proven


@pytest.mark.asyncio
async def test_files_with_and_without_words() -> None:
    shared = MESSAGE | {"subtype": "file_share", "files": [FILE, FILE | {"id": "F02", "alt_txt": "a dot"}], "text": ""}
    alone = await told(shared)
    assert [type(event) for event in alone] == [FileShared, FileShared]
    assert len({event.event_id for event in alone}) == 2
    assert isinstance(alone[0], FileShared)
    assert alone[0].file == Attachment("F01", "staff.csv", "text/csv", 11)
    [event] = await told(shared | {"text": "<@U0BOT> announce: dot"})
    assert isinstance(event, MessageReceived)
    assert (event.text, [file.alt for file in event.files]) == ("announce: dot", [None, "a dot"])


@pytest.mark.asyncio
async def test_an_edit_is_told_once_and_only_when_words_change() -> None:
    edited = MESSAGE | {"text": "<@U0BOT> new", "edited": {"user": "U01ANN", "ts": "1795428100.0"}}
    [event] = await told(changed(edited, MESSAGE))
    assert isinstance(event, MessageEdited)
    assert (event.text, event.addressed, event.ref.message) == ("new", True, STAMP)
    again = await translator().told(body(changed(edited, MESSAGE), event_id="Ev02"))
    assert [one.event_id for one in again] == [event.event_id]
    for same in (MESSAGE | {"reply_count": 1}, MESSAGE | {"attachments": [{"title": "a preview of a link"}]}):
        assert await told(changed(same, MESSAGE)) == []
    assert [type(one) for one in await told(changed(MESSAGE | {"text": "new"}))] == [MessageEdited]
    assert await told(changed(MINE | {"text": "new"}, MINE)) == []


@pytest.mark.asyncio
async def test_deletions_by_people_also_of_our_own_preview() -> None:
    """R14: Bolt's filter of the app's own events would hide it."""
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C01", "deleted_ts": STAMP, "ts": "9.9"}
    [event] = await told(gone | {"previous_message": MESSAGE})
    assert isinstance(event, MessageDeleted)
    assert (event.sender, event.ref.message) == (ANN, STAMP)
    [ours] = await told(gone | {"previous_message": MINE})
    assert isinstance(ours, MessageDeleted)
    [tombstone] = await told(changed({"subtype": "tombstone", "ts": STAMP, "user": "USLACKBOT"}, MINE))
    assert (type(tombstone), tombstone.event_id) == (MessageDeleted, ours.event_id)


@pytest.mark.asyncio
async def test_what_the_bot_deleted_itself_is_no_news() -> None:
    kept = Kept()
    await Memory(kept).keep(deletion("C01", STAMP), ["ours"])
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C01", "deleted_ts": STAMP}
    assert await translator(kept).told(body(gone | {"previous_message": MINE})) == []


@pytest.mark.asyncio
async def test_reactions() -> None:
    item = {"type": "message", "channel": "C01", "ts": STAMP}
    reaction = {"type": "reaction_added", "user": "U01ANN", "reaction": "thumbsup::skin-tone-3", "item": item}
    reaction |= {"event_ts": "1795428002.0", "item_user": "U0BOT"}
    [added] = await told(reaction)
    assert isinstance(added, ReactionAdded)
    assert (added.event_id, added.sender, added.ref, added.emoji) == (
        "Ev01",
        ANN,
        MessageRef("slack", "C01", STAMP),
        "👍🏼",
    )
    [removed] = await told(reaction | {"type": "reaction_removed"})
    assert isinstance(removed, ReactionRemoved)
    assert removed.emoji == added.emoji
    assert await told(reaction | {"user": "U0BOT"}) == []
    assert await told(reaction | {"item": {"type": "file", "file": "F01"}}) == []


@pytest.mark.parametrize(
    ("more", "ours"),
    [
        ({}, True),
        ({"team_id": "T09ELSEWHERE"}, True),  # of whoever shares a channel with us
        ({"authorizations": [{"team_id": "T09ELSEWHERE"}]}, False),
        ({"authorizations": [], "team_id": "T09ELSEWHERE"}, False),
        ({"authorizations": None}, True),
    ],
)
@pytest.mark.asyncio
async def test_only_our_workspace_is_heard(more: Json, ours: bool) -> None:
    assert bool(await told(MESSAGE, **more)) is ours


MALFORMED: list[Any] = [
    None,
    "x",
    {},
    {"type": "message"},
    {"type": "message", "user": 1, "channel": "C01", "ts": STAMP},
    {"type": "message", "user": "U01ANN", "channel": None, "ts": STAMP},
    {"type": "message", "subtype": "message_changed", "channel": "C01"},
    {"type": "message", "subtype": "message_changed", "channel": "C01", "message": "x"},
    {"type": "message", "subtype": "message_deleted"},
    *[MESSAGE | {"ts": stamp} for stamp in ("x", "nan", "1", "1.2.3", "٣.٣", "-1.0", "")],
    {"type": "reaction_added"},
    {"type": "reaction_added", "user": "U01ANN", "item": 5},
    {"type": "reaction_added", "user": "U01ANN", "item": {"type": "message"}},
    {"type": "user_change"},
    {"type": "member_joined_channel", "user": "U01ANN"},
    {"type": "a_new_kind"},
]


@pytest.mark.parametrize("event", MALFORMED)
@pytest.mark.asyncio
async def test_what_is_malformed_or_unknown_is_skipped(event: Any) -> None:
    assert await told(event) == []


@pytest.mark.asyncio
async def test_files_that_are_malformed_are_left_out() -> None:
    [event] = await told(MESSAGE | {"files": [None, {}, {"id": 5}, {"id": "F1", "mode": "tombstone"}, {"id": "F2"}]})
    assert isinstance(event, MessageReceived)
    assert event.files == (Attachment("F2", "file", "application/octet-stream", 0),)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("user U01ANN", {"type": "user_change", "user": {"id": "U01ANN"}}),
        ("room C01", {"type": "channel_shared", "channel": "C01"}),
        ("room C01", {"type": "channel_rename", "channel": {"id": "C01", "name": "other"}}),
    ],
)
@pytest.mark.asyncio
async def test_who_has_changed_is_asked_for_again(name: str, event: Json) -> None:
    async with asking(Fake()) as api:
        knows = people(api)
        knows._kept[name] = (1e9, {})
        assert await translator(knows=knows).told(body(event)) == []
        assert name not in knows._kept


@pytest.mark.asyncio
async def test_a_home_tab_is_opened_and_direct_messages_are_not_it() -> None:
    opened = {"type": "app_home_opened", "user": "U01ANN", "channel": "D01", "tab": "home", "event_ts": STAMP}
    [event] = await told(opened)
    assert isinstance(event, PageOpened)
    assert (event.sender, event.ref.place) == (ANN, RoomRef("slack", "U01ANN"))
    assert await told(opened | {"tab": "messages"}) == []


@pytest.mark.asyncio
async def test_the_bot_is_added_to_a_room_and_others_are_not_its_concern() -> None:
    added = {"type": "member_joined_channel", "user": ME.user, "channel": "C01", "inviter": "U01ANN", "event_ts": STAMP}
    [event] = await told(added)
    assert isinstance(event, RoomJoined)
    assert (event.sender, event.ref.place) == (ANN, RoomRef("slack", "C01"))
    [made] = await told({key: value for key, value in added.items() if key != "inviter"})
    assert made.sender == AccountRef("slack", ME.user)
    assert await told(added | {"user": "U02BOB"}) == []
