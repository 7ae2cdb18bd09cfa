"""Headings that say a text is not for the public: classifications, exemptions, embargoes, privilege."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict

_NOT_FOR = (
    r"(?:not|never) (?:for|to be) (?:publication|publishing|published|release|released|circulation|circulated|onward "
    r"\w{2,20}|wider \w{2,20}|general \w{2,20}|"
    r"external \w{2,20}|sharing|shared|disclosure|distribution|public (?:release|view|consumption))"
)
_DO_NOT = (
    r"(?:please )?do(?: not|n't) (?:share|forward|circulate|publish|tweet|post|release|distribute|disclose|copy|quote"
    r"|use|announce)"
    r"(?: (?:this|it|any of this|outside|externally|beyond|further|before|until|ahead of|yet|publicly|widely|on|with))"
)
_MARKING = re.compile(
    r"(?P<official>(?<!\w)OFFICIAL ?[-:–(\[]{0,2} ?SENSITIVE\b(?: ?[-:–] ?(?:PERSONAL|COMMERCIAL|LOCSEN|STAFF|HR"
    r"|LEGAL))?\)?|(?<!\w)SWYDDOGOL ?[-:]? ?SENSITIF)"
    rf"|(?P<notfor>(?<!\w){_NOT_FOR}(?:(?:,| by virtue of| under| -)? ?(?:of )?(?:paragraphs? [0-9]{{1,3}}(?: ?(?:and|&"
    rf"|,) ?[0-9]{{1,3}}){{0,4}})?(?:,| of(?: part [1-3I]{{1,3}} of)?)? ?(?:schedule 12A)?)?)"
    rf"|(?P<donot>(?<!\w){_DO_NOT})"
    r"|(?P<exempt>(?<!\w)(?:exempt|confidential|restricted|private)[ -](?:information |report |item |appendix |part "
    r")?(?:under|by virtue of|pursuant to|in accordance with)\b[^.\n]{0,60}?(?:schedule 12A|paragraph [0-9]|section "
    r"100))"
    r"|(?P<embargo>(?<!\w)(?:strict(?:ly)? )?(?:under )?embargo(?:ed)?(?: (?:until|till|til|to|for)|:| -)[^\n.;]{2,45}"
    r"|(?<!\w)under (?:strict )?embargo\b|(?<!\w)not (?:for release|to be released|for use|for broadcast) (?:before"
    r"|until)[^\n.;]{2,30}|(?<!\w)hold (?:for release )?until [0-9][^\n.;]{1,24})"
    r"|(?P<privilege>(?<!\w)(?:(?:subject to |covered by )?legal(?:ly)?(?: professional)? privilege[d]?(?: and "
    r"confidential)?|privileged (?:and|&) confidential|without prejudice(?: save as to costs)?|counsel's (?:advice"
    r"|opinion) (?:is|says|was))[.:]?)"
    r"|(?P<confidence>(?<!\w)(?:(?:strictly|highly|private and|private &|commercially|commercial|staff) (?:private and "
    r"|and )?(?:confidential|in confidence|in-confidence|sensitive|restricted)|commercial[ -]in[ -]confidence|in "
    r"strict(?:est)? confidence|for internal use(?: only)?|restricted: |for (?:gold|silver|bronze|members|officers"
    r"|staff|cabinet)(?: command| group)? only|internal use only|internal only|staff only|eyes only"
    r"|members only|cabinet only|restricted circulation|confidential:|CONFIDENTIAL\b|cyfrinachol:|ddim i'w gyhoeddi"
    r"|pink papers?))"
    r"|(?P<draft>(?<!\w)DRAFT (?:ONLY|NOT)\b|(?<!\w)draft(?: only)? ?[-–:(,] ?(?:not|do not|internal|for "
    r"comment)[^\n.;]{0,30})",
    re.IGNORECASE,
)
_EXPLAINED = (
    "why are", "why do", "why is", "guide", "what is", "what does", "hiring", "vacancy", "grade", "you'll know",
    "training", "policy",
    "respect embargoes", "means", "meaning", "marked", "marking", "classification", "classifications", "course", "quiz",
    "test yourself",
    "taken in private", "taken in part", "excluded", "press and public", "may be", "can be", "some reports",
    "some of our", "how to",
    "the difference", "if you", "your details", "we treat", "will be treated", "is treated", "are treated", "helpline",
    "advice",
    "service", "support", "drop in", "free and", "free,", "talk to", "counselling", "confidential advice", "testing",
    "tests", "reports are",
)  # fmt: skip
_SURE = ("official", "exempt", "notfor", "embargo", "privilege", "draft", "donot", "confidence")
_RAISED = ("cabinet", "appendix", "report", "agenda", "lines to take", "members", "briefing", "minutes", "bid", "bids",
    "tender", "reshuffle",
           "list", "below", "attached", "group meeting", "award", "announcement", "press release", "quote from",
           "staff", "officers")  # fmt: skip


def _judge_marking(candidate: Candidate) -> Verdict | None:
    kind = next(name for name in _SURE if candidate.match[name])
    written = candidate.value.rstrip(" ,:-")
    value = " ".join(written.split()).casefold()
    length = len(written)
    heads = not candidate.before(400).rsplit("\n", 1)[-1].strip(" *_#[(\"'!")
    shouted = written.upper() == written and sum(sign.isalpha() for sign in written) > 3
    if candidate.lowered() and not (heads and shouted):
        return None
    if kind == "official" and not (shouted or heads):
        return None
    if kind in {"confidence", "donot"} and not (heads or shouted or candidate.raised()):
        return None
    if (
        kind == "confidence"
        and written.lower().startswith(("confidential", "members only", "staff only"))
        and not (heads or shouted)
    ):
        return None
    if kind == "notfor" and not (
        heads or shouted or candidate.near(("schedule", "paragraph", "appendix", "draft", "yet", "report"), 60, 40)
    ):
        return None
    if (
        kind == "privilege"
        and written.lower().startswith("legal")
        and not (heads or shouted or candidate.near(("confidential", "counsel", "advice"), 40, 60))
    ):
        return None
    return Verdict(Severity.HIGH, f"marking_{kind}", value, length=length)


PROTECTIVE_MARKING = PatternRule(
    id="protective-marking",
    label="PROTECTIVE_MARKING",
    severity=Severity.HIGH,
    summary="The words with which a public body marks what is not for the public, where they stand as a marking: at "
            "the head, in "
    "capitals, or beside papers and briefings. Sentences that explain markings are none.",
    source="Government Security Classifications (Cabinet Office); Local Government Act 1972, Schedule 12A",
    pattern=_MARKING,
    judge=_judge_marking,
    reasons=tuple(f"marking_{kind}" for kind in _SURE),
    replacement="[marking removed]",
    cues=Cues(up=_RAISED, down=_EXPLAINED),
    must=(
        Example("OFFICIAL-SENSITIVE: PERSONAL Lines to take on the trust", Severity.HIGH),
        Example("NOT FOR PUBLICATION by virtue of paragraph 3, Schedule 12A, Appendix C", Severity.HIGH),
        Example("Exempt under paragraph 3 of Schedule 12A. Offer for the depot.", Severity.HIGH),
        Example("EMBARGOED UNTIL 00.01 FRIDAY Anytown is chosen", Severity.HIGH),
        Example("Legally privileged and confidential. Counsel thinks so.", Severity.HIGH),
        Example("Commercial in confidence: the three bids", Severity.HIGH),
        Example("The list is below, do not share before group meeting", Severity.HIGH),
        Example("Draft - not for circulation: the budget", Severity.HIGH),
    ),
    must_not=(
        "Why are some of our reports exempt under Schedule 12A, paragraph 3? A guide.",
        "You'll know your OFFICIAL from your OFFICIAL-SENSITIVE",
        "Please respect embargoes.", "Free, confidential advice on Tuesday",
        "The pool is not for public swimming today", "Our official opening is at 3",
        "Don't share your password with anyone", "It was a privilege to meet you all",
    ),
)  # fmt: skip

RULES = (PROTECTIVE_MARKING,)
