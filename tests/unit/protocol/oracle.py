"""What must never be, written from PROTOCOL section 10 and not from bot/protocol: it must be able to disagree."""

from bot.protocol.model import State
from tests.unit.protocol.world import (
    APPROVE,
    CLOCK,
    HOLD,
    IN_ROLE,
    REJECT,
    STANDS,
    VOID,
    Core,
    Event,
    Keeper,
    People,
    Person,
    put,
)

TOLERANCE = 600
AGREED = frozenset({State.APPROVED, State.SCHEDULED, State.PUBLISHING})


def may_count(person: Person) -> bool:
    """I1, I2, I4, I5, I21: in the role now, wrote nothing of it, and the vote on these very bytes stands now."""
    live = person.live[APPROVE] and person.noted[APPROVE] != VOID
    return person.role == IN_ROLE and not person.wrote and (live or person.said == STANDS)


def flaw(core: Core, people: People, slots: int, governed: bool) -> str:
    """Why it would be wrong to publish on what stands in the world at this moment; empty when it would be right.

    `slots` distinct people are needed; `governed`: one of information governance, and a reason from each.
    """
    counted = [one for one in people if may_count(one) and (not governed or one.said == STANDS)]
    if len(counted) < slots or (governed and not any(one.governs for one in counted)):
        return "the requirement is not covered (I1, I2, I3, I4, I5, I21)"
    if any(one.role == IN_ROLE and (one.live[REJECT] or one.live[HOLD]) for one in people):
        return "an objection stands"
    if core.tardy:
        return "it was not approved at its time, and nobody took it up again (I8)"
    begins = CLOCK[core.starts] if core.starts is not None else CLOCK[1]
    return "past its tolerance (I8)" if (CLOCK[core.clock] - begins).total_seconds() > TOLERANCE else ""


def lived(core: Core) -> Core:
    """The core with what the passing of time made true: it was not approved when its time came."""
    if core.clock and core.state not in AGREED and not core.taken_up and not core.tardy:
        return core._replace(tardy=True)
    return core


def _place(core: Core) -> tuple[object, ...]:
    """Where it stands; the way from approved to going out is the clock's and the guard's."""
    if core.state in AGREED:
        return ("agreed",)
    late = core.clock and core.state is State.HELD  # on hold because somebody asked, past its time, is late as well
    return (core.state, "" if late and core.reason in {"asked", "late"} else core.reason)


def _noted(people: People) -> tuple[object, ...]:
    return tuple([(*[mark == STANDS for mark in one.noted], one.said == STANDS) for one in people])


def _is_plain(people: People) -> bool:
    """Nobody lost a role and nothing was made void: which of two looks notices that first makes a difference, and
    a hold until a person has looked is the answer that is wanted.
    """
    return all(one.role == IN_ROLE and VOID not in (*one.noted, one.said) for one in people)


def disorder(keeper: Keeper, core: Core, people: People) -> str:
    """I16: all events that are on their way, in any order that keeps those about one reaction in theirs, each once or
    twice; empty when all orders end in the same way.
    """
    if sum(len(one.coming) for one in people) < 2 or not _is_plain(people):
        return ""
    reached, ends = {(core, people)}, set()
    while reached:
        now, them = reached.pop()
        events = [(place, event) for place, one in enumerate(them) for event in first(one)]
        if not events:
            ends.add((_place(now), _noted(them)))
        for place, event in events:
            heard = keeper.hear(now, without(them, place, event), place, event)
            if keeper.hear(*heard, place, event)[1] != heard[1] and them[place].live[event.kind] == event.added:
                return "an event that comes twice makes a difference (I16)"
            reached.add(heard)
    if core.clock:
        ends = {end for end in ends if end[0][0] is not State.HELD}  # past its time, held until a person has looked
    return "" if len(ends) < 2 else "the order of events makes a difference (I16)"


def without(people: People, place: int, event: Event) -> People:
    """The same people, with one event no longer on its way."""
    left = list(people[place].coming)
    left.remove(event)
    return put(people, place, people[place]._replace(coming=tuple(left)))


def first(person: Person) -> list[Event]:
    """The events of somebody's that can come next: those about one reaction come in their order."""
    return [
        event for at, event in enumerate(person.coming) if event.kind not in {one.kind for one in person.coming[:at]}
    ]


def fewest(core: Core, people: People, slots: int) -> int:
    """At least so many more events until it is published: less is not possible, whatever else happens."""
    if core.seen is not None:
        return 1
    if core.state is State.PUBLISHING:
        return 4  # taken back, covered again, the guard looks and commits
    given = [one.live[APPROVE] or one.older or one.said == STANDS for one in people if one.role == IN_ROLE]
    missing = slots - sum(given)
    return 2 + (core.clock == 0) + max(missing, core.state not in AGREED)


def forgetting(keeper: Keeper, before: tuple[Core, People], after: tuple[Core, People]) -> str:
    """I17: `after` a restart it stands where it would if every event had come; empty when it does, or is held late."""
    core, people = before
    if not _is_plain(people) or core.state is State.PUBLISHING:
        return ""
    for place, person in enumerate(people):
        for event in person.coming:
            core, people = keeper.hear(core, people, place, event)
    core = keeper.tick(core)
    late = {State.HELD} if core.clock else set()
    if late & {core.state, after[0].state}:
        return ""
    same = (_place(core), _noted(people)) == (_place(after[0]), _noted(after[1]))
    return "" if same else "a restart makes a difference (I17)"
