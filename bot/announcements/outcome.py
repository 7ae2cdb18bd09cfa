"""How an announcement ended, said to people; and what they are asked when a channel cannot tell."""

from collections.abc import Sequence

from bot.announcements import store
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.desk import Desk
from bot.protocol.model import State, Trigger
from bot.services import Services
from bot.turn import plain
from bot.wording import known, say

OPEN = ("pending", "sending", "unsure", "needs_human")
"""Deliveries that have not ended."""


async def conclude(services: Services, desk: Desk, number: int) -> None:
    """Say how it ended once nothing is open any more, in the commit of the last delivery."""
    # The row first: of two last deliveries that end at once, the later one sees the other's end.
    row = await desk.session.get(AnnouncementRow, number, with_for_update=True)
    rows = await store.deliveries(desk.session, number)
    if row is None or any(item.state in OPEN for item in rows):
        return
    stored = await store.load(desk.session, number)
    if stored is None:
        return
    if State(row.state) is State.PUBLISHING:
        _conclude_publishing(services, desk, stored, rows)
    elif State(row.state) is State.RECALLING and not any(item.state == "sent" for item in rows):
        _conclude_recall(services, desk, stored, rows)


def _conclude_publishing(services: Services, desk: Desk, stored: store.Stored, rows: Sequence[DeliveryRow]) -> None:
    out = [row for row in rows if row.state == "sent"]
    trigger = Trigger.ALL_SENT if len(out) == len(rows) else Trigger.SOME_SENT if out else Trigger.NONE_SENT
    if out and stored.row.published is None:
        stored.row.published = desk.now
    store.move(desk, stored.row, trigger)
    lines = [say("release.link", channel=row.channel, url=_address(row)) for row in out]
    lines += [say("release.failure", channel=row.channel, reason=why(row.error)) for row in rows if row not in out]
    if trigger is not Trigger.ALL_SENT:
        lines.append(say("release.again"))
    _announce(services, desk, stored, [say(f"release.{trigger.value}", number=stored.number), *lines])


def _conclude_recall(services: Services, desk: Desk, stored: store.Stored, rows: Sequence[DeliveryRow]) -> None:
    remaining = [row for row in rows if row.state == "remains"]
    trigger = Trigger.SOME_REMAIN if remaining else Trigger.ALL_GONE
    store.move(desk, stored.row, trigger)
    lines = [say(f"recall.{trigger.value}", number=stored.number)]
    for row in remaining:
        code = "recall.perhaps" if row.error == "cannot_tell" else "recall.remains"
        lines.append(say(code, channel=row.channel, url=_address(row)))
    if any(row.remote_id for row in remaining):
        lines.append(say("recall.try_again"))
    _announce(services, desk, stored, lines)


def _address(row: DeliveryRow) -> str:
    return row.url or say("release.no_link")


def _announce(services: Services, desk: Desk, stored: store.Stored, lines: Sequence[str]) -> None:
    key = store.receipt_key(stored.number, stored.row.version)
    content = plain("\n".join(lines))
    desk.letters.say(services.comms_room, content, key=key)
    desk.letters.tell(store.author(stored), content)


def why(error: str | None) -> str:
    """Why a delivery failed, in words."""
    code = f"release.error.{error}"
    return say(code if known(code) else "release.error.other", code=error or "")


ASK = "ask-"


def ask(services: Services, desk: Desk, row: DeliveryRow, fence: int) -> None:
    """Ask the people of the comms room whether something is out, because its channel cannot tell."""
    key = f"receipt/{row.announcement}/{fence}/{ASK}{row.id}"
    text = say("unclear.ask", number=row.announcement, channel=row.channel)
    desk.letters.say(services.comms_room, plain(text), key=key)
    for emoji in ("✅", "🔁"):
        desk.letters.react(services.comms_room, key, emoji)
