"""Columns of a staff file whose names leave open what they hold: asked about, and the answer kept for such files."""

from adapters.events import Button, Content
from bot.access import Action, may
from bot.desk import Commit, Desk, nothing
from bot.load_words import guess
from bot.protocol.model import Vote
from bot.turn import Turn, plain, privately
from bot.wording import say
from directory import column_maps
from directory.columns import NOT_USED
from directory.csv_file import CsvFile
from directory.models import ColumnAnswer

MOST = 5
"""Columns asked about at once."""


async def ask(turn: Turn, desk: Desk, read: CsvFile) -> None:
    """Ask about each open column, each in a message of its own that takes ✅ and ❌."""
    by = str(turn.person.account)
    for row in await column_maps.asked(desk.session, read.shape, read.unsure[:MOST], by, desk.now):
        example = next(one.example for one in read.unsure if one.heading == row.heading)
        text = say("file.column.ask", heading=row.heading, example=example, guess=guess(row.guess))
        buttons = (
            Button("column_yes", say("file.column.yes"), str(row.id)),
            Button("column_no", say("file.column.no"), str(row.id)),
        )
        key = desk.letters.say(
            turn.event.ref.place, Content(text, buttons=buttons), key=f"column/{row.id}/{int(desk.now.timestamp())}"
        )
        for emoji in ("✅", "❌"):
            desk.letters.react(turn.event.ref.place, key, emoji)


async def answered(turn: Turn, number: int, vote: Vote) -> Commit:
    """A question about a column was answered."""
    if vote not in {Vote.APPROVE, Vote.REJECT}:
        return nothing
    if not may(turn.person.roles, Action.LOAD):
        return privately(turn, say("file.not_admin"))

    async def commit(desk: Desk) -> None:
        row = await desk.session.get(ColumnAnswer, number)
        if row is None:
            return
        row.field = row.guess if vote is Vote.APPROVE else NOT_USED
        row.by, row.at = str(turn.person.account), desk.now
        code = "file.column.taken" if vote is Vote.APPROVE else "file.column.left"
        desk.letters.say(turn.event.ref.place, plain(say(code, heading=row.heading, guess=guess(row.guess))))

    return commit
