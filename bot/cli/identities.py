"""`switchboard identities`: whose cross-signing identity on Matrix is a new one, and whether it is theirs."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import audit
from bot.app import StoredState, part
from bot.cli.common import fail, open_database, open_keys_for, operator
from bot.platforms import MATRIX
from bot.wording import say
from config.database import Database

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    accept: Annotated[str | None, typer.Option(help="Believe the new identity of this account.")] = None,
    key: Annotated[str | None, typer.Option(help="With --accept: the key, as the list shows it.")] = None,
    settings: Annotated[Path | None, typer.Option(help="The settings file; switchboard.toml by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="List in JSON.")] = False,
) -> None:
    """List the people on Matrix who have another identity than the bot knows them by, or believe one of them.

    Somebody who resets their identity looks like somebody whose homeserver replaced it. Only they can say which it
    was: ask them in person or by telephone, not on Matrix.

    \b
    Examples:
      switchboard identities
      switchboard identities --accept @ama:council.example --key FBKk0zZ…
    """
    if accept and key:
        asyncio.run(_accept(settings, accept, key))
    elif accept or key:
        fail(say("identities.both"))
    else:
        asyncio.run(_list(settings, as_json))


async def _list(settings: Path | None, as_json: bool) -> None:
    async with open_database(settings) as database:
        found = await waiting(database)
    if as_json:
        rows = [{"account": one.user, "key": one.key, "since": one.since.isoformat()} for one in found]
        typer.echo(json.dumps(rows))
        return
    for one in found:
        typer.echo(say("identities.one", account=one.user, since=f"{one.since:%Y-%m-%d %H:%M}", key=one.key))
    typer.echo(say("identities.ask" if found else "identities.none"))


async def _accept(settings: Path | None, account: str, key: str) -> None:
    async with open_database(settings) as database:
        theirs = [one for one in await waiting(database) if one.user == account]
        if not theirs:
            fail(say("identities.nobody", account=account))
        if theirs[0].key != key:
            fail(say("identities.another", account=account))
        keys = open_keys_for(database)
        note = {"who": operator(), "of": account}
        entry = audit.Entry("identity_accepted", MATRIX, operator(), {"key": key}, note)
        async with database.writing() as session:
            await audit.record(session, keys, [entry], datetime.now(UTC))
        await part("matrix accept identity")(StoredState(database, MATRIX), theirs[0])
    typer.echo(say("identities.accepted", account=account))


async def waiting(database: Database) -> Sequence[Any]:
    """The identities that nobody has accepted yet."""
    found: Sequence[Any] = await part("matrix new identities")(StoredState(database, MATRIX))
    return found
