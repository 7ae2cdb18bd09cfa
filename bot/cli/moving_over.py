"""`switchboard db move`: everything from a SQLite file to PostgreSQL, so that at no moment both can be worked with.

Filled and compared in one transaction, at whose end the new database waits; then the old one is marked, and starts no
more; then what stands beside it goes along, and the new one waits no longer. Broken off anywhere, it is run again.
"""

import asyncio
import contextlib
import filecmp
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy import Connection, create_engine, delete, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, StaticPool
from sqlmodel import col

from bot import anchor, epochs
from bot.audit import AuditRow, Entry
from bot.channels import TOKENS
from bot.cli import putback, table_copy
from bot.cli.common import (
    anchor_file,
    explain,
    fail,
    key_file,
    open_database,
    open_keys_for,
    operator,
    prepare_database,
    read_settings,
)
from bot.cli.progress import bar
from bot.cli.putback import NotPutBack
from bot.cli.putting_back import OTHERS, services_alone
from bot.cli.table_copy import Copied, NotCopied
from bot.desk import opened
from bot.epochs import ARRIVING, MOVED_AWAY, EpochRow
from bot.platforms import STORE
from bot.wording import say
from config.database import Database, DatabaseUnavailable
from config.settings import Settings

NO_RIGHT = "42501"
"""PostgreSQL's code for a role that may not (PostgreSQL manual, appendix A)."""


@dataclass(frozen=True, slots=True)
class Job:
    """What goes where."""

    settings: Settings
    path: Path
    target: Database

    @property
    def beside(self) -> list[tuple[Path, Path]]:
        """What stands beside the old database and must stand where the new one's key is looked for."""
        old, new = self.path.parent, key_file(self.target).parent
        names = ["switchboard.key", "switchboard.anchor", TOKENS]
        names += [] if self.settings.matrix.store else [STORE]
        found = [(old / name, new / name) for name in names if (old / name).exists()]
        return [] if old.resolve() == new.resolve() else found


def move(url: str) -> None:
    """Move the database of the settings to `url`; one clear line when that cannot be."""
    job = _job(url)
    try:
        with putback.alone(job.path) as present:
            if present is None:
                raise NotPutBack("not_ours", file=job.path)
            copied, name = _moved(job, present)
            for old, new in job.beside:
                _take_along(old, new)
            asyncio.run(_arrive(job, name, copied))
    except NotPutBack as refused:
        fail(say(f"epochs.refused.{refused.code}", **refused.params))
    except NotCopied as refused:
        fail(say(f"epochs.move.{refused.code}", place=_shown(job.target), path=job.path, **refused.params))
    except (DBAPIError, sqlite3.Error, OSError) as error:
        fail(_reason(job, error))
    _tell(job, copied)


def _job(url: str) -> Job:
    settings, source = read_settings(), prepare_database()
    target = _target(url, settings)
    if source.path is None or not source.path.exists():
        fail(say("epochs.move.no_file"))
    job = Job(settings, source.path, target)
    evidence = asyncio.run(_upgraded())
    if evidence and not key_file(source).exists():
        fail(say("epochs.refused.no_key", file=job.path, key=key_file(source)))
    for old, new in job.beside:
        if new.exists() and not _same(old, new):
            fail(say("epochs.move.other_file", old=old, new=new))
    return job


def _target(url: str, settings: Settings) -> Database:
    """The database that is moved to. A password in the address would be seen by everybody on this machine."""
    password = settings.secrets.database_password
    try:
        found = Database(url)
        if found.is_sqlite:
            fail(say("epochs.move.not_postgresql"))
        if found.url.password is not None or "password" in found.url.query:
            fail(say("epochs.move.password"))
        return Database(url, password.get_secret_value() if password else None)
    except DatabaseUnavailable as error:
        fail(error.reason)


async def _upgraded() -> int:
    """Bring the old database up to date; how many rows of evidence it has."""
    async with open_database(moved=True) as database, database.reading() as session:
        return int((await session.execute(select(func.count(col(AuditRow.id))))).scalar_one())


