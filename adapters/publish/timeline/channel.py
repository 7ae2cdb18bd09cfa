"""The pretend timeline itself: what its servers would do with a post, a question and a withdrawal.

Everything here blocks for as long as its file does.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.canonical import canonical_json, post_digest
from adapters.errors import AdapterError, OutcomeUnknown, Refused, Unavailable
from adapters.events import Part, Picture, Post
from adapters.ports import Guarantee
from adapters.publish.timeline.behaviour import (
    AWAY,
    BEHAVIOURS,
    BLIND,
    DROPS,
    FORGETS,
    LATE,
    REFUSES,
    SECONDS,
    STUCK,
    WORKS,
    Setting,
)
from adapters.publish.timeline.store import Store

AWAY_FOR = 2.0
"""Seconds after which it asks to be tried again while it is away; short, as somebody is watching."""

_STANDING = "SELECT * FROM post WHERE appears <= ? AND withdrawn IS NULL ORDER BY appears DESC, id DESC"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """A post as the public sees it: its id here, since when (UTC), and what it says."""

    id: int
    at: datetime
    post: Post


class Timeline:
    """One timeline in one file. What it keeps and how it was told to behave survive a restart and a kill."""

    def __init__(
        self, path: Path, clock: Callable[[], datetime] = _now, guarantee: Guarantee = Guarantee.KEYED_READBACK
    ) -> None:
        """Keep where the file is, a clock that tells UTC, and what is promised about a repeated write."""
        self.guarantee = guarantee
        self._store = Store(path)
        self._clock = clock

    def behave(self, name: str, *, seconds: float = SECONDS, once: bool = False) -> None:
        """Behave so from now on, or once; `WORKS` ends all that was told before. Raises ValueError with a line."""
        setting = Setting(name, seconds, once)
        self._store.transact(lambda db: _behave(db, setting))

    def behaviour(self) -> list[Setting]:
        """How it has been told to behave, in the order of the table; nothing while it works."""
        rows = {row["name"]: row for row in self._store.transact(lambda db: db.execute(_SETTINGS).fetchall())}
        told = [rows[name] for name in BEHAVIOURS if name in rows]
        return [Setting(row["name"], row["seconds"], bool(row["once"])) for row in told]

    def publish(self, key: str, post: Post) -> int:
        """Take a post; its id. Raises `AdapterError` as it was told to, and for a key that was withdrawn."""
        now = self._clock().timestamp()
        # What is answered is no exception until it is kept.
        answer = self._store.transact(lambda db: _publish(db, key, post, now, self.guarantee))
        if isinstance(answer, AdapterError):
            raise answer
        return answer

    def find(self, key: str) -> int | None:
        """The id of the post that stands under `key`; raises `AdapterError` as it was told to."""
        now = self._clock().timestamp()
        answer = self._store.transact(lambda db: _find(db, key, now))
        if isinstance(answer, AdapterError):
            raise answer
        return answer

    def withdraw(self, identity: str) -> None:
        """Take a post down, and what was accepted under its key and has not appeared yet; an unknown id is fine."""
        now = self._clock().timestamp()
        answer = self._store.transact(lambda db: _withdraw(db, identity, now))
        if answer is not None:
            raise answer

    def standing(self) -> list[Standing]:
        """What the public sees now, newest first."""
        now = self._clock().timestamp()
        return [_shown(row) for row in self._store.transact(lambda db: db.execute(_STANDING, (now,)).fetchall())]

    def one(self, identity: int) -> Standing | None:
        """A post that stands, or None once it was taken down. Raises KeyError for one that never appeared."""
        query, given = "SELECT * FROM post WHERE id = ? AND appears <= ?", (identity, self._clock().timestamp())
        row = self._store.transact(lambda db: db.execute(query, given).fetchone())
        if row is None:
            raise KeyError(identity)
        return _shown(row) if row["withdrawn"] is None else None

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()


_SETTINGS = "SELECT name, seconds, once FROM behaviour"


def _behave(db: sqlite3.Connection, setting: Setting) -> None:
    if setting.name == WORKS:
        db.execute("DELETE FROM behaviour")
        return
    told = (BEHAVIOURS[setting.name].kind, setting.name, setting.seconds, setting.once)
    db.execute("INSERT OR REPLACE INTO behaviour (kind, name, seconds, once) VALUES (?, ?, ?, ?)", told)


def _take(db: sqlite3.Connection, *names: str) -> Setting:
    """Which of these behaviours, the first first, a call meets; what stands for one call only is then used up."""
    stand = {row["name"]: row for row in db.execute(_SETTINGS)}
    row = next((stand[name] for name in names if name in stand), None)
    if row is None:
        return Setting()
    if row["once"]:
        db.execute("DELETE FROM behaviour WHERE name = ?", (row["name"],))
    return Setting(row["name"], row["seconds"])


def _publish(db: sqlite3.Connection, key: str, post: Post, now: float, guarantee: Guarantee) -> int | AdapterError:
    setting = _take(db, AWAY, REFUSES, DROPS, LATE)
    if setting.name == AWAY:
        return Unavailable("away", AWAY_FOR)
    if setting.name == REFUSES:
        return Refused("refused")
    under_key = db.execute("SELECT * FROM post WHERE key = ? ORDER BY id", (key,)).fetchall()
    if any(row["withdrawn"] is not None for row in under_key):
        return Refused("withdrawn")
    # A channel that knows no keys can only look at what stands: what it accepted and does not show yet is missed.
    known = [row for row in under_key if row["appears"] <= now or guarantee is not Guarantee.READBACK]
    if known and _take(db, FORGETS).name == FORGETS:
        known = []
    if known and known[0]["digest"] != post_digest(post):
        return Refused("key_taken")
    late = setting.seconds if setting.name == LATE else 0
    identity = int(known[0]["id"]) if known else _keep(db, key, post, now + late)
    if setting.name in {DROPS, LATE}:
        return OutcomeUnknown("the answer was lost")
    db.execute("UPDATE post SET appears = min(appears, ?) WHERE id = ?", (now, identity))
    return identity


def _keep(db: sqlite3.Connection, key: str, post: Post, appears: float) -> int:
    kept = (key, post_digest(post), canonical_json(asdict(post)).decode(), appears)
    query = "INSERT INTO post (key, digest, body, appears) VALUES (?, ?, ?, ?) RETURNING id"
    return int(db.execute(query, kept).fetchone()["id"])


def _find(db: sqlite3.Connection, key: str, now: float) -> int | AdapterError | None:
    setting = _take(db, AWAY, BLIND, FORGETS)
    if setting.name in {AWAY, BLIND}:
        return Unavailable(setting.name, AWAY_FOR)
    if setting.name == FORGETS:
        return None
    query = "SELECT id FROM post WHERE key = ? AND appears <= ? AND withdrawn IS NULL ORDER BY id"
    row = db.execute(query, (key, now)).fetchone()
    return None if row is None else int(row["id"])


def _withdraw(db: sqlite3.Connection, identity: str, now: float) -> AdapterError | None:
    setting = _take(db, AWAY, STUCK)
    if setting.name == AWAY:
        return Unavailable("away", AWAY_FOR)
    if setting.name == STUCK:
        return Refused("stuck")
    row = db.execute("SELECT id, key FROM post WHERE id = ?", (identity,)).fetchone()
    if row is not None:
        gone = (
            "UPDATE post SET withdrawn = ?, body = '' WHERE withdrawn IS NULL AND (id = ? OR (key = ? AND appears > ?))"
        )
        db.execute(gone, (now, row["id"], row["key"], now))
    return None


def _shown(row: sqlite3.Row) -> Standing:
    return Standing(row["id"], datetime.fromtimestamp(row["appears"], UTC), _post(json.loads(row["body"])))


def _post(kept: Any) -> Post:
    parts = tuple(
        Part(part["text"], tuple(Picture(**picture) for picture in part["pictures"])) for part in kept["parts"]
    )
    return Post(kept["channel"], kept["account"], kept["language"], parts, kept["number"], kept["corrects"])
