"""Everybody who must know of a change of roles: the auditors' room or the admins, and the person concerned."""

from adapters.events import Button, Content, RoomRef
from bot.access import Role
from bot.announcements.holders import accounts, holders
from bot.audit import Entry
from bot.desk import Desk
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import say


def auditors_room(services: Services) -> RoomRef | None:
    """Where changes of roles are shown, if there is such a room."""
    platform, _, room = (services.settings.rooms.auditors or "").partition(":")
    return RoomRef(platform, room) if room else None


def role_name(role: str) -> str:
    """A role as people say it."""
    return say(f"roles.name.{role}")


async def tell(desk: Desk, services: Services, person: int, text: str) -> None:
    """Tell one person, on every account: whoever took one of them cannot keep the others from hearing."""
    for account in await accounts(desk.session, services, person):
        desk.letters.tell(account, plain(text))


async def show(desk: Desk, services: Services, text: str, *, but: frozenset[int] = frozenset()) -> None:
    """Show a change in the auditors' room; without one, to every admin `but` those who are told anyway."""
    room = auditors_room(services)
    if room is not None:
        desk.letters.say(room, plain(text))
        return
    for admin in await holders(desk.session, services, {Role.ADMIN}):
        if admin not in but:
            await tell(desk, services, admin, text)


async def ask(desk: Desk, services: Services, request: int, text: str, people: frozenset[int]) -> None:
    """Put a question to the people who may answer it, and into the auditors' room; whoever answers first decides."""
    buttons = (
        Button("role_yes", say("roles.confirm_button"), str(request)),
        Button("role_no", say("roles.refuse_button"), str(request)),
    )
    content = Content(text, buttons=buttons)
    room = auditors_room(services)
    if room is not None:
        key = desk.letters.say(room, content, key=f"role/{request}")
        for emoji in ("✅", "❌"):
            desk.letters.react(room, key, emoji)
    for person in sorted(people):
        for place, account in enumerate(await accounts(desk.session, services, person)):
            desk.letters.tell(account, content, key=f"role/{request}/{person}/{place}")


def subject_of(services: Services, person: int) -> str:
    """Somebody's name in the evidence: the pseudonym that stands there for what they did themselves."""
    return f"person:{services.keys.pseudonym(f'person:{person}')}"


def note(turn: Turn, desk: Desk, action: str, person: int, name: str, **details: str | int | None) -> None:
    """Evidence of a change that `turn.person` made to somebody: a pseudonym for both, their names in the note."""
    note = {"who": turn.person.name, "person": name}
    desk.record(Entry(action, subject_of(turn.services, person), turn.person.key, details, note))
