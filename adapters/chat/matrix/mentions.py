"""Whether a message is meant for the bot, and what it says without the bot's name."""

import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

from adapters.chat.matrix.server import Json

# Bounded, and no two parts that begin alike: anybody may send 64 KB made to be looked at for minutes.
_PILL = re.compile(
    r"""<a\s[^<>]{0,100}?href=["']https://matrix\.to/#/([^"'?<>]{1,300})(?:\?[^"'<>]{0,300})?["'][^<>]{0,100}>"""
    r"""((?:[^<]|<(?!/a>)){0,300})</a>""",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")
_QUOTED = re.compile(r"(?:> [^\n]*\n)+\n?")  # what older clients put before a reply
# What follows the name goes with it: "@switchboard: who knows" asks "who knows".
_AFTER = r"(?![\w-])[:,]?[^\S\n]*"
_BEFORE = r"(?<![\w@/.])"


@dataclass(frozen=True, slots=True)
class Names:
    """What the bot is called: its id, and the name shown in rooms, if any."""

    user: str
    shown: str | None = None

    def heard(self, content: Json, body: str) -> tuple[bool, str]:
        """Whether the bot is mentioned, and the text without its first mention."""
        pill = self._pill(content)
        marked = pill is not None or self._is_marked(content)
        local = re.escape(self.user[1:].partition(":")[0])
        # Somebody of the same name at another server is somebody else.
        patterns = [f"{_BEFORE}{re.escape(self.user)}{_AFTER}", rf"{_BEFORE}@{local}(?!:[\w-]+\.[\w-]){_AFTER}"]
        if pill:
            patterns.insert(0, f"{_BEFORE}@?{re.escape(pill)}{_AFTER}")
        elif marked and self.shown:
            patterns.append(rf"^\s*@?{re.escape(self.shown)}{_AFTER}")
        for pattern in patterns:
            rest, count = re.subn(pattern, "", body, count=1, flags=re.IGNORECASE)
            if count:
                return True, rest.strip()
        return marked, body.strip() if marked else body

    def _pill(self, content: Json) -> str | None:
        formatted = content.get("formatted_body")
        if not isinstance(formatted, str):
            return None
        for target, shown in _PILL.findall(formatted):
            if unquote(target) == self.user:
                return html.unescape(_TAG.sub("", shown)).strip()
        return None

    def _is_marked(self, content: Json) -> bool:
        told = content.get("m.mentions")
        users = told.get("user_ids") if isinstance(told, dict) else None
        return isinstance(users, list) and self.user in users


def without_quotation(content: Json, body: str) -> str:
    """The words of a reply without the older clients' copy of what it answers."""
    relation = content.get("m.relates_to")
    if not isinstance(relation, dict) or "m.in_reply_to" not in relation or not body.startswith("> <"):
        return body
    return _QUOTED.sub("", body, count=1)
