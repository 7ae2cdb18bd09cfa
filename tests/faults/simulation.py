"""The delivery engine's decisions under every kind of bad luck, in virtual time: `python -m tests.faults.simulation`.

Several workers share deliveries and walk the engine's steps (claim, commit, prepare, write, commit, look up) through a
store in memory. Each may die or stand still at every step; the channel loses requests and answers, and accepts late.
What is decided is decided by `bot.protocol.sending`. The naive protocols are run by the same workers, to show that the
simulation finds what it is there to find. A seed always plays the same; with `--seed` it is played alone and told.
"""

import argparse
import heapq
import random
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.protocol import sending
from bot.protocol.sending import (
    Answer,
    DeliveryState,
    Happening,
    Look,
    Next,
    NoSuchMove,
    Promise,
    Rules,
    Standing,
    settled,
)

D, H = DeliveryState, Happening

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RULES = Rules(lease=timedelta(seconds=4), settle=timedelta(seconds=6), tolerance=timedelta(minutes=10))
WORKERS, DELIVERIES = 3, 6
END = timedelta(hours=6)
"""Virtual time after which what has not ended counts as lost."""

DIES, STALLS, BLIND = 0.03, 0.03, 0.1
LOSES_REQUEST, LOSES_ANSWER, SAYS_LATER, IS_LATE = 0.03, 0.10, 0.05, 0.25
SLOW = (60.0, 90.0)  # seconds until a person answers: longer than the latest acceptance, so that what is seen is true


class Protocol(StrEnum):
    """The engine's protocol, and those that look as if they would do."""

    FULL = "full"
    RESEND = "resend"
    NO_SETTLE = "no-settle"
    NO_FENCE = "no-fence"
    OUTSIDE_LEASE = "outside-lease"


NAIVE = tuple(one for one in Protocol if one is not Protocol.FULL)


@dataclass(frozen=True)
class Channel:
    """What a channel promises and how it behaves: whether it knows keys, and the latest it accepts a request.

    `late` is in seconds after the client gave up; within the settle time, or far beyond it.
    """

    name: str
    promise: Promise
    knows_keys: bool
    late: float


WITHIN, BEYOND = 5.9, 50.0
CHANNELS = (
    # It promises keys and has forgotten them all: nothing but the protocol stands between it and a second copy.
    Channel("forgetful", Promise.KEYED_READBACK, False, WITHIN),
    Channel("keyed", Promise.KEYED_READBACK, True, WITHIN),
    Channel("keyed-beyond", Promise.KEYED_READBACK, True, BEYOND),
    Channel("idempotent-beyond", Promise.IDEMPOTENT, True, BEYOND),
    Channel("readback", Promise.READBACK, False, WITHIN),
    Channel("readback-beyond", Promise.READBACK, False, BEYOND),
)


@dataclass
class Row:
    """A delivery as it is stored."""

    number: int
    state: DeliveryState = D.PENDING
    owner: str | None = None
    until: datetime = BEGIN
    fence: int = 0
    tries: int = 0
    last_try: datetime | None = None
    not_before: datetime = BEGIN
    leave: datetime | None = None


Step = Generator[float, None, None]
"""Work that yields the seconds until it goes on; between two of them anything may happen."""


@dataclass
class Played:
    """What came of one seed."""

    seed: int
    doubled: int = 0
    lost: int = 0
    asked: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lasted: timedelta = timedelta(0)


