"""What every Publisher must do, written against the port; tests/contract/test_publishers.py runs it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from adapters.canonical import post_digest
from adapters.errors import OutcomeUnknown, Refused
from adapters.events import Part, Picture, Post, Remote
from adapters.ports import Guarantee, Health, Permit, Prepared, Publisher

# What a careless channel changes: forms of letters, joined emoji, directions, spaces, what looks like markup.
AWKWARD = (
    "Caf\u00e9 and cafe\u0301 are two spellings",
    "Family \U0001f468\u200d\U0001f469\u200d\U0001f467, thumbs \U0001f44d\U0001f3fd, flag \U0001f1ec\U0001f1e7",
    "\u0645\u0643\u062a\u0628\u0629 and \u202bright to left\u202c",
    "two  spaces, a\ttab\n\n  an indented line\nand another ",
    "<b>bold</b> &amp; ]]> <!-- \"quotes\" 'and' %20 \\n {braces} *stars* @name #tag",
    "https://www.example.gov.uk/a?b=1&c=2#d",
)
ALT = 'A map: "High Street" <closed> & \u2018Mill Lane\u2019 \U0001f6a7'


@dataclass(frozen=True)
class Seen:
    """A post as the public sees it now."""

    url: str | None
    text: str
    language: str
    alts: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """A publisher set up on an empty channel, and the view of somebody who reads that channel.

    `shows_language`: the channel tells its readers in which language a post is; chat rooms have no place for it.
    `keeps_ends`: blanks at either end of a text stay; our drafts have none.
    """

    publisher: Publisher
    account: str
    picture: Picture
    seen: Callable[[], Awaitable[list[Seen]]]
    lose_next_answer: Callable[[], None]
    shows_language: bool = True
    keeps_ends: bool = True

    def text(self, words: str) -> str:
        """How a reader is shown these words."""
        return words if self.keeps_ends else words.strip()

    def language(self, tag: str) -> str:
        """How a reader is told of that language."""
        return tag if self.shows_language else ""


Rule = Callable[[Stage], Awaitable[None]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    """Add a rule to the suite."""
    RULES.append(check)
    return check


def post(stage: Stage, text: str = "The library opens at noon.", number: int = 7) -> Post:
    """A plain post in Welsh, which is rarely anybody's default, so that a lost language shows."""
    return Post(stage.publisher.channel, stage.account, "cy", (Part(text),), number)


def permit_for(prepared: Prepared, key: str) -> Permit:
    """The permit that the guard would give."""
    return Permit(key, prepared.digest, datetime.now(UTC))


async def publish(stage: Stage, a_post: Post, key: str) -> Remote:
    """Prepare and publish with a proper permit."""
    prepared = await stage.publisher.prepare(a_post)
    return await stage.publisher.publish(prepared, key, permit_for(prepared, key))


@rule
async def shows_what_was_published(stage: Stage) -> None:
    remote = await publish(stage, post(stage), "k1")
    assert remote.id
    assert await stage.seen() == [Seen(remote.url, "The library opens at noon.", stage.language("cy"), ())]


@rule
async def the_same_key_twice_shows_one_post(stage: Stage) -> None:
    first = await publish(stage, post(stage), "k1")
    assert await publish(stage, post(stage), "k1") == first
    assert len(await stage.seen()) == 1


@rule
async def the_same_key_at_once_shows_one_post(stage: Stage) -> None:
    for number in range(1, 6):  # the first round only warms up: connections are opened one after the other
        publishing = (publish(stage, post(stage, number=number), f"k{number}") for _ in range(8))
        assert len(set(await asyncio.gather(*publishing))) == 1
        assert len(await stage.seen()) == number


@rule
async def the_same_key_never_shows_other_words(stage: Stage) -> None:
    await publish(stage, post(stage), "k1")
    with suppress(Refused):
        await publish(stage, post(stage, "The library is closed."), "k1")
    assert [seen.text for seen in await stage.seen()] == ["The library opens at noon."]


@rule
async def two_keys_show_two_posts(stage: Stage) -> None:
    one = await publish(stage, post(stage), "k1")
    other = await publish(stage, post(stage, "The pool is open.", number=8), "k2")
    assert one.id != other.id
    assert one.url is None or one.url != other.url
    assert {seen.text for seen in await stage.seen()} == {"The library opens at noon.", "The pool is open."}


@rule
async def preparing_shows_nothing_and_may_be_repeated(stage: Stage) -> None:
    pictured = replace(post(stage), parts=(Part("With a picture", (stage.picture,)),))
    assert await stage.publisher.prepare(pictured) == await stage.publisher.prepare(pictured)
    assert await stage.seen() == []


@rule
async def the_digest_is_that_of_the_post(stage: Stage) -> None:
    prepared = await stage.publisher.prepare(post(stage))
    assert (prepared.post, prepared.digest) == (post(stage), post_digest(post(stage)))


async def _refused(stage: Stage, prepared: Prepared, key: str, permit: Permit) -> None:
    with pytest.raises(Refused) as refusal:
        await stage.publisher.publish(prepared, key, permit)
    assert refusal.value.code == "permit"
    assert await stage.seen() == []
    assert await stage.publisher.find(key) is None


@rule
async def a_permit_for_another_key_is_refused(stage: Stage) -> None:
    prepared = await stage.publisher.prepare(post(stage))
    await _refused(stage, prepared, "k1", permit_for(prepared, "k2"))


