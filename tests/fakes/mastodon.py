"""A pretend server with Mastodon's API: what a publisher asks, in the shapes of the recordings of a real 4.7.3."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.fakes.faults import Fault, Script, drop, half

TOKEN = "pretend-token"  # a made-up one
ACCOUNT = "110"
LIMIT, PICTURES, DESCRIPTION, BYTES = 500, 4, 1_500, 1_000_000
SLOW_LOOKS = 2  # how often a picture is not ready yet


@dataclass
class Status:
    """A post as the server keeps it. `shown`: people see it by now."""

    id: str
    text: str
    language: str
    media: list[str]
    made: datetime
    visibility: str = "public"
    warning: str = ""
    reply_to: str | None = None
    application: str | None = "Switchboard"
    shown: bool = True


@dataclass
class FakeMastodon:
    """One server with one account. `version` is what it says of itself, `calls` every request it had."""

    version: str = "4.7.3"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    script: Script = field(default_factory=Script)
    posts: list[Status] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    scheduled: int = 0
    knows_source: bool = True
    cuts_descriptions: bool = False
    scopes: list[str] | None = None

    def application(self) -> web.Application:
        """The server."""
        app = web.Application(middlewares=[self._door], client_max_size=4 * BYTES)
        app.add_routes(
            [
                web.get("/api/v2/instance", self._instance),
                web.get("/api/v1/accounts/verify_credentials", self._me),
                web.get("/api/v1/apps/verify_credentials", self._app),
                web.get(f"/api/v1/accounts/{ACCOUNT}/statuses", self._mine),
                web.post("/api/v2/media", self._upload),
                web.get("/api/v1/media/{id}", self._picture),
                web.post("/api/v1/statuses", self._post),
                web.get("/api/v1/statuses/{id}", self._status),
                web.get("/api/v1/statuses/{id}/source", self._source),
                web.delete("/api/v1/statuses/{id}", self._delete),
            ]
        )
        return app

    def write(self, text: str, *, application: str | None = "Web", made: datetime | None = None) -> Status:
        """Somebody posts by another program."""
        return self._keep(Status(self._new_id(), text, "cy", [], made or self.clock(), application=application))

    def show(self) -> None:
        """What was accepted late appears now."""
        for post in self.posts:
            post.shown = True

    @property
    def seen(self) -> list[Status]:
        """What people see."""
        return [post for post in self.posts if post.shown]

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        if request.path != "/api/v2/instance" and (
            request.headers.get("Authorization") != f"Bearer {TOKEN}" or Fault.REVOKED in self.script
        ):
            return self._no(401, "The access token is invalid")
        response: web.StreamResponse = await handler(request)
        return response

    async def _instance(self, _request: web.Request) -> web.Response:
        statuses = {"max_characters": LIMIT, "max_media_attachments": PICTURES, "characters_reserved_per_url": 23}
        media = {
            "supported_mime_types": ["image/jpeg", "image/png", "video/mp4"],
            "description_limit": DESCRIPTION,
            "image_size_limit": BYTES,
        }
        return web.json_response(
            {"version": self.version, "configuration": {"statuses": statuses, "media_attachments": media}}
        )

    async def _me(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": ACCOUNT, "username": "news"})

    async def _app(self, _request: web.Request) -> web.Response:
        return web.json_response({"name": "Switchboard"} | ({"scopes": self.scopes} if self.scopes else {}))

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        slow = Fault.SLOW_MEDIA in self.script
        identity = str(1_000 + len(self.media))
        described = str(form.get("description", "")) or None
        self.media[identity] = {
            "description": described[:5] if described and self.cuts_descriptions else described,
            "data": file.file.read(),
            "waits": SLOW_LOOKS if slow else 0,
        }
        return web.json_response({"id": identity, "url": None}, status=202 if slow else 200)

    async def _picture(self, request: web.Request) -> web.Response:
        kept = self.media.get(request.match_info["id"])
        if kept is None:
            return self._no(404, "Record not found")
        kept["waits"] -= 1
        told = {"id": request.match_info["id"], "description": kept["description"]}
        return web.json_response(told, status=206 if kept["waits"] >= 0 else 200)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        asked, key = await request.json(), request.headers.get("Idempotency-Key", "")
        fault = self.script.next()
        if fault is Fault.AWAY:
            return web.Response(status=503, text="<html>away</html>", content_type="text/html")
        if fault in {Fault.LIMITED, Fault.LIMITED_UNTIL}:
            return self._limited(timed=fault is Fault.LIMITED_UNTIL)
        if key in self.keys and Fault.KEY_IGNORED not in self.script:
            if Fault.FAULT_ON_REPEAT in self.script:
                return self._no(500, "something went wrong")
            return web.json_response(self._told(self._by_id(self.keys[key])))
        refusal = self._wrong(asked)
        if refusal:
            return self._no(422, refusal)
        if "scheduled_at" in asked:
            self.scheduled += 1
            if Fault.EARLY not in self.script:
                return web.json_response({"id": "1", "scheduled_at": asked["scheduled_at"], "params": asked})
        return await self._accept(request, asked, key, fault)

    async def _accept(
        self, request: web.Request, asked: dict[str, Any], key: str, fault: Fault | None
    ) -> web.StreamResponse:
        post = self._keep(
            Status(
                self._new_id(),
                asked["status"].strip(),
                asked["language"],
                list(asked["media_ids"]),
                self.clock(),
                asked["visibility"],
                asked["spoiler_text"].strip(),
                asked.get("in_reply_to_id"),
                shown=fault is not Fault.LATE,
            )
        )
        self.keys[key] = post.id
        if fault in {Fault.DROPPED, Fault.LATE}:
            return drop(request)
        if fault is Fault.TRUNCATED:
            return await half(request, json.dumps(self._told(post)).encode())
        if fault is Fault.BROKEN:
            return web.Response(status=500, text="<html>oops</html>", content_type="text/html")
        return web.json_response(self._told(post))

    def _wrong(self, asked: dict[str, Any]) -> str:
        if not asked["status"].strip() and not asked["media_ids"]:
            return "Validation failed: Text can't be blank"
        if len(re.sub(r"https?://\S+", "x" * 23, asked["status"])) > LIMIT:
            return "Validation failed: Text character limit exceeded"
        known = [identity for identity in asked["media_ids"] if self.media.get(identity, {}).get("waits", 1) <= 0]
        taken = {identity for post in self.posts for identity in post.media}
        return "" if len(known) == len(asked["media_ids"]) and not taken & set(known) else "Media not found"

    async def _mine(self, request: web.Request) -> web.Response:
        before = int(request.query.get("max_id", "9" * 18))
        newest = sorted(self.seen, key=lambda post: int(post.id), reverse=True)
        page = [post for post in newest if int(post.id) < before][: int(request.query["limit"])]
        return web.json_response([self._told(post) for post in page])

    async def _status(self, request: web.Request) -> web.Response:
        found = [post for post in self.seen if post.id == request.match_info["id"]]
        return web.json_response(self._told(found[0])) if found else self._no(404, "Record not found")

    async def _source(self, request: web.Request) -> web.Response:
        found = [post for post in self.seen if post.id == request.match_info["id"]]
        if not found or not self.knows_source:
            return self._no(404, "Record not found")
        return web.json_response({"id": found[0].id, "text": found[0].text, "spoiler_text": found[0].warning})

    async def _delete(self, request: web.Request) -> web.Response:
        found = [post for post in self.posts if post.id == request.match_info["id"]]
        if not found:
            return self._no(404, "Record not found")
        if Fault.STUCK not in self.script:
            self.posts.remove(found[0])
        return web.json_response(self._told(found[0]))

    def _told(self, post: Status) -> dict[str, Any]:
        return {
            "id": post.id,
            "created_at": post.made.isoformat().replace("+00:00", "Z"),
            "url": f"https://social.example/@news/{post.id}",
            "language": post.language,
            "visibility": post.visibility,
            "spoiler_text": post.warning,
            "in_reply_to_id": post.reply_to,
            "reblog": None,
            "application": {"name": post.application} if post.application else None,
            "media_attachments": [
                {"id": identity, "description": self.media[identity]["description"]} for identity in post.media
            ],
        }

    def _no(self, status: int, text: str) -> web.Response:
        told = "バリデーションに失敗しました" if Fault.LOCALISED in self.script else text
        return web.json_response({"error": told}, status=status)

    def _limited(self, *, timed: bool) -> web.Response:
        ends = (self.clock() + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": ends} if timed else {}
        return web.json_response({"error": "Too many requests"}, status=429, headers=headers)

    def _by_id(self, identity: str) -> Status:
        return next(post for post in self.posts if post.id == identity)

    def _new_id(self) -> str:
        return str(117_440_000 + len(self.posts) + len(self.calls))

    def _keep(self, post: Status) -> Status:
        self.posts.append(post)
        return post