@dataclass
class World:
    """Everything of one seed: the clock, the store, the channel and the workers."""

    seed: int
    protocol: Protocol
    channel: Channel
    trace: list[str] | None = None
    now: datetime = BEGIN
    rows: list[Row] = field(default_factory=lambda: [Row(number) for number in range(DELIVERIES)])
    shown: Counter[int] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Every seed has its own chance."""
        self.chance = random.Random(f"{self.seed}/{self.protocol}/{self.channel.name}")
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = 0

    def at(self, seconds: float, what: Callable[[], None]) -> None:
        """Let something happen after a time."""
        self._order += 1
        heapq.heappush(self._queue, (self.now + timedelta(seconds=seconds), self._order, what))

    def tell(self, line: str, count: str = "") -> None:
        """Note what happened."""
        if count:
            self.counts[count] += 1
        if self.trace is not None:
            self.trace.append(f"{(self.now - BEGIN).total_seconds():9.3f}  {line}")

    def play(self) -> Played:
        """Until every delivery has ended, and whatever is still on its way has arrived."""
        for number in range(WORKERS):
            self.start(f"w{number}", 0)
        while self._queue and self.now < BEGIN + END:
            self.now, _, what = heapq.heappop(self._queue)
            what()
        sent = [row for row in self.rows if row.state is D.SENT and self.shown[row.number]]
        doubled = sum(copies > 1 for copies in self.shown.values())
        asked = self.counts["asked"]
        return Played(self.seed, doubled, len(self.rows) - len(sent), asked, self.counts, self.now - BEGIN)

    def ended(self) -> bool:
        """Whether there is nothing left to do for a worker."""
        return all(row.state is D.SENT for row in self.rows)

    def start(self, name: str, life: int) -> None:
        """A worker begins; it lets go of what its earlier life held."""
        earlier, owner = f"{name}.{life - 1}", f"{name}.{life}"
        for row in self.rows:
            if row.owner == earlier:
                self._lose(row) if row.state is D.SENDING else self._release(row)
        self._run(name, life, Worker(self, owner).work())

    def _run(self, name: str, life: int, work: Step) -> None:
        wait = next(work, None)
        if wait is None:
            return
        if self.chance.random() < DIES and not self.ended():
            self.tell(f"{name}.{life} dies", "crashes")
            self.at(self.chance.uniform(0.1, 8), lambda: self.start(name, life + 1))
            return
        if self.chance.random() < STALLS:
            self.tell(f"{name}.{life} stands still", "stalls")
            wait += self.chance.uniform(1, 40)
        self.at(wait, lambda: self._run(name, life, work))

    def _release(self, row: Row) -> None:
        row.owner, row.until = None, BEGIN

    def _lose(self, row: Row) -> None:
        """Its worker is gone: what it was sending may be out."""
        self.move(row, Next(H.LOST))

    def age(self) -> None:
        """What is being sent by a worker whose lease is over is unsure."""
        for row in self.rows:
            if row.state is D.SENDING and row.until <= self.now:
                self._lose(row)

    def move(self, row: Row, ahead: Next) -> None:
        """Write what follows into the store."""
        try:
            row.state = sending.after(row.state, ahead.happening)
        except NoSuchMove:
            row.state = LEADS_TO[ahead.happening]  # without a fence this is written over whatever stands there
        row.not_before = self.now + (ahead.wait or timedelta(0))
        self._release(row)
        if ahead.happening in {H.UNCLEAR, H.LOST} and row.last_try is not None:
            self._may_be_out(row, row.last_try, ahead.happening)
        self.tell(f"#{row.number} {ahead.happening} -> {row.state}")
        if row.state is D.NEEDS_HUMAN:
            self.counts["asked"] += 1
            self.at(self.chance.uniform(*SLOW), lambda: self._look_as_a_person(row))
        elif row.state is D.FAILED:
            self.at(self.chance.uniform(*SLOW), lambda: self._try_again(row))

    def _may_be_out(self, row: Row, last_try: datetime, happening: Happening) -> None:
        if self.protocol is Protocol.RESEND:
            row.state = D.PENDING
        elif self.protocol is not Protocol.NO_SETTLE:
            at_once = happening is H.LOST and self.channel.promise is Promise.IDEMPOTENT
            row.not_before = self.now if at_once else settled(last_try, RULES)

    def _look_as_a_person(self, row: Row) -> None:
        if row.state is D.NEEDS_HUMAN:
            there = self.shown[row.number] > 0
            self._leave(row, H.SAID_THERE if there else H.SAID_ABSENT)

    def _try_again(self, row: Row) -> None:
        if row.state is D.FAILED:
            self._leave(row, H.RETRIED)

    def _leave(self, row: Row, happening: Happening) -> None:
        self.move(row, Next(happening))
        row.leave, row.last_try = self.now, None

    def arrive(self, row: Row) -> None:
        """The channel accepts a request."""
        if self.channel.knows_keys and self.shown[row.number]:
            self.tell(f"#{row.number} arrives again and is known by its key", "repeats")
            return
        self.shown[row.number] += 1
        self.tell(f"#{row.number} is visible, copy {self.shown[row.number]}", "visible")


LEADS_TO = {move.happening: move.target for move in sending.MOVES}


@dataclass
class Worker:
    """One worker's life."""

    world: World
    owner: str

    def work(self) -> Step:
        """One delivery after another, until all have ended."""
        while not self.world.ended():
            self.world.age()
            unsure, pending = self._due(D.UNSURE), self._due(D.PENDING)
            if unsure is not None:
                yield from self._look(unsure)
            elif pending is not None:
                yield from self._send(pending)
            yield self.world.chance.uniform(0.2, 1.5)

    def _due(self, state: DeliveryState) -> Row | None:
        now = self.world.now
        found = (row for row in self.world.rows if row.state is state and max(row.not_before, row.until) <= now)
        return next(found, None)

    def _claim(self, row: Row) -> int:
        world = self.world
        row.owner, row.until, row.fence = self.owner, world.now + RULES.lease, row.fence + 1
        if row.state is D.PENDING:
            row.state, row.last_try, row.tries = sending.after(row.state, H.CLAIMED), world.now, row.tries + 1
        world.tell(f"{self.owner} holds #{row.number} ({row.state})")
        return row.fence

    def _standing(self, row: Row) -> Standing:
        return Standing(self.world.channel.promise, BEGIN, BEGIN, row.leave, row.last_try is not None)

    def _commit(self, row: Row, fence: int, ahead: Next) -> None:
        mine = (row.owner, row.fence) == (self.owner, fence)
        if mine or self.world.protocol is Protocol.NO_FENCE:
            self.world.move(row, ahead)
        else:
            self.world.tell(f"{self.owner} is too late with #{row.number}", "fenced")

    def _send(self, row: Row) -> Step:
        world, chance = self.world, self.world.chance
        fence, began = self._claim(row), world.now
        yield chance.uniform(0.01, 0.3)  # prepare
        stop = sending.before_write(self._standing(row), world.now, RULES, repeat=row.tries > 1)
        if stop is not None:
            self._commit(row, fence, stop)
            return
        answer = Answer.NOT_BEGUN
        if RULES.may_write(world.now - began) or world.protocol is Protocol.OUTSIDE_LEASE:
            answer, wait = self._write(row)
            yield wait
        yield chance.uniform(0.001, 0.05)  # the commit
        self._commit(row, fence, sending.after_write(answer, self._standing(row), world.now, RULES))

    def _write(self, row: Row) -> tuple[Answer, float]:
        """The one visible write: what the client hears, and after how many seconds."""
        world, chance = self.world, self.world.chance
        time_out = RULES.write_time_out.total_seconds()
        fate = chance.random()
        if fate < LOSES_REQUEST:
            world.tell(f"#{row.number}: the request is lost", "requests lost")
            return Answer.UNKNOWN, time_out
        if fate < LOSES_REQUEST + SAYS_LATER:
            world.tell(f"#{row.number}: the channel says later", "later")
            return Answer.NOT_DONE, chance.uniform(0.01, 0.2)
        if chance.random() < IS_LATE:
            world.tell(f"#{row.number}: the channel is slow", "late")
            world.at(time_out + chance.uniform(0, world.channel.late), lambda: world.arrive(row))
            return Answer.UNKNOWN, time_out
        soon = chance.uniform(0.01, 0.5)
        world.at(soon, lambda: world.arrive(row))
        if chance.random() < LOSES_ANSWER:
            world.tell(f"#{row.number}: the answer is lost", "answers lost")
            return Answer.UNKNOWN, chance.uniform(soon, time_out)
        return Answer.ACCEPTED, soon + 0.01

    def _look(self, row: Row) -> Step:
        world, chance = self.world, self.world.chance
        fence = self._claim(row)
        yield chance.uniform(0.01, 0.2)
        look = Look.FOUND if world.shown[row.number] else Look.ABSENT
        look = Look.FAILED if chance.random() < BLIND else look
        yield chance.uniform(0.01, 0.2)  # the answer on its way, then the commit
        self._commit(row, fence, sending.after_look(look, self._standing(row), world.now, RULES))


