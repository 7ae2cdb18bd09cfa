"""A book of what people did, kept beside the product and from chat alone: what it says must be, must be.

It knows the rules of PROTOCOL sections 2 and 3 in its own words and asks none of the product's functions.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.unit.announcements.chat import Chat
from tests.unit.announcements.town import SECOND

YES = ("✅", "✅🏽", ":white_check_mark:")
NO = {"❌": "reject", "⏸️": "hold", "✏️": "request_changes"}
LONDON = ZoneInfo("Europe/London")
TOLERANCE = timedelta(minutes=10)
GRACE = timedelta(seconds=120)


def who_is(account: str) -> str:
    """The person behind an account."""
    return "jo" if account == SECOND else account


@dataclass
class Wording:
    """A revision: its words and everybody who wrote them or words before them."""

    text: str
    writers: frozenset[str]
    due: datetime | None
    until: datetime | None
    made: datetime


@dataclass
class Said:
    """A vote by button or typed word that was taken, by one account."""

    account: str
    vote: str
    revision: int
    proven: bool = False


@dataclass
class Item:
    """One announcement as people saw it."""

    number: int
    author: str
    wordings: dict[int, Wording] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    void: set[tuple[str, str]] = field(default_factory=set)
    """(account, emoji) of reactions that stand and were made void."""
    reasons: set[tuple[int, str]] = field(default_factory=set)
    taken_up: datetime | None = None
    tampered: set[str] = field(default_factory=set)
    committed: bool = False
    committed_by: set[str] = field(default_factory=set)
    """Who approved what went out, when it was let out."""

    @property
    def revision(self) -> int:
        """The current one."""
        return max(self.wordings, default=0)

    @property
    def now(self) -> Wording:
        """The current wording."""
        return self.wordings[self.revision]


@dataclass
class Book:
    """Everything the oracle knows."""

    chat: Chat
    roles: dict[str, str]
    items: dict[int, Item] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    paused: bool = False
    wrote: dict[str, str] = field(default_factory=dict)
    """Words -> who wrote them."""

    def may_vote(self, person: str) -> bool:
        """Whether somebody's word counts today."""
        return self.roles.get(person) in {"comms", "information_governance"} and person not in self.suspended

    def previews(self, item: Item) -> list[str]:
        """The messages that show the current revision."""
        head = f"#{item.number} r{item.revision} from "
        return [one.ref.message for one in self.chat.said_by_bot() if one.content.text.startswith(head)]

    def reactions(self, item: Item) -> list[tuple[str, str]]:
        """(account, emoji) that stand under them and were not made void."""
        live = [one for message in self.previews(item) for one in self.chat.live(message)]
        return [one for one in live if one not in item.void]

    def approvers(self, item: Item) -> set[str]:
        """The distinct people whose approval counts now."""
        accounts = {account for account, emoji in self.reactions(item) if emoji in YES}
        accounts |= {one.account for one in item.said if one.vote == "approve" and one.revision == item.revision}
        people = {who_is(account) for account in accounts}
        return {one for one in people if self.may_vote(one) and one not in item.now.writers}

    def objections(self, item: Item) -> set[tuple[str, str]]:
        """(person, vote) of those who object now."""
        found = {(who_is(account), NO[emoji]) for account, emoji in self.reactions(item) if emoji in NO}
        found |= {
            (who_is(one.account), one.vote)
            for one in item.said
            if one.vote in NO.values() and one.revision == item.revision
        }
        return {one for one in found if self.may_vote(one[0])}

    def is_covered(self, item: Item) -> bool:
        """Whether the required people approve now."""
        people, text = self.approvers(item), item.now.text
        if "999 001" in text:
            return False
        if "4111" in text:
            people = {one for one in people if (item.revision, one) in item.reasons}
            said = [one for one in item.said if one.proven and one.revision == item.revision]
            sure = {who_is(one.account) for one in said if one.vote in {"approve", "acknowledge"}}
            governed = any(self.roles[one] == "information_governance" for one in people)
            return len(people) >= 2 and governed and bool(people & sure)
        two = "07700" in text or _is_late_hour(item.now.due)
        return len(people) >= (2 if two else 1)

    def forbids(self, item: Item, now: datetime) -> list[str]:
        """Why the guard must not commit now; empty when it may."""
        wording = item.now
        faults = []
        if not self.is_covered(item):
            faults.append(f"approved by {sorted(self.approvers(item))} only")
        if self.objections(item):
            faults.append(f"objected to by {sorted(self.objections(item))}")
        if self.paused:
            faults.append("everything is paused")
        if item.tampered & set(self.previews(item)) or not self.previews(item):
            faults.append("its preview does not show it")
        if wording.due is not None and now < wording.due:
            faults.append(f"it is for {wording.due}")
        last = latest(item)
        if last is not None and now > last:
            faults.append(f"it was to go out by {last}")
        return faults


def latest(item: Item) -> datetime | None:
    """The last moment for it to begin; a person who takes it up again gives it a new one."""
    wording = item.now
    if wording.due is None:
        return None
    by_plan = wording.until or wording.due + TOLERANCE
    return by_plan if item.taken_up is None else max(by_plan, item.taken_up + timedelta(hours=3))


def _is_late_hour(due: datetime | None) -> bool:
    if due is None:
        return False
    local = due.astimezone(LONDON)
    return local.weekday() >= 5 or not 7 <= local.hour < 20
