"""The delivery engine on a bench: a database, scripted channels, people who react, and a clock that is set by hand."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import col

from adapters.canonical import post_digest
from adapters.events import AccountRef, MessageRef, Part, Post, ReactionAdded, RoomRef
from adapters.ports import Publisher
from bot import audit, migrations
from bot.announcements import delivery, recalling, store, voting
from bot.announcements.tables import AnnouncementRow, ChannelRow, DeliveryRow, RevisionRow
from bot.desk import opened
from bot.encoding import dump, load_content
from bot.identity import Person
from bot.leaks.context import NO_CONTACTS
from bot.leases import Owner
from bot.outbox import OutboxRow
from bot.protocol.model import Role, State, Trigger
from bot.services import Services
from bot.turn import Turn
from config.database import Database
from config.keys import open_keys
from config.settings import given
from tests.unit.announcements.channel import Channel

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
COMMS = RoomRef("web", "comms")
WORDS = "The library opens at noon."


@dataclass
class House:
    """What a test works with. `ahead` moves the product's clock, never the database's."""

    services: Services
    channels: dict[str, Channel]
    clock: list[timedelta]
    owner: Owner
    reactions: int = 0

    async def publishing(self, number: int = 1, parts: int = 1) -> None:
        """An announcement whose guard has just said yes: a delivery for each part on each channel."""
        async with opened(self.services, f"test/{number}") as desk:
            row = AnnouncementRow(
                number=number,
                state=State.SCHEDULED.value,
                author=1,
                author_account="web:ama",
                source_platform="web",
                source_room="general",
                source_message="1",
                made=desk.now,
                changed=desk.now,
            )
            desk.session.add(row)
            await desk.session.flush()
            desk.session.add(
                RevisionRow(
                    announcement=number,
                    revision=1,
                    text=WORDS,
                    language="en-GB",
                    digest="d",
                    fingerprint="f",
                    rules="r",
                    made=desk.now,
                )
            )
            for channel, part in itertools.product(sorted(self.channels), range(parts)):
                desk.session.add(_delivery(number, channel, part, desk.now))
            store.move(desk, row, Trigger.PUBLISH, reason="approved")

    async def run(self, owner: Owner | None = None) -> None:
        """Work until nothing is due."""
        while await delivery.step(self.services, owner or self.owner):
            pass

    async def wait_over(self) -> None:
        """Every wait and every lease is over, as if much time had passed."""
        async with self.services.database.writing() as session:
            await session.execute(update(DeliveryRow).values(not_before=LONG_AGO))
            await session.execute(update(ChannelRow).values(opens=LONG_AGO))
            held = update(DeliveryRow).where(col(DeliveryRow.until).is_not(None))
            await session.execute(held.values(until=LONG_AGO))

    def later(self, **by: float) -> None:
        """The product's clock goes on."""
        self.clock[0] += timedelta(**by)

    async def state(self, number: int = 1) -> str:
        """Where the announcement stands."""
        async with self.services.database.reading() as session:
            row = await session.get(AnnouncementRow, number)
        assert row is not None
        return row.state

    async def deliveries(self) -> dict[str, str]:
        """Channel -> state."""
        return {row.channel: row.state for row in await self.rows()}

    async def rows(self) -> list[DeliveryRow]:
        """Every delivery."""
        async with self.services.database.reading() as session:
            return list((await session.execute(select(DeliveryRow).order_by(col(DeliveryRow.id)))).scalars())

    async def set(self, **values: object) -> None:
        """Change every delivery behind the engine's back."""
        async with self.services.database.writing() as session:
            await session.execute(update(DeliveryRow).values(**values))

    async def letters(self, place: str = "web:comms") -> list[str]:
        """What has been said in a place, oldest first."""
        async with self.services.database.reading() as session:
            query = select(OutboxRow).where(col(OutboxRow.place) == place, col(OutboxRow.content).is_not(None))
            rows = (await session.execute(query.order_by(col(OutboxRow.id)))).scalars()
            return [load_content(row.content or "").text for row in rows]

    async def receipt(self) -> MessageRef:
        """The newest message that tells an outcome or asks about one, as if it were out."""
        async with self.services.database.writing() as session:
            mine = col(OutboxRow.key).like("receipt/%") & (col(OutboxRow.action) == "send")
            row = (
                (await session.execute(select(OutboxRow).where(mine).order_by(col(OutboxRow.id).desc())))
                .scalars()
                .first()
            )
            assert row is not None
            row.state, row.message = "sent", f"m{row.id}"
            return MessageRef("web", "comms", row.message)

    def turn(self, ref: MessageRef, emoji: str, *roles: Role, name: str = "Jo") -> Turn:
        """Somebody reacts."""
        self.reactions += 1
        account = AccountRef("web", name.lower())
        event = ReactionAdded(f"e{self.reactions}", self.services.clock(), account, ref, emoji)
        person = Person(account, name, 7, frozenset({Role.STAFF, *roles}))
        return Turn(self.services, event, person, self.services.clock())

    async def reacts(self, emoji: str, *roles: Role, number: int = 1) -> None:
        """Somebody with these roles (comms, if none) reacts to the newest receipt."""
        turn = self.turn(await self.receipt(), emoji, *(roles or (Role.COMMS,)))
        event = turn.event
        assert isinstance(event, ReactionAdded)
        commit = await voting.reacted(turn, event, number, None)
        async with opened(self.services, f"in/{self.reactions}") as desk:
            await commit(desk)

    async def recall(self, number: int = 1) -> None:
        """Somebody of comms recalls it."""
        turn = self.turn(MessageRef("web", "comms", "1"), "🚨", Role.COMMS)
        commit = await recalling.recall(turn, number)
        async with opened(self.services, f"in/{self.reactions}") as desk:
            await commit(desk)

    async def history(self, number: int = 1) -> list[audit.Shown]:
        """The evidence about it."""
        async with self.services.database.reading() as session:
            return await audit.history(session, f"announcement:{number}")

    async def ended(self, state: str, *lines: str) -> None:
        """It ended so, and communications and the author read every one of these lines."""
        assert await self.state() == state
        for place in ("web:comms", "direct:web:ama"):
            last = (await self.letters(place))[-1]
            for line in lines:
                # The author's copy does not offer what only works under the message in the room.
                assert (line in last) is (place == "web:comms" or "🔁" not in line), last
        await self.whole()

    async def whole(self) -> None:
        """The evidence is whole."""
        async with self.services.database.reading() as session:
            assert (await audit.verify(session, self.services.keys))[1] == []


def _delivery(number: int, channel: str, part: int, now: datetime) -> DeliveryRow:
    words = f"{WORDS} ({part + 1})" if part else WORDS
    post = Post(channel, "The council", "en-GB", (Part(words),), number)
    return DeliveryRow(
        announcement=number,
        revision=1,
        channel=channel,
        part=part,
        key=f"{number}-{channel}-{part}" if part else f"{number}-{channel}",
        post=dump(post),
        digest=post_digest(post),
        permitted=now,
    )


async def build(database: Database, folder: Path, channels: Mapping[str, Channel]) -> House:
    """A house over an empty database."""
    async with database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)
    # A lease so long that no stall of the machine uses it up; tests that need its end set the clocks.
    settings = given({"announcements": {"lease_seconds": 60, "settle_seconds": 60, "tolerance_minutes": 10}})
    clock = [timedelta(0)]
    publishers: dict[str, Publisher] = dict(channels)
    services = Services(
        database, settings, open_keys(folder / "key"), {}, publishers, NO_CONTACTS, lambda: datetime.now(UTC) + clock[0]
    )
    return House(services, dict(channels), clock, Owner("here", 1, "aaaa"))
