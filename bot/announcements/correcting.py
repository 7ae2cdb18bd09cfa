"""`correct #n`: a linked correction; both stay, and each names the other. To take something down, recall it."""

from collections.abc import Sequence

from adapters.events import Attachment
from bot.announcements import drafting, store
from bot.desk import Commit
from bot.protocol.model import State
from bot.turn import Turn, privately
from bot.wording import say

_STANDS = frozenset({State.PUBLISHED, State.PARTIAL})


async def correct(turn: Turn, number: int, text: str, files: Sequence[Attachment]) -> Commit:
    """A new announcement that puts another right; it is checked and approved like any."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    if stored.state not in _STANDS:
        return privately(turn, say("correct.not_out", number=number, state=say(f"state.{stored.state.value}")))
    if not text:
        return privately(turn, say("correct.empty", number=number))
    return await drafting.submit(turn, text, files, corrects=number)
