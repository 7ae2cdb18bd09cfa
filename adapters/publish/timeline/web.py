"""The timeline's site: an aiohttp application under a prefix such as /timeline/."""

import asyncio
import secrets
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from json import JSONDecodeError
from typing import Any

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from adapters.errors import Unavailable
from adapters.events import Picture
from adapters.ports import PictureStore
from adapters.publish.timeline import pages
from adapters.publish.timeline.behaviour import SECONDS
from adapters.publish.timeline.channel import Standing, Timeline
from adapters.publish.timeline.publisher import MEDIA_TYPES
from config import logs

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    hdrs.CACHE_CONTROL: "no-store",
    "Server": "Switchboard",
}
"""What every answer carries: only our own file is run, and no other site may frame a page."""

STATIC = {"timeline.css": "text/css", "control.js": "text/javascript", "icon.svg": "image/svg+xml"}

TIMELINE = web.AppKey("timeline", Timeline)
PICTURES = web.AppKey("pictures", PictureStore)

_LOG = logs.get("timeline")


def timeline_application(timeline: Timeline, pictures: PictureStore) -> web.Application:
    """What the public reads, and the page on which somebody of the demo says how the timeline is to behave."""
    application = web.Application(middlewares=[_told_kindly])
    application[TIMELINE] = timeline
    application[PICTURES] = pictures
    application.on_response_prepare.append(_guarded)
    application.add_routes(
        [
            web.get("/", _first),
            web.get("/posts.json", _posts),
            web.get("/posts/{id:[1-9][0-9]{0,15}}", _post),
            web.get("/pictures/{sha256:[0-9a-f]{64}}.{extension:[a-z]+}", _picture),
            web.get("/control", _control),
            web.post("/behaviour", _behave),
            web.get("/static/{name}", _static),
            web.get("/{elsewhere:.*}", _elsewhere),
        ]
    )
    return application


async def _guarded(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def _told_kindly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log a fault with a reference, and give the reader that and nothing else."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Unavailable as error:
        return _no(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", str(error))
    except Exception as error:  # the edge of the site: no fault may show a reader more than its reference
        reference = secrets.token_hex(4)
        _LOG.error("page_failed", reference=reference, error=type(error).__name__)
        line = f"Something went wrong here. Please try again in a few minutes. Reference: {reference}"
        return _no(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", line)


def _no(status: HTTPStatus, code: str, line: str) -> web.Response:
    return web.json_response({"error": line, "code": code}, status=status)


def _page(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(body=body, status=status, content_type="text/html", charset="utf-8")


async def _first(request: web.Request) -> web.Response:
    return _page(pages.first_page(await asyncio.to_thread(request.app[TIMELINE].standing)))


async def _posts(request: web.Request) -> web.Response:
    standing = await asyncio.to_thread(request.app[TIMELINE].standing)
    return web.json_response([_told(one) for one in standing])


def _told(one: Standing) -> dict[str, Any]:
    """A post as programmes read it, byte for byte."""
    post = one.post
    parts = [
        {"text": part.text, "pictures": [{"sha256": shown.sha256, "alt": shown.alt} for shown in part.pictures]}
        for part in post.parts
    ]
    return {
        "id": str(one.id),
        "number": post.number,
        "corrects": post.corrects,
        "account": post.account,
        "language": post.language,
        "parts": parts,
        "at": one.at.isoformat(),
    }


async def _post(request: web.Request) -> web.Response:
    try:
        one = await asyncio.to_thread(request.app[TIMELINE].one, int(request.match_info["id"]))
    except KeyError:
        return _page(pages.missing_page(pages.UP), HTTPStatus.NOT_FOUND)
    return _page(pages.post_page(one), HTTPStatus.OK if one else HTTPStatus.GONE)


async def _picture(request: web.Request) -> web.Response:
    """The bytes of a picture, if a post that stands shows it."""
    sha256, extension = request.match_info["sha256"], request.match_info["extension"]
    shown = _shown(await asyncio.to_thread(request.app[TIMELINE].standing), sha256)
    if shown is None or MEDIA_TYPES[shown.media_type] != extension:
        return _page(pages.missing_page(pages.UP), HTTPStatus.NOT_FOUND)
    try:
        data = await request.app[PICTURES].picture(sha256)
    except KeyError:
        return _page(pages.missing_page(pages.UP), HTTPStatus.NOT_FOUND)
    return web.Response(body=data, content_type=shown.media_type)


def _shown(standing: list[Standing], sha256: str) -> Picture | None:
    pictures = (picture for one in standing for part in one.post.parts for picture in part.pictures)
    return next((picture for picture in pictures if picture.sha256 == sha256), None)


async def _control(request: web.Request) -> web.Response:
    return _page(pages.control_page(await asyncio.to_thread(request.app[TIMELINE].behaviour)))


async def _behave(request: web.Request) -> web.Response:
    """Take `{"behaviour": NAME}`, with `seconds` and `once` as wanted; tell how it behaves now."""
    timeline = request.app[TIMELINE]
    try:
        name, seconds, once = _asked(await request.json())
        await asyncio.to_thread(timeline.behave, name, seconds=seconds, once=once)
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        return _no(HTTPStatus.BAD_REQUEST, "no_json", "The request could not be read: it should be a JSON object.")
    except ValueError as error:
        return _no(HTTPStatus.BAD_REQUEST, "no_behaviour", str(error))
    told = await asyncio.to_thread(timeline.behaviour)
    return web.json_response({"behaviour": [setting.name for setting in told], "line": pages.now_line(told)})


def _asked(given: Any) -> tuple[str, float, bool]:
    """The fields of a request; a time that is no number is one that nobody can mean."""
    fields = given if isinstance(given, dict) else {}
    seconds = fields.get("seconds", SECONDS)
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return str(fields.get("behaviour")), seconds if number else -1, fields.get("once") is True


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in STATIC:
        return _page(pages.missing_page(pages.UP), HTTPStatus.NOT_FOUND)
    return web.Response(body=_file(name), content_type=STATIC[name], charset="utf-8")


@cache
def _file(name: str) -> bytes:
    return files("adapters.publish.timeline").joinpath("static", name).read_bytes()


async def _elsewhere(request: web.Request) -> web.Response:
    depth = request.match_info["elsewhere"].count("/")
    return _page(pages.missing_page(pages.UP * depth or pages.HERE), HTTPStatus.NOT_FOUND)
