"""From words in chat to a revision that people can judge: submit, edit, take the redaction."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.canonical import canonical_json, post_digest
from adapters.events import Attachment, Content, MessageRef, Part, Picture, Post
from bot.access import Action, may
from bot.announcements import media, preview, store
from bot.announcements.tables import AnnouncementRow, ContributorRow, RevisionRow
from bot.desk import Commit, Desk
from bot.leaks.scan import scan
from bot.protocol.model import State, Trigger
from bot.protocol.requirement import requirement
from bot.protocol.table import NotAllowed, step
from bot.services import Services
from bot.turn import Turn, plain
from bot.wording import count, say
from config import logs

log = logs.get("announcements")

LONGEST_DRAFT = 10_000
"""Characters that are looked at before any channel is asked; beyond it is a mistake, not an announcement."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft after its scan: the words that may be kept, and masked findings. `stopped`: it must not go on."""

    text: str
    pictures: tuple[Picture, ...]
    findings: tuple[dict[str, Any], ...]
    rules: str
    stopped: bool
    fingerprint: str


def judge(services: Services, text: str, pictures: Sequence[Picture]) -> Judged:
    """Scan text and descriptions. A scanner that fails stops the draft (fail closed) and keeps none of its words."""
    fingerprint = hmac.new(services.keys.purpose("text"), text.encode(), hashlib.sha256).hexdigest()
    try:
        results = [scan(words, services.contacts) for words in (text, *(picture.alt for picture in pictures))]
    except Exception as error:  # whatever broke in the scanner, the answer is the same: nothing goes out unseen
        log.error("scan_failed", error=type(error).__name__)
        return Judged("", tuple(replace(picture, alt="") for picture in pictures), (), "failed", True, fingerprint)
    findings = tuple(
        asdict(finding) | {"where": where} for where, result in enumerate(results) for finding in result.findings
    )
    # High findings wait for information governance's own room (a later order); until then they stop as well.
    stopped = any(item["severity"] in {"critical", "high"} for item in findings)
    if stopped:
        text = results[0].redacted
        pictures = [
            replace(picture, alt=result.redacted) for picture, result in zip(pictures, results[1:], strict=True)
        ]
    return Judged(text, tuple(pictures), findings, results[0].digest, stopped, fingerprint)


def posts_for(services: Services, number: int, text: str, language: str, pictures: Sequence[Picture]) -> list[Post]:
    """What each channel will receive: final text and pictures."""
    account = services.settings.organisation.name
    parts = (Part(text, tuple(pictures)),)
    return [Post(channel, account, language, parts, number) for channel in sorted(services.publishers)]


def revision_digest(posts: Sequence[Post], due: str | None) -> str:
    """SHA-256 over all posts and the schedule: what people approve."""
    return hashlib.sha256(canonical_json({"due": due, "posts": [post_digest(post) for post in posts]})).hexdigest()


async def submit(turn: Turn, text: str, files: Sequence[Attachment] = ()) -> Commit:
    """A new announcement from a message addressed to the bot."""
    text, said = media.take_descriptions(text)
    refusal = await _refusal(turn, text)
    if refusal:
        return _private(turn, refusal)
    try:
        pictures = await media.take_pictures(turn.services, turn.event.ref.platform, files, said)
    except media.PictureFault as fault:
        return _private(turn, say(fault.code, **fault.params))
    judged = judge(turn.services, text, [item.shown for item in pictures])
    removed = [list(item.picture.removed) for item in pictures]

    async def commit(desk: Desk) -> None:
        row = _new_row(turn, desk)
        desk.session.add(row)
        await desk.session.flush()
        store.move(desk, row, Trigger.SUBMIT, by=turn.person.key, note=turn.person.name)
        desk.session.add(ContributorRow(announcement=row.number or 0, person=turn.person.id or 0, since_revision=1))
        await media.keep(desk.session, pictures)
        await _settle(turn, desk, row, judged, removed)

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
    too_long = await _too_long(turn.services, text)
    if too_long:
        return too_long
    async with turn.services.database.reading() as session:
        waiting = await store.count_open(session, turn.person.id or 0)
    most = turn.services.settings.announcements.open_drafts
    return say("draft.too_many", count=waiting, most=most) if waiting >= most else ""


async def _too_long(services: Services, text: str) -> str:
    length = len(text)
    limits = {name: (await publisher.limits()).characters for name, publisher in services.publishers.items()}
    for channel, longest in {**limits, "draft": LONGEST_DRAFT}.items():
        if length > longest:
            return say("draft.too_long", channel=channel, length=f"{length:,}", longest=f"{longest:,}")
    return ""


async def edit(turn: Turn, number: int, text: str) -> Commit:
    """New wording for an announcement: a new revision, scanned again; approvals of the old one are void."""
    text, _ = media.take_descriptions(text)
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = (
        _edit_refusal(turn, stored, number)
        or ("" if text else say("draft.empty"))
        or await _too_long(turn.services, text)
    )
    if refusal or stored is None:
        return _private(turn, refusal)
    if text == stored.revision.text:
        return _private(turn, say("draft.unchanged", number=number))
    return _revise(turn, stored, judge(turn.services, text, stored.pictures), contributes=True)


async def take_redaction(turn: Turn, number: int, revision: int) -> Commit:
    """The author takes the redacted wording; accepting the bot's suggestion makes nobody a contributor."""
    async with turn.services.database.reading() as session:
        stored = await store.load(session, number)
    refusal = _edit_refusal(turn, stored, number)
    if refusal or stored is None:
        return _private(turn, refusal)
    if stored.row.revision != revision or not stored.revision.stopped or not stored.revision.text:
        return _private(turn, say("draft.redaction_gone", number=number))
    judged = judge(turn.services, stored.revision.text, stored.pictures)
    return _revise(turn, stored, judged, contributes=False)


