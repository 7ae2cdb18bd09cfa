"""Channels that no machine posts to: a named person gets the exact words and pictures, and answers with the address."""

from sqlalchemy import select
from sqlmodel import col

from adapters.events import AccountRef, Content, Post
from bot.announcements import holding, outcome, posters
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.desk import Desk, opened
from bot.encoding import load_post
from bot.protocol.model import State
from bot.protocol.sending import DeliveryState, Happening, Promise, Standing, after, is_late
from bot.services import Services
from bot.turn import plain
from bot.wording import say

D, H = DeliveryState, Happening


async def _held(services: Services, desk: Desk, state: DeliveryState, *, posted: bool = True) -> DeliveryRow | None:
    """The oldest delivery in a state in which something is due, held after its announcement's row.

    `posted`: somebody is named who posts to its channel.
    """
    now = await services.database.now(desk.session)
    found = await desk.session.execute(holding.NEXT[state, posted], holding.figures(services, now))
    seen = found.scalar_one_or_none()
    if seen is None:
        return None
    stood = (seen.state, seen.asked)
    announcement = await desk.session.get(AnnouncementRow, seen.announcement, with_for_update=True)
    row = await desk.session.get(DeliveryRow, seen.id, with_for_update=True, populate_existing=True)
    if announcement is None or row is None or State(announcement.state) not in holding.WANTED[state]:
        return None
    return row if (row.state, row.asked) == stood else None  # else another worker was quicker


async def _turn(desk: Desk, row: DeliveryRow, happening: Happening, error: str | None) -> None:
    row.state, row.error, row.asked = after(D(row.state), happening).value, error, desk.now
    holding.record(desk, row, D(row.state))
    await desk.session.flush()


async def hand_over(services: Services) -> bool:
    """Give the next post by hand to whoever posts it. True when there was one."""
    async with opened(services, holding.once("by-hand")) as desk:
        row = await _held(services, desk, D.PENDING)
        if row is None:
            return False
        account = posters.poster(services, row.channel)
        who = await posters.person(desk.session, services, account)
        if _is_late(services, row):
            await _turn(desk, row, H.TOO_LATE, "missed")
        elif account is None or who is None:
            await _turn(desk, row, H.CANNOT, "nobody_posts")
        else:
            await _turn(desk, row, H.HANDED_OVER, None)
            row.attempts, row.fence = row.attempts + 1, row.fence + 1
            content = await _request(services, desk, row, again=False)
            desk.letters.tell(account, content, key=f"by-hand/{row.id}/{row.fence}")
        if row.state == D.FAILED.value:
            await outcome.stop_the_rest(desk, row)
        await outcome.conclude(services, desk, row.announcement)
        return True


def _is_late(services: Services, row: DeliveryRow) -> bool:
    standing = Standing(Promise.READBACK, row.permitted, row.permitted, row.leave)
    return is_late(standing, services.clock(), holding.rules(services))


async def _request(services: Services, desk: Desk, row: DeliveryRow, *, again: bool) -> Content:
    """The exact words, pictures and descriptions, and how to answer."""
    post, answer = load_post(row.post), await _answer(services, desk, row)
    pictures = tuple(picture for part in post.parts for picture in part.pictures)
    code = "by_hand.again" if again else "by_hand.please"
    lines = [say(code, number=row.announcement, channel=posters.label(row))]
    lines += [say("preview.corrects", corrects=post.corrects)] if post.corrects else []
    lines += [say("by_hand.picture", place=place, alt=picture.alt) for place, picture in enumerate(pictures, 1)]
    lines.append(say("by_hand.answer", answer=answer))
    return Content("\n".join(lines), quote=_words(post), pictures=pictures)


def _words(post: Post) -> str:
    return "\n\n".join(part.text for part in post.parts)


async def _answer(services: Services, desk: Desk, row: DeliveryRow) -> str:
    """`#12`, and the channel too when the announcement has several by hand."""
    mine = select(col(DeliveryRow.channel)).where(col(DeliveryRow.announcement) == row.announcement).distinct()
    channels = (await desk.session.execute(mine)).scalars()
    several = sum(posters.poster(services, channel) is not None for channel in channels) > 1
    return f"#{row.announcement} {row.channel}" if several else f"#{row.announcement}"


async def take_down(services: Services) -> bool:
    """Ask for the next post by hand that was recalled to be taken down. True when there was one."""
    async with opened(services, holding.once("by-hand")) as desk:
        row = await _held(services, desk, D.SENT)
        if row is None:
            return False
        await _turn(desk, row, H.STUCK, "by_hand")
        await ask_to_take_down(services, desk, row)
        await outcome.conclude(services, desk, row.announcement)
        return True


async def ask_to_take_down(services: Services, desk: Desk, row: DeliveryRow) -> None:
    """Ask whoever posted it to remove it and to say so."""
    account = posters.poster(services, row.channel)
    if account is None:
        return
    answer = await _answer(services, desk, row)
    url = row.url or say("release.no_link")
    text = say("by_hand.take_down", number=row.announcement, channel=posters.label(row), url=url, answer=answer)
    row.fence += 1
    desk.letters.tell(account, plain(text), key=f"by-hand/{row.id}/{row.fence}")


def stop(services: Services, desk: Desk, row: DeliveryRow) -> None:
    """Tell whoever was to post it not to."""
    account = posters.poster(services, row.channel)
    if account is not None:
        desk.letters.tell(account, plain(say("by_hand.stop", number=row.announcement, channel=posters.label(row))))


async def remind(services: Services) -> bool:
    """Ask again whoever has not answered for a day, to post or to take down. True when there was somebody."""
    async with opened(services, holding.once("by-hand")) as desk:
        row = await _held(services, desk, D.ASKED) or await _held(services, desk, D.REMAINS)
        if row is None:
            return False
        row.asked = desk.now
        account = posters.poster(services, row.channel)
        if account is not None and row.state == D.REMAINS.value:
            await ask_to_take_down(services, desk, row)
        elif account is not None:
            await _request_again(services, desk, row, account)
        return True


async def let_go(services: Services) -> bool:
    """Tell that nobody is named any more for a channel that somebody was asked to post to. True when there was one."""
    async with opened(services, holding.once("by-hand")) as desk:
        row = await _held(services, desk, D.ASKED, posted=False)
        if row is None:
            return False
        await _turn(desk, row, H.CANNOT, "channel_gone")
        text = say("by_hand.nobody_now", number=row.announcement, channel=row.channel)
        desk.letters.say(services.comms_room, plain(text))
        await outcome.conclude(services, desk, row.announcement)
        return True


async def _request_again(services: Services, desk: Desk, row: DeliveryRow, account: AccountRef) -> None:
    row.fence += 1
    content = await _request(services, desk, row, again=True)
    desk.letters.tell(account, content, key=f"by-hand/{row.id}/{row.fence}")
