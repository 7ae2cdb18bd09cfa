"""A hook on every commit that changes the product's database: counts them, and kills the process at the one asked for.

The order to kill stands in a small file, `NUMBER PHASE`: at the NUMBER-th commit from now, `before` or `after` it.
It is emptied before the kill, so that the next life of the process goes on. Each commit is noted in a second file.
"""

import os
import signal
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry, Pool

ORDER, NOTES = "kill-order", "commits"
PHASES = ("before", "after")
CHANGES = ("INSERT", "UPDATE", "DELETE")


class Killer:
    """Counts commits since the current order was given."""

    def __init__(self, folder: Path) -> None:
        self._order, self._notes = folder / ORDER, folder / NOTES
        self._seen = ""
        self._count = 0

    def listen(self) -> None:
        """Hook into every database connection of this process."""
        event.listen(Engine, "before_cursor_execute", self._on_statement)
        event.listen(Engine, "commit", self._on_commit)
        event.listen(Pool, "checkin", self._on_checkin)

    def _on_statement(self, connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip()[:6].upper() in CHANGES:
            connection.info["changed"] = True

    def _on_commit(self, connection: Connection) -> None:
        if connection.info.pop("changed", False):
            connection.info["committed"] = True
            self._at("before")

    def _on_checkin(self, _connection: object, record: ConnectionPoolEntry) -> None:
        # The connection goes back to the pool: its commit is done.
        record.info.pop("changed", None)
        if record.info.pop("committed", False):
            self._at("after")

    def _at(self, phase: str) -> None:
        order = self._order.read_text(encoding="ascii") if self._order.exists() else ""
        if order != self._seen:
            self._seen, self._count = order, 0
        if phase == "before":
            self._count += 1
        else:
            with self._notes.open("a", encoding="ascii") as notes:
                notes.write(".")
        if order and order.split()[:2] == [str(self._count), phase]:
            self._order.write_text("", encoding="ascii")
            os.kill(os.getpid(), signal.SIGKILL)


def order(folder: Path, number: int, phase: str, nonce: str) -> None:
    """Ask for a kill at the `number`-th commit from now; `nonce` tells one order from the next."""
    target, aside = folder / ORDER, folder / f"{ORDER}.new"
    aside.write_text(f"{number} {phase} {nonce}", encoding="ascii")
    aside.replace(target)


def pending(folder: Path) -> bool:
    """Whether an order has not been carried out yet."""
    path = folder / ORDER
    return path.exists() and bool(path.read_text(encoding="ascii"))


def cancel(folder: Path) -> None:
    """Take the order back."""
    (folder / ORDER).write_text("", encoding="ascii")


def counted(folder: Path) -> int:
    """How many commits there have been in the folder's life."""
    path = folder / NOTES
    return len(path.read_text(encoding="ascii")) if path.exists() else 0
