"""Words and codes that open something: passwords in prose, door codes, meeting passcodes."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict

_NAMED = (
    r"(?:p[a4@][s5$]{2}[ -]?w[o0]rd|p[a4@][s5$]{2}[ -]?phrase|pwd|p/w|pw|passwd|log[ -]?in|logon|sign[ -]?in|log in"
    r"|sign in|key|"
    r"network key|wifi key|wi-fi key|credentials?|cyfrinair)"
)
_FILL = (
    r"(?:\s(?:is|was|as|to|of|for|now|still|reset|it|the|a|all|in|with|set|changed|stays|remains|on|and|yw|your|our"
    r"|user|name|wifi|wi-fi|this|week|month|today)){0,6}"
)
_IS = rf"(?:(?:\s[\w'-]{{1,15}}){{1,5}}\s(?:is|was|yw)|{_FILL})"
_PASSWORD = re.compile(
    rf"(?<![\w])(?P<word>{_NAMED})(?:s|es)?(?:\s\([^)\n]{{1,30}}\))?{_IS}\s?[:=\"'‘“,-]{{0,3}}\s?[\"'‘“`]?"
    r"(?P<value>[^\s\"'`<>,;()“”‘’\[\]][^\s\"'`<>,;()“”‘’\[\]]{4,63})",
    re.IGNORECASE,
)
_SET_TO = re.compile(
    r"(?:(?:set|reset|changed) (?:it|them|the \w{3,12})(?: back)? to|logs? (?:all )?(?:in|on) (?:with|using|as)|(?:in"
    r"|on) with) "
    r"(?:\w{2,20} ?/ ?)?[\"'‘“`]?(?P<value>[^\s\"'`<>,;()“”‘’\[\]]{6,64})"
)
_PUBLIC_NETWORK = (
    "guest", "public", "free wifi", "free wi-fi", "on every table", "on the wall", "visitors", "customers", "café",
    "cafe", "everyone",
    "library wifi",
)  # fmt: skip
_ADVICE = (
    "better password", "strong password", "never", "don't", "do not", "not", "avoid", "like", "such as", "scam", "tips",
    "manager",
    "reset your", "forgotten", "change your", "no password", "your password", "random words", "reset link",
)  # fmt: skip
_WORDS_ONLY = re.compile(r"[A-Za-z'-]+[.!?:]?")


def _mixed(value: str) -> bool:
    """Whether it is built as passwords are: letters with figures or signs, not a plain word or number."""
    kinds = [
        any(sign.islower() for sign in value),
        any(sign.isupper() for sign in value[1:]),
        any(sign.isdigit() for sign in value),
        any(not sign.isalnum() for sign in value.strip(".,!?:;'\"-").replace("_", "").replace("-", "")),
    ]
    return (
        sum(kinds) >= 2
        and any(kinds[2:])
        and not re.fullmatch(
            r"[\d/.:£%-]+|[A-Za-z]+(?:[-'/][A-Za-z]+)*[.,!?:]*|https?:.*|#\w+|@\w+|\w+@.*|\d+(?:st|nd|rd|th|am|pm"
            r"|p)\W?",
            value,
        )
    )


def _judge_password(candidate: Candidate) -> Verdict | None:
    value = (
        candidate.match["value"].rstrip(".,:)!?")
        if candidate.match["value"][-1:] in ".,:)"
        else candidate.match["value"]
    )
    skip = candidate.match.start("value") - candidate.match.start()
    length = skip + len(value)
    network = candidate.near(("wifi", "wi-fi", "wi fi", "network"), 80, 0)
    if candidate.near(_PUBLIC_NETWORK, 90, 60) and network:
        return None
    if candidate.near(_ADVICE, 40, 0) or re.search(
        r"\b(?:no|your|a|strong|new|better|another|any|every|ask for|asks for)\s\Z", candidate.before(12), re.IGNORECASE
    ):
        return None
    if value[0] in "$<{" or (candidate.match["word"].lower() == "key" and sum(sign.isdigit() for sign in value) < 2):
        return None
    plain_word = _WORDS_ONLY.fullmatch(value) is not None
    said = (
        re.search(r"\b(?:is|was|as|to|now|yw)\b|[:=\"'‘“]", candidate.value[len(candidate.match["word"]) : skip])
        is not None
    )
    word = candidate.match["word"].lower()
    if _mixed(value) and (
        said or word not in {"key", "log in", "sign in", "login", "sign-in"} or re.search("[0-9]", value)
    ):
        return Verdict(Severity.CRITICAL, "password", value, length=length, skip=skip)
    quoted = candidate.match.string[candidate.match.start("value") - 1] in "\"'‘“`"
    if plain_word and quoted and said and word not in {"key", "login", "log in", "sign in"}:
        return Verdict(Severity.CRITICAL, "password", value, length=length, skip=skip)
    return None


PASSWORD = PatternRule(
    id="password",
    label="SECRET",
    severity=Severity.CRITICAL,
    summary="What follows the word password, login or key where it is built as passwords are, or stands in quotes. "
            "Advice "
    "about passwords, and the network for guests, are none.",
    source="NCSC, Password administration for system owners",
    pattern=_PASSWORD,
    judge=_judge_password,
    reasons=("password",),
    replacement="[password removed]",
    cues=Cues(down=_ADVICE),
    must=(
        Example("The password is Kestrels!2024 as ever", Severity.CRITICAL),
        Example("pw: hoserun4bravo", Severity.CRITICAL),
        Example('pa55word for the tablet is "Ballot-Box-77"', Severity.CRITICAL),
        Example("cyfrinair: Draig2024!", Severity.CRITICAL),
        Example('the password is "marigolds"', Severity.CRITICAL),
    ),
    must_not=(
        "Three random words make a better password than Password123", "Change your password today",
        "Forgotten your password? Ring us",
        "Guest wifi is HALL-GUEST and the password is maris1piper on every table", "The key is under review",
        "login at 10.30",
        "No password needed, choose MV-Public-Free",
    ),
)  # fmt: skip


def _judge_set_to(candidate: Candidate) -> Verdict | None:
    value = candidate.match["value"]
    value = value.rstrip(".,:)") if not _mixed(value) else value.rstrip(".,:")
    skip = candidate.match.start("value") - candidate.match.start()
    about = candidate.near(
        (
            "locked out",
            "log in",
            "logs in",
            "log on",
            "login",
            "password",
            "account",
            "twitter",
            "tablet",
            "tablets",
            "laptop",
        ),
        90,
        40,
    )
    if not (_mixed(value) and about) or candidate.near(_ADVICE, 30, 0):
        return None
    return Verdict(Severity.CRITICAL, "password_told", value, length=skip + len(value), skip=skip)


PASSWORD_TOLD = PatternRule(
    id="password-told",
    label="SECRET",
    severity=Severity.CRITICAL,
    summary="What somebody set a password to, or logs in with, without the word password right before it.",
    source="NCSC, Password administration for system owners",
    pattern=_SET_TO,
    judge=_judge_set_to,
    reasons=("password_told",),
    replacement="[password removed]",
    must=(
        Example("Locked out of Twitter? Jo set it to Kestrels!2024", Severity.CRITICAL),
        Example("the tablets all log in with presiding / Ballot-Box-77", Severity.CRITICAL),
    ),
    must_not=("We set it to 19 degrees", "Jo set it to music2024", "he / she2", "They log in with friends"),
)


_OPENER = (
    r"(?:pass ?codes?|access codes?|entry codes?|door codes?|gate codes?|lock codes?|alarm codes?|code for the (?:door"
    r"|gate|alarm|safe|hall|shed|side door)|"
    r"key ?pads?|key ?safes?|key ?box(?:es)?|lock ?box(?:es)?|combination|host keys?|host codes?|pin codes?|pin "
    r"numbers?|pin|one[- ]time codes?|otp|"
    r"verification codes?|security codes?|recovery codes?|backup codes?|alarms?|(?:side|back|front|tower|main|staff) "
    r"(?:door|gate)s?|padlocks?|safe|"
    r"out of hours box|c[oô]d (?:y )?(?:drws|mynediad|larwm)|door|gate)"
)
_CODE = re.compile(
    rf"(?<![\w])(?P<word>{_OPENER})(?P<between>(?:[^\n.!?]|\.(?=\d)){{0,45}}?[\s:=#\"'(])"
    r"(?P<value>(?=[A-Z]{0,7}[0-9])[A-Z0-9][A-Z0-9#*]{2,11}(?![\w])|(?-i:[A-Z]{4,12})(?![\w])"
    r"|[0-9](?:[ -][0-9]){3,7}(?![ -]?[0-9]))(?![\w])",
)
_CODE_LOW = re.compile(_CODE.pattern, re.IGNORECASE)
_STRONG = re.compile(
    r"code|key ?safe|key ?pad|key ?box|lock ?box|combination|host key|otp|pin|alarm|padlock|box|c[oô]d", re.IGNORECASE
)
_PUBLIC_MEETING = (
    "anyone can", "all welcome", "everyone welcome", "everybody welcome", "open to all", "open to everyone",
    "public meeting", "members of the public",
    "join us", "free webinar", "watch live", "no passcode", "come along", "see you",
)  # fmt: skip
_CLOSED = (
    "private session", "members only", "officers", "staff", "internal", "confidential", "pre-meet", "team only",
    "part 2", "part ii", "host",
)  # fmt: skip
_HOUR = re.compile(r"[0-9]{1,2}(?:am|pm|st|nd|rd|th|k|m|s|%)", re.IGNORECASE)
_TIME = re.compile(r"(?:19|20)[0-9]{2}|COVID19|A[0-9]{1,3}|B[0-9]{4}|M[0-9]{1,2}", re.IGNORECASE)


def _judge_code(candidate: Candidate) -> Verdict | None:
    match = candidate.match
    value, between, word = match["value"], match["between"], match["word"]
    skip = match.start("value") - match.start()
    strong = _STRONG.search(word + between) is not None
    meeting = "pass" in word.lower()
    if value.isalpha() and not (meeting and value.isupper() and len(between.strip(" :=#\"'(")) <= 3):
        return None
    if _HOUR.fullmatch(value) or (_TIME.fullmatch(value) and not strong):
        return None
    if not strong and not (value.isalnum() and re.search("[A-Z]", value) and re.search("[0-9]", value)):
        return None
    if re.search(
        r"£|\b(?:phone|ring|call|tel|room|price|from|until|opens?|open|year|no|without|bus|route|sg|page|item)\b",
        between,
        re.IGNORECASE,
    ):
        return None
    if candidate.near(_PUBLIC_MEETING, 140, 60) and not candidate.near(_CLOSED, 140, 60) and meeting:
        return None
    if candidate.near(
        ("scam", "never share", "asks for", "don't share", "do not share", "discount", "voucher", "promo", "use code"),
        60,
        40,
    ):
        return None
    return Verdict(Severity.CRITICAL, "passcode", value.upper(), skip=skip)


PASSCODE = PatternRule(
    id="passcode",
    label="PASSCODE",
    severity=Severity.CRITICAL,
    summary="A code of three to twelve signs behind words of doors, alarms, key safes, meetings and one-time codes. "
            "The passcode "
    "of a meeting that is open to everybody is none, nor are codes of vouchers.",
    source="NPSA, Access control guidance; the meeting services' own words",
    pattern=_CODE_LOW,
    judge=_judge_code,
    reasons=("passcode",),
    replacement="[code removed]",
    must=(
        Example("Private session for members, passcode QL8842", Severity.CRITICAL),
        Example("side door C2580Y, and the alarm is 4471", Severity.CRITICAL),
        Example("the key safe is behind the butt, 1953", Severity.CRITICAL),
        Example("door code: 1 2 3 4", Severity.CRITICAL),
        Example("host key 554433", Severity.CRITICAL),
    ),
    must_not=(
        "Anyone can come: meeting 811 0000 2222, passcode CUPPA", "Use code SWIMFREE24 at the desk",
        "No passcode, doors 19:30",
        "The alarm was raised at 3am", "Key safe installed in 40 homes", "dress code is black tie",
    ),
)  # fmt: skip

RULES = (PASSWORD, PASSWORD_TOLD, PASSCODE)
