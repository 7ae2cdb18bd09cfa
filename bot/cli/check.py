"""`switchboard check`: what is wrong with settings, database and evidence, before anybody notices."""

import asyncio
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from adapters.ports import Finding, HealthState
from bot import anchor, channels, health
from bot.app import StoredState, part
from bot.cli.common import anchor_file, key_fault, key_file, open_database, read_settings
from bot.cli.identities import waiting
from bot.leader import holder
from bot.platforms import (
    MATRIX,
    SLACK,
    NotAssembled,
    account_of,
    check_rooms,
    matrix_settings,
    published,
    rooms_of,
    slack_told,
    switched_on,
)
from bot.wording import count, known, say
from config.database import Database
from config.keys import KeyFileUnsafe, Keys, open_keys
from config.settings import Settings
from directory import encoder

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    settings: Annotated[Path | None, typer.Option(help="The settings file; switchboard.toml by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say what works and what does not: settings, database, key, evidence, the chat platforms and their rooms.

    \b
    Example:
      switchboard check
    """
    results = asyncio.run(_check(settings))
    if as_json:
        typer.echo(json.dumps([{"part": part, "ok": ok, "says": text} for part, ok, text in results]))
    else:
        for part, ok, text in results:
            typer.echo(say("cli.check.ok" if ok else "cli.check.wrong", part=part, text=text))
    sys.exit(0 if all(ok for _, ok, _ in results) else 1)


async def _check(settings: Path | None) -> list[tuple[str, bool, str]]:
    chosen = read_settings(settings)
    results = [("settings", True, say("cli.check.settings"))]
    async with open_database(settings) as database:
        results.append(("database", True, database.url.render_as_string(hide_password=True)))
        try:
            keys = open_keys(key_file(database))
        except (KeyFileUnsafe, OSError) as error:
            return [*results, ("key", False, key_fault(database, error))]
        results.append(("key", True, str(key_file(database))))
        results.append(await _evidence(database, keys))
        results += await _platforms(chosen, key_file(database).parent)
        if chosen.matrix.is_on and chosen.matrix.encryption:
            code = "identities_new" if await waiting(database) else "identities_known"
            results.append(("matrix identities", True, say(f"matrix.check.{code}")))
        results += await _channels(chosen, key_file(database).parent)
        if switched_on(chosen):
            results += await _process(database, switched_on(chosen), account_of(chosen))
    results += _contacts(chosen)
    results.append(("encoder", True, say(f"cli.check.encoder.{_encoder()}")))
    admins = say("cli.check.admins", count=len(chosen.access.admins))
    return [*results, ("admins", bool(chosen.access.admins), admins)]


def _encoder() -> str:
    """What `who knows` works with; it works without, so that is never wrong."""
    found = encoder.load()
    return found.code if isinstance(found, encoder.Missing) else "there"


async def _platforms(settings: Settings, folder: Path) -> list[tuple[str, bool, str]]:
    """What every platform says that is switched on."""
    if not switched_on(settings):
        return [("platforms", False, say("run.no_platform"))]
    found = await _matrix(settings, folder) if settings.matrix.is_on else []
    found += await _slack(settings) if settings.slack.is_on else []
    return found + _elsewhere(settings)


async def _channels(settings: Settings, folder: Path) -> list[tuple[str, bool, str]]:
    """What every channel says that is switched on."""
    try:
        found = await channels.examine(settings, folder)
    except NotAssembled as error:
        return [("channels", False, say(f"run.{error.code}", **error.params))]
    return [(f"{name} {one.part}", one.ok, _said_of_channel(f"{name}_{one.code}")) for name, one in found]


def _said_of_channel(code: str) -> str:
    return say(f"channels.check.{code}")


def _contacts(settings: Settings) -> list[tuple[str, bool, str]]:
    """Whether the file of what is published can be used."""
    if not settings.leaks.contacts:
        return []
    try:
        known_places = published(settings)
    except NotAssembled as error:
        return [("contacts", False, say(f"run.{error.code}", **error.params))]
    told = say("leaks.check.contacts", phones=len(known_places.published_phones), file=settings.leaks.contacts)
    return [("contacts", True, told)]


async def _slack(settings: Settings) -> list[tuple[str, bool, str]]:
    """What Slack says of the tokens, the scopes, and every room that the settings name."""
    try:
        told = slack_told(settings)
    except NotAssembled as error:
        return [(SLACK, False, say(f"run.{error.code}", **error.params))]
    found = await part("slack examination")(told.tokens, told.address, told.options, rooms_of(settings, SLACK))
    return [(f"slack {one.part}", one.ok, _said_of_slack(one.code)) for one in found]


def _said_of_slack(code: str) -> str:
    return say(f"slack.check.{code}" if known(f"slack.check.{code}") else f"slack.fault.{code}")


async def _matrix(settings: Settings, folder: Path) -> list[tuple[str, bool, str]]:
    """What the homeserver says, what the keys are, and every room that the settings name."""
    try:
        told = matrix_settings(settings, folder)
    except NotAssembled as error:
        return [("matrix", False, say(f"run.{error.code}", **error.params))]
    found = await part("matrix examination")(told, rooms_of(settings, MATRIX))
    return [(f"matrix {one.part}", one.ok, _said(one)) for one in found]


async def _process(database: Database, platforms: Collection[str], account: str) -> list[tuple[str, bool, str]]:
    """Which process works for the bot's accounts, if any does, and how its connections are doing."""
    found, name = await holder(database, account), f"{' and '.join(platforms)} process"
    if found is None:
        return [(name, True, say("matrix.process.none"))]
    until = f"{found.until:%Y-%m-%d %H:%M:%S}"
    told = say("matrix.process.serving", host=found.host, process=found.process, until=until)
    connections = [await _connection(database, platform) for platform in platforms]
    return [(name, True, told), *(one for one in connections if one)]


async def _connection(database: Database, platform: str) -> tuple[str, bool, str] | None:
    """What the process that works has told of its connection to a platform."""
    kept = await health.kept(StoredState(database, platform))
    if kept is None:
        return None
    state, since = kept.health.state, f"{kept.since:%Y-%m-%d %H:%M:%S}"
    text = say(f"health.{state}", since=since, reason=kept.health.reason)
    return f"{platform} connection", state is not HealthState.DOWN, text


def _said(one: Finding) -> str:
    if one.room:
        return say("moved.check", room=f"{MATRIX}:{one.room}")
    code = one.code
    return say(f"matrix.check.{code}" if known(f"matrix.check.{code}") else f"matrix.fault.{code}")


def _elsewhere(settings: Settings) -> list[tuple[str, bool, str]]:
    try:
        check_rooms(settings, switched_on(settings))
    except NotAssembled as error:
        return [("rooms", False, say(f"run.{error.code}", **error.params))]
    return []


async def _evidence(database: Database, keys: Keys) -> tuple[str, bool, str]:
    try:
        report = await anchor.examine(database, keys, anchor_file(database))
    except OSError as error:
        file = anchor_file(database)
        return "audit", False, say("audit.verify.no_anchor_file", file=file, reason=error.strerror)
    text = count(report.rows, "row of evidence", "rows of evidence")
    faults = count(len(report.faults), "fault", "faults")
    return "audit", not report.faults, say("audit.broken", faults=faults) if report.faults else text
