"""Lives of announcements: acts of people, faults and time over the real workflow, each step held against the book.

An act is a name and three small numbers, so that a life is a list that hypothesis can shrink, a seed can draw and a
test can keep.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from adapters.errors import AdapterError, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Content, Post, Remote
from adapters.ports import Permit, Prepared
from bot import audit
from bot.access import Role
from bot.announcements.tables import AnnouncementRow, RevisionRow
from tests.unit.announcements import town as towns
from tests.unit.announcements.book import NO, YES, Book, Item, Said, Wording, who_is
from tests.unit.announcements.channel import Channel
from tests.unit.announcements.town import GUEST, ROLES, SECOND, STAFF, Town

ACCOUNTS = (*STAFF, SECOND, GUEST)
APPROVERS = ("jo", "sam", "kit", "dee", SECOND)
EMOJI = (*YES, *YES, *NO, "👍", "👀", "partyparrot")
SECRET = "999 001 2342"
MARKED = (SECRET, "07700 900123", "4111 1111 1111 1111")
"""What some scan marks in the words below."""
WORDS = (
    "The library opens at noon in hall {}.",
    "The pool is closed on day {}.",
    "Ring 07700 900123 to join group {}.",
    f"Ask for NHS number {SECRET} in room {{}}.",
    "Library tickets: 4111 1111 1111 1111 for group {}.",
)
KINDS = (0, 0, 1, 0, 2, 1, 0, 3, 4, 0)
TIMES = ("", "", "", "", "in 30 minutes", "in 3 hours", "any time until 17:00", "today at 21:00")
WAITS = (1, 130, 30, 130, 300, 130, 1_200, 3_600, 14_400, 100_000, 400_000)  # seconds
TROUBLES: tuple[AdapterError | str, ...] = (
    "answer lost",
    OutcomeUnknown("reset"),
    Refused("too_rude"),
    RateLimited(retry_after=45),
    Unavailable(),
)
HEARD = {"in_review", "approved", "scheduled", "held", "rejected", "changes_requested", "publishing"}
Act = tuple[str, int, int, int]


@dataclass
class Watched(Channel):
    """A channel that asks before each visible write."""

    ask: Callable[[Post], None] = lambda _post: None

    async def publish(self, prepared: Prepared, key: str, permit: Permit) -> Remote:
        """Ask, then write."""
        self.ask(prepared.post)
        return await super().publish(prepared, key, permit)


@dataclass
class Life:
    """A town that lives, and the book beside it. While `lazy` no loop runs unless an act says so."""

    town: Town
    book: Book
    lazy: bool = False
    pending: dict[str, tuple[str, Callable[[str], None]]] = field(default_factory=dict)
    """Event -> the announcement it is about, and what the book notes once it is handled, given the state before."""
    states: dict[int, str] = field(default_factory=dict)
    seen: int = 0
    words: int = 0
    acts: list[Act] = field(default_factory=list)

    # What the book notes as the product goes on.

    async def watch(self) -> None:
        """After each step of a loop."""
        before = dict(self.states)
        await self._wordings()
        await self._handled(before)
        async with self.town.services.database.reading() as session:
            query = select(audit.AuditRow).where(col(audit.AuditRow.id) > self.seen).order_by(col(audit.AuditRow.id))
            rows = (await session.execute(query)).scalars().all()
        for row in rows:
            self.seen = row.id
            self._note(row)

    async def _wordings(self) -> None:
        async with self.town.services.database.reading() as session:
            rows = (await session.execute(select(AnnouncementRow))).scalars().all()
            for row in rows:
                number = row.number or 0
                self.states[number] = row.state
                item = self.book.items.setdefault(number, Item(number, row.author_account.partition(":")[2]))
                if row.revision > item.revision:
                    revision = await session.get(RevisionRow, (number, row.revision))
                    assert revision is not None
                    self._new(item, row, revision)

    def _new(self, item: Item, row: AnnouncementRow, revision: RevisionRow) -> None:
        wrote = next((who for text, who in self.book.wrote.items() if _alike(text, revision.text)), "")
        before = item.now.writers if item.wordings else frozenset()
        writers = before | ({who_is(wrote)} if wrote else set())
        item.wordings[row.revision] = Wording(revision.text, writers, row.due, row.until, revision.made)
        item.void.clear()
        item.taken_up = None

    async def _handled(self, before: dict[int, str]) -> None:
        if not self.pending:
            return
        done = await self.town.rows("SELECT event_id FROM inbox WHERE state <> 'waiting'")
        for (event,) in done:
            if event in self.pending:
                number, effect = self.pending.pop(event)
                effect(before.get(int(number or 0), ""))

    def _note(self, row: audit.AuditRow) -> None:
        details = json.loads(row.details)
        kind, _, name = row.subject.partition(":")
        if kind != "announcement":
            return
        item = self.book.items[int(name)]
        if row.action == "publish":
            faults = self.book.forbids(item, self.town.now)
            assert not faults, f"#{name} goes out, although {'; '.join(faults)}"
            item.committed, item.committed_by = True, self.book.approvers(item)
        elif row.action == "retry":
            item.committed = details["to"] == "publishing"
        elif row.action == "recall":
            item.committed = False
        elif row.action == "take_back":
            item.committed, item.committed_by = False, set()

    def on_write(self, post: Post) -> None:
        """A channel is asked to show something."""
        item = self.book.items[post.number]
        assert item.committed, f"#{post.number} is shown although nobody let it out"
        assert not self.book.paused, f"#{post.number} is begun although everything is paused"
        assert [part.text for part in post.parts] == [item.now.text]
        assert SECRET not in item.now.text
        first = all(one.number != post.number for one in self.shown())
        if first and not self.pending and not self.town.chat.untold:
            assert not self.book.objections(item), f"#{post.number} is begun although {self.book.objections(item)}"

    def shown(self) -> list[Post]:
        """All that stands on the channels."""
        return [one.post for channel in self.town.channels.values() for one in channel.shown.values()]

    # Acts.

    def _item(self, c: int) -> Item | None:
        """One of the latest announcements."""
        numbers = sorted(self.book.items)
        return self.book.items[numbers[-1 - c % min(len(numbers), 4)]] if numbers else None

    def _says(
        self, who: str, text: str, number: int = 0, effect: Callable[[str], None] | None = None, *, proven: bool = True
    ) -> None:
        event = self.town.chat.says(who, f"direct-{who}", text, proven=proven)
        if effect is not None:
            self.pending[event] = (str(number), effect)

    async def do(self, act: Act) -> None:
        """One act, and what follows from it."""
        name, a, b, c = act
        self.acts.append(act)
        self.town.time[0] += timedelta(milliseconds=7)
        await getattr(self, f"_act_{name}")(a, b, c)
        if not self.lazy:
            await self.town.settle()

    def _words(self, who: str, kind: int) -> str:
        self.words += 1
        text = WORDS[KINDS[kind % len(KINDS)]].format(self.words)
        self.book.wrote[text] = who
        return text

    async def _act_draft(self, a: int, b: int, c: int) -> None:
        who = ("ama", "eve", "jo", "zed")[a % 4]
        time = TIMES[c % len(TIMES)]
        line = f"publish: {time}\n" if time else ""
        self.town.chat.says(who, "general", f"announce {line}{self._words(who, b)}")

    async def _act_edit(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            who = (item.author, "kit", "ama", item.author)[a % 4]
            self._says(who, f"edit #{item.number} {self._words(who, b)}")

    async def _act_schedule(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            self._says((item.author, "sam")[a % 2], f"schedule #{item.number} {TIMES[4 + b % 4]}")

    def _some_preview(self, item: Item, b: int) -> str | None:
        head = f"#{item.number} r"
        found = [one.ref.message for one in self.town.chat.said_by_bot() if one.content.text.startswith(head)]
        current = self.book.previews(item)
        return current[b % len(current)] if current and b % 8 else (found[0] if found else None)

    async def _act_react(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        message = self._some_preview(item, 1 + b) if item else None
        if item and message:
            self._react(item, ACCOUNTS[a % len(ACCOUNTS)], message, EMOJI[b % len(EMOJI)])

    async def _act_approve(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        message = self._some_preview(item, 1) if item else None
        if item and message:
            self._react(item, APPROVERS[a % len(APPROVERS)], message, YES[b % 2])

    def _react(self, item: Item, account: str, message: str, emoji: str) -> None:
        event = self.town.chat.reacts(account, message, emoji)
        if event:
            self.pending[event] = (str(item.number), lambda _state: item.void.discard((account, emoji)))

    async def _act_unreact(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        live = [(one, *pair) for one in self.book.previews(item) for pair in self.town.chat.live(one)] if item else []
        if item and live:
            message, account, emoji = live[a % len(live)]
            event = self.town.chat.unreacts(account, message, emoji, by="kit" if b % 4 == 3 else "")
            if event:
                self.pending[event] = (str(item.number), lambda _state: item.void.discard((account, emoji)))

    async def _act_press(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        message = self._some_preview(item, 1 + b) if item else None
        if not item or not message:
            return
        account, vote = ACCOUNTS[a % len(ACCOUNTS)], ("approve", "approve", *NO.values())[b % 5]
        event = self.town.chat.presses(account, message, f"{vote}/{item.number}/{item.revision}")
        if event:
            self.pending[event] = (str(item.number), self._voting(item, account, vote, item.revision))

    async def _act_type(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            account = ACCOUNTS[a % len(ACCOUNTS)]
            word, vote = (("approve", "approve"), ("hold", "hold"), ("reject", "reject"), ("changes", NO["✏️"]))[b % 4]
            proven = b % 8 < 4
            effect = self._voting(item, account, vote, item.revision, proven=proven)
            self._says(account, f"{word} #{item.number}", item.number, effect, proven=proven)

    async def _act_acknowledge(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            account, revision, proven = APPROVERS[a % len(APPROVERS)], item.revision, b % 2 == 0
            effect = self._voting(item, account, "acknowledge", revision, proven=proven)
            words = f"acknowledge #{item.number} because it is on the old poster"
            self._says(account, words, item.number, effect, proven=proven)

    def _voting(
        self, item: Item, account: str, vote: str, revision: int, *, proven: bool = False
    ) -> Callable[[str], None]:
        def effect(state: str) -> None:
            person = who_is(account)
            if state not in HEARD or revision != item.revision or not self.book.may_vote(person):
                return
            if state == "publishing" and any(one.number == item.number for one in self.shown()):
                return
            if vote == "acknowledge":
                item.reasons.add((revision, person))
            item.said.append(Said(account, vote, revision, proven))

        return effect

    async def _act_withdraw(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            account = APPROVERS[a % len(APPROVERS)]
            words = ("withdraw", "not me")[b % 4 == 3]
            self._says(account, f"{words} #{item.number}", item.number, self._voiding(item, who_is(account)))

    def _voiding(self, item: Item, person: str) -> Callable[[str], None]:
        def effect(state: str) -> None:
            if state in HEARD:
                self._void(item, person)

        return effect

    def _void(self, item: Item, person: str) -> None:
        item.said = [one for one in item.said if who_is(one.account) != person]
        item.reasons = {one for one in item.reasons if one[1] != person}
        live = [pair for one in self.book.previews(item) for pair in self.town.chat.live(one)]
        item.void |= {(account, emoji) for account, emoji in live if who_is(account) == person}

    async def _act_suspend(self, a: int, b: int, c: int) -> None:
        victim, by = ("jo", "sam", "kit", "dee")[a % 4], ("zed", "kit")[b % 2]

        def effect(_state: str) -> None:
            if by in self.book.suspended:
                return
            self.book.suspended.add(victim)
            for item in self.book.items.values():
                self._void(item, victim)

        self._says(by, f"suspend {victim.title()} Field", 0, effect)

    async def _act_restore(self, a: int, b: int, c: int) -> None:
        await self.town.change("DELETE FROM suspension")  # not by chat: two people, and its own tests
        self.book.suspended.clear()

    async def _act_role(self, a: int, b: int, c: int) -> None:
        who = tuple(ROLES)[a % len(ROLES)]
        role = (None, ROLES[who], Role.COMMS, ROLES[who], Role.DUTY_OFFICER)[b % 5]
        await self.town.give_role(who, role)
        self.book.roles[who] = role.value if role else ""

    async def _act_pause(self, a: int, b: int, c: int) -> None:
        who = ("jo", "sam", "dee")[a % 3]

        def effect(_state: str) -> None:
            if self.book.may_vote(who):
                self.book.paused = True

        self._says(who, "pause", 0, effect)

    async def _act_resume(self, a: int, b: int, c: int) -> None:
        who = ("jo", "sam", "dee")[a % 3]

        def effect(_state: str) -> None:
            if self.book.may_vote(who):
                self.book.paused = False
                self._taken_up(*self.book.items.values())

        self._says(who, "resume", 0, effect)

    def _taken_up(self, *items: Item) -> None:
        for item in items:
            item.taken_up = self.town.now

    async def _act_take_up(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            who = ("kit", "sam", "dee")[a % 3]
            self._says(who, f"resume #{item.number}", item.number, lambda _state: self._taken_up(item))

    async def _act_ask(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            words = ("now", "why", "renew", "cancel", "queue", "now", "reason", "why")[b % 8]
            self._says((item.author, *APPROVERS)[a % 6], f"{words} #{item.number}")

    async def _act_recall(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        if item:
            self._says(("jo", "ama")[a % 4 == 3], f"recall #{item.number}")

    async def _act_retry(self, a: int, b: int, c: int) -> None:
        found = [one.ref.message for one in self.town.chat.said_by_bot() if "react 🔁 here" in one.content.text]
        found += [one.ref.message for one in self.town.chat.said_by_bot() if "cannot tell whether" in one.content.text]
        if found:
            self.town.chat.reacts("sam", found[-1 - c % len(found)], "🔁" if b % 2 else "✅")

    async def _act_wait(self, a: int, b: int, c: int) -> None:
        how_long = timedelta(seconds=WAITS[a % len(WAITS)])
        if self.lazy:
            self.town.time[0] += how_long
        else:
            await self.town.wait(how_long)

    async def _act_stop(self, a: int, b: int, c: int) -> None:
        self.town.up = False

    async def _act_start(self, a: int, b: int, c: int) -> None:
        if b % 2:
            self._lose()
        self.town.up, self.lazy = True, False
        await self.town.restart(look_first=bool(a % 2))
        self._looked()

    def _lose(self) -> None:
        """What happened is never told: the book learns that nobody heard it."""
        for event in self.town.chat.untold:
            self.pending.pop(event.event_id, None)
        self.town.chat.untold.clear()

    def _looked(self) -> None:
        for item in self.book.items.values():
            live = {pair for one in self.book.previews(item) for pair in self.town.chat.live(one)}
            item.void &= live

    async def _act_lose(self, a: int, b: int, c: int) -> None:
        self._lose()
        if not self.lazy and self.town.up:
            await self.town.reconcile()
            self._looked()

    async def _act_again(self, a: int, b: int, c: int) -> None:
        told = self.town.chat.told
        if told and self.town.up:
            begin = a % len(told)
            await self.town.repeat(list(told[begin : begin + 1 + b]))

    async def _act_lazy(self, a: int, b: int, c: int) -> None:
        self.lazy = not self.lazy

    async def _act_loop(self, a: int, b: int, c: int) -> None:
        if self.town.up:
            loops = (self.town.tell, self.town.handle, self.town.post, self.town.sweep, self.town.deliver)
            for _ in range(1 + b % 4):
                await loops[a % len(loops)]()

    async def _act_tamper(self, a: int, b: int, c: int) -> None:
        item = self._item(c)
        shown = self.book.previews(item) if item else []
        if item and shown:
            message = self.town.chat.messages[shown[0]]
            if b % 2:
                message.gone = True
            else:
                message.content = Content(message.content.text, "Other words.", message.content.buttons)
            item.tampered.add(shown[0])

    async def _act_trouble(self, a: int, b: int, c: int) -> None:
        channel = tuple(self.town.channels.values())[b % 2]
        if c % 3:
            channel.troubles.append(TROUBLES[a % len(TROUBLES)])
        else:
            channel.stuck.append((Unavailable(), Refused("no"))[a % 2])

    async def _act_away(self, a: int, b: int, c: int) -> None:
        self.town.chat.away = Unavailable() if self.town.chat.away is None and a % 2 else None

    # The end.

    async def rest(self) -> None:
        """Everything is well again, and all that was done has had its effect; then it must be as the book says."""
        self.town.chat.away, self.lazy = None, False
        for channel in self.town.channels.values():
            channel.troubles.clear()
            channel.stuck.clear()
        await self.town.restart(look_first=True)
        await self.town.wait(timedelta(seconds=6))
        await self.town.reconcile()
        self._looked()
        await self.town.settle()
        for item in self.book.items.values():
            self._check_state(item)
            self._check_stubs(item)
        self._check_shown()
        self._check_secret()
        await self._check_evidence()

    def _check_state(self, item: Item) -> None:
        state, said = self.states[item.number], f"#{item.number} r{item.revision}"
        if state in {"in_review", "approved", "scheduled"}:
            assert not self.book.objections(item), f"{said} is {state}, although {self.book.objections(item)}"
        if state in {"approved", "scheduled"}:
            assert self.book.is_covered(item), f"{said} is {state} by {self.book.approvers(item)}"
        if state == "in_review" and self.book.previews(item):
            assert not self.book.is_covered(item), f"{said} waits, although approved by {self.book.approvers(item)}"

    def _check_stubs(self, item: Item) -> None:
        """Of a wording that was replaced nothing is left to read, nor to approve."""
        old = {one.text for revision, one in item.wordings.items() if revision < item.revision} - {item.now.text}
        heads = tuple(f"#{item.number} r{revision} from " for revision in range(1, item.revision))
        for message in self.town.chat.said_by_bot():
            if message.ref.message in item.tampered:
                continue
            # A redaction that is offered stands in the author's own talk, before it is anybody's wording: no preview.
            offered = any(button.action == "redact" for button in message.content.buttons)
            assert offered or message.content.quote not in old, message.content
            assert not heads or not message.content.text.startswith(heads), message.content

    def _check_shown(self) -> None:
        posts = self.shown()
        keys = [(post.channel, post.number) for post in posts]
        assert len(keys) == len(set(keys)), f"twice: {keys}"
        for post in posts:
            state = self.states[post.number]
            assert state in {"published", "partial", "publishing", "recalling", "recall_partial"}, (post.number, state)
            if state == "recall_partial":
                named = f"#{post.number} is recalled, but not everywhere."
                told = [one.content.text for one in self.town.chat.said_by_bot() if named in one.content.text]
                assert f"• {post.channel}:" in told[-1]
        for number, state in self.states.items():
            if state == "published":
                assert sorted(post.channel for post in posts if post.number == number) == ["board", "wall"]

    def _check_secret(self) -> None:
        for message in self.town.chat.said_by_bot():
            for value in (SECRET, SECRET.replace(" ", "")):
                assert value not in message.content.text + (message.content.quote or "")

    async def _check_evidence(self) -> None:
        async with self.town.services.database.reading() as session:
            assert (await audit.verify(session, self.town.services.keys))[1] == []
            for number, state in self.states.items():
                steps = [json.loads(one.row.details) for one in await audit.history(session, f"announcement:{number}")]
                moves = [(step["from"], step["to"]) for step in steps if "from" in step]
                assert moves[0][0] == "draft"
                assert all(one[1] == two[0] for one, two in pairwise(moves)), moves
                assert moves[-1][1] == state
            notes = "".join(note.text for note in (await session.execute(select(audit.AuditNote))).scalars())
            assert [value for value in MARKED if value in notes] == []


def _alike(text: str, stored: str) -> bool:
    """Whether a stored wording is that text, or what a redaction left of it."""
    return text == stored or (SECRET in text and stored.endswith(text.rpartition(SECRET)[2]))


NAMES = (
    *("draft", "draft", "wait", "wait", "wait", "react", "unreact", "press", "type", "loop", "loop", "again"),
    *("approve", "approve", "approve", "approve", "approve", "approve", "edit", "schedule", "acknowledge", "withdraw"),
    *("suspend", "restore", "restore", "role", "pause", "resume", "take_up", "ask", "recall", "retry", "stop", "start"),
    *("start", "lose", "lazy", "tamper", "trouble", "away"),
)
"""The acts; what is named twice happens twice as often."""


async def begin(folder: Path, **rules: Any) -> Life:
    """A new life."""
    town = await towns.found(folder, make=Watched, **rules)
    book = Book(town.chat, {name: role.value for name, role in ROLES.items()})
    life = Life(town, book)
    town.watch = life.watch
    for channel in town.channels.values():
        assert isinstance(channel, Watched)
        channel.ask = life.on_write
    return life


async def live(folder: Path, acts: Sequence[Act]) -> None:
    """A whole life, checked at each step and at its end."""
    life = await begin(folder)
    try:
        for act in acts:
            await life.do(act)
        await life.rest()
    finally:
        await life.town.close()
