"""The web server of the chat, on this machine's loopback address only."""

import errno
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from adapters.chat.web.answers import as_json
from adapters.chat.web.api import Acting, Reading
from adapters.chat.web.guard import Guard
from adapters.chat.web.settings import WebChatSettings
from adapters.chat.web.store import Store
from adapters.errors import Unavailable
from adapters.ports import PictureStore

LOOPBACK = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
STOPPING = 2.0  # seconds given to requests under way


class Server:
    """Page, API and the mounted applications (`mounts`: name -> what stands under `/name/`, open to read)."""

    def __init__(
        self, settings: WebChatSettings, store: Store, pictures: PictureStore, mounts: Mapping[str, web.Application]
    ) -> None:
        self._settings = settings
        self._guard = Guard(store, tuple(f"/{name}/" for name in mounts))
        public = next((f"/{name}/" for name in mounts), None)
        self._reading = Reading(store, settings, pictures, public)
        self._acting = Acting(store, settings)
        self._mounts = mounts
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def address(self) -> str:
        """Where it answers, without a key."""
        return f"http://{LOOPBACK}:{self._port}"

    def new_link(self) -> str:
        """An address that lets one browser in, once."""
        return f"{self.address}/?key={self._guard.new_key()}"

    async def start(self) -> None:
        """Take the port. Raises `Unavailable` with one line when somebody else has it."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=STOPPING)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, self._settings.port).start()
        except OSError as error:
            await runner.cleanup()
            raise Unavailable(_plainly(self._settings.port, error)) from error
        self._runner = runner
        self._port = int(runner.addresses[0][1])
        self._guard.opened(self._port)

    async def stop(self) -> None:
        """End the streams and give the port back."""
        self._reading.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[as_json, self._guard.check])
        app.on_response_prepare.append(self._guard.add_headers)
        app.add_routes([*self._reads(), *self._acts()])
        app.router.add_get("/", _page)
        app.router.add_static("/static/", STATIC)
        for name, mounted in self._mounts.items():
            app.add_subapp(f"/{name}/", mounted)
        return app

    def _reads(self) -> list[web.RouteDef]:
        reading = self._reading
        return [
            web.get("/api/start", reading.start),
            web.get("/api/rooms", reading.rooms),
            web.get("/api/rooms/{room}/messages", reading.messages),
            web.get("/api/files/{file}", reading.file),
            web.get("/api/pictures/{sha256}", reading.picture),
            web.get("/api/stream", reading.stream),
        ]

    def _acts(self) -> list[web.RouteDef]:
        acting = self._acting
        return [
            web.post("/api/rooms/{room}/messages", acting.say),
            web.post("/api/rooms/{room}/files", acting.drop),
            web.post("/api/rooms/{room}/read", acting.mark_read),
            web.patch("/api/messages/{message}", acting.reword),
            web.delete("/api/messages/{message}", acting.take_back),
            web.post("/api/messages/{message}/react", acting.react),
            web.post("/api/messages/{message}/unreact", acting.unreact),
            web.post("/api/messages/{message}/press", acting.press),
        ]


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


def _plainly(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: stop what uses it (another demo?) or choose another port"
    if error.errno == errno.EACCES:
        return f"port {port} may not be used by this account: choose one above 1023"
    return f"port {port} cannot be used: {error.strerror}"
