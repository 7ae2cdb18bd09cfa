"""Who publishes the feed, where it stands, and the names of its entries."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# RFC 4151 section 2.1: a domain name or an e-mail address, in lower case as the RFC recommends.
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_AUTHORITY = re.compile(rf"(?:[a-z0-9._-]+@)?{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class FeedSite:
    """The site as settings describe it.

    `base_url` is the public address of the index page, ending with a slash. `tag_authority` and `tag_date`
    make the ids of RFC 4151: a domain (or e-mail address) and a day on which it was the organisation's. They
    never change, also when the address does: a reader's programme would show every announcement again.
    `contact` is an e-mail address, or empty when there is none to show. `reviewed` is the day of the last
    accessibility review by a person.
    """

    title: str
    base_url: str
    organisation: str
    language: str
    tag_authority: str
    tag_date: date
    contact: str
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    reviewed: date | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for an address or authority that would make broken links or ids."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("base_url must be a whole http or https address without a query")
        if not parts.path.endswith("/"):
            raise ValueError("base_url must end with a slash")
        if not _AUTHORITY.fullmatch(self.tag_authority):
            raise ValueError("tag_authority must be a domain name or an e-mail address in lower case")

    def address(self, path: str = "") -> str:
        """The public address of a page or file of the site."""
        return self.base_url + path

    def page(self, number: int) -> str:
        """The permanent address of an announcement; it holds no word of it."""
        return self.address(f"announcements/{number}")

    def entry_id(self, number: int) -> str:
        """The id of an announcement for ever (RFC 4151)."""
        return f"{self._tag}:announcement/{number}"

    @property
    def feed_id(self) -> str:
        """The id of the feed itself for ever (RFC 4151)."""
        return f"{self._tag}:announcements"

    @property
    def begun(self) -> datetime:
        """When an empty feed last changed: the start of the tag's day, UTC."""
        return datetime.combine(self.tag_date, time(), UTC)

    @property
    def _tag(self) -> str:
        return f"tag:{self.tag_authority},{self.tag_date.isoformat()}"
