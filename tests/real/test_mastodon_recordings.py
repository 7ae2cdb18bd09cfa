"""The publisher of Mastodon against what a real Mastodon 4.7.3 answered."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, Refused
from adapters.events import Part, Picture, Post, Remote
from adapters.ledger import Entry, Ledger
from adapters.ports import Limits, Permit
from adapters.publish.mastodon import Instance, MastodonAccount, MastodonPublisher
from adapters.publish.mastodon.readback import ReadBack, mark, status
from adapters.webapi import WebApi, wait_asked
from tests.contract.chat_stage import Desk
from tests.real.mastodon_recordings import SERVER, Player, Recorded, Recordings

pytestmark = [pytest.mark.real, pytest.mark.asyncio]

RECORDED = datetime(2026, 10, 14, 19, tzinfo=UTC)
PICTURE = Picture("0b" * 32, "image/jpeg", "me when a cat")


def publisher(player: Player, warning: str = "") -> MastodonPublisher:
    desk = Desk(pictures={PICTURE.sha256: b"a picture"})
    account = MastodonAccount(SERVER, "pretend", "unlisted", warning, poll=0)
    return MastodonPublisher(account, desk, desk, lambda: RECORDED, player)


def post(text: str, *pictures: Picture) -> Post:
    return Post("mastodon", "news", "en", (Part(text, pictures),), 7)


async def publish(mastodon: MastodonPublisher, a_post: Post) -> Remote:
    prepared = await mastodon.prepare(a_post)
    return await mastodon.publish(prepared, "k1", Permit("k1", prepared.digest, RECORDED))


async def test_the_figures_of_the_server_are_read(recordings: Recordings) -> None:
    mastodon = publisher(Player(recordings.named("test_instance")), warning="Elections")
    assert await mastodon.limits() == Limits(500 - len("Elections"), 4, 10_000)


async def test_length_is_what_its_own_page_counts(recordings: Recordings) -> None:
    (answer,) = recordings.named("test_instance")
    instance = Instance.told(answer.told)
    lengths = recordings.lengths()
    assert len(lengths) == 31
    assert [(text, instance.length(text)) for text, _ in lengths] == lengths
    assert [instance.length(text, "what") for text, _ in lengths] == [length + 4 for _, length in lengths]
    # Where an address is no address to it, or it is no Mastodon, never fewer than that.
    assert all(Instance().length(text) >= length for text, length in lengths)


async def test_a_post_with_a_warning_is_published_and_withdrawn(recordings: Recordings) -> None:
    recorded = recordings.named("test_status_post[Content warning-unlisted]")
    player = Player([*recordings.named("test_instance"), *recorded])
    mastodon = publisher(player, warning="Content warning")
    remote = await publish(mastodon, post("Toot!"))
    assert (remote.id, remote.url) == (recorded[0].told["id"], recorded[0].told["url"])
    sent = player.asked[-1]
    assert sent.headers["Idempotency-Key"] == "k1"
    assert b"scheduled_at" not in sent.content
    await mastodon.withdraw(remote)
    assert player.asked[-1].method == "DELETE"


async def test_a_picture_that_is_answered_202_is_waited_for(recordings: Recordings) -> None:
    recorded = recordings.named("test_media_post[False]")
    assert [one.status for one in recorded if one.path.endswith("/media")] == [202]
    working = [Recorded(one.method, one.path, 206, one.headers, one.body) for one in recorded if "/media/" in one.path]
    player = Player([*recordings.named("test_instance"), *working, *recorded])
    await publish(publisher(player), post("LOL check this out", PICTURE))
    methods = [(request.method, request.url.path.partition("/media/")[0]) for request in player.asked]
    assert methods == [
        ("GET", "/api/v2/instance"),
        ("POST", "/api/v2/media"),
        ("GET", "/api/v1"),
        ("GET", "/api/v1"),
        ("POST", "/api/v1/statuses"),
    ]


async def test_a_refusal_is_one_in_japanese_and_in_german(recordings: Recordings) -> None:
    recorded = recordings.named("test_lang_for_errors")
    assert len({one.body for one in recorded}) == 2
    for one in recorded:
        mastodon = publisher(Player([*recordings.named("test_instance"), one]))
        with pytest.raises(Refused) as refusal:
            await publish(mastodon, post("Hello"))
        assert refusal.value.code == "http_422"


async def test_what_is_missing_is_gone(recordings: Recordings) -> None:
    player = Player(recordings.named("test_status_missing"))
    api = WebApi(SERVER, transport=player)
    assert not await ReadBack(api, Ledger(Desk(), lambda: RECORDED)).stands(Remote("0", None))


async def test_a_lost_post_is_found_by_its_source(recordings: Recordings) -> None:
    recorded = recordings.named("test_status_edit")
    (source,) = [one for one in recorded if one.path.endswith("/source")]
    made = next(one for one in recorded if one.method == "PUT")
    account = made.told["account"]["id"]
    path = f"/api/v1/accounts/{account}/statuses"
    pages = [Recorded("GET", path, 200, {}, body) for body in (b"[" + made.body + b"]", b"[]")]
    me = Recorded("GET", "/api/v1/accounts/verify_credentials", 200, {}, f'{{"id": "{account}"}}'.encode())
    player = Player([source, *pages * 3, me, *recordings.named("test_app_verify_credentials")])
    reading = ReadBack(WebApi(SERVER, transport=player), Ledger(Desk(), lambda: RECORDED))
    text = source.told["text"]
    begun = RECORDED - timedelta(minutes=1)
    found = await reading.find("k1", Entry(begun, "", mark(text, "", 0)))
    assert found == Remote(made.told["id"], made.told["url"])
    assert await reading.find("k1", Entry(begun, "", mark(text, "", 1))) is None
    assert await reading.find("k1", Entry(begun, "", mark(f"{text}.", "", 0))) is None


async def test_every_recorded_answer_to_a_post_is_read_aright(recordings: Recordings) -> None:
    posted = [
        one
        for one in recordings.holding("api/v1/statuses")
        if (one.method, one.path, one.status) == ("POST", "/api/v1/statuses", 200)
    ]
    assert len(posted) > 200
    waiting = [one for one in posted if "scheduled_at" in one.told]
    assert waiting
    for one in waiting:
        with pytest.raises(OutcomeUnknown):
            status(one.told)
    for one in posted:
        if one not in waiting:
            assert status(one.told).url == one.told["url"]
            assert (wait_asked({**one.headers, "x-ratelimit-remaining": "0"}, RECORDED) or 0) > 0


async def test_every_recorded_fault_is_one_of_the_ports(recordings: Recordings) -> None:
    faults = [one for one in recordings.holding("code: 4") if one.status >= 400]
    assert {one.status for one in faults} >= {401, 403, 404, 422}
    for one in faults:
        with pytest.raises(AdapterError) as raised:
            await WebApi(SERVER, transport=Player([one])).call(one.method, one.path)
        expected = NotAuthenticated if one.status == 401 else Refused
        assert type(raised.value) is expected
