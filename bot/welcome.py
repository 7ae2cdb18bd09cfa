"""The one line with which the bot comes into a room: what it is for, and who sees what."""

from adapters.errors import Refused
from adapters.events import RoomJoined
from bot.desk import Commit, Desk
from bot.turn import Turn, plain
from bot.wording import say


async def said(turn: Turn, event: RoomJoined) -> Commit:
    """Say hello, once for each time that somebody adds the bot. Raises `AdapterError`."""
    place = event.ref.place
    try:
        shared = (await turn.services.chat(place.platform).room(place)).shared
    except Refused:  # a room that the bot may not look at
        shared = True
    text = say("screens.room.shared") if shared else say("screens.room.welcome")

    async def commit(desk: Desk) -> None:
        desk.letters.say(place, plain(text))

    return commit
