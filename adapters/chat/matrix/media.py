"""Files: their address and key as one id, encrypted and back, checked before they are believed."""

import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from nio.crypto import decrypt_attachment, encrypt_attachment
from nio.exceptions import EncryptionError

from adapters.chat.matrix.server import MEDIA, Json, Server
from adapters.errors import Refused

LONGEST_NAME = 150  # characters
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is; `key`, `iv` and `digest` (base64) when it is encrypted."""

    url: str
    key: str = ""
    iv: str = ""
    digest: str = ""

    def __str__(self) -> str:
        """As one id: the address, and what opens the file behind `#`."""
        secret = urlencode({"key": self.key, "iv": self.iv, "digest": self.digest})
        return f"{self.url}#{secret}" if self.key else self.url

    @classmethod
    def of(cls, text: str) -> "Place":
        """Back from an id. Raises `Refused("gone")` for what is none."""
        url, _, secret = text.partition("#")
        told = {name: values[0] for name, values in parse_qs(secret).items()}
        if not url.startswith("mxc://") or set(told) - {"key", "iv", "digest"}:
            raise Refused("gone")
        return cls(url, **told)

    @property
    def where(self) -> str:
        """The path to ask the server for."""
        server, _, media = self.url.removeprefix("mxc://").partition("/")
        return f"{MEDIA}/download/{quote(server, safe='')}/{quote(media, safe='')}"


def place_of(content: Json) -> Place | None:
    """Where a message's file is, or None when it says nowhere."""
    file = content.get("file")
    if isinstance(file, dict):
        key, hashes = file.get("key"), file.get("hashes")
        found = (
            file.get("url"),
            key.get("k") if isinstance(key, dict) else None,
            file.get("iv"),
            hashes.get("sha256") if isinstance(hashes, dict) else None,
        )
        if all(isinstance(one, str) and one for one in found):
            return Place(*[str(one) for one in found])
        return None
    url = content.get("url")
    return Place(url) if isinstance(url, str) and url.startswith("mxc://") else None


async def download(server: Server, place: Place, limit: int) -> bytes:
    """A file's bytes, opened. Raises `Refused("too_large")`, `Refused("gone")`, `Refused("damaged")`."""
    kept = bytearray()
    try:
        async with server.stream(place.where) as chunks:
            async for chunk in chunks:
                kept += chunk
                if len(kept) > limit:
                    raise Refused("too_large")
    except Refused as error:
        raise error if error.code == "too_large" else Refused("gone") from error
    data = bytes(kept)
    if not place.key:
        return data
    try:
        opened: bytes = decrypt_attachment(data, place.key, place.digest, place.iv)
    except (EncryptionError, ValueError) as error:
        raise Refused("damaged") from error
    return opened


async def upload(server: Server, data: bytes, *, encrypted: bool) -> Json:
    """Put a file on the server; the field of a message that names it. Raises `Refused("too_large")`."""
    secret: dict[str, Any] = {}
    if encrypted:
        data, secret = encrypt_attachment(data)
    try:
        told = await server.ask("POST", "/_matrix/media/v3/upload", data)
    except Refused as error:
        raise Refused("too_large") if error.code == "too_large" else error from error
    url = str(told["content_uri"])
    return {"file": secret | {"url": url, "v": "v2"}} if encrypted else {"url": url}


def clean_name(name: str) -> str:
    """The last part of a file's name, without anything that is a path or cannot be shown."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in UNSEEN).strip()
    return shown[-LONGEST_NAME:] if shown.strip(".") else "file"


def media_type(name: str, data: bytes) -> str:
    """The media type: by the content for pictures that clients show, else by the name."""
    seen = next((kind for start, kind in PICTURES if data.startswith(start)), None)
    return seen or mimetypes.guess_type(name)[0] or "application/octet-stream"
