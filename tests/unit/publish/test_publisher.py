"""What the feed's publisher does beyond the contract of every publisher."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from adapters.canonical import canonical_json, post_digest
from adapters.errors import OutcomeUnknown, Refused
from adapters.events import Part, Picture, Post
from adapters.ports import Permit
from adapters.publish.feed import FeedEntry, FeedPublisher
from tests.contract.feed_stage import SITE, MemoryShelf
from tests.unit.publish.reading import AT, PICTURE

POST = Post("feed", "news", "en-GB", (Part("One"),), 12)


def publisher() -> FeedPublisher:
    return FeedPublisher(MemoryShelf(), SITE, lambda: AT)


CODES = {
    "channel": replace(POST, channel="bluesky"),
    "empty": replace(POST, parts=()),
    "too_long": replace(POST, parts=(Part("a" * 2_500), Part("a" * 2_499))),
    "too_many_pictures": replace(POST, parts=(Part("One", (PICTURE,) * 11),)),
    "alt_too_long": replace(POST, parts=(Part("One", (replace(PICTURE, alt="a" * 1_501),)),)),
    "media_type": replace(POST, parts=(Part("One", (replace(PICTURE, media_type="image/svg+xml"),)),)),
    "unreadable_text": replace(POST, parts=(Part("half a pair: \ud83d"),)),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("code", CODES)
async def test_what_cannot_be_shown_whole_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refusal:
        await publisher().prepare(CODES[code])
    assert refusal.value.code == code


@pytest.mark.asyncio
async def test_parts_become_one_entry() -> None:
    shelf = MemoryShelf()
    feed = FeedPublisher(shelf, SITE, lambda: AT)
    other = Picture("0c" * 32, "image/jpeg", "")
    prepared = await feed.prepare(replace(POST, parts=(Part("One", (PICTURE,)), Part("Two", (other,)))))
    remote = await feed.publish(prepared, "k1", Permit("k1", prepared.digest, AT))
    assert remote.url == "https://www.example.gov.uk/news/announcements/12"
    assert await shelf.get("k1") == FeedEntry("k1", 12, "One\n\nTwo", "en-GB", (PICTURE, other), AT)


@pytest.mark.asyncio
async def test_a_key_that_stands_for_other_words_is_refused() -> None:
    feed = publisher()
    for text, number in (("One", 12), ("Two", 12), ("One", 13)):
        prepared = await feed.prepare(replace(POST, parts=(Part(text),), number=number))
        publishing = feed.publish(prepared, "k1", Permit("k1", prepared.digest, AT))
        if (text, number) == ("One", 12):
            await publishing
            continue
        with pytest.raises(Refused) as refusal:
            await publishing
        assert refusal.value.code == "key_taken"


class ForgetfulShelf(MemoryShelf):
    """Takes everything and keeps nothing."""

    async def put(self, entry: FeedEntry) -> None:
        return


@pytest.mark.asyncio
async def test_what_is_not_there_after_the_write_is_unknown() -> None:
    feed = FeedPublisher(ForgetfulShelf(), SITE, lambda: AT)
    prepared = await feed.prepare(POST)
    with pytest.raises(OutcomeUnknown):
        await feed.publish(prepared, "k1", Permit("k1", prepared.digest, AT))


def test_the_digest_is_stable() -> None:
    assert canonical_json({"b": [1, None, "\u00e9"], "a": True}) == b'{"a":true,"b":[1,null,"\xc3\xa9"]}'
    assert post_digest(POST) == post_digest(replace(POST))
    others = [
        replace(POST, channel="x"),
        replace(POST, account="x"),
        replace(POST, language="cy"),
        replace(POST, number=13),
        replace(POST, parts=(Part("One "),)),
        replace(POST, parts=(Part("One"), Part(""))),
        replace(POST, parts=(Part("One", (PICTURE,)),)),
        replace(POST, parts=(Part("One", (replace(PICTURE, alt="x"),)),)),
    ]
    assert len({post_digest(post) for post in (POST, *others)}) == len(others) + 1


@pytest.mark.parametrize(
    "fault",
    [
        {"base_url": "ftp://example.gov.uk/"},
        {"base_url": "https://example.gov.uk/news"},
        {"base_url": "https://example.gov.uk/?x/"},
        {"base_url": "https:///news/"},
        {"tag_authority": "Example.gov.uk"},
        {"tag_authority": "example.gov.uk,2026"},
        {"tag_authority": ""},
    ],
    ids=str,
)
def test_settings_that_would_break_links_or_ids_are_refused(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"base_url|tag_authority"):
        replace(SITE, **fault)


def test_an_id_is_the_tag_of_its_rfc() -> None:
    assert SITE.entry_id(7) == "tag:example.gov.uk,2026-01-01:announcement/7"
    mail = replace(SITE, tag_authority="news@example.gov.uk", tag_date=date(2025, 12, 31))
    assert mail.feed_id == "tag:news@example.gov.uk,2025-12-31:announcements"
