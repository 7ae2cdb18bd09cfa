"""What happens in Matrix rooms, as the product is told of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.errors import Refused, Unavailable
from adapters.events import (
    Attachment,
    FileShared,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    MessageUnreadable,
    ReactionAdded,
    ReactionRemoved,
    RoomJoined,
    RoomReplaced,
)
from tests.unit.chat_matrix.world import AMA, JO, ME, NOW, ROOM, World, a_world, event, relates, room_state, text

pytestmark = pytest.mark.asyncio


async def heard(world: World, raw: Any) -> Any:
    return await world.translator.told(ROOM, raw)


async def test_a_message() -> None:
    found = await heard(a_world(), event(text("who knows\nabout  floods?")))
    assert isinstance(found, MessageReceived)
    assert (found.text, found.addressed, found.direct, found.proven) == (
        "who knows\nabout  floods?",
        False,
        False,
        False,
    )
    assert (found.event_id, found.sender.id) == ("$event1", AMA)
    assert found.ref == MessageRef("matrix", ROOM, "$event1", None)
    assert found.at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


async def test_a_thread_and_a_reply() -> None:
    thread = relates("m.thread", "$root", is_falling_back=True)
    assert (await heard(a_world(), event(text("x") | thread))).ref.thread == "$root"
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$before"}}}
    found = await heard(a_world(), event(text("> <@jo:council.example> first\n> second\n\nmine\n> quoted") | reply))
    assert (found.text, found.ref.thread) == ("mine\n> quoted", None)


def _picture(sender: str = AMA, **more: Any) -> Any:
    content = {"msgtype": "m.image", "body": "street.jpg", "url": "mxc://x/y", "info": {"mimetype": "image/jpeg"}}
    return event(content | more, sender=sender)


@pytest.mark.parametrize(
    ("answered", "relation", "files"),
    [
        (_picture(), {}, (Attachment("mxc://x/y", "street.jpg", "image/jpeg", 0),)),
        (_picture(JO), {}, ()),
        (_picture(msgtype="m.file"), {}, ()),
        (_picture(), {"is_falling_back": True, "rel_type": "m.thread", "event_id": "$root"}, ()),
        (Refused("not_found"), {}, ()),
    ],
)
async def test_a_picture_of_ones_own_belongs_to_the_words_that_answer_it(
    answered: Any, relation: Any, files: tuple[Attachment, ...]
) -> None:
    world = a_world()
    world.server.answers = {"/event/%24before": answered}
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$before"}} | relation}
    found = await heard(world, event(text(f"{ME} announce Closed.") | reply))
    assert (found.text, found.files) == ("announce Closed.", files)
    assert (await heard(world, event(text("Look at that") | reply))).files == ()


@pytest.mark.parametrize(
    "raw",
    [
        event(text("x"), sender=ME),
        event({"msgtype": "m.notice", "body": "from a program"}),
        event({"msgtype": "m.key.verification.request", "body": "verify me"}),
        event({"membership": "join"}, kind="m.room.member", state_key=AMA),
        event(text("x"), state_key=""),
        event({}, unsigned={"redacted_because": {"type": "m.room.redaction"}}),
        event({"name": "x"}, kind="org.example.custom"),
    ],
)
async def test_what_is_not_for_us(raw: Any) -> None:
    assert await heard(a_world(), raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        event(text("x"), sender=None),
        event(text("x"), sender="ama"),
        event(text("x"), event_id=7),
        event({"msgtype": "m.text"}),
        event({"msgtype": "m.text", "body": ["x"]}),
        event({"msgtype": ["m.text"], "body": "x"}),
        event("no content"),
        event({"msgtype": "m.image", "body": "x", "url": "http://elsewhere.example/x.png"}),
        event({"msgtype": "m.file", "body": "x", "file": {"url": "mxc://a/b", "key": "?", "iv": "", "hashes": []}}),
        event(text("x") | {"m.relates_to": {"rel_type": "m.replace", "event_id": 7}, "m.new_content": text("y")}),
        event(text("x") | relates("m.replace", "$old") | {"m.new_content": "y"}),
        event(relates("m.annotation", "$old", key=7), kind="m.reaction"),
        event({"m.relates_to": "$old"}, kind="m.reaction"),
        event({}, kind="m.room.redaction"),
        event({"redacts": {"$old": 1}}, kind="m.room.redaction"),
    ],
)
async def test_malformed_is_skipped(raw: Any) -> None:
    assert await heard(a_world(), raw) is None


async def test_odd_parts_that_do_not_matter_are_passed_over() -> None:
    content = text("hello", formatted_body=7, **{"m.mentions": "all", "m.relates_to": ["m.thread"]})
    found = await heard(a_world(), event(content, origin_server_ts="yesterday"))
    assert (found.text, found.at) == ("hello", NOW)
    assert (await heard(a_world(), event(content, origin_server_ts=10**30))).at == NOW


async def test_an_edit_tells_the_new_words() -> None:
    world = a_world()
    first = event(text("frist") | relates("m.thread", "$root"), number=1)
    world.server.answers = {"/event/%24event1": first}
    edit = text("* first") | relates("m.replace", "$event1") | {"m.new_content": text("@switchboard first")}
    found = await heard(world, event(edit, number=2))
    assert found == MessageEdited(
        "$event2", found.at, found.sender, MessageRef("matrix", ROOM, "$event1", "$root"), "first", True, False
    )


@pytest.mark.parametrize(
    "original",
    [
        event(text("mine"), sender=JO),
        event({}, unsigned={"redacted_because": {"type": "m.room.redaction"}}),
        Refused("not_found"),
    ],
    ids=["of somebody else", "gone", "never was"],
)
async def test_an_edit_that_changes_nothing(original: Any) -> None:
    world = a_world()
    world.server.answers = {"/event/%24event1": original}
    edit = text("* x") | relates("m.replace", "$event1") | {"m.new_content": text("x")}
    assert await heard(world, event(edit, number=2)) is None


async def test_an_edit_waits_for_the_server() -> None:
    world = a_world()
    world.server.answers = {"/event/%24event1": Unavailable("http_502")}
    edit = text("* x") | relates("m.replace", "$event1") | {"m.new_content": text("x")}
    with pytest.raises(Unavailable):
        await heard(world, event(edit, number=2))


async def test_reactions_come_and_go() -> None:
    world = a_world()
    added = await heard(world, event(relates("m.annotation", "$vote", key="✅️"), kind="m.reaction"))
    assert isinstance(added, ReactionAdded)
    assert (added.ref.message, added.emoji) == ("$vote", "✅️")
    for redaction in (
        event({}, kind="m.room.redaction", redacts="$event1", number=2),
        event({"redacts": "$event1"}, kind="m.room.redaction", number=2, sender=JO),
    ):
        removed = await heard(world, redaction)
        assert isinstance(removed, ReactionRemoved)
        assert (removed.ref, removed.emoji) == (added.ref, added.emoji)
        assert removed.sender.id == redaction["sender"]


async def test_a_redaction_of_anything_else_is_a_deletion() -> None:
    found = await heard(a_world(), event({"redacts": "$message"}, kind="m.room.redaction"))
    assert isinstance(found, MessageDeleted)
    assert found.ref == MessageRef("matrix", ROOM, "$message", None)


async def test_a_reaction_that_came_and_went_meanwhile_is_no_deleted_message() -> None:
    world = a_world()
    gone = event({}, kind="m.reaction", unsigned={"redacted_because": {"type": "m.room.redaction"}})
    assert await heard(world, gone) is None
    assert await heard(world, event({"redacts": "$event1"}, kind="m.room.redaction", number=2)) is None


async def test_our_own_reaction_taken_away_is_not_told() -> None:
    world = a_world()
    mine = event(relates("m.annotation", "$vote", key="👀"), kind="m.reaction", sender=ME)
    assert await heard(world, mine) is None
    assert await heard(world, event({"redacts": "$event1"}, kind="m.room.redaction", number=2)) is None


PLAIN: dict[str, Any] = {
    "msgtype": "m.image",
    "body": "dot.png",
    "url": "mxc://council.example/abc",
    "info": {"mimetype": "image/png", "size": 68},
}


async def test_files() -> None:
    found = await heard(a_world(), event(PLAIN))
    assert isinstance(found, FileShared)
    assert found.file == Attachment("mxc://council.example/abc", "dot.png", "image/png", 68, None)
    caption = PLAIN | {"filename": "../dot.png", "body": "@switchboard announce: dot", "m.alt_text": "a dot"}
    told = await heard(a_world(), event(caption))
    assert isinstance(told, MessageReceived)
    assert (told.text, told.addressed) == ("announce: dot", True)
    assert told.files == (Attachment("mxc://council.example/abc", "dot.png", "image/png", 68, "a dot"),)
    bare = {"msgtype": "m.file", "body": "staff.csv", "url": "mxc://council.example/abc", "info": {"size": -1}}
    assert (await heard(a_world(), event(bare))).file == Attachment(
        "mxc://council.example/abc", "staff.csv", "text/csv", 0, None
    )


async def test_an_answer_to_what_the_server_will_not_show_counts_by_its_words() -> None:
    world = a_world()
    world.server.answers = {"/event/%24odd": Refused("invalid_param")}
    answer = text("@switchboard what is that?") | {"m.relates_to": {"m.in_reply_to": {"event_id": "$odd"}}}
    found = await heard(world, event(answer))
    assert (found.text, found.files) == ("what is that?", ())
    assert [where for _, where, _ in world.server.asked] == ["/rooms/%21desk%3Acouncil.example/event/%24odd"]


async def test_direct_messages() -> None:
    world = a_world()
    world.client.learn("!two:council.example", room_state([ME, AMA], name=None))
    found = await world.translator.told("!two:council.example", event(text("hello")))
    assert isinstance(found, MessageReceived)
    assert (found.direct, found.addressed) == (True, True)
    for state in (
        room_state([ME, AMA], name="a room with a name"),
        room_state([ME, AMA], name=None, join_rule="public"),
        room_state([ME, AMA, JO], name=None),
    ):
        world = a_world()
        world.client.learn("!other:council.example", state)
        found = await world.translator.told("!other:council.example", event(text("hello")))
        assert isinstance(found, MessageReceived)
        assert (found.direct, found.addressed) == (False, False)


async def test_unreadable() -> None:
    world = a_world()
    sealed = event({"algorithm": "m.megolm.v1.aes-sha2"}, kind="m.room.encrypted")
    found = world.translator.unreadable(ROOM, sealed, "no_key")
    assert isinstance(found, MessageUnreadable)
    assert (found.reason, found.event_id) == ("no_key", "$event1")
    assert world.translator.unreadable(ROOM, sealed | {"sender": ME}, "no_key") is None
    assert world.translator.unreadable(ROOM, sealed | {"sender": 7}, "no_key") is None


def coming_in(was: Any, now: str = "join", person: str = ME, **unsigned: Any) -> Any:
    content, before = {"membership": now}, {"prev_content": was if was is None else {"membership": was}}
    return event(content, kind="m.room.member", sender=ME, state_key=person, unsigned=before | unsigned)


async def test_whose_invitation_the_bot_has_followed() -> None:
    found = await heard(a_world(), coming_in("invite", prev_sender=JO))
    assert isinstance(found, RoomJoined)
    assert (found.sender.id, found.ref) == (JO, MessageRef("matrix", ROOM, "$event1", None))
    assert (await heard(a_world(), coming_in("invite", prev_sender=["?"]))).sender.id == ME


@pytest.mark.parametrize(
    "raw",
    [
        coming_in("join"),  # another name
        coming_in("leave"),  # it went in by itself
        coming_in(None),
        coming_in(["invite"]),
        coming_in("invite", now="leave"),
        coming_in("invite", person=JO),
        event(["?"], kind="m.room.member", state_key=ME, unsigned={"prev_content": {"membership": "invite"}}),
        event({"membership": "join"}, kind="m.room.member", state_key=ME, unsigned=7),
    ],
)
async def test_what_else_changes_about_being_there_is_not_told(raw: Any) -> None:
    assert await heard(a_world(), raw) is None


def tombstone(replacement: Any, sender: str = AMA, key: str = "") -> Any:
    content = {"body": "This room was upgraded.", "replacement_room": replacement}
    return event(content, kind="m.room.tombstone", sender=sender, state_key=key)


async def test_the_room_in_the_place_of_another_is_entered() -> None:
    world = a_world()
    world.server.answers = {"/join/%21new": {"room_id": "!new"}}
    found = await heard(world, tombstone("!new"))
    assert isinstance(found, RoomReplaced)
    assert (found.ref.room, found.replacement, found.joined, found.sender.id) == (ROOM, "!new", True, AMA)


async def test_who_is_closed_out_or_called_by_an_outsider_stays_where_it_is() -> None:
    world = a_world()
    world.server.answers = {"/join/%21new": Refused("forbidden")}
    found = await heard(world, tombstone("!new"))
    assert (found.replacement, found.joined) == ("!new", False)
    world = a_world()
    found = await heard(world, tombstone("!new", sender="@eve:elsewhere.example"))
    assert (found.joined, world.server.asked) == (False, [])


async def test_a_server_that_does_not_answer_is_asked_again() -> None:
    world = a_world()
    world.server.answers = {"/join/%21new": Unavailable("timeout")}
    with pytest.raises(Unavailable):
        await heard(world, tombstone("!new"))


@pytest.mark.parametrize("raw", [tombstone(None), tombstone("#new:x"), tombstone(["!new"]), tombstone("!new", key="x")])
async def test_tombstones_that_name_no_room_mean_nothing(raw: Any) -> None:
    world = a_world()
    assert await heard(world, raw) is None
    assert world.server.asked == []


LONG = "$" + "y" * 30_000


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (relates("m.annotation", LONG, key="✅"), "m.reaction"),
        (text("* new") | relates("m.replace", LONG) | {"m.new_content": text("new")}, "m.room.message"),
        ({"redacts": LONG}, "m.room.redaction"),
        (relates("m.annotation", "no id", key="✅"), "m.reaction"),
        (relates("m.annotation", "$with\nlines", key="✅"), "m.reaction"),
    ],
)
async def test_what_cannot_be_an_id_is_kept_nowhere(content: Any, kind: str) -> None:
    world = a_world()
    assert await heard(world, event(content, kind=kind)) is None
    assert world.desk.kept == {}
    assert world.server.asked == []


async def test_a_thread_and_a_file_that_cannot_be() -> None:
    world = a_world()
    assert (await heard(world, event(text("x") | relates("m.thread", LONG)))).ref.thread is None
    shared = {"msgtype": "m.file", "body": "a.csv", "url": "mxc://x/y", "info": {"size": 10**300}}
    assert (await heard(world, event(shared))).file.size == 0
