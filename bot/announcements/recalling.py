"""Taking back what is out: one person of comms is enough, and what remains is named."""

from sqlalchemy import update
from sqlmodel import col

from bot.access import Action, may
from bot.announcements import outcome, preview, review, store
from bot.announcements.tables import DeliveryRow
from bot.desk import Commit, Desk
from bot.protocol.model import State, Trigger
from bot.protocol.table import BEFORE_PUBLISHING, OUT, NotAllowed, step
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
        # Nobody knows whether it is there, and now nobody has to: it is named among what may remain.
        unclear = (col(DeliveryRow.announcement) == number) & (col(DeliveryRow.state) == "needs_human")
        await desk.session.execute(update(DeliveryRow).where(unclear).values(state="remains", error="cannot_tell"))
        turn.answer(desk, plain(say("recall.begun", number=number, who=turn.person.name)))
        await desk.session.flush()
        await outcome.conclude(turn.services, desk, number)

    return refuse if refusal else commit


def _refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
    if stored is None:
        return say("refuse.no_such", number=number)
    if not may(turn.person.roles, Action.RECALL):
        return say("refuse.recall", number=number)
    try:
        step(stored.state, Trigger.RECALL)
    except NotAllowed:
        return _nothing_to_recall(stored.state, number)
    return ""


def _nothing_to_recall(state: State, number: int) -> str:
    """Why there is nothing to recall, and what to do instead."""
    if state in {State.RECALLING, State.RECALLED}:
        code = "recall.again"
    elif state is State.RECALL_PARTIAL:
        code = "recall.partly"
    else:
        code = "recall.not_out" if state in BEFORE_PUBLISHING else "recall.nothing"
    return say(code, number=number, state=say(f"state.{state.value}"))


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
        await review.withdraw_preview(desk, stored, preview.stub(number, row.revision, "cancelled"))
        turn.answer(desk, plain(say("cancel.done", number=number)))
        if row.author != turn.person.id:
            text = say("cancel.done_by_other", number=number, who=turn.person.name)
            desk.letters.tell(store.author(stored), plain(text))

    return commit


def _cancel_refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
    if stored is None:
        return say("refuse.no_such", number=number)
    if stored.row.author != turn.person.id and not may(turn.person.roles, Action.CHANGE_ANY):
        return say("refuse.cancel", number=number)
    try:
        step(stored.state, Trigger.CANCEL)
    except NotAllowed:
        code = "cancel.too_late" if stored.state in OUT else "cancel.over"
        return say(code, number=number, state=say(f"state.{stored.state.value}"))
    return ""
