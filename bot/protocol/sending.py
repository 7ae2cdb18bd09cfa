"""Every decision of the delivery engine, pure (PROTOCOL section 5): visible once, and what is unclear asks a person.

A delivery is one part of one announcement on one channel. The engine calls the channel; what it then does stands here.
Two clocks are kept apart: what people agreed (permits, leave, lateness) goes by the product's, leases and waits by the
database's, which all workers share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.protocol.model import State, Trigger


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    NEEDS_HUMAN = "needs_human"
    ASKED = "asked"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REMAINS = "remains"


class Happening(StrEnum):
    """What may happen to a delivery."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    TOO_LATE = "too_late"
    UNCLEAR = "unclear"
    LOST = "lost"
    FOUND = "found"
    ABSENT = "absent"
    LOOK_AGAIN = "look_again"
    CANNOT_TELL = "cannot_tell"
    SAID_THERE = "said_there"
    SAID_ABSENT = "said_absent"
    SAID_ABSENT_LATE = "said_absent_late"
    RETRIED = "retried"
    ASKED_ANEW = "asked_anew"
    STOPPED = "stopped"
    NOT_WANTED = "not_wanted"
    HANDED_OVER = "handed_over"
    DONE = "done"
    CANNOT = "cannot"
    GONE = "gone"
    STUCK = "stuck"
    AWAY = "away"
    RECALLED_ANEW = "recalled_anew"


class NoSuchMove(Exception):
    """The happening means nothing in that state; `state` and `happening` say which."""

    def __init__(self, state: DeliveryState, happening: Happening) -> None:
        """Keep both."""
        super().__init__(f"{happening} is not possible in {state}")
        self.state, self.happening = state, happening


@dataclass(frozen=True, slots=True)
class Move:
    """From any of `sources`, `happening` leads to `target`; `when` says it in words."""

    sources: frozenset[DeliveryState]
    happening: Happening
    target: DeliveryState
    when: str


D, H = DeliveryState, Happening


def _move(sources: Iterable[DeliveryState], happening: Happening, target: DeliveryState, when: str) -> Move:
    return Move(frozenset(sources), happening, target, when)


MOVES: tuple[Move, ...] = (
    _move({D.PENDING}, H.CLAIMED, D.SENDING, "a worker holds it; nothing is paused, all lower parts are out"),
    _move({D.SENDING}, H.ACCEPTED, D.SENT, "the channel said that it is out"),
    _move({D.SENDING}, H.REFUSED, D.FAILED, "the channel said no, or is gone from the settings"),
    _move({D.SENDING}, H.NOT_DONE, D.PENDING, "nothing was done there; again after a wait, within the tolerance"),
    _move({D.PENDING, D.SENDING}, H.TOO_LATE, D.FAILED, "it could not begin within its tolerance"),
    _move({D.SENDING}, H.UNCLEAR, D.UNSURE, "the answer was lost or says nothing certain"),
    _move({D.SENDING}, H.LOST, D.UNSURE, "its worker's lease ended, or its process"),
    _move({D.UNSURE}, H.FOUND, D.SENT, "looked up, and there"),
    _move({D.UNSURE}, H.ABSENT, D.PENDING, "looked up, not there, and it may be sent (again)"),
    _move({D.UNSURE}, H.LOOK_AGAIN, D.UNSURE, "could not be looked up now; again after a wait"),
    _move({D.UNSURE}, H.CANNOT_TELL, D.NEEDS_HUMAN, "the channel cannot tell, or not in time"),
    _move({D.NEEDS_HUMAN}, H.SAID_THERE, D.SENT, "a person looked: it is there"),
    _move({D.NEEDS_HUMAN}, H.SAID_ABSENT, D.UNSURE, "a person looked: it is not there; looked up once more, then sent"),
    _move({D.NEEDS_HUMAN}, H.SAID_ABSENT_LATE, D.FAILED, "the same, a day or more after its permit"),
    _move({D.FAILED, D.CANCELLED}, H.RETRIED, D.UNSURE, "🔁 by a person, within a day; looked up first, then sent"),
    _move({D.FAILED, D.CANCELLED}, H.ASKED_ANEW, D.PENDING, "🔁, of a part that a person posts"),
    _move({D.PENDING}, H.STOPPED, D.CANCELLED, "an earlier part failed"),
    _move({D.PENDING, D.SENDING, D.UNSURE, D.ASKED}, H.NOT_WANTED, D.CANCELLED, "recalled, and not there"),
    _move({D.PENDING}, H.HANDED_OVER, D.ASKED, "a person has been given the exact text and pictures"),
    _move({D.ASKED, D.FAILED}, H.DONE, D.SENT, "the person answered with its address"),
    _move({D.CANCELLED}, H.DONE, D.REMAINS, "the same, when it had been recalled meanwhile"),
    _move({D.PENDING, D.ASKED}, H.CANNOT, D.FAILED, "the person cannot, or nobody is named to ask"),
    _move({D.SENT, D.REMAINS}, H.GONE, D.WITHDRAWN, "recalled, taken down and not found any more, or a person said so"),
    _move({D.SENT, D.UNSURE, D.NEEDS_HUMAN}, H.STUCK, D.REMAINS, "recalled, and still there or nobody can tell"),
    _move({D.SENT}, H.AWAY, D.SENT, "recalled, but the channel is away; again after a wait, within the tolerance"),
    _move({D.REMAINS}, H.RECALLED_ANEW, D.SENT, "🔁 after a recall that left it there"),
)


