"""What the protocol talks about: states, triggers, approvals and the facts of an announcement."""

from dataclasses import dataclass, field
from datetime import datetime
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
    RESUME = "resume"
    REQUEST_CHANGES = "request_changes"
    CANCEL = "cancel"
    GRACE_OVER = "grace_over"
    LATE = "late"
    CANNOT_VERIFY = "cannot_verify"
    LOST_COVER = "lost_cover"
    PUBLISH = "publish"
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
    """What a reaction on a preview means."""

    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"
    REQUEST_CHANGES = "request_changes"
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


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of one revision, from whatever source and network: it counts once."""

    voter: Voter
    digest: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """An announcement as the decision sees it: what was approved, by whom, and what it must satisfy."""

    number: int
    revision: int
    state: State
    version: int
    digest: str
    contributors: frozenset[str]
    due: datetime | None = None
    tolerance_seconds: float = 600
    approvals: tuple[Approval, ...] = field(default=())
