"""What a person decides about a delivery: try again what failed, or say what a channel could not tell.

A person's word is leave to begin later than the permit allows by itself; the permit stays that of the guard's commit.
Before anything is sent again it is looked up.
"""

from collections.abc import Sequence

from adapters.events import MessageRef
from bot import epochs, outbox
from bot.announcements import holding, outcome, posters, store
from bot.announcements.tables import DeliveryRow
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.epochs import Epoch
from bot.protocol.model import State, Trigger
from bot.protocol.sending import DeliveryState, Happening, after, after_said_absent, may_retry
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import say

D, H = DeliveryState, Happening


async def retry(turn: Turn, stored: store.Stored) -> Commit:
    """Try again what definitely failed, or what a recall left behind; what may be out is never repeated blindly."""

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        recalled = State(row.state) is State.RECALL_PARTIAL
        rows = await holding.locked(desk.session, stored.number)
        if not recalled and not all(may_retry(item.permitted, desk.now) for item in rows):
            turn.confide(desk, plain(say("vote.retry_old", number=stored.number)))
            return
        store.move(desk, row, Trigger.RETRY, by=turn.person.key, note=turn.person.name)
        life = await epochs.current(desk.session)
        _begin_again(turn.services, desk, rows, life, recalled=recalled)
        await desk.session.flush()
        code = "recall.retried" if recalled else "vote.retried"
        turn.answer(desk, plain(say(code, number=stored.number, who=turn.person.name)))
        await outcome.conclude(turn.services, desk, stored.number)  # there may be nothing that can be tried

    return commit


def _begin_again(services: Services, desk: Desk, rows: Sequence[DeliveryRow], life: Epoch, *, recalled: bool) -> None:
    for item in rows:
        by_hand = posters.poster(services, item.channel) is not None
        if recalled:
            if item.state == D.REMAINS.value and item.remote_id is not None and not by_hand:
                _turn(desk, item, H.RECALLED_ANEW)
        elif item.state in {D.FAILED.value, D.CANCELLED.value}:
            _turn(desk, item, H.ASKED_ANEW if by_hand else H.RETRIED)
            # That it failed for certain is no news of what happened after a backup that was put back.
            tried = (item.last_try or item.permitted) if epochs.is_before(item.permitted, life) else None
            item.leave, item.last_try = desk.now, tried


def _turn(desk: Desk, item: DeliveryRow, happening: Happening) -> None:
    item.state, item.error, item.not_before = after(D(item.state), happening).value, None, None
    holding.record(desk, item, D(item.state))


async def asked_about(services: Services, ref: MessageRef) -> int | None:
    """The delivery that a message of ours asks about, or None when it asks about none."""
    async with services.database.reading() as session:
        key = await outbox.key_of(session, ref)
    last = (key or "").rpartition("/")[2]
    return int(last.removeprefix(outcome.ASK)) if last.startswith(outcome.ASK) else None


async def answered(turn: Turn, stored: store.Stored, delivery: int, *, there: bool) -> Commit:
    """Somebody looked where the channel could not tell: it is there, or it is not and is sent again."""

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        held = await desk.session.get(DeliveryRow, delivery, with_for_update=True)
        if held is None or held.state != D.NEEDS_HUMAN.value:
            turn.confide(desk, plain(say("unclear.answered", number=stored.number)))
            return
        row.version += 1
        happening = await _believe(desk, held, there=there)
        details: dict[str, str | int | None] = {"delivery": delivery, "state": held.state}
        note = {"who": turn.person.name}
        desk.record(Entry("delivery_answered", stored.subject, turn.person.key, details, note))
        absent = "sending.too_old" if happening is H.SAID_ABSENT_LATE else "unclear.again"
        code = "unclear.there" if there else absent
        turn.answer(desk, plain(say(code, number=stored.number, who=turn.person.name, channel=posters.label(held))))
        await outcome.conclude(turn.services, desk, stored.number)

    return commit


async def _believe(desk: Desk, held: DeliveryRow, *, there: bool) -> Happening:
    """Change the delivery as the person said; what that means for it."""
    happening = H.SAID_THERE if there else after_said_absent(held.permitted, desk.now)
    held.state, held.error, held.not_before = after(D.NEEDS_HUMAN, happening).value, None, None
    if happening is H.SAID_ABSENT:
        held.leave, held.last_try = desk.now, None
    elif happening is H.SAID_ABSENT_LATE:
        held.error = "too_old"
        await outcome.stop_the_rest(desk, held)
    await desk.session.flush()
    return happening
