"""What a person decides about a delivery: try again what failed, or say what a channel could not tell."""

from sqlalchemy import update
from sqlmodel import col

from adapters.events import MessageRef
from bot import outbox
from bot.announcements import outcome, store
from bot.announcements.tables import DeliveryRow
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.protocol.model import State, Trigger
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import say


async def retry(turn: Turn, stored: store.Stored) -> Commit:
    """Try again what definitely failed, or what a recall left behind; what may be out is never repeated blindly."""

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        recalled = State(row.state) is State.RECALL_PARTIAL
        store.move(desk, row, Trigger.RETRY, by=turn.person.key, note=turn.person.name)
        mine = col(DeliveryRow.announcement) == stored.number
        if recalled:
            there = mine & (col(DeliveryRow.state) == "remains") & col(DeliveryRow.remote_id).is_not(None)
            again = update(DeliveryRow).where(there).values(state="sent", not_before=None)
        else:
            # The person who asks gives leave anew: a delivery that comes too late by itself is not begun.
            failed = mine & (col(DeliveryRow.state) == "failed")
            values = {"state": "pending", "not_before": None, "permitted": desk.now}
            again = update(DeliveryRow).where(failed).values(**values)
        await desk.session.execute(again)
        code = "recall.retried" if recalled else "vote.retried"
        turn.answer(desk, plain(say(code, number=stored.number, who=turn.person.name)))
        await outcome.conclude(turn.services, desk, stored.number)  # there may be nothing that can be tried

    return commit


async def asked_about(services: Services, ref: MessageRef) -> int | None:
    """The delivery that a message of ours asks about, or None when it asks about none."""
    async with services.database.reading() as session:
        key = await outbox.key_of(session, ref)
    last = (key or "").rpartition("/")[2]
    return int(last.removeprefix(outcome.ASK)) if last.startswith(outcome.ASK) else None


async def answered(turn: Turn, stored: store.Stored, delivery: int, *, there: bool) -> Commit:
    """Somebody looked where the channel could not tell: it is there, or it is not and is sent again."""
    state = "sent" if there else "pending"
    values: dict[str, object] = {"state": state, "error": None}
    if not there:
        values |= {"not_before": None, "permitted": turn.now}

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        asked = (col(DeliveryRow.id) == delivery) & (col(DeliveryRow.state) == "needs_human")
        held = await desk.session.get(DeliveryRow, delivery)
        done = await desk.session.execute(update(DeliveryRow).where(asked).values(**values))
        if held is None or not getattr(done, "rowcount", 0):
            turn.confide(desk, plain(say("unclear.answered", number=stored.number)))
            return
        row.version += 1
        details: dict[str, str | int | None] = {"delivery": delivery, "state": state}
        note = {"who": turn.person.name}
        desk.record(Entry("delivery_answered", stored.subject, turn.person.key, details, note))
        code = "unclear.there" if there else "unclear.again"
        turn.answer(desk, plain(say(code, number=stored.number, who=turn.person.name, channel=held.channel)))
        await outcome.conclude(turn.services, desk, stored.number)

    return commit
