"""The registry of rules: what the scanner looks for, in the order of the reference page."""

import hashlib

from bot.leaks.rules import (
    bank,
    born,
    case,
    child,
    deal,
    documents,
    home,
    identity,
    marking,
    money,
    net,
    numbers,
    passcode,
    place,
    reach,
    secret,
    token,
    told,
)
from bot.leaks.rules.base import ContextRule, PatternRule, Rule
from bot.leaks.vocabulary import VOCABULARIES

PATTERN_RULES: tuple[PatternRule, ...] = (
    *identity.RULES,
    *numbers.RULES,
    *documents.RULES,
    *money.RULES,
    *bank.RULES,
    *born.RULES,
    *reach.RULES,
    *place.RULES,
    *net.RULES,
    *token.RULES,
    *secret.RULES,
    *passcode.RULES,
    *marking.RULES,
    *case.RULES,
)
"""The rules for values that have a shape."""

CONTEXT_RULES: tuple[ContextRule, ...] = (*home.FIRST, *child.RULES, *told.RULES, *deal.RULES, *home.LAST)
"""The rules for what is told in words."""

RULES: tuple[Rule, ...] = (*PATTERN_RULES, *CONTEXT_RULES)
"""Every rule; of two that find the same place equally grave, the earlier counts."""

EDITION = 2
"""Raise it whenever a judge decides differently, so that what was scanned before is scanned again."""


def _digest() -> str:
    lines = [str(EDITION)]
    for rule in PATTERN_RULES:
        pattern = f"{rule.pattern.pattern}\x1f{rule.pattern.flags}"
        lines.append("\x1f".join((rule.id, rule.label, rule.severity, pattern, repr(rule.cues), rule.replacement)))
    lines += [f"{rule.id}\x1f{rule.label}\x1f{rule.severity}\x1f{rule.replacement}" for rule in CONTEXT_RULES]
    lines += [f"{tag}\x1f{phrases}" for tag, phrases in VOCABULARIES.items()]
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


DIGEST = _digest()
"""SHA-256 in hex of what the rules are."""


def as_markdown() -> str:
    """The reference page of the rules, `docs/reference/leak-rules.md`."""
    head = (
        "# Leak rules",
        "This page is made from the rules themselves by `python -m bot.leaks.rules`; a test keeps it equal.",
        "Critical stops an announcement. High and medium ask for a second look. A note is only mentioned.",
    )
    return "\n\n".join((*head, *map(_section, RULES))) + "\n"


def _section(rule: Rule) -> str:
    cues: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if isinstance(rule, PatternRule):
        cues = (("Named by", rule.cues.named), ("Raised by", rule.cues.up), ("Lowered by", rule.cues.down))
    lines = [
        f"## `{rule.id}`",
        "",
        f"{rule.summary}",
        "",
        f"- Label: `{rule.label}`; at most {rule.severity}",
        f"- Replaced by: {rule.replacement or 'nothing'}",
        f"- Source: {rule.source}",
    ]
    lines += [f"- {title}: {', '.join(words)}" for title, words in cues if words]
    lines += [f"- Found, {example.severity}: {_shown(example.text)}" for example in rule.must]
    lines += [f"- Not found: {_shown(text)}" for text in rule.must_not]
    return "\n".join(lines)


def _shown(text: str) -> str:
    """An example as code, with what cannot be seen written as its escape."""
    signs = (sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
    return f"`{''.join(signs)}`"