def after(state: DeliveryState, happening: Happening, moves: Iterable[Move] = MOVES) -> DeliveryState:
    """The state that follows. Raises `NoSuchMove`."""
    for move in moves:
        if state in move.sources and move.happening is happening:
            return move.target
    raise NoSuchMove(state, happening)


def as_markdown() -> str:
    """The table as the documentation shows it."""
    lines = ["| from | event | to | when |", "| --- | --- | --- | --- |"]
    for move in MOVES:
        sources = ", ".join(sorted(state.value for state in move.sources))
        lines.append(f"| {sources} | {move.happening.value} | {move.target.value} | {move.when} |")
    return "\n".join(lines) + "\n"


class Promise(StrEnum):
    """What a channel promises about a repeated write; the values are those of `adapters.ports.Guarantee`."""

    IDEMPOTENT = "idempotent"
    KEYED_READBACK = "keyed+readback"
    READBACK = "readback"


class Answer(StrEnum):
    """How the one visible write ended; `NOT_BEGUN`: it came to none, as its time or its lease had run out."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    NOT_BEGUN = "not_begun"
    UNKNOWN = "unknown"


class Look(StrEnum):
    """What a look-up under the key showed."""

    FOUND = "found"
    ABSENT = "absent"
    FAILED = "failed"


class Removal(StrEnum):
    """How taking a post down ended."""

    GONE = "gone"
    STILL_THERE = "still_there"
    REFUSED = "refused"
    AWAY = "away"


RETRY_AFTER = timedelta(seconds=30)
"""Wait before trying a channel again that was away and named no time."""

RETRY_WITHIN = timedelta(hours=24)
"""How long after its permit a delivery may be sent on a person's word alone (PROTOCOL section 2)."""

