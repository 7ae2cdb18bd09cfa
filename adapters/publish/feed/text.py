"""What may be shown of a text, its title, its paragraphs and its links. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

TITLE_LENGTH = 80

# Everything but the characters of XML 1.0 section 2.2, and of those the controls and the code points that are no
# characters (both "discouraged" there, and errors in HTML).
_ILLEGAL = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
    "|[" + "".join(chr(plane + end) for plane in range(0x10000, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)) + "]"
)
_LINE_ENDS = re.compile("\r\n?")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_SENTENCE_END = re.compile(r"[.!?\u2026][\"'\u2019\u201d)]*\s+")
_ABBREVIATIONS = frozenset(
    "mr mrs ms mx dr st rd ave sq cllr rev prof hon no nos tel approx dept ext est inc ltd vs p.m a.m e.g i.e".split()
)
# Nothing invisible belongs to an address: it would be shown as one and lead to another.
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+", re.IGNORECASE)
_OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `link` is the address it leads to, which is the text itself."""

    text: str
    link: str | None = None


def legal(text: str) -> str:
    """The text without characters that XML 1.0 forbids or discourages, its lines ended by a line feed alone."""
    return _ILLEGAL.sub("", _LINE_ENDS.sub("\n", text))


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph; blank lines part paragraphs."""
    parts = _BLANK_LINES.split(legal(text).strip("\n"))
    return [part.split("\n") for part in parts if part]


def title_of(text: str, otherwise: str) -> str:
    """The first sentence or line, shortened at a word; `otherwise` when there are no words."""
    line = next((" ".join(line.split()) for line in legal(text).split("\n") if line.strip()), "")
    sentence = _first_sentence(line)
    return _shortened(sentence) or otherwise


def pieces(line: str) -> Iterator[Piece]:
    """The line cut into plain text and http or https addresses; joined they are the line again."""
    plain_from = 0
    for match in _ADDRESS.finditer(line):
        address = _without_punctuation(match.group())
        if not _leads_where_it_says(address):
            continue
        if match.start() > plain_from:
            yield Piece(line[plain_from : match.start()])
        yield Piece(address, link=address)
        plain_from = match.start() + len(address)
    if plain_from < len(line):
        yield Piece(line[plain_from:])


def _first_sentence(line: str) -> str:
    for end in _SENTENCE_END.finditer(line):
        words = line[: end.start()].split()
        # "St. Mary's" and "J. Smith" go on after their full stop.
        if line[end.start()] != "." or not words or not _is_short(words[-1]):
            return line[: end.end()].rstrip().removesuffix(".")
    return line.removesuffix(".")


def _is_short(word: str) -> bool:
    bare = word.lstrip("('\"\u2018\u201c").casefold()
    return bare in _ABBREVIATIONS or (len(bare) == 1 and bare.isalpha())


def _shortened(text: str) -> str:
    if len(text) <= TITLE_LENGTH:
        return text
    room = text[:TITLE_LENGTH]
    cut = room.rfind(" ")
    if cut <= 0:  # one long word, or a script without spaces
        cut = _between_characters(text, TITLE_LENGTH - 1)
    return text[:cut].rstrip(" ,;:-\u2013\u2014") + "\u2026"


def _between_characters(text: str, cut: int) -> int:
    """Move a cut back so that it parts no letter from its accent and no emoji from its modifiers."""
    while cut > 1 and (_joins(text[cut]) or text[cut - 1] == "\u200d"):
        cut -= 1
    return cut


def _joins(character: str) -> bool:
    return character == "\u200d" or unicodedata.category(character).startswith("M") or _is_skin_tone(character)


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _without_punctuation(address: str) -> str:
    """Leave out what ends the sentence around an address; a bracket stays if it was opened within."""
    while address:
        last = address[-1]
        unopened = last in _OPENING and address.count(last) > address.count(_OPENING[last])
        if not (unopened or last in ".,;:!?'\u2019\u201d\u2026*_"):
            break
        address = address[:-1]
    return address


def _leads_where_it_says(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    # https://council.example@elsewhere.example names one place and leads to another.
    return bool(parts.hostname) and parts.username is None and "\\" not in address
