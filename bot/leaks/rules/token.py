"""Keys and tokens of machines: by the prefixes their makers give them, and by what they are assigned to."""

import base64
import binascii
import json
import math
import re
from collections import Counter

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Example, PatternRule, Verdict

_B = r"[A-Za-z0-9_-]"
# The makers' own prefixes, so that their scanners and ours know them; each line names the maker.
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])"  # Amazon Web Services
    rf"|AIza{_B}{{35}}(?!{_B})"  # Google
    r"|(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{36,255})"  # GitHub
    rf"|gl(?:(?:pat|dt|rt|ft|cbt)-{_B}{{20}}|soat-{_B}{{20,50}}|imt-{_B}{{25}}|ptt-{_B}{{40}}|oas-{_B}{{64}}"
    rf"|agent-{_B}{{50,255}})(?!{_B})|GR1348941{_B}{{20,50}}(?!{_B})"  # GitLab
    r"|xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,250}|xapp-[0-9]-[A-Za-z0-9-]{10,250}"  # Slack
    rf"|sk-(?:ant-(?:api03|admin01)-{_B}{{40,120}}AA(?!{_B})"
    rf"|(?:proj-)?[A-Za-z0-9_-]{{16,120}}T3BlbkFJ[A-Za-z0-9_-]{{16,120}})"  # Anthropic, OpenAI
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{10,99}"  # Stripe
    rf"|SG\.{_B}{{22}}\.{_B}{{43}}"  # SendGrid
    rf"|pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw){_B}{{70,250}}|npm_[A-Za-z0-9]{{36}}"  # PyPI, npm
    r"|(?:hf_|api_org_)[A-Za-z]{34}(?![A-Za-z0-9])"  # Hugging Face
    rf"|glc_[A-Za-z0-9+/=]{{32,400}}|glsa_[A-Za-z0-9]{{32}}_[A-Fa-f0-9]{{8}}"  # Grafana
    rf"|hv[sb]\.{_B}{{80,250}}|s\.(?=[A-Za-z]{{0,23}}[0-9])[A-Za-z0-9]{{24}}(?![A-Za-z0-9.])"
    rf"|[A-Za-z0-9]{{14}}\.atlasv1\.{_B}{{40,90}}"  # HashiCorp
    rf"|dapi[a-f0-9]{{32}}(?:-[0-9])?|ATATT3{_B}{{40,250}}(?:=[A-F0-9]{{8}})?"  # Databricks, Atlassian
    r"|sntrys_[A-Za-z0-9+/=_]{40,400}|sntryu_[a-f0-9]{64}"  # Sentry
    rf"|ops_eyJ[A-Za-z0-9+/=]{{40,900}}|A3-[A-Z0-9]{{6}}-(?:[A-Z0-9]{{11}}"
    rf"|[A-Z0-9]{{6}}-[A-Z0-9]{{5}})(?:-[A-Z0-9]{{5}}){{3}}"  # 1Password
    rf"|sha256~{_B}{{43}}|fo1_{_B}{{43}}|fm[12][ar]?_[A-Za-z0-9+/=]{{80,900}}"  # OpenShift, Fly.io
    r"|sgp_(?:local_|[A-Fa-f0-9]{16}_)?[A-Fa-f0-9]{40}|squ_[A-Za-z0-9]{40}|sq[pa]_[A-Za-z0-9]{40}"  # Sourcegraph, Sonar
    rf"|(?:EAAA|sq0[a-z]{{3}}-){_B}{{22,60}}(?!{_B})|EAA[MC][A-Za-z0-9]{{80,300}}"  # Square, Facebook
    rf"|ntn_[A-Za-z0-9]{{40,50}}|CLOJARS_[a-z0-9]{{60}}|v1\.0-[a-f0-9]{{24}}-[a-f0-9]{{146}}"  # Notion, Cloudflare
    rf"|s-s4t2(?:af|ud)-[a-f0-9]{{64}}|4b1d[A-Za-z0-9]{{38}}(?![A-Za-z0-9])"  # 42, ClickHouse
    r"|[a-f0-9]{32}-us[0-9]{1,2}(?![0-9])|(?:SK|AC)(?:[a-z0-9]{32})(?![A-Za-z0-9])"  # Mailchimp, Twilio
    rf"|[0-9]{{8,10}}:AA{_B}{{33}}(?!{_B})"  # Telegram
    rf"|[MNO][A-Za-z0-9_-]{{23,25}}\.[A-Za-z0-9_-]{{6}}\.[A-Za-z0-9_-]{{27,38}}"  # Discord
    r"|AP[23569A-Z][A-Za-z0-9]{10,100}(?<=[a-z0-9])(?![A-Za-z0-9])|AKC[a-zA-Z0-9]{10,100}"  # Artifactory
    rf"|[A-Za-z0-9_~.]{{3}}[0-9]Q~[A-Za-z0-9_~.-]{{31,34}}"  # Microsoft Entra
    r")"
)
_JWT = r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}(?:\.[A-Za-z0-9_-]{0,2000})?(?![A-Za-z0-9_-])"
_WEB = re.compile(
    rf"(?P<jwt>(?<![A-Za-z0-9_-]){_JWT})"
    r"|(?P<hook>https?://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,120})"
    r"|(?P<user>[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>%]{1,60}:(?P<password>[^\s:/@'\"<>]{3,80})@[\w.-]{2,80})"
    r"|(?P<curl>curl\b[^\n]{0,120}?(?:-u|--user)[ "
    r"=]?[\"']?(?P<pair>[^\s:\"'$]{1,60}[\"']?:[\"']?[^\s\"'$]{0,80})[\"']?)"
    r"|(?P<header>(?:Authorization|X-JFrog-Art-Api|X-Api-Key|Token"
    r"|Private-Token)[\"']?\s{0,2}[:=]\s{0,2}[\"']?(?:Basic|Bearer|Token)?\s?"
    r"(?P<credential>[A-Za-z0-9_~+/=@.-]{8,400}))"
    r"|(?P<account>AccountKey=[A-Za-z0-9+/]{86}==|(?<=[a-z]/:)_authToken=\s?[A-Za-z0-9_-]{10,60}"
    r"|CONTRIBSYS__COM[\"'\s:=]{1,6}(?P<gem>[a-f0-9]{8}:[a-f0-9]{8})"
    r"|facebook[^\n]{0,10}\b[0-9]{15,16}\|[A-Za-z0-9_-]{27})",
)
# A name ends in one of these when what it is given must be kept secret.
_KEPT_NAME = (
    r"(?:passw(?:or)?d|pwd|passwd|passphrase|secret|token|api[_.-]?key|apikey|access[_.-]?key"
    r"|sumo(?:logic)?[_.-]?access[_.-]?id"
    r"|client[_.-]?secret|auth[_.-]?key|"
    r"private[_.-]?key|signing[_.-]?key|encryption[_.-]?key|license[_.-]?key|login|credentials?|contribsys__com"
    r"|oktaapitoken|"
    r"(?:heroku|snyk|sonar|sumo|cohere|okta|meraki|okx|aws|clickhouse|loki|deploy|secret|db|master|service|storage"
    r"|publish)\w{0,12}[_.-]?key)"
)
_ASSIGNED = re.compile(
    rf"(?<![A-Za-z])(?:[A-Za-z0-9_.-]{{0,40}}[_.-])?[A-Za-z]{{0,12}}{_KEPT_NAME}[0-9]{{0,2}}[\"']?"
    rf"\s{{0,3}}(?::{{1,3}}=|\?=|=>|[:=])\s{{0,8}}[\"'`]?"
    r"(?P<value>[^\s\"'`<>,;|()\[\]{}]{6,300})(?P<tail>[\"'`;,)\s]|\Z)",
    re.IGNORECASE,
)
_VENDOR = re.compile(
    r"(?:sourcegraph|databricks|intra42)[^\n]{0,12}?[:=]\s{0,3}[\"']?(?P<value>[A-Za-z0-9]{32,80})", re.IGNORECASE
)
_FILLED = re.compile(
    r"x{3,}|\*{3,}|\.{3}|#{4,}|example|your[_-]?|insert|placeholder|changeme|redacted|removed|dummy|\$\{|\$[A-Z]|%\(|<"
    r"|not_long|todo|"
    r"fake|^test$|^(?:true|false|none|null|undefined)$|[_-]env\b|getenv|os\.environ",
    re.IGNORECASE,
)


