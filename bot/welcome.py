"""The one line with which the bot comes into a room: what it is for, and who sees what."""

from adapters.errors import Refused
from adapters.events import RoomJoined, RoomKind
from bot.desk import Commit, Desk
from bot.turn import Turn, plain
from bot.wording import say


async def said(turn: Turn, event: RoomJoined) -> Commit:
    """Say hello, once for each time that somebody adds the bot. Raises `AdapterError`."""
    place = event.ref.place
    try:
        room = await turn.services.chat(place.platform).room(place)
    except Refused:  # a room that the bot may not look at
        room = None
    if room is not None and room.kind is RoomKind.DIRECT:
        text = say("screens.room.direct")
    else:
        text = say("screens.room.shared") if room is None or room.shared else say("screens.room.welcome")

    async def commit(desk: Desk) -> None:
        desk.letters.say(place, plain(text))

    return commit