@rule
async def a_permit_for_another_post_is_refused(stage: Stage) -> None:
    prepared = await stage.publisher.prepare(post(stage))
    other = await stage.publisher.prepare(post(stage, "Something else"))
    await _refused(stage, prepared, "k1", permit_for(other, "k1"))


@rule
async def an_empty_permit_is_refused(stage: Stage) -> None:
    prepared = await stage.publisher.prepare(post(stage))
    await _refused(stage, prepared, "k1", Permit("k1", "", datetime.now(UTC)))


@rule
async def bytes_changed_after_preparing_are_refused(stage: Stage) -> None:
    prepared = await stage.publisher.prepare(post(stage))
    changed = replace(prepared, post=post(stage, "Somebody else's words"))
    await _refused(stage, changed, "k1", permit_for(prepared, "k1"))


@rule
async def bytes_and_digest_changed_after_the_permit_are_refused(stage: Stage) -> None:
    prepared = await stage.publisher.prepare(post(stage))
    words = post(stage, "Somebody else's words")
    await _refused(stage, Prepared(words, post_digest(words)), "k1", permit_for(prepared, "k1"))


@rule
async def finds_what_stands_and_nothing_else(stage: Stage) -> None:
    assert await stage.publisher.find("k1") is None
    remote = await publish(stage, post(stage), "k1")
    assert await stage.publisher.find("k1") == remote
    assert await stage.publisher.find("k") is None
    assert await stage.publisher.find("k2") is None


@rule
async def a_lost_answer_is_told_as_unknown_and_found(stage: Stage) -> None:
    stage.lose_next_answer()
    with pytest.raises(OutcomeUnknown):
        await publish(stage, post(stage), "k1")
    found = await stage.publisher.find("k1")
    assert found is not None
    assert [seen.url for seen in await stage.seen()] == [found.url]


@rule
async def a_lost_answer_may_be_repeated_where_that_is_promised(stage: Stage) -> None:
    stage.lose_next_answer()
    with pytest.raises(OutcomeUnknown):
        await publish(stage, post(stage), "k1")
    if stage.publisher.guarantee is Guarantee.IDEMPOTENT:
        assert await publish(stage, post(stage), "k1") == await stage.publisher.find("k1")
    assert len(await stage.seen()) == 1


@rule
async def a_withdrawn_post_is_gone(stage: Stage) -> None:
    await publish(stage, post(stage, "This one stays.", number=8), "k2")
    await stage.publisher.withdraw(await publish(stage, post(stage), "k1"))
    assert await stage.publisher.find("k1") is None
    assert [seen.text for seen in await stage.seen()] == ["This one stays."]


@rule
async def withdrawing_twice_is_fine(stage: Stage) -> None:
    remote = await publish(stage, post(stage), "k1")
    await stage.publisher.withdraw(remote)
    await stage.publisher.withdraw(remote)
    assert await stage.publisher.find("k1") is None


@rule
async def withdrawing_what_never_stood_is_fine(stage: Stage) -> None:
    remote = await publish(stage, post(stage), "k1")
    await stage.publisher.withdraw(Remote("never-there", None))
    assert await stage.publisher.find("k1") == remote


@rule
async def a_late_retry_does_not_resurrect_what_was_withdrawn(stage: Stage) -> None:
    await stage.publisher.withdraw(await publish(stage, post(stage), "k1"))
    with pytest.raises(Refused):
        await publish(stage, post(stage), "k1")
    assert await stage.seen() == []
    assert await stage.publisher.find("k1") is None


@rule
async def text_is_kept_byte_for_byte(stage: Stage) -> None:
    for number, text in enumerate(AWKWARD, start=1):
        await publish(stage, post(stage, text, number), f"k{number}")
    assert {seen.text.encode() for seen in await stage.seen()} == {stage.text(text).encode() for text in AWKWARD}


@rule
async def language_and_alt_text_are_kept_byte_for_byte(stage: Stage) -> None:
    pictures = (replace(stage.picture, alt=ALT), replace(stage.picture, alt=""))
    pictured = replace(post(stage), language="gd", parts=(Part("Pictures", pictures),))
    remote = await publish(stage, pictured, "k1")
    assert await stage.seen() == [Seen(remote.url, "Pictures", stage.language("gd"), (ALT, ""))]


@rule
async def limits_are_positive_and_kept(stage: Stage) -> None:
    limits = await stage.publisher.limits()
    assert min(limits.characters, limits.pictures, limits.alt_characters) > 0
    await stage.publisher.prepare(post(stage, "a" * limits.characters))
    with pytest.raises(Refused):
        await stage.publisher.prepare(post(stage, "a" * (limits.characters + 1)))
    described = replace(stage.picture, alt="a" * (limits.alt_characters + 1))
    for pictures in ((described,), (stage.picture,) * (limits.pictures + 1)):
        with pytest.raises(Refused):
            await stage.publisher.prepare(replace(post(stage), parts=(Part("Pictures", pictures),)))


@rule
async def a_post_for_another_channel_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused):
        await stage.publisher.prepare(replace(post(stage), channel="elsewhere"))


@rule
async def an_empty_post_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused):
        await stage.publisher.prepare(post(stage, " \n "))


@rule
async def says_what_it_is_and_closes_quietly(stage: Stage) -> None:
    assert stage.publisher.channel
    assert stage.publisher.guarantee in Guarantee
    assert isinstance(stage.publisher.health(), Health)
    await stage.publisher.close()
    await stage.publisher.close()
