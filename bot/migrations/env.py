"""Alembic's entry: runs steps over the connection that `bot.migrations` hands in."""

from alembic import context

from bot.migrations import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