def _moved(job: Job, present: sqlite3.Connection) -> tuple[Copied | None, str]:
    """Fill the new database and mark the old one; what was copied now, and the name of the move."""
    with _old(present) as here, _new(job) as there:
        with there.begin():
            if there.execute(OTHERS).scalar_one():
                raise NotPutBack("in_use", place=_shown(job.target))
            name = _marked(here)
            if name is not None and name != table_copy.arriving(there):
                raise NotCopied("moved_before")
            copied = None if name else _filled(here, there)
            arriving = name or table_copy.arriving(there)
        if name is None:
            putback.mark(present, str(arriving))
    return copied, str(arriving)


def _marked(here: Connection) -> str | None:
    """The name of the move that has marked the old database, else None."""
    row = here.execute(epochs.LATEST.with_only_columns(col(EpochRow.name), col(EpochRow.reason))).first()
    return str(row.name) if row is not None and row.reason == MOVED_AWAY else None


def _filled(here: Connection, there: Connection) -> Copied:
    table_copy.clear(there)
    with bar(say("epochs.move.progress")) as progress:
        copied = table_copy.copy(here, there, progress)
    values = {"name": putback.new_name(), "begun": datetime.now(UTC), "reason": ARRIVING, "first": 1}
    there.execute(insert(EpochRow).values(**values))
    return copied


@contextlib.contextmanager
def _old(present: sqlite3.Connection) -> Iterator[Connection]:
    """The old database as the tables know it, over the one connection that nobody else can have beside it."""
    engine = create_engine("sqlite://", creator=lambda: present, poolclass=StaticPool)
    with engine.connect() as connection:
        yield connection


@contextlib.contextmanager
def _new(job: Job) -> Iterator[Connection]:
    engine = create_engine(job.target.url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _same(old: Path, new: Path) -> bool:
    if not old.is_dir():
        return new.is_file() and new.read_bytes().startswith(old.read_bytes())  # the anchor may have grown here
    names = {one.name for one in old.iterdir()}
    return (
        new.is_dir()
        and names == {one.name for one in new.iterdir()}
        and not any(filecmp.cmpfiles(old, new, names, shallow=False)[1:])
    )


def _take_along(old: Path, new: Path) -> None:
    """Copy what stands beside the old database: there whole, or not at all."""
    if new.exists():
        return  # and is the same, or we would not have begun
    half = new.with_name(f"{new.name}.moving")
    if half.is_dir():
        shutil.rmtree(half)
    if old.is_dir():
        shutil.copytree(old, half)
    else:
        shutil.copy2(old, half)
    os.sync()
    half.rename(new)


async def _arrive(job: Job, name: str, copied: Copied | None) -> None:
    """From now on it is the database: its evidence says since when."""
    keys = open_keys_for(job.target)
    services = services_alone(job.settings, job.target, keys)
    try:
        async with opened(services, name) as desk:
            await desk.session.execute(delete(EpochRow).where(col(EpochRow.reason) == ARRIVING))
            details: dict[str, str | int | None] = {"rows": copied.rows if copied else None}
            desk.record(Entry("database_moved", f"move:{name}", operator(), details, {"who": operator()}))
        await anchor.keep(job.target, keys, anchor_file(job.target), lambda: datetime.now(UTC))
    finally:
        await job.target.close()


def _reason(job: Job, error: DBAPIError | sqlite3.Error | OSError) -> str:
    found = getattr(error, "orig", error)
    if getattr(found, "sqlstate", None) == NO_RIGHT:
        return say("epochs.move.no_right", place=_shown(job.target))
    if isinstance(error, DBAPIError) and not isinstance(found, sqlite3.Error):
        return explain(job.target, error)
    reason = getattr(found, "strerror", None) or found
    return say("epochs.move.broken_off", reason=reason)


def _shown(target: Database) -> str:
    return target.url.render_as_string(hide_password=True)


def _tell(job: Job, copied: Copied | None) -> None:
    lines = [say("epochs.move.done", tables=copied.tables, rows=f"{copied.rows:,}")] if copied else []
    lines += [say("epochs.move.beside", files=", ".join(str(new) for _, new in job.beside))] if job.beside else []
    url = job.target.url.set(password=None).render_as_string()
    typer.echo("\n".join([*lines, say("epochs.move.old", path=job.path), say("epochs.move.next", url=url)]))
