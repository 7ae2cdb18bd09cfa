"""Every way the world can go, around the real bot/protocol: `python -m tests.unit.protocol.search` counts them.

An event is one thing that somebody or the clock does; a reaction is heard at once, or late, twice or never. States are
kept in one form for all that differ only in which of several equal people is which. Every state is held against
oracle.py; the first violation found is a shortest one, and is told as the list of events that leads to it.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bot.protocol.guard import Verdict
from bot.protocol.model import State, Trigger
from bot.protocol.requirement import requirement
from bot.protocol.table import NotAllowed, step
from tests.unit.protocol import oracle
from tests.unit.protocol.shortcuts import SHORTCUTS
from tests.unit.protocol.world import (
    APPROVE,
    CLOCK,
    ENDED,
    HOLD,
    IN_ROLE,
    KINDS,
    REJECT,
    STANDS,
    Core,
    Event,
    Keeper,
    People,
    Person,
    Rules,
    Seen,
    put,
)

DEPTH = 8
QUEUED = 2
"""Events that can be on their way at once."""

GRAVER = "today's rules find more than was approved (I1)"
World = tuple[Core, People]
Act = tuple[str, Core, People, str]
"""What happens, what follows, and what is wrong with it."""


@dataclass(frozen=True)
class Result:
    """What was searched. `trace`: the events that lead to what is `wrong`, if anything is."""

    states: int
    transitions: int
    published: int
    depth: int
    seconds: float
    wrong: str = ""
    trace: tuple[str, ...] = ()


class Search:
    """One search; `governed`: a high finding, so one of information governance is needed, and reasons."""

    def __init__(self, rules: Rules, *, governed: bool = False) -> None:
        self.rules, self.governed = rules, governed
        self.keeper = Keeper(rules)
        self.published = 0
        self._moves: dict[Person, list[tuple[str, Person, Event | None]]] = {}

    def start(self) -> World:
        return Core(), (Person(), Person(), Person(governs=self.governed))

    def run(self, depth: int = DEPTH, *, whole: bool = False, only: str = "") -> Result:
        """All states that at most `depth` events lead to; ends at the first thing that is wrong, and is `only` that.

        Unless it is the `whole`, a state is looked at but not gone on from when so few events are left that nothing
        can be published from there any more.
        """
        began = time.process_time()
        parents: dict[World, World | None] = {self.start(): None}
        frontier, transitions, slots = [self.start()], 0, len(self.rules.needed.slots)
        for level in range(1, depth + 1):
            following = []
            for world in frontier:
                for label, core, people, flaw in self.acts(*world):
                    transitions += 1
                    reached = _form(core, people)
                    fresh = reached not in parents
                    wrong = flaw or (self.wrong(*reached) if fresh else "")
                    if wrong and only in wrong:
                        trace, taken = (*self._trace(parents, world), label), time.process_time() - began
                        return Result(len(parents), transitions, self.published, level, taken, wrong, trace)
                    if fresh:
                        parents[reached] = world
                        if level < depth and (whole or level + oracle.fewest(*reached, slots) <= depth):
                            following.append(reached)
            frontier = following
        return Result(len(parents), transitions, self.published, depth, time.process_time() - began)

    def find(self, finding: str) -> Result:
        """The first thing that is wrong in that way, with few events first: the fewer, the more is left out."""
        for depth in range(1, DEPTH):
            result = self.run(depth, only=finding)
            if result.wrong:
                return result
        return self.run(DEPTH, only=finding)

    def wrong(self, core: Core, people: People) -> str:
        """What is wrong with a state by itself."""
        restarted = self._restart(core, people)[1:3]
        before = (core._replace(seen=None), people)
        return oracle.disorder(self.keeper, core, people) or oracle.forgetting(self.keeper, before, restarted)

    def _trace(self, parents: dict[World, World | None], world: World) -> list[str]:
        steps: list[str] = []
        while (before := parents[world]) is not None:
            reaching = (label for label, core, people, _ in self.acts(*before) if _form(core, people) == world)
            steps.append(next(reaching))
            world = before
        return steps[::-1]

    def acts(self, core: Core, people: People) -> Iterator[Act]:
        """Everything that can happen next."""
        yield from self._clock_and_guard(core, people)
        for place, person in enumerate(people):
            if person in people[:place]:
                continue  # somebody just like them has done it
            yield from self._chat(core, people, place)
            yield from self._by_word(core, people, place)
        if core.revision == 1 and _allows(core.state, Trigger.EDIT):
            yield self._edit(core, people, None)

    def _clock_and_guard(self, core: Core, people: People) -> Iterator[Act]:
        keeper = self.keeper
        if core.clock + 1 < len(CLOCK):
            yield f"time passes: {CLOCK[core.clock + 1]:%H:%M}", core._replace(clock=core.clock + 1), people, ""
        if core.seen is None:
            yield self._look(core, people, graver=False)
            yield self._look(core, people, graver=True)
        else:
            yield self._commit(core, people)
        if core.state is State.HELD:
            yield "taken up again", keeper.resume(core, people), people, ""
        yield "reconciled", *keeper.reconcile(core, people), ""
        yield self._restart(core, people)

    def _look(self, core: Core, people: People, *, graver: bool) -> Act:
        after, them, verdict = self.keeper.look(core, people, graver=graver)
        if verdict is not None and verdict.trigger is Trigger.PUBLISH:
            why = oracle.flaw(after, them, len(self.rules.needed.slots), governed=self.governed)
            after = after._replace(seen=Seen(flaw=GRAVER if graver else why))
        label = "the guard looks, today's rules find more" if graver else "the guard looks"
        return f"{label}{_said(verdict)}", after, them, ""

    def _commit(self, core: Core, people: People) -> Act:
        after = self.keeper.commit(core)
        if after.state is not State.PUBLISHING or core.seen is None:
            return "the guard commits: the version has moved", after, people, ""
        self.published += 1
        return "the guard commits: published", after, people, core.seen.flaw

    def _restart(self, core: Core, people: People) -> Act:
        """What was on its way is lost, and what the guard had seen; at start everything is looked at."""
        now = core._replace(seen=None)
        them = tuple([one._replace(coming=()) for one in people])
        if self.rules.looks_after_restart:
            now, them = self.keeper.reconcile(now, them)
        return "restarted", self.keeper.tick(now), them, ""

    def _edit(self, core: Core, people: People, editor: int | None) -> Act:
        after, them = self.keeper.edit(core, people, editor)
        by = "the author" if editor is None else f"person {editor}"
        return f"edited by {by}", after, them, ""

    def _chat(self, core: Core, people: People, place: int) -> Iterator[Act]:
        """Reactions given and taken away, heard at once or later, and those that come later."""
        person = people[place]
        full = sum(len(one.coming) for one in people) >= QUEUED
        for label, after, event in self._reactions(person):
            if full and event is None:
                continue
            them = put(people, place, after)
            if event is None:
                yield f"person {place}: {label}, not heard", core, them, ""
            else:
                yield f"person {place}: {label}", *self.keeper.hear(core, them, place, event), ""
        for event in oracle.first(person):
            them = oracle.without(people, place, event)
            sign = "" if event.added else "-"
            yield (
                f"heard late: person {place} {sign}{KINDS[event.kind]}",
                *self.keeper.hear(core, them, place, event),
                "",
            )

    def _reactions(self, person: Person) -> list[tuple[str, Person, Event | None]]:
        known = self._moves.get(person)
        if known is None:
            known = self._moves[person] = list(_toggles(person))
        return known

    def _by_word(self, core: Core, people: People, place: int) -> Iterator[Act]:
        keeper, person = self.keeper, people[place]
        if person.said != STANDS:
            yield f"person {place}: approves by button", *keeper.say_yes(core, people, place), ""
        if STANDS in (*person.noted, person.said):
            yield f"person {place}: types withdraw", *keeper.take_back(core, people, place), ""
        if person.role == IN_ROLE:
            yield f"person {place}: role ends", core, put(people, place, person._replace(role=ENDED)), ""
            yield f"person {place}: suspended", *keeper.suspend(core, people, place), ""
            if core.revision == 1 and _allows(core.state, Trigger.EDIT):
                yield self._edit(core, people, place)


def _toggles(person: Person) -> Iterator[tuple[str, Person, Event | None]]:
    """Each reaction given or taken away, heard at once unless an earlier event about it is still on its way."""
    if person.role != IN_ROLE:
        return  # nothing they do can count; what they did before stands, and may still be heard
    for kind, name in enumerate(KINDS):
        if kind != APPROVE and person.live[REJECT + HOLD - kind]:
            continue  # one objection of a person at a time
        stands = person.live[kind] or (person.older and kind == APPROVE)
        live = (*person.live[:kind], not stands, *person.live[kind + 1 :])
        after = person._replace(live=live, older=person.older and kind != APPROVE)
        label = f"takes {name} away" if stands else name.value
        event = Event(kind, not stands)
        if all(one.kind != kind for one in person.coming):
            yield label, after, event
        yield label, after._replace(coming=tuple(sorted((*person.coming, event), key=_by_kind))), None


def _by_kind(event: Event) -> int:
    return event.kind


def _form(core: Core, people: People) -> World:
    """The one form of all worlds that differ only in which of several equal people is which."""
    return oracle.lived(core), tuple(sorted(people))


def _allows(state: State, trigger: Trigger) -> bool:
    try:
        step(state, trigger)
    except NotAllowed:
        return False
    return True


def _said(verdict: Verdict | None) -> str:
    return f": {verdict.reason}" if verdict else ""


def told(name: str, result: Result) -> str:
    """One line of figures; what is wrong, if anything is, with the events that lead to it."""
    line = (
        f"{name}: {result.states:,} states, {result.transitions:,} transitions, {result.published:,} publications, "
        f"to {result.depth} events, {result.seconds:.1f} s"
    )
    return "\n".join(
        [line, *([f"  {result.wrong}, by:"] if result.wrong else []), *(f"    {one}" for one in result.trace)]
    )


def contents(severity: str) -> Search:
    """The search for content with a finding of that gravity: one approval is needed, two, or two with reasons."""
    return Search(Rules(requirement(1, [severity])), governed=severity == "high")


def main(depth: int) -> int:
    """Print the figures of the rules as they are, then how each shortcut is caught; 1 unless all is as it should be."""
    results = {f"rules, {severity}": contents(severity).run(depth) for severity in ("note", "medium", "high")}
    failed = any(result.wrong for result in results.values())
    for name, shortcut in SHORTCUTS.items():
        with shortcut.taken() as rules:
            results[name] = Search(rules).find(shortcut.finding)
        failed = failed or not results[name].wrong
    sys.stdout.writelines(f"{told(name, result)}\n" for name, result in results.items())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else DEPTH))
