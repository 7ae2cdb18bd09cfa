"""Lives in which something was found, as short as they could be made; each failed before it was mended."""

from pathlib import Path

import pytest

from tests.unit.announcements.life import Act, begin, live
from tests.unit.announcements.test_histories import why_names

pytestmark = pytest.mark.asyncio

FOUND: dict[str, list[Act]] = {
    "two skin tones of one account, both unheard: every look failed on the unique vote": [
        ("draft", 0, 0, 0),
        ("stop", 0, 0, 0),
        ("react", 2, 0, 0),
        ("react", 2, 1, 0),
        ("start", 0, 1, 0),
    ],
    "a role that ended by itself was noticed only when it was due": [
        ("draft", 54, 27, 15),
        ("draft", 23, 1, 48),
        ("draft", 21, 24, 47),
        ("approve", 52, 47, 60),
        ("approve", 36, 26, 21),
        ("wait", 23, 6, 53),
        ("role", 18, 15, 12),
    ],
    "the answer to a late approval was read as the telling of what remains, by these lives themselves": [
        ("draft", 18, 15, 16),
        ("approve", 13, 60, 48),
        ("trouble", 1, 46, 45),
        ("wait", 14, 18, 0),
        ("recall", 28, 37, 8),
        ("approve", 26, 29, 14),
    ],
}


@pytest.mark.parametrize("name", FOUND)
async def test_it_is_mended(tmp_path: Path, name: str) -> None:
    await live(tmp_path / "town", FOUND[name])


async def test_what_went_out_by_an_unheard_approval_names_it(tmp_path: Path) -> None:
    """Sam's reaction was never told; Dee, who was, lost the role: the guard saw Sam's and let it out."""
    life = await begin(tmp_path / "town")
    for act in (("draft", 0, 0, 0), ("approve", 3, 0, 0), ("lazy", 0, 0, 0), ("approve", 1, 0, 0), ("lose", 0, 0, 0)):
        await life.do(act)
    await life.town.give_role("dee", None)
    life.book.roles["dee"] = ""
    for act in (("lazy", 0, 0, 0), ("wait", 6, 0, 0)):
        await life.do(act)
    assert life.states == {1: "published"}
    assert await why_names(life, 1) == {"Dee Field", "Sam Field"}
    await life.rest()
    await life.town.close()
