"""`switchboard accounts`: with which accounts announcements are published, and whether that was agreed on."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from adapters.errors import AdapterError
from bot.announcements import own_accounts
from bot.announcements.tables import ChannelRow
from bot.app import services_for
from bot.cli.common import fail, key_file, open_database, open_keys_for, operator, read_settings
from bot.installation import channels_alone
from bot.platforms import NotAssembled
from bot.services import Services
from bot.wording import say
from config.database import Database
from config.settings import Settings

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    accept: Annotated[str | None, typer.Option(help="Publish on this channel with the account that is set.")] = None,
    settings: Annotated[Path | None, typer.Option(help="The settings file; switchboard.toml by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="List in JSON.")] = False,
) -> None:
    """List the accounts that announcements are published with, or agree to one that has posts already.

    Switchboard does not start with an account that is used and that its database knows nothing of: perhaps it is the
    wrong database. If it was lost, put back its backup. If the account is older than Switchboard, accept it.

    \b
    Examples:
      switchboard accounts
      switchboard accounts --accept bluesky
    """
    asyncio.run(_main(read_settings(settings), settings, accept, as_json=as_json))


async def _main(chosen: Settings, file: Path | None, accept: str | None, *, as_json: bool) -> None:
    async with open_database(file) as database:
        services = _services(chosen, database)
        try:
            if accept is None:
                await _list(services, as_json=as_json)
            else:
                await _accept(services, accept)
        finally:
            for publisher in services.publishers.values():
                await publisher.close()


def _services(chosen: Settings, database: Database) -> Services:
    try:
        parts = channels_alone(chosen, database, key_file(database).parent)
    except NotAssembled as error:
        fail(say(f"run.{error.code}", **error.params))
    return services_for(chosen, database, open_keys_for(database), {}, parts)


async def _list(services: Services, *, as_json: bool) -> None:
    found = []
    for channel in own_accounts.accounts(services):
        async with services.database.reading() as session:
            row = await session.get(ChannelRow, channel)
        found.append({"channel": channel, "account": row.account if row else None})
    if as_json:
        typer.echo(json.dumps(found))
        return
    for one in found:
        code = "accounts.agreed" if one["account"] else "accounts.not_agreed"
        typer.echo(say(code, channel=one["channel"], account=one["account"]))
    if not found:
        typer.echo(say("accounts.none"))


async def _accept(services: Services, channel: str) -> None:
    account = own_accounts.accounts(services).get(channel)
    if account is None:
        fail(say("accounts.no_such", channel=channel))
    try:
        whose = await account.whose()
    except AdapterError:
        fail(say("accounts.cannot_tell", channel=channel))
    await own_accounts.agree(services, channel, whose, by=operator(), name=operator())
    typer.echo(say("accounts.accepted", channel=channel, account=whose))
