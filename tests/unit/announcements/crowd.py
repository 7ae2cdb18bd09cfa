"""A store with many announcements in a mix of states, hundreds of them open; and what is asked of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from adapters.events import AccountRef, Content, MessageReceived, MessageRef
from bot.announcements import delivery, judging, preview, reconciling, release, scheduling
from bot.announcements.store import preview_key
from bot.announcements.tables import AnnouncementRow, ContributorRow, DeliveryRow, RevisionRow, VoteRow
from bot.desk import opened
from bot.identity import Person
from bot.outbox import OutboxRow
from bot.protocol.model import Role
from bot.services import Services
from bot.turn import Turn
from tests.unit.announcements import town as towns
from tests.unit.announcements.chat import BOT, Message
from tests.unit.announcements.town import Town

DONE = ("published", "published", "published", "cancelled", "recalled", "expired", "rejected", "failed")
OPEN = ("in_review", "held", "scheduled", "approved", "changes_requested")
WORDS = "The library opens at noon."
DUE = 1
"""The one that is due, approved by Jo under its preview; it is looked at by the guard."""


async def gather(folder: Path, announcements: int, waiting: int = 400) -> Town:
    """A town with so many, of which `waiting` are open and one is due."""
    town = await towns.found(folder)
    services, now = town.services, town.now
    rows: dict[type[Any], list[dict[str, Any]]] = {
        kind: [] for kind in (AnnouncementRow, RevisionRow, ContributorRow, VoteRow, DeliveryRow, OutboxRow)
    }
    for number in range(1, announcements + 1):
        state = "scheduled" if number == DUE else (OPEN + DONE)[number % 13] if number > waiting else OPEN[number % 5]
        if number > waiting:
            state = DONE[number % len(DONE)]
        _one(services, rows, number, state, now)
    async with services.database.writing() as session:
        for kind, values in rows.items():
            await session.execute(insert(kind), values)
    _show(town)
    return town


def _one(
    services: Services, rows: dict[type[Any], list[dict[str, Any]]], number: int, state: str, now: datetime
) -> None:
    made, far = now - timedelta(days=number % 300, hours=1), now + timedelta(days=2, minutes=number)
    due = None if number == DUE or state in DONE else far
    digest = judging.revision_digest(
        judging.posts_for(services, number, WORDS, "en-GB", (), None, {}), None if number == DUE else "x"
    )
    waits = {"in_review": far, "scheduled": far, "approved": far}
    rows[AnnouncementRow].append(
        {
            "number": number,
            "state": state,
            "author": 1,
            "author_account": "web:ama",
            "source_platform": "web",
            "source_room": "general",
            "source_message": f"s{number}",
            "made": made,
            "changed": now,
            "due": due,
            "wake": now if number == DUE else waits.get(state),
            "reason": "asked" if state in {"held", "changes_requested", "rejected"} else "",
        }
    )
    judged = judging.judge(services, WORDS, ()) if number == DUE else None
    rows[RevisionRow].append(
        {
            "announcement": number,
            "revision": 1,
            "text": WORDS,
            "language": "en-GB",
            "digest": digest,
            "fingerprint": "f",
            "rules": judged.rules if judged else "r",
            "shown": preview.digest(_content(number)),
            "made": made,
        }
    )
    rows[ContributorRow].append({"announcement": number, "person": 1, "since_revision": 1})
    vote = {"revision": 1, "kind": "approve", "source": "reaction", "digest": digest, "received": made}
    for person, account in ((3, "web:jo"), (4, "web:sam")):
        rows[VoteRow].append(
            {"announcement": number, "person": person, "account": account, "message": f"p{number}", **vote}
        )
    if state in {"published", "recalled", "failed"}:
        sent = {"published": "sent", "recalled": "withdrawn", "failed": "failed"}[state]
        for channel in ("board", "wall"):
            more = {"key": f"{number}-{channel}", "state": sent, "post": "{}", "digest": "d", "permitted": made}
            rows[DeliveryRow].append({"announcement": number, "revision": 1, "channel": channel, "attempts": 1, **more})
    rows[OutboxRow].append(
        {
            "key": preview_key(number, 1),
            "place": "web:comms",
            "platform": "web",
            "room": "comms",
            "action": "send",
            "message": f"p{number}",
            "state": "failed" if number % 997 == 3 else "sent",
            "made": made,
        }
    )


def _content(number: int) -> Content:
    return Content(f"#{number} r1 from Ama Field.", WORDS)


def _show(town: Town) -> None:
    ref = MessageRef("web", "comms", f"p{DUE}")
    town.chat.messages[ref.message] = Message(ref, BOT, _content(DUE), reactions=[("jo", "✅"), ("sam", "✅")])


async def sweep(town: Town) -> None:
    """The clock's sweep, with nothing due but what the guard has looked at already."""
    town.chat.away = None
    await town.change("UPDATE announcement SET wake = '2100-01-01 00:00:00.000000' WHERE number = 1")
    await release.sweep(town.services)


async def guard(town: Town) -> None:
    """One decision."""
    await release.guard(town.services, DUE)


async def guard_again(town: Town) -> None:
    """The same, after what it did before was undone."""
    await town.change("DELETE FROM delivery WHERE announcement = 1")
    await town.change("UPDATE announcement SET state = 'scheduled' WHERE number = 1")
    await guard(town)


async def queue(town: Town) -> None:
    """Somebody asks what waits."""
    ref = MessageRef("web", "direct-jo", "q")
    event = MessageReceived("q", town.now, AccountRef("web", "jo"), ref, "queue", addressed=True, direct=True)
    person = Person(event.sender, "Jo Field", 3, frozenset({Role.STAFF, Role.COMMS}))
    commit = await scheduling.queue(Turn(town.services, event, person, town.now))
    async with opened(town.services, f"queue/{town.now.timestamp()}") as desk:
        await commit(desk)
    town.time[0] += timedelta(milliseconds=1)


async def deliver(town: Town) -> None:
    """The engine looks for something to do."""
    await delivery.step(town.services, town.owner)


async def reconcile(town: Town) -> None:
    """Which previews are open."""
    await reconciling._open(town.services)
