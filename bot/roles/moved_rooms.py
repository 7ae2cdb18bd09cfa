"""A room that the settings name was replaced by another: whoever can put that right is told, once."""

from adapters.events import RoomRef, RoomReplaced
from bot.access import Role
from bot.announcements.holders import holders
from bot.desk import Commit, Desk, nothing
from bot.roles.notices import tell
from bot.turn import Turn, plain
from bot.wording import listed, say


def told(turn: Turn, event: RoomReplaced) -> Commit:
    """Tell admins which setting to change, and the people in the new room; who is not there, if the bot is not.

    Nothing is followed by itself: whoever may close a room must not choose where previews are shown.
    """
    old, new = str(event.ref.place), RoomRef(event.ref.platform, event.replacement)
    settings = [name for name, room in turn.services.settings.named_rooms.items() if room == old]
    if not settings:
        return nothing
    code = "moved.joined" if event.joined else "moved.outside"
    text = say(code, setting=listed(settings), room=new)
    roles = {Role.ADMIN} if event.joined else {Role.ADMIN, Role.COMMS}

    async def commit(desk: Desk) -> None:
        if event.joined:
            desk.letters.say(new, plain(text))
        for person in await holders(desk.session, turn.services, roles):
            await tell(desk, turn.services, person, text)

    return commit
