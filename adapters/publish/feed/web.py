"""The site: an aiohttp application, read only, that stands alone or under a prefix such as /public/."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from aiohttp import ETag, hdrs, web
from aiohttp.typedefs import Handler

from adapters.ports import PictureStore
from adapters.publish.feed import pages
from adapters.publish.feed.formats import ATOM, JSON, MEDIA_TYPES, RSS, atom, json_feed, rss
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.view import EXTENSIONS, changed, last_change, one_each
from adapters.shelf import FeedShelf
from config import logs

IN_FEEDS, ON_INDEX = 50, 500
"""How many announcements the feeds and the index page show; the pages of older ones stay where they are."""

# A minute, so that a recall reaches everybody soon; asked again, most get the short answer 304.
CACHING = "public, max-age=60, must-revalidate"

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Server": "Switchboard",
}
"""What every answer carries: nothing is run, and no other site may frame a page."""

STATIC = {"feed.css": "text/css", "icon.svg": "image/svg+xml"}
KEPT_IN_304 = (hdrs.CACHE_CONTROL, hdrs.ETAG, hdrs.LAST_MODIFIED)
"""What the short answer repeats (RFC 9110 section 15.4.5)."""

_LOG = logs.get("feed")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages are made from."""

    shelf: FeedShelf
    pictures: PictureStore
    site: FeedSite
    clock: Callable[[], datetime]


PARTS = web.AppKey("parts", Parts)


def _now() -> datetime:
    return datetime.now(UTC)


def feed_application(
    shelf: FeedShelf, pictures: PictureStore, site: FeedSite, clock: Callable[[], datetime] = _now
) -> web.Application:
    """The public site: index, pages, feeds and pictures, made anew from the shelf for each request."""
    application = web.Application(middlewares=[_told_kindly])
    application[PARTS] = Parts(shelf, pictures, site, clock)
    application.on_response_prepare.append(_guarded)
    application.add_routes(
        [
            web.get("/", _index),
            web.get("/announcements/{number:[1-9][0-9]{0,8}}", _announcement),
            web.get(f"/{{feed:{ATOM}|{RSS}|{JSON}}}", _feed),
            web.get("/pictures/{sha256:[0-9a-f]{64}}.{extension:[a-z]+}", _picture),
            web.get("/accessibility", _accessibility),
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
    except web.HTTPNotFound:
        # Every path under the prefix has its handler: this is the prefix without its slash, where links would break.
        here = request.rel_url.raw_path.rpartition("/")[2]
        return web.Response(status=HTTPStatus.PERMANENT_REDIRECT, headers={hdrs.LOCATION: f"./{here}/"})
    except web.HTTPException:
        raise
    except Exception as error:  # the edge of the site: no fault may show a reader more than its reference
        reference = secrets.token_hex(4)
        _LOG.error("page_failed", reference=reference, error=type(error).__name__)
        text = f"Something went wrong here. Please try again in a few minutes. Reference: {reference}\n"
        return web.Response(
            status=HTTPStatus.INTERNAL_SERVER_ERROR, text=text, headers={hdrs.CACHE_CONTROL: "no-store"}
        )


async def _index(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    entries = one_each(await parts.shelf.entries(ON_INDEX))
    return _answer(
        request, pages.index_page(parts.site, entries), "text/html", changed=last_change(parts.site, entries)
    )


async def _announcement(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    entry = await parts.shelf.by_number(int(request.match_info["number"]))
    if entry is None:
        return _missing(request, pages.UP)
    correction = await parts.shelf.by_number(entry.corrected_by) if entry.corrected_by is not None else None
    page = pages.announcement_page(parts.site, entry, correction)
    if entry.withdrawn is not None:  # RFC 9110 section 15.5.11: search engines forget it at once
        return _answer(request, page, "text/html", status=HTTPStatus.GONE)
    return _answer(request, page, "text/html", changed=changed(entry, correction))


async def _feed(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    name = request.match_info["feed"]
    write = {ATOM: atom, RSS: rss, JSON: json_feed}[name]
    entries = one_each(await parts.shelf.entries(IN_FEEDS))
    return _answer(request, write(parts.site, entries), MEDIA_TYPES[name], changed=last_change(parts.site, entries))


async def _picture(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    sha256 = request.match_info["sha256"]
    picture = await parts.shelf.picture(sha256)
    if picture is None or EXTENSIONS.get(picture.media_type) != request.match_info["extension"]:
        return _missing(request, pages.UP)
    try:
        data = await parts.pictures.picture(sha256)
    except KeyError:
        return _missing(request, pages.UP)
    return _answer(request, data, picture.media_type)


async def _accessibility(request: web.Request) -> web.Response:
    return _answer(request, pages.accessibility_page(request.app[PARTS].site), "text/html")


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    return _answer(request, static_file(name), STATIC[name]) if name in STATIC else _missing(request, pages.UP)


async def _elsewhere(request: web.Request) -> web.Response:
    # A slash written %2F parts no folders where a browser works out relative links.
    escaped = request.rel_url.raw_path.upper().count("%2F")
    depth = request.match_info["elsewhere"].count("/") - escaped
    return _missing(request, pages.UP * depth or pages.HERE)


def _missing(request: web.Request, root: str) -> web.Response:
    return _answer(request, pages.missing_page(request.app[PARTS].site, root), "text/html", status=HTTPStatus.NOT_FOUND)


@cache
def static_file(name: str) -> bytes:
    """A file of the site's own looks."""
    return files("adapters.publish.feed").joinpath("static", name).read_bytes()


def _answer(
    request: web.Request, body: bytes, media_type: str, *, status: int = 200, changed: datetime | None = None
) -> web.Response:
    """The answer with what a cache needs to know, or 304 when the reader has these very bytes already."""
    charset = None if media_type in EXTENSIONS else "utf-8"
    answer = web.Response(status=status, body=body, content_type=media_type, charset=charset)
    if status != HTTPStatus.OK:
        answer.headers[hdrs.CACHE_CONTROL] = "no-store"
        return answer
    answer.headers[hdrs.CACHE_CONTROL] = CACHING
    answer.etag = ETag(hashlib.sha256(body).hexdigest()[:32])
    # A date counts whole seconds; in the second of a change it would hide a second change (RFC 9110 section 8.8.2.2).
    if changed is not None and request.app[PARTS].clock() - changed > timedelta(seconds=1):
        answer.last_modified = changed
    if not _has_it(request, answer):
        return answer
    kept = {name: answer.headers[name] for name in KEPT_IN_304 if name in answer.headers}
    return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=kept)


def _has_it(request: web.Request, answer: web.Response) -> bool:
    """Whether the reader holds this answer; a tag decides alone where there is one (RFC 9110 section 13.2.2)."""
    if hdrs.IF_NONE_MATCH in request.headers:
        tags = {tag.value for tag in request.if_none_match or ()}
        return "*" in tags or (answer.etag is not None and answer.etag.value in tags)
    since, changed = request.if_modified_since, answer.last_modified
    return since is not None and changed is not None and changed <= since
