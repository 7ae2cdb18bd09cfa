"""Places in a text that narrow down who is meant: addresses, streets, schools, classes and other named places."""

import re

STREET_TYPES = (
    "Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Close|Cl|Drive|Dr|Way|Crescent|Cres|Court|Ct|Place|Pl|Terrace|Gardens|Gdns|"
    "Grove|Rise|Row|Square|Sq|Walk|Mews|View|Yard|Green|Parade|Hill|Vale|Bank|Chase|Croft|Dene|End|Fields?|Garth|Gate|"
    "Heath|Heights|Hollow|Link|Loop|Meadows?|Mount|Orchard|Passage|Path|Quay|Reach|Ridge|Side|Spinney|Steps|Wharf|Wynd|"
    "Brow|Broadway|Circle|Circus|Common|Copse|Cottages|Villas|Approach|Esplanade|Promenade|Buildings|Estate|House"
    "|Lodge|"
    "Flats|Tower|Point|Heights|Mansions|Towers|Cottage|Farm|Bungalow|Grange|Manor|Hall|Park"
)
"""What a street, or a building people live in, is called last."""

_NAME = r"(?:(?:St\.?|The|Old|New|Upper|Lower|Great|Little|North|South|East|West)\s)?[A-Z][\w'-]{1,24}"
_MORE = r"(?:\s(?:[A-Z][\w'-]{1,24}|of|the|y|yr)){0,3}"
_WELSH = (
    r"(?:Heol|Ffordd|Stryd|Lôn|Clos|Rhodfa|Maes|Cwrt|Tan|Pen|Rhes|Trem|Cae|Bryn|Parc|Llys|Gerddi|Teras)\s(?:y|yr"
    r"|[A-Z])[\w'-]{0,24}(?:\s(?:y|yr|[A-Z])[\w'-]{1,24}){0,2}"
)

STREET = re.compile(rf"(?<![\w-])(?:{_NAME}{_MORE}?\s(?:{STREET_TYPES})|{_WELSH})(?![\w'-])")
"""A street, by its name and what streets are called."""

_NUMBER = (
    r"(?:(?:Flat|Apartment|Apt|Unit|Room|Plot|Caravan)\s?\w{1,4},?\s)?"
    r"(?:(?:no\.?|nos\.?|number|Number|No\.?|Nos\.?|rhif)\s?)?[0-9]{1,4}[A-Za-z]?(?!\s?(?:-|to|–)\s?[0-9])"
)
ADDRESS = re.compile(
    rf"(?<![\w£./-])(?:{_NUMBER},?\s|(?:Flat|Apartment|Apt)\s?\w{{1,4}},?\s)"
    rf"(?:{_NAME}{_MORE}?\s(?:{STREET_TYPES})|{_WELSH})(?![\w'-])"
    rf"(?:,?\s[A-Z][\w'-]{{2,24}}(?=,?\s[A-Z]{{1,2}}[0-9]))?"
)
"""A house: its number and its street."""

NUMBER_ONLY = re.compile(
    r"(?<![\w£])(?:(?:[Nn]umber|[Nn]o\.?|rhif)\s(?:[0-9]{1,3}[A-Za-z]?|one|two|three|four|five|six|seven|eight|nine"
    r"|ten)"
    r"|(?:[Ff]lat|[Aa]partment|[Rr]oom|[Bb]ed|[Cc]aravan|[Pp]itch|[Pp]lot)\s[0-9]{1,3}[A-Za-z]?)"
    r"(?!\s(?:bus|service|route|\d))(?![\w:/.]\w)"
)
"""A house, flat or bed told by its number alone."""

