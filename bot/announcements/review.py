"""A judged revision on its way: to its author when it was stopped, else to the people who approve."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from adapters.events import Content, MessageRef, Post
from bot.announcements import judging, preview, store
from bot.announcements.judging import Judged
from bot.announcements.tables import AnnouncementRow, RevisionRow
from bot.desk import Desk
from bot.protocol.model import Trigger
from bot.protocol.requirement import requirement
from bot.services import Services, account_ref
from bot.turn import Turn, plain
from bot.wording import count, listed, say


@dataclass(frozen=True, slots=True)
class Written:
    """A revision as it was written: judged, by whom (everybody who contributed), and what each picture lost.

    `holder` is the message in chat that holds the words as they were written, if somebody's does.
    """

    judged: Judged
    writers: tuple[str, ...]
    removed: tuple[tuple[str, ...], ...]
    holder: MessageRef | None = None


def replace_preview(services: Services, desk: Desk, stored: store.Stored) -> None:
    """The old preview becomes a stub, and those who approved it are told that it no longer counts."""
    number, old = stored.number, stored.row.revision
    withdraw_preview(services, desk, stored, preview.stub(number, old, "edited"))
    for approval in stored.approvals:
        if approval.withdrawn is None:
            account = store.account(approval)
            desk.letters.tell(account, plain(say("vote.void", number=number, revision=old)))


def withdraw_preview(services: Services, desk: Desk, stored: store.Stored, stub: Content) -> None:
    """Leave a stub, without any of the words, where the preview of the current revision stands."""
    if not stored.revision.stopped:  # which never had one
        desk.letters.edit(services.comms_room, store.preview_key(stored.number, stored.row.revision), stub)


def settle(turn: Turn, desk: Desk, row: AnnouncementRow, written: Written) -> bool:
    """Write the revision and send it on; whether it goes to review."""
    services, judged, number = turn.services, written.judged, row.number or 0
    posts = judging.posts_for(services, number, judged.text, services.settings.organisation.language, judged.pictures)
    revision = _revision(services, desk, row, written, posts)
    desk.session.add(revision)
    if judged.stopped:
        store.move(desk, row, Trigger.STOP, reason="finding" if judged.findings else "scanner_failed")
        _tell_stopped(turn, desk, row, written)
        return False
    store.move(desk, row, Trigger.CLEAR)
    content = _preview(services, row, written, posts)
    revision.shown = preview.digest(content)
    key = desk.letters.say(services.comms_room, content, key=store.preview_key(number, row.revision))
    for emoji in preview.SEEDED:
        desk.letters.react(services.comms_room, key, emoji)
    return True


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
        digest=judging.revision_digest(posts, row.due.isoformat() if row.due else None),
        fingerprint=judged.fingerprint,
        findings=json.dumps(judged.findings),
        rules=judged.rules,
        stopped=judged.stopped,
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
    needed = requirement(rules.approvals, [item["severity"] for item in judged.findings])
    parts = {
        "channels": preview.channels_line({post.channel: len(post.parts[0].text) for post in posts}),
        "findings": preview.findings_lines(judged.findings),
        "pictures": preview.pictures_line(written.removed),
        "when": when(rules.grace_seconds),
        "needs": preview.needs_line(needed.slots),
    }
    author = listed(list(written.writers))
    return preview.preview(row.number or 0, row.revision, author, judged.text, judged.pictures, parts)


def when(grace: float) -> str:
    """When it goes out, counted from the last approval."""
    return say("preview.after_grace", grace=lasting(grace)) if round(grace) else say("preview.at_once")


def lasting(seconds: float) -> str:
    """A wait as people say it."""
    return (
        count(round(seconds), "second", "seconds") if seconds < 90 else count(round(seconds / 60), "minute", "minutes")
    )
