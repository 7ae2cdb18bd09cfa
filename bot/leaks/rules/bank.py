"""UK bank accounts: a sort code and an account number."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict
from bot.leaks.rules.record import in_a_record
from bot.leaks.values import digits

_CUES = Cues(
    named=(
        "sort code", "s/c", "sc", "account", "account number", "account no", "acc no", "acc", "a/c", "acct", "bank",
        "bank details", "bank account", "bacs", "pay into", "payable to", "transfer", "cod didoli", "rhif cyfrif",
        "banc",
    ),
    up=("money", "pay", "paid", "send", "refund", "raffle", "sponsor", "donations", "deposit", "treasurer", "her",
        "his", "my"),
    down=("date", "isbn", "tel", "phone", "version", "score", "scores", "results", "draw", "lottery", "grid", "ref no"),
)  # fmt: skip
_SORT = r"[0-9]{2}(?P<dash>[ /-]?)[0-9]{2}(?P=dash)[0-9]{2}"
_PAIR = re.compile(
    rf"(?<![\w£$€+@/=.-]){_SORT}(?!\w)(?P<gap>[^\w\n]{{1,4}}|[^\w\n]{{0,3}}\n?[^0-9\n]{{1,36}}?)"
    r"(?P<account>[0-9]{4} ?[0-9]{4}|[0-9]{2}-?[0-9]{3}-?[0-9]{3}|[0-9]{3} [0-9]{3} [0-9]{2})(?!\w)(?!-[0-9])"
)
_DATE = re.compile(r"(?:0[1-9]|[12][0-9]|3[01])[-/ ](?:0[1-9]|1[0-2])[-/ ][0-9]{2}")


def _judge_pair(candidate: Candidate) -> Verdict | None:
    value = digits(candidate.value[: len(candidate.value) - len(candidate.match["gap"] + candidate.match["account"])])
    value += digits(candidate.match["account"])
    gap = candidate.match["gap"]
    named = candidate.named() or candidate.near(_CUES.named, 0, 0) or "account" in gap.lower() or "acc" in gap.lower()
    if len(set(value)) < 3:
        return None
    if candidate.lowered() and not named:
        return None
    if named:
        return Verdict(Severity.CRITICAL, "bank_account", value)
    # Without a word for it: written as banks write it, the one right behind the other.
    close = len(gap.strip()) <= 1
    if close and candidate.match["dash"] == "-" and not _DATE.fullmatch(candidate.value[:8]):
        return Verdict(Severity.CRITICAL, "bank_account", value)
    return (
        Verdict(Severity.HIGH, "bank_account", value)
        if close and (candidate.raised() or in_a_record(candidate))
        else None
    )


BANK_ACCOUNT = PatternRule(
    id="bank-account",
    label="BANK_ACCOUNT",
    severity=Severity.CRITICAL,
    summary="A sort code of six digits and, within forty characters, an account number of eight. Critical when words "
            "of "
    "banks stand near them or they are printed 12-34-56 12345678; high beside words of paying. The council's own "
    "published "
    "account is no finding.",
    source="Pay.UK, sort codes and account numbers",
    pattern=_PAIR,
    judge=_judge_pair,
    needs="0123456789",
    reasons=("bank_account",),
    replacement="[bank account removed]",
    cues=_CUES,
    must=(
        Example("sort code 00-12-34, account 12345678", Severity.CRITICAL),
        Example("Her account is 001234 12345678.", Severity.CRITICAL),
        Example("00-12-34 / 1234 5678", Severity.CRITICAL),
        Example("Sort: 00 12 34\nAccount number: 12345678", Severity.CRITICAL),
        Example("Send the raffle money to 001234 12345678", Severity.HIGH),
    ),
    must_not=(
        "From 01-02-24 12345678 people came", "Open 10-30-12", "Lottery results 001234 12345678", "tel 001234 12345678",
        "00-00-00 00000000",
    ),
)  # fmt: skip


_PART = re.compile(
    r"(?P<name>(?:sort\s?code|s/c|cod\sdidoli|account(?:\s(?:number|no\.?|num))?|acc(?:t|ount)?\.?(?:\s?no\.?)?"
    r"|a/c(?:\sno\.?)?|rhif\scyfrif)"
    r"(?:\sis|\swas|,)?\s?[:#=-]?\s{0,2})"
    r"(?P<value>[0-9]{2}[ /-]?[0-9]{2}[ /-]?[0-9]{2}(?![0-9 -]?[0-9])|[0-9]{4} ?[0-9]{4}(?!\w))",
    re.IGNORECASE,
)
_PUBLIC = (
    "council tax", "business rates", "reference", "ref", "e g", "eg", "for example", "such as", "your account",
    "customer",
    "tenancy", "rent account", "library", "top right", "quote", "eight digits",
)  # fmt: skip


def _judge_part(candidate: Candidate) -> Verdict | None:
    value = digits(candidate.match["value"])
    sort_code = len(value) == len("001234")
    if len(set(value)) < 3 or (not sort_code and candidate.near(_PUBLIC, 40, 0)):
        return None
    return Verdict(Severity.MEDIUM, "bank_account_part", value, skip=len(candidate.match["name"]))


BANK_ACCOUNT_PART = PatternRule(
    id="bank-account-part",
    label="BANK_ACCOUNT",
    severity=Severity.MEDIUM,
    summary="A number of six digits that is called a sort code, or of eight that is called an account number, by "
            "itself.",
    source="Pay.UK, sort codes and account numbers",
    pattern=_PART,
    judge=_judge_part,
    needs="0123456789",
    reasons=("bank_account_part",),
    replacement="[bank details removed]",
    must=(
        Example("The sort code is 00-12-34.", Severity.MEDIUM),
        Example("account no. 12345678", Severity.MEDIUM),
        Example("rhif cyfrif 12345678", Severity.MEDIUM),
    ),
    must_not=(
        "Your council tax account number has eight digits, e.g. 12345678", "account 12345", "by all accounts 12345678",
        "On account of 150 people",
    ),
)  # fmt: skip


RULES = (BANK_ACCOUNT, BANK_ACCOUNT_PART)
