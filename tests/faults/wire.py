"""A wire between a client and a server that can be cut: what was under way is lost, and nobody gets through."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
"""Reaches the server."""

BLOCK = 65_536


@dataclass
class Wire:
    """Passes bytes on between a port of its own and a server. `silent`: takes them and passes nothing on."""

    reach: Open
    port: int = 0
    silent: bool = False
    _server: asyncio.Server | None = None
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    async def lay(self) -> None:
        """Let clients through, again on the same port after a cut."""
        self.silent = False
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def take(self) -> None:
        """Break every connection, and let nobody through."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._ends):
            _reset(writer)

    async def cut(self, seconds: float, still: float = 0.0) -> None:
        """Lose what is on its way for `still` seconds, then break every connection, and mend it after `seconds`."""
        self.silent = True
        await asyncio.sleep(still)
        self.take()
        await asyncio.sleep(seconds)
        await self.lay()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(OSError):
            there, back = await self.reach()
            self._ends |= {writer, back}
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pass(reader, back))
                    group.create_task(self._pass(there, writer))
            except* OSError:
                pass  # cut, or one of them is gone
            finally:
                self._ends -= {writer, back}
                for end in (writer, back):
                    end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(BLOCK):
            if not self.silent:
                writer.write(data)
                await writer.drain()
        raise ConnectionResetError("one of them has gone")


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a network does: without a word of goodbye."""
    found = writer.get_extra_info("socket")
    if found is not None and found.family != socket.AF_UNIX:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.asynccontextmanager
async def laid(reach: Open) -> AsyncIterator[Wire]:
    """A wire that is whole; the client is to use its port."""
    wire = Wire(reach)
    await wire.lay()
    try:
        yield wire
    finally:
        wire.take()
