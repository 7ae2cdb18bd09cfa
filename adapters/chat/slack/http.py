"""HTTP mode: signed requests, judged on their raw bytes before anything reads them."""

import asyncio
import hashlib
import hmac
import socket
import time
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from adapters.errors import Refused
from config import logs

log = logs.get("slack")

PATH = "/slack/events"
LARGEST_BODY = 2**20  # bytes
SLOWEST_BODY = 10.0  # seconds
OLDEST = 300.0  # seconds; what is older may be somebody else's copy
LAST_CALL = 0.05  # seconds; what was accepted last becomes a connection some turns of the loop later
REFUSALS = 60.0  # seconds between two lines about requests that were refused


class Door:
    """Lets in what Slack signed; `app` is what it is let in to, None while nobody listens."""

    def __init__(self, signing_secret: str, clock: Callable[[], float] = time.time) -> None:
        self.app: AsyncApp | None = None
        self._secret = signing_secret.encode()
        self._clock = clock
        self._said = 0.0

    def application(self) -> web.Application:
        """What is to be served."""
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_post(PATH, self._ask)
        return application

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        try:
            async with asyncio.timeout(SLOWEST_BODY):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        if not self._is_signed(request, body):
            self._refused()
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        if self.app is None:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            answer = await self.app.async_dispatch(await to_bolt_request(request))
        except Exception as error:  # the edge of a request: what is signed may still be nonsense
            log.warning("not_acknowledged", kind="request", error=type(error).__name__)
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        return await to_aiohttp_response(answer)

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        """Whether Slack signed these bytes within the last five minutes."""
        told = request.headers
        when, signature = told.get("X-Slack-Request-Timestamp", ""), told.get("X-Slack-Signature", "")
        if not (when.isascii() and when.isdigit() and signature.isascii()) or len(when) > 12:
            return False
        if abs(self._clock() - int(when)) > OLDEST:
            return False
        # On the very bytes: the library's own check reads them as text first, and breaks on what is none.
        expected = "v0=" + hmac.new(self._secret, b"v0:" + when.encode() + b":" + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, signature)

    def _refused(self) -> None:
        """Tell about it, but not as often as somebody can knock."""
        if self._clock() - self._said >= REFUSALS:
            self._said = self._clock()
            log.warning("request_refused", reason="signature")


class Port:
    """Where the application is served. It takes no more before it closes: else the last one in would be lost open."""

    def __init__(self, runner: web.AppRunner, listener: socket.socket) -> None:
        self._runner = runner
        self._listener = listener

    @classmethod
    async def opened(cls, listen: str, application: web.Application) -> "Port":
        """Serve at `host:port`. Raises `Refused("port_taken")`."""
        host, _, port = listen.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, int(port)), family=family)
        except OSError as error:
            raise Refused("port_taken") from error
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        return cls(runner, listener)

    async def close(self) -> None:
        """Let everybody go; closed already is fine."""
        if self._listener.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._listener.fileno())
            await asyncio.sleep(LAST_CALL)
        await self._runner.cleanup()
