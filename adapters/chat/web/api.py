"""The JSON API behind the page; test drivers use the same."""

import asyncio
import contextlib
import json
import urllib.parse
from functools import partial

from aiohttp import web

from adapters.chat.web import people, posting, views
from adapters.chat.web.answers import Fields, fields
from adapters.chat.web.guard import FILE_POLICY, PERSONA
from adapters.chat.web.posting import Draft, number
from adapters.chat.web.settings import WebChatSettings
from adapters.chat.web.store import Store
from adapters.chat.web.uploads import ANY_TYPE, read_upload, shown_as
from adapters.errors import Refused
from adapters.events import Content
from adapters.ports import PictureStore

HEARTBEAT = 15.0  # seconds; a silent stream looks broken to a browser
AT_ONCE = 200  # changes in one go


class Reading:
    """What a person looks at. Who looks is in the header `X-Persona`, or in `?as=` where a browser sends none."""

    def __init__(self, store: Store, settings: WebChatSettings, pictures: PictureStore, public: str | None) -> None:
        self._store = store
        self._bot = settings.bot_id
        self._pictures = pictures
        self._public = public
        self._closing = False

    def stop(self) -> None:
        """End the streams, so that the server can stop."""
        self._closing = True
        self._store.bell.ring()

    async def start(self, _request: web.Request) -> web.Response:
        """GET /api/start: the people one can be, the reactions offered, where the public page is."""
        found = await self._store.read(lambda db: views.personas(db, self._bot))
        return web.json_response({**found, "public": self._public})

    async def rooms(self, request: web.Request) -> web.Response:
        """GET /api/rooms: my rooms, with what is unread."""
        who = await persona(request, self._store, self._bot)
        return web.json_response(await self._store.read(lambda db: views.rooms(db, who)))

    async def messages(self, request: web.Request) -> web.Response:
        """GET /api/rooms/{room}/messages[?before=ID]: the newest messages, oldest first."""
        who = await persona(request, self._store, self._bot)
        room, before = request.match_info["room"], request.query.get("before")
        limit = None if before is None else number(before)
        return web.json_response(await self._store.read(lambda db: views.messages(db, who, room, limit)))

    async def file(self, request: web.Request) -> web.Response:
        """GET /api/files/{file}: the bytes; only pictures may be shown, everything else is saved."""
        who = await persona(request, self._store, self._bot)
        row = await self._store.read(lambda db: views.file_row(db, who, request.match_info["file"]))
        if row is None:
            raise Refused("gone")
        return _bytes(bytes(row["data"]), row["name"])

    async def picture(self, request: web.Request) -> web.Response:
        """GET /api/pictures/{sha256}: a picture in a message of the bot."""
        who = await persona(request, self._store, self._bot)
        sha256 = request.match_info["sha256"]
        if not await self._store.read(lambda db: views.shows_picture(db, who, sha256)):
            raise Refused("gone")
        try:
            data = await self._pictures.picture(sha256)
        except KeyError as error:
            raise Refused("gone") from error
        return _bytes(data, "picture")

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /api/stream[?after=N]: server-sent events; resumes after Last-Event-ID."""
        who = await persona(request, self._store, self._bot)
        after = number(request.headers.get("Last-Event-ID") or request.query.get("after", "0"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the page was closed
            await self._follow(response, who, after)
        return response

    async def _follow(self, response: web.StreamResponse, who: str, after: int) -> None:
        await response.write(b": hello\n\n")
        while not self._closing:
            rung = self._store.bell.next()
            found = await self._store.read(partial(views.changes, who=who, after=after, most=AT_ONCE))
            for sequence, change in found:
                await response.write(f"id: {sequence}\ndata: {json.dumps(change)}\n\n".encode())
                after = sequence
            if not found:
                await _wait_or_beat(response, rung)


class Acting:
    """What a person does. A `client_id` makes posting and pressing safe to repeat."""

    def __init__(self, store: Store, settings: WebChatSettings) -> None:
        self._store = store
        self._bot = settings.bot_id
        self._handle = settings.bot_name

    async def say(self, request: web.Request) -> web.Response:
        """POST /api/rooms/{room}/messages {text, thread, client_id}: write."""
        who = await persona(request, self._store, self._bot)
        given = await fields(request)
        draft = Draft(
            room=request.match_info["room"],
            sender=who,
            content=Content(given.text("text")),
            thread=given.maybe("thread"),
            key=_key(who, given),
        )
        return await self._said(draft)

    async def drop(self, request: web.Request) -> web.Response:
        """POST /api/rooms/{room}/files, multipart {text, thread, client_id, alt, file ...}: share files."""
        who = await persona(request, self._store, self._bot)
        upload = await read_upload(request)
        given = Fields(upload.fields)
        draft = Draft(
            room=request.match_info["room"],
            sender=who,
            content=Content(given.text("text")),
            thread=given.maybe("thread"),
            files=tuple(upload.files),
            key=_key(who, given),
        )
        return await self._said(draft)

    async def reword(self, request: web.Request) -> web.Response:
        """PATCH /api/messages/{message} {text}: change one's own words."""
        who, message = await self._whom(request)
        text = (await fields(request)).text("text")
        await self._store.write(lambda db: posting.reword(db, message, who, text, self._handle))
        await self._store.tidy()
        return await self._shown(message, who)

    async def take_back(self, request: web.Request) -> web.Response:
        """DELETE /api/messages/{message}: remove one's own message; gone already is fine."""
        who, message = await self._whom(request)
        await self._store.write(lambda db: posting.take_back(db, message, who))
        await self._store.tidy()
        return web.json_response({"gone": True})

    async def react(self, request: web.Request) -> web.Response:
        """POST /api/messages/{message}/react {emoji}."""
        who, message = await self._whom(request)
        emoji = (await fields(request)).text("emoji")
        await self._store.write(lambda db: posting.person_reacts(db, message, who, emoji))
        return await self._shown(message, who)

    async def unreact(self, request: web.Request) -> web.Response:
        """POST /api/messages/{message}/unreact {emoji[, account]}: one's own, or anybody's as a moderator."""
        who, message = await self._whom(request)
        given = await fields(request)
        emoji, whose = given.text("emoji"), given.maybe("account") or who
        await self._store.write(lambda db: posting.person_unreacts(db, message, who, emoji, whose))
        return await self._shown(message, who)

    async def press(self, request: web.Request) -> web.Response:
        """POST /api/messages/{message}/press {label, client_id}: press the button of that label."""
        who, message = await self._whom(request)
        given = await fields(request)
        label, key = given.text("label"), _key(who, given)
        await self._store.write(lambda db: posting.press(db, message, who, label, key))
        return web.json_response({"pressed": True})

    async def mark_read(self, request: web.Request) -> web.Response:
        """POST /api/rooms/{room}/read {up_to}: I have read this far."""
        who = await persona(request, self._store, self._bot)
        up_to = number((await fields(request)).text("up_to"))
        await self._store.write(lambda db: views.mark_read(db, who, request.match_info["room"], up_to))
        return web.json_response({"read": True})

    async def _whom(self, request: web.Request) -> tuple[str, int]:
        return await persona(request, self._store, self._bot), number(request.match_info["message"])

    async def _said(self, draft: Draft) -> web.Response:
        message = await self._store.write(lambda db: posting.say(db, draft, self._handle))
        return web.json_response({"id": str(message)})

    async def _shown(self, message: int, who: str) -> web.Response:
        return web.json_response({"message": await self._store.read(lambda db: views.one(db, message, who))})


async def persona(request: web.Request, store: Store, bot: str) -> str:
    """Who acts. Raises `Refused("unknown_account")`; nobody can be the bot."""
    who = request.headers.get(PERSONA) or (request.query.get("as", "") if request.method == "GET" else "")
    if who == bot:
        raise Refused("unknown_account")
    await store.read(lambda db: people.account_row(db, who))
    return who


def _key(who: str, given: Fields) -> str | None:
    client_id = given.maybe("client_id")
    return None if client_id is None else f"person:{who}:{client_id}"


def _bytes(data: bytes, name: str) -> web.Response:
    kind = shown_as(data)
    how = "attachment" if kind is None else "inline"
    return web.Response(
        body=data,
        headers={
            "Content-Type": kind or ANY_TYPE,
            "Content-Disposition": f"{how}; filename*=UTF-8''{urllib.parse.quote(name, safe='')}",
            "Content-Security-Policy": FILE_POLICY,
        },
    )


async def _wait_or_beat(response: web.StreamResponse, rung: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(HEARTBEAT):
            await rung.wait()
    except TimeoutError:
        await response.write(b": still here\n\n")
