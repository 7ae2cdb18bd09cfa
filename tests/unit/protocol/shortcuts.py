"""Shortcuts that approval tools are known to take, put in place of the rules: the search must catch every one.

Some are of the rules themselves (functions of bot/protocol replaced), some of what the storing layer must do (`Rules`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType
from unittest import mock

from bot.protocol import guard, requirement, review
from bot.protocol.model import Ballot, Facts, Source, State, Trigger, Vote, Voter
from bot.protocol.requirement import Requirement, counts, covered
from tests.unit.protocol.world import Rules

Patch = tuple[ModuleType, str, Callable[..., object]]


@dataclass(frozen=True)
class Shortcut:
    """What is done instead, and the finding of the oracle that must name it."""

    finding: str
    rules: Rules
    patches: tuple[Patch, ...] = ()

    @contextmanager
    def taken(self) -> Iterator[Rules]:
        """The rules with the shortcut in place."""
        with ExitStack() as stack:
            for module, name, instead in self.patches:
                stack.enter_context(mock.patch.object(module, name, instead))
            yield self.rules


def count_reactions(facts: Facts, _: Requirement) -> list[Voter]:
    """Every ✅ counts, whoever gave it."""
    return [one.voter for one in facts.ballots if counts(one, facts) and one.vote is Vote.APPROVE]


def trust(facts: Facts, _: Sequence[Ballot]) -> Facts:
    """What was once told is believed."""
    return facts


_RECONCILE = review.reconcile


def add_only(facts: Facts, observed: Sequence[Ballot]) -> Facts:
    """What is seen is added to what is known; nothing is taken away."""
    fresh = _RECONCILE(facts, observed).ballots
    return replace(facts, ballots=tuple(dict.fromkeys((*facts.ballots, *fresh))))


def wipe_buttons(facts: Facts, observed: Sequence[Ballot]) -> Facts:
    """After a restart only what stands under the preview is known."""
    fresh = _RECONCILE(facts, observed)
    return replace(fresh, ballots=tuple(one for one in fresh.ballots if one.source is Source.REACTION))


_SOUGHT = review.sought


def forget_early_vetoes(facts: Facts, needed: Requirement) -> State:
    """An objection stops what is approved; one that came before that is forgotten."""
    if facts.state is State.IN_REVIEW:
        return State.APPROVED if covered(needed, facts) else State.IN_REVIEW
    return _SOUGHT(facts, needed)


def approve_late(facts: Facts, needed: Requirement, _: datetime) -> tuple[Trigger, ...]:
    """Whatever the time is: the votes are followed."""
    return review.follow(facts, needed)


HONEST = Rules()
NOT_COVERED, STOPPED, ORDER, RESTART = "not covered", "an objection stands", "(I16)", "(I17)"
SHORTCUTS = {
    "edited previews": Shortcut(NOT_COVERED, replace(HONEST, edits_previews=True)),
    "counting reactions": Shortcut(NOT_COVERED, HONEST, ((requirement, "counting", count_reactions),)),
    "edit, then approve": Shortcut(NOT_COVERED, replace(HONEST, editor_contributes=False)),
    "old scan": Shortcut("today's rules find more", replace(HONEST, rescans=False)),
    "role checked only when reacting": Shortcut(NOT_COVERED, replace(HONEST, roles_of_now=False)),
    "no reconcile after a restart": Shortcut(RESTART, replace(HONEST, looks_after_restart=False)),
    "no reconcile in the guard: withdrawn": Shortcut(NOT_COVERED, HONEST, ((guard, "reconcile", trust),)),
    "no reconcile in the guard: vetoed": Shortcut(STOPPED, HONEST, ((guard, "reconcile", trust),)),
    "reconcile that only adds": Shortcut(
        NOT_COVERED, replace(HONEST, reconcile=add_only), ((guard, "reconcile", add_only),)
    ),
    "observation older than the version": Shortcut("after the look", replace(HONEST, compares=False)),
    "buttons wiped at restart": Shortcut(RESTART, replace(HONEST, reconcile=wipe_buttons)),
    "veto that does not commute": Shortcut(ORDER, HONEST, ((review, "sought", forget_early_vetoes),)),
    "late approval": Shortcut("(I8)", replace(HONEST, after_act=approve_late)),
}