@dataclass
class Report:
    """What came of many seeds."""

    protocol: Protocol
    channel: str
    deliveries: int = 0
    doubled: int = 0
    lost: int = 0
    asked: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lasted: timedelta = timedelta(0)
    bad: list[int] = field(default_factory=list)

    def add(self, played: Played) -> None:
        """Count one seed in."""
        self.deliveries += DELIVERIES
        self.doubled, self.lost, self.asked = (
            self.doubled + played.doubled,
            self.lost + played.lost,
            self.asked + played.asked,
        )
        self.counts += played.counts
        self.lasted += played.lasted
        if played.doubled or played.lost:
            self.bad.append(played.seed)

    def replay(self) -> str:
        """The command that plays the first failing seed again."""
        return (
            f"python -m tests.faults.simulation --seed {self.bad[0]} "
            f"--protocol {self.protocol.value} --channel {self.channel}"
        )


def simulate(protocol: Protocol, channel: Channel, seeds: Sequence[int]) -> Report:
    """Play many seeds."""
    report = Report(protocol, channel.name)
    for seed in seeds:
        report.add(World(seed, protocol, channel).play())
    return report


def channel_named(name: str) -> Channel:
    """The channel of that name."""
    return next(channel for channel in CHANNELS if channel.name == name)


HEAD = ("protocol", "channel", "deliveries", "doubled", "lost", "person asked", "crashes", "stalls", "fenced", "took")


