"""What is to be said: written in the commit that decided it, sent afterwards, each once.

Every row has a stable key that the platform (or our own adapter) uses to recognise a repeat, so a crash between
sending and noting it shows nothing twice. Rows of one place go out in order. Words are erased once they are out.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from adapters.events import AccountRef, Content, MessageRef, RoomRef
from bot.encoding import dump, load_content
from bot.leases import LEASE, Owner, is_dead
from config import logs
from config.database import Base, Database

log = logs.get("outbox")

AS_IS = {"synchronize_session": False}  # nothing of what these change is held in the session


class OutboxRow(Base, table=True):
    """One thing to do in a chat. `place` orders it: a room, or `direct:` and an account."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    place: str = Field(index=True)
    platform: str
    room: str | None = None
    thread: str | None = None
    account: str | None = None
    action: str
    content: str | None = None
    emoji: str | None = None
    target_key: str | None = None
    message: str | None = Field(default=None, index=True)
    state: str = Field(default="waiting", index=True)
    attempts: int = 0
    not_before: datetime | None = None
    owner: str | None = None
    until: datetime | None = None
    made: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row as its sender sees it."""

    id: int
    key: str
    platform: str
    room: str | None
    thread: str | None
    account: str | None
    action: str
    content: Content | None
    emoji: str | None
    message: str | None
    attempts: int


BLANK: dict[str, Any] = {
    "room": None,
    "thread": None,
    "account": None,
    "content": None,
    "emoji": None,
    "target_key": None,
    "message": None,
    "state": "waiting",
    "attempts": 0,
}
NEW = insert(Base.metadata.tables["outbox"])


class Letters:
    """Writes outbox rows inside a commit; `base` makes their keys unique and repeatable."""

    def __init__(self, session: AsyncSession, base: str, now: datetime) -> None:
        """Keys are `base`/0, `base`/1 ... unless one is given."""
        self._session, self._base, self._now, self._count = session, base, now, 0
        self._rows: list[dict[str, Any]] = []

    def say(self, room: RoomRef, content: Content, *, thread: str | None = None, key: str | None = None) -> str:
        """Post in a room or thread."""
        return self._add(
            key,
            place=str(room),
            platform=room.platform,
            room=room.id,
            thread=thread,
            action="send",
            content=dump(content),
        )

    def whisper(self, room: RoomRef, account: AccountRef, content: Content, *, thread: str | None = None) -> str:
        """Tell one person, seen by nobody else."""
        return self._add(
            None,
            place=str(room),
            platform=room.platform,
            room=room.id,
            thread=thread,
            account=account.id,
            action="whisper",
            content=dump(content),
        )

    def tell(self, account: AccountRef, content: Content, *, key: str | None = None) -> str:
        """Write a direct message."""
        place = f"direct:{account}"
        return self._add(
            key, place=place, platform=account.platform, account=account.id, action="tell", content=dump(content)
        )

    def share(self, room: RoomRef, name: str, words: str) -> str:
        """Share a file of words in UTF-8; until it is out they are kept as the quotation of a message."""
        content = dump(Content(name, quote=words))
        return self._add(None, place=str(room), platform=room.platform, room=room.id, action="upload", content=content)

    def edit(self, room: RoomRef, target_key: str, content: Content) -> str:
        """Replace what the message posted by the row `target_key` shows, also when it is still on its way."""
        return self._aim(room, target_key, "edit", content=dump(content))

    def react(self, room: RoomRef, target_key: str, emoji: str) -> str:
        """React to the message that the row `target_key` posts."""
        return self._aim(room, target_key, "react", emoji=emoji)

    def delete(self, ref: MessageRef) -> str:
        """Remove a message that somebody wrote."""
        return self._add(
            None, place=str(ref.place), platform=ref.platform, room=ref.room, message=ref.message, action="delete"
        )

    def _aim(self, room: RoomRef, target_key: str, action: str, **values: str) -> str:
        return self._add(
            None,
            place=str(room),
            platform=room.platform,
            room=room.id,
            action=action,
            target_key=target_key,
            **values,
        )

    def _add(self, key: str | None, **values: Any) -> str:
        chosen = key or f"{self._base}/{self._count}"
        self._count += key is None
        self._rows.append({**BLANK, "key": chosen, "made": self._now, **values})
        return chosen

    async def post(self) -> None:
        """Put them into the box, all in one statement, in the order they were written."""
        if self._rows:
            await self._session.execute(NEW, self._rows)
        self._rows = []


@asynccontextmanager
async def letters(session: AsyncSession, base: str, now: datetime) -> AsyncIterator[Letters]:
    """Letters that are in the box when the block ends without an error."""
    written = Letters(session, base, now)
    yield written
    await written.post()


def _next() -> Select[Any]:
    table = Base.metadata.tables["outbox"]
    older = table.alias("older")
    return (
        select(*table.c)
        .where(
            or_(
                col(OutboxRow.state) == "waiting",
                (col(OutboxRow.state) == "sending") & (col(OutboxRow.until) <= bindparam("now")),
            ),
            or_(col(OutboxRow.not_before).is_(None), col(OutboxRow.not_before) <= bindparam("now")),
            ~exists().where(
                older.c.place == OutboxRow.place,
                older.c.state.in_(("waiting", "sending")),
                older.c.id < col(OutboxRow.id),
            ),
        )
        .order_by(col(OutboxRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


# Built once: putting a statement together costs more than running it.
NEXT = _next()
"""The oldest letter of a place that may go out now."""

HOLD = (
    update(OutboxRow)
    .where(col(OutboxRow.id) == bindparam("number"))
    .values(state="sending", owner=bindparam("holder"), until=bindparam("end"), attempts=bindparam("tries"))
)
# Each hold is another attempt, so the count tells two holds of one process apart.
MINE = update(OutboxRow).where(
    col(OutboxRow.id) == bindparam("number"),
    col(OutboxRow.owner) == bindparam("holder"),
    col(OutboxRow.attempts) == bindparam("tries"),
)
DONE = MINE.values(state="sent", content=None, owner=None, until=None)
POSTED = DONE.values(message=bindparam("said"), room=bindparam("said_in"))
WAITING = MINE.values(state="waiting", owner=None, until=None, not_before=bindparam("again"))
FAILED = MINE.values(state="failed", content=None, owner=None, until=None)


async def take(database: Database, owner: Owner) -> Outgoing | None:
    """Hold the next row that may go out: the oldest of its place; None when there is nothing to do now."""
    async with database.writing() as session:
        now = await database.now(session)
        row = (await session.execute(NEXT, {"now": now})).first()
        if row is None:
            return None
        content = _decode(row.content)
        if content is None and row.content:
            # It can never be sent; the rest of its place must not wait for it.
            log.error("not_sent", action=row.action, code="unreadable", platform=row.platform)
            unreadable = update(OutboxRow).where(col(OutboxRow.id) == row.id)
            await session.execute(unreadable.values(state="failed", content=None))
            return None
        outgoing = await _outgoing(session, row, content)
        hold = _hold_of(outgoing, owner) | {"end": now + LEASE}
        await session.execute(HOLD, hold, execution_options=AS_IS)
        return outgoing


def _hold_of(outgoing: Outgoing, owner: Owner) -> dict[str, object]:
    return {"number": outgoing.id, "holder": str(owner), "tries": outgoing.attempts}


async def _outgoing(session: AsyncSession, row: Row[Any], content: Content | None) -> Outgoing:
    return Outgoing(
        row.id,
        row.key,
        row.platform,
        row.room,
        row.thread,
        row.account,
        row.action,
        content,
        row.emoji,
        await _target(session, row),
        row.attempts + 1,
    )


def _decode(body: str | None) -> Content | None:
    try:
        return load_content(body) if body else None
    except (KeyError, TypeError, ValueError):
        return None


async def _target(session: AsyncSession, row: Row[Any]) -> str | None:
    if row.target_key is None:
        message: str | None = row.message
        return message
    found = await session.execute(select(col(OutboxRow.message)).where(col(OutboxRow.key) == row.target_key))
    return found.scalar_one_or_none()


async def sent(session: AsyncSession, outgoing: Outgoing, owner: Owner, ref: MessageRef | None) -> None:
    """Note that it is out; its words are erased. A row taken over by another worker is left to that worker."""
    hold = _hold_of(outgoing, owner)
    if ref is None:
        await session.execute(DONE, hold, execution_options=AS_IS)
    else:
        await session.execute(POSTED, hold | {"said": ref.message, "said_in": ref.room}, execution_options=AS_IS)


async def later(session: AsyncSession, outgoing: Outgoing, owner: Owner, until: datetime) -> None:
    """Try again after a time."""
    await session.execute(WAITING, _hold_of(outgoing, owner) | {"again": until}, execution_options=AS_IS)


async def pause(session: AsyncSession, outgoing: Outgoing, owner: Owner, until: datetime) -> None:
    """The platform asks for patience: nothing goes out there before that time, and this was no try."""
    counted_back = {"attempts": outgoing.attempts - 1, "owner": None, "until": None}
    again = MINE.values(state="waiting", not_before=until, **counted_back)
    await session.execute(again, _hold_of(outgoing, owner), execution_options=AS_IS)
    sooner = or_(col(OutboxRow.not_before).is_(None), col(OutboxRow.not_before) < until)
    waiting = update(OutboxRow).where(
        col(OutboxRow.platform) == outgoing.platform, col(OutboxRow.state) == "waiting", sooner
    )
    await session.execute(waiting.values(not_before=until), execution_options=AS_IS)


async def hurry(session: AsyncSession, platform: str) -> None:
    """The platform is back: what waits to be tried again there waits no longer, and its tries are counted anew."""
    waiting = update(OutboxRow).where(
        col(OutboxRow.platform) == platform, col(OutboxRow.state) == "waiting", col(OutboxRow.not_before).is_not(None)
    )
    await session.execute(waiting.values(not_before=None, attempts=1), execution_options=AS_IS)


async def give_up(session: AsyncSession, outgoing: Outgoing, owner: Owner) -> None:
    """It will never go out; the words are erased and what comes after it goes on."""
    await session.execute(FAILED, _hold_of(outgoing, owner), execution_options=AS_IS)


_POSTS = ("send", "whisper", "tell")


async def key_of(session: AsyncSession, ref: MessageRef) -> str | None:
    """The key of the row that posted a message, or None when it is not ours."""
    query = select(col(OutboxRow.key)).where(
        col(OutboxRow.platform) == ref.platform,
        col(OutboxRow.room) == ref.room,
        col(OutboxRow.message) == ref.message,
        col(OutboxRow.action).in_(_POSTS),
        col(OutboxRow.state) == "sent",
    )
    return (await session.execute(query)).scalar_one_or_none()


async def ref_of(session: AsyncSession, key: str) -> MessageRef | None:
    """Where the message posted under `key` stands, or None while it is not out."""
    query = select(OutboxRow).where(col(OutboxRow.key) == key, col(OutboxRow.state) == "sent")
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None or row.message is None or row.room is None:
        return None
    return MessageRef(row.platform, row.room, row.message, row.thread)


async def sent_under(session: AsyncSession, keys: Sequence[str]) -> list[MessageRef]:
    """Where the messages posted under any of `keys` stand, as far as they are out."""
    query = select(OutboxRow).where(col(OutboxRow.key).in_(keys), col(OutboxRow.state) == "sent")
    rows = (await session.execute(query.order_by(col(OutboxRow.id)))).scalars()
    return [MessageRef(row.platform, row.room, row.message, row.thread) for row in rows if row.room and row.message]


async def rooms_of(session: AsyncSession, keys: Sequence[str]) -> list[tuple[str, RoomRef]]:
    """Which of `keys` are messages to a room, and to which, out already or still on their way."""
    query = select(col(OutboxRow.key), col(OutboxRow.platform), col(OutboxRow.room)).where(
        col(OutboxRow.key).in_(keys), col(OutboxRow.action) == "send", col(OutboxRow.room).is_not(None)
    )
    found = (await session.execute(query.order_by(col(OutboxRow.id)))).all()
    return [(key, RoomRef(platform, room or "")) for key, platform, room in found]


async def is_posting(session: AsyncSession, place: str) -> bool:
    """Whether something is on its way to a place: a reaction there may be to a message not yet noted as ours.

    What was tried and waits again may be out as well: its answer was lost, or its sender was killed.
    """
    tried = (col(OutboxRow.state) == "waiting") & (col(OutboxRow.attempts) > 0)
    query = select(
        exists().where(
            col(OutboxRow.place) == place,
            col(OutboxRow.action).in_(_POSTS),
            or_(col(OutboxRow.state) == "sending", tried),
        )
    )
    return bool((await session.execute(query)).scalar_one())


async def reclaim(database: Database, me: Owner) -> int:
    """At start: give rows held by processes of this host that are gone back to the queue; how many."""
    async with database.writing() as session:
        rows = (await session.execute(select(OutboxRow).where(col(OutboxRow.state) == "sending"))).scalars()
        dead = [row for row in rows if is_dead(row.owner or "", me)]
        for row in dead:
            row.state, row.owner, row.until = "waiting", None, None
        return len(dead)


RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
"""Waits between tries when a platform is away and names no time."""
