"""Our accounts on the channels: agreed on before anything is published with them, and watched ever after.

A database that knows nothing of an account that is used already may be the wrong one, or one that was lost: publishing
with it could show everything a second time. And what stands on an account and did not come through here was posted
natively, perhaps by somebody who has got hold of its token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.errors import AdapterError
from adapters.particular import OwnAccount, Posted, Watched
from bot.access import Role
from bot.announcements import holders, store, times, traffic
from bot.announcements.tables import ChannelRow, DeliveryRow
from bot.audit import Entry
from bot.desk import Desk, opened
from bot.protocol.sending import DeliveryState
from bot.services import Services
from bot.turn import plain
from bot.wording import count, say
from config import logs

log = logs.get("accounts")

EVERY = timedelta(minutes=5)
"""How often an account is looked at."""

OVERLAP = timedelta(minutes=5)
"""How far back each look begins before the last one: clocks differ, and a channel may be late to show a post."""

GLANCE = timedelta(seconds=10)
"""How often one looks whether it is time."""

SOON = timedelta(seconds=30)
"""When it is looked at again while something of ours is on its way there."""

MOST = 5
"""Posts that are told one by one."""

ON_THE_WAY = (DeliveryState.SENDING.value, DeliveryState.UNSURE.value)


class AccountNotAgreed(Exception):
    """Nothing may be published with an account; `code` says why, `channel` names it."""

    def __init__(self, code: str, channel: str) -> None:
        """Keep both."""
        super().__init__(f"{code}: {channel}")
        self.code, self.channel = code, channel


def accounts(services: Services) -> dict[str, OwnAccount]:
    """Our accounts, by channel."""
    found: Mapping[str, object] = services.publishers
    return {channel: one.own for channel, one in sorted(found.items()) if isinstance(one, Watched)}


async def check(services: Services) -> None:
    """At the start: every account is the one that was agreed on; a new one that is empty is agreed on by itself.

    Raises `AccountNotAgreed`. An account that was agreed on and cannot be asked now is taken for the same.
    """
    for channel, account in accounts(services).items():
        async with services.database.reading() as session:
            known = await session.get(ChannelRow, channel)
        agreed = known.account if known else None
        try:
            if await account.whose() == agreed:
                continue
            used = await account.is_used()
        except AdapterError as error:
            if agreed is not None:
                log.warning("account_unknown", channel=channel, error=type(error).__name__)
                continue
            raise AccountNotAgreed("cannot_tell", channel) from error
        if used:
            raise AccountNotAgreed("used" if agreed is None else "another", channel)
        await agree(services, channel, await account.whose(), by="", name="")


async def agree(services: Services, channel: str, account: str, *, by: str, name: str) -> None:
    """Write down that announcements may be published with an account from now on, and what is on it by now is known."""
    async with opened(services, f"account/{channel}/{services.clock().isoformat()}") as desk:
        held = await traffic.row(desk.session, channel)
        held.account, held.watched, held.looks = account, desk.now + OVERLAP, desk.now
        details: dict[str, str | int | None] = {"channel": channel, "account": account}
        desk.record(Entry("account_agreed", f"channel:{channel}", by, details, {"who": name} if name else {}))


@dataclass(slots=True)
class Watch:
    """The loop's step; of several processes one looks at a time."""

    services: Services
    _again: datetime | None = None

    async def step(self) -> bool:
        """Look at an account whose time has come. True when there is a letter to send."""
        watched, now = accounts(self.services), self.services.clock()
        if not watched or (self._again is not None and now < self._again):
            return False
        self._again = now + GLANCE
        channel, since = await self._due(sorted(watched))
        if channel is None:
            return False
        began = self.services.clock()
        try:
            found = await watched[channel].posted(since - OVERLAP)
        except AdapterError as error:
            log.warning("account_unknown", channel=channel, error=type(error).__name__)
            return False
        return await self._judge(channel, began, found)

    async def _due(self, channels: Sequence[str]) -> tuple[str | None, datetime]:
        """The channel whose turn it is, and since when; it has its next turn later, whoever looks."""
        now = self.services.clock()
        async with self.services.database.reading() as session:  # nearly always there is none
            if (await session.execute(_waiting(channels, now))).scalars().first() is None:
                return None, now
        async with self.services.database.writing() as session:
            row = (await session.execute(_waiting(channels, now).with_for_update(skip_locked=True))).scalars().first()
            if row is None or row.watched is None:
                return None, now
            row.looks = now + EVERY
            return row.name, row.watched

    async def _judge(self, channel: str, began: datetime, found: Sequence[Posted]) -> bool:
        async with opened(self.services, f"not-ours/{channel}/{began.isoformat()}") as desk:
            held = await traffic.row(desk.session, channel)
            unknown = await _unknown(desk.session, channel)
            if any(state in ON_THE_WAY for _, state in unknown):
                held.looks = began + SOON  # what is new there may be just that
                return False
            held.watched = began
            ours = await _ours(desk.session, channel, found)
            strange = [one for one in found if one.id not in ours]
            new = [one for one in strange if await store.first_time(desk, f"channel:{channel}", one.id)]
            if new:
                await _tell(desk, channel, new, sorted({number for number, _ in unknown}))
        return bool(new)


def _waiting(channels: Sequence[str], now: datetime) -> Select[ChannelRow]:
    mine = select(ChannelRow).where(col(ChannelRow.name).in_(channels), col(ChannelRow.looks) <= now)
    return mine.order_by(col(ChannelRow.looks)).limit(1)


async def _unknown(session: AsyncSession, channel: str) -> list[tuple[int, str]]:
    """Announcement and state of every delivery that may be there and nobody knows."""
    states = (*ON_THE_WAY, DeliveryState.NEEDS_HUMAN.value)
    query = select(col(DeliveryRow.announcement), col(DeliveryRow.state)).where(
        col(DeliveryRow.channel) == channel, col(DeliveryRow.state).in_(states)
    )
    return [(number, state) for number, state in await session.execute(query)]


async def _ours(session: AsyncSession, channel: str, found: Sequence[Posted]) -> frozenset[str]:
    ids = [one.id for one in found]
    query = select(col(DeliveryRow.remote_id)).where(
        col(DeliveryRow.channel) == channel, col(DeliveryRow.remote_id).in_(ids)
    )
    return frozenset(one for one in (await session.execute(query)).scalars() if one)


async def _tell(desk: Desk, channel: str, strange: Sequence[Posted], unclear: Sequence[int]) -> None:
    """Communications and the admins hear of it, and it stands in the evidence."""
    zone = desk.services.zone
    lines = [say("not_ours.head", channel=channel, posts=count(len(strange), "post", "posts"))]
    for one in strange[:MOST]:
        moment = times.to_the_second(one.at.astimezone(zone))
        lines.append(say("not_ours.post", url=one.url or say("release.no_link"), at=moment))
    lines += [say("not_ours.more", count=len(strange) - MOST)] if len(strange) > MOST else []
    lines += [say("not_ours.perhaps", number=number) for number in unclear]
    text = plain("\n".join([*lines, say("not_ours.what_to_do", channel=channel)]))
    desk.letters.say(desk.services.comms_room, text)
    for admin in await holders.holders(desk.session, desk.services, {Role.ADMIN}):
        for account in await holders.accounts(desk.session, desk.services, admin):
            desk.letters.tell(account, text)
    for one in strange:
        desk.record(Entry("not_ours", f"channel:{channel}", "", {"channel": channel, "post": one.id}))
    log.warning("not_ours", channel=channel, count=len(strange))
