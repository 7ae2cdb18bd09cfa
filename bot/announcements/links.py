"""Where the addresses in a text lead: shown before the approval, and compared again when it goes out."""

import asyncio
import re
from collections.abc import Mapping

from adapters.errors import AdapterError, Unavailable
from bot.services import Services

ADDRESS = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_AFTER = ".,;:!?)]}’'"

SHORTENERS = frozenset(
    {
        "bit.ly",
        "buff.ly",
        "cutt.ly",
        "goo.gl",
        "is.gd",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "shorturl.at",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tinyurl.com",
        "v.gd",
    }
)
"""Hosts whose addresses say nothing about where they lead, and can be turned elsewhere at any time."""

_BARE = re.compile(rf"(?<![\w@./-])(?:www\.)?(?:{'|'.join(map(re.escape, sorted(SHORTENERS)))})/\w\S*", re.IGNORECASE)


def addresses(text: str) -> list[str]:
    """The web addresses in a text, in order, each once."""
    found = (match.group().rstrip(_AFTER) for match in ADDRESS.finditer(text))
    return list(dict.fromkeys(found))


def shortened(text: str) -> str | None:
    """The first address that hides where it leads, or None; also without https://, as some channels make it a link."""
    bare = _BARE.search(text)
    return next((one for one in addresses(text) if _host(one) in SHORTENERS), bare and bare.group().rstrip(_AFTER))


def _host(address: str) -> str:
    host = address.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return host.rpartition("@")[2].partition(":")[0].casefold().removeprefix("www.")


async def targets(services: Services, text: str) -> dict[str, str]:
    """Each address with the one it leads to in the end; empty when that cannot be found out now."""
    found = addresses(text)
    return dict(zip(found, await asyncio.gather(*(_target(services, one) for one in found)), strict=True))


async def _target(services: Services, address: str) -> str:
    try:
        return await services.final_target(address)
    except AdapterError:
        return ""


async def still_lead(services: Services, text: str, known: Mapping[str, str]) -> bool:
    """Whether every address leads where it led, as `targets` found it then.

    One that could not be followed then may lead exactly where it says now. Raises `Unavailable` when one that could
    be followed cannot be now.
    """
    now = await targets(services, text)
    if any(known.get(address) and not target for address, target in now.items()):
        raise Unavailable("link_unknown")
    return now.keys() == known.keys() and all(
        target == known[address] or (not known[address] and target == address) for address, target in now.items()
    )
