"""What a server accepts, as it tells itself, and the length of a text as it counts it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from adapters.counting import addresses, graphemes
from adapters.errors import Unavailable

PER_URL = 23
IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
SHORTENS_SINCE = 3
"""Version of Mastodon from which an address counts `PER_URL`; its relatives have lower numbers or say that they are
only compatible, and some of them count every letter of an address.
"""

_REMOTE = re.compile(r"(?<![/\w])@(\w+)@[\w.\-]+\w")


@dataclass(frozen=True, slots=True)
class Instance:
    """The figures of a server.

    `shortens`: an address counts `per_url`, and a person elsewhere without the name of the server.
    """

    characters: int = 500
    per_url: int = PER_URL
    pictures: int = 4
    alt_characters: int = 1_500
    picture_bytes: int = 8_000_000
    media_types: frozenset[str] = IMAGES
    shortens: bool = False

    @classmethod
    def told(cls, body: Any) -> Self:
        """From /api/v2/instance, or the first version of it. Raises `Unavailable` when it is neither."""
        try:
            statuses, media = (body["configuration"][name] for name in ("statuses", "media_attachments"))
            return cls(
                characters=_count(statuses, "max_characters"),
                per_url=_count(statuses, "characters_reserved_per_url"),
                pictures=_count(statuses, "max_media_attachments"),
                alt_characters=_count(media, "description_limit", cls().alt_characters),
                picture_bytes=_count(media, "image_size_limit"),
                media_types=IMAGES & set(media.get("supported_mime_types") or IMAGES),
                shortens=_is_mastodon(str(body["version"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable("instance_unreadable") from error

    def length(self, text: str, warning: str = "") -> int:
        """How long a text is with its content warning. On servers that are no Mastodon it is never less than theirs."""
        shown, end = "", 0
        for start, stop in addresses(text, bare=False):
            size = self.per_url if self.shortens else max(self.per_url, graphemes(text[start:stop]))
            shown, end = f"{shown}{text[end:start]}{'x' * size}", stop
        shown += text[end:]
        return graphemes(_REMOTE.sub(r"@\1", shown) if self.shortens else shown) + graphemes(warning)


def _count(table: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    found = table[name] if otherwise is None else table.get(name, otherwise)
    if not isinstance(found, int) or found <= 0:
        raise ValueError(name)
    return found


def _is_mastodon(version: str) -> bool:
    number = re.match(r"\d+", version)
    return number is not None and int(number.group()) >= SHORTENS_SINCE and "compatible" not in version
