"""A pretend X: what a publisher asks of its API version 2, with its short addresses, escapes and rotating tokens."""

import asyncio
import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from adapters.counting import addresses, weighted
from tests.fakes.faults import Fault, Script, drop, half

CLIENT, FIRST = "pretend-client", "pretend-refresh-0"  # made up
ACCOUNT = "42"
FIELDS = {"text", "media"}  # of the sixteen that X knows, those that we may send


@dataclass
class Tweet:
    """A post as X keeps it."""

    id: str
    text: str
    media: list[str]
    made: datetime
    shown: bool = True


@dataclass
class FakeX:
    """X with one account. A refresh token works once; `lasts` is how long an access token does, in seconds."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    script: Script = field(default_factory=Script)
    posts: list[Tweet] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    refresh: str = FIRST
    access: str = ""
    lasts: int = 7_200
    renewals: int = 0
    renewed: asyncio.Event = field(default_factory=asyncio.Event)
    loses_renewals: int = 0
    refuses_same_words: bool = False

    def application(self) -> web.Application:
        """Its API."""
        app = web.Application(middlewares=[self._door], client_max_size=8_000_000)
        app.add_routes(
            [
                web.post("/2/oauth2/token", self._token),
                web.get("/2/users/me", self._me),
                web.get(f"/2/users/{ACCOUNT}/tweets", self._mine),
                web.post("/2/media/upload", self._upload),
                web.post("/2/media/metadata", self._describe),
                web.post("/2/tweets", self._post),
                web.get("/2/tweets/{id}", self._tweet),
                web.delete("/2/tweets/{id}", self._delete),
            ]
        )
        return app

    def write(self, text: str, made: datetime | None = None) -> Tweet:
        """Somebody posts by the app on a telephone."""
        return self._keep(text, [], made or self.clock())

    def show(self) -> None:
        """What was accepted late appears now."""
        for post in self.posts:
            post.shown = True

    def revoke(self) -> None:
        """The account's owner takes the app's leave away."""
        self.access = self.refresh = "none"

    @property
    def seen(self) -> list[Tweet]:
        """What people see."""
        return [post for post in self.posts if post.shown]

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        known = self.access and request.headers.get("Authorization") == f"Bearer {self.access}"
        if request.path != "/2/oauth2/token" and not known:
            return self._no(401, "Unauthorized")
        response: web.StreamResponse = await handler(request)
        return response

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form["grant_type"], form["client_id"], form["refresh_token"]) != ("refresh_token", CLIENT, self.refresh):
            return web.json_response({"error": "invalid_request"}, status=400)
        self.renewals += 1
        self.renewed.set()
        self.access, self.refresh = f"pretend-access-{self.renewals}", f"pretend-refresh-{self.renewals}"
        if self.loses_renewals:
            self.loses_renewals -= 1
            return drop(request)
        told = {"token_type": "bearer", "expires_in": self.lasts, "access_token": self.access}
        return web.json_response(told | {"refresh_token": self.refresh})

    async def _me(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": {"id": ACCOUNT, "username": "news"}})

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["media_category"] == "tweet_image"
        file = form["media"]
        assert isinstance(file, web.FileField)
        identity = str(900 + len(self.media))
        self.media[identity] = {"alt": "", "data": file.file.read()}
        return web.json_response({"data": {"id": identity, "media_key": f"3_{identity}", "expires_after_secs": 86_400}})

    async def _describe(self, request: web.Request) -> web.Response:
        asked = await request.json()
        text = asked["metadata"]["alt_text"]["text"]
        if asked["id"] not in self.media or not 0 < len(text) <= 1_000:
            return self._no(400, "Invalid Request")
        self.media[asked["id"]]["alt"] = text
        return web.json_response({"data": {"id": asked["id"]}})

    async def _post(self, request: web.Request) -> web.StreamResponse:
        asked, fault = await request.json(), self.script.next()
        if fault is Fault.AWAY:
            return web.Response(status=503, text="<html>over capacity</html>", content_type="text/html")
        if fault in {Fault.LIMITED, Fault.LIMITED_UNTIL}:
            return self._limited(timed=fault is Fault.LIMITED_UNTIL)
        ids = asked.get("media", {}).get("media_ids", [])
        if set(asked) - FIELDS or not set(ids) <= set(self.media) or not 0 < weighted(asked["text"]) <= 280:
            return self._no(400, "Invalid Request")
        if self.refuses_same_words and asked["text"] in {post.text for post in self.posts}:
            return self._no(403, "You are not allowed to create a Tweet with duplicate content.")
        post = self._keep(asked["text"], ids, self.clock())
        post.shown = fault is not Fault.LATE
        told = {"data": {"id": post.id, "text": self._told(post)["text"]}}
        if fault in {Fault.DROPPED, Fault.LATE}:
            return drop(request)
        if fault is Fault.TRUNCATED:
            return await half(request, json.dumps(told).encode())
        if fault is Fault.BROKEN:
            return web.Response(status=500, text="<html>oops</html>", content_type="text/html")
        return web.json_response(told, status=201)

    async def _mine(self, request: web.Request) -> web.Response:
        since = datetime.fromisoformat(request.query["start_time"])
        newest = [post for post in reversed(self.seen) if post.made >= since]
        first, most = int(request.query.get("pagination_token", "0")), int(request.query["max_results"])
        page = [self._told(post) for post in newest[first : first + most]]
        meta: dict[str, Any] = {"result_count": len(page)}
        if first + most < len(newest):
            meta["next_token"] = str(first + most)
        return web.json_response(({"data": page} if page else {}) | {"meta": meta})

    async def _tweet(self, request: web.Request) -> web.Response:
        found = [post for post in self.seen if post.id == request.match_info["id"]]
        if found:
            return web.json_response({"data": self._told(found[0])})
        missing = {"title": "Not Found Error", "type": "https://api.twitter.com/2/problems/resource-not-found"}
        return web.json_response({"errors": [missing]})

    async def _delete(self, request: web.Request) -> web.Response:
        if Fault.STUCK not in self.script:
            self.posts = [post for post in self.posts if post.id != request.match_info["id"]]
        return web.json_response({"data": {"deleted": True}})

    def _told(self, post: Tweet) -> dict[str, Any]:
        """As the API tells it: escaped, each address a short one, and one more for the pictures."""
        told, urls, end = "", list[dict[str, str]](), 0
        for start, stop in addresses(post.text, bare=True):
            address, short = post.text[start:stop], f"https://t.co/{post.id}{len(urls)}"
            urls.append({"url": short, "expanded_url": address if "://" in address else f"http://{address}"})
            told, end = f"{told}{html.escape(post.text[end:start], quote=False)}{short}", stop
        told += html.escape(post.text[end:], quote=False)
        keys = [f"3_{identity}" for identity in post.media]
        if keys:
            short = f"https://t.co/p{post.id}"
            told += f" {short}"
            urls += [{"url": short, "expanded_url": f"{short}/photo/1", "media_key": key} for key in keys]
        shown: dict[str, Any] = {"id": post.id, "text": told, "created_at": post.made.isoformat()}
        return shown | ({"entities": {"urls": urls}} if urls else {}) | ({"attachments": {"media_keys": keys}})

    def _no(self, status: int, text: str) -> web.Response:
        told = "No se permite" if Fault.LOCALISED in self.script else text
        return web.json_response({"detail": told, "type": "about:blank", "title": told}, status=status)

    def _limited(self, *, timed: bool) -> web.Response:
        ends = str(int((self.clock() + timedelta(minutes=3)).timestamp()))
        headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": ends} if timed else {}
        return web.json_response({"title": "Too Many Requests"}, status=429, headers=headers)

    def _keep(self, text: str, media: list[str], made: datetime) -> Tweet:
        post = Tweet(str(1_800_000 + len(self.calls) + len(self.posts)), text, media, made)
        self.posts.append(post)
        return post
