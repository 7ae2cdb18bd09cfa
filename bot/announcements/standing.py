"""The votes on an announcement as they stand, and what follows from them: kept, taken away, acted upon, told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.events import AccountRef, MessageRef, RoomRef
from bot import outbox
from bot.access import roles_of
from bot.announcements import holders, holding, preview, store, times
from bot.announcements.tables import AnnouncementRow, DeliveryRow, VoteRow
from bot.audit import Entry
from bot.desk import Desk
from bot.identity import Person, is_here
from bot.protocol import review
from bot.protocol.model import Ballot, Facts, Role, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, counting, missing, proven, requirement
from bot.protocol.table import OUT, WAITING
from bot.protocol.timing import is_out_of_hours
from bot.services import Services
from bot.turn import plain
from bot.wording import say


@dataclass(frozen=True, slots=True)
class Act:
    """Who made something happen, for the evidence and for what people are told; nobody: the bot itself saw it."""

    key: str = ""
    name: str = ""

    @property
    def who(self) -> str:
        """The name as a sentence begins with it."""
        return self.name or say("vote.somebody")


def act_of(person: Person) -> Act:
    """Somebody's act."""
    return Act(person.key, person.name)


def needed(services: Services, stored: store.Stored) -> Requirement:
    """What the current revision needs."""
    approvals = services.settings.announcements.approvals
    late = is_out_of_hours(stored.row.due, services.zone)
    return requirement(approvals, stored.severities, out_of_hours=late)


async def facts(session: AsyncSession, services: Services, stored: store.Stored) -> Facts:
    """The announcement as the protocol sees it, each voter with the roles held now."""
    ballots = [await _ballot(session, services, vote) for vote in stored.votes]
    return replace(
        store.clock_facts(services, stored.row),
        digest=stored.revision.digest,
        contributors=frozenset(f"person:{person}" for person in stored.contributors),
        ballots=tuple(ballots),
        begun=stored.state is State.PUBLISHING and await _is_begun(session, stored.number),
        paused=await store.is_paused(session),
    )


async def _ballot(session: AsyncSession, services: Services, vote: VoteRow) -> Ballot:
    return Ballot(
        Voter(f"person:{vote.person}", await _roles_now(session, services, vote)),
        Vote(vote.kind),
        vote.digest,
        Source(vote.source),
        vote.account,
        withdrawn=vote.withdrawn is not None,
        void=vote.void,
        reasoned=vote.reasoned,
        proven=vote.proven,
    )


async def _roles_now(session: AsyncSession, services: Services, vote: VoteRow) -> frozenset[Role]:
    """The roles that whoever voted holds now: none once the person has left."""
    now = services.clock()
    here = await is_here(session, vote.person, now.astimezone(services.zone).date())
    return await roles_of(session, vote.person, now) if here else frozenset()


async def _is_begun(session: AsyncSession, number: int) -> bool:
    query = select(col(DeliveryRow.id)).where(col(DeliveryRow.announcement) == number)
    tried = query.where((col(DeliveryRow.attempts) > 0) | (col(DeliveryRow.state) != "pending"))
    return (await session.execute(tried.limit(1))).first() is not None


async def note(desk: Desk, stored: store.Stored, vote: VoteRow, name: str) -> bool:
    """Keep a vote that was given; False when it stood already. `vote` is not yet in the session."""
    kind = "approval" if vote.kind == Vote.APPROVE.value else "vote"
    known = next((one for one in stored.votes if _same(one, vote)), None)
    row = await desk.session.get(VoteRow, known.id) if known else None
    if row is None:
        desk.session.add(vote)
    elif row.withdrawn is None and row.reasoned >= vote.reasoned and row.proven >= vote.proven:
        return False
    else:
        stood = row.withdrawn is None
        row.reasoned, row.proven = vote.reasoned or (stood and row.reasoned), vote.proven or (stood and row.proven)
        row.withdrawn, row.withdrawn_by, row.void, row.received = None, None, False, vote.received
        row.message = vote.message
    await desk.session.flush()
    details: dict[str, str | int | None] = {
        "revision": vote.revision,
        "digest": vote.digest[:16],
        "source": vote.source,
        "vote": vote.kind,
        "ballot": vote.id if row is None else row.id,
    }
    desk.record(Entry(kind, stored.subject, f"person:{vote.person}", details, {"who": name} if name else {}))
    return True


async def receipt(
    desk: Desk, stored: store.Stored, person: int, account: AccountRef, lines: Sequence[str] = ()
) -> None:
    """Tell an approver privately, on every account they have: whoever did not approve finds out at once."""
    number, revision = stored.number, stored.row.revision
    text = "\n".join([say("vote.receipt", number=number, revision=revision), *lines])
    accounts = {account, *await holders.accounts(desk.session, desk.services, person)}
    for one in sorted(accounts, key=str):
        desk.letters.tell(one, preview.receipt(number, revision, text))


