"""`switchboard init`: a commented settings file to start from; with `--matrix` or `--slack` the bot is set up there."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import fail
from bot.cli.moving_in import Wanted, move_in
from bot.cli.slack_in import Asked, set_up_slack
from bot.wording import say
from config.settings import SETTINGS_FILE

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    settings: Annotated[Path, typer.Option(help="Where to write it.")] = Path(SETTINGS_FILE),
    matrix: Annotated[bool, typer.Option("--matrix", help="Set up Matrix: log in, make keys, go into a room.")] = False,
    slack: Annotated[bool, typer.Option("--slack", help="Set up Slack: the app's manifest and tokens.")] = False,
    name: Annotated[str, typer.Option(help="With --slack: what people call the bot; Switchboard by default.")] = "",
    address: Annotated[str, typer.Option(help="With --slack: where Slack's requests go; without it, sockets.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Log in on a new device; on Slack, give new tokens.")] = False,
    homeserver: Annotated[str, typer.Option(help="Address of the homeserver; asked for without it.")] = "",
    user: Annotated[str, typer.Option(help="The bot's account; asked for without it.")] = "",
    room: Annotated[str, typer.Option(help="The communications room: id, alias or name; asked for without it.")] = "",
    encryption: Annotated[bool, typer.Option(help="Whether encrypted rooms are to be read.")] = True,
) -> None:
    """Write a settings file in which every setting stands with its default and what it means.

    With --matrix the bot's account is asked for and set up. The password is asked for, or is the first line of what is
    piped in; it is used once and kept nowhere.

    With --slack the manifest of the app is written, unless it is there. Then the app's tokens are asked for, or are the
    lines of what is piped in; they are checked and kept in files of the bot's user alone. Run it again at any time.

    \b
    Examples:
      switchboard init
      switchboard init --matrix
      switchboard init --matrix --again
      switchboard init --slack --name "Brynford Switchboard"
      switchboard init --slack --room "#comms"
    """
    if slack and (matrix or homeserver or user):
        fail(say("slack_init.apart"))
    if slack:
        set_up_slack(settings, Asked(name, address, room, again))
        return
    if name or address:
        fail(say("init.needs_slack"))
    if matrix:
        move_in(settings, Wanted(homeserver, user, room, encryption), again=again)
        return
    if again or homeserver or user or room:
        fail(say("init.needs_matrix"))
    text = resources.files("config").joinpath("example.toml").read_text(encoding="utf-8")
    try:
        with settings.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(say("cli.init.there", file=settings))
    except OSError as error:
        fail(say("cli.init.not_written", file=settings, reason=error.strerror))
    typer.echo(say("cli.init.written", file=settings))
