"""The one transition table (PROTOCOL section 2). The documentation prints it; switching off a row fails a test."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.protocol.model import State, Trigger


class NotAllowed(Exception):
    """The trigger means nothing in that state; `state` and `trigger` say which."""

    def __init__(self, state: State, trigger: Trigger) -> None:
        """Keep both."""
        super().__init__(f"{trigger} is not possible in {state}")
        self.state = state
        self.trigger = trigger


@dataclass(frozen=True, slots=True)
class Row:
    """From any of `sources`, `trigger` leads to `target` when `guard` (in words) holds."""

    sources: frozenset[State]
    trigger: Trigger
    target: State
    guard: str


def _row(sources: Iterable[State], trigger: Trigger, target: State, guard: str) -> Row:
    return Row(frozenset(sources), trigger, target, guard)


S = State
BEFORE_PUBLISHING = frozenset({S.CHANGES_REQUESTED, S.IN_REVIEW, S.APPROVED, S.SCHEDULED, S.HELD})
WAITING = frozenset({S.IN_REVIEW, S.APPROVED, S.SCHEDULED})
OUT = frozenset({S.PUBLISHING, S.PUBLISHED, S.PARTIAL})

TABLE: tuple[Row, ...] = (
    _row({S.DRAFT}, Trigger.SUBMIT, S.SCANNING, "required fields present, lengths fit"),
    _row({S.SCANNING}, Trigger.CLEAR, S.IN_REVIEW, "no critical finding"),
    _row({S.SCANNING}, Trigger.STOP, S.CHANGES_REQUESTED, "critical finding, or the scanner failed"),
    _row(BEFORE_PUBLISHING, Trigger.EDIT, S.SCANNING, "the author or comms; a new revision, approvals void"),
    _row(
        {S.IN_REVIEW},
        Trigger.APPROVE,
        S.APPROVED,
        "eligible, no contributor, current preview, requirement covered",
    ),
    _row({S.APPROVED, S.SCHEDULED}, Trigger.WITHDRAW, S.IN_REVIEW, "no longer covered"),
    _row(BEFORE_PUBLISHING, Trigger.REJECT, S.REJECTED, "eligible"),
    _row(WAITING, Trigger.HOLD, S.HELD, "eligible"),
    _row(WAITING, Trigger.REQUEST_CHANGES, S.CHANGES_REQUESTED, "eligible"),
    _row(
        {S.HELD, S.REJECTED, S.CHANGES_REQUESTED},
        Trigger.RECONSIDER,
        S.IN_REVIEW,
        "the objection that brought it here was taken away",
    ),
    _row({S.HELD}, Trigger.RESUME, S.IN_REVIEW, "eligible; approvals that are missing are asked for"),
    _row({S.HELD}, Trigger.RELEASE, S.SCHEDULED, "eligible; still covered; many are spaced out"),
    _row({S.SCHEDULED}, Trigger.PAUSE, S.HELD, "everything is paused"),
    _row(BEFORE_PUBLISHING | {S.EXPIRED}, Trigger.CANCEL, S.CANCELLED, "the author or comms"),
    _row({S.IN_REVIEW}, Trigger.EXPIRE, S.EXPIRED, "three working days without approval"),
    _row({S.EXPIRED}, Trigger.RENEW, S.IN_REVIEW, "the author or comms; text, media and scan unchanged"),
    _row({S.APPROVED}, Trigger.GRACE_OVER, S.SCHEDULED, "still covered"),
    _row({S.IN_REVIEW, S.SCHEDULED}, Trigger.LATE, S.HELD, "its time passed, or its tolerance"),
    _row({S.SCHEDULED}, Trigger.CANNOT_VERIFY, S.HELD, "what is shown, found or linked is not what was approved"),
    _row({S.APPROVED, S.SCHEDULED}, Trigger.LOST_COVER, S.HELD, "an approver may no longer approve"),
    _row({S.SCHEDULED}, Trigger.PUBLISH, S.PUBLISHING, "the publish guard"),
    _row(
        {S.HELD}, Trigger.BREAK_GLASS, S.PUBLISHING, "chat unreachable; two people, or the duty officer, on the server"
    ),
    _row({S.PUBLISHING}, Trigger.TAKE_BACK, S.SCHEDULED, "no longer covered, and no channel was asked yet"),
    _row({S.PUBLISHING, S.PARTIAL}, Trigger.ALL_SENT, S.PUBLISHED, "every channel has it"),
    _row({S.PUBLISHING}, Trigger.SOME_SENT, S.PARTIAL, "some channels have it"),
    _row({S.PUBLISHING}, Trigger.NONE_SENT, S.FAILED, "no channel has it"),
    _row({S.PARTIAL, S.FAILED}, Trigger.RETRY, S.PUBLISHING, "eligible, the same bytes; only what failed"),
    _row(OUT, Trigger.RECALL, S.RECALLING, "one person of comms, or the duty officer"),
    _row({S.RECALLING, S.RECALL_PARTIAL}, Trigger.ALL_GONE, S.RECALLED, "confirmed gone on every channel"),
    _row({S.RECALLING, S.RECALLED}, Trigger.SOME_REMAIN, S.RECALL_PARTIAL, "what remains is named"),
    _row({S.RECALL_PARTIAL}, Trigger.RETRY, S.RECALLING, "eligible"),
)


def step(state: State, trigger: Trigger, table: Iterable[Row] = TABLE) -> State:
    """The state that follows. Raises `NotAllowed`."""
    for row in table:
        if state in row.sources and row.trigger is trigger:
            return row.target
    raise NotAllowed(state, trigger)


def as_markdown() -> str:
    """The table as the documentation shows it."""
    lines = ["| from | event | to | when |", "| --- | --- | --- | --- |"]
    for row in TABLE:
        sources = ", ".join(sorted(state.value for state in row.sources))
        lines.append(f"| {sources} | {row.trigger.value} | {row.target.value} | {row.guard} |")
    return "\n".join(lines) + "\n"
