"""Taking back what is out: one person of comms is enough, and what remains is named."""

from sqlalchemy import update
from sqlmodel import col

from bot.access import Action, may
from bot.announcements import delivery, store
from bot.announcements.tables import DeliveryRow
from bot.desk import Commit, Desk
from bot.protocol.model import State, Trigger
from bot.protocol.table import NotAllowed, step
from bot.turn import Turn, plain
from bot.wording import say


async def recall(turn: Turn, number: int) -> Commit:
    """Take an announcement down on every channel."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = _refusal(turn, stored, number)

    async def refuse(desk: Desk) -> None:
        turn.confide(desk, plain(refusal))

    async def commit(desk: Desk) -> None:
        if stored is None:
            return
        row = await store.lock(desk.session, number, stored.row.version)
        store.move(desk, row, Trigger.RECALL, by=turn.person.key, note=turn.person.name)
        unsent = (col(DeliveryRow.announcement) == number) & (col(DeliveryRow.state) == "pending")
        await desk.session.execute(update(DeliveryRow).where(unsent).values(state="cancelled"))
        turn.answer(desk, plain(say("recall.begun", number=number, who=turn.person.name)))
        await desk.session.flush()
        await delivery.conclude(turn.services, desk, number)

    return refuse if refusal else commit


def _refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
    if stored is None:
        return say("refuse.no_such", number=number)
    if not may(turn.person.roles, Action.RECALL):
        return say("refuse.recall", number=number)
    try:
        step(stored.state, Trigger.RECALL)
    except NotAllowed:
        code = "recall.again" if stored.state in {State.RECALLING, State.RECALLED} else "recall.not_out"
        return say(code, number=number, state=say(f"state.{stored.state.value}"))
    return ""


async def cancel(turn: Turn, number: int) -> Commit:
    """Give up an announcement that is not out yet: its author or comms."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = _cancel_refusal(turn, stored, number)

    async def commit(desk: Desk) -> None:
        if refusal or stored is None:
            turn.confide(desk, plain(refusal))
            return
        row = await store.lock(desk.session, number, stored.row.version)
        store.move(desk, row, Trigger.CANCEL, by=turn.person.key, note=turn.person.name)
        turn.answer(desk, plain(say("cancel.done", number=number)))

    return commit


def _cancel_refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
    if stored is None:
        return say("refuse.no_such", number=number)
    if stored.row.author != turn.person.id and not may(turn.person.roles, Action.CHANGE_ANY):
        return say("refuse.edit", number=number)
    try:
        step(stored.state, Trigger.CANCEL)
    except NotAllowed:
        return say("cancel.too_late", number=number, state=say(f"state.{stored.state.value}"))
    return ""