ASK_AGAIN = {
    D.NEEDS_HUMAN: timedelta(hours=4),
    D.ASKED: timedelta(days=1),
    D.REMAINS: timedelta(days=1),
}
"""How long a question to people may stay unanswered before it is put again."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of the settings."""

    lease: timedelta
    settle: timedelta
    tolerance: timedelta

    @property
    def write_time_out(self) -> timedelta:
        """How long the visible write may take: half a lease, so that the other half is for everything before it."""
        return self.lease / 2

    def may_write(self, held: timedelta) -> bool:
        """Whether the visible write may still begin so long after its claim: it ends before the lease does."""
        return held <= self.lease - self.write_time_out


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a delivery when something is decided about it.

    `permitted` is the guard's commit, `leave` when a person let it begin later than that, `tried` whether it was tried
    since. `wanted` is when the announcement came to stand where it stands, `recalled` whether it is being taken back.
    `key_life`: how long the channel knows a key (None: for ever). `earlier`: the words are from before a backup was put
    back, so they may have been sent under this key nobody knows when.
    """

    promise: Promise
    permitted: datetime
    wanted: datetime
    leave: datetime | None = None
    tried: bool = True
    recalled: bool = False
    key_life: timedelta | None = None
    earlier: bool = False

    @property
    def since(self) -> datetime:
        """The moment from which lateness is counted."""
        return self.wanted if self.recalled else max(self.permitted, self.leave or self.permitted)

    @property
    def vouched(self) -> bool:
        """Whether a person said that it is not there, or failed for certain, and nothing was tried since."""
        return self.leave is not None and not self.tried

    def key_lives(self, now: datetime) -> bool:
        """Whether the channel still knows what was sent under the key."""
        return self.key_life is None or now < self.since + self.key_life


@dataclass(frozen=True, slots=True)
class Next:
    """What follows: the move, a code that says why (for people), and how long to wait before the next try."""

    happening: Happening
    error: str | None = None
    wait: timedelta | None = None


def is_late(standing: Standing, now: datetime, rules: Rules, wait: timedelta = timedelta(0)) -> bool:
    """Whether, after a wait, nothing may go on by itself any more: then a person decides."""
    return now + wait > standing.since + rules.tolerance


def settled(last_try: datetime, rules: Rules) -> datetime:
    """When what was tried last is either there or never will be: not looked up before.

    Counted from the claim, as a write may begin late in its lease and a dead worker's request may still be on its way.
    """
    return last_try + rules.lease + rules.settle


def before_write(standing: Standing, now: datetime, rules: Rules, *, repeat: bool) -> Next | None:
    """Why a claimed delivery is not written after all; None when it is. `repeat`: it was claimed before."""
    if is_late(standing, now, rules):
        return Next(H.TOO_LATE, "missed")
    if repeat and standing.promise is Promise.KEYED_READBACK and not standing.key_lives(now):
        return Next(H.UNCLEAR, "unknown")  # the channel may have forgotten the key: look first
    return None


def after_write(
    answer: Answer,
    standing: Standing,
    now: datetime,
    rules: Rules,
    *,
    wait: timedelta | None = None,
    error: str | None = None,
) -> Next:
    """What an answer to the visible write means. `wait` is what the channel asked for, `error` its code."""
    if answer is Answer.ACCEPTED:
        return Next(H.ACCEPTED)
    if answer is Answer.REFUSED:
        return Next(H.REFUSED, error)
    if answer is Answer.UNKNOWN:
        return Next(H.UNCLEAR, "unknown")
    if standing.recalled:
        return Next(H.NOT_WANTED)
    again = RETRY_AFTER if wait is None else wait
    if is_late(standing, now, rules, again):
        return Next(H.TOO_LATE, "away")
    return Next(H.NOT_DONE, error, again)


def after_look(look: Look, standing: Standing, now: datetime, rules: Rules) -> Next:
    """What a look-up of something unsure means."""
    if look is Look.FOUND:
        return Next(H.FOUND)
    unclear = Next(H.STUCK if standing.recalled else H.CANNOT_TELL, "cannot_tell")
    late = is_late(standing, now, rules)
    if look is Look.FAILED:
        return unclear if late else Next(H.LOOK_AGAIN, "unknown", RETRY_AFTER)
    if standing.recalled:
        # Without a key something accepted later still could turn up; with one, it is looked at once and for all.
        return unclear if standing.promise is Promise.READBACK else Next(H.NOT_WANTED)
    return Next(H.ABSENT) if not late and _may_repeat(standing, now) else unclear


def _may_repeat(standing: Standing, now: datetime) -> bool:
    """Whether something not found may be sent: by the channel's promise, or on a person's word."""
    if standing.vouched or standing.promise is Promise.IDEMPOTENT:
        return True
    return standing.promise is Promise.KEYED_READBACK and standing.key_lives(now) and not standing.earlier


def after_removal(removal: Removal, standing: Standing, now: datetime, rules: Rules) -> Next:
    """What an attempt to take a post down means."""
    if removal is Removal.GONE:
        return Next(H.GONE)
    if removal is Removal.AWAY and not is_late(standing, now, rules):
        return Next(H.AWAY, "away", RETRY_AFTER)
    return Next(H.STUCK, removal.value)


ON_RECALL: dict[DeliveryState, Happening] = {
    D.PENDING: H.NOT_WANTED,
    D.ASKED: H.NOT_WANTED,
    D.NEEDS_HUMAN: H.STUCK,
}
"""What a recall makes of deliveries at once; of the others, what is being sent or unsure is settled first."""


def after_said_absent(permitted: datetime, now: datetime) -> Happening:
    """What a person's word means that something unclear is not there."""
    return H.SAID_ABSENT if may_retry(permitted, now) else H.SAID_ABSENT_LATE


def may_retry(permitted: datetime, now: datetime) -> bool:
    """Whether the same bytes may still be sent without being approved anew."""
    return now <= permitted + RETRY_WITHIN


OPEN = frozenset({D.PENDING, D.SENDING, D.UNSURE, D.NEEDS_HUMAN})
"""Deliveries that have not ended; what a named person was asked to post is in safe hands and not waited for."""

OUT = frozenset({D.SENT, D.ASKED})


def conclusion(state: State, deliveries: Iterable[DeliveryState]) -> Trigger | None:
    """How an announcement in `state` ends as its deliveries stand; None while something is open, or nothing changes."""
    found = set(deliveries)
    if found & OPEN:
        return None
    if state is State.PUBLISHING:
        return _published(found) if found else None
    if state is State.PARTIAL:
        return Trigger.ALL_SENT if found <= OUT else None
    if state is State.RECALLING and D.SENT not in found:
        return Trigger.SOME_REMAIN if D.REMAINS in found else Trigger.ALL_GONE
    if state is State.RECALL_PARTIAL:
        return None if found & {D.SENT, D.REMAINS} else Trigger.ALL_GONE
    return Trigger.SOME_REMAIN if state is State.RECALLED and D.REMAINS in found else None


def _published(found: set[DeliveryState]) -> Trigger:
    if found <= OUT:
        return Trigger.ALL_SENT
    return Trigger.SOME_SENT if found & OUT else Trigger.NONE_SENT
