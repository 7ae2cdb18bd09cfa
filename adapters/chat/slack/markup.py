"""Slack's markup: decoded into what a person reads before anybody judges it, and escaped on the way out."""

import html
import re
from dataclasses import dataclass

from adapters.chat.slack.emoji import spelt_out
from adapters.chat.slack.settings import PLATFORM

_MARK = re.compile(r"<([@#!]?)([^\s<>|][^<>|]*)(?:\|([^<>]*))?>")
# What follows the name goes with it: "@switchboard: who knows" asks "who knows".
_AFTER = r"[:,]?[^\S\n]*"
_SPECIAL = {"channel", "here", "everyone", "group"}
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """The bot's own account and the name people write it with."""

    user: str
    name: str

    def heard(self, text: str) -> tuple[bool, str]:
        """Whether the bot is mentioned, and what is said without its first mention, as people read it."""
        mention = re.compile(rf"<@{re.escape(self.user)}(?:\|[^<>]*)?>{_AFTER}")
        rest, count = mention.subn("", text, count=1)
        words = self.decoded(rest)
        return bool(count), words.strip() if count else words

    def decoded(self, text: str) -> str:
        """Text as people read it: mentions and links spelt out, entities and emoji turned back."""
        return spelt_out(html.unescape(_MARK.sub(self._spelt, text)))

    def _spelt(self, found: re.Match[str]) -> str:
        kind, target, label = found.groups()
        if kind == "@":  # by the id that never changes, as settings and commands write it
            return f"@{self.name}" if target == self.user else f"{PLATFORM}:{target}"
        if kind == "#":
            return f"#{label or target}"
        if kind == "!":
            return _special(target, label)
        shown = _SCHEME.sub("", target)
        # A link that the person only typed carries itself as its label; another label hides where it leads.
        if label is None:
            return target
        return label if label in (target, shown) else f"{label} ({target})"


def _special(target: str, label: str | None) -> str:
    name = target.partition("^")[0]
    if name in _SPECIAL:
        return f"@{name}"
    return label or target


def escaped(text: str) -> str:
    """Text in which nothing is markup: no mention, no link (docs.slack.dev, "Formatting message text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
