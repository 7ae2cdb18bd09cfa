"""How an announcement ended, said to people; and what they are asked when a channel cannot tell."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col

from adapters.events import Button, Content
from bot.announcements import holding, posters, store
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.desk import Desk, opened
from bot.protocol.model import State, Trigger
from bot.protocol.sending import OUT, DeliveryState, Happening, after, conclusion
from bot.protocol.table import NotAllowed, step
from bot.services import Services
from bot.turn import plain
from bot.wording import known, say

D = DeliveryState


async def conclude(services: Services, desk: Desk, number: int) -> None:
    """Say how it ended once nothing is open any more, in the commit of the last delivery."""
    # The row first: of two last deliveries that end at once, the later one sees the other's end.
    row = await desk.session.get(AnnouncementRow, number, with_for_update=True)
    rows = await store.deliveries(desk.session, number)
    trigger = conclusion(State(row.state), [D(item.state) for item in rows]) if row else None
    stored = await store.load(desk.session, number)
    if stored is None or trigger is None or not _is_possible(stored.state, trigger):
        return
    if trigger in {Trigger.ALL_GONE, Trigger.SOME_REMAIN}:
        lines, again = await _recalled(services, desk, stored, trigger, rows)
    else:
        lines, again = await _published(services, desk, stored, trigger, rows)
    store.move(desk, stored.row, trigger)
    _announce(services, desk, stored, lines, again)


def _is_possible(state: State, trigger: Trigger) -> bool:
    try:
        step(state, trigger)
    except NotAllowed:
        return False
    return True


async def _published(
    services: Services, desk: Desk, stored: store.Stored, trigger: Trigger, rows: Sequence[DeliveryRow]
) -> tuple[list[str], list[str]]:
    """What there is to tell, and what those who can try again are told besides."""
    out = [row for row in rows if D(row.state) in OUT]
    if out and stored.row.published is None:
        stored.row.published = desk.now
    lines = [say(f"release.{trigger.value}", number=stored.number)]
    lines += [say("release.link", channel=row.channel, url=_address(row)) for row in out if _is_told(row)]
    for row in out:
        if row.state == D.ASKED.value:
            who = await posters.name(desk.session, services, row.channel)
            lines.append(say("by_hand.handed", channel=posters.label(row), who=who))
    failed = [row for row in rows if row not in out]
    lines += [say("release.failure", channel=posters.label(row), reason=why(row.error)) for row in failed]
    return lines, [] if trigger is Trigger.ALL_SENT else [say("release.again")]


def _is_told(row: DeliveryRow) -> bool:
    """Whether its address is worth a line: that of a thread's first part leads to all."""
    return row.state == D.SENT.value and row.part == 0


async def _recalled(
    services: Services, desk: Desk, stored: store.Stored, trigger: Trigger, rows: Sequence[DeliveryRow]
) -> tuple[list[str], list[str]]:
    remaining = [row for row in rows if row.state == D.REMAINS.value]
    lines = [say(f"recall.{trigger.value}", number=stored.number)]
    for row in remaining:
        label, url = posters.label(row), _address(row)
        if posters.poster(services, row.channel):
            who = await posters.name(desk.session, services, row.channel)
            lines.append(say("by_hand.remains", channel=label, who=who, url=url))
        else:
            code = "recall.perhaps" if row.error == "cannot_tell" else "recall.remains"
            lines.append(say(code, channel=label, url=url))
    return lines, [say("recall.try_again")] if any(row.remote_id for row in remaining) else []


def _address(row: DeliveryRow) -> str:
    return row.url or say("release.no_link")


def _announce(services: Services, desk: Desk, stored: store.Stored, lines: Sequence[str], again: Sequence[str]) -> None:
    key = store.receipt_key(stored.number, stored.row.version)
    desk.letters.say(services.comms_room, plain("\n".join([*lines, *again])), key=key)
    desk.letters.tell(store.author(stored), plain("\n".join(lines)))  # reactions count in the room alone


def why(error: str | None) -> str:
    """Why a delivery failed, in words."""
    code = f"release.error.{error}"
    return say(code if known(code) else "release.error.other", code=error or "")


async def stop_the_rest(desk: Desk, row: DeliveryRow) -> None:
    """A part failed: the parts after it on that channel are not sent."""
    for item in await holding.locked(desk.session, row.announcement):
        same = (item.revision, item.channel) == (row.revision, row.channel)
        if same and item.part > row.part and item.state == D.PENDING.value:
            item.state, item.error = after(D.PENDING, Happening.STOPPED).value, "earlier_part"
            holding.record(desk, item, D(item.state))
    await desk.session.flush()


async def tell_away(services: Services, desk: Desk, row: DeliveryRow) -> None:
    """A recall cannot be carried out on a channel that is away: say so at once, and that it goes on."""
    minutes = services.settings.announcements.tolerance_minutes
    text = say("sending.away", number=row.announcement, channel=posters.label(row), minutes=minutes)
    desk.letters.say(services.comms_room, plain(text))


ASK = "ask-"


async def ask(services: Services, desk: Desk, row: DeliveryRow, fence: int) -> None:
    """Ask the people of the comms room whether something is out, because its channel cannot tell."""
    text = say("unclear.ask", number=row.announcement, channel=posters.label(row))
    _put(services, desk, row, fence, text)
    asked = update(DeliveryRow).where(col(DeliveryRow.id) == row.id)
    await desk.session.execute(asked.values(asked=desk.now))


def _put(services: Services, desk: Desk, row: DeliveryRow, fence: int, text: str) -> None:
    key = f"receipt/{row.announcement}/{fence}/{ASK}{row.id}"
    value, channel = f"{row.announcement}/{row.id}", posters.label(row)
    buttons = tuple(
        Button(action, say(f"clearing.{action}_button", number=row.announcement, channel=channel), value)
        for action in ("there", "again")
    )
    desk.letters.say(services.comms_room, Content(text, buttons=buttons), key=key)
    for emoji in ("✅", "🔁"):
        desk.letters.react(services.comms_room, key, emoji)


async def ask_again(services: Services) -> bool:
    """Put a question again that nobody has answered for hours. True when there was one."""
    async with opened(services, holding.once("unclear")) as desk:
        now = await services.database.now(desk.session)
        found = await desk.session.execute(holding.NEXT[D.NEEDS_HUMAN, False], holding.figures(services, now))
        row = found.scalar_one_or_none()
        if row is None:
            return False
        row.asked, row.fence = desk.now, row.fence + 1
        text = say("sending.still_unclear", number=row.announcement, channel=posters.label(row))
        _put(services, desk, row, row.fence, text)
        return True
