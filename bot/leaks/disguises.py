"""Further copies of a text, in which what was written in a roundabout way stands as it is meant.

Each is made only where its trigger is seen, and each keeps the way back to the original characters.
"""

import base64
import binascii
import re

from bot.leaks.normalise import ScanCopy, normalise, replaced

_DIGIT_WORDS = {
    **dict(zip("zero one two three four five six seven eight nine".split(), "0123456789", strict=True)),
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil", "dim", "sero"), "0"),
    # Welsh; "pump" and "dim" are English words too, which is why only a long run counts.
    **dict(zip("un dau tri pedwar pump chwech saith wyth naw".split(), "123456789", strict=True)),
    "dwy": "2",
    "tair": "3",
    "pedair": "4",
    "chwe": "6",
}
_TEENS = dict(
    zip(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        map(str, range(10, 20)),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), "23456789", strict=True))
# ICAO, Annex 10, volume II, 5.2.1.3: the spelling alphabet.
_LETTERS = {
    word: word[0].upper()
    for word in """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa
    quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu
    """.split()
}
_TIMES = {"double": 2, "dwbl": 2, "triple": 3, "treble": 3}
_WORD = "|".join(sorted({*_DIGIT_WORDS, *_TEENS, *_TENS, *_LETTERS, *_TIMES}, key=len, reverse=True))
_UNIT = (
    rf"(?:(?:{_WORD})(?![A-Za-z0-9])|(?<![A-Za-z0-9])[0-9]{{1,4}}(?![A-Za-z0-9])"
    rf"|(?<![A-Za-z0-9])[A-Za-z](?![A-Za-z0-9]))"
)
_SPOKEN = re.compile(
    rf"(?<![\w-]){_UNIT}(?:(?:[ \t]{{1,2}}|[ \t]?[,;/.-][ \t\n]{{0,2}}|\n){_UNIT}){{3,60}}+", re.IGNORECASE
)
_SPOKEN_PART = re.compile(
    rf"(?P<word>{_WORD}|[0-9]{{1,4}}|[A-Za-z])|(?P<break>[,;/.\n]|-(?=\s)|(?<=\s)-)", re.IGNORECASE
)
_FEWEST_WORDS = 4


def _spoken(match: re.Match[str]) -> str | None:
    """Digits for a run of words: "oh double seven double oh, nine" is 07700 9."""
    digits: list[str] = []
    words = 0
    times = 1
    tens = ""
    for part in _SPOKEN_PART.finditer(match.group()):
        word = (part["word"] or "").lower()
        words += len(word) > 1 and word.isalpha()
        if not word:
            digits.append(f"{tens}0 " if tens else " ")
            tens = ""
        elif word in _TIMES:
            times = _TIMES[word]
        elif word in _TENS:
            digits.append(f"{tens}0" if tens else "")
            tens = _TENS[word]
        else:
            sign = _DIGIT_WORDS.get(word) or _TEENS.get(word) or _LETTERS.get(word) or word.upper()
            if tens and not (sign.isdigit() and len(sign) == 1 and sign != "0"):
                digits.append(f"{tens}0")
                tens = ""
            digits.append(tens + sign * times)
            times, tens = 1, ""
    digits.append(f"{tens}0" if tens else "")
    spelled = re.sub(" +", " ", "".join(digits)).strip()
    if words < _FEWEST_WORDS or sum(sign.isdigit() for sign in spelled) < _FEWEST_WORDS:
        return None
    return spelled


