"""Addresses of machines, and links that only colleagues can or should follow."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict

_FOUR = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
_IP = re.compile(
    rf"(?<![\w:])(?P<six>(?:[0-9A-Fa-f]{{0,5}}:){{2,8}}(?:{_FOUR}"
    rf"|[0-9A-Fa-f]{{0,5}})(?:%[\w.]{{1,16}})?(?:/[0-9]{{1,3}}(?![0-9]))?)(?![\w:])"
    rf"|(?<![\w.])(?P<four>{_FOUR}(?:/[0-9]{{1,2}}(?![0-9]))?)(?!\w)(?!\.[0-9]{{1,3}}\.[0-9])"
)
_NUMBERED = (
    "version", "versions", "v", "section", "sections", "paragraph", "para", "clause", "chapter", "release", "firmware",
    "policy", "table",
    "appendix", "item", "photograph", "object", "accession", "class", "fersiwn",
)  # fmt: skip
_MACHINES = (
    "ip",
    "ipv6",
    "ipv4",
    "dns",
    "src",
    "dst",
    "route",
    "address",
    "server",
    "unspecified",
    "connect",
    "host",
    "localhost",
    "default",
)


def _judge_ip(candidate: Candidate) -> Verdict | None:
    written = candidate.value
    if candidate.match["four"]:
        if candidate.lowered() and not candidate.raised():
            return None
        return Verdict(Severity.MEDIUM, "ip_address", written) if _is_four(written.partition("/")[0]) else None
    plain = written.partition("/")[0].partition("%")[0]
    if not any(sign.isalnum() for sign in plain) and not (candidate.raised() or candidate.alone()):
        return None
    if written.count(":") == 2 and "::" not in written:
        return None
    try:
        IPv6Address(plain)
    except AddressValueError:
        return None
    # "::" with one figure beside it is how prose writes all sorts of things.
    tiny = len(plain.strip(":")) < 2 and not (candidate.raised() or candidate.alone() or "/" in written)
    return None if tiny else Verdict(Severity.MEDIUM, "ip_address", written)


def _is_four(written: str) -> bool:
    try:
        IPv4Address(written)
    except AddressValueError:
        return False
    return True


IP_ADDRESS = PatternRule(
    id="ip-address",
    label="IP_ADDRESS",
    severity=Severity.MEDIUM,
    summary="An address of a machine, version 4 or 6: of ours it helps an attacker, of a visitor it is personal data. "
    "Numbers "
    "of versions and paragraphs are none.",
    source="RFC 791; RFC 4291, section 2.2 (python's ipaddress)",
    pattern=_IP,
    judge=_judge_ip,
    needs=".:",
    reasons=("ip_address",),
    replacement="[IP address removed]",
    cues=Cues(up=_MACHINES, down=_NUMBERED),
    must=(
        Example("the box at 10.44.6.21 is open", Severity.MEDIUM),
        Example("visitor 203.0.113.77", Severity.MEDIUM),
        Example("ping 2001:db8::1 now", Severity.MEDIUM),
        Example("my ip: ::1", Severity.MEDIUM),
    ),
    must_not=(
        "version 10.0.0.1",
        "256.1.1.1",
        "At 12:30:45",
        "std::cout",
        "news :: events",
        "a:b",
        "1.2.3",
        "2001::db8::1",
    ),
)


_URL_REST = r"[^\s<>\"'|)\]}]{0,400}"
_INTERNAL = re.compile(
    r"(?P<share>(?<![\w:])\\\\[\w.-]{1,60}\\[^\s<>\"|]{1,200})"
    r"|(?P<drive>(?<![\w/:])(?:[A-Z]:\\(?:[^\\/:*?\"<>|\r\n]{1,80}\\){0,8}[\w .()-]{1,80}\.\w{2,5}"
    r"|file://[^\s<>\"]{1,200}))"
    rf"|(?P<link>(?:https?|ftps?|sftp|smb|ssh|rdp)://{_URL_REST})"
    rf"|(?P<host>(?<![\w@./-])[\w-]{{2,40}}(?:\.[\w-]{{1,40}}){{1,5}}\.(?:local|internal|corp|lan|intranet"
    rf"|private)(?:/{_URL_REST})?(?![\w-]))"
    rf"|(?P<bare>(?<![\w@./-])(?:[\w-]{{1,60}}\.)?(?:sharepoint\.com"
    rf"|intranet\.[\w-]{{2,40}}(?:\.[\w-]{{2,20}}){{1,3}})/{_URL_REST})",
    re.IGNORECASE,
)
_HOSTS = re.compile(
    r"://(?:[^/@\s]{1,80}@)?(?:"
    r"[\w.-]{0,80}\.(?:local|internal|corp|lan|intranet|private|home\.arpa)(?=[/:?#]|\Z)"
    r"|(?:[\w-]{1,60}\.){0,4}(?:sharepoint|onedrive|intranet|extranet|jira|confluence|sharefile)\."
    r"|(?:intranet|staff|internal|vpn|citrix|remote|mosaic|liquidlogic|admin)[\w-]{0,20}\.[\w-]{2,}\."
    r"|(?:10|127)(?:\.[0-9]{1,3}){3}|192\.168(?:\.[0-9]{1,3}){2}|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2}"
    r"|localhost"
    r"|1drv\.ms|[\w-]{1,60}\.slack\.com|app\.slack\.com|(?:docs|drive)\.google\.com|(?:www\.)?dropbox\.com/(?:s|scl)"
    r"|[\w-]{1,60}\.atlassian\.net|(?:www\.)?trello\.com/b|[\w-]{1,60}\.box\.com/s|we\.tl|wetransfer\.com|app\.box\.com"
    r"|[\w.-]{0,60}(?:blob\.core\.windows\.net|s3[\w.-]{0,30}\.amazonaws\.com)"
    r"|[\w-]{3,40}(?=[/:]))",
    re.IGNORECASE,
)
_PATHS = re.compile(
    r"meetup-join|/l/(?:channel|chat|message|team)/|[?&](?:sig|signature|x-amz-signature|x-goog-signature|token"
    r"|access_token|sas|auth|pwd|key)=[\w%.~-]{6,}"
    r"|/:[wxpbf]:/|/personal/|forms/designpage",
    re.IGNORECASE,
)


def _judge_link(candidate: Candidate) -> Verdict | None:
    written = candidate.value.rstrip(".,;:!?")
    verdict = Verdict(Severity.HIGH, "internal_link", written.casefold(), length=len(written))
    match = candidate.match
    if match["share"] or match["drive"] or match["bare"]:
        return verdict
    if match["host"]:
        labels = written.split("/")[0].split(".")
        return verdict if len(labels) > 2 or re.search("[0-9-]", labels[0]) else None
    return verdict if _HOSTS.search(written) or _PATHS.search(written) else None


INTERNAL_URL = PatternRule(
    id="internal-link",
    label="INTERNAL_URL",
    severity=Severity.HIGH,
    summary="A link into our own systems: shares and drives, internal host names, private addresses, SharePoint, "
            "Teams, Slack, "
    "document stores and wikis, and links that carry a signature or a token.",
    source="RFC 1918; RFC 6762 (.local); the address forms of the services named",
    pattern=_INTERNAL,
    judge=_judge_link,
    needs="\\:/.",
    reasons=("internal_link",),
    replacement="[internal link removed]",
    must=(
        Example(r"Poster: \\fs01\comms$\poster.pdf", Severity.HIGH),
        Example("See https://anytown.sharepoint.com/sites/CMT/draft.docx", Severity.HIGH),
        Example("Join https://teams.example/l/meetup-join/19%3ameeting@thread.v2/0", Severity.HIGH),
        Example("http://10.1.2.3:8080/admin", Severity.HIGH),
        Example("rebooting sql02.corp.anytown.internal now", Severity.HIGH),
        Example("https://files.example/a.pdf?sig=abc123def", Severity.HIGH),
    ),
    must_not=(
        "https://www.anytown.gov.uk/libraries", "anytown.gov.uk/internal-audit", "Host mailserver.local accepted it",
        "https://example.org/staff", "either/or", "C: drive", "https://open311.example.org/v2",
    ),
)  # fmt: skip

RULES = (IP_ADDRESS, INTERNAL_URL)
