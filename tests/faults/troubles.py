"""What else goes wrong while deliverers work on PostgreSQL: the server crashes and comes back, the network is cut."""

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator
from functools import partial

from tests.faults.arrivals import Between, Road
from tests.faults.wire import Wire, laid
from tests.real.postgres import Running


def restarts(server: Running, chance: random.Random) -> Road:
    """Every other time the database server crashes, and is back a moment later."""

    @contextlib.asynccontextmanager
    async def road(_port: int) -> AsyncIterator[Between]:
        async def crash() -> None:
            await asyncio.to_thread(server.stop, signal.SIGQUIT)
            await asyncio.sleep(chance.uniform(0, 1))
            await asyncio.to_thread(server.start)

        yield Between(blows=(crash,))

    return road


def cuts(server: Running, url: str, chance: random.Random) -> Road:
    """The network to the database or to the channels is cut, in turns with kills; at times it is silent first."""
    database = partial(asyncio.open_unix_connection, server.server.folder / ".s.PGSQL.5432")
    name = url.partition("@/")[2].partition("?")[0]

    @contextlib.asynccontextmanager
    async def road(port: int) -> AsyncIterator[Between]:
        channels = partial(asyncio.open_connection, "127.0.0.1", port)
        async with laid(database) as to_database, laid(channels) as to_channels:

            async def cut(wire: Wire) -> None:
                await wire.cut(chance.uniform(0, 1.5), chance.choice((0, 0, 1.0)))

            blows = tuple(partial(cut, wire) for wire in (to_database, to_channels))
            there = f"postgresql+psycopg://postgres@127.0.0.1:{to_database.port}/{name}"
            yield Between(there, to_channels.port, blows)

    return road
