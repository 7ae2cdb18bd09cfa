"""A copy of a preview, posted by another account: nothing under it counts, and everybody there is told so once."""

import re

from adapters.errors import Refused
from adapters.events import LiveMessage, MessageRef, ReactionAdded
from bot.announcements import store
from bot.announcements.looking import COUNTED
from bot.desk import Commit, Desk, nothing
from bot.protocol.votes import meaning
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import say

_HEAD = re.compile(r"#(\d{1,9}) r\d{1,6}\b")
"""How a preview begins."""


async def reacted(turn: Turn, event: ReactionAdded) -> Commit:
    """Somebody votes under a message that is not ours: if it reads like a preview, say that it is none."""
    if meaning(event.emoji) not in COUNTED:
        return nothing
    shown = await _shown(turn.services, event.ref)
    found = _HEAD.match(shown.content.text) if shown is not None else None
    if shown is None or found is None:
        return nothing
    ref = event.ref
    if shown.sender == await turn.services.chat(ref.platform).preflight():
        return nothing  # of an earlier life, or not noted as ours yet

    async def commit(desk: Desk) -> None:
        if await store.first_time(desk, f"{ref.place}/{ref.message}", "copy"):
            text = say("copies.not_mine", number=found.group(1))
            desk.letters.say(ref.place, plain(text), thread=ref.thread or ref.message)

    return commit


async def _shown(services: Services, ref: MessageRef) -> LiveMessage | None:
    try:
        return await services.chat(ref.platform).fetch(ref)
    except Refused:
        return None