_PROVIDERS = (
    r"(?:gmail|googlemail|hotmail|outlook|live|yahoo|ymail|icloud|me|mac|aol|btinternet|sky|talktalk|virginmedia|"
    r"ntlworld|protonmail|proton|gmx|msn|mail|tiscali|fastmail|zoho)"
)
_BRACKETED_AT = r"\s{0,2}[\[({<]\s?(?:at|@)\s?[\])}>]\s{0,2}"
_BRACKETED_DOT = r"\s{0,2}[\[({<]\s?(?:dot|\.)\s?[\])}>]\s{0,2}"
_DOT_WORD = r"[ \t]{1,2}dot[ \t]{1,2}"
_PIECE = r"[\w+-]{1,40}"
_ADDRESSED = re.compile(
    rf"(?<![\w.+@-]){_PIECE}(?:(?:[._]|{_DOT_WORD}|{_BRACKETED_DOT}){_PIECE}){{0,3}}"
    rf"(?:{_BRACKETED_AT}{_PIECE}(?:(?:\.|{_DOT_WORD}|{_BRACKETED_DOT}){_PIECE}){{1,3}}"
    rf"|[ \t]{{1,2}}at[ \t]{{1,2}}(?:{_PIECE}(?:(?:{_DOT_WORD}|{_BRACKETED_DOT}){_PIECE}){{1,3}}"
    rf"|{_PROVIDERS}\.[a-z.]{{2,6}})"
    rf"|(?:[ \t]{{1,2}}@[ \t]{{1,2}}|@[ \t]){_PIECE}(?:(?:\.|{_DOT_WORD}|{_BRACKETED_DOT}){_PIECE}){{1,3}}"
    rf"|@{_PIECE}(?:,{_PIECE}){{1,2}})(?!\w)",
    re.IGNORECASE,
)


def _addressed(match: re.Match[str]) -> str | None:
    written = match.group()
    plain = re.sub(rf"{_BRACKETED_AT}|[ \t]+at[ \t]+|[ \t]*@[ \t]*", "@", written, flags=re.IGNORECASE)
    plain = re.sub(rf"{_BRACKETED_DOT}|{_DOT_WORD}|[ \t]*\.[ \t]*|,", ".", plain, flags=re.IGNORECASE)
    return plain if plain != written and plain.count("@") == 1 else None


# Groups of digits in which l, I and O stand for 1 and 0.
_MIXED = re.compile(r"(?<![\w/.@-])[0-9OoIl|]{1,12}(?:[ ./-]{1,3}[0-9OoIl|]{2,12}){0,5}(?![\w@])")
_FOR_DIGITS = str.maketrans("OoIl|", "00111")
# A National Insurance number has letters at its ends, so its middle is looked at by itself.
_MIXED_NINO = re.compile(r"(?<![\w@])([A-Za-z]{2}[ -]?)((?:[0-9OoIl][ -]?){6})([A-Da-d])(?!\w)")


def _mixed(match: re.Match[str]) -> str | None:
    written = match.group()
    digits = sum(sign.isdigit() for sign in written)
    signs = sum(sign not in " ./-" for sign in written)
    if digits == signs or signs < 5 or digits * 2 < signs:
        return None
    return written.translate(_FOR_DIGITS)


def _mixed_nino(match: re.Match[str]) -> str | None:
    head, middle, tail = match.groups()
    if not re.search("[OoIl]", middle) or sum(sign.isdigit() for sign in middle) < 3:
        return None
    return head + middle.translate(_FOR_DIGITS) + tail


_SINGLES = re.compile(r"(?<![\w'])[0-9A-Za-z](?:(?:[ \t]{1,3}|[ \t]?[-_*·|,~][ \t]?)[0-9A-Za-z@.](?![\w'])){5,60}+")
_BETWEEN_SINGLES = re.compile(r"[ \t\-_*·|,~]+")


def _singles(match: re.Match[str]) -> str | None:
    written = match.group()
    if sum(sign.isdigit() for sign in written) < 3:
        return None
    return _BETWEEN_SINGLES.sub("", written)


_BROKEN = re.compile(r"(?<=[0-9])[ \t]{0,3}\r?\n[ \t]{0,3}(?=[0-9])|(?<=[0-9])[*_~`]{1,4} ?[*_~`]{0,4}(?=[0-9])")


def _broken(match: re.Match[str]) -> str:
    return " " if "\n" in match.group() or " " in match.group() else ""


_ENTITY = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")


