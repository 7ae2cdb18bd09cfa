"""`why #n`: one paragraph that says who, what, when and on what grounds, from the tables and the evidence."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import audit
from bot.announcements import judging, store, times
from bot.announcements.tables import DeliveryRow
from bot.desk import Commit
from bot.protocol.model import Source, State, Trigger
from bot.protocol.review import ASKED
from bot.services import Services
from bot.turn import Turn, openly
from bot.wording import count, listed, say

MOST = 5
"""Holds and withdrawals that are told one by one."""


async def why(turn: Turn, number: int) -> Commit:
    """Answer `why #n`."""
    async with turn.services.database.reading() as session:
        text = await tell(session, turn.services, number)
    return openly(turn, text)


async def tell(session: AsyncSession, services: Services, number: int) -> str:
    """The paragraph about `#number`."""
    stored = await store.load(session, number)
    if stored is None:
        return say("refuse.no_such", number=number)
    rows = await audit.history(session, stored.subject)
    deliveries = await store.deliveries(session, number)
    sentences = [
        _drafted(services, stored, rows),
        _scanned(stored),
        _stopped_before(stored, rows),
        await _corrections(session, stored),
        _timed(services, stored),
        _approved(services, stored, rows),
        _looked(rows),
        _held(services, stored, rows),
        _released(services, stored, rows),
        _standing(services, stored, rows),
        _delivered(deliveries),
        _recalled(services, rows),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def when(services: Services, moment: datetime) -> str:
    """A time as people of the organisation write it, in their zone."""
    return times.to_the_second(moment.astimezone(services.zone))


def _who(shown: audit.Shown) -> str:
    return shown.note.get("who") or say("why.somebody", actor=shown.row.actor)


def _drafted(services: Services, stored: store.Stored, rows: list[audit.Shown]) -> str:
    first = next((row for row in rows if row.row.action == "submit"), None)
    author = _who(first) if first else say("why.unknown")
    return say(
        "why.drafted",
        number=stored.number,
        author=author,
        at=when(services, stored.row.made),
        revision=stored.row.revision,
        digest=stored.revision.digest[:12],
    )


def _scanned(stored: store.Stored) -> str:
    findings = json.loads(stored.revision.findings)
    rules = stored.revision.rules[:12]
    if stored.revision.rules == judging.BROKEN:
        return say("why.not_scanned")
    if not findings:
        return say("why.scanned_clear", rules=rules)
    return say("why.scanned", rules=rules, findings=count(len(findings), "finding", "findings"))


def _stopped_before(stored: store.Stored, rows: list[audit.Shown]) -> str:
    stops = [json.loads(row.row.details).get("revision", 0) for row in rows if row.row.action == "stop"]
    return say("why.stopped_before") if any(revision < stored.row.revision for revision in stops) else ""


def _approved(services: Services, stored: store.Stored, rows: list[audit.Shown]) -> str:
    given, taken = _votes(stored, rows)
    people: dict[str, list[audit.Shown]] = {}
    for row in given:
        people.setdefault(row.row.actor, []).append(row)
    said = [_approver(services, rows, votes) for votes in people.values()]
    text = say("why.approved", people=listed(said)) if said else say("why.not_approved")
    back = [say("explain.taken_back_by", who=_name(rows, row), at=when(services, row.row.at)) for row in taken]
    return f"{text} {say('explain.taken_back', people=listed(_last(back)))}" if back else text


def _votes(stored: store.Stored, rows: list[audit.Shown]) -> tuple[list[audit.Shown], list[audit.Shown]]:
    """The approvals of the current revision that stand, and those taken back: by ballot, of which one may have two."""
    standing: dict[object, audit.Shown] = {}
    taken = []
    for row in rows:
        details = json.loads(row.row.details)
        if details.get("revision") != stored.row.revision:
            continue
        ballot = details.get("ballot", row.row.actor)
        if row.row.action == "approval":
            standing.setdefault(ballot, row)
        elif row.row.action == "approval_withdrawn":
            standing.pop(ballot, None)
            taken.append(row)
    return list(standing.values()), taken


def _approver(services: Services, rows: list[audit.Shown], votes: Sequence[audit.Shown]) -> str:
    """One person, with the time of the first of their approvals and the way of each."""
    ways = dict.fromkeys(str(json.loads(row.row.details).get("source", "")) for row in votes)
    how = listed([say(f"explain.how.{Source(way).value}") for way in ways if way])
    return say("explain.approver", who=_name(rows, votes[0]), at=when(services, votes[0].row.at), how=how)


def _name(rows: list[audit.Shown], shown: audit.Shown) -> str:
    """Whose act it is; a row that the bot wrote by itself holds no name, but another of the same person may."""
    named = [row for row in (shown, *rows) if row.row.actor == shown.row.actor and "who" in row.note]
    return _who(named[0] if named else shown)


def _last(lines: list[str]) -> list[str]:
    """The last few; nobody reads twenty."""
    if len(lines) <= MOST:
        return lines
    return [say("explain.more", count=len(lines) - MOST), *lines[-MOST:]]


def _timed(services: Services, stored: store.Stored) -> str:
    row = stored.row
    if row.due is None:
        return ""
    return say("explain.for_time", when=times.in_full(row.due, row.until, services.zone))


def _held(services: Services, stored: store.Stored, rows: list[audit.Shown]) -> str:
    """Every time it was on hold before; what it waits for now is told by itself."""
    moves = [(row, json.loads(row.row.details)) for row in rows if '"to"' in row.row.details]
    holds = [(row, details) for row, details in moves if details["to"] == State.HELD.value]
    if stored.state is State.HELD:
        holds = holds[:-1]
    lines = [say("explain.held_once", at=when(services, row.row.at), reason=_reason(d["reason"])) for row, d in holds]
    return say("explain.held", holds=listed(_last(lines))) if lines else ""


def _reason(code: str) -> str:
    return say("explain.objection") if code == ASKED else say(f"why.reason.{code}").rstrip(".")


def _looked(rows: list[audit.Shown]) -> str:
    looks = [row for row in rows if row.row.action == "reconciled" and json.loads(row.row.details).get("changed")]
    return say("explain.looked", times=count(len(looks), "time", "times")) if looks else ""


async def _corrections(session: AsyncSession, stored: store.Stored) -> str:
    """What it corrects, and what corrects it."""
    numbers = [f"#{number}" for number in await store.corrections(session, stored.number)]
    mine = [say("explain.corrects", number=stored.row.corrects)] if stored.row.corrects else []
    return " ".join(mine + ([say("explain.corrected", numbers=listed(numbers))] if numbers else []))


def _released(services: Services, stored: store.Stored, rows: list[audit.Shown]) -> str:
    """Who let it out at the server because chat could not be reached, and whether a second look is still owed."""
    agreed = [row for row in rows if row.row.action == "break_glass_agreed"]
    if not agreed:
        return ""
    who = listed([_who(row) for row in agreed])
    text = say("break_glass.why", who=who, at=when(services, agreed[0].row.at))
    return f"{text} {say('later_review.why')}" if stored.row.owes_review else text


def _standing(services: Services, stored: store.Stored, rows: list[audit.Shown]) -> str:
    text = say("why.state", state=say(f"state.{stored.state.value}"), at=when(services, stored.row.changed))
    held = stored.state in {State.HELD, State.CHANGES_REQUESTED, State.REJECTED}
    if not held or not stored.row.reason:
        return text
    asked = next((row for row in reversed(rows) if row.row.action in _ASKING), None)
    if stored.row.reason == "asked" and asked is not None and "who" in asked.note:
        return f"{text} {say('why.asked_by', who=_who(asked))}"
    return f"{text} {say(f'why.reason.{stored.row.reason}')}"


_ASKING = {Trigger.HOLD.value, Trigger.REJECT.value, Trigger.REQUEST_CHANGES.value}


def _delivered(deliveries: Sequence[DeliveryRow]) -> str:
    lines = [
        say(
            "why.delivery",
            channel=row.channel,
            state=say(f"delivery.{row.state}"),
            url=row.url or say("release.no_link"),
        )
        for row in deliveries
    ]
    return say("why.deliveries", deliveries=listed(lines)) if lines else ""


def _recalled(services: Services, rows: list[audit.Shown]) -> str:
    recall = next((row for row in reversed(rows) if row.row.action == Trigger.RECALL.value), None)
    return say("why.recalled", who=_who(recall), at=when(services, recall.row.at)) if recall else ""
