"""The whole tour over Matrix, in encrypted rooms: what people do with real clients, and what each of them sees.

Ama and Jo use matrix-nio, Sam the crypto of Element, strict about devices. There are no buttons on Matrix: everything
is done by reactions and words. The bot is `switchboard run`, a process of its own.
"""

import io
from typing import Any

import pytest
from PIL import Image

from tests.dialogues.test_pictures import SECRET, photograph
from tests.real.matrix_town import Town, a_council

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(300)]

FLOODED = "Mill Lane is flooded."
STOPPED = "The health van is at the library on Friday. Ask for Mr Lowe, NHS number 999 001 2342."


async def test_the_whole_tour(town: Town) -> None:
    for name in ("ama", "jo", "pat", "nia"):
        await town.matrix.nio(name, signed=True)
    await town.matrix.element("sam")
    await a_council(town, approvals=2, rooms={"comms": ["jo", "sam"], "general": ["ama", "jo", "sam", "pat"]})
    await a_staff_file_is_dropped(town)
    await colleagues_ask(town)
    await a_photo_is_announced(town)
    await both_approve(town)
    await an_approval_goes_while_the_bot_is_down(town)
    await it_is_approved_again_and_goes_out_once(town)
    await what_must_not_go_out_is_stopped(town)
    await an_edit_voids_what_was_approved(town)
    await it_is_explained_and_recalled(town)
    for name in town.matrix.people:
        seen = await town.everything(name)
        assert [one for one in seen if one.unreadable or one.shield or not one.encrypted] == []


async def a_staff_file_is_dropped(town: Town) -> None:
    """Pat, an admin, drops a CSV in an encrypted direct message, sees what it would change, and confirms."""
    pat = town.person("pat")
    new = "000100,Rhys Vaughan,rhys@brynford.example,GIS Analyst,Mapping,,Flood mapping (4)"
    wrong = "000101,Sian Gwynne,sian gwynne@brynford.example,Translator,Welsh,,Welsh (4)"
    await pat.drops(pat.direct, "staff.csv", town.staff_file(new, wrong).encode())
    asked = await town.told("pat", "Nothing has changed yet")
    assert "“staff.csv” lists 6 people: 1 new, 0 changed, 0 leaving, 5 unchanged.\n• new: Rhys Vaughan" in asked.text
    assert "• line 8, email: The e-mail address “sian gwynne@brynford.example” holds a space." in asked.text
    await town.says("ama", "who is Rhys Vaughan")
    await town.told("ama", "Nobody called “Rhys Vaughan” is listed")
    await pat.reacts(asked.id, "✅")
    loaded = await town.told("pat", "“staff.csv” is loaded: 1 new")
    assert loaded.thread is None


async def colleagues_ask(town: Town) -> None:
    """Ama asks in a room and in a direct message: who knows, and why; and nobody, said as it is."""
    ama = town.person("ama")
    for room in ("general", ""):
        asked = await town.says("ama", "who knows about flood mapping?", room)
        answer = await ama.sees("Rhys Vaughan", room=room or ama.direct, after=asked)
        assert answer.text.startswith(
            "1 colleague can help with flood mapping:\n• Rhys Vaughan (GIS Analyst, Mapping):"
        )
        assert "Flood mapping, expert, not reviewed yet. rhys@brynford.example" in answer.text
        assert answer.thread == (asked if room else None)
        asked = await town.says("ama", "who knows about glassblowing?", room)
        await ama.sees("Nobody is listed for “glassblowing”", room=room or ama.direct, after=asked)


async def a_photo_is_announced(town: Town) -> None:
    """A photograph that says where it was taken: without a description it is sent back, with one it is previewed.

    Element on a desktop sends no words with a picture, so Ama replies to her own, as its users do.
    """
    ama, words = town.person("ama"), f"{town.bot.id} announce {FLOODED}"
    dropped = await ama.drops("general", "street.jpg", photograph(), text=words)
    await town.told("ama", "“street.jpg” has no description.*Add a line “alt: what the picture shows”")
    reply: dict[str, Any] = {"m.relates_to": {"m.in_reply_to": {"event_id": dropped}}}
    await ama.says("general", f"{words}\nalt: A flooded street", **reply)
    await town.told("ama", "#1 is with communications")
    for who in ("jo", "sam"):
        preview = await town.preview(who, 1, 1)
        assert "With 1 picture; from the files I removed: " in preview.text
        assert "the position where it was taken" in preview.text
        assert "Needs: 2 of communications or information governance." in preview.text
        assert preview.text.endswith(f"Exactly this will be published:\n\n{FLOODED}")
        picture = await town.person(who).sees("^A flooded street", room="comms")
        is_clean(await town.person(who).opens(picture.id))


def is_clean(data: bytes) -> None:
    """The same picture, and nothing that rode along."""
    shown = Image.open(io.BytesIO(data))
    assert (shown.format, shown.size, dict(shown.getexif()), b"Exif" in data) == ("JPEG", (40, 30), {}, False)
    assert SECRET.encode() not in data


