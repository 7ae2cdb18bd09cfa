"""The site: an aiohttp application that stands alone or under a prefix."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from adapters.ports import PictureStore
from adapters.publish.feed.shelf import FeedShelf
from adapters.publish.feed.site import FeedSite


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
    """The public site: index, pages, feeds and pictures, read only."""
    application = web.Application()
    application[PARTS] = Parts(shelf, pictures, site, clock)
    return application
