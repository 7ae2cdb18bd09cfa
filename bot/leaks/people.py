"""Persons that a text names, found by how names are built: titles, common given names, surnames, initials."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.leaks.lexicon import Word
from bot.leaks.places import STREET_TYPES
from bot.leaks.words.names import GIVEN, SOFT, SURNAMES, TITLES, WORDLIKE

_GIVEN = frozenset(GIVEN.split())
_WORDLIKE = frozenset(WORDLIKE.split()) | frozenset(SOFT.split())
_SOFT = frozenset(SOFT.split())
_SURNAMES = frozenset(SURNAMES.split())
_TITLES = frozenset(TITLES.split())
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday christmas easter eid diwali ramadan hanukkah vaisakhi halloween valentine boxing
    new year spring summer autumn winter
    """.split()
)
# After a name these make it that of a street, a building, an organisation or an event.
_PLACE_WORDS = frozenset(
    {word.lower().rstrip("?") for word in STREET_TYPES.split("|")}
    | set(
        """
        primary infants infant juniors junior academy school high grammar nursery college university hospital surgery
        centre center library museum theatre church chapel cathedral mosque temple parish ward council station stadium
        arena trust foundation charity society association club fc afc rfc cricket united rovers city town team bridge
        beach river lake woods forest island bay valley common roundabout junction award awards cup trophy shield league
        day week month festival fair fayre carnival show ltd limited plc llp group services solutions act rule law
        syndrome disease arms inn hotel pub tavern bakery cafe café stores store shop market post office county
        district borough region pavilion reserve trail marathon run foods sons daughter brothers bros partners co
        """.split()
    )
)
# Capitals that begin sentences or titles and no names.
NO_NAMES = _CALENDAR | frozenset(
    """
    the a an and or but if in on at by to for from of with we our you your he she they it his her their this that these
    those there here what when where who why how which please thank thanks sorry congratulations well done good great
    happy merry dear hi hello hey welcome meet join come see visit call ring phone text email contact ask tell
    today tomorrow yesterday tonight morning afternoon evening weekend week all any some more most no not new old first
    last next one two three four five six seven eight nine ten don't do does did is are was were will would can could
    should may might must have has had be been get got go going let let's make made find found help need want look
    looking read watch listen learn open closed free update reminder notice news event events full big little best
    council councillor councillors cllr cabinet committee mayor police fire nhs gp hospital school street road lane town
    city county district parish village ward england wales scotland ireland britain uk london british english welsh
    scottish irish european christian muslim jewish sikh hindu polish romanian ukrainian syrian after before during
    our also just now only even over under up down out off into about as so than then too very still never always
    another each every both few many much own same such through while until since because although though however
    mental health social care children children's adult adults young family families community services service team
    aider worker ranger champion leader head chief executive director manager officer teacher deputy assistant year
reception class section part item     housing planning licensing environmental trading finance legal human resources
customer democratic public     """.split()
)
ORGANISATIONS = frozenset(
    """
    ofsted unison unite gmb nhs bbc itv hmrc dvla dwp capita serco veolia biffa suez network rail arriva stagecoach
firstbus asda     tesco aldi lidl sainsbury's sainsburys morrisons waitrose coop amazon google facebook twitter
instagram microsoft parliament     westminster whitehall holyrood senedd brexit covid labour tories conservatives
greens reform plaid snp crimestoppers samaritans     childline mind scope shelter barnardo's barnardos oxfam rotary
macmillan marie rspca rnli nspcc citizens streetlink everybody     everyone somebody someone anybody anyone nobody
nothing something staff members residents parents pupils teachers people children     """.split()
)
"""Capitals that do what people do and are no persons."""
COMMON_STARTS = frozenset(
    """
    it this that there he she they we you i who what which where when why how if since while although though because
after before     nobody everyone anyone someone everything nothing somebody police council government parliament
labour work business traffic     music school hospital library pool market museum theatre park road street bridge
station bus train tram bin bins rain snow     weather flooding storm power water gas money time life love help news
information planning housing health care support     """.split()
)
"""Words that begin sentences as subjects and are no names."""
_JOIN = re.compile(r"(?: |-|\. |\.| '|' |, (?=\b[A-Z]\b))")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a text: where, how, and whether as somebody in public life."""

    start: int
    end: int
    kind: str
    """`full`, `titled`, `given` or `initial`."""
    public: bool
    sentence: int


def people(text: str, words: tuple[Word, ...], is_public: Callable[[str], bool]) -> Iterator[Person]:
    """The persons named in a plain text, in its order. `is_public` knows the names the organisation publishes."""
    place = 0
    while place < len(words):
        last, kind, titled = _named(text, words, place)
        if kind is None:
            place += 1
            continue
        start, end = words[place].start, words[last].end
        if text[start:end].endswith("'s"):
            end -= 2
        public = titled or is_public(text[start:end])
        yield Person(start, end, kind, public, words[place].sentence)
        place = last + 1


def _named(text: str, words: tuple[Word, ...], place: int) -> tuple[int, str | None, bool]:
    """Last word and kind of the name that begins at a word; no kind when none does. Third: a public title."""
    word = words[place]
    if not word.capital:
        return place, None, False
    if word.low in _TITLES and place + 1 < len(words) and _joined(text, word, words[place + 1]):
        last = _surname_end(text, words, place + 1)
        if last is not None:
            return last, "titled", False
    if word.low in _PUBLIC and place + 1 < len(words) and _joined(text, word, words[place + 1]):
        last = _surname_end(text, words, place + 1)
        if last is not None:
            return last, "titled", True
    if _after_saint(words, place):
        return place, None, False
    if word.low in _GIVEN or word.low in _WORDLIKE:
        return _from_given(text, words, place)
    follower = words[place + 1] if place + 1 < len(words) else None
    begins = place == 0 or words[place - 1].sentence != word.sentence
    if follower is None or begins or word.shouted or word.low in NO_NAMES:
        return place, None, False
    if follower.low in _PLACE_WORDS or place_before(words, place) or words[place - 1].low == "the":
        return place, None, False
    surname = follower.capital and follower.low in _SURNAMES and _joined(text, word, follower)
    if surname and not _is_place(text, words, place + 1):
        return place + 1, "full", False
    return place, None, False


_PUBLIC = frozenset(
    "pope cllr councillor cynghorydd alderman mayor mp sir dame lord lady baroness baron canon bishop archbishop king "
    "queen "
    "prince princess".split()
)


def place_before(words: tuple[Word, ...], place: int) -> bool:
    """Whether a word stands before it after which places are named."""
    return place > 0 and words[place - 1].low in {
        "in",
        "at",
        "near",
        "on",
        "along",
        "opposite",
        "off",
        "behind",
        "outside",
    }


def _after_saint(words: tuple[Word, ...], place: int) -> bool:
    return place > 0 and words[place - 1].low in {"st", "saint", "ysgol", "heol", "stryd", "ffordd"}


def _joined(text: str, word: Word, following: Word) -> bool:
    return _JOIN.fullmatch(text[word.end : following.start]) is not None


def _surname_end(text: str, words: tuple[Word, ...], place: int) -> int | None:
    """Last word of a surname, with initials or given names before it, that begins at a word."""
    last: int | None = None
    for index in range(place, min(place + 4, len(words))):
        word = words[index]
        if not word.capital or (index > place and not _joined(text, words[index - 1], word)):
            break
        if index > place and (word.low in NO_NAMES or word.low in _PLACE_WORDS):
            break
        if word.low in _CALENDAR:
            break
        last = index
    if last is not None and _is_place(text, words, last):
        return None
    return last


def _is_place(text: str, words: tuple[Word, ...], last: int) -> bool:
    """Whether the word after a name makes it something other than a person."""
    if last + 1 >= len(words):
        return False
    following = words[last + 1]
    gap = text[words[last].end : following.start]
    return following.capital and gap in {" ", "'s ", " & "} and following.low in _PLACE_WORDS


def _from_given(text: str, words: tuple[Word, ...], place: int) -> tuple[int, str | None, bool]:
    word = words[place]
    wordlike = word.low in _WORDLIKE
    last = place
    initials = False
    for index in range(place + 1, min(place + 4, len(words))):
        following = words[index]
        if (
            not following.capital
            or not _joined(text, words[index - 1], following)
            or following.sentence != word.sentence
        ):
            break
        if following.shouted and not word.shouted and following.low not in _SURNAMES:
            break
        if len(following.low) == 1:
            initials = True
            last = index
            continue
        if following.low in NO_NAMES or following.low in _PLACE_WORDS or following.low in _TITLES:
            break
        last = index
    if _is_place(text, words, last):
        return place, None, False
    if last > place:
        if wordlike and words[last].low not in _SURNAMES and words[last].low not in _GIVEN and not initials:
            begins = place == 0 or words[place - 1].sentence != word.sentence
            if begins or word.low not in _GIVEN:
                return place, None, False
        return last, "initial" if initials and last == place + 1 else "full", False
    begins = place == 0 or words[place - 1].sentence != word.sentence
    soft = word.low in _SOFT and not begins
    if (wordlike and not soft) or (word.shouted and len(word.low) > 1):
        return place, None, False
    return place, "given", False


def is_given(name: str) -> bool:
    """Whether a word is a common given name, also one that is an everyday word."""
    low = name.casefold().removesuffix("'s")
    return low in _GIVEN or low in _WORDLIKE
