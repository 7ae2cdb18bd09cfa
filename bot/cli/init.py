"""`switchboard init`: a commented settings file to start from."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import fail
from bot.wording import say
from config.settings import SETTINGS_FILE

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    settings: Annotated[Path, typer.Option(help="Where to write it.")] = Path(SETTINGS_FILE),
) -> None:
    """Write a settings file in which every setting stands with its default and what it means.

    \b
    Example:
      switchboard init
    """
    text = resources.files("config").joinpath("example.toml").read_text(encoding="utf-8")
    try:
        with settings.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(say("cli.init.there", file=settings))
    except OSError as error:
        fail(say("cli.init.not_written", file=settings, reason=error.strerror))
    typer.echo(say("cli.init.written", file=settings))
