"""Words of their own for single channels, inside the text of one revision: one scan, one hash, one approval.

A line such as `for bluesky:` or `For x and mastodon: …` begins the words that these channels get instead of the others;
they end where the next such line begins, or with the text. Only names of channels that are there make such a line, so
“For sale:” stays what it is. The text is kept and shown as it was written, and what each channel gets follows from it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.services import Services

_NAMES = r"[a-z][a-z0-9_-]*(?:(?:[ \t]*,[ \t]*|[ \t]+and[ \t]+)[a-z][a-z0-9_-]*)*"
HEAD = re.compile(rf"^[ \t]*for[ \t]+({_NAMES})[ \t]*[:：]", re.IGNORECASE | re.MULTILINE)
_BETWEEN = re.compile(r"[ \t]*,[ \t]*|[ \t]+and[ \t]+", re.IGNORECASE)


class WordingFault(Exception):
    """The words of a channel cannot be taken; `code` says why, `channel` names it."""

    def __init__(self, code: str, channel: str) -> None:
        """Keep both."""
        super().__init__(f"{code}: {channel}")
        self.code, self.channel = code, channel


@dataclass(frozen=True, slots=True)
class Wordings:
    """A text taken apart: the words of all channels that have none of their own, and those of the others."""

    common: str
    own: Mapping[str, str] = field(default_factory=dict)

    def on(self, channel: str) -> str:
        """The words that a channel gets."""
        return self.own.get(channel, self.common)


def channels(services: Services) -> list[str]:
    """Every channel that announcements go to, also by hand."""
    return sorted({*services.publishers, *services.settings.by_hand.channels})


def apart(text: str, known: Collection[str]) -> Wordings:
    """Take a text apart; of words that a channel has twice the last count (`check` refuses that)."""
    heads = _heads(text, known)
    if not heads:
        return Wordings(text)
    ends = [*(match.start() for match, _ in heads[1:]), len(text)]
    own = {
        name: text[match.end() : end].strip() for (match, names), end in zip(heads, ends, strict=True) for name in names
    }
    return Wordings(text[: heads[0][0].start()].strip(), own)


def of(services: Services, text: str) -> Wordings:
    """The same for the channels that there are."""
    return apart(text, channels(services))


def check(text: str, known: Collection[str]) -> None:
    """Raises `WordingFault` when a channel would get no words, or gets words twice."""
    seen: set[str] = set()
    for _, names in _heads(text, known):
        for name in names:
            if name in seen:
                raise WordingFault("twice", name)
            seen.add(name)
    whole = apart(text, known)
    for name in sorted(known):
        if whole.own and not whole.on(name):
            raise WordingFault("none", name)


def _heads(text: str, known: Collection[str]) -> Sequence[tuple[re.Match[str], list[str]]]:
    found = [(match, [name.lower() for name in _BETWEEN.split(match[1])]) for match in HEAD.finditer(text)]
    return [(match, names) for match, names in found if set(names) <= set(known)]
