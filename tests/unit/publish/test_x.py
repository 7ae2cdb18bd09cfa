"""X when it goes wrong: one attempt, a look, then a person; and tokens that are replaced each time they are used."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.counting import weighted
from adapters.errors import NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Part, Picture, Post, Remote
from adapters.ports import Guarantee, Permit
from adapters.publish.x import Client, XAccount, XPublisher
from adapters.publish.x.readback import mark, mark_there
from tests.contract.feed_stage import PICTURE
from tests.contract.x_stage import X, x
from tests.fakes.faults import Fault
from tests.fakes.x import CLIENT, FakeX

WORDS = "Roads & bridges: see example.org/roads and https://example.com/a?b=1 <now>"
ACCEPTED = [Fault.DROPPED, Fault.LATE, Fault.TRUNCATED, Fault.BROKEN, Fault.AWAY]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[X]:
    async with x(FakeX(), tmp_path) as made:
        yield made


def post(text: str = WORDS, *pictures: Picture) -> Post:
    return Post("x", "news", "cy", (Part(text, pictures),), 7)


async def publish(stage: X, key: str = "k1", a_post: Post | None = None) -> Remote:
    prepared = await stage.publisher.prepare(a_post or post())
    return await stage.publisher.publish(prepared, key, Permit(key, prepared.digest, datetime.now(UTC)))


def renewed(stage: X) -> XPublisher:
    """The publisher of a later process."""
    return XPublisher(stage.account, stage.desk, stage.desk, lambda: datetime.now(UTC))


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", ACCEPTED)
async def test_what_is_unclear_is_told_so_and_looked_up(stage: X, fault: Fault) -> None:
    assert stage.publisher.guarantee is Guarantee.READBACK
    stage.server.script.then(fault)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)
    if fault in {Fault.LATE, Fault.AWAY}:
        assert await stage.publisher.find("k1") is None
    stage.server.show()
    found = await stage.publisher.find("k1")
    assert [seen.id for seen in stage.server.seen] == ([] if found is None else [found.id])
    assert (found is None) == (fault is Fault.AWAY)


@pytest.mark.asyncio
async def test_a_post_with_pictures_and_addresses_is_found_by_its_words(stage: X) -> None:
    pictured = post(WORDS, PICTURE, replace(PICTURE, alt=""))
    stage.server.script.then(Fault.DROPPED)
    with pytest.raises(OutcomeUnknown):
        await publish(stage, a_post=pictured)
    later = renewed(stage)
    found = await later.find("k1")
    assert found is not None
    assert found.id == stage.server.seen[0].id
    await later.close()


def test_the_words_that_x_tells_are_compared_as_they_were_given() -> None:
    there = {
        "text": "Caf\u00e9 &amp; https://t.co/1 https://t.co/2",
        "entities": {
            "urls": [
                {"url": "https://t.co/1", "expanded_url": "http://example.org"},
                {"url": "https://t.co/2", "expanded_url": "https://x.com/photo/1", "media_key": "3_1"},
            ]
        },
        "attachments": {"media_keys": ["3_1"]},
    }
    assert mark_there(there) == mark("Cafe\u0301 & example.org", 1)
    assert mark_there(there) != mark("Cafe\u0301 & example.org", 0)
    assert mark_there(there) != mark("Cafe\u0301 & example.com", 1)


@pytest.mark.asyncio
async def test_a_limit_without_a_time_is_unclear_and_one_with_a_time_is_kept(stage: X) -> None:
    stage.server.script.then(Fault.LIMITED, Fault.LIMITED_UNTIL)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)
    with pytest.raises(RateLimited) as limited:
        await publish(stage, "k2")
    assert limited.value.retry_after is not None
    assert stage.server.seen == []


@pytest.mark.asyncio
async def test_a_refusal_of_the_same_words_is_a_no_at_first_and_unclear_on_a_repeat(stage: X) -> None:
    stage.server.refuses_same_words = True
    stage.server.script.then(Fault.LATE)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)
    with pytest.raises(Refused, match="http_403"):
        await publish(stage, "k2")
    stage.server.show()
    assert await stage.publisher.find("k1") is not None
    assert len(stage.server.posts) == 1


@pytest.mark.asyncio
async def test_older_posts_and_those_of_other_keys_are_not_ours(stage: X) -> None:
    stage.server.write(WORDS, made=datetime.now(UTC) - timedelta(days=1))
    await publish(stage, "k0")
    for number in range(120):
        stage.server.write(f"More news {number}")
    stage.server.script.then(Fault.LATE)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)
    assert await stage.publisher.find("k1") is None


@pytest.mark.asyncio
async def test_a_post_that_stays_after_its_deletion_is_still_found(stage: X) -> None:
    remote = await publish(stage)
    stage.server.script.always(Fault.STUCK)
    await stage.publisher.withdraw(remote)
    assert await stage.publisher.find("k1") == remote
    with pytest.raises(Refused, match="withdrawn"):
        await publish(stage)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 281, 281),
        ("\u8a9e" * 140, 280),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", 2),
        ("https://example.gov.uk/a/long/path/to/a/page", 23),
        ("example.gov.uk", 23),
        ("\u0175", 1),
        ("cafe\u0301", 4),
        ("\u2026", 2),
        ("\u201cquoted\u201d \u2013", 10),
    ],
)
def test_length_is_weighted_as_x_weighs_it(text: str, length: int) -> None:
    assert weighted(text) == length


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("a_post", "code"),
    [
        (post("a" * 281), "too_long"),
        (replace(post(), parts=(Part("one"), Part("two"))), "one_part"),
        (post("A film", replace(PICTURE, media_type="image/gif")), "media_type"),
    ],
)
async def test_what_x_does_not_take_is_refused_before_anything_is_asked(stage: X, a_post: Post, code: str) -> None:
    with pytest.raises(Refused, match=code):
        await stage.publisher.prepare(a_post)
    assert stage.server.calls == []


@pytest.mark.asyncio
async def test_the_price_is_that_of_an_address_and_of_each_description(stage: X) -> None:
    described, decorative = PICTURE, replace(PICTURE, alt="")
    price = stage.publisher.price
    assert price(Part("The library opens at noon.")) == Decimal("0.015")
    assert price(Part("See example.org")) == price(Part("See https://example.org/a")) == Decimal("0.200")
    assert price(Part("See example.org", (described, described, decorative))) == Decimal("0.210")


@pytest.mark.asyncio
async def test_tokens_are_kept_for_the_owner_alone_and_outlive_the_process(stage: X) -> None:
    await publish(stage)
    kept = stage.account.tokens
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text())["refresh"] == stage.server.refresh
    later = renewed(stage)
    assert await later.find("k1") is not None
    assert stage.server.renewals == 1
    await later.close()
    kept.chmod(0o640)
    with pytest.raises(NotAuthenticated, match="unsafe_tokens"):
        await publish(stage, "k2")


@pytest.mark.asyncio
async def test_a_token_that_is_about_to_end_is_replaced_before_the_write(stage: X) -> None:
    stage.server.lasts = 60
    await publish(stage)
    await publish(stage, "k2", post("More words"))
    assert stage.server.renewals >= 2
    assert len(stage.server.seen) == 2


@pytest.mark.asyncio
async def test_two_processes_and_many_posts_use_a_refresh_token_once(stage: X) -> None:
    other = renewed(stage)
    await asyncio.gather(*(one.prepare(post()) for one in (stage.publisher, other) * 5))
    assert stage.server.renewals == 1
    await other.close()


@pytest.mark.asyncio
async def test_whoever_waits_may_be_cancelled_and_the_new_token_is_kept(stage: X) -> None:
    waiting = asyncio.create_task(stage.publisher.prepare(post()))
    await stage.server.renewed.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await stage.publisher.prepare(post())
    assert stage.server.renewals == 1


@pytest.mark.asyncio
async def test_a_lost_renewal_needs_a_person_and_their_new_token_is_taken(stage: X) -> None:
    stage.server.loses_renewals = 1
    with pytest.raises(Unavailable):
        await publish(stage)
    with pytest.raises(NotAuthenticated, match="sign_in_again"):
        await publish(stage)
    again = replace(stage.account, client=Client(CLIENT, "", stage.server.refresh))
    later = XPublisher(again, stage.desk, stage.desk, lambda: datetime.now(UTC))
    prepared = await later.prepare(post())
    await later.publish(prepared, "k1", Permit("k1", prepared.digest, datetime.now(UTC)))
    assert len(stage.server.seen) == 1
    await later.close()


@pytest.mark.asyncio
async def test_a_full_disk_is_found_out_before_the_token_is_used_up(stage: X) -> None:
    stage.account.tokens.with_name("switchboard.x.next").mkdir()
    with pytest.raises(Unavailable, match="tokens_not_kept"):
        await publish(stage)
    assert stage.server.renewals == 0


@pytest.mark.asyncio
async def test_a_token_revoked_half_way_is_told(stage: X) -> None:
    prepared = await stage.publisher.prepare(post())
    stage.server.revoke()
    _age(stage)
    with pytest.raises(Unavailable, match="token_refused"):
        await stage.publisher.publish(prepared, "k1", Permit("k1", prepared.digest, datetime.now(UTC)))
    with pytest.raises(NotAuthenticated, match="sign_in_again"):
        await publish(stage)


def _age(stage: X) -> None:
    """The token was made some time ago."""
    kept = json.loads(stage.account.tokens.read_text())
    kept["made"] = (datetime.now(UTC) - timedelta(minutes=30)).isoformat()
    stage.account.tokens.write_text(json.dumps(kept))


@pytest.mark.asyncio
async def test_a_new_token_that_is_refused_is_not_replaced_for_ever(stage: X) -> None:
    await publish(stage)
    stage.server.access = "another"
    with pytest.raises(NotAuthenticated, match="token_refused"):
        await publish(stage, "k2")
    assert stage.server.renewals == 1


def test_no_token_is_in_what_is_printed(tmp_path: Path) -> None:
    account = XAccount("http://127.0.0.1/", Client(CLIENT, "quiet-secret", "quiet-token"), tmp_path)
    assert "quiet" not in repr(account)
