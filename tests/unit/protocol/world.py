"""The world around the real bot/protocol for the exhaustive search: people, chat, one announcement, the guard.

No rule is written here: where votes lead, what counts, what the guard decides and what the clock changes is asked of
bot/protocol. `Keeper` does only what the storing layer does with the answers: it notes votes, hands in facts, applies
triggers through the table, and every change moves the version. What must never happen stands in oracle.py.

Five people and the bot's own seeded reactions. The author (of comms) and a guest stand with ✅, the guest and the bot
with ❌ and ⏸️ too, under every preview all the time: none of these may ever count. The three others may approve.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.protocol import guard, review, timing
from bot.protocol.guard import Observation, Verdict
from bot.protocol.model import Ballot, Facts, Role, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, requirement
from bot.protocol.table import step

DUE = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
CLOCK = tuple(DUE + timedelta(minutes=late) for late in (-60, 1, 5, 20))
"""The moments at which anything happens: in time; due; due, and a grace later; past the tolerance."""
ZONE = ZoneInfo("Europe/London")
KINDS = (Vote.APPROVE, Vote.REJECT, Vote.HOLD)
APPROVE, REJECT, HOLD = range(3)
NONE, STANDS, VOID = range(3)
"""What is noted of a vote; one that was taken back is not noted."""
IN_ROLE, ENDED, SUSPENDED = range(3)


class Event(NamedTuple):
    """A reaction that was added or taken away, on its way to the bot."""

    kind: int
    added: bool


class Person(NamedTuple):
    """Somebody who may approve: what is true of them, and what the bot has noted of their votes."""

    governs: bool = False
    role: int = IN_ROLE
    live: tuple[bool, ...] = (False, False, False)  # reactions that stand under the current preview
    older: bool = False  # ✅ given under the first revision, where its preview was edited to show the second
    coming: tuple[Event, ...] = ()  # late, or lost
    noted: tuple[int, ...] = (NONE, NONE, NONE)  # reactions
    said: int = NONE  # approval by button or typed, with a reason
    wrote: bool = False  # the second revision


class Seen(NamedTuple):
    """The guard has looked and decided to publish, and has not committed yet."""

    stale: bool = False  # the version has moved since
    flaw: str = ""  # why it would be wrong to publish on it


class Core(NamedTuple):
    """The announcement, the clock and the guard."""

    state: State = State.IN_REVIEW
    reason: str = ""
    revision: int = 1
    clock: int = 0
    approved: int = 0  # when, while the grace runs
    starts: int | None = None
    seen: Seen | None = None
    tardy: bool = False  # it was not approved at its time
    taken_up: bool = False  # by a person, on hold


@dataclass(frozen=True)
class Rules:
    """What is searched: the real rules, and what the storing layer does. A shortcut puts something else here."""

    needed: Requirement = field(default_factory=lambda: requirement(1, ["medium"]))
    after_act: Callable[[Facts, Requirement, datetime], tuple[Trigger, ...]] = review.after_act
    reconcile: Callable[[Facts, Sequence[Ballot]], Facts] = review.reconcile
    looks_after_restart: bool = True
    edits_previews: bool = False
    editor_contributes: bool = True
    rescans: bool = True
    roles_of_now: bool = True
    compares: bool = True  # the version, in the guard's commit


AUTHOR = Voter("author", frozenset({Role.STAFF, Role.COMMS}))
BYSTANDERS = (Voter("account:web:guest"), Voter("account:web:bot"))
ROLES = {False: frozenset({Role.STAFF, Role.COMMS}), True: frozenset({Role.STAFF, Role.INFORMATION_GOVERNANCE})}
CERTAIN = (
    Ballot(AUTHOR, Vote.APPROVE, "", account="author"),
    *[Ballot(one, kind, "", account=one.person) for one in BYSTANDERS for kind in KINDS],
)
"""Reactions that stand under every preview."""
REASONS = {Trigger.LOST_COVER: "lost_approver", Trigger.LATE: "late"}
OBJECTIONS = frozenset({Trigger.REJECT, Trigger.HOLD, Trigger.REQUEST_CHANGES})
People = tuple[Person, ...]


def voter(place: int, person: Person, rules: Rules) -> Voter:
    """Somebody as they are today."""
    holds = person.role == IN_ROLE or not rules.roles_of_now
    return Voter(f"person:{place}", ROLES[person.governs] if holds else frozenset())


@cache
def _ballots(digest: str, place: int, person: Person, rules: Rules) -> tuple[Ballot, ...]:
    """What is noted of somebody's votes on the current revision."""
    given = Ballot(
        voter(place, person, rules), Vote.APPROVE, digest, account=f"web:{place}", reasoned=True, proven=True
    )
    noted = [(kind, Source.REACTION, one) for kind, one in zip(KINDS, person.noted, strict=True)]
    noted += [(Vote.APPROVE, Source.TYPED, person.said), (Vote.ACKNOWLEDGE, Source.TYPED, person.said)]
    return tuple(
        replace(given, vote=kind, source=source, withdrawn=one == VOID, void=one == VOID)
        for kind, source, one in noted
        if one != NONE
    )


