"""From words in chat to a revision that people can judge: submit, edit, take the redaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.events import Attachment, FormSubmitted, MessageRef, Picture
from bot import epochs
from bot.access import Action, may
from bot.announcements import changes, judging, links, media, mentions, others_words, review, store, threads, times
from bot.announcements.review import Written
from bot.announcements.tables import AnnouncementRow, ContributorRow, RevisionRow
from bot.desk import Commit, Desk, nothing
from bot.leaks.normalise import normalise
from bot.protocol.model import State, Trigger
from bot.protocol.schedule import NotATime, Schedule, understand
from bot.protocol.table import OUT, NotAllowed, step
from bot.services import Moved
from bot.turn import Turn, plain, privately
from bot.wording import say


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote: words, the time asked for in words, files and what is said of them, what it puts right."""

    text: str
    phrase: str | None
    files: Sequence[Attachment] = ()
    said: Sequence[str] = ()
    corrects: int | None = None


class Unfit(Exception):
    """It cannot be an announcement, for the reason that this says; `of_time`: because of the time asked for.

    `also` is what is to be done besides telling so.
    """

    def __init__(self, told: str, *, of_time: bool = False, also: Commit = nothing) -> None:
        """Keep all."""
        super().__init__(told)
        self.of_time, self.also = of_time, also


async def submit(turn: Turn, text: str, files: Sequence[Attachment] = (), corrects: int | None = None) -> Commit:
    """A new announcement from a message addressed to the bot; `corrects` is the number of one that it puts right."""
    # Without a picture a line that begins with “alt:” is one of the words.
    text, said = media.take_descriptions(text) if files else (text.strip(), [])
    text, phrase = times.take_time(text)
    try:
        return await drafted(turn, Draft(text, phrase, files, said, corrects))
    except Unfit as fault:
        told = f"{fault}\n{say('draft.nothing_kept')}" if fault.of_time else str(fault)
        return _told_unfit(turn, told, fault.also)


def _told_unfit(turn: Turn, told: str, also: Commit) -> Commit:
    async def commit(desk: Desk) -> None:
        turn.confide(desk, plain(told))
        await also(desk)

    return commit


async def drafted(turn: Turn, draft: Draft) -> Commit:
    """A new announcement of what somebody wrote. Raises `Unfit`, `AdapterError`."""
    text, named = await mentions.by_name(turn, draft.text)
    if _is_blank(text):
        raise Unfit(say("draft.empty"))
    if await _is_too_many(turn):
        raise Unfit(say("draft.too_many", most=_most(turn)), also=_too_many(turn))
    await _check_fits(turn, text, ())
    try:
        asked = _understood(turn, draft.phrase)
        pictures = await media.take_pictures(turn.services, turn.event.ref.platform, draft.files, list(draft.said))
    except NotATime as fault:
        raise Unfit(times.refusal(fault), of_time=True) from fault
    except media.PictureFault as fault:
        raise Unfit(say(fault.code, **fault.params)) from fault
    shown = [item.shown for item in pictures]
    await _check_fits(turn, text, shown)
    removed = tuple(item.picture.removed for item in pictures)
    targets = await links.targets(turn.services, text)
    judged = judging.judge(turn.services, text, shown)
    other = await others_words.writer(turn)
    writers = (turn.person.name, other.name) if other else (turn.person.name,)
    holder = None if isinstance(turn.event, FormSubmitted) else turn.event.ref
    cuts = await threads.cuts(turn.services, judged.text)
    written = Written(judged, writers, removed, targets, cuts, holder)

    async def commit(desk: Desk) -> None:
        if await store.count_open(desk.session, turn.person.id or 0) >= _most(turn):
            raise Moved("another draft was quicker")
        row = _new_row(turn, desk, draft.corrects)
        row.number = await epochs.next_number(desk.session)
        give_time(row, asked)
        desk.session.add(row)
        await desk.session.flush()
        store.move(desk, row, Trigger.SUBMIT, by=turn.person.key, note=turn.person.name)
        desk.session.add(ContributorRow(announcement=row.number or 0, person=turn.person.id or 0, since_revision=1))
        if other:
            others_words.note(desk, row, other)
        await media.keep(desk.session, pictures)
        if review.settle(turn, desk, row, written):
            turn.confide(desk, plain(f"{_taken(turn, row, judged)} {mentions.told(named)}".strip()))

    return commit


