"""Odd words to every command by every kind of person: each is answered, and nothing is set aside."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from tests.unit.announcements import town as towns
from tests.unit.announcements.town import GUEST

pytestmark = pytest.mark.asyncio

# The rest of a command, after its words.
UNKEPT = ("\x00", "#1 \x00x", "#1 half \ud83d")
NUMBERS = ("#0", "#-1", "#999999999", "#99999999999", "#²", "#1 r0 r999999")
ODD = (
    "", *NUMBERS, *UNKEPT, "\u200b#1", "#1 \u202eesrever", ":::", "#1 31/12/9999 9am", "#1 {number} %s @everyone",
    "comms to Ama Field until 31/12/9999", "#1 no report x", "#1 " + "👍🏽" * 2_000, "x " * 4_000,
)  # fmt: skip
AT_ONCE = 40


async def all_answered(folder: Path, who: str, odd: Sequence[str], url: str = "") -> None:
    """Somebody says every command with each of these."""
    town = await towns.found(folder, url=url)
    town.chat.says("ama", "general", "announce The library is closed.")
    said = [f"{command.words[0]} {rest}" for command in COMMANDS for rest in odd]
    for start in range(0, len(said), AT_ONCE):
        await town.settle()
        for words in said[start : start + AT_ONCE]:
            town.chat.says(who, f"direct-{who}", words)
    await town.settle()
    assert await town.rows("SELECT kind FROM inbox WHERE state != 'done'") == []
    heard = [one.content.text for one in town.chat.said_by_bot() if one.ref.room == f"direct-{who}"]
    await town.close()
    assert len(heard) >= len(said)
    assert not [text for text in heard if "went wrong" in text]


@pytest.mark.parametrize("who", ["ama", "jo", "dee", "zed", GUEST])
async def test_odd_words_to_every_command(tmp_path: Path, who: str) -> None:
    """Ama is staff, Jo communications, Dee information governance, Zed an admin, the guest nobody."""
    await all_answered(tmp_path, who, ODD)


async def test_what_one_database_keeps_and_another_does_not(database_url: str, tmp_path: Path) -> None:
    await all_answered(tmp_path, "jo", (*UNKEPT, *NUMBERS), database_url)


async def test_a_draft_is_not_changed_to_what_is_no_text(tmp_path: Path) -> None:
    town = await towns.found(tmp_path)
    town.chat.says("ama", "direct-ama", "announce The library is closed.")
    await town.settle()
    source = (await town.announcement(1)).source_message
    town.chat.rewords("ama", source, "announce The library is \x00 open.")
    await town.settle()
    assert (await town.announcement(1)).revision == 1
    assert "holds characters that are no text" in town.chat.said_by_bot()[-1].content.text
    await town.close()
