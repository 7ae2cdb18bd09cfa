"""Deliveries of an earlier life: looked up by the key they had then, and never sent again by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from adapters.errors import Refused, Unavailable
from adapters.ports import Guarantee
from bot import restored
from bot.announcements import lives, store
from bot.announcements.tables import AnnouncementRow, RevisionRow
from bot.restored import Earlier
from tests.unit.announcements.house import WORDS, House

pytestmark = pytest.mark.asyncio


async def forget(house: House) -> None:
    """The backup knows nothing of what became of the delivery, and is put back."""
    await house.set(state="pending", remote_id=None, url=None, attempts=0, last_try=None)
    async with house.services.database.writing() as session:
        await session.execute(update(AnnouncementRow).values(state="publishing", published=None))
    await restored.stamp(house.services, "cli:pat", Earlier())


async def test_what_was_sent_is_found_and_not_sent_again(each: House) -> None:
    channel = each.channels["board"]
    await each.publishing()
    await each.run()
    assert channel.writes == 1
    await forget(each)
    await each.run()
    assert (channel.writes, await each.state()) == (1, "published")
    await each.whole()


async def test_what_is_not_found_is_repeated_only_where_a_repeat_shows_nothing_twice(each: House) -> None:
    channel = each.channels["board"]
    await each.publishing()
    await forget(each)
    await each.run()
    idempotent = channel.guarantee is Guarantee.IDEMPOTENT
    assert channel.writes == int(idempotent)
    assert await each.deliveries() == {"board": "sent" if idempotent else "needs_human"}


async def test_a_channel_that_cannot_be_asked_just_then_is_asked_again_and_nothing_is_forgotten(each: House) -> None:
    channel = each.channels["board"]
    await each.publishing()
    await forget(each)
    channel.blind = [Unavailable()]
    await each.run()
    await each.wait_over()
    await each.run()
    assert channel.writes == int(channel.guarantee is Guarantee.IDEMPOTENT)


async def test_what_failed_before_the_backup_is_not_repeated_blindly_when_somebody_tries_it_again(each: House) -> None:
    channel = each.channels["board"]
    channel.troubles = [Refused("full")]
    await each.publishing()
    await each.run()
    assert await each.state() == "failed"
    await restored.stamp(each.services, "cli:pat", Earlier())
    await each.reacts("🔁")
    await each.run()
    # Somebody may have tried it again after the backup: only a channel that knows its keys for ever is sent it.
    idempotent = channel.guarantee is Guarantee.IDEMPOTENT
    assert channel.writes == 1 + int(idempotent)
    assert await each.deliveries() == {"board": "sent" if idempotent else "needs_human"}


async def write(house: House, revision: int, words: str, days: int, *, stopped: bool = False) -> None:
    """A revision that was made some days from now."""
    async with house.services.database.writing() as session:
        made = house.services.clock() + timedelta(days=days)
        values: dict[str, Any] = {
            "digest": "d",
            "fingerprint": "f",
            "rules": "r",
            "language": "en-GB",
            "made": made,
            "stopped": stopped,
        }
        session.add(RevisionRow(announcement=1, revision=revision, text=words, **values))
        await session.execute(update(AnnouncementRow).values(revision=revision))


async def origin(house: House) -> lives.Origin:
    """Where the words of the current revision come from."""
    async with house.services.database.reading() as session:
        stored = await store.load(session, 1)
        assert stored is not None
        return await lives.origin(session, stored.revision)


async def test_the_same_words_keep_their_key_when_they_are_taken_up_again(house: House) -> None:
    await house.publishing()
    assert (await origin(house)).name("board") == "1/1/board/0"
    await write(house, 2, "Other words.", 0)
    assert (await origin(house)).name("board") == "1/2/board/0"
    await write(house, 3, WORDS, 0)
    assert (await origin(house)).name("board") == "1/1/board/0"
    assert not (await origin(house)).earlier


async def test_after_a_restore_words_of_before_keep_their_key_and_new_ones_get_one_nobody_had(house: House) -> None:
    await house.publishing()
    await restored.stamp(house.services, "cli:pat", Earlier())
    await write(house, 2, WORDS, 1)
    again = await origin(house)
    assert (again.name("board"), again.earlier) == ("1/1/board/0", True)
    await write(house, 3, "Other words.", 1)
    other = await origin(house)
    assert other.name("board") == f"{other.epoch}/1/3/board/0"
    assert other.epoch
    assert not other.earlier


async def test_a_wording_that_was_stopped_is_nobodys_origin(house: House) -> None:
    await house.publishing()
    await write(house, 2, "Redacted.", 0, stopped=True)
    await write(house, 3, "Redacted.", 0)
    assert (await origin(house)).revision == 3