def _taken(turn: Turn, row: AnnouncementRow, judged: judging.Judged) -> str:
    """Whom it is with, and the time it was understood to be for, in full."""
    first = review.first_room(turn.services, judged)
    code = "draft.taken" if first == turn.services.comms_room else "draft.taken_grave"
    text = say(code, number=row.number)
    if row.due is None:
        return text
    return f"{say('draft.timed', when=times.in_full(row.due, row.until, turn.services.zone))} {text}"


def _understood(turn: Turn, phrase: str | None) -> Schedule | None:
    """The time that a line gave. Raises `NotATime`."""
    return None if phrase is None else understand(phrase, turn.now, turn.services.zone)


def give_time(row: AnnouncementRow, asked: Schedule | None) -> None:
    """Write down the time asked for; None: as soon as it may."""
    row.due, row.until, row.wall = (asked.due, asked.until, asked.wall) if asked else (None, None, "")
    row.starts = None


def _new_row(turn: Turn, desk: Desk, corrects: int | None) -> AnnouncementRow:
    ref = turn.event.ref
    return AnnouncementRow(
        state=State.DRAFT.value,
        author=turn.person.id or 0,
        author_account=str(turn.person.account),
        source_platform=ref.platform,
        source_room=ref.room,
        source_message=ref.message,
        source_thread=ref.thread,
        made=desk.now,
        changed=desk.now,
        corrects=corrects,
    )


def _is_blank(text: str) -> bool:
    """Whether nobody would see anything: no words, or only characters that are written but not seen."""
    return not normalise(text).text.strip()


async def _check_fits(turn: Turn, text: str, pictures: Sequence[Picture]) -> None:
    """Raises `Unfit` when some channel, or the preview, cannot take it whole."""
    refusal = await judging.misfit(turn.services, text, pictures)
    if refusal:
        raise Unfit(refusal)


async def _is_too_many(turn: Turn) -> bool:
    async with turn.services.database.reading() as session:
        return await store.count_open(session, turn.person.id or 0) >= _most(turn)


def _too_many(turn: Turn) -> Commit:
    """Communications hear that somebody has as many waiting as one may: once an hour, not once for each."""
    hour = f"{turn.now:%Y-%m-%dT%H}"

    async def commit(desk: Desk) -> None:
        first = await store.first_time(desk, f"person:{turn.person.id}", f"too_many/{hour}")
        if first:
            line = say("draft.too_many_comms", who=turn.person.name, most=_most(turn))
            desk.letters.say(turn.services.comms_room, plain(line))

    return commit


def _most(turn: Turn) -> int:
    return turn.services.settings.announcements.open_drafts


async def edit(turn: Turn, number: int, text: str) -> Commit:
    """New wording for an announcement: a new revision, scanned again; approvals of the old one are void."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = edit_refusal(turn, stored, number)
    if refusal or stored is None:
        return privately(turn, refusal)
    text, said = media.take_descriptions(text) if stored.pictures else (text.strip(), [])
    text, phrase = times.take_time(text)
    text, _ = await mentions.by_name(turn, text)
    if (said or phrase) and not text:
        text = stored.revision.text  # only a picture's description or the time is to be new
    try:
        pictures = media.describe_again(stored.pictures, said)
        asked = _understood(turn, phrase)
    except NotATime as fault:
        return privately(turn, times.refusal(fault))
    except media.PictureFault as fault:
        return privately(turn, say(fault.code, **fault.params))
    refusal = (say("draft.empty") if _is_blank(text) else "") or await judging.misfit(turn.services, text, pictures)
    if refusal:
        return privately(turn, refusal)
    same = (text, pictures, asked) == (stored.revision.text, stored.pictures, None)
    if stored.state not in _MAY_REPEAT and same:
        return privately(turn, say("draft.unchanged", number=number))
    judged = judging.judge(turn.services, text, pictures)
    return await revise(turn, stored, judged, asked or keep_time, contributes=True)


# Who says the same words again means them; while they wait for approval it would only void what was given.
_MAY_REPEAT = {State.CHANGES_REQUESTED, State.HELD}


async def redact(turn: Turn, number: int) -> Commit:
    """`redact #n`: the redacted wording that was offered last, where nothing can be pressed."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    return await take_redaction(turn, number, stored.row.revision if stored else 0)