_SCHOOL_WORD = (
    "Primary|Infants?|Juniors?|Academy|School|High|Grammar|Nursery|Comprehensive|Secondary|College|Prep|Preschool|"
    "Pre-School|Playgroup|Sixth|Kindergarten|PRU|SEN"
)
SCHOOL = re.compile(
    rf"(?<![\w-])(?:(?:St\.?\s)?[A-Z][\w'-]{{1,24}}(?:\s(?:[A-Z][\w'-]{{1,24}}|of|the|and|&|C\.?\s?of\s?E\.?)){{0,4}}?"
    rf"\s(?:{_SCHOOL_WORD})(?:\s(?:School|Academy|Form|College|Nursery))?"
    r"|Ysgol\s[A-Z][\w'-]{1,30}(?:\s[A-Z][\w'-]{1,30}){0,2}"
    r"|St\.?\s[A-Z][a-z]{2,20}'s(?!\s(?:Church|Hospital|Hospice|Day|Road|Street)))(?![\w])"
)
"""A school, by its name."""

CLASS = re.compile(
    r"(?<![\w-])(?:[Yy]ear\s?(?:[1-9]|1[0-3]|one|two|three|four|five|six|seven|eight|nine|ten|eleven)(?:\s?[A-Z]{1,2})?"
    r"|Y(?:[1-9]|1[0-3])(?:[A-Z]{1,2})?|Reception(?=[\s,.)']|\Z)|KS[1-5]|Key Stage\s[1-5]|Nursery(?=\sclass|\sgroup)"
    r"|[A-Z][a-z]{2,14}\s(?:Class|class)|(?:class|form|Form|tutor group)\s[0-9]{1,2}[A-Z]{1,2}|blwyddyn\s?[0-9]{1,2}"
    r"|Blwyddyn\s?[0-9]{1,2})"
    r"(?![\w-])"
)
"""A class or year of a school."""

NAMED_PLACE = re.compile(
    r"\b(?:in|at|near|from|on|of|off|to|behind|opposite|beside|outside|above|by|around|round|yn|ym|yng|ger|ar)\s"
    r"(?:the\s|our\s|old\s|y\s|yr\s)?(?:(?:St\.?|Upper|Lower|Old|New|Great|Little|North|South|East|West)\s)?"
    r"[A-Z][a-zâêîôûŵŷ'-]{2,24}(?:\s[A-Z][a-z'-]{2,24}){0,2}"
)
"""A place that is named: a preposition and what begins with a capital letter."""

AGE = re.compile(
    r"(?:(?<![\w£$€%.-])(?P<years>[1-9][0-9]?)[ -]?(?:year|yr)s?[ -]?(?:old|-old)"
    r"|(?<!\w)(?:aged|age|oed)\s(?P<aged>[1-9][0-9]?)(?![0-9:/%+-])"
    r"|(?<![\w£$€%.-])(?P<months>[1-9][0-9]?)[ -](?:month|week|day)s?[ -]old"
    r"|(?<!\w)(?P<word>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|"
    r"seventeen)[ -]year[ -]old"
    r"|(?<!\w)(?:is|was|turned|turns|only|just)\s(?:only\s|just\s)?(?P<only>(?:[1-9][0-9]?|two|three|four|five|six"
    r"|seven"
    r"|eight|nine|ten|"
    r"eleven|twelve|thirteen|fourteen|fifteen))(?=[,.;!)]|\sand\b|\Z)"
    r"|,\s(?P<comma>[1-9][0-9]?),(?=\s)"
    r"|\((?P<bracket>[1-9][0-9]?)\)"
    r"|(?<!\w)(?:in\s(?:his|her|their)\s)(?P<decade>[1-9]0s|teens|twenties|thirties|forties|fifties|sixties|seventies"
    r"|eighties|nineties)"
    r")"
)
"""An age, however it is told."""

_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen".split(),
        range(1, 18),
        strict=True,
    )
)
ADULT = 18


def years(match: re.Match[str]) -> int:
    """The age that a match of `AGE` tells, in years; 0 for months, 30 for a decade of an adult."""
    if match["months"]:
        return 0
    if match["decade"]:
        return 15 if match["decade"] == "teens" else 30
    told = match["years"] or match["aged"] or match["word"] or match["only"] or match["comma"] or match["bracket"]
    return _WORDS.get(told, 0) or int(told)
