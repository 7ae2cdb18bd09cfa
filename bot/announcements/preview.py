"""What people see of an announcement before it goes out, and what they are told about it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from adapters.events import Button, Content, Picture, Post
from bot.announcements import threads, wordings
from bot.encoding import dump
from bot.protocol.model import Role, Vote
from bot.protocol.requirement import Slot
from bot.services import Services
from bot.wording import count, listed, say

SEEDED = ("✅", "❌")
"""The reactions put under a preview, ready to be pressed."""

VOTE = "vote"
BUTTONS = (Vote.APPROVE, Vote.REJECT, Vote.REQUEST_CHANGES, Vote.HOLD, Vote.ACKNOWLEDGE)
"""What can be pressed under a preview, where the platform has buttons; the last only where reasons are needed."""

MOST_FINDINGS = 8
"""Findings that are told one by one; a platform takes only so many words, and nobody reads forty."""


def preview(
    number: int, revision: int, author: str, text: str, pictures: Sequence[Picture], parts: Mapping[str, str]
) -> Content:
    """The preview of a revision: the exact text, whole, and what a busy person needs to judge it.

    `parts` holds ready sentences, in the order in which they are read; empty ones are left out.
    """
    head = say("preview.head", number=number, revision=revision, author=author)
    told = "\n".join(line for line in (head, *parts.values()) if line)
    votes = BUTTONS if parts.get("reasons") else BUTTONS[:-1]
    buttons = tuple(
        Button(VOTE, say(f"preview.button.{vote.value}"), f"{vote.value}/{number}/{revision}") for vote in votes
    )
    return Content(f"{told}\n\n{say('preview.how', number=number)}", text, buttons, tuple(pictures))


def receipt(number: int, revision: int, text: str) -> Content:
    """What an approver is told privately, with the way back one tap away."""
    value = f"{number}/{revision}"
    buttons = (
        Button("withdraw", say("vote.withdraw_button", number=number), value),
        Button("not_me", say("vote.not_me_button", number=number), value),
    )
    return Content(text, buttons=buttons)


def digest(content: Content) -> str:
    """SHA-256 of a message as it is read, to be compared with what is on the screen later; not all show buttons."""
    return hashlib.sha256(dump(replace(content, buttons=())).encode()).hexdigest()


def channels_line(services: Services, text: str, posts: Iterable[Post]) -> str:
    """The channels with the length as each counts it."""
    words = wordings.of(services, text)
    line = say(
        "preview.channels", channels=listed([_channel(services, words.on(post.channel), post) for post in posts])
    )
    own = listed(sorted(words.own))
    return f"{line}\n{say('preview.own_words', channels=own)}" if own else line


def _channel(services: Services, words: str, post: Post) -> str:
    length = count(threads.length_on(services, post.channel, words), "character", "characters")
    if len(post.parts) > 1:
        return say("preview.thread", channel=post.channel, length=length, posts=len(post.parts))
    return say("preview.channel", channel=post.channel, length=length)


def threads_lines(posts: Iterable[Post]) -> str:
    """Where the posts of each thread begin; empty when there is none."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for post in posts:
        if len(post.parts) > 1:
            alike.setdefault(tuple(part.text for part in post.parts), []).append(post.channel)
    return "\n".join(_thread(channels, texts) for texts, channels in alike.items())


def _thread(channels: Sequence[str], texts: Sequence[str]) -> str:
    begins = [
        say("preview.post_begins", number=number, words=threads.beginning(text))
        for number, text in enumerate(texts[1:], 2)
    ]
    return say("preview.in_posts", channels=listed(list(channels)), posts=listed(begins))


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


def links_lines(targets: Mapping[str, str]) -> str:
    """Each address that leads somewhere else than it says, or nobody knows where."""
    lines = [
        say("preview.leads", address=one, target=target) if target else say("preview.leads_unknown", address=one)
        for one, target in targets.items()
        if one != target
    ]
    return "\n".join(lines)


def when(grace: float) -> str:
    """When it goes out, counted from the last approval."""
    return say("preview.after_grace", grace=lasting(grace)) if round(grace) else say("preview.at_once")


def lasting(seconds: float) -> str:
    """A wait as people say it."""
    return (
        count(round(seconds), "second", "seconds") if seconds < 90 else count(round(seconds / 60), "minute", "minutes")
    )


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
