"""Files both ways. The token goes to Slack's own hosts and nowhere else; a page in place of a file is seen."""

import io
import mimetypes
import re
import unicodedata
from urllib.parse import urlsplit

import aiohttp

from adapters.chat.slack.api import Api, Json
from adapters.errors import OutcomeUnknown, Refused, Unavailable
from adapters.events import Attachment

CHUNK = 64 * 1024  # bytes
LONGEST_NAME = 150  # characters
SLACKS = ("slack.com", "slack-gov.com")
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Files:
    """The files of a workspace."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._home = urlsplit(api.base_url)

    async def download(self, file: Attachment, limit: int) -> bytes:
        """A file's bytes. Raises `Refused`: `gone`, `not_ours`, `too_large`, `no_file` for a page in its place."""
        try:
            told = (await self._api.read("files.info", file=file.id))["file"]
        except Refused as error:
            raise Refused("gone") from error
        where = told.get("url_private_download") or told.get("url_private")
        if told.get("is_external") is True or told.get("mode") in {"external", "hidden_by_limit", "tombstone"}:
            raise Refused("not_ours")
        if not isinstance(where, str):
            raise Refused("gone")
        self._check(where)
        if isinstance(told.get("size"), int) and told["size"] > limit:
            raise Refused("too_large")
        return await self._fetch(where, limit, is_page=told.get("mimetype") == "text/html")

    async def put(self, name: str, data: bytes, alt: str | None = None) -> str:
        """Bring the bytes of a file to Slack, where nobody sees them yet; its id. Raises `AdapterError`."""
        asked: Json = {"filename": name, "length": len(data), "alt_txt": alt or None}
        told = await self._api.read("files.getUploadURLExternal", **asked)
        where = str(told["upload_url"])
        self._check(where)
        session = await self._api.session()
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with session.post(where, data=io.BytesIO(data), headers=headers, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise Unavailable(f"http_{answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("connection_lost") from error  # nobody sees it, so it may be brought again
        return str(told["file_id"])

    async def keep(self, file: str, name: str) -> None:
        """Finish a file that only the bot's own messages show. Raises `AdapterError`."""
        try:
            await self._api.write("files.completeUploadExternal", files=[{"id": file, "title": name}])
        except OutcomeUnknown as error:
            raise Unavailable("connection_lost") from error  # nobody sees it, so another may be brought

    async def drop(self, file: str) -> None:
        """Delete a file; gone already is fine. Raises `AdapterError`."""
        try:
            await self._api.read("files.delete", file=file)
        except Refused as error:
            if error.code != "gone":
                raise

    async def shown_in(self, file: str, room: str) -> str | None:
        """The message that shows a file in a room, once there is one."""
        told = (await self._api.read("files.info", file=file)).get("file", {}).get("shares") or {}
        for kind in ("public", "private"):
            found = (told.get(kind) or {}).get(room)
            if found:
                return str(found[0]["ts"])
        return None

    async def _fetch(self, where: str, limit: int, *, is_page: bool) -> bytes:
        session = await self._api.session()
        headers = {"Authorization": f"Bearer {self._api.token}"}
        kept = bytearray()
        try:
            # A redirect could lead anywhere, and to Slack's sign-in page for one.
            async with session.get(where, headers=headers, allow_redirects=False) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise Unavailable(f"http_{answer.status}")
                if answer.status != 200:
                    raise Refused("gone" if answer.status == 404 else "no_file")
                if answer.content_type == "text/html" and not is_page:
                    raise Refused("no_file")  # the sign-in page: the scope files:read is missing
                async for chunk in answer.content.iter_chunked(CHUNK):
                    kept += chunk
                    if len(kept) > limit:
                        raise Refused("too_large")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("connection_lost") from error
        return bytes(kept)

    def _check(self, where: str) -> None:
        """Raises `Refused("not_ours")` for an address that is not Slack's."""
        try:
            told = urlsplit(where)
            port = told.port
        except ValueError as error:
            raise Refused("not_ours") from error
        home = (self._home.scheme, self._home.hostname, self._home.port)
        if (told.scheme, told.hostname, port) == home:
            return
        host = told.hostname or ""
        slacks = any(host == one or host.endswith(f".{one}") for one in SLACKS)
        if told.scheme != "https" or not slacks or port not in (None, 443) or told.username is not None:
            raise Refused("not_ours")


def clean_name(name: str) -> str:
    """The last part of a file's name, without anything that is a path or cannot be shown."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in UNSEEN).strip()
    return shown[-LONGEST_NAME:] if shown.strip(".") else "file"


def attachment(file: Json) -> Attachment | None:
    """A file of a message; None for what has no id."""
    if not isinstance(file.get("id"), str) or file.get("mode") == "tombstone":
        return None
    name = clean_name(str(file.get("name") or file.get("title") or "file"))
    kind, size, alt = file.get("mimetype"), file.get("size"), file.get("alt_txt")
    media_type = kind if isinstance(kind, str) and "/" in kind else mimetypes.guess_type(name)[0]
    return Attachment(
        file["id"],
        name,
        media_type or "application/octet-stream",
        size if isinstance(size, int) and size >= 0 else 0,
        alt if isinstance(alt, str) and alt.strip() else None,
    )
