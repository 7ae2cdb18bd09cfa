"""One person's turn: what happened, who did it, and how to answer where they said it."""

from dataclasses import dataclass
from datetime import datetime

from adapters.events import ButtonPressed, Content, MessageEdited, MessageReceived, RoomEvent
from bot.desk import Commit, Desk
from bot.identity import Person
from bot.services import Services, place_of


@dataclass(frozen=True, slots=True)
class Turn:
    """An event with the person behind it; `now` (UTC) is when it is handled."""

    services: Services
    event: RoomEvent
    person: Person
    now: datetime

    @property
    def direct(self) -> bool:
        """Whether only this person and the bot are in the room."""
        return isinstance(self.event, MessageReceived | MessageEdited) and self.event.direct

    @property
    def is_button(self) -> bool:
        """Whether a button was pressed: its message has a thread only where it stands in one."""
        return isinstance(self.event, ButtonPressed)

    @property
    def proven(self) -> bool:
        """Whether not even whoever runs the chat could have written this in the person's name."""
        return isinstance(self.event, MessageReceived) and self.event.proven

    def answer(self, desk: Desk, content: Content) -> None:
        """Answer where it was asked: in a thread, or in the direct conversation."""
        room, thread = place_of(self.event.ref)
        desk.letters.say(room, content, thread=None if self.direct else thread)

    def confide(self, desk: Desk, content: Content) -> None:
        """Answer so that only this person sees it."""
        ref = self.event.ref
        if self.direct:
            desk.letters.say(ref.place, content)
        else:
            desk.letters.whisper(ref.place, self.person.account, content, thread=ref.thread)


def plain(text: str) -> Content:
    """A message of words alone."""
    return Content(text)


def privately(turn: Turn, text: str) -> Commit:
    """The commit that only tells this person something."""
    return sent(turn, plain(text), privately=True)


def openly(turn: Turn, text: str) -> Commit:
    """The commit that only answers where it was asked."""
    return sent(turn, plain(text))


def sent(turn: Turn, content: Content, *, privately: bool = False) -> Commit:
    """The commit that only answers, where it was asked or so that this person alone sees it."""

    async def commit(desk: Desk) -> None:
        (turn.confide if privately else turn.answer)(desk, content)

    return commit
