"""`switchboard db restore` and `db restored`: what is done in which order, and what is said about it."""

import contextlib
import sys
import tarfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import anchor, audit, migrations, restored
from bot.audit import Pin
from bot.cli import key_backup, putback
from bot.cli.common import explain, fail, key_fault, key_file, open_database, operator, prepare_database, read_settings
from bot.cli.putback import Before, NotPutBack
from bot.leaks.context import NO_CONTACTS
from bot.restored import Earlier, Stamped
from bot.services import Services
from bot.wording import say
from config.database import Database
from config.keys import KeyFileUnsafe, Keys, open_keys
from config.settings import Settings


async def move_away(file: Path) -> None:
    """Write a copy for another machine and close the SQLite database of the settings; one clear line if that fails."""
    async with open_database() as database:  # brought up to date first, so that the mark can be made
        path = database.path
    if path is None:
        fail(say("cli.db.postgresql"))
    try:
        putback.move_away(path, file)
    except NotPutBack as refused:
        fail(say(f"epochs.refused.{refused.code}", **refused.params))
    typer.echo(say("epochs.moved", file=file, key=key_file(database)))


@dataclass(frozen=True, slots=True)
class Job:
    """What is put where: the backup `file`, over `target` beside it, in the place of `path`."""

    settings: Settings
    file: Path
    target: Path
    path: Path
    key: Path


async def put_back(file: Path, *, yes: bool) -> None:
    """Put a backup in the place of the SQLite database of the settings; one clear line when that cannot be."""
    settings, database = read_settings(), prepare_database()
    if not database.is_sqlite:
        fail(say("epochs.postgresql"))
    if database.path is None:
        fail(say("epochs.no_file"))
    target = database.path.with_name(database.path.name + putback.SUFFIX)
    job = Job(settings, file, target, database.path, key_file(database))
    try:
        with putback.alone(job.path) as present, putback.copied(file, target):
            await _put_back(job, present, yes=yes)
    except NotPutBack as refused:
        fail(say(f"epochs.refused.{refused.code}", **refused.params))
    except (DBAPIError, OSError) as error:
        fail(explain(database, error))
    _put_keys_back(file, key_backup.store_of(settings, database))


def _put_keys_back(file: Path, store: Path | None) -> None:
    """The keys of encryption go back where there are none."""
    try:
        put = key_backup.unpack(file, store)
    except (OSError, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        fail(say("keys.not_put_back", file=key_backup.beside(file), store=store, reason=reason))
    if put is not None:
        typer.echo(say("keys.put_back", store=put))
    elif store is not None and key_backup.beside(file).exists():
        typer.echo(say("keys.left", store=store))


async def _put_back(job: Job, present: putback.Present, *, yes: bool) -> None:
    async with _opened(job.target) as made:
        await _upgraded(job, made)
    before = putback.carry_over(present, job.target)
    async with _opened(job.target) as made:
        keys, head, whole = await _evidence(job.file, job.key, made)
        services = services_alone(job.settings, made, keys)
        _ask(job, restored.day(services, await restored.last_change(made)), yes=yes)
        found = await restored.stamp(services, operator(), Earlier(before.number, before.recalled))
        await made.checkpoint()
    aside = putback.swap(present, job.target, job.path, lambda: _anchor(job.key, keys, head))
    _tell(services, found, before, aside, whole=whole)


@contextlib.asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        yield database
    finally:
        await database.close()


async def _upgraded(job: Job, made: Database) -> None:
    try:
        await migrations.upgrade(made)
    except migrations.NewerSchema as error:
        raise NotPutBack("newer", file=job.file) from error


async def _evidence(file: Path | str, key: Path, made: Database) -> tuple[Keys, Pin, bool]:
    """The keys, the head of the evidence and whether it is whole. Raises `NotPutBack` when the key is another."""
    async with made.reading() as session:
        head = await audit.tip(session)
    if head.last and not key.exists():
        raise NotPutBack("no_key", file=file, key=key)
    try:
        keys = open_keys(key)
    except (KeyFileUnsafe, OSError) as error:
        fail(key_fault(made, error))
    async with made.reading() as session:
        rows, faults = await audit.verify(session, keys)
    if rows and any(fault.code == "changed" and fault.row <= 1 and fault.end >= rows for fault in faults):
        raise NotPutBack("other_key", file=file, key=key)
    return keys, head, not faults


def services_alone(settings: Settings, database: Database, keys: Keys) -> Services:
    """What a commit needs where no platform and no channel is asked."""
    return Services(database, settings, keys, {}, {}, NO_CONTACTS, lambda: datetime.now(UTC))


def _ask(job: Job, day: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin or not sys.stdin.isatty():
        fail(say("epochs.say_yes", file=job.file))
    typer.confirm(say("epochs.sure", place=job.path, file=job.file, day=day), abort=True)


def _anchor(key: Path, keys: Keys, head: Pin) -> None:
    """Note outside the database from which row on evidence was given up."""
    anchor.append(
        key.with_name("switchboard.anchor"), keys, Pin(head.last, head.mac, datetime.now(UTC)), anchor.RESTORED
    )


async def was_put_back() -> None:
    """Begin the new life of a database that was put back by other means, on SQLite or PostgreSQL."""
    settings = read_settings()
    async with open_database(moved=True) as database:
        place = database.path or database.url.render_as_string(hide_password=True)
        try:
            await _alone(database)
            key = key_file(database)
            keys, head, whole = await _evidence(str(place), key, database)
            services = services_alone(settings, database, keys)
            await _begin(services, key, head, whole=whole)
        except NotPutBack as refused:
            fail(say(f"epochs.refused.{refused.code}", **refused.params))


async def _begin(services: Services, key: Path, head: Pin, *, whole: bool) -> None:
    _anchor(key, services.keys, head)
    found = await restored.stamp(services, operator(), Earlier())
    _tell(services, found, Before(), None, whole=whole)


OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


async def _alone(database: Database) -> None:
    """Raise `NotPutBack` when somebody else has the database open."""
    if database.path is not None:
        await database.close()  # our own connection would be in the way
        with putback.alone(database.path):
            return
    async with database.reading() as session:
        if (await session.execute(OTHERS)).scalar_one():
            raise NotPutBack("in_use", place=database.url.render_as_string(hide_password=True))


def _tell(services: Services, found: Stamped, before: Before, aside: Path | None, *, whole: bool) -> None:
    lines = [say("epochs.done.of", day=restored.day(services, found.of))]
    lines += [say("epochs.done.aside", file=aside)] if aside else []
    lines += [say("epochs.done.held", held=restored.told(found.held))] if found.held else []
    lines += [say("epochs.done.recalled", recalled=restored.told(found.recalled))] if found.recalled else []
    lines += [say("epochs.done.lost", lost=restored.told(before.lost))] if before.lost else []
    for code in ("unsure", "dropped", "unanswered"):
        number = getattr(found, code)
        lines += [say(f"epochs.done.{code}", count=number)] if number else []
    lines += [say("epochs.done.first", first=found.epoch.first), say("epochs.done.check")]
    lines += [] if whole else [say("epochs.done.evidence")]
    typer.echo("\n".join([*lines, say("epochs.done.next")]))
