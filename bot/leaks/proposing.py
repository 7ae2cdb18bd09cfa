"""A first list of what the organisation publishes, from its past posts, for a person to go through."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.leaks.normalise import normalise
from bot.leaks.scan import scan
from bot.leaks.values import canonical, is_role

KEYS = {
    "PHONE": "published_phones",
    "EMAIL": "published_emails",
    "IBAN": "published_bank",
    "BANK_ACCOUNT": "published_bank",
    "POSTCODE": "published_addresses",
}
"""Kind of value -> the key of `contacts.toml` it goes under."""
OFTEN = 2
"""In how many posts a value must stand before it is proposed: what stood in one may have been a slip."""
_COUNCILLOR = re.compile(
    r"(?<!\w)(?:Cllrs?|Councillors?|Cynghorydd)\.? ((?:[A-Z][\w'-]{1,20}(?: |(?=[,.;:!?)]|\Z))){1,3})"
)
_FEWEST_NAMES = 2


@dataclass(frozen=True, slots=True)
class Proposed:
    """One entry: the key it goes under, how it was written, and in how many posts it stood."""

    key: str
    written: str
    posts: int


def propose(posts: Iterable[str]) -> list[Proposed]:
    """What stands in post after post, most often first within each key; domains of offices' addresses as well."""
    counted: Counter[tuple[str, str]] = Counter()
    written: dict[tuple[str, str], str] = {}
    for post in posts:
        for key, value, text in set(_values(post)):
            counted[key, value] += 1
            written.setdefault((key, value), text)
    found = [Proposed(key, written[key, value], posts) for (key, value), posts in counted.items() if posts >= OFTEN]
    order = [*dict.fromkeys(KEYS.values()), "councillors", "own_domains"]
    return sorted(found, key=lambda one: (order.index(one.key), -one.posts, one.written))


def _values(post: str) -> Iterable[tuple[str, str, str]]:
    """Key, canonical value and spelling of everything in a post that an organisation may publish."""
    for finding in scan(post).findings:
        key = KEYS.get(finding.label)
        if key is None:
            continue
        text = " ".join(post[finding.start : finding.end].split())
        value = canonical(finding.label, text)
        yield key, value, text
        if finding.label == "EMAIL" and is_role(value):
            domain = value.rpartition("@")[2]
            yield "own_domains", domain, domain
    for match in _COUNCILLOR.finditer(normalise(post).text):
        name = match[1].strip()
        if len(name.split()) >= _FEWEST_NAMES:
            yield "councillors", name.casefold(), name


def as_toml(found: list[Proposed]) -> str:
    """`contacts.toml` with each entry on a line of its own, in how many posts it stood beside it."""
    lines = [
        "# What we publish ourselves, proposed from past posts. Take out what is somebody's own, add what is missing,",
        "# and name this file in the settings: leaks.contacts.",
    ]
    for key in dict.fromkeys(one.key for one in found):
        lines += ["", f"{key} = ["]
        lines += [f"    {_quoted(one.written)},  # in {one.posts} posts" for one in found if one.key == key]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(sign for sign in plain if sign.isprintable())}"'