def entropy(text: str) -> float:
    """Shannon's entropy of the signs of a text, in bits a sign."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def _judge_prefixed(candidate: Candidate) -> Verdict | None:
    value = candidate.value
    body = value[4:]
    if _FILLED.search(value.replace("AP", "").replace("AKC", "")) and not re.match(r"AKIA|A[PK]|SK|AC", value):
        return None
    if "EXAMPLE" in value or (body and len(set(body)) < 2 and not value.startswith(("A", "SK"))):
        return None
    # Slack's tokens hold numbers of workspace and bot.
    if value.startswith("xox") and sum(sign.isdigit() for sign in value) < 5:
        return None
    return Verdict(Severity.CRITICAL, "token", value)


TOKEN = PatternRule(
    id="token",
    label="SECRET",
    severity=Severity.CRITICAL,
    summary="A key or token that begins as its maker lets it begin, of some thirty services. Placeholders are none.",
    source="The makers' documentation of their token formats",
    pattern=_PREFIXED,
    judge=_judge_prefixed,
    reasons=("token",),
    replacement="[secret removed]",
    must=(
        Example("key AKIAQWERTYUIOPASDFGH here", Severity.CRITICAL),
        Example("ghp_abcdefghijklmnopqrstuvwxyz0123456789", Severity.CRITICAL),
        Example("use glpat-abcdefghij0123456789", Severity.CRITICAL),
    ),
    must_not=("AKIAQWERTY", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "gho_short", "The AIza range of hills"),
)


def _is_header(encoded: str) -> bool:
    """Whether the first part of a JSON web token is one (RFC 7519, section 5)."""
    try:
        return isinstance(json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))), dict)
    except (ValueError, binascii.Error):
        return False


def _judge_web(candidate: Candidate) -> Verdict | None:
    match = candidate.match
    told = match["password"] or match["pair"] or match["credential"] or ""
    if told and (_FILLED.search(told) or told.startswith(("$", "<", "%")) or told.lower() in {"test:test", "password"}):
        return None
    if match["credential"] and (told.isalpha() or entropy(told) < 2):
        return None
    if match["jwt"] and not _is_header(candidate.value.partition(".")[0]):
        return None
    return Verdict(Severity.CRITICAL, "credential", candidate.value)


WEB_CREDENTIAL = PatternRule(
    id="web-credential",
    label="SECRET",
    severity=Severity.CRITICAL,
    summary="What opens a service over the web: JSON web tokens, webhooks, passwords inside links, headers of "
    "authorisation.",
    source="RFC 7519; RFC 3986, section 3.2.1; RFC 7235",
    pattern=_WEB,
    judge=_judge_web,
    needs=":=.|",
    reasons=("credential",),
    replacement="[secret removed]",
    must=(
        Example("https://jo:Sesame77@example.org/feed", Severity.CRITICAL),
        Example("https://hooks.slack.com/services/T0000/B0000/abcdefghijkl", Severity.CRITICAL),
        Example("Authorization: Bearer 7f3a9c1e5b2d", Severity.CRITICAL),
    ),
    must_not=(
        "https://example.org:8080/a@b",
        "Authorization: Bearer $TOKEN",
        "Authorisation by the clerk",
        "eyJAAAA.eyJBBB",
    ),
)


def _judge_assigned(candidate: Candidate) -> Verdict | None:
    value = candidate.match["value"]
    skip = candidate.match.start("value") - candidate.match.start()
    length = candidate.match.end("value") - candidate.match.start()
    name = candidate.value[:skip]
    if _FILLED.search(value) or not re.search(r"[0-9]", value) or len(set(value)) < 4:
        return None
    if re.search(
        r"(?:credential|public|csrf|xsrf|page|next)[_.-]?\w{0,6}(?:id|token|key)|credentialsid|[_.-]url",
        name,
        re.IGNORECASE,
    ):
        return None
    if re.search(r"snapshot|version|\.com|\.org|^[0-9.]+$", value, re.IGNORECASE) or entropy(value) < 2.5:
        return None
    return Verdict(Severity.CRITICAL, "secret_assigned", value, length=length, skip=skip)


SECRET_ASSIGNED = PatternRule(
    id="secret-assigned",
    label="SECRET",
    severity=Severity.CRITICAL,
    summary="A value behind a colon or an equals sign whose name says that it is a password, a token or a key, and "
    "that is mixed "
    "as only secrets are (Shannon's entropy of 2.5 bits a sign or more, with a figure in it).",
    source="C. E. Shannon, A Mathematical Theory of Communication (1948)",
    pattern=_ASSIGNED,
    judge=_judge_assigned,
    needs=":=",
    reasons=("secret_assigned",),
    replacement="[secret removed]",
    must=(
        Example('client_secret = "a8Kq02mzLs91"', Severity.CRITICAL),
        Example("api-key: 4fK29sQeT7xLw0", Severity.CRITICAL),
    ),
    must_not=(
        'api_key = "<your key>"',
        "token: $TOKEN",
        "secret: aaaaaa",
        "access_token=short",
        "password: see the notice",
    ),
)

RULES = (TOKEN, WEB_CREDENTIAL, SECRET_ASSIGNED)