def as_line(cells: Sequence[str]) -> str:
    """A line of the table."""
    return f"| {' | '.join(cells)} |"


def _figures(report: Report, took: float) -> str:
    numbers = (report.deliveries, report.doubled, report.lost, report.asked)
    also = (report.counts["crashes"], report.counts["stalls"], report.counts["fenced"])
    told = [f"{number:,}" for number in (*numbers, *also)]
    return as_line([report.protocol.value, report.channel, *told, f"{took:.1f} s"])


def _print_figures(seeds: int) -> None:
    print(as_line(HEAD))
    print(as_line(["---"] * len(HEAD)))
    plays = [(Protocol.FULL, channel) for channel in CHANNELS] + [(one, CHANNELS[0]) for one in NAIVE]
    for protocol, channel in plays:
        began = time.perf_counter()
        report = simulate(protocol, channel, range(seeds))
        print(_figures(report, time.perf_counter() - began), flush=True)
        if protocol is Protocol.FULL and report.bad:
            print(f"a failing seed; play it again with: {report.replay()}")


def main() -> None:
    """Print the figures of many seeds, or play one and tell it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this seed alone and tell it")
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds, six deliveries each")
    parser.add_argument("--protocol", type=Protocol, default=Protocol.FULL, choices=list(Protocol))
    parser.add_argument("--channel", default="forgetful", choices=[channel.name for channel in CHANNELS])
    chosen = parser.parse_args()
    if chosen.seed is None:
        _print_figures(chosen.seeds)
        return
    world = World(chosen.seed, chosen.protocol, channel_named(chosen.channel), trace=[])
    played = world.play()
    print("\n".join(world.trace or []))
    print(f"doubled {played.doubled}, lost {played.lost}, person asked {played.asked}")


if __name__ == "__main__":
    main()
