"""Socket Mode: the connection that Slack's payloads come through, and its renewal.

slack_sdk's own client tries for ever and in silence; here every failure is seen by the one loop that renews. When Slack
announces that it will end a connection, the next one is opened before the old one is given up.
"""

import asyncio
import contextlib
import json
import time

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.chat.slack.api import Api, Json
from adapters.errors import NotAuthenticated, Refused, Unavailable
from config import logs

log = logs.get("slack")

HELLO = 10.0  # seconds in which Slack greets
LARGEST_FRAME = 4 * 2**20  # bytes
FAREWELL = 10.0  # seconds for which an old connection is still read
SWITCHED_OFF = "link_disabled"  # Socket Mode was switched off in the app's settings


class Connection:
    """One open connection, which reads until it ends."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, app: AsyncApp) -> None:
        self._socket = socket
        self._app = app
        self._answers: set[asyncio.Task[None]] = set()
        self.ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.broken = False  # it ended without a word
        self.last = time.monotonic()  # when Slack told something
        self._reading = asyncio.create_task(self._read())

    async def end(self, patience: float = 0.0) -> None:
        """Read on for so long, let what was read be answered, and close."""
        await asyncio.wait({self._reading}, timeout=patience)
        if self._answers:
            await asyncio.wait(set(self._answers), timeout=patience)
        self._reading.cancel()
        for task in self._answers:
            task.cancel()
        with contextlib.suppress(aiohttp.ClientError, OSError):
            await self._socket.close()
        await asyncio.wait({self._reading, *self._answers})

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                self.last = time.monotonic()
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._heard(frame.data)
        except (aiohttp.ClientError, OSError) as error:
            log.info("socket_broke", error=type(error).__name__)
        finally:
            self.broken = not self.ending.done()
            self._will_end("connection_lost")

    def _heard(self, data: str) -> None:
        try:
            told: Json = json.loads(data)
            kind = told.get("type")
        except (ValueError, AttributeError):
            log.warning("event_malformed", kind="frame")
            return
        if kind == "disconnect":
            self._will_end(str(told.get("reason") or "disconnect"))
            return
        request = SocketModeRequest.from_dict(told)
        if request is not None:
            task = asyncio.create_task(self._answered(request))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answered(self, request: SocketModeRequest) -> None:
        """Acknowledge once it is taken. What is not taken, or breaks, Slack tells again."""
        try:
            answer: BoltResponse = await run_async_bolt_app(self._app, request)
            if answer.status != 200:
                log.warning("not_acknowledged", kind=request.type, status=answer.status)
                return
            told: Json = {"envelope_id": request.envelope_id}
            if answer.body:
                told["payload"] = json.loads(answer.body)
            await self._socket.send_str(json.dumps(told))
        except Exception as error:  # the edge of a payload: the next one is read whatever this one broke
            log.warning("not_acknowledged", kind=request.type, error=type(error).__name__)

    def _will_end(self, reason: str) -> None:
        if not self.ending.done():
            self.ending.set_result(reason)


async def opened(api: Api, app: AsyncApp, ping: float) -> Connection:
    """A new connection that Slack has greeted. Raises `AdapterError`."""
    address = await socket_address(api)
    session = await api.session()
    try:
        async with asyncio.timeout(HELLO):
            socket = await session.ws_connect(
                address, heartbeat=ping, max_msg_size=LARGEST_FRAME, timeout=aiohttp.ClientWSTimeout(ws_close=1.0)
            )
            hello = await _greeting(socket)
    except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError) as error:
        raise Unavailable("socket_not_opened") from error
    if not isinstance(hello, dict) or hello.get("type") != "hello":
        await socket.close()
        if isinstance(hello, dict) and hello.get("reason") == SWITCHED_OFF:
            raise NotAuthenticated("socket_mode_off")
        raise Unavailable("socket_not_opened")
    return Connection(socket, app)


async def _greeting(socket: aiohttp.ClientWebSocketResponse) -> object:
    try:
        return await socket.receive_json()
    except BaseException:  # also when we are told to stop: nobody else would close it
        await socket.close()
        raise


async def socket_address(api: Api) -> str:
    """Where to connect to, good for one connection. Raises `NotAuthenticated` with what is wrong with the app token."""
    try:
        told = await api.read("apps.connections.open")
    except NotAuthenticated as error:
        raise NotAuthenticated("app_token_refused") from error
    except Refused as error:
        code = {"missing_scope": "app_token_scope", "socket_mode_not_enabled": "socket_mode_off"}.get(error.code)
        raise NotAuthenticated(code or "app_token_refused") from error
    address = told.get("url")
    if not isinstance(address, str):
        raise Unavailable("malformed_answer")
    return address
