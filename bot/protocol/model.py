"""What the protocol talks about: states, triggers, approvals and the facts of an announcement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    SCANNING = "scanning"
    CHANGES_REQUESTED = "changes_requested"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    HELD = "held"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    PARTIAL = "partial"
    FAILED = "failed"
    RECALLING = "recalling"
    RECALLED = "recalled"
    RECALL_PARTIAL = "recall_partial"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Trigger(StrEnum):
    """What may change the state."""

    SUBMIT = "submit"
    CLEAR = "clear"
    STOP = "stop"
    EDIT = "edit"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    REJECT = "reject"
    HOLD = "hold"
    REQUEST_CHANGES = "request_changes"
    RECONSIDER = "reconsider"
    RESUME = "resume"
    RELEASE = "release"
    PAUSE = "pause"
    CANCEL = "cancel"
    EXPIRE = "expire"
    RENEW = "renew"
    GRACE_OVER = "grace_over"
    LATE = "late"
    CANNOT_VERIFY = "cannot_verify"
    LOST_COVER = "lost_cover"
    PUBLISH = "publish"
    BREAK_GLASS = "break_glass"
    TAKE_BACK = "take_back"
    ALL_SENT = "all_sent"
    SOME_SENT = "some_sent"
    NONE_SENT = "none_sent"
    RETRY = "retry"
    RECALL = "recall"
    ALL_GONE = "all_gone"
    SOME_REMAIN = "some_remain"


class Role(StrEnum):
    """What somebody is here to do; `staff` is every active, linked person."""

    STAFF = "staff"
    COMMS = "comms"
    INFORMATION_GOVERNANCE = "information_governance"
    DUTY_OFFICER = "duty_officer"
    ADMIN = "admin"
    AUDITOR = "auditor"


APPROVERS = frozenset({Role.COMMS, Role.INFORMATION_GOVERNANCE})


class Vote(StrEnum):
    """What a reaction, a button or a typed word means for an announcement."""

    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"
    REQUEST_CHANGES = "request_changes"
    ACKNOWLEDGE = "acknowledge"
    CANCEL = "cancel"
    LOOKING = "looking"
    RECALL = "recall"
    RETRY = "retry"
    SOCIAL = "social"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Voter:
    """A person as the protocol sees them now. `eligible_roles` is empty for guests, outsiders and the departed."""

    person: str
    eligible_roles: frozenset[Role] = frozenset()


class Source(StrEnum):
    """By which route a vote was given. Only reactions can be looked at again."""

    REACTION = "reaction"
    BUTTON = "button"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's vote on one revision, with the roles held now, not those held when it was given.

    `account` tells apart two ballots of one person. One that is `void` was taken away from its giver, so
    seeing it stand under the preview revives nothing. `reasoned`: a reason was given in words. `proven`: it was
    said in a message that not even whoever runs the chat could have written in the giver's name.
    """

    voter: Voter
    vote: Vote
    digest: str
    source: Source = Source.REACTION
    account: str = ""
    withdrawn: bool = False
    void: bool = False
    reasoned: bool = False
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """An announcement as the decisions see it; times are UTC.

    `due` is the time asked for and `until` the end of a window that was asked for; `starts` is put later than
    `due` when a person takes it up again. `changed` is when it came to its state. `begun`: some channel has
    been asked to show it. `paused`: nothing of the whole organisation goes out now.
    """

    number: int
    revision: int
    state: State
    version: int
    digest: str
    contributors: frozenset[str]
    changed: datetime
    reason: str = ""
    due: datetime | None = None
    until: datetime | None = None
    starts: datetime | None = None
    tolerance: timedelta = timedelta(minutes=10)
    grace: timedelta = timedelta(minutes=2)
    ballots: tuple[Ballot, ...] = ()
    begun: bool = False
    paused: bool = False
