"""From words in chat to a revision that people can judge: submit, edit, take the redaction, take up again."""

import json
from collections.abc import Sequence

from adapters.events import Attachment, MessageRef
from bot.access import Action, may
from bot.announcements import judging, media, review, store
from bot.announcements.review import Written
from bot.announcements.tables import AnnouncementRow, ContributorRow, RevisionRow
from bot.desk import Commit, Desk
from bot.protocol.model import State, Trigger
from bot.protocol.table import OUT, NotAllowed, step
from bot.services import Moved
from bot.turn import Turn, plain, privately
from bot.wording import say


async def submit(turn: Turn, text: str, files: Sequence[Attachment] = ()) -> Commit:
    """A new announcement from a message addressed to the bot."""
    # Without a picture a line that begins with “alt:” is one of the words.
    text, said = media.take_descriptions(text) if files else (text.strip(), [])
    refusal = await _refusal(turn, text) or await judging.misfit(turn.services, text, ())
    if refusal:
        return privately(turn, refusal)
    try:
        pictures = await media.take_pictures(turn.services, turn.event.ref.platform, files, said)
    except media.PictureFault as fault:
        return privately(turn, say(fault.code, **fault.params))
    shown = [item.shown for item in pictures]
    refusal = await judging.misfit(turn.services, text, shown)
    if refusal:
        return privately(turn, refusal)
    removed = tuple(item.picture.removed for item in pictures)
    written = Written(judging.judge(turn.services, text, shown), (turn.person.name,), removed, turn.event.ref)

    async def commit(desk: Desk) -> None:
        if await store.count_open(desk.session, turn.person.id or 0) >= _most(turn):
            raise Moved("another draft was quicker")
        row = _new_row(turn, desk)
        desk.session.add(row)
        await desk.session.flush()
        store.move(desk, row, Trigger.SUBMIT, by=turn.person.key, note=turn.person.name)
        desk.session.add(ContributorRow(announcement=row.number or 0, person=turn.person.id or 0, since_revision=1))
        await media.keep(desk.session, pictures)
        if review.settle(turn, desk, row, written):
            turn.confide(desk, plain(say("draft.taken", number=row.number)))

    return commit


def _new_row(turn: Turn, desk: Desk) -> AnnouncementRow:
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
    )


async def _refusal(turn: Turn, text: str) -> str:
    """The sentence that says why this draft cannot be taken, or nothing."""
    if not text:
        return say("draft.empty")
    async with turn.services.database.reading() as session:
        waiting = await store.count_open(session, turn.person.id or 0)
    return say("draft.too_many", count=waiting, most=_most(turn)) if waiting >= _most(turn) else ""


def _most(turn: Turn) -> int:
    return turn.services.settings.announcements.open_drafts


async def edit(turn: Turn, number: int, text: str) -> Commit:
    """New wording for an announcement: a new revision, scanned again; approvals of the old one are void."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = _edit_refusal(turn, stored, number)
    if refusal or stored is None:
        return privately(turn, refusal)
    text, said = media.take_descriptions(text) if stored.pictures else (text.strip(), [])
    if said and not text:
        text = stored.revision.text  # only a picture's description is to be new
    try:
        pictures = media.describe_again(stored.pictures, said)
    except media.PictureFault as fault:
        return privately(turn, say(fault.code, **fault.params))
    refusal = ("" if text else say("draft.empty")) or await judging.misfit(turn.services, text, pictures)
    if refusal:
        return privately(turn, refusal)
    if stored.state not in _MAY_REPEAT and (text, pictures) == (stored.revision.text, stored.pictures):
        return privately(turn, say("draft.unchanged", number=number))
    return await _revise(turn, stored, judging.judge(turn.services, text, pictures), contributes=True)


# Who says the same words again means them; while they wait for approval it would only void what was given.
_MAY_REPEAT = {State.CHANGES_REQUESTED, State.HELD}


async def take_redaction(turn: Turn, number: int, revision: int) -> Commit:
    """The author takes the redacted wording; accepting the bot's suggestion makes nobody a contributor."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
        offered = await session.get(RevisionRow, (number, revision))
    refusal = _edit_refusal(turn, stored, number)
    if refusal or stored is None:
        return privately(turn, refusal)
    if not stored.revision.stopped and offered is not None and offered.text == stored.revision.text:
        return privately(turn, say("draft.redaction_taken", number=number))
    if stored.row.revision != revision or not stored.revision.stopped or not stored.revision.text:
        return privately(turn, say("draft.redaction_gone", number=number))
    return await _revise(
        turn, stored, judging.judge(turn.services, stored.revision.text, stored.pictures), contributes=False
    )


def _edit_refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
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


async def _revise(turn: Turn, stored: store.Stored, judged: judging.Judged, *, contributes: bool) -> Commit:
    written = await _written(turn, stored, judged, turn.event.ref if contributes else None, contributes=contributes)

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        review.replace_preview(turn.services, desk, stored)
        row.revision += 1
        store.move(desk, row, Trigger.EDIT, by=turn.person.key, note=turn.person.name)
        if contributes and turn.person.id not in stored.contributors:
            person = turn.person.id or 0
            desk.session.add(ContributorRow(announcement=stored.number, person=person, since_revision=row.revision))
        if not review.settle(turn, desk, row, written):
            return
        turn.confide(desk, plain(say("draft.taken_again", number=stored.number, revision=row.revision)))
        if stored.row.author != turn.person.id:
            changed = say("draft.changed_by_other", number=stored.number, who=turn.person.name)
            desk.letters.tell(store.author(stored), plain(changed))

    return commit


async def _written(
    turn: Turn, stored: store.Stored, judged: judging.Judged, holder: MessageRef | None, *, contributes: bool
) -> Written:
    async with turn.services.database.reading() as session:
        writers = await store.writers(session, turn.services.keys, stored)
    if contributes and turn.person.name not in writers:
        writers.append(turn.person.name)
    removed = tuple(tuple(item["removed"]) for item in json.loads(stored.revision.pictures))
    return Written(judged, tuple(writers), removed, holder)


async def resume(turn: Turn, number: int) -> Commit:
    """Take up again what is on hold: the same words, scanned, shown and approved anew, so that nothing old counts."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    if stored is None:
        return privately(turn, say("refuse.no_such", number=number))
    if stored.state is not State.HELD:
        return privately(turn, say("resume.not_held", number=number, state=say(f"state.{stored.state.value}")))
    judged = judging.judge(turn.services, stored.revision.text, stored.pictures)
    written = await _written(turn, stored, judged, stored.source, contributes=False)

    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        if judged.stopped:
            await store.forget_words(desk.session, stored, judged.text, judged.pictures)
        review.replace_preview(turn.services, desk, stored)
        store.move(desk, row, Trigger.RESUME, by=turn.person.key, note=turn.person.name)
        row.revision += 1
        store.move(desk, row, Trigger.EDIT)
        if review.settle(turn, desk, row, written):
            turn.answer(desk, plain(say("resume.done", number=number, revision=row.revision, who=turn.person.name)))

    return commit
