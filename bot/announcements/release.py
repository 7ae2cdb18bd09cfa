"""From approved to going out: the grace, then the publish guard (observe, decide, commit)."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.canonical import post_digest
from adapters.errors import AdapterError, Refused
from adapters.events import AccountRef, LiveReaction, MessageRef
from bot import outbox
from bot.announcements import judging, preview, store, voting
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.desk import Desk, opened
from bot.encoding import dump
from bot.identity import identify, observe
from bot.leaks.findings import Severity
from bot.protocol.guard import Observation, Verdict, decide
from bot.protocol.model import APPROVERS, State, Trigger, Vote, Voter
from bot.protocol.votes import meaning
from bot.services import Moved, Services
from bot.turn import plain
from bot.wording import say
from config import logs

log = logs.get("announcements")


async def sweep(services: Services) -> bool:
    """Move on what is due: grace that is over, then announcements whose time has come. True when anything moved."""
    async with services.database.reading() as session:
        waiting = await store.in_state(session, State.APPROVED, State.SCHEDULED)
        unseen = await _unseen(session)
    moved = False
    for stored in unseen:
        with contextlib.suppress(Moved):  # edited or decided meanwhile; the next sweep looks again
            await _hold_unseen(services, stored)
            moved = True
    for row in waiting:
        try:
            moved |= await _advance(services, row)
        except Moved:
            moved = True  # somebody was quicker; the next sweep sees the new state
        except Exception as error:  # one that cannot be judged must not keep the others from going out
            log.error("loop_failed", kind=f"sweep of #{row.number}", error=type(error).__name__)
    return moved


async def _unseen(session: AsyncSession) -> list[store.Stored]:
    """Announcements in review whose preview could not be posted: nobody can approve what nobody sees."""
    found = []
    for key in await outbox.given_up(session, "preview/"):
        _, number, revision = key.split("/")
        stored = await store.load(session, int(number))
        if stored and stored.state is State.IN_REVIEW and stored.row.revision == int(revision):
            found.append(stored)
    return found


async def _hold_unseen(services: Services, stored: store.Stored) -> None:
    async with opened(services, f"unseen/{stored.number}/{stored.row.version}") as desk:
        row = await store.lock(desk.session, stored.number, stored.row.version)
        store.move(desk, row, Trigger.HOLD, reason="not_shown")
        desk.letters.tell(store.author(stored), plain(say("release.not_shown", number=stored.number)))


async def _advance(services: Services, row: AnnouncementRow) -> bool:
    now = services.clock()
    if State(row.state) is State.APPROVED:
        if now < row.changed + timedelta(seconds=services.settings.announcements.grace_seconds):
            return False
        async with opened(services, f"grace/{row.number}/{row.version}") as desk:
            store.move(desk, await store.lock(desk.session, row.number or 0, row.version), Trigger.GRACE_OVER)
        return True
    if row.due is not None and now < row.due:
        return False
    await guard(services, row.number or 0)
    return True


async def guard(services: Services, number: int) -> None:
    """Look at the live reactions and the preview, decide, and commit. Raises `Moved` when something changed."""
    async with services.database.reading() as session:
        stored = await store.load(session, number)
        ref = await outbox.ref_of(session, store.preview_key(number, stored.row.revision)) if stored else None
        facts = await voting.facts(session, services, stored) if stored else None
    if stored is None or facts is None or facts.state is not State.SCHEDULED:
        return
    seen = await _observe(services, stored, ref)
    verdict = decide(facts, voting.needed(services, stored), seen, services.clock())
    async with opened(services, f"guard/{number}/{stored.row.version}") as desk:
        row = await store.lock(desk.session, number, stored.row.version)
        if verdict.trigger is Trigger.PUBLISH:
            _permit(services, desk, row, stored)
        else:
            await _forget(desk, stored, seen)
            _stop(services, desk, row, stored, verdict, ref)


async def _forget(desk: Desk, stored: store.Stored, seen: Observation) -> None:
    """Approvals that no longer stand are noted as withdrawn, so that giving one again counts."""
    if not seen.reachable:
        return
    live = {voter.person for voter in seen.approving}
    for approval in stored.approvals:
        if f"person:{approval.person}" not in live:
            await store.withdraw(desk, stored, approval, by="")


async def _observe(services: Services, stored: store.Stored, ref: MessageRef | None) -> Observation:
    """Everything the decision needs from outside, fetched now; an unreachable platform is told as such."""
    level = max((Severity(item).rank for item in stored.severities), default=-1)
    again = judging.judge(services, stored.revision.text, stored.pictures)
    level_now = max((Severity(item["severity"]).rank for item in again.findings), default=-1)
    if again.stopped:
        level_now = Severity.CRITICAL.rank + 1
    if ref is None:
        return Observation(True, False, (), False, level_now, level)
    try:
        chat = services.chat(ref.platform)
        reactions = await chat.reactions(ref)
        shown = await chat.fetch(ref)
        approving, blocked = await _live(services, reactions, stored)
    except Refused:
        return Observation(True, False, (), False, level_now, level)
    except AdapterError:
        return Observation(False, False, (), False, level_now, level)
    equal = shown is not None and preview.digest(shown.content) == stored.revision.shown
    return Observation(True, equal, approving, blocked, level_now, level)


async def _live(
    services: Services, reactions: Sequence[LiveReaction], stored: store.Stored
) -> tuple[tuple[Voter, ...], bool]:
    """Who approves at this moment, with today's roles, and whether an eligible person objects."""
    votes = (Vote.APPROVE, Vote.REJECT, Vote.HOLD)
    gave = {approval.account: f"person:{approval.person}" for approval in stored.approvals}
    people: dict[AccountRef, Voter] = {}
    approving, blocked = [], False
    for reaction in reactions:
        vote = meaning(reaction.emoji)
        if vote not in votes:
            continue
        if reaction.account not in people:
            people[reaction.account] = await _voter(services, reaction.account, gave.get(str(reaction.account)))
        voter = people[reaction.account]
        if vote is Vote.APPROVE:
            approving.append(voter)
        elif voter.eligible_roles & APPROVERS:
            blocked = True
    return tuple(approving), blocked