def _same(one: VoteRow, other: VoteRow) -> bool:
    return (one.kind, one.source, one.account) == (other.kind, other.source, other.account)


async def withdraw(desk: Desk, number: int, vote: VoteRow, act: Act, *, void: bool = False) -> None:
    """Note that a vote stands no longer, with its evidence under whoever gave it."""
    row = await desk.session.get(VoteRow, vote.id)
    if row is None or row.withdrawn is not None:
        return
    row.withdrawn, row.withdrawn_by, row.void = desk.now, act.key, void
    giver = f"person:{vote.person}"
    details: dict[str, str | int | None] = {
        "revision": vote.revision,
        "by": "giver" if act.key == giver else "other",
        "vote": vote.kind,
        "ballot": row.id,
    }
    shown = {"who" if act.key == giver else "removed_by": act.name} if act.name else {}
    action = "approval_withdrawn" if vote.kind == Vote.APPROVE.value else "vote_withdrawn"
    desk.record(Entry(action, f"announcement:{number}", giver, details, shown))
    await desk.session.flush()


async def settle(desk: Desk, row: AnnouncementRow, act: Act, *, quiet: bool = False) -> tuple[Trigger, ...]:
    """Bring an announcement, held for this commit, to where its votes say, and tell; the triggers that it took.

    An approval that comes when the time asked for has passed never publishes: the announcement is held as late.
    """
    number = row.number or 0
    row.version += 1
    stored = await store.load(desk.session, number)
    if stored is None:
        return ()
    if stored.state is State.PUBLISHING:
        await holding.locked(desk.session, number)  # no worker may begin what is about to be taken back
    now = await facts(desk.session, desk.services, stored)
    want = needed(desk.services, stored)
    triggers = review.after_act(now, want, desk.now)
    for trigger in triggers:
        await _apply(desk, stored, trigger, act)
    if not triggers and stored.state is State.IN_REVIEW:
        needs = still_needed(now, want)
        if not quiet:
            await tell(desk, stored, say("vote.counted", number=number, who=act.who, needs=needs))
        elif not missing(want, counting(now, want)):
            await tell(desk, stored, needs)  # the people are there, and wait for something that only they can do
    return triggers


def still_needed(now: Facts, want: Requirement) -> str:
    """Who or what an announcement under review still waits for; empty when for nothing."""
    open_slots = missing(want, counting(now, want))
    if open_slots or proven(want, now):
        return preview.needs_line(open_slots)
    return say("preview.needs_proof", number=now.number)


def plainly(reason: str, number: int) -> str:
    """Why something is on hold, and how it is taken up again."""
    return f"{say(f'release.{reason}', number=number)}\n{say('resume.how', number=number)}"


_REASONS = {Trigger.LOST_COVER: "lost_approver", Trigger.LATE: "late"}
_ASKED = {Trigger.REJECT: "vote.rejected", Trigger.HOLD: "vote.held", Trigger.REQUEST_CHANGES: "vote.changes"}


async def _apply(desk: Desk, stored: store.Stored, trigger: Trigger, act: Act) -> None:
    row, number = stored.row, stored.number
    if trigger is Trigger.TAKE_BACK:
        # No channel was asked yet: these rows promise what nobody wants any more.
        await desk.session.execute(delete(DeliveryRow).where(col(DeliveryRow.announcement) == number))
    asked = review.ASKED if trigger in _ASKED else ""
    store.move(desk, row, trigger, by=act.key, reason=_REASONS.get(trigger, asked), note=act.name)
    if trigger is Trigger.APPROVE:
        # After its time it goes only because a person took it up again.
        row.starts = desk.now if row.due is not None and row.due < desk.now else None
        await tell(desk, stored, approved_line(desk.services, row, act))
    elif trigger in _ASKED:
        await _tell_objection(desk, stored, _ASKED[trigger], act)
    elif trigger in _REASONS:
        await tell(desk, stored, plainly(_REASONS[trigger], number))
        desk.letters.tell(store.author(stored), plain(say(f"release.{_REASONS[trigger]}", number=number)))
    else:
        await tell(desk, stored, say(_QUIET[trigger], number=number, who=act.who))


_QUIET = {
    Trigger.WITHDRAW: "vote.withdrawn",
    Trigger.RECONSIDER: "vote.reconsidered",
    Trigger.TAKE_BACK: "vote.taken_back",
}


