"""Why something was recalled: asked of whoever recalled it, kept in the evidence; personal data opens an incident."""

import re

from adapters.events import Button, Content
from bot.access import Action, may
from bot.announcements import incidents, reasons, store
from bot.announcements.recall_limits import RECALLED
from bot.audit import Entry
from bot.desk import Commit, Desk
from bot.turn import Turn, plain, privately
from bot.wording import say

PERSONAL, WRONG, OTHER = "personal_data", "wrong", "other"
KINDS = (PERSONAL, WRONG, OTHER)
_SAID = re.compile(r"(personal data|wrong)\b[\s:,.]*", re.IGNORECASE)


def ask(turn: Turn, desk: Desk, number: int) -> None:
    """Ask privately why it was recalled."""
    buttons = tuple(Button("recall_why", say(f"incident.why.{kind}"), f"{kind}/{number}") for kind in KINDS)
    turn.confide(desk, Content(say("incident.why.ask", number=number), buttons=buttons))


async def give(turn: Turn, number: int, words: str) -> Commit:
    """`reason #n TEXT`: why it was recalled, or else why somebody voted as they did."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None or stored.state not in RECALLED or not may(turn.person.roles, Action.RECALL):
        return await reasons.give(turn, number, words)
    said = _SAID.match(words)
    kind = said.group(1).casefold().replace(" ", "_") if said else OTHER
    return _given(turn, stored, kind, words[said.end() :] if said else words)


async def pressed(turn: Turn, kind: str, number: int) -> Commit:
    """One of the buttons under the question."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None or stored.state not in RECALLED or not may(turn.person.roles, Action.RECALL):
        return privately(turn, say("reason.none_needed", number=number))
    if kind == OTHER:
        return privately(turn, say("incident.why.words", number=number))
    return _given(turn, stored, kind, "")


def _given(turn: Turn, stored: store.Stored, kind: str, why: str) -> Commit:
    """Keep the reason, with its words if there are any."""
    refusal = reasons.refusal_of(turn, why) if why or kind == OTHER else ""
    if refusal:
        return privately(turn, refusal)

    async def commit(desk: Desk) -> None:
        if kind == PERSONAL:
            await incidents.open_for(turn, desk, stored, why)
            return
        details: dict[str, str | int | None] = {"revision": stored.row.revision, "kind": kind}
        note = {"who": turn.person.name} | ({"why": why} if why else {})
        desk.record(Entry("recall_reason", stored.subject, turn.person.key, details, note))
        if why:
            told = say("reason.told", number=stored.number, who=turn.person.name, why=why)
            desk.letters.tell(store.author(stored), plain(told))
        turn.confide(desk, plain(say(f"incident.why.kept_{kind}", number=stored.number)))

    return commit
