"""Where the addresses in a text lead: shown before the approval, and compared again when it goes out."""

import re

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


def addresses(text: str) -> list[str]:
    """The web addresses in a text, in order, each once."""
    found = (match.group().rstrip(_AFTER) for match in ADDRESS.finditer(text))
    return list(dict.fromkeys(found))


def shortened(text: str) -> str | None:
    """The first address that hides where it leads, or None."""
    return next((one for one in addresses(text) if _host(one) in SHORTENERS), None)


def _host(address: str) -> str:
    host = address.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return host.rpartition("@")[2].partition(":")[0].casefold().removeprefix("www.")


async def targets(services: Services, text: str) -> dict[str, str]:
    """Each address with the one it leads to in the end. Raises `AdapterError` when that cannot be found out."""
    return {address: await services.final_target(address) for address in addresses(text)}
