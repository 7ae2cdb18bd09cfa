"""Words of their own for single channels: one preview, one scan, one approval, and to each channel its words."""

import pytest

from bot.announcements.tables import DeliveryRow, RevisionRow
from tests.dialogues.stage import Talk
from tests.dialogues.test_failures import on_the_timeline

pytestmark = pytest.mark.asyncio

LONG = "The library in Mill Lane is closed on Monday, as its roof is repaired."
SHORT = "Library closed on Monday."
BOTH = f"{LONG}\nfor timeline: {SHORT}"


async def test_each_channel_gets_its_words_after_one_approval(talk: Talk) -> None:
    preview = await talk.draft(BOTH)
    assert preview.quote == BOTH
    assert f"Channels: feed ({len(LONG)} characters) and timeline ({len(SHORT)} characters)." in preview.text
    assert "Words of their own: timeline." in preview.text
    await talk.reacts("jo", "✅", preview)
    assert (await talk.state(), await talk.public(), on_the_timeline(talk)) == ("published", [LONG], [SHORT])
    assert len(await talk.rows(RevisionRow)) == 1


async def test_other_words_for_one_channel_are_another_revision(slow: Talk) -> None:
    first = await slow.draft(BOTH)
    await slow.reacts("jo", "✅", first)
    await slow.says("ama", f"edit #1 {BOTH.replace(SHORT, 'Closed!')}")
    one, other = await slow.rows(RevisionRow)
    assert one.digest != other.digest
    assert await slow.state() == "in_review"
    await slow.told("jo", "Closed!", room="direct-jo")


async def test_what_must_not_be_published_stops_it_in_the_words_of_one_channel_too(talk: Talk) -> None:
    await talk.person("ama").says(
        "general", f"@switchboard announce {LONG}\nfor timeline: Her NHS number is 999 000 0018."
    )
    await talk.settle()
    assert await talk.state() == "changes_requested"
    assert await talk.rows(DeliveryRow) == []
    (row,) = await talk.rows(RevisionRow)
    assert "999 000 0018" not in row.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"for timeline: {SHORT}", "There would be no words for feed."),
        (f"{LONG}\nfor timeline: {SHORT}\nfor timeline: {SHORT}", "There are two texts for timeline"),
    ],
)
async def test_what_cannot_be_is_refused(talk: Talk, words: str, told: str) -> None:
    await talk.says("ama", f"announce {words}", room="direct-ama")
    await talk.told("ama", told)
    assert await talk.rows(RevisionRow) == []


async def test_what_only_looks_so_stays_a_part_of_the_words(talk: Talk) -> None:
    words = "For sale: the old bus.\nFor children: free ice cream."
    preview = await talk.draft(words)
    assert "Words of their own" not in preview.text
    await talk.reacts("jo", "✅", preview)
    assert (await talk.public(), on_the_timeline(talk)) == ([words], [words])


async def test_too_long_for_one_channel_alone_is_told_for_its_own_words(talk: Talk) -> None:
    await talk.says("ama", f"announce {LONG}\nfor timeline: {'w' * 6_000}", room="direct-ama")
    await talk.told("ama", "timeline takes at most")
