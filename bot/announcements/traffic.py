"""How the channels are called and answer, kept for all workers together; people hear when one is away, and when not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.errors import RateLimited, Unavailable
from adapters.particular import Paced
from bot.announcements import times
from bot.announcements.tables import ChannelRow
from bot.desk import Desk
from bot.protocol.pacing import Pace, Pulse, Traffic, after_begin, after_pulse
from bot.services import Services
from bot.turn import plain
from bot.wording import say
from config.database import insert_for


@dataclass(frozen=True, slots=True)
class Heard:
    """What a call told about its channel, and how long the channel asked to be left alone."""

    pulse: Pulse
    wait: timedelta | None = None


ANSWERED, SILENT = Heard(Pulse.ANSWERED), Heard(Pulse.SILENT)


def heard(error: Exception) -> Heard:
    """What a call told that failed; a refusal is an answer, and whatever leaves it open is none."""
    wait = timedelta(seconds=error.retry_after) if isinstance(error, Unavailable) and error.retry_after else None
    if isinstance(error, RateLimited):
        return Heard(Pulse.LIMITED, wait)
    return Heard(Pulse.SILENT, wait)


async def row(session: AsyncSession, channel: str) -> ChannelRow:
    """The row of a channel, held for this commit; made when there is none."""
    query = select(ChannelRow).where(col(ChannelRow.name) == channel).with_for_update()
    held = query.execution_options(populate_existing=True)
    found = (await session.execute(held)).scalar_one_or_none()
    if found is None:  # two may come first at once
        first = insert_for(session)(ChannelRow).values(name=channel, silences=0)
        await session.execute(first.on_conflict_do_nothing())
        found = (await session.execute(held)).scalar_one()
    return found


def traffic(of: ChannelRow) -> Traffic:
    """The same as the rules see it."""
    return Traffic(of.even, of.opens, of.silences, of.since)


def _keep(of: ChannelRow, after: Traffic) -> None:
    of.even, of.opens, of.silences, of.since = after.even, after.opens, after.silences, after.since


async def begin(services: Services, session: AsyncSession, channel: str, now: datetime, *, writes: bool) -> bool:
    """Whether a call may begin now, and if so that it has. In the commit of a claim: no two workers both begin.

    Only what `writes` counts for the channel's pace.
    """
    held = await row(session, channel)
    if not traffic(held).is_open(now):
        return False
    lease = timedelta(seconds=services.settings.announcements.lease_seconds)
    _keep(held, after_begin(traffic(held), now, _pace(services, channel) if writes else None, lease))
    return True


def _pace(services: Services, channel: str) -> Pace | None:
    particular: object = services.publishers.get(channel)
    return Pace(particular.pace.posts, particular.pace.every) if isinstance(particular, Paced) else None


async def note(services: Services, desk: Desk, channel: str, told: Heard) -> None:
    """Note what a call told, in the commit of its outcome, and tell people when a channel is away or back."""
    held = await row(desk.session, channel)
    before = traffic(held)
    after = after_pulse(before, told.pulse, await services.database.now(desk.session), told.wait)
    _keep(held, after)
    if after.is_away == before.is_away:
        return
    since = times.to_the_second((after.since or before.since or desk.now).astimezone(services.zone))
    text = say("outage.began" if after.is_away else "outage.over", channel=channel, since=since)
    desk.letters.say(services.comms_room, plain(text))
