"""The scan: every rule over a text, its findings settled, and the text with them taken out.

Time grows with the length of the text and nothing else: patterns are bounded, each character is looked at
a bounded number of times. Failing closed is the caller's: a text that could not be scanned is not clear.
"""

import hashlib
import hmac
from collections.abc import Iterator

from bot.leaks.context import NO_CONTACTS, Contacts
from bot.leaks.findings import Finding, ScanResult, mask, worst
from bot.leaks.normalise import ScanCopy, normalise
from bot.leaks.rules import DIGEST, RULES
from bot.leaks.rules.base import Candidate, Rule, Verdict
from bot.leaks.values import canonical

_HIDDEN = "HIDDEN_TEXT"


def scan(text: str, contacts: Contacts = NO_CONTACTS) -> ScanResult:
    """Look through a text for what should not be published; offsets count characters of the text as given."""
    copy = normalise(text)
    findings = _settled([finding for rule in RULES for finding in _found(rule, copy, contacts)])
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


def _found(rule: Rule, copy: ScanCopy, contacts: Contacts) -> Iterator[Finding]:
    text = copy.original if rule.as_given else copy.text
    position = 0
    while match := rule.pattern.search(text, position):
        verdict = rule.judge(Candidate(match, rule.cues))
        position = match.end()
        if verdict is None:
            continue
        if verdict.length is not None:
            position = match.start() + verdict.length
        if not contacts.publishes(rule.label, verdict.value):
            yield _finding(rule, verdict, copy, match.start(), position)


def _finding(rule: Rule, verdict: Verdict, copy: ScanCopy, start: int, end: int) -> Finding:
    first, last = (start, end) if rule.as_given else copy.span(start, end)
    return Finding(
        start=first,
        end=last,
        label=rule.label,
        severity=verdict.severity,
        rule=rule.id,
        reason_code=f"leaks.reason.{verdict.reason}",
        params=verdict.params,
        excerpt=verdict.excerpt if verdict.excerpt is not None else mask(copy.text[start:end]),
        suggestion=rule.replacement,
    )


def _settled(findings: list[Finding]) -> tuple[Finding, ...]:
    """In the order of the text, without those that lie inside one at least as grave.

    Hidden characters stay beside the value they hide in: that somebody hid it is worth knowing by itself.
    """
    kept: list[Finding] = []
    around: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (one.start, -one.end, -one.severity.rank)):
        if finding.label == _HIDDEN:
            kept.append(finding)
            continue
        around = [other for other in around if other.end > finding.start]
        if any(other.end >= finding.end and other.severity.rank >= finding.severity.rank for other in around):
            continue
        kept.append(finding)
        around.append(finding)
    return tuple(kept)


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
