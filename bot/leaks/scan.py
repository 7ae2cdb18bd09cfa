"""The scan: every rule over a text, its findings settled, and the text with them taken out.

Time grows with the length of the text and nothing else: patterns are bounded, each character is looked at
a bounded number of times, and each rule has a budget of candidates. Failing closed is the caller's: a text that
could not be scanned is not clear.
"""

import hashlib
import hmac
from collections.abc import Iterator

from bot.leaks.context import NO_CONTACTS, Contacts
from bot.leaks.disguises import disguised, unslugged
from bot.leaks.findings import Finding, ScanResult, mask, worst
from bot.leaks.normalise import ScanCopy, normalise
from bot.leaks.reading import Reading
from bot.leaks.rules import CONTEXT_RULES, DIGEST, PATTERN_RULES
from bot.leaks.rules.base import Candidate, ContextRule, PatternRule, Seen, Sighting, Verdict
from bot.leaks.values import canonical

_HIDDEN = "HIDDEN_TEXT"
_FEWEST_CANDIDATES = 200
_SIGNS_A_CANDIDATE = 2


class OverBudget(RuntimeError):
    """A rule proposed more places than a text of that length can hold; the text counts as not scanned."""


def scan(text: str, contacts: Contacts = NO_CONTACTS) -> ScanResult:
    """Look through a text for what should not be published; offsets count characters of the text as given.

    Raises `OverBudget` when a rule runs away.
    """
    plain = Reading(normalise(text), contacts)
    found = _all_found(plain)
    for copy in disguised(plain.copy):
        found += [finding for finding in _all_found(Reading(copy, contacts)) if not _known(finding, found)]
    named = unslugged(plain.copy)
    if named is not None:
        found += [finding for finding in _told_found(Reading(named, contacts), []) if not _known(finding, found)]
    findings = _settled(found)
    return ScanResult(findings, worst(findings), _redacted(text, findings), digest(contacts))


def digest(contacts: Contacts = NO_CONTACTS) -> str:
    """SHA-256 in hex of the rules and these contacts: what a `ScanResult` made with them carries."""
    return hashlib.sha256(f"{DIGEST} {contacts.digest}".encode()).hexdigest()


def fingerprint(finding: Finding, text: str, key: bytes) -> str:
    """Keyed hash (HMAC-SHA256, hex) of a finding's label and value, equal however the value is written.

    `text` is the one that was scanned: a finding does not hold its value.
    """
    value = canonical(finding.label, text[finding.start : finding.end])
    return hmac.new(key, f"{finding.label}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _all_found(reading: Reading) -> list[Finding]:
    found = [finding for rule in PATTERN_RULES for finding in _matched(rule, reading)]
    return [*found, *_told_found(reading, found)]


def _told_found(reading: Reading, values: list[Finding]) -> list[Finding]:
    """What the context rules find, given the values that were found in the same copy."""
    found: list[Finding] = []
    seen = [_place(finding) for finding in values]
    for told in CONTEXT_RULES:
        fresh = [_told(told, sighting, reading.copy) for sighting in told.look(reading, seen)]
        found += fresh
        seen += map(_place, fresh)
    return found


def _place(finding: Finding) -> Seen:
    return Seen(finding.start, finding.end, finding.label, finding.severity.stops)


def _known(finding: Finding, found: list[Finding]) -> bool:
    """Whether the plain copy already showed it, as grave."""
    return any(
        other.label == finding.label
        and other.start < finding.end
        and finding.start < other.end
        and other.severity.rank >= finding.severity.rank
        for other in found
    )


def _matched(rule: PatternRule, reading: Reading) -> Iterator[Finding]:
    copy = reading.copy
    text = copy.original if rule.as_given else copy.text
    if rule.needs and not any(sign in text for sign in rule.needs):
        return
    left = _FEWEST_CANDIDATES + len(text) // _SIGNS_A_CANDIDATE
    position = 0
    while match := rule.pattern.search(text, position):
        left -= 1
        if left < 0:
            raise OverBudget(rule.id)
        candidate = Candidate(match, rule.cues, reading)
        verdict = rule.judge(candidate)
        position = max(match.end(), position + 1)
        if verdict is None:
            continue
        if verdict.length is not None:
            position = max(match.start() + verdict.length, match.start() + 1)
        if not reading.contacts.publishes(rule.label, verdict.value):
            yield _finding(rule, verdict, candidate, match.start() + verdict.skip, position)


def _finding(rule: PatternRule, verdict: Verdict, candidate: Candidate, start: int, end: int) -> Finding:
    copy = candidate.reading.copy
    first, last = (start, end) if rule.as_given else copy.span(start, end)
    heard = (("named", candidate.named), ("raised", candidate.raised), ("lowered", candidate.lowered))
    return Finding(
        start=first,
        end=last,
        label=rule.label,
        severity=verdict.severity,
        rule=rule.id,
        reason_code=f"leaks.reason.{verdict.reason}",
        params=verdict.params,
        excerpt=verdict.excerpt if verdict.excerpt is not None else mask(copy.original[first:last]),
        suggestion=rule.replacement,
        cues=tuple(code for code, hears in heard if hears()),
    )


def _told(rule: ContextRule, sighting: Sighting, copy: ScanCopy) -> Finding:
    first, last = copy.span(sighting.start, sighting.end)
    return Finding(
        start=first,
        end=last,
        label=rule.label,
        severity=sighting.severity,
        rule=rule.id,
        reason_code=f"leaks.reason.{sighting.reason}",
        params={},
        excerpt=mask(copy.original[first:last]),
        suggestion=rule.replacement,
        cues=sighting.cues,
    )


def _settled(findings: list[Finding]) -> tuple[Finding, ...]:
    """In the order of the text, without those that lie inside one of a value at least as grave.

    Hidden characters stay beside the value they hide in: that somebody hid it is worth knowing by itself. What is
    told in words stands beside the values in it: each has its own reason.
    """
    told = {rule.id for rule in CONTEXT_RULES}
    kept: list[Finding] = []
    around: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (one.start, -one.end, -one.severity.rank)):
        if finding.label == _HIDDEN:
            kept.append(finding)
            continue
        around = [other for other in around if other.end > finding.start]
        if any(_covers(other, finding, told) for other in around):
            continue
        kept.append(finding)
        around.append(finding)
    return tuple(kept)


def _covers(other: Finding, finding: Finding, told: set[str]) -> bool:
    if other.end < finding.end or other.severity.rank < finding.severity.rank:
        return False
    return other.label == finding.label or not (other.rule in told or finding.rule in told)


def _redacted(text: str, findings: tuple[Finding, ...]) -> str:
    """The text with what stops it replaced; where findings overlap, by the words of the gravest."""
    parts: list[str] = []
    done = 0
    for cluster in _clusters(findings):
        gravest = max(cluster, key=lambda one: (one.severity.rank, one.end - one.start))
        parts += [text[done : cluster[0].start], gravest.suggestion]
        done = max(one.end for one in cluster)
    return "".join([*parts, text[done:]])


def _clusters(findings: tuple[Finding, ...]) -> Iterator[list[Finding]]:
    cluster: list[Finding] = []
    end = 0
    for finding in findings:
        if not finding.severity.stops:
            continue
        if cluster and finding.start >= end:
            yield cluster
            cluster, end = [], 0
        cluster.append(finding)
        end = max(end, finding.end)
    if cluster:
        yield cluster
