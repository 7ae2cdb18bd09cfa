"""What is counted of the answers to a set of questions, and how sure that is."""

import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GOALS = {
    "first": 0.85,
    "top3": 0.92,
    "friend": 0.05,
    "choices": 0.15,
    "refused": 0.95,
    "quiet": 0.95,
    "accepted": 0.98,
}
"""Of the acceptance: at least, and at most for `friend` and `choices`."""

RESAMPLED = 1000
LEFT_OUT = 25  # of a thousand, at either end: 95 % lie between


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said to a question: answer, choose, nobody or not_a_question, and labels, best first."""

    outcome: str
    labels: tuple[str, ...] = ()


Tallies = dict[str, float]


def tally(question: Mapping[str, Any], reply: Reply, keys: Mapping[str, str]) -> Tallies:
    """What one question adds to which measure, between 0 and 1; `keys` gives the skill of a label in normal form."""
    skills = list(dict.fromkeys(keys.get(plain(label), f"?{label}") for label in reply.labels))
    right = {*question["gold"], *question["accept"]}
    live = reply.outcome in {"answer", "choose"}
    found: Tallies = {}
    if question["kind"] == "nobody":
        found["refused"] = reply.outcome == "nobody"
    elif question["kind"] == "not_who_knows":
        return {"quiet": reply.outcome == "not_a_question"}
    else:
        choice = reply.outcome == "choose"
        hit = live and bool(right & set(skills[: 2 if choice else 1]))
        found |= {"accepted": reply.outcome != "not_a_question", "first": hit * (0.5 if choice else 1)}
        found["top3"] = live and bool(set(question["gold"]) & set(skills[:3]))
        if live:
            found["choices"] = choice
    if question["false_friends"]:
        found["friend"] = live and _before_right(skills[:3], right, question["false_friends"])
    return found


def _before_right(skills: Sequence[str], right: set[str], friends: Sequence[str]) -> bool:
    for skill in skills:
        if skill in right:
            return False
        if skill in friends:
            return True
    return False


def plain(label: str) -> str:
    """A label as the lists of written forms compare it."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", label).casefold()).strip(" .;,")


def summed(tallies: Sequence[Tallies]) -> dict[str, tuple[float, float, float]]:
    """Each measure with the bounds between which 95 % of resamples of the questions lie."""
    found = {}
    for name in GOALS:
        values = [float(one[name]) for one in tallies if name in one]
        if values:
            chance = random.Random(name)
            means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLED))
            found[name] = (sum(values) / len(values), means[LEFT_OUT], means[-1 - LEFT_OUT])
    return found
