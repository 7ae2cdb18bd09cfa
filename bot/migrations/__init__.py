"""The schema, step by step. It needs everyone's tables, so it stands on top of them.

Alembic is loaded when there is a step to take: a tenth of the bot's memory, which nearly every start can do without.
"""

import importlib

from sqlalchemy import Connection, inspect, text

from bot import access, asked, audit, epochs, inbox, outbox
from bot.announcements import tables
from config.database import Base, Database
from directory import models

OWNERS = (access, asked, audit, epochs, inbox, outbox, tables, models)
"""The modules that own tables; importing them puts every table into the metadata."""

METADATA = Base.metadata

NEWEST = "0001"
"""The last step; a test holds it equal to the folder `versions`."""

STEPS = "bot.migrations.steps"
VERSIONS = "alembic_version"  # alembic's own table, with the step a database is at


class NewerSchema(Exception):
    """The database is at a step that this version does not know."""


async def upgrade(database: Database) -> None:
    """Bring the schema to the newest step; a database that is there already stays untouched. Raises `NewerSchema`."""
    async with database.engine.begin() as connection:
        if not await connection.run_sync(is_current):
            await connection.run_sync(importlib.import_module(STEPS).take)


def is_current(connection: Connection) -> bool:
    """Whether the schema is at the newest step."""
    if not inspect(connection).has_table(VERSIONS):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [NEWEST]
