"""Finding a post of ours on X by reading the account's own posts, as X knows no key."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.canonical import canonical_json
from adapters.counting import addresses
from adapters.errors import OutcomeUnknown, Unavailable
from adapters.events import Remote
from adapters.ledger import Entry, Ledger
from adapters.particular import Posted
from adapters.webapi import Answer

NOT_FOUND = "/problems/resource-not-found"
"""How the `type` of X's error ends when a post is not there: an identifier, no words."""

PAGE = 100
MOST_PAGES = 5
FIRST_DAY = "2010-11-06T00:00:01Z"
"""The earliest time that X looks up posts from."""

SKEW = timedelta(minutes=2)
"""How far X's clock may differ from ours. Each post that is read costs."""

_SCHEME = re.compile(r"^https?://", re.IGNORECASE)

Call = Callable[..., Awaitable[Answer]]


def mark(text: str, pictures: int) -> str:
    """What a post is known by when it is read back: its words with every address bare, and how many pictures."""
    plain, end = "", 0
    for start, stop in addresses(text, bare=True):
        plain, end = f"{plain}{text[end:start]}{_bare(text[start:stop])}", stop
    return _mark(plain + text[end:], pictures)


def mark_there(post: dict[str, Any]) -> str:
    """The same of a post as X tells it: escaped, each address behind a short one, and one more for its pictures."""
    text = html.unescape(str(post.get("text", "")))
    for one in (post.get("entities") or {}).get("urls") or ():
        if short := str(one.get("url") or ""):
            text = text.replace(short, "" if one.get("media_key") else _bare(str(one.get("expanded_url"))))
    return _mark(text, len((post.get("attachments") or {}).get("media_keys") or ()))


def _bare(address: str) -> str:
    return _SCHEME.sub("", address).rstrip("/")


def _mark(text: str, pictures: int) -> str:
    words = unicodedata.normalize("NFC", text).strip()
    return hashlib.sha256(canonical_json([words, pictures])).hexdigest()


def at(identity: str) -> Remote:
    """A post by its id; this address leads to it whatever the account is called."""
    return Remote(identity, f"https://x.com/i/web/status/{identity}")


def created(body: Any) -> Remote:
    """A post from the answer to a write. Raises `OutcomeUnknown` for anything else."""
    try:
        identity = body["data"]["id"]
    except (KeyError, TypeError) as error:
        raise OutcomeUnknown("not_a_post") from error
    if not isinstance(identity, str) or not identity:
        raise OutcomeUnknown("not_a_post")
    return at(identity)


class ReadBack:
    """Looks through the posts of one account; `call` asks X in its name."""

    def __init__(self, call: Call, ledger: Ledger) -> None:
        """Keep both; whose account it is, is asked when it is needed first."""
        self._call, self._ledger = call, ledger
        self._account = ""

    async def stands(self, remote: Remote) -> bool:
        """Whether a post is there. Raises `Unavailable` when X does not say."""
        if not _is_id(remote.id):
            return False
        answer = await self._call("GET", f"2/tweets/{remote.id}", accept={404})
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status == 200 and body.get("data"):
            return True
        kinds = [str(one.get("type", "")) for one in body.get("errors") or ()]
        if answer.status != 200 or any(kind.endswith(NOT_FOUND) for kind in kinds):
            return False
        raise Unavailable("answer_unreadable")

    async def find(self, key: str, entry: Entry) -> Remote | None:
        """The oldest post with the words of an entry, from after it. Raises `Unavailable` when it cannot be told."""
        found = None
        for post in await self._posts(entry.begun - SKEW):
            other = await self._ledger.is_of_another(str(post["id"]), key)
            found = post if not other and mark_there(post) == entry.mark else found
        return None if found is None else at(str(found["id"]))

    async def whose(self) -> str:
        """The id of the account. Raises `AdapterError`."""
        if not self._account:
            answer = await self._call("GET", "2/users/me")
            try:
                self._account = str(answer.body["data"]["id"])
            except (KeyError, TypeError) as error:
                raise Unavailable("answer_unreadable") from error
        if not _is_id(self._account):
            raise Unavailable("answer_unreadable")
        return self._account

    async def is_used(self) -> bool:
        """Whether the account has a post. Five are read, as X gives no fewer; each costs."""
        path = f"2/users/{await self.whose()}/tweets"
        asked = {"start_time": FIRST_DAY, "max_results": 5, "tweet.fields": "created_at"}
        body = (await self._call("GET", path, params=asked)).body
        if not isinstance(body, dict) or "meta" not in body:
            raise Unavailable("answer_unreadable")
        return bool(body.get("data"))

    async def posted(self, since: datetime) -> Sequence[Posted]:
        """What was posted since then, by whatever program."""
        try:
            return [
                Posted(at(str(one["id"])).id, at(str(one["id"])).url, datetime.fromisoformat(one["created_at"]))
                for one in await self._posts(since, whole=False)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("answer_unreadable") from error

    async def _posts(self, since: datetime, *, whole: bool = True) -> list[dict[str, Any]]:
        """The account's posts since then, newest first; where there are too many to read, none or not the `whole`."""
        asked = {
            "start_time": f"{since:%Y-%m-%dT%H:%M:%SZ}",
            "max_results": PAGE,
            "exclude": "retweets",
            "tweet.fields": "created_at,entities,attachments",
        }
        path, found = f"2/users/{await self.whose()}/tweets", list[dict[str, Any]]()
        for _ in range(MOST_PAGES):
            body = (await self._call("GET", path, params=asked)).body
            try:
                found += [one for one in body.get("data") or [] if one["id"]]
                token = body["meta"].get("next_token")
            except (KeyError, TypeError, AttributeError) as error:
                raise Unavailable("answer_unreadable") from error
            if not token:
                return found
            asked["pagination_token"] = token
        if whole:
            raise Unavailable("too_many_posts")
        return found


def _is_id(text: str) -> bool:
    """An id of X is digits; anything else was never there, and could lead elsewhere."""
    return text.isascii() and text.isdigit()