def approved_line(services: Services, row: AnnouncementRow, act: Act) -> str:
    """That it is approved, and when it goes out."""
    number = row.number or 0
    if row.starts is None and row.due is not None:
        when = times.in_full(row.due, row.until, services.zone)
        return say("vote.approved_for", number=number, who=act.who, when=when)
    seconds = services.settings.announcements.grace_seconds
    code = "vote.approved" if round(seconds) else "vote.approved_now"
    return say(code, number=number, who=act.who, grace=preview.lasting(seconds))


async def _tell_objection(desk: Desk, stored: store.Stored, code: str, act: Act) -> None:
    lines = [say(code, number=stored.number, who=act.who)]
    if code == "vote.held":
        lines.append(say("resume.how", number=stored.number))
    await tell(desk, stored, "\n".join(lines))
    desk.letters.tell(store.author(stored), plain(say(f"{code}_author", number=stored.number, who=act.who)))


async def forged(desk: Desk, row: AnnouncementRow, act: Act) -> None:
    """Somebody says that an approval in their name was not theirs: hold what can be held, and say so where it shows."""
    number = row.number or 0
    row.version += 1
    stored = await store.load(desk.session, number)
    if stored is None:
        return
    if stored.state is State.PUBLISHING:
        await holding.locked(desk.session, number)
        if not await _is_begun(desk.session, number):
            await _apply(desk, stored, Trigger.TAKE_BACK, act)
    if State(row.state) in WAITING:
        store.move(desk, row, Trigger.HOLD, by=act.key, reason="not_me", note=act.name)
        desk.letters.tell(store.author(stored), plain(say("release.not_me", number=number)))
        await tell(desk, stored, plainly("not_me", number))
    else:
        code = "vote.not_me_out" if State(row.state) in OUT else "vote.not_me_told"
        await tell(desk, stored, say(code, number=number, who=act.who))
    await _warn_admins(desk, number, act)


async def _warn_admins(desk: Desk, number: int, act: Act) -> None:
    """Admins look into it: somebody has an account that is not theirs, or rules over the platform it is on."""
    text = say("guarding.forged", number=number, who=act.who)
    for admin in await holders.holders(desk.session, desk.services, {Role.ADMIN}):
        if f"person:{admin}" == act.key:
            continue
        for account in await holders.accounts(desk.session, desk.services, admin):
            desk.letters.tell(account, plain(text))


async def places(session: AsyncSession, services: Services, stored: store.Stored) -> list[tuple[RoomRef, str | None]]:
    """Where people follow an announcement: each room with a preview of it and the thread under that; comms if none."""
    keys = store.preview_keys(stored.number, stored.row.revision)
    found: list[tuple[RoomRef, str | None]] = [
        (RoomRef(one.platform, one.room), one.message) for one in await outbox.sent_under(session, keys)
    ]
    return found or [(services.comms_room, None)]


async def tell(desk: Desk, stored: store.Stored, text: str) -> None:
    """Tell everybody who can see the preview, in the thread under it."""
    for room, thread in await places(desk.session, desk.services, stored):
        desk.letters.say(room, plain(text), thread=thread)


async def previews(session: AsyncSession, stored: store.Stored) -> list[MessageRef]:
    """The previews of the current revision that stand in chat."""
    return await outbox.sent_under(session, store.preview_keys(stored.number, stored.row.revision))


async def open_votes(session: AsyncSession, person: int) -> Sequence[int]:
    """The announcements not yet out on which somebody's vote stands."""
    waiting = [state.value for state in review.UNDER_REVIEW | {State.PUBLISHING}]
    query = (
        select(col(VoteRow.announcement))
        .join(AnnouncementRow, col(AnnouncementRow.number) == col(VoteRow.announcement))
        .where(
            col(VoteRow.person) == person,
            col(VoteRow.withdrawn).is_(None),
            col(VoteRow.revision) == col(AnnouncementRow.revision),
            col(AnnouncementRow.state).in_(waiting),
        )
        .distinct()
        .order_by(col(VoteRow.announcement))
    )
    return (await session.execute(query)).scalars().all()


async def void_votes(desk: Desk, person: int, act: Act) -> list[int]:
    """Make somebody's standing votes void, in the commit that suspends them; the announcements that were touched.

    What loses an approval it needs goes on hold; seeing the reaction still standing revives nothing.
    """
    touched = list(await open_votes(desk.session, person))
    for number in touched:
        row = await desk.session.get(AnnouncementRow, number, with_for_update=True)
        stored = await store.load(desk.session, number)
        if row is None or stored is None:
            continue
        for vote in stored.votes:
            if vote.person == person:
                await withdraw(desk, number, vote, act, void=True)
        await settle(desk, row, act, quiet=True)
    return touched
