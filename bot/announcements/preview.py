"""What people see of an announcement before it goes out, and what they are told about it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from adapters.events import Button, Content, Picture
from bot.encoding import dump
from bot.protocol.model import Role
from bot.protocol.requirement import Slot
from bot.wording import count, listed, say

SEEDED = ("✅", "❌")
"""The reactions put under a preview, ready to be pressed."""

MOST_FINDINGS = 8
"""Findings that are told one by one; a platform takes only so many words, and nobody reads forty."""


def preview(
    number: int, revision: int, author: str, text: str, pictures: Sequence[Picture], parts: Mapping[str, str]
) -> Content:
    """The preview of a revision: the exact text, whole, and what a busy person needs to judge it.

    `parts` holds ready sentences: channels, needs, when, findings, removed (empty ones are left out).
    """
    head = say("preview.head", number=number, revision=revision, author=author)
    lines = [head, parts["channels"], parts["findings"], parts["pictures"], parts["when"], parts["needs"]]
    lines.append(say("preview.how", number=number))
    return Content("\n".join(line for line in lines if line), quote=text, pictures=tuple(pictures))


def digest(content: Content) -> str:
    """SHA-256 of a message exactly as it is sent, to be compared with what is on the screen later."""
    return hashlib.sha256(dump(content).encode()).hexdigest()


def channels_line(lengths: Mapping[str, int]) -> str:
    """The channels with the length as each counts it."""
    each = [
        say("preview.channel", channel=name, length=count(length, "character", "characters"))
        for name, length in lengths.items()
    ]
    return say("preview.channels", channels=listed(each))


def needs_line(slots: Iterable[Slot]) -> str:
    """Who is still needed."""
    waiting = Counter(slot.roles for slot in slots)
    return say("preview.needs", people=listed([_needed(*one) for one in waiting.items()])) if waiting else ""


def _needed(roles: frozenset[Role], people: int) -> str:
    if not roles:
        return say("preview.slot.nobody")
    names = reduce(_either, (role_name(role) for role in sorted(roles)))
    return say("preview.slot.of", count=people, roles=names)


def _either(first: str, second: str) -> str:
    return say("preview.slot.either", first=first, second=second)


def role_name(role: Role) -> str:
    """A role as people say it."""
    return say(f"role.{role.value}")


def findings_lines(findings: Sequence[Mapping[str, Any]]) -> str:
    """Each finding, masked, with the reason; empty when there is none."""
    lines = []
    for item in findings[:MOST_FINDINGS]:
        label = say(f"leaks.label.{item['label']}")
        reason = say(item["reason_code"], **item["params"])
        where = say(f"preview.where.{'text' if item['where'] == 0 else 'alt'}", number=item["where"])
        lines.append(say("preview.finding", label=label, excerpt=item["excerpt"], reason=reason, where=where))
    if len(findings) > MOST_FINDINGS:
        lines.append(say("preview.more_findings", count=len(findings) - MOST_FINDINGS))
    return "\n".join(lines)


def pictures_line(removed: Sequence[Sequence[str]]) -> str:
    """How many pictures, and what was removed from them."""
    if not removed:
        return ""
    codes = sorted({code for picture in removed for code in picture})
    gone = listed([say(f"leaks.removed.{code}") for code in codes]) if codes else say("picture.removed_nothing")
    return say("preview.pictures", pictures=count(len(removed), "picture", "pictures"), removed=gone)


def stub(number: int, revision: int, code: str) -> Content:
    """What stands in place of a preview that no longer counts: none of its words."""
    return Content(say(f"preview.stub.{code}", number=number, revision=revision))


def stopped(number: int, revision: int, redacted: str, findings: Sequence[Mapping[str, Any]], removed: str) -> Content:
    """What the author alone is told when a text is stopped, with the redaction one tap away.

    `removed` tells what became of the message that holds the words, if somebody's does.
    """
    lines = [
        say("draft.stopped", number=number),
        findings_lines(findings),
        removed,
        say("draft.redaction", number=number),
    ]
    button = Button("redact", say("draft.redact_button", number=number), f"{number}/{revision}")
    return Content("\n".join(line for line in lines if line), quote=redacted, buttons=(button,))
