"""`why #n`: one paragraph that says who, what, when and on what grounds, from the tables and the evidence."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import audit
from bot.announcements import judging, store, times
from bot.announcements.tables import DeliveryRow
from bot.desk import Commit
from bot.protocol.model import State, Trigger
from bot.services import Services
from bot.turn import Turn, openly
from bot.wording import count, listed, say


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
        _approved(services, stored, rows),
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
    votes: dict[str, audit.Shown] = {}
    for row in rows:
        if json.loads(row.row.details).get("revision") != stored.row.revision:
            continue
        if row.row.action == "approval":
            votes[row.row.actor] = row
        elif row.row.action == "approval_withdrawn":
            votes.pop(row.row.actor, None)
    if not votes:
        return say("why.not_approved")
    people = [say("why.approver", who=_who(row), at=when(services, row.row.at)) for row in votes.values()]
    return say("why.approved", people=listed(people))


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