async def both_approve(town: Town) -> None:
    """Whoever wrote it may not; 👍 is none; the two of communications may."""
    jo, sam, preview = town.person("jo"), town.person("sam"), await town.preview("jo", 1, 1)
    await town.says("ama", "approve #1")
    await town.told("ama", "Only communications and information governance can do that")
    await jo.reacts(preview.id, "👍")
    await town.told("jo", "👍 does not approve anything")
    await jo.reacts(preview.id, "✅")
    await town.told("jo", "You approved #1 r1. If that was not you, say: not me")
    await jo.sees("Jo Whitfield approved #1. Needs: 1 of", thread=preview.id)
    await sam.reacts((await town.preview("sam", 1, 1)).id, "✅")
    await jo.sees("#1 is approved by Sam Okafor and goes out in 60 minutes", thread=preview.id)


async def an_approval_goes_while_the_bot_is_down(town: Town) -> None:
    """Jo takes the reaction away, and nobody listens; afterwards it waits again and is not published."""
    jo, preview = town.person("jo"), await town.preview("jo", 1, 1)
    await town.stops()
    await jo.unreacts(preview.id, "✅")
    await town.serves()
    await jo.sees("has taken an approval of #1 away, so it waits for approval again", thread=preview.id)
    await town.says("sam", "now #1")
    await town.told("sam", "#1 is waiting for approval. Only the wait after the last approval can be ended early")
    assert await town.feed() == []
    assert town.deliveries() == 0


async def it_is_approved_again_and_goes_out_once(town: Town) -> None:
    """Jo approves again and Sam ends the wait: one entry in the feed, told to all, and its picture holds no secret."""
    jo, preview = town.person("jo"), await town.preview("jo", 1, 1)
    await jo.reacts(preview.id, "✅")
    await jo.sees("#1 is approved by Jo Whitfield", thread=preview.id)
    await town.says("sam", "now #1")
    await jo.sees("Sam Okafor has ended the wait. #1 goes out now", thread=preview.id)
    await town.told("sam", "Sam Okafor has ended the wait. #1 goes out now")
    for who, room in (("jo", "comms"), ("sam", "comms"), ("ama", town.person("ama").direct)):
        outcome = await town.person(who).sees("#1 is published:\n• feed: http", room=room)
        assert outcome.thread is None
    (item,) = await town.feed()
    assert item["content_text"] == FLOODED
    assert 'alt="A flooded street"' in item["content_html"]
    is_clean(await town.page(item["image"]))
    assert FLOODED.encode() in await town.page(item["url"])
    assert town.deliveries() == 1


async def what_must_not_go_out_is_stopped(town: Town) -> None:
    """A patient's number: told to Ama alone, with what to do; communications see neither it nor the words."""
    said = await town.says("ama", f"announce {STOPPED}", "general")
    stopped = await town.told("ama", "I have stopped #2")
    assert "An NHS number identifies a patient" in stopped.text
    assert "Please delete your message now" in stopped.text
    assert "say: redact #2" in stopped.text
    assert "999 001 2342" not in stopped.text
    await town.person("jo").sees("^#2 is back with its author.$", room="comms")
    await town.person("ama").deletes(said)
    await town.says("ama", "redact #2")
    await town.told("ama", "#2 is now r2 and with communications again")
    assert "Ask for [name removed], NHS number [NHS number removed]." in (await town.preview("jo", 2, 2)).text
    assert [one for one in await town.everything("jo") if "2342" in one.words] == []


async def an_edit_voids_what_was_approved(town: Town) -> None:
    """Jo approves #2, Ama changes it: the old preview is a stub, and Jo is told what changed and to look again.

    Sam approves what is new in words, as a reply to the preview.
    """
    jo, before = town.person("jo"), await town.preview("jo", 2, 2)
    await jo.reacts(before.id, "✅")
    await jo.sees("Jo Whitfield approved #2", thread=before.id)
    await town.says("ama", "edit #2 The health van is at the library on Saturday.")
    after = await town.preview("jo", 2, 3)
    told = await town.told("jo", "#2 r2, which you had approved, is replaced")
    assert "• “Friday" in told.text
    stub = await jo.looks(before.id, "comms")
    assert stub
    assert stub.text == "#2 r2 was replaced by a newer revision. Reactions here no longer count."
    shown = await town.preview("sam", 2, 3)
    reply: dict[str, Any] = {"m.relates_to": {"m.in_reply_to": {"event_id": shown.id}}}
    mention = {"user_ids": [town.bot.id]}  # a client mentions whomever one replies to
    await town.person("sam").says("comms", "approve #2", **reply | {"m.mentions": mention})
    await jo.sees("Sam Okafor approved #2. Needs: 1 of", thread=after.id)
    assert len(await town.feed()) == 1


async def it_is_explained_and_recalled(town: Town) -> None:
    """`why #1` tells it all; Sam recalls it in words and says why; the feed is empty and everybody knows."""
    jo = town.person("jo")
    asked = await town.says("jo", "why #1", "comms")
    why = await jo.sees("#1 was drafted by Ama Mensah", thread=asked)
    assert "Approved by Sam Okafor on " in why.text
    assert "and Jo Whitfield on " in why.text
    assert "Taken back before: what Jo Whitfield approved" in why.text
    await town.says("sam", "recall #1", "comms")
    await jo.sees("#1 is recalled: it is gone from every channel", room="comms")
    await town.told("ama", "#1 is recalled")
    question = await town.told("sam", "Why did you recall #1")
    assert "reason #1 wrong" in question.text
    await town.says("sam", "reason #1 wrong")
    await town.told("sam", "that is kept with the evidence")
    assert await town.feed() == []
