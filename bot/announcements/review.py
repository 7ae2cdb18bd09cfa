"""A judged revision on its way: to its author when it was stopped, else to the people who approve."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from adapters.events import Content, MessageRef, Post, RoomRef
from bot import outbox
from bot.announcements import costs, judging, preview, store, threads, times
from bot.announcements.judging import Judged
from bot.announcements.tables import AnnouncementRow, RevisionRow
from bot.desk import Desk
from bot.protocol.model import Trigger, Vote
from bot.protocol.requirement import requirement
from bot.protocol.timing import is_out_of_hours
from bot.services import Services, account_ref
from bot.turn import Turn, plain
from bot.wording import listed, say


@dataclass(frozen=True, slots=True)
class Written:
    """A revision as it was written: judged, by whom (everybody who contributed), and what each picture lost.

    `holder` is the message in chat that holds the words as they were written, if somebody's does. `targets` is
    where each address in it leads, `cuts` where it is cut for channels that take it in several posts.
    """

    judged: Judged
    writers: tuple[str, ...]
    removed: tuple[tuple[str, ...], ...]
    targets: Mapping[str, str]
    cuts: threads.Cuts
    holder: MessageRef | None = None


async def replace_preview(desk: Desk, stored: store.Stored, change: str = "") -> None:
    """The old preview becomes a stub, and those who approved it are told that it no longer counts.

    `change` is a word diff in which everything that any scan marked is masked.
    """
    number, old = stored.number, stored.row.revision
    await withdraw_preview(desk, stored, preview.stub(number, old, "edited"))
    approved = {vote.account for vote in stored.votes if vote.withdrawn is None and vote.kind == Vote.APPROVE.value}
    for account in sorted(approved):
        text = say("vote.void", number=number, revision=old)
        changed = say("vote.changed_words", change=change) if change else ""
        desk.letters.tell(account_ref(account), plain("\n".join(line for line in (text, changed) if line)))


async def withdraw_preview(desk: Desk, stored: store.Stored, stub: Content) -> None:
    """Leave a stub, without any of the words, wherever a preview of the current revision stands."""
    keys = store.preview_keys(stored.number, stored.row.revision)
    for key, room in await outbox.rooms_of(desk.session, keys):
        desk.letters.edit(room, key, stub)


def settle(turn: Turn, desk: Desk, row: AnnouncementRow, written: Written) -> bool:
    """Write the revision and send it on; whether it goes to review."""
    services, judged, number = turn.services, written.judged, row.number or 0
    language = services.settings.organisation.language
    posts = judging.posts_for(services, number, judged.text, language, judged.pictures, row.corrects, written.cuts)
    revision = _revision(services, desk, row, written, posts)
    desk.session.add(revision)
    if judged.stopped:
        store.move(desk, row, Trigger.STOP, reason="finding" if judged.findings else "scanner_failed")
        _tell_stopped(turn, desk, row, written)
        return False
    store.move(desk, row, Trigger.CLEAR)
    content = _preview(services, row, written, posts)
    revision.shown = preview.digest(content)
    room = first_room(services, judged)
    if room != services.comms_room:
        desk.letters.say(services.comms_room, plain(say("draft.with_governance", number=number)))
    post(desk, room, content, store.preview_key(number, row.revision))
    return True


def first_room(services: Services, judged: Judged) -> RoomRef:
    """Where a revision is shown first: what holds a grave finding in the room of information governance."""
    grave = any(item["severity"] == "high" for item in judged.findings)
    return (services.governance_room if grave else None) or services.comms_room


async def show_to_comms(desk: Desk, stored: store.Stored) -> None:
    """Show communications what information governance has let on: the same preview, to the letter, or nothing."""
    services, number = desk.services, stored.number
    first, second = store.preview_keys(number, stored.row.revision)
    if second in {key for key, _ in await outbox.rooms_of(desk.session, [first, second])}:
        return
    content = await _shown_again(desk, stored)
    if preview.digest(content) != stored.revision.shown:
        desk.letters.say(services.comms_room, plain(say("draft.cannot_show", number=number)))
        return
    post(desk, services.comms_room, content, second)


async def _shown_again(desk: Desk, stored: store.Stored) -> Content:
    """The preview of a stored revision, made anew."""
    revision, services = stored.revision, desk.services
    findings = tuple(json.loads(revision.findings))
    judged = Judged(revision.text, stored.pictures, findings, revision.rules, revision.stopped, revision.fingerprint)
    writers = tuple(await store.writers(desk.session, services.keys, stored))
    removed = tuple(tuple(item["removed"]) for item in json.loads(revision.pictures))
    language = revision.language
    cuts, corrects = threads.kept(revision.cuts), stored.row.corrects
    posts = judging.posts_for(services, stored.number, judged.text, language, judged.pictures, corrects, cuts)
    written = Written(judged, writers, removed, json.loads(revision.links), cuts)
    return _preview(services, stored.row, written, posts)


def post(desk: Desk, room: RoomRef, content: Content, key: str) -> None:
    """Show a preview in a room, with the reactions to be pressed."""
    desk.letters.say(room, content, key=key)
    for emoji in preview.SEEDED:
        desk.letters.react(room, key, emoji)


def _revision(
    services: Services, desk: Desk, row: AnnouncementRow, written: Written, posts: Sequence[Post]
) -> RevisionRow:
    judged = written.judged
    pictures = [
        asdict(picture) | {"removed": list(gone)}
        for picture, gone in zip(judged.pictures, written.removed, strict=True)
    ]
    return RevisionRow(
        announcement=row.number or 0,
        revision=row.revision,
        text=judged.text,
        language=services.settings.organisation.language,
        pictures=json.dumps(pictures),
        digest=judging.revision_digest(posts, judging.schedule_of(row)),
        fingerprint=judged.fingerprint,
        findings=json.dumps(judged.findings),
        rules=judged.rules,
        stopped=judged.stopped,
        cuts=json.dumps(written.cuts),
        links=json.dumps(dict(written.targets)),
        made=desk.now,
    )


def _tell_stopped(turn: Turn, desk: Desk, row: AnnouncementRow, written: Written) -> None:
    ref, number, judged = turn.event.ref, row.number or 0, written.judged
    if judged.findings:
        what = _removed(turn.services, desk, written.holder)
        content = preview.stopped(number, row.revision, judged.text, judged.findings, what)
    else:
        # Nobody knows whether there is anything in it, and no words were kept: the author's own copy stays.
        content = plain(say("draft.scanner_failed", number=number))
    desk.letters.whisper(ref.place, turn.person.account, content, thread=ref.thread)
    if row.author != turn.person.id:
        author = account_ref(row.author_account)
        desk.letters.tell(author, plain(say("draft.stopped_by_other", number=number, who=turn.person.name)))
    desk.letters.say(turn.services.comms_room, plain(say("draft.back_with_author", number=number)))


def _removed(services: Services, desk: Desk, holder: MessageRef | None) -> str:
    """Remove the message that holds the words, where the platform lets us; the sentence that tells of it."""
    if holder is None:
        return ""
    if not services.chat(holder.platform).capabilities.removes_others_messages:
        return say("draft.please_delete")
    desk.letters.delete(holder)
    return say("draft.removed_message")


def _preview(services: Services, row: AnnouncementRow, written: Written, posts: Sequence[Post]) -> Content:
    judged, rules = written.judged, services.settings.announcements
    late = is_out_of_hours(row.due, services.zone)
    needed = requirement(rules.approvals, [item["severity"] for item in judged.findings], out_of_hours=late)
    parts = {
        "when": _when(services, row),
        "channels": preview.channels_line(services, judged.text, posts),
        "threads": preview.threads_lines(posts),
        "cost": costs.lines(services, posts),
        "corrects": say("preview.corrects", corrects=row.corrects) if row.corrects else "",
        "found": say("preview.found") if judged.findings else "",
        "findings": preview.findings_lines(judged.findings),
        "pictures": preview.pictures_line(written.removed),
        "links": preview.links_lines(written.targets),
        "needs": preview.needs_line(needed.slots),
        "reasons": say("preview.reasons", number=row.number) if needed.reasons else "",
    }
    author = listed(list(written.writers))
    return preview.preview(row.number or 0, row.revision, author, judged.text, judged.pictures, parts)


def _when(services: Services, row: AnnouncementRow) -> str:
    """When it goes out."""
    if row.due is not None:
        return say("preview.at", when=times.in_full(row.due, row.until, services.zone))
    return preview.when(services.settings.announcements.grace_seconds)
