"""HTTP mode: signed requests, judged on their raw bytes before anything reads them."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from config import logs

log = logs.get("slack")

PATH = "/slack/events"
LARGEST_BODY = 2**20  # bytes
SLOWEST_BODY = 10.0  # seconds
OLDEST = 300.0  # seconds; what is older may be somebody else's copy
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
