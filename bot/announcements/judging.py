"""What a draft is worth: its scan, what each channel would receive, and the hash that people approve."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.canonical import canonical_json, post_digest
from adapters.events import Picture, Post
from adapters.ports import Limits
from bot.announcements import links, threads, wordings
from bot.announcements.tables import AnnouncementRow
from bot.leaks.scan import scan
from bot.services import Services
from bot.wording import count, say
from config import logs

log = logs.get("announcements")

BROKEN = "failed"
"""What stands in place of the digest of the rules when the scanner itself broke."""

AROUND = 3_000
"""Characters of a preview around the words themselves: who, where, findings, what to press."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft after its scan: the words that may be kept, and masked findings. `stopped`: it must not go on."""

    text: str
    pictures: tuple[Picture, ...]
    findings: tuple[dict[str, Any], ...]
    rules: str
    stopped: bool
    fingerprint: str


def judge(services: Services, text: str, pictures: Sequence[Picture]) -> Judged:
    """Scan text and descriptions. A scanner that fails stops the draft (fail closed) and keeps none of its words."""
    fingerprint = hmac.new(services.keys.purpose("text"), text.encode(), hashlib.sha256).hexdigest()
    try:
        results = [scan(words, services.contacts) for words in (text, *(picture.alt for picture in pictures))]
    except Exception as error:  # whatever broke in the scanner, the answer is the same: nothing goes out unseen
        log.error("scan_failed", error=type(error).__name__)
        return Judged("", tuple(replace(picture, alt="") for picture in pictures), (), BROKEN, True, fingerprint)
    findings = tuple(
        asdict(finding) | {"where": where} for where, result in enumerate(results) for finding in result.findings
    )
    # What information governance may release waits in their room; without such a room it stops as well.
    stopping = {"critical"} if services.governance_room else {"critical", "high"}
    stopped = any(item["severity"] in stopping for item in findings)
    if stopped:
        text = results[0].redacted
        pictures = [
            replace(picture, alt=result.redacted) for picture, result in zip(pictures, results[1:], strict=True)
        ]
    return Judged(text, tuple(pictures), findings, results[0].digest, stopped, fingerprint)


def posts_for(
    services: Services,
    number: int,
    text: str,
    language: str,
    pictures: Sequence[Picture],
    corrects: int | None,
    cuts: threads.Cuts,
) -> list[Post]:
    """What each channel will receive: final words and pictures, cut where `cuts` says; `corrects` is put right."""
    account, words = services.settings.organisation.name, wordings.of(services, text)
    channels = wordings.channels(services)
    parts = {channel: threads.parts(words.on(channel), pictures, cuts.get(channel)) for channel in channels}
    return [Post(channel, account, language, parts[channel], number, corrects) for channel in channels]


def revision_digest(posts: Sequence[Post], due: str | None) -> str:
    """SHA-256 over all posts and the schedule: what people approve."""
    return hashlib.sha256(canonical_json({"due": due, "posts": [post_digest(post) for post in posts]})).hexdigest()


def schedule_of(row: AnnouncementRow) -> str | None:
    """The time asked for as the hash of a revision holds it; None when it goes out as soon as it may."""
    if row.due is None:
        return None
    return f"{row.due.isoformat()}/{row.until.isoformat() if row.until else ''}"


@dataclass(frozen=True, slots=True)
class Fit:
    """How long the words are for whoever takes them, and how long one post may be, in characters as it counts them.

    `posts`: how many it takes; 0: it does not fit.
    """

    where: str
    length: int
    most: int
    posts: int


async def fits(services: Services, text: str) -> list[Fit]:
    """Whether preview and channels can take the words."""
    return _fits(services, text, await _limits(services))


async def _limits(services: Services) -> dict[str, Limits]:
    return {channel: await publisher.limits() for channel, publisher in services.publishers.items()}


def _fits(services: Services, text: str, limits: Mapping[str, Limits]) -> list[Fit]:
    room = services.chat(services.comms_room.platform).capabilities.longest_text - AROUND
    found = [Fit(say("draft.preview_room"), len(text), room, int(len(text) <= room))]
    words = wordings.of(services, text)
    for channel, one in limits.items():
        places = threads.cut_on(services, channel, words.on(channel), one.characters)
        length = threads.length_on(services, channel, words.on(channel))
        found.append(Fit(channel, length, one.characters, len(places or ())))
    return found


async def misfit(services: Services, text: str, pictures: Sequence[Picture]) -> str:
    """The sentence that says why some channel, or the preview, cannot take this whole; empty when all can."""
    if not services.publishers and not services.settings.by_hand.channels:
        return say("draft.no_channel")
    try:
        wordings.check(text, wordings.channels(services))
    except wordings.WordingFault as fault:
        return say(f"wordings.{fault.code}", channel=fault.channel)
    hidden = links.shortened(text)
    if hidden:
        return say("draft.shortened", address=hidden)
    limits = await _limits(services)
    for fit in _fits(services, text, limits):
        if not fit.posts:
            return _too_long(services, fit)
    longest = max((len(picture.alt) for picture in pictures), default=0)
    for channel, one in limits.items():
        if len(pictures) > one.pictures:
            most_pictures = count(one.pictures, "picture", "pictures")
            return say("draft.too_many_pictures", channel=channel, most=most_pictures)
        if longest > one.alt_characters:
            return say("draft.alt_too_long", channel=channel, length=longest, longest=one.alt_characters)
    return ""


def _too_long(services: Services, fit: Fit) -> str:
    length, longest = f"{fit.length:,}", f"{fit.most:,}"
    known = threads.threads_on(services, fit.where)
    if known is None:
        return say("draft.too_long", channel=fit.where, length=length, longest=longest)
    return say("draft.too_long_thread", channel=fit.where, length=length, longest=longest, posts=known.most)