async def _voter(services: Services, account: AccountRef, gave: str | None) -> Voter:
    """Whose account it is now. Whoever `gave` an approval with it and has left since stays known, without a role."""
    profile = await observe(services, account)
    async with services.database.reading() as session:
        person = await identify(session, services, account, profile)
    if person.id is None:
        return Voter(gave or person.key)
    return Voter(person.key, person.roles)


def _permit(services: Services, desk: Desk, row: AnnouncementRow, stored: store.Stored) -> None:
    """The commit of the guard: deliveries with their final bytes, keys and permits, minted now."""
    revision = stored.revision
    posts = judging.posts_for(services, stored.number, revision.text, revision.language, stored.pictures)
    due = row.due.isoformat() if row.due else None
    if judging.revision_digest(posts, due) != revision.digest:
        # The channels or the organisation's name were changed in the settings since it was approved.
        _stop(services, desk, row, stored, Verdict(Trigger.CANNOT_VERIFY, "channels_changed"), None)
        return
    for post in posts:
        desk.session.add(_delivery(services, stored, post.channel, dump(post), post_digest(post), desk.now))
    store.move(desk, row, Trigger.PUBLISH, reason="approved")


def _delivery(
    services: Services, stored: store.Stored, channel: str, post: str, digest: str, now: datetime
) -> DeliveryRow:
    name = f"{stored.number}/{stored.row.revision}/{channel}/0"
    return DeliveryRow(
        announcement=stored.number,
        revision=stored.row.revision,
        channel=channel,
        key=services.keys.pseudonym(f"delivery:{name}"),
        post=post,
        digest=digest,
        permitted=now,
    )


def _stop(
    services: Services,
    desk: Desk,
    row: AnnouncementRow,
    stored: store.Stored,
    verdict: Verdict,
    ref: MessageRef | None,
) -> None:
    store.move(desk, row, verdict.trigger, reason=verdict.reason)
    thread = ref.message if ref else None
    text = say(f"release.{verdict.reason}", number=stored.number)
    held = State(row.state) is State.HELD
    way_out = f"{text}\n{say('resume.how', number=stored.number)}" if held else text
    desk.letters.say(services.comms_room, plain(way_out), thread=thread)
    if held:
        desk.letters.tell(store.author(stored), plain(text))
