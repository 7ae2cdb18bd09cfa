"""What an edit changed, told to those who had approved: word by word, with everything any scan marked masked."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.announcements.judging import Judged
from bot.announcements.tables import RevisionRow
from bot.wording import say

MOST = 6
"""Changes that are told one by one; whoever wants more reads the new preview."""

COMPARED = 500 * 500
"""Pairs of words that are compared at most: the work grows faster still, and everybody waits meanwhile."""


def told(before: RevisionRow, after: Judged) -> str:
    """The changes between a revision and the one that replaces it, as sentences; empty when no word changed."""
    if before.stopped or before.text == after.text:
        return ""
    marked = _marked(before.text, json.loads(before.findings)) | _marked(after.text, after.findings)
    old, new = masked(before.text, marked), masked(after.text, marked)
    return say("changes.hidden") if old == new else "\n".join(between(old, new))


def _marked(text: str, findings: Iterable[Mapping[str, Any]]) -> set[str]:
    return {text[item["start"] : item["end"]] for item in findings if item["where"] == 0} - {""}


def masked(text: str, marked: Iterable[str]) -> str:
    """The text with everything that a scan marked, in this wording or the other, replaced; overlapping or not."""
    # Looked for at every place: where two values overlap, both must go.
    found = [match.span(1) for value in marked for match in re.finditer(f"(?=({re.escape(value)}))", text)]
    parts: list[str] = []
    done = 0
    for start, end in sorted(found):
        if start >= done:
            parts += [text[done:start], say("changes.masked")]
        done = max(done, end)
    return "".join([*parts, text[done:]])


def between(old: str, new: str) -> list[str]:
    """Each change between two texts, in order, at most `MOST` of them."""
    before, after = differing(old.split(), new.split())
    if len(before) * len(after) > COMPARED:
        return [say("changes.long")]
    lines = []
    for kind, start, end, begin, stop in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            words, other = " ".join(before[start:end]), " ".join(after[begin:stop])
            lines.append(say(f"changes.{kind}", before=words, after=other))
    if len(lines) > MOST:
        return [*lines[:MOST], say("changes.more", count=len(lines) - MOST)]
    return lines


def differing(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Both without the words at the beginning and at the end that they share."""
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    ends = range(1, shorter - start + 1)
    end = next((place - 1 for place in ends if before[-place] != after[-place]), shorter - start)
    return before[start : len(before) - end], after[start : len(after) - end]
