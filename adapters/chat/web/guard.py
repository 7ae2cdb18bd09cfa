"""Who may talk to the server at all: this machine's browser, let in by a link that works once.

Other programs of this machine cannot guess the link; other web sites are kept out by the checks of Host (a name
of theirs pointed at 127.0.0.1), Origin and Sec-Fetch-Site (a request from their page), and by a cookie that
never leaves this site. Everything a page could run comes from our own files (Content-Security-Policy).
"""

import hashlib
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.chat.web import eventlog
from adapters.chat.web.store import Store

PERSONA = "X-Persona"  # a web form of another site cannot send it

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
PUBLIC_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

USED_LINK = (
    "This link has been used, or it is not right.\n\n"
    "Each link lets one browser in, once. Switchboard prints a fresh one where it was started.\n"
)
NO_SESSION = (
    "This browser has not been let in yet.\n\n"
    "Open the link that Switchboard printed where it was started: it ends in a key that works once.\n"
)


class Guard:
    """The checks of every request, and the links and cookies that open the door."""

    def __init__(self, store: Store, public: tuple[str, ...]) -> None:
        self._store = store
        self._public = public
        self._links: set[str] = set()
        self._hosts: frozenset[str] = frozenset()
        self._cookie = ""

    def opened(self, port: int) -> None:
        """Take note of the port: it is part of the names we answer to. A cookie knows no ports, so its name does."""
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._cookie = f"switchboard_{port}"

    def new_key(self) -> str:
        """A key that works once."""
        key = secrets.token_urlsafe(32)
        self._links.add(_digest(key))
        return key

    async def exchange(self, request: web.Request) -> web.Response:
        """Turn the key of the address into a cookie."""
        digest = _digest(request.query["key"])
        if digest not in self._links:
            if await self._known(request):  # the same browser again: it is let in already
                return web.Response(status=303, headers={"Location": "/"})
            return web.Response(status=403, text=USED_LINK)
        self._links.discard(digest)
        session = secrets.token_urlsafe(32)
        await self._store.write(
            lambda db: db.execute(
                "INSERT INTO session (digest, at) VALUES (?, ?)", (_digest(session), eventlog.now(db))
            )
        )
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(self._cookie, session, httponly=True, samesite="Strict", path="/")
        return response

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through, or say plainly why not."""
        fault = self._fault(request)
        if fault is not None:
            return _away(request, 403, fault)
        if request.path.startswith(self._public) and self._public and request.method in {"GET", "HEAD"}:
            return await handler(request)
        if request.path == "/" and request.method == "GET" and "key" in request.query:
            return await self.exchange(request)
        if not await self._known(request):
            return _away(request, 401, NO_SESSION)
        return await handler(request)

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put the security headers on every answer, errors and streams included."""
        for name, value in HEADERS.items():
            response.headers[name] = value
        if self._public and request.path.startswith(self._public):
            own = response.headers.get("Content-Security-Policy", PUBLIC_POLICY)
            rules = [rule.strip() for rule in own.split(";") if not rule.strip().startswith("frame-ancestors")]
            response.headers["Content-Security-Policy"] = "; ".join([*filter(None, rules), "frame-ancestors 'self'"])
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
            # Here people watch what the public sees change; a browser's own copy would show what was recalled.
            response.headers["Cache-Control"] = "no-cache"
            return
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Cache-Control", "no-store")

    def _fault(self, request: web.Request) -> str | None:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "This server answers to 127.0.0.1 and localhost only.\n"
        origins = request.headers.getall("Origin", [])
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins):
            return "Another web site may not use this chat.\n"
        if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            return "Another web site may not use this chat. Copy the address into a new tab instead.\n"
        if request.method not in {"GET", "HEAD"} and PERSONA not in request.headers:
            return f"The header {PERSONA} is missing: it says who acts.\n"
        return None

    async def _known(self, request: web.Request) -> bool:
        digest = _digest(request.cookies.get(self._cookie, ""))
        row = await self._store.read(
            lambda db: db.execute("SELECT 1 FROM session WHERE digest = ?", (digest,)).fetchone()
        )
        return row is not None


def _away(request: web.Request, status: int, line: str) -> web.Response:
    if request.path.startswith("/api/"):
        return web.json_response({"error": " ".join(line.split()), "code": "not_let_in"}, status=status)
    return web.Response(status=status, text=line)


def _digest(secret: str) -> str:
    # Links and cookies are kept and compared as digests: a look at the file or at timing gives nothing away.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