@cache
def _reactions(digest: str, place: int, person: Person, rules: Rules) -> tuple[Ballot, ...]:
    """The reactions of somebody's that stand live, with the roles of now."""
    given = Ballot(
        voter(place, person, rules), Vote.APPROVE, digest, account=f"web:{place}", reasoned=True, proven=True
    )
    live = (person.live[APPROVE] or person.older, *person.live[1:])
    return tuple(replace(given, vote=kind) for kind, stands in zip(KINDS, live, strict=True) if stands)


@cache
def _certain(digest: str) -> tuple[Ballot, ...]:
    return tuple(replace(one, digest=digest) for one in CERTAIN)


def facts(core: Core, people: People, rules: Rules) -> Facts:
    """What the storing layer hands to every decision."""
    digest = f"r{core.revision}"
    editors = [f"person:{place}" for place, one in enumerate(people) if one.wrote and rules.editor_contributes]
    return Facts(
        number=12,
        revision=core.revision,
        state=core.state,
        version=1,
        digest=digest,
        contributors=frozenset((AUTHOR.person, *editors)),
        changed=CLOCK[core.approved],
        reason=core.reason,
        due=DUE,
        starts=None if core.starts is None else CLOCK[core.starts],
        ballots=tuple(
            chain.from_iterable([_ballots(digest, place, _bare(one), rules) for place, one in enumerate(people)])
        ),
    )


def observed(core: Core, people: People, rules: Rules) -> list[Ballot]:
    """The reactions that stand live under the current preview, with the roles of now."""
    digest = f"r{core.revision}"
    return [
        *_certain(digest),
        *chain.from_iterable([_reactions(digest, place, _bare(one), rules) for place, one in enumerate(people)]),
    ]


def _bare(person: Person) -> Person:
    """Somebody without what the bot cannot know: the events that are on their way."""
    return person._replace(coming=()) if person.coming else person


def move(core: Core, trigger: Trigger, reason: str = "") -> Core:
    """One trigger, through the table."""
    state = step(core.state, trigger)
    starts = core.starts
    if trigger is Trigger.APPROVE and core.clock:
        starts = core.clock  # approved after its time, which only what was taken up again can be
    approved = core.clock if state is State.APPROVED else 0
    return core._replace(state=state, reason=reason, approved=approved, starts=starts)