def _entity(match: re.Match[str]) -> str | None:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0x20 <= code < 0x7F else None


_TURNED = re.compile("\u202e([^\u202c\u202d\u202e\u2066-\u2069\n]{1,200})")


def _turned(text: str) -> ScanCopy | None:
    """The text as shown where marks reverse the order of reading; None when none do."""
    if "\u202e" not in text:
        return None
    order = list(range(len(text)))
    for match in _TURNED.finditer(text):
        start, end = match.span(1)
        order[start:end] = order[start:end][::-1]
    shown = normalise("".join(text[index] for index in order))
    return ScanCopy(
        text, shown.text, [order[index] for index in shown.origin], [order[index] + 1 for index in shown.origin]
    )


ENCODED = re.compile(
    r"(?<![A-Za-z0-9+/=_.@:?&-])(?:[A-Za-z0-9+/]{4}){4,200}+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![A-Za-z0-9+/=])"
)
"""What may be base64 (RFC 4648, section 4)."""
_READABLE = re.compile(r"[\x20-\x7e\n]{12,}")
_IN_WORDS = re.compile(r"[a-z]{3}.*[ @:=.,!]|[0-9]{5}", re.DOTALL)


def reads(token: str) -> bool:
    """Whether words or long numbers stand under a base64 token."""
    try:
        inside = base64.b64decode(token, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return bool(_READABLE.fullmatch(inside) and _IN_WORDS.search(inside))


# Words of a file's name or of the path of an address, between hyphens, underscores, points or slashes.
_SLUG = re.compile(
    r"(?<![\w@])(?:https?://[\w.-]{3,80}/)?(?:[A-Za-z0-9%]{1,40}[-_+./]){2,20}[A-Za-z0-9%]{1,40}(?![\w@])"
)
_SLUG_WORD = re.compile(r"[A-Za-z0-9]+")


def _words_of_slug(match: re.Match[str]) -> str | None:
    written = match.group()
    if written.count("-") + written.count("_") + written.count("+") < 2:
        return None
    # The name of the host is nobody's.
    written = re.sub(r"\Ahttps?://[\w.-]+", lambda host: " " * len(host.group()), written)
    plain = re.sub(r"[^A-Za-z0-9]|%20", lambda sign: " " * len(sign.group()), written)
    return _SLUG_WORD.sub(lambda word: word.group()[0].upper() + word.group()[1:], plain)


def unslugged(copy: ScanCopy) -> ScanCopy | None:
    """A copy in which names of files and paths of addresses read as words; None when there are none."""
    told = replaced(copy, _SLUG, _words_of_slug)
    return None if told is copy else told


# What must be in a text before the dearer patterns are tried.
_MAY_BE_SPOKEN = re.compile(rf"(?<!\w)(?:{_WORD})[ ,-]{{1,3}}(?:{_WORD})(?!\w)", re.IGNORECASE)
_MAY_BE_ADDRESSED = re.compile(r"(?<!\w)(?:at|dot)(?!\w)|@[ \t]|[ \t]@|@[\w-]+,", re.IGNORECASE)


def disguised(copy: ScanCopy) -> list[ScanCopy]:
    """The further copies of a plain one; none when nothing is written in a roundabout way."""
    copies: list[ScanCopy] = []
    joined = replaced(copy, _ENTITY, _entity) if "&#" in copy.text else copy
    joined = replaced(joined, _BROKEN, _broken)
    joined = replaced(joined, _SINGLES, _singles)
    joined = replaced(replaced(joined, _MIXED, _mixed), _MIXED_NINO, _mixed_nino)
    if _MAY_BE_ADDRESSED.search(joined.text):
        joined = replaced(joined, _ADDRESSED, _addressed)
    if joined is not copy:
        copies.append(joined)
    if _MAY_BE_SPOKEN.search(copy.text):
        spoken = replaced(joined, _SPOKEN, _spoken)
        if spoken is not joined:
            copies.append(spoken)
    turned = _turned(copy.original)
    if turned:
        copies.append(turned)
    return copies
