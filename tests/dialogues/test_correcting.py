"""`correct #n`: a new announcement, approved like any; both stay, each naming the other, until the correction goes."""

import pytest

from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

WRONG, RIGHT = "The library opens at nine.", "The library opens at ten."


async def page(talk: Talk, number: int) -> str:
    """The public page of an announcement."""
    return await talk.chat.page(f"/public/announcements/{number}")


async def corrected(talk: Talk) -> None:
    """Something wrong is out, and a correction of it."""
    await talk.reacts("jo", "✅", await talk.draft(WRONG))
    await talk.says("ama", f"correct #1 {RIGHT}", "direct-ama")
    preview = await talk.preview(2)
    assert "Corrects #1." in preview.text
    assert preview.quote == RIGHT
    assert await talk.public() == [WRONG], "a correction needs its approval as well"
    await talk.reacts("jo", "✅", preview)
    assert await talk.state(2) == "published"


async def test_both_stay_and_each_names_the_other(talk: Talk) -> None:
    await corrected(talk)
    assert await talk.public() == [RIGHT, WRONG]
    old, new = await page(talk, 1), await page(talk, 2)
    assert WRONG in old
    assert "/announcements/2" in old
    assert RIGHT in new
    assert "/announcements/1" in new


async def test_a_recalled_correction_leaves_the_first_as_it_was(talk: Talk) -> None:
    await talk.reacts("jo", "✅", await talk.draft(WRONG))
    before = await page(talk, 1)
    await talk.says("ama", f"correct #1 {RIGHT}", "direct-ama")
    await talk.reacts("jo", "✅", await talk.preview(2))
    assert await page(talk, 1) != before
    await talk.says("jo", "recall #2")
    assert await talk.state(2) == "recalled"
    assert await talk.public() == [WRONG]
    assert await page(talk, 1) == before


async def test_a_recalled_first_leaves_the_correction(talk: Talk) -> None:
    await corrected(talk)
    await talk.says("jo", "recall #1")
    assert await talk.public() == [RIGHT]
    assert WRONG not in await page(talk, 2)


async def test_whoever_writes_the_correction_does_not_approve_it(talk: Talk) -> None:
    await talk.reacts("jo", "✅", await talk.draft(WRONG))
    await talk.says("jo", f"correct #1 {RIGHT}")
    await talk.reacts("jo", "✅", await talk.preview(2))
    assert await talk.state(2) == "in_review"


async def test_what_cannot_be_corrected_is_said_in_one_line(talk: Talk) -> None:
    assert "There is no announcement #1" in (await talk.answer("ama", f"correct #1 {RIGHT}")).text
    preview = await talk.draft(WRONG)
    assert "Only what is published can be corrected" in (await talk.answer("ama", f"correct #1 {RIGHT}")).text
    await talk.reacts("jo", "✅", preview)
    assert "How does it read correctly?" in (await talk.answer("ama", "correct #1")).text
    await talk.says("jo", "recall #1")
    assert "#1 is recalled. Only what is published" in (await talk.answer("ama", f"correct #1 {RIGHT}")).text
    assert await talk.public() == []