def _edit_refusal(turn: Turn, stored: store.Stored | None, number: int) -> str:
    if stored is None:
        return say("refuse.no_such", number=number)
    if stored.row.author != turn.person.id and not may(turn.person.roles, Action.CHANGE_ANY):
        return say("refuse.edit", number=number)
    try:
        step(stored.state, Trigger.EDIT)
    except NotAllowed:
        return say("refuse.edit_late", number=number, state=say(f"state.{stored.state.value}"))
    return ""


def _revise(turn: Turn, stored: store.Stored, judged: Judged, *, contributes: bool) -> Commit:
    async def commit(desk: Desk) -> None:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        if not stored.revision.stopped:
            _replace_preview(turn.services, desk, stored)
        row.revision += 1
        store.move(desk, row, Trigger.EDIT, by=turn.person.key, note=turn.person.name)
        if contributes and turn.person.id not in stored.contributors:
            person = turn.person.id or 0
            desk.session.add(ContributorRow(announcement=stored.number, person=person, since_revision=row.revision))
        removed = [item["removed"] for item in json.loads(stored.revision.pictures)]
        await _settle(turn, desk, row, judged, removed)

    return commit


def _replace_preview(services: Services, desk: Desk, stored: store.Stored) -> None:
    """The old preview becomes a stub, and those who approved it are told that it no longer counts."""
    number, old = stored.number, stored.row.revision
    stub = preview.stub(number, old, "edited")
    desk.letters.edit(services.comms_room, store.preview_key(number, old), stub)
    for approval in stored.approvals:
        if approval.withdrawn is None:
            account = store.account(approval)
            desk.letters.tell(account, plain(say("vote.void", number=number, revision=old)))


async def _settle(
    turn: Turn, desk: Desk, row: AnnouncementRow, judged: Judged, removed: Sequence[Sequence[str]]
) -> None:
    """Write the revision and send it on: to its author when it was stopped, else to the people who approve."""
    services, number = turn.services, row.number or 0
    posts = posts_for(services, number, judged.text, services.settings.organisation.language, judged.pictures)
    revision = _revision(services, row, judged, posts, removed, desk)
    desk.session.add(revision)
    if judged.stopped:
        store.move(desk, row, Trigger.STOP, reason="finding" if judged.findings else "scanner_failed")
        _tell_stopped(turn, desk, row, judged)
        return
    store.move(desk, row, Trigger.CLEAR)
    shown = _show_preview(turn, desk, row, judged, posts, removed)
    revision.shown = preview.digest(shown)


def _revision(
    services: Services,
    row: AnnouncementRow,
    judged: Judged,
    posts: Sequence[Post],
    removed: Sequence[Sequence[str]],
    desk: Desk,
) -> RevisionRow:
    pictures = [
        asdict(picture) | {"removed": list(gone)} for picture, gone in zip(judged.pictures, removed, strict=True)
    ]
    return RevisionRow(
        announcement=row.number or 0,
        revision=row.revision,
        text=judged.text,
        language=services.settings.organisation.language,
        pictures=json.dumps(pictures),
        digest=revision_digest(posts, row.due.isoformat() if row.due else None),
        fingerprint=judged.fingerprint,
        findings=json.dumps(judged.findings),
        rules=judged.rules,
        stopped=judged.stopped,
        made=desk.now,
    )


def _tell_stopped(turn: Turn, desk: Desk, row: AnnouncementRow, judged: Judged) -> None:
    ref, number = turn.event.ref, row.number or 0
    removes = turn.services.chat(ref.platform).capabilities.removes_others_messages
    if removes:
        desk.letters.delete(MessageRef(ref.platform, ref.room, ref.message, ref.thread))
    if judged.findings:
        content = preview.stopped(number, row.revision, judged.text, judged.findings, not removes)
    else:
        content = plain(say("draft.scanner_failed", number=number))
    desk.letters.whisper(ref.place, turn.person.account, content)
    desk.letters.say(turn.services.comms_room, plain(say("draft.back_with_author", number=number)))


def _show_preview(
    turn: Turn,
    desk: Desk,
    row: AnnouncementRow,
    judged: Judged,
    posts: Sequence[Post],
    removed: Sequence[Sequence[str]],
) -> Content:
    services, number = turn.services, row.number or 0
    needed = requirement(services.settings.announcements.approvals, [item["severity"] for item in judged.findings])
    parts = {
        "channels": preview.channels_line({post.channel: len(post.parts[0].text) for post in posts}),
        "findings": preview.findings_lines(judged.findings),
        "pictures": preview.pictures_line(removed),
        "when": say("preview.at_once", grace=_seconds(services.settings.announcements.grace_seconds)),
        "needs": preview.needs_line(needed.slots),
    }
    content = preview.preview(number, row.revision, turn.person.name, judged.text, judged.pictures, parts)
    key = store.preview_key(number, row.revision)
    desk.letters.say(services.comms_room, content, key=key)
    for emoji in preview.SEEDED:
        desk.letters.react(services.comms_room, key, emoji)
    said = "draft.taken" if row.revision == 1 else "draft.taken_again"
    turn.confide(desk, plain(say(said, number=number, revision=row.revision)))
    return content


def _seconds(seconds: float) -> str:
    return (
        count(round(seconds), "second", "seconds") if seconds < 90 else count(round(seconds / 60), "minute", "minutes")
    )


def _private(turn: Turn, text: str) -> Commit:
    async def commit(desk: Desk) -> None:
        turn.confide(desk, plain(text))

    return commit