class Keeper:
    """What the storing layer does with the answers of the rules."""

    def __init__(self, rules: Rules) -> None:
        """Answers are remembered: the rules are pure."""
        self.rules = rules
        self._triggers: dict[object, tuple[Trigger, ...]] = {}
        self._rulings: dict[object, str] = {}
        self._marks: dict[object, list[tuple[tuple[int, ...], int]]] = {}
        self._ticks: dict[object, Trigger | None] = {}

    def settle(self, core: Core, people: People, told: str = "") -> Core:
        """After every change: the version moves, and the votes are followed. `told`: what speaks against going out."""
        if core.seen is not None:
            core = core._replace(seen=Seen(stale=True, flaw=core.seen.flaw or told))
        votes = tuple([(one.governs, one.role, one.noted, one.said, one.wrote) for one in people])
        key = (core.state, core.reason, core.revision, core.clock, core.starts, votes)
        triggers = self._triggers.get(key)
        if triggers is None:
            known = facts(core, people, self.rules)
            triggers = self._triggers[key] = self.rules.after_act(known, self.rules.needed, CLOCK[core.clock])
        for trigger in triggers:
            core = move(core, trigger, review.ASKED if trigger in OBJECTIONS else REASONS.get(trigger, ""))
        return core

    def ruling(self, core: Core, person: Person, kind: int, revision: int) -> str:
        """Why somebody's vote does not count; empty when it does."""
        key = (core.state, core.reason, core.revision, person.governs, person.role, person.wrote, kind, revision)
        if key not in self._rulings:
            known = facts(core, (person,), self.rules)
            self._rulings[key] = review.ruling(known, voter(0, person, self.rules), KINDS[kind], revision)
        return self._rulings[key]

    def hear(self, core: Core, people: People, place: int, event: Event) -> tuple[Core, People]:
        """An event that came from chat."""
        return (self._added if event.added else self._removed)(core, people, place, event.kind)

    def _added(self, core: Core, people: People, place: int, kind: int) -> tuple[Core, People]:
        person = people[place]
        if person.noted[kind] == STANDS or self.ruling(core, person, kind, core.revision):
            return core, people
        noted = (*person.noted[:kind], STANDS, *person.noted[kind + 1 :])
        people = put(people, place, person._replace(noted=noted))
        return self.settle(core, people, "" if kind == APPROVE else "an objection was heard after the look"), people

    def _removed(self, core: Core, people: People, place: int, kind: int) -> tuple[Core, People]:
        """Whoever removed it: what no longer stands is withdrawn."""
        if core.state not in review.UNDER_REVIEW | {State.PUBLISHING}:
            return core, people
        after = tuple(
            [
                one._replace(noted=(*one.noted[:kind], NONE, *one.noted[kind + 1 :]))
                if one.noted[kind] in {STANDS, VOID} and not one.live[kind] and not (one.older and kind == APPROVE)
                else one
                for one in people
            ]
        )
        if after == people:
            return core, people
        return self.settle(core, after, "a withdrawal was heard after the look" if kind == APPROVE else ""), after

    def say_yes(self, core: Core, people: People, place: int) -> tuple[Core, People]:
        """An approval by button or typed."""
        if self.ruling(core, people[place], APPROVE, core.revision):
            return core, people
        people = put(people, place, people[place]._replace(said=STANDS))
        return self.settle(core, people), people

    def take_back(self, core: Core, people: People, place: int) -> tuple[Core, People]:
        """`withdraw #n`: everything this person has said stands no longer, by whatever route."""
        if not review.is_heard(facts(core, (), self.rules)):
            return core, people
        people = put(people, place, _void(people[place]))
        return self.settle(core, people, "a withdrawal was heard after the look"), people

    def suspend(self, core: Core, people: People, place: int) -> tuple[Core, People]:
        """Somebody holds no role any more, and their votes are void at once."""
        person = people[place]
        people = put(people, place, _void(person)._replace(role=SUSPENDED))
        if STANDS not in (*person.noted, person.said):
            return core, people
        return self.settle(core, people, "somebody was suspended after the look"), people

    def edit(self, core: Core, people: People, editor: int | None) -> tuple[Core, People]:
        """A second revision, with a preview of its own."""
        core = move(move(core, Trigger.EDIT), Trigger.CLEAR)
        if core.seen is not None:
            core = core._replace(seen=Seen(stale=True, flaw=core.seen.flaw or "it was edited after the look"))
        keeps = self.rules.edits_previews
        fresh = [
            Person(one.governs, one.role, older=keeps and one.live[APPROVE], wrote=place == editor)
            for place, one in enumerate(people)
        ]
        return core._replace(revision=2, starts=None), tuple(fresh)

    def tick(self, core: Core) -> Core:
        """What the clock alone changes."""
        while True:
            key = (core.state, core.clock, core.approved, core.starts)
            if key not in self._ticks:
                self._ticks[key] = timing.ticked(facts(core, (), self.rules), CLOCK[core.clock], ZONE)
            trigger = self._ticks[key]
            if trigger is None:
                return core
            core = move(core, trigger, REASONS.get(trigger, ""))

    def reconcile(self, core: Core, people: People) -> tuple[Core, People]:
        """All reactions looked at; what is noted of them is replaced."""
        if not review.is_heard(facts(core, (), self.rules)) or core.state is State.PUBLISHING:
            return core, people
        after = self._renoted(core, people)
        if [_standing(one) for one in after] == [_standing(one) for one in people]:
            return core, people
        return self.settle(core, after, "another state of the votes was noted after the look"), after

    def _renoted(self, core: Core, people: People) -> People:
        key = (core.revision, tuple([_bare(one) for one in people]))
        marks = self._marks.get(key)
        if marks is None:
            known = self.rules.reconcile(facts(core, people, self.rules), observed(core, people, self.rules)).ballots
            noted = {(one.account, one.source, one.vote): one for one in known}
            marks = self._marks[key] = [_marks(place, one, noted) for place, one in enumerate(people)]
        return tuple([one._replace(noted=mark[0], said=mark[1]) for one, mark in zip(people, marks, strict=True)])

    def look(self, core: Core, people: People, *, graver: bool = False) -> tuple[Core, People, Verdict | None]:
        """The sweep: what the clock changes, then, if it is due, the guard looks and decides; a stop is committed.

        `graver`: today's rules find more than what was approved.
        """
        core = self.tick(core)
        now = CLOCK[core.clock]
        if not timing.is_due(facts(core, (), self.rules), now):
            return core, people, None
        known = facts(core, people, self.rules)
        level = int(graver and self.rules.rescans)
        seen = Observation(1, True, True, tuple(observed(core, people, self.rules)), level, 0)
        verdict = guard.decide(known, self.rules.needed, seen, now)
        if verdict.trigger is Trigger.PUBLISH:
            return core, people, verdict
        people = self._renoted(core, people)
        reason = "" if verdict.trigger is Trigger.WITHDRAW else verdict.reason
        return move(core._replace(seen=None), verdict.trigger, reason), people, verdict

    def commit(self, core: Core) -> Core:
        """The guard's compare-and-set; a version that has moved starts it again."""
        seen, core = core.seen, core._replace(seen=None)
        if seen is None or (seen.stale and self.rules.compares) or core.state is not State.SCHEDULED:
            return core
        return move(core, Trigger.PUBLISH, "approved")

    def resume(self, core: Core, people: People) -> Core:
        """Somebody takes up again what is on hold; what must be shown anew is left out here."""
        trigger = review.resumption(facts(core, people, self.rules), self.rules.needed)
        if trigger is None:
            return core
        moved = move(core, trigger)._replace(taken_up=True, tardy=False)
        return moved._replace(starts=core.clock if core.clock else core.starts)


def put(people: People, place: int, person: Person) -> People:
    """The same people, one of them changed."""
    return (*people[:place], person, *people[place + 1 :])


def _void(person: Person) -> Person:
    noted = tuple([VOID if one == STANDS else one for one in person.noted])
    return person._replace(noted=noted, said=VOID if person.said == STANDS else person.said)


def _standing(person: Person) -> tuple[object, ...]:
    return (*[one in {STANDS, VOID} for one in person.noted], person.said)


def _marks(place: int, person: Person, noted: dict[tuple[str, Source, Vote], Ballot]) -> tuple[tuple[int, ...], int]:
    """What stands in `noted` of one person: reactions, and the approval by word."""
    ballots = [noted.get((f"web:{place}", Source.REACTION, kind)) for kind in KINDS]
    reactions = tuple(NONE if one is None else VOID if one.void else STANDS for one in ballots)
    return reactions, person.said if (f"web:{place}", Source.TYPED, Vote.APPROVE) in noted else NONE