async def take_redaction(turn: Turn, number: int, revision: int) -> Commit:
    """The author takes the redacted wording; accepting the bot's suggestion makes nobody a contributor."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        offered = await session.get(RevisionRow, (number, revision))
    refusal = edit_refusal(turn, stored, number)
    if refusal or stored is None:
        return privately(turn, refusal)
    if not stored.revision.stopped and offered is not None and offered.text == stored.revision.text:
        return privately(turn, say("draft.redaction_taken", number=number))
    if stored.row.revision != revision or not stored.revision.stopped or not stored.revision.text:
        return privately(turn, say("draft.redaction_gone", number=number))
    judged = judging.judge(turn.services, stored.revision.text, stored.pictures)
    return await revise(turn, stored, judged, keep_time, contributes=False)


def edit_refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
    """Why this person cannot change it now; empty when they can."""
    if stored is None:
        return say("refuse.no_such", number=number)
    if stored.row.author != turn.person.id and not may(turn.person.roles, Action.CHANGE_ANY):
        return say("refuse.edit", number=number)
    try:
        step(stored.state, Trigger.EDIT)
    except NotAllowed:
        code = "refuse.edit_late" if stored.state in OUT else "refuse.edit_over"
        return say(code, number=number, state=say(f"state.{stored.state.value}"))
    return ""


Times = Callable[[AnnouncementRow, datetime], None]
"""How a new revision gets its time."""


def keep_time(row: AnnouncementRow, now: datetime) -> None:
    """Keep the time asked for, unless it has passed: then it goes out as soon as it may."""
    if row.due is not None and (row.until or row.due) <= now:
        give_time(row, None)


async def revise(
    turn: Turn, stored: store.Stored, judged: judging.Judged, time: Schedule | Times, *, contributes: bool
) -> Commit:
    """A new revision: other words, another time, or both; approvals of the old one are void."""
    written = await written_anew(turn, stored, judged, turn.event.ref if contributes else None, contributes=contributes)
    change = "" if judged.stopped else changes.told(stored.revision, judged)

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        await review.replace_preview(desk, stored, change)
        row.revision += 1
        if isinstance(time, Schedule):
            give_time(row, time)
        else:
            time(row, desk.now)
        store.move(desk, row, Trigger.EDIT, by=turn.person.key, note=turn.person.name)
        if contributes and turn.person.id not in stored.contributors:
            person = turn.person.id or 0
            desk.session.add(ContributorRow(announcement=stored.number, person=person, since_revision=row.revision))
        if not review.settle(turn, desk, row, written):
            return
        again = say("draft.taken_again", number=stored.number, revision=row.revision)
        timed = say("draft.timed", when=times.in_full(row.due, row.until, turn.services.zone)) if row.due else ""
        turn.confide(desk, plain(f"{timed} {again}".strip()))
        if stored.row.author != turn.person.id:
            changed = say("draft.changed_by_other", number=stored.number, who=turn.person.name)
            desk.letters.tell(store.author(stored), plain(changed))

    return commit


async def written_anew(
    turn: Turn, stored: store.Stored, judged: judging.Judged, holder: MessageRef | None, *, contributes: bool
) -> Written:
    """A judged revision with everybody who wrote part of it, and where its addresses lead."""
    async with turn.services.database.reading() as session:
        writers = await store.writers(session, turn.services.keys, stored)
    if contributes and turn.person.name not in writers:
        writers.append(turn.person.name)
    removed = tuple(tuple(item["removed"]) for item in json.loads(stored.revision.pictures))
    targets = await links.targets(turn.services, judged.text)
    cuts = await threads.cuts(turn.services, judged.text)
    return Written(judged, tuple(writers), removed, targets, cuts, holder)
