"""What a line asks for: its topic without the frame around it, or why it asks for nobody."""

import re
from dataclasses import dataclass, replace

from directory.answers import NotAQuestion
from directory.vocabulary import normal, words

LONGEST = 500

# Words around a topic: they say that somebody is wanted, not for what.
FRAME = frozenset(
    """
    a about all also an and any anybody anyone anything are around as ask asking at available be been being best
    best can cannot cant colleague colleagues contact could deal dealing deals did do does doing done dont else
    expert experts expertise for from get give go good got great had handle handles has have having help helping
    hello here hey hi how i if im in is it its just kind knew know knowing knowledge known knows lead leads like
    look looking looks manage manages me my need needed needs no of ok on one or our out over own people person
    please pls point question quick really responsible right run running runs should skilled skills so some
    somebody someone something sort sorts speak speaks speaking staff still talk tell thanks that the their them
    there these they thing this those to today tomorrow tonight trained understand understands up urgent urgently
    us use used uses using want wanted wants was we were whats when where which who whom whos whose will with work
    working works would you your
    """.split()
)
SOMEBODY = re.compile(
    r"\b(?:who|whos|whom|whose|anyone|anybody|any one|someone|somebody|any|expert|experts|help|contact|need|needed|"
    r"colleague|is there an?)\b"
)
ASKING = re.compile(r"\b(?:who|whos|anyone|anybody|someone|somebody|is there an?)\b")
GREETING = re.compile(
    r"(?:thanks|thank you|thx|ta|cheers|great|brilliant|lovely|perfect|ok|okay|hello|hi|hey|good (?:morning|afternoon|"
    r"evening)|morning|afternoon|bye|lol|haha|yes|no|sorry|well done|congratulations|welcome|never mind|nice one)\b"
)
EXCLAIMED = re.compile(
    r"\b(?:god|lord|heaven|heavens|goodness|nobody)(?: only)? knows\b|\bwho cares\b|"
    r"\bwho (?:on earth|the (?:hell|heck))\b|^who knows$"
)
RHETORICAL = re.compile(r"\bwho knows (?:when|why|if|whether|where|what|how)\b(?! to\b)")
OWN_SKILLS = re.compile(
    r"\b(?:add|put|remove|delete|take|update|change|correct|hide|list) (?:\w+ ){0,4}(?:my|me)\b|"
    r"^(?:i know (?:about )?|(?:i am|im) (?:good|trained|an expert)|i can (?!t\b|not\b)|i (?:speak|no longer)\b|"
    r"(?:i have|ive|i) (?:just )?(?:passed|finished|completed|qualified|moved)\b|happy to help\b)|"
    r"\bmy (?:own )?(?:profile|skills?|entry|record|level|job title|working (?:days|pattern|hours))\b"
)
INFORMATION = re.compile(
    r"(?:whens?|wheres?|whats?|why|how|is|are|was|do|does|did|will|can i|could i|should|have|has)\b"
    r"(?! (?:do|can|could|should|must|did) (?:we|you|they)\b)"
)
LOOK_UP = re.compile(
    r"\b(?:phone|mobile|telephone|extension) (?:number|for|of)\b|"
    r"\b(?:email|email address|contact details|job title) (?:for|of)\b|"
    r"\bwho (?:is|are) \w+ ?\w* (?:line manager|manager|boss)\b|\bwho does \w+ (?:\w+ )?(?:report to|work for)\b|"
    r"^(?:whats|what is) \w+ (?:\w+ )?(?:number|email|extension|job title|email address)$|"
    r"^(?:is|wheres|where is) (?!any|some|there\b)\w+ (?:\w+ )?(?:in|off|around|free|back|sitting|on leave)\b"
)
ASKED_OUTRIGHT = re.compile(r"^(?:who|(?:does )?any(?:one|body)) (?:here )?knows? (?:anything |much )?about\b")
SHORT_FORM = re.compile(
    r"\W*(?!(?:OK|LOL|FYI|BRB|TBC|ASAP|OMG|HI|YES|NO|STOP|HELP|BYE|THX)\W)[A-Z][A-Za-z&]{0,4}[A-Z0-9]s?\W*$"
)
"""A short form and nothing else: whoever types that asks for it."""

NAMED = re.compile(r"(?:[Ww]ho(?:['’]s| is)|[Ww]here(?:['’]s| is)|[Ii]s) [A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,2}\b")
"""A person or a place by name: "Who is Maria Lopez"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about: the topic as typed, the words that carry it, and how a label might stand in it.

    `text` is the whole question. `forms` are normal forms, the longest first: "about contact centre work" may mean a
    skill of that name. `doubt` says what else the line may be: chat, rhetorical, look_up or other;
    `outright`: it cannot be anything else, as it begins "who knows about".
    """

    topic: str
    words: tuple[str, ...]
    forms: tuple[str, ...]
    text: str
    doubt: str | None = None
    outright: bool = False


def read(question: str) -> Asked | NotAQuestion:
    """The topic of a question, or why it is none. Only the first LONGEST characters are looked at."""
    question = question[:LONGEST]
    plain = normal(question)
    if not any(c.isalpha() for c in plain):
        return NotAQuestion("empty")
    if EXCLAIMED.search(plain):
        return NotAQuestion("rhetorical")
    if OWN_SKILLS.search(plain) and not ASKING.search(plain):
        return NotAQuestion("own_skills")
    found = about(question)
    if not found.words:
        return NotAQuestion("other")
    return replace(
        found, doubt=_doubt(question, plain), outright=bool(ASKED_OUTRIGHT.match(plain) or SHORT_FORM.match(question))
    )


def about(question: str) -> Asked:
    """What a line is about, taken for a question."""
    tokens = question.split()
    start, end = _inside(tokens)
    topic = " ".join(tokens[start:end]).strip(" ?!.,;:-–—")
    kept = _content(topic)
    forms = [normal(" ".join(tokens[first:last])) for first in range(start + 1) for last in sorted({end, len(tokens)})]
    ordered = sorted({*forms, " ".join(kept)}, key=lambda form: (-len(form), form))
    return Asked(topic, kept, tuple(ordered), question)


def _doubt(question: str, plain: str) -> str | None:
    """What else a line may be, by how it begins."""
    if RHETORICAL.search(plain):
        return "rhetorical"
    if LOOK_UP.search(plain) or NAMED.match(question):
        return "look_up"
    if SOMEBODY.search(plain):
        return None
    if GREETING.match(plain):
        return "chat"
    return "other" if INFORMATION.match(plain) else None


def _inside(tokens: list[str]) -> tuple[int, int]:
    """Where the topic lies between the frame words at both ends; the whole when nothing else would be left."""
    start, end = 0, len(tokens)
    while start < end and _is_frame(tokens[start]):
        start += 1
    while end > start and _is_frame(tokens[end - 1]):
        end -= 1
    return (start, end) if start < end else (0, len(tokens))


def _is_frame(token: str) -> bool:
    # "IT" in capitals is a department, not a pronoun.
    letters = [c for c in token if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return False
    parts = words(token)
    return all(part in FRAME for part in parts)


def _content(topic: str) -> tuple[str, ...]:
    shouting = topic.isupper()
    found = [part for token in topic.split() if shouting or not _is_frame(token) for part in words(token)]
    kept = [part for part in found if shouting or part not in FRAME or len(found) == 1]
    return tuple(dict.fromkeys(kept or found))
