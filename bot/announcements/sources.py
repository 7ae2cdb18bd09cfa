"""The message that an announcement was drafted in was deleted: the draft is a copy, and whoever wrote it is told so."""

from bot.announcements import store
from bot.desk import Commit, Desk, nothing
from bot.protocol.table import OUT, WAITING
from bot.turn import Turn, plain
from bot.wording import say


async def deleted(turn: Turn) -> Commit:
    """Tell the author whether it goes on and what stops it; platforms do not tell who deleted a message.

    Where the author was asked to delete it, nothing more is to be said.
    """
    async with turn.services.database.reading() as session:
        number = await store.by_source(session, turn.event.ref)
        stored = await store.load(session, number) if number is not None else None
    if stored is None or stored.revision.stopped:
        return nothing
    if stored.state in WAITING:
        text = say("sources.goes_on", number=stored.number)
    elif stored.state in OUT:
        text = say("sources.is_out", number=stored.number)
    else:
        return nothing

    async def commit(desk: Desk) -> None:
        desk.letters.tell(store.author(stored), plain(text))

    return commit
