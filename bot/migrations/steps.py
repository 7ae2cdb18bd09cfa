"""Taking the steps of the schema, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.migrations import NewerSchema


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our folder, over an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


def take(connection: Connection) -> None:
    """Take the steps that are missing. Raises `NewerSchema`."""
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:  # its step is none that we know
        raise NewerSchema(str(error)) from error
