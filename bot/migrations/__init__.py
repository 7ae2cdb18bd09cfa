"""The schema, step by step. It needs everyone's tables, so it stands on top of them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot import access, audit, epochs, inbox, outbox
from bot.announcements import tables
from config.database import Base, Database
from directory import models

OWNERS = (access, audit, epochs, inbox, outbox, tables, models)
"""The modules that own tables; importing them puts every table into the metadata."""

METADATA = Base.metadata


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our folder, over an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


async def upgrade(database: Database) -> None:
    """Bring the schema to the newest step; a database that is there already stays untouched."""
    async with database.engine.begin() as connection:
        if not await connection.run_sync(is_current):
            await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))


def is_current(connection: Connection) -> bool:
    """Whether the schema is at the newest step."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest
