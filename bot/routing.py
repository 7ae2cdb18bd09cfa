"""Which handler an event belongs to: words to the commands, reactions and buttons to what they are about."""

import re

from adapters.events import (
    ButtonPressed,
    CommandInvoked,
    FileShared,
    FormChanged,
    FormSubmitted,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    MessageUnreadable,
    PageOpened,
    ReactionAdded,
    ReactionRemoved,
    RoomEvent,
    RoomJoined,
    RoomReplaced,
)
from bot import asking, commands, outbox, people, staff_columns, staff_file, welcome, words_here
from bot.announcements import clearing, copies, drafting, form, page, recall_reasons, recalling, sources, store, voting
from bot.announcements.preview import BUTTONS
from bot.desk import Commit, nothing
from bot.protocol.model import Vote
from bot.protocol.votes import meaning
from bot.roles import moved_rooms, requests, suspending
from bot.services import NotYet, Services
from bot.turn import Turn, privately
from bot.wording import say
from directory.search import Finder

_ROLE_ANSWERS = {"role_yes": Vote.APPROVE, "role_no": Vote.REJECT}
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""A zero, which PostgreSQL does not keep, and half of a surrogate pair, which is no text anywhere."""
_NUMBER = re.compile(r"[0-9]{1,9}")
_FILE_ANSWERS = {
    "load": (staff_file.answered, Vote.APPROVE),
    "drop": (staff_file.answered, Vote.REJECT),
    "column_yes": (staff_columns.answered, Vote.APPROVE),
    "column_no": (staff_columns.answered, Vote.REJECT),
}


async def route(turn: Turn, finder: Finder) -> Commit:
    """Observe and decide: what to commit for an event. Raises `NotYet`, `AdapterError`."""
    event: RoomEvent = turn.event
    if isinstance(event, RoomReplaced | RoomJoined | PageOpened):
        return await _whoever(turn, event)
    if turn.person.suspended and not isinstance(event, ReactionRemoved):
        return suspending.told_once(turn)  # taking something back is all that is left
    if isinstance(event, MessageReceived | CommandInvoked) and _UNWRITABLE.search(event.text):
        return _outsider(turn) or privately(turn, say("guarding.not_text"))
    match event:
        case MessageReceived() | CommandInvoked():
            return await _said(turn, finder, event)
        case FileShared():
            return await _shared(turn, event)
        case MessageEdited():
            return await _edited(turn, event)
        case ReactionAdded() | ReactionRemoved():
            return await _reacted(turn, event)
        case ButtonPressed():
            return await _pressed(turn, finder, event)
        case MessageUnreadable():
            return privately(turn, say("dispatch.unreadable"))
        case FormChanged() | FormSubmitted():
            return _outsider(turn) or await _written(turn, finder, event)
        case MessageDeleted():
            return await sources.deleted(turn)


async def _whoever(turn: Turn, event: RoomReplaced | RoomJoined | PageOpened) -> Commit:
    """What is answered whoever did it."""
    match event:
        case RoomReplaced():
            return moved_rooms.told(turn, event)
        case RoomJoined():
            return await welcome.said(turn, event)
        case PageOpened():
            return await page.opened(turn)  # it says itself for whom it is


def _outsider(turn: Turn) -> Commit | None:
    return privately(turn, say("refuse.outsider")) if turn.person.id is None else None


async def _said(turn: Turn, finder: Finder, event: MessageReceived | CommandInvoked) -> Commit:
    if refusal := _outsider(turn):
        return refusal
    if isinstance(event, MessageReceived) and event.files and event.direct and commands.find(event.text) is None:
        return await staff_file.dropped(turn, event.files[0])
    return await commands.run(turn, finder, event.text)


async def _written(turn: Turn, finder: Finder, event: FormChanged | FormSubmitted) -> Commit:
    if _UNWRITABLE.search("".join(event.values.values())):
        return privately(turn, say("guarding.not_text")) if isinstance(event, FormSubmitted) else nothing
    if isinstance(event, FormChanged):
        return await form.changed(turn, event)
    if event.form == page.ASK:
        return await commands.run(turn, finder, f"who knows about {event.values.get(page.ASK, '')}")
    return await form.sent(turn, event) if event.form == form.FORM else nothing


async def _shared(turn: Turn, event: FileShared) -> Commit:
    if not event.direct:
        return nothing
    return _outsider(turn) or await staff_file.dropped(turn, event.file)


async def _edited(turn: Turn, event: MessageEdited) -> Commit:
    async with turn.services.database.reading() as session:
        number = await store.by_source(session, event.ref)
    found = commands.find(event.text)
    if number is not None and _UNWRITABLE.search(event.text):
        return privately(turn, say("guarding.not_text"))
    if number is None or found is None or found[0].code != "announce" or turn.person.id is None:
        return nothing
    return await drafting.edit(turn, number, found[1])


async def _reacted(turn: Turn, event: ReactionAdded | ReactionRemoved) -> Commit:
    kind, numbers = await _ours(turn.services, event)
    if isinstance(event, ReactionRemoved):
        return await voting.unreacted(turn, event, *numbers) if kind == "preview" else nothing
    match kind, numbers:
        case "preview", [number, revision]:
            return await voting.reacted(turn, event, number, revision)
        case "receipt", [number, _]:
            return await voting.reacted(turn, event, number, None)
        case "second", [number, _] if meaning(event.emoji) in {Vote.APPROVE, Vote.RECALL}:
            return await recalling.recall(turn, number)
        case "role", [request, *_]:
            return await requests.answered(turn, request, meaning(event.emoji))
        case "load", [batch, *_]:
            return await staff_file.answered(turn, batch, meaning(event.emoji))
        case "column", [question, *_]:
            return await staff_columns.answered(turn, question, meaning(event.emoji))
        case "", _:
            return await copies.reacted(turn, event)
        case _:
            return nothing


async def _ours(services: Services, event: RoomEvent) -> tuple[str, list[int]]:
    """Which of our messages this is about. Raises `NotYet` while it may be one that is just being posted."""
    async with services.database.reading() as session:
        key = await outbox.key_of(session, event.ref)
        if key is None and await outbox.is_posting(session, str(event.ref.place)):
            raise NotYet(0.2)
    kind, _, rest = (key or "").partition("/")
    return kind, [int(part) for part in rest.split("/") if part.isdigit()]


async def _listed(turn: Turn, finder: Finder, event: ButtonPressed) -> Commit:
    asked = _UNWRITABLE.sub("", event.value)
    if event.action == people.SHARE:
        return await commands.share(turn, finder, asked)
    return await commands.run(turn, finder, f"{people.MORE} {asked}")


async def _below_answer(turn: Turn, finder: Finder, event: ButtonPressed) -> Commit | None:
    """What a button below the answer to a question does; None for every other button."""
    match event.action:
        case people.MORE | people.SHARE:
            return _outsider(turn) or await _listed(turn, finder, event)
        case asking.OTHER:
            return _outsider(turn) or await asking.other(turn, finder)
        case asking.MEANT:
            return _outsider(turn) or await asking.meant(turn)
        case asking.POST:
            return _outsider(turn) or await asking.post(turn)
        case words_here.YES | words_here.NO:
            return await words_here.answered(turn, finder, event.value, yes=event.action == words_here.YES)
        case _:
            return None


async def _pressed(turn: Turn, finder: Finder, event: ButtonPressed) -> Commit:
    if below := await _below_answer(turn, finder, event):
        return below
    # A value comes from outside, whatever we had put into the button.
    kind, *rest = event.value.split("/")
    numbers = [int(part) for part in (kind, *rest) if _NUMBER.fullmatch(part)]
    match event.action, numbers:
        case "redact", [number, revision]:
            return await drafting.take_redaction(turn, number, revision)
        case "vote", [number, revision] if kind in BUTTONS:
            return await voting.pressed(turn, event, Vote(kind), number, revision)
        case page.OPEN_FORM, []:
            return _outsider(turn) or await form.opened(turn)
        case "recall", [number]:
            return await recalling.recall(turn, number)
        case "recall_why", [number] if kind in recall_reasons.KINDS:
            return await recall_reasons.pressed(turn, kind, number)
        case ("there" | "again") as action, [number, delivery]:
            return await clearing.pressed(turn, number, delivery, there=action == "there")
        case "withdraw", [number, _]:
            return await voting.take_back(turn, number)
        case "not_me", [number, _]:
            return await voting.not_me(turn, number)
        case ("role_yes" | "role_no") as action, [request]:
            return await requests.answered(turn, request, _ROLE_ANSWERS[action])
        case action, [number] if action in _FILE_ANSWERS:
            answered, vote = _FILE_ANSWERS[action]
            return await answered(turn, number, vote)
        case _:
            return nothing
