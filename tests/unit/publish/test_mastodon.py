"""Mastodon when it goes wrong: every fault that was seen at real servers, against the pretend one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from adapters.canonical import post_digest
from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Part, Post, Remote
from adapters.ports import HealthState, Permit, Prepared
from adapters.publish.mastodon import MastodonAccount, MastodonPublisher
from tests.contract.feed_stage import PICTURE
from tests.contract.mastodon_stage import Mastodon, mastodon
from tests.fakes.faults import Fault
from tests.fakes.mastodon import BYTES, LIMIT, FakeMastodon

WORDS = "The library opens at noon."
ACCEPTED = [Fault.DROPPED, Fault.LATE, Fault.TRUNCATED, Fault.BROKEN]


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Mastodon]:
    async with mastodon(FakeMastodon()) as made:
        yield made


def post(text: str = WORDS, number: int = 7) -> Post:
    return Post("mastodon", "news", "cy-GB", (Part(text),), number)


def permit(prepared: Prepared, key: str, follows: str | None = None) -> Permit:
    return Permit(key, prepared.digest, datetime.now(UTC), follows)


async def publish(stage: Mastodon, key: str = "k1", a_post: Post | None = None, follows: str | None = None) -> Remote:
    prepared = await stage.publisher.prepare(a_post or post())
    return await stage.publisher.publish(prepared, key, permit(prepared, key, follows))


async def lost(stage: Mastodon, fault: Fault, key: str = "k1") -> None:
    stage.server.script.then(fault)
    with pytest.raises(OutcomeUnknown):
        await publish(stage, key)


@pytest.mark.asyncio
@pytest.mark.parametrize("keys", [(), (Fault.KEY_IGNORED,), (Fault.FAULT_ON_REPEAT,)])
@pytest.mark.parametrize("fault", ACCEPTED)
async def test_what_was_accepted_is_never_there_twice(stage: Mastodon, fault: Fault, keys: tuple[Fault, ...]) -> None:
    stage.server.script.always(*keys)
    await lost(stage, fault)
    stage.server.show()
    found = await stage.publisher.find("k1")
    assert found is not None
    assert await publish(stage) == found
    assert [seen.id for seen in stage.server.seen] == [found.id]


@pytest.mark.asyncio
async def test_what_appears_after_it_was_looked_for_is_met_by_its_key(stage: Mastodon) -> None:
    await lost(stage, Fault.LATE)
    assert await stage.publisher.find("k1") is None
    first = await publish(stage)
    stage.server.show()
    assert [seen.id for seen in stage.server.seen] == [first.id]


@pytest.mark.asyncio
async def test_a_repeat_that_is_answered_500_stays_unclear_and_is_found(stage: Mastodon) -> None:
    stage.server.script.always(Fault.FAULT_ON_REPEAT)
    await lost(stage, Fault.LATE)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)
    stage.server.show()
    assert await stage.publisher.find("k1") is not None
    assert len(stage.server.posts) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(("fault", "asked"), [(Fault.LIMITED, None), (Fault.LIMITED_UNTIL, 180)])
async def test_a_limit_is_told_with_its_time(stage: Mastodon, fault: Fault, asked: float | None) -> None:
    stage.server.script.then(fault)
    with pytest.raises(RateLimited) as limited:
        await publish(stage)
    assert limited.value.retry_after == (asked if asked is None else pytest.approx(asked, abs=120))
    assert stage.server.seen == []
    await publish(stage)
    assert len(stage.server.seen) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("language", [(), (Fault.LOCALISED,)])
async def test_a_no_is_a_no_in_any_language(stage: Mastodon, language: tuple[Fault, ...]) -> None:
    stage.server.script.always(*language)
    long = post("x" * (LIMIT + 1))
    whole = Prepared(long, post_digest(long))
    with pytest.raises(Refused) as refusal:
        await stage.publisher.publish(whole, "k1", permit(whole, "k1"))
    assert refusal.value.code == "http_422"
    stage.server.script.always(Fault.REVOKED)
    with pytest.raises(NotAuthenticated):
        await publish(stage, "k2")
    assert stage.publisher.health().state is HealthState.DOWN


@pytest.mark.asyncio
async def test_nothing_is_ever_scheduled_there(stage: Mastodon) -> None:
    stage.server.script.always(Fault.EARLY)
    await publish(stage)
    assert stage.server.scheduled == 0


@pytest.mark.asyncio
async def test_a_post_that_only_waits_is_no_post(stage: Mastodon, monkeypatch: pytest.MonkeyPatch) -> None:
    def waiting(_post: object) -> dict[str, str]:
        return {"id": "9", "created_at": "2026-01-01T00:00:00Z", "scheduled_at": "2026-01-02T00:00:00Z"}

    monkeypatch.setattr(stage.server, "_told", waiting)
    with pytest.raises(OutcomeUnknown):
        await publish(stage)


@pytest.mark.asyncio
async def test_a_server_that_cannot_be_reached_has_done_nothing() -> None:
    account = MastodonAccount("http://127.0.0.1:1/", "x")
    async with mastodon(FakeMastodon()) as stage:
        away = MastodonPublisher(account, stage.desk, stage.desk, lambda: datetime.now(UTC))
        with pytest.raises(Unavailable):
            await away.prepare(post())
        assert (await away.limits()).characters == LIMIT  # what every server takes
        assert away.health().state is HealthState.DEGRADED
        await away.close()


@pytest.mark.asyncio
async def test_somebody_elses_same_words_are_not_ours(stage: Mastodon) -> None:
    stage.server.write(WORDS, application="Web")
    stage.server.write(WORDS, application="Switchboard", made=datetime.now(UTC) - timedelta(days=2))
    await lost(stage, Fault.LATE)
    assert await stage.publisher.find("k1") is None


@pytest.mark.asyncio
async def test_the_same_words_under_two_keys_are_two_posts(stage: Mastodon) -> None:
    first = await publish(stage)
    prepared = await stage.publisher.prepare(post(number=8))
    stage.server.script.then(Fault.LATE)
    with pytest.raises(OutcomeUnknown):
        await stage.publisher.publish(prepared, "k2", permit(prepared, "k2"))
    assert await stage.publisher.find("k2") is None
    stage.server.show()
    second = await stage.publisher.find("k2")
    assert second is not None
    assert second != first


@pytest.mark.asyncio
async def test_reading_back_goes_on_to_the_time_of_the_first_try(stage: Mastodon) -> None:
    await lost(stage, Fault.DROPPED)
    for number in range(90):
        stage.server.write(f"More news {number}")
    assert await stage.publisher.find("k1") is not None


@pytest.mark.asyncio
async def test_a_server_that_does_not_give_the_source_cannot_tell(stage: Mastodon) -> None:
    stage.server.knows_source = False
    await lost(stage, Fault.DROPPED)
    with pytest.raises(Unavailable):
        await stage.publisher.find("k1")
    with pytest.raises(Unavailable):
        await publish(stage)
    assert len(stage.server.posts) == 1


@pytest.mark.asyncio
async def test_the_publisher_of_a_later_process_finds_what_the_first_sent(stage: Mastodon) -> None:
    await lost(stage, Fault.DROPPED)
    later = MastodonPublisher(stage.account, stage.desk, stage.desk, lambda: datetime.now(UTC))
    found = await later.find("k1")
    assert found is not None
    assert found.id == stage.server.seen[0].id
    await later.close()


@pytest.mark.asyncio
async def test_a_picture_is_waited_for_and_uploaded_once(stage: Mastodon) -> None:
    stage.server.script.always(Fault.SLOW_MEDIA)
    pictured = replace(post(), parts=(Part(WORDS, (PICTURE,)),))
    await stage.publisher.prepare(pictured)
    await publish(stage, a_post=pictured)
    assert [one["description"] for one in stage.server.media.values()] == [PICTURE.alt]
    assert [one["data"] for one in stage.server.media.values()] == [stage.desk.pictures[PICTURE.sha256]]
    assert stage.server.calls.count(("POST", "/api/v2/media")) == 1


@pytest.mark.asyncio
async def test_a_picture_or_a_description_that_would_not_be_kept_is_refused(stage: Mastodon) -> None:
    pictured = replace(post(), parts=(Part(WORDS, (PICTURE,)),))
    stage.server.cuts_descriptions = True
    with pytest.raises(Refused, match="alt_changed"):
        await stage.publisher.prepare(pictured)
    stage.desk.pictures[PICTURE.sha256] = b"x" * (BYTES + 1)
    with pytest.raises(Refused, match="picture_too_large"):
        await stage.publisher.prepare(replace(pictured, number=8))


@pytest.mark.asyncio
async def test_what_was_not_prepared_here_is_not_sent_without_its_pictures(stage: Mastodon) -> None:
    pictured = replace(post(), parts=(Part(WORDS, (PICTURE,)),))
    prepared = Prepared(pictured, post_digest(pictured))
    with pytest.raises(Unavailable):
        await stage.publisher.publish(prepared, "k1", permit(prepared, "k1"))
    assert stage.server.posts == []


@pytest.mark.asyncio
async def test_a_thread_hangs_together(stage: Mastodon) -> None:
    first = await publish(stage, "k/0")
    await publish(stage, "k/1", post("And it closes at six.", 7), follows="k/0")
    assert [seen.reply_to for seen in stage.server.seen] == [None, first.id]
    await stage.publisher.withdraw(first)
    with pytest.raises(Refused, match="thread_broken"):
        await publish(stage, "k/2", post("Bring a card.", 7), follows="k/0")


@pytest.mark.asyncio
async def test_visibility_language_and_warning_are_sent() -> None:
    async with mastodon(FakeMastodon(), warning="Elections") as stage:
        await publish(stage)
        (seen,) = stage.server.seen
        assert (seen.visibility, seen.language, seen.warning) == ("public", "cy", "Elections")
        assert (await stage.publisher.limits()).characters == LIMIT - len("Elections")
        await stage.publisher.prepare(post("x" * (LIMIT - 9)))
        with pytest.raises(Refused):
            await stage.publisher.prepare(post("x" * (LIMIT - 8)))


@pytest.mark.asyncio
async def test_a_post_that_stays_after_its_deletion_is_still_found(stage: Mastodon) -> None:
    remote = await publish(stage)
    stage.server.script.always(Fault.STUCK)
    await stage.publisher.withdraw(remote)
    assert await stage.publisher.find("k1") == remote
    with pytest.raises(Refused, match="withdrawn"):
        await publish(stage)


@pytest.mark.asyncio
async def test_an_id_is_never_a_way_to_another_address(stage: Mastodon) -> None:
    await stage.publisher.withdraw(Remote("../accounts/1", None))
    assert ("DELETE", "/api/v1/accounts/1") not in stage.server.calls


@pytest.mark.asyncio
async def test_a_key_of_another_post_is_refused(stage: Mastodon) -> None:
    await publish(stage)
    with pytest.raises(Refused, match="key_taken"):
        await publish(stage, a_post=post("Other words"))
    with pytest.raises(AdapterError):
        await stage.publisher.prepare(replace(post(), parts=(Part("one"), Part("two"))))
