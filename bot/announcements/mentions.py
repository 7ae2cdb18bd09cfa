"""People mentioned in words that may be published: by the name that the chat shows, as readers know no ids."""

import re

from adapters.errors import Refused
from adapters.events import AccountRef
from bot.turn import Turn
from bot.wording import listed, say

MOST = 20
"""People whose names are asked for in one text; further ones stay ids, which nobody approves unseen."""


async def by_name(turn: Turn, text: str) -> tuple[str, list[str]]:
    """The text with names for the accounts of this chat that it mentions, and those names. Raises `Unavailable`."""
    platform = turn.event.ref.platform
    mention = re.compile(rf"(?<![\w@:./-])@?{re.escape(platform)}:([A-Za-z0-9]{{2,40}})(?![\w@:/-])")
    names: dict[str, str] = {}
    for identity in list(dict.fromkeys(mention.findall(text)))[:MOST]:
        try:
            profile = await turn.services.chat(platform).profile(AccountRef(platform, identity))
        except Refused:
            continue
        names[identity] = " ".join("".join(char if char.isprintable() else " " for char in profile.name).split())
    return mention.sub(lambda found: names.get(found[1], found[0]), text), list(names.values())


def told(names: list[str]) -> str:
    """What the author hears of it; empty when nobody was mentioned."""
    return say("mentions.named", names=listed(names)) if names else ""
