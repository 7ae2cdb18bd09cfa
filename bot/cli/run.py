"""`switchboard run`: serve. There is no platform to serve on before Matrix and Slack arrive."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import fail, read_settings
from bot.wording import say

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    settings: Annotated[Path | None, typer.Option(help="The settings file; switchboard.toml by default.")] = None,
) -> None:
    """Serve on the chat platforms that the settings switch on.

    \b
    Example:
      switchboard run --settings switchboard.toml
    """
    read_settings(settings)
    fail(say("cli.run.no_platform"))
