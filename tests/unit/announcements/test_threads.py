"""What is too long for one post is cut where a reader would, and goes out as one thread, exactly as it was approved."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import Refused
from adapters.events import Remote
from adapters.particular import Threads
from adapters.ports import Limits, Permit, Prepared
from bot.announcements.threads import cut
from tests.unit.announcements.channel import LIMITS, Channel
from tests.unit.announcements.town import Town, found

MOST = 60


def pieces(text: str, most: int = MOST, posts: int = 20) -> list[str] | None:
    """The posts of a text."""
    places = cut(text, most, len, posts)
    return None if places is None else [text[begins:ends] for begins, ends in places]


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Short.", ["Short."]),
        ("x" * MOST, ["x" * MOST]),
        (
            "The library is closed on Monday for repairs. It opens again on Tuesday at nine.",
            ["The library is closed on Monday for repairs.", "It opens again on Tuesday at nine."],
        ),
        (
            "The library is closed on Monday.\n\nThe pool is open. It has a new slide for the children.",
            ["The library is closed on Monday.", "The pool is open. It has a new slide for the children."],
        ),
        (
            "On Monday the doors of the church of St. Mary and of St. John the Baptist open at nine for all.",
            ["On Monday the doors of the church of St. Mary and of St. John", "the Baptist open at nine for all."],
        ),
        (
            "“Is the library open today, or is it not?” That is what we are asked most.",
            ["“Is the library open today, or is it not?”", "That is what we are asked most."],
        ),
        ("Yes. " + "word " * 13 + "end.", ["Yes. " + "word " * 10 + "word", "word word end."]),
        ("Everything about it is at https://council.example/a/b?c=d and nowhere else.",
         ["Everything about it is at https://council.example/a/b?c=d and", "nowhere else."]),
        ("Mae'r llyfrgell ar gau ddydd Llun, h.y. ŵyl y banc, ac ar agor eto ddydd Mawrth.",
         ["Mae'r llyfrgell ar gau ddydd Llun, h.y. ŵyl y banc, ac ar", "agor eto ddydd Mawrth."]),
    ],
)  # fmt: skip
def test_it_is_cut_where_a_reader_would(text: str, posts: list[str]) -> None:
    assert pieces(text, 61) == posts


def test_what_cannot_be_cut_or_takes_too_many_is_not_taken() -> None:
    assert pieces("x" * (MOST + 1)) is None
    assert pieces(" ".join(["word"] * 40), posts=3) is None
    assert pieces(" ".join(["word"] * 40), posts=4) is not None


@given(st.text(alphabet=st.sampled_from("aB. \n…?é👩‍👩‍👧"), max_size=400), st.integers(5, 80))
def test_no_word_is_lost_changed_or_cut_in_two(text: str, most: int) -> None:
    found = pieces(text, most, 400)
    if found is None:
        assert max(map(len, text.split())) > most
        return
    assert " ".join(found).split() == text.split()
    assert all(one == one.strip() and 0 < len(one) <= most for one in found)


class Chained(Channel):
    """A channel that takes a thread post by post; it remembers after which each came."""

    threads: ClassVar[Threads] = Threads(3, whole=False)
    followed: ClassVar[list[str | None]] = []

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        self.followed.append(permit.follows)
        return await super().publish(prepared, key, permit)


class Whole(Channel):
    """A channel that takes a thread in one."""

    threads: ClassVar[Threads] = Threads(3, whole=True)


class Changing(Whole):
    """One whose limit changes."""

    most: ClassVar[list[int]] = [LIMITS.characters]

    async def limits(self) -> Limits:
        return Limits(self.most[0], LIMITS.pictures, LIMITS.alt_characters)


FIRST = "The library is closed on Monday. " * 14 + "So is the pool."
SECOND = "Both are open again on Tuesday. " * 3 + "We are sorry for the trouble."
TEXT = f"{FIRST} {SECOND}"


async def drafted(town: Town, text: str = TEXT) -> str:
    """Drafted and shown; the words of the preview around it."""
    town.chat.says("ama", "general", f"announce {text}")
    await town.settle()
    message = town.preview(1, 1)
    assert message is not None
    (preview,) = [one.content for one in town.chat.said_by_bot() if one.content.text.startswith("#1 r1 from")]
    assert preview.quote == text
    return preview.text


async def out(town: Town) -> list[list[tuple[str, ...]]]:
    """Approve it, wait, and see what stands on each channel: the words of every post, in order."""
    message = town.preview(1, 1)
    assert message is not None
    town.chat.reacts("jo", message, "✅")
    await town.settle()
    await town.wait(timedelta(minutes=3))
    return [
        [tuple(part.text for part in one.post.parts) for one in channel.shown.values()]
        for channel in town.channels.values()
    ]


@pytest.mark.asyncio
async def test_a_thread_goes_out_post_by_post_each_after_the_one_before(tmp_path: Path) -> None:
    town = await found(tmp_path / "town", ("board",), make=Chained)
    Chained.followed.clear()
    told = await drafted(town)
    assert "board (603 characters, in 2 posts)" in told
    assert "On board it is a thread: post 2 begins “Both are open again…”." in told
    assert await out(town) == [[(FIRST,), (SECOND,)]]
    first = next(iter(town.channels["board"].shown))
    assert Chained.followed == [None, first]
    assert await town.state() == "published"
    await town.close()


@pytest.mark.asyncio
async def test_a_thread_goes_out_in_one_where_the_channel_can(tmp_path: Path) -> None:
    town = await found(tmp_path / "town", make=Whole)
    assert "On board and wall it is a thread" in await drafted(town)
    assert await out(town) == [[(FIRST, SECOND)]] * 2
    assert [channel.writes for channel in town.channels.values()] == [1, 1]
    await town.close()


@pytest.mark.asyncio
async def test_a_post_that_is_refused_stops_the_rest(tmp_path: Path) -> None:
    town = await found(tmp_path / "town", ("board",), make=Chained)
    await drafted(town)
    town.channels["board"].troubles = [Refused("forbidden")]
    assert await out(town) == [[]]
    assert await town.state() == "failed"
    await town.close()


@pytest.mark.asyncio
async def test_a_recall_takes_every_post_away(tmp_path: Path) -> None:
    town = await found(tmp_path / "town", ("board",), make=Chained)
    await drafted(town)
    assert len((await out(town))[0]) == 2
    town.chat.says("jo", "comms", "recall #1")
    await town.settle()
    assert town.channels["board"].shown == {}
    assert await town.state() == "recalled"
    await town.close()


@pytest.mark.asyncio
async def test_what_was_approved_stays_cut_as_it_was_shown(tmp_path: Path) -> None:
    town = await found(tmp_path / "town", ("board",), make=Changing)
    await drafted(town)
    Changing.most[0] = 200
    try:
        assert await out(town) == [[(FIRST, SECOND)]]
    finally:
        Changing.most[0] = LIMITS.characters
    await town.close()


@pytest.mark.asyncio
async def test_what_takes_too_many_posts_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    town = await found(tmp_path / "town", ("board",), make=Whole)
    town.chat.says("ama", "direct:ama", f"announce {TEXT * 3}")
    await town.settle()
    told = [one.content.text for one in town.chat.said_by_bot()]
    assert any("board takes at most 3 posts of 500 each" in one for one in told)
    assert town.preview(1, 1) is None
    await town.close()
