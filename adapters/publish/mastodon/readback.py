"""Finding a post of ours by reading the account's own posts: by its words, never by how a server answers a repeat."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from adapters.canonical import canonical_json
from adapters.errors import OutcomeUnknown, Unavailable
from adapters.events import Remote
from adapters.ledger import Entry, Ledger
from adapters.particular import Posted
from adapters.webapi import WebApi

GONE = frozenset({404, 410})
PAGE = 40
MOST_PAGES = 10
SKEW = timedelta(minutes=10)
"""How far the server's clock may differ from ours."""


def mark(text: str, warning: str, pictures: int) -> str:
    """What a post is known by when it is read back. Blanks at either end do not count: Mastodon takes them away."""
    return hashlib.sha256(canonical_json([text.strip(), warning.strip(), pictures])).hexdigest()


def status(body: Any) -> Remote:
    """A post from the answer to a write. Raises `OutcomeUnknown` for anything else, such as a post that waits."""
    try:
        if "scheduled_at" in body or not (body["id"] and body["created_at"]):
            raise OutcomeUnknown("not_a_post")
        return Remote(str(body["id"]), body.get("url") or body.get("uri"))
    except (KeyError, TypeError, AttributeError) as error:
        raise OutcomeUnknown("not_a_post") from error


def path_of(remote_id: str) -> str:
    """Where the API has a post; an id is the server's and may hold anything."""
    return f"api/v1/statuses/{quote(remote_id, safe='')}"


class ReadBack:
    """Looks through the posts of one account."""

    def __init__(self, api: WebApi, ledger: Ledger) -> None:
        """Keep both; whose account it is, is asked when it is needed first."""
        self._api, self._ledger = api, ledger
        self._account = ""
        self._application: str | None = None

    async def stands(self, remote: Remote) -> bool:
        """Whether a post is there."""
        answer = await self._api.call("GET", path_of(remote.id), accept=GONE)
        return answer.status not in GONE

    async def find(self, key: str, entry: Entry) -> Remote | None:
        """The oldest post that has the words of an entry and came after it. Raises `Unavailable`: it cannot be told."""
        since = entry.begun - SKEW
        found = None
        for one in await self._posts(since):
            if self._may_be(one) and not await self._ledger.is_of_another(str(one["id"]), key):
                found = one if await self._mark(one) == entry.mark else found
        return None if found is None else status(found)

    async def whose(self) -> str:
        """The id of the account. Raises `AdapterError`."""
        if not self._account:
            self._account = str(_field((await self._api.call("GET", "api/v1/accounts/verify_credentials")).body, "id"))
            answer = await self._api.call("GET", "api/v1/apps/verify_credentials", accept={403, 404})
            self._application = (answer.body or {}).get("name") if answer.status == 200 else None
        return self._account

    async def is_used(self) -> bool:
        """Whether the account has a post."""
        return bool(await self._page({"limit": 1}))

    async def posted(self, since: datetime) -> Sequence[Posted]:
        """What was posted since then, by whatever program, also to a few people alone."""
        return [
            Posted(one["id"], one.get("url") or one.get("uri"), _made(one))
            for one in await self._posts(since, whole=False)
        ]

    async def _page(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Posts of the account, newest first."""
        path = f"api/v1/accounts/{quote(await self.whose(), safe='')}/statuses"
        page = (await self._api.call("GET", path, params={"exclude_reblogs": "true"} | asked)).body
        if not isinstance(page, list):
            raise Unavailable("posts_unreadable")
        return page

    async def _posts(self, since: datetime, *, whole: bool = True) -> list[dict[str, Any]]:
        """The account's posts since then, newest first; where there are too many to read, none or not the `whole`."""
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            page = await self._page({"limit": PAGE} | ({"max_id": found[-1]["id"]} if found else {}))
            new = [one for one in page if _field(one, "id") and _made(one) >= since]
            found += new
            if len(new) < len(page) or not page:
                return found
        if whole:
            raise Unavailable("too_many_posts")
        return found

    def _may_be(self, one: dict[str, Any]) -> bool:
        """A post that another program made is not ours; some servers do not tell which made it."""
        name = (one.get("application") or {}).get("name")
        return one.get("reblog") is None and (not name or not self._application or name == self._application)

    async def _mark(self, one: dict[str, Any]) -> str:
        source = await self._api.call("GET", f"{path_of(str(one['id']))}/source", accept=GONE)
        if source.status in GONE:
            raise Unavailable("no_source")
        text, warning = _field(source.body, "text"), _field(source.body, "spoiler_text")
        return mark(text, warning, len(one.get("media_attachments") or ()))


def _field(body: Any, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str):
        raise Unavailable("answer_unreadable")
    return value


def _made(one: Any) -> datetime:
    try:
        return datetime.fromisoformat(_field(one, "created_at"))
    except ValueError as error:
        raise Unavailable("answer_unreadable") from error
