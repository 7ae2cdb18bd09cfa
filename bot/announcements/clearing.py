"""What a channel could not tell, said by button or in words: it is there, or it is not and is sent again."""

from collections.abc import Sequence

from bot.access import Action, may
from bot.announcements import posters, retrying, store
from bot.announcements.tables import DeliveryRow
from bot.desk import Commit
from bot.protocol.sending import DeliveryState
from bot.turn import Turn, privately
from bot.wording import listed, say


async def pressed(turn: Turn, number: int, delivery: int, *, there: bool) -> Commit:
    """A button under the question about one delivery."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    if not may(turn.person.roles, Action.APPROVE):
        return privately(turn, say("vote.not_approver", number=number))
    return await retrying.answered(turn, stored, delivery, there=there)


async def typed(turn: Turn, number: int, words: str, *, there: bool) -> Commit:
    """`there #n` or `again #n`, with the name of the channel when several are unclear."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        rows = await store.deliveries(session, number) if stored else []
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    unclear = [row for row in rows if row.state == DeliveryState.NEEDS_HUMAN.value]
    chosen = [row for row in unclear if row.channel.casefold() == words.strip().casefold()] or unclear
    if len(chosen) != 1:
        return privately(turn, _which(number, unclear, there=there))
    return await retrying.answered(turn, stored, chosen[0].id or 0, there=there)


def _which(number: int, unclear: Sequence[DeliveryRow], *, there: bool) -> str:
    if not unclear:
        return say("clearing.none", number=number)
    channels = listed(sorted({posters.label(row) for row in unclear}))
    word = "there" if there else "again"
    return say("clearing.which", number=number, channels=channels, word=word, channel=unclear[0].channel)
