"""A grave finding: information governance see it first, each approver says why, and nobody else learns what it is."""

import pytest

from bot.announcements.tables import VoteRow
from tests.chat import Seen
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

GRAVE = "Part no AB123456C is on order."
VALUE = "AB123456C"
ROOM = "governance"


async def drafted(talk: Talk, words: str = GRAVE) -> Seen:
    """Ama announces it; the preview that information governance see."""
    await talk.person("ama").says("direct-ama", f"announce {words}")
    await talk.settle()
    return await shown(talk, "dee", ROOM)


async def shown(talk: Talk, who: str, room: str) -> Seen:
    """The newest preview in a room."""
    found = await talk.person(who).finds(r"^#\d+ r\d+ from", room=room)
    assert found is not None
    return found


async def heard(talk: Talk, who: str) -> str:
    """All that somebody can read anywhere."""
    person = talk.person(who)
    return "\n".join([one.words for room in await person.rooms() for one in await person.reads(room)])


async def let_on(talk: Talk) -> Seen:
    """Information governance say why it may go out; the preview that communications see then."""
    await drafted(talk)
    await talk.says("dee", "acknowledge #1 a part number, nobody’s", "direct-dee")
    return await shown(talk, "jo", "comms")


async def test_communications_see_nothing_before_information_governance_let_it_on(talk: Talk) -> None:
    first = await drafted(talk)
    assert first.quote == GRAVE
    told = await talk.told("ama", "information governance look at it first", room="direct-ama")
    assert VALUE not in told.text
    assert VALUE not in first.text
    assert "Needs: 1 of information governance and 1 of communications or information governance" in first.text
    for who in ("jo", "sam", "gil"):
        assert "#1" in await heard(talk, who)
        assert VALUE not in await heard(talk, who)
        assert "National Insurance" not in await heard(talk, who)
    await talk.told("jo", "^#1 is with information governance; you will see it when they let it go on", room="comms")
    for words in ("why #1", "queue"):
        assert "National Insurance" not in (await talk.answer("jo", words)).text
    assert first.buttons[-1] == "🔓 Say why it may go out"
    second = await let_on_now(talk)
    assert (second.text, second.quote) == (first.text, first.quote), "the same preview to the letter"


async def let_on_now(talk: Talk) -> Seen:
    """As `let_on`, by reaction and then the reason."""
    await talk.reacts("dee", "🔓", await shown(talk, "dee", ROOM))
    await talk.told("dee", "Why may #1 go out with what the check found", private=True)
    assert await talk.person("jo").finds("^#1 r1 from", room="comms") is None, "a reaction alone is no reason"
    await talk.says("dee", "reason #1 a part number", "direct-dee")
    return await shown(talk, "jo", "comms")


async def test_each_approval_counts_only_with_a_reason(talk: Talk) -> None:
    second = await let_on(talk)
    await talk.told("dee", "To approve it as well, react ✅ or say: approve #1", room="direct-dee")
    await talk.reacts("dee", "✅", await shown(talk, "dee", ROOM))
    given = await talk.told("dee", "You approved #1", room="direct-dee")
    assert "also said why" not in given.text, "she has said why already"
    await talk.reacts("jo", "✅", second)
    assert await talk.state() == "in_review"
    await talk.told("jo", "Your approval counts once you have also said why", room="direct-jo")
    await talk.says("sam", "approve #1 it is known", "direct-sam")
    assert await talk.state() == "in_review", "an approval with words is still no acknowledgement"
    await talk.reacts("jo", "🔓", second)
    assert await talk.state() == "in_review", "nor is 🔓 without words"
    assert "must not be kept" in (await talk.answer("jo", f"acknowledge #1 National Insurance {VALUE}")).text
    await talk.says("jo", "acknowledge #1 it is a part number", "direct-jo")
    assert await talk.state() == "published"
    assert await talk.public() == [GRAVE]
    assert await talk.count(f"SELECT count(*) FROM audit_note WHERE text LIKE '%{VALUE}%'") == 0


async def test_two_of_communications_are_not_enough(talk: Talk) -> None:
    second = await let_on(talk)
    for who in ("jo", "sam"):
        await talk.says(who, "acknowledge #1 it is a part number", f"direct-{who}")
        await talk.reacts(who, "✅", second)
    assert await talk.state() == "in_review"
    await talk.says("dee", "approve #1", "direct-dee")
    assert await talk.state() == "published"


async def test_communications_cannot_let_it_on_themselves(talk: Talk) -> None:
    await drafted(talk)
    for who in ("jo", "sam"):
        await talk.says(who, "acknowledge #1 it is harmless", f"direct-{who}")
        await talk.says(who, "approve #1", f"direct-{who}")
    assert await talk.person("jo").finds("^#1 r1 from", room="comms") is None
    assert await talk.state() == "in_review"
    assert await talk.rows(VoteRow) == [], "nobody approves what they cannot have seen"


async def test_after_an_edit_it_is_let_on_anew(talk: Talk) -> None:
    second = await let_on(talk)
    first = await shown(talk, "dee", ROOM)
    await talk.says("ama", "edit #1 Part no AB123457C is on order.", "direct-ama")
    for who, old, room in (("dee", first, ROOM), ("jo", second, "comms")):
        stub = next(one for one in await talk.person(who).reads(room) if one.id == old.id)
        assert "was replaced by a newer revision" in stub.text
        assert stub.quote is None
    assert await talk.person("jo").finds("^#1 r2 from", room="comms") is None
    await talk.reacts("jo", "✅", second)
    assert await talk.state() == "in_review"
    assert VALUE not in await heard(talk, "jo")


async def test_an_edit_without_the_finding_goes_to_communications(talk: Talk) -> None:
    await drafted(talk)
    await talk.says("ama", "edit #1 A part is on order.", "direct-ama")
    await talk.reacts("jo", "✅", await shown(talk, "jo", "comms"))
    assert await talk.public() == ["A part is on order."]


async def test_what_information_governance_stop_stays_with_them(talk: Talk) -> None:
    first = await drafted(talk)
    await talk.reacts("dee", "❌", first)
    assert await talk.state() == "rejected"
    await talk.told("ama", "#1 was rejected by Dee Pritchard", room="direct-ama")
    assert "National Insurance" not in await heard(talk, "jo")


async def test_a_busy_approver_reads_the_preview_in_this_order(talk: Talk) -> None:
    preview = await drafted(talk, f"{GRAVE} See https://brynford.example/parts\npublish: Friday 9am")
    begins = [
        "#1 r1 from Ama Mensah.",
        "Goes out on Friday ",
        "Channels: feed (",
        "The check found:",
        "• National",
        "Needs: 1 of information governance",
        "Each approver must also say why",
        "",
        "React ✅ to approve",
    ]
    lines = preview.text.split("\n")
    assert [line[: len(begin)] for line, begin in zip(lines, begins, strict=True)] == begins


async def test_the_button_for_reasons_is_only_there_where_they_are_needed(talk: Talk) -> None:
    preview = await talk.draft("A part is on order.")
    assert "🔓" not in " ".join(preview.buttons)
    assert "The check found" not in preview.text
    grave = await let_on_button(talk)
    assert grave.quote == GRAVE


async def let_on_button(talk: Talk) -> Seen:
    """Information governance press the button, and then say why."""
    first = await drafted(talk)
    await talk.person("dee").presses(first.id, "🔓 Say why it may go out")
    await talk.settle()
    await talk.told("dee", "Why may #2 go out with what the check found", private=True)
    await talk.says("dee", "reason #2 a part number", "direct-dee")
    return await shown(talk, "jo", "comms")
