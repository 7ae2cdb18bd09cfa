"""Taking back what is out: one person of comms is enough, and what remains is named."""

from bot.access import Action, may
from bot.announcements import by_hand, holding, outcome, preview, recall_reasons, review, store
from bot.announcements.recall_limits import needs_second
from bot.desk import Commit, Desk
from bot.protocol.model import State, Trigger
from bot.protocol.sending import ON_RECALL, DeliveryState, after, settled
from bot.protocol.table import BEFORE_PUBLISHING, OUT, NotAllowed, step
from bot.services import Services
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
        if stored is None or await needs_second(turn, desk, stored):
            return
        row = await store.lock(desk.session, number, stored.row.version)
        store.move(desk, row, Trigger.RECALL, by=turn.person.key, note=turn.person.name)
        await stop_deliveries(turn.services, desk, number)
        turn.answer(desk, plain(say("recall.begun", number=number, who=turn.person.name)))
        recall_reasons.ask(turn, desk, number)
        await desk.session.flush()
        await outcome.conclude(turn.services, desk, number)

    return refuse if refusal else commit


async def stop_deliveries(services: Services, desk: Desk, number: int) -> None:
    """What a recall makes of each delivery at once; the engine sees to the rest."""
    for item in await holding.locked(desk.session, number):
        before = DeliveryState(item.state)
        if before is DeliveryState.UNSURE and item.last_try is not None:
            item.not_before = settled(item.last_try, holding.rules(services))
        happening = ON_RECALL.get(before)
        if happening is None:
            continue
        item.state = after(before, happening).value
        # Nobody knows whether it is there, and now nobody has to: it is named among what may remain.
        item.error = "cannot_tell" if before is DeliveryState.NEEDS_HUMAN else item.error
        holding.record(desk, item, DeliveryState(item.state))
        if before is DeliveryState.ASKED:
            by_hand.stop(services, desk, item)


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
