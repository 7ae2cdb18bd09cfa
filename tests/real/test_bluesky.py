"""What the contract suite does not ask of Bluesky's publisher, on a real server of the network (PDS)."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from adapters.canonical import post_digest
from adapters.errors import NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import Part, Picture, Post, Remote
from adapters.ports import Finding, HealthState, Permit
from adapters.publish.bluesky import BlueskyAccount, BlueskyPublisher, examine
from adapters.publish.bluesky.cids import record_cid
from tests.contract.bluesky_stage import IMAGE, PICTURE, Newsroom, Wire, newsroom
from tests.contract.chat_stage import Desk
from tests.real.bluesky import Pds

pytestmark = [pytest.mark.asyncio, pytest.mark.real]

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
THREAD = tuple(Part(f"{number}. The pool is closed on Monday.") for number in range(1, 6))
LOG_IN, RENEW = "com.atproto.server.createSession", "com.atproto.server.refreshSession"


@pytest_asyncio.fixture
async def room(bluesky: Pds) -> AsyncIterator[Newsroom]:
    """A publisher at work for an account of its own."""
    async with newsroom(bluesky) as made:
        yield made


def post(*parts: Part, text: str = "The library opens at noon.") -> Post:
    """A post in English."""
    return Post("bluesky", "news", "en-GB", parts or (Part(text),), 7)


async def publish(publisher: BlueskyPublisher, a_post: Post, key: str = "k1", at: datetime = AT) -> Remote:
    """Prepare and publish, as the engine does."""
    prepared = await publisher.prepare(a_post)
    return await publisher.publish(prepared, key, Permit(key, post_digest(a_post), at))


def values(room: Newsroom) -> list[dict[str, Any]]:
    """The posts that stand."""
    return [dict(record["value"]) for record in room.server.records(room.person)]


def pressed(record: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """The words of each facet, cut from the bytes that the server gives, and what they do."""
    text = record["text"].encode()
    return [
        (text[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(), one["features"][0])
        for one in record.get("facets", ())
    ]


async def test_links_tags_and_people_can_be_pressed(room: Newsroom) -> None:
    other = room.server.person("other")
    text = (
        f"Caf\u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467: https://www.example.gov.uk/a?b=1#d, @{other.handle} "
        "and @nobody-at-all.test (https://b.example.gov.uk/x) #Flood2026! #5"
    )
    await publish(room.publisher, post(text=text))
    (record,) = values(room)
    assert record["text"] == text
    kind = "app.bsky.richtext.facet#"
    assert pressed(record) == [
        (
            "https://www.example.gov.uk/a?b=1#d",
            {"$type": f"{kind}link", "uri": "https://www.example.gov.uk/a?b=1#d"},
        ),
        (f"@{other.handle}", {"$type": f"{kind}mention", "did": other.did}),
        ("https://b.example.gov.uk/x", {"$type": f"{kind}link", "uri": "https://b.example.gov.uk/x"}),
        ("#Flood2026", {"$type": f"{kind}tag", "tag": "Flood2026"}),
    ]
    card = {"uri": "https://www.example.gov.uk/a?b=1#d", "title": "www.example.gov.uk", "description": ""}
    assert record["embed"] == {"$type": "app.bsky.embed.external", "external": card}


async def test_the_record_is_the_one_that_was_named_before_it_was_sent(room: Newsroom) -> None:
    pictures = (PICTURE, replace(PICTURE, alt=""))
    await publish(room.publisher, post(Part("Caf\u00e9 \u2603 https://www.example.gov.uk/", pictures)))
    await publish(room.publisher, post(text="x" * 300), "k2")
    found = room.server.records(room.person)
    assert len(found) == 2
    assert {record["cid"] for record in found} == {record_cid(dict(record["value"])) for record in found}
    assert {record["value"]["createdAt"] for record in found} == {"2026-03-02T09:30:15.123Z"}
    assert {tuple(record["value"]["langs"]) for record in found} == {("en-GB",)}


async def test_four_pictures_arrive_to_the_byte(room: Newsroom) -> None:
    pictures = []
    for number in range(4):
        data = IMAGE + bytes([number])  # what follows the end of a picture is kept as well
        room.desk.pictures[hashlib.sha256(data).hexdigest()] = data
        pictures.append(Picture(hashlib.sha256(data).hexdigest(), "image/png", f"Map {number}"))
    await publish(room.publisher, post(Part("Four maps", tuple(pictures))))
    (record,) = values(room)
    shown = record["embed"]["images"]
    assert [one["alt"] for one in shown] == ["Map 0", "Map 1", "Map 2", "Map 3"]
    there = [room.server.picture(room.person, one["image"]["ref"]["$link"]) for one in shown]
    assert there == [room.desk.pictures[picture.sha256] for picture in pictures]


@pytest.mark.parametrize("size", [2_000_000, 2_000_001])
async def test_a_picture_may_have_two_million_bytes(room: Newsroom, size: int) -> None:
    data = IMAGE + random.Random(7).randbytes(size - len(IMAGE))
    picture = Picture(hashlib.sha256(data).hexdigest(), "image/png", "A map")
    room.desk.pictures[picture.sha256] = data
    if size > 2_000_000:
        with pytest.raises(Refused, match="picture_too_large"):
            await publish(room.publisher, post(Part("A map", (picture,))))
        assert values(room) == []
    else:
        await publish(room.publisher, post(Part("A map", (picture,))))
        assert len(values(room)) == 1


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467" * 120 + "x" * 60, True),  # 180 graphemes, 2,220 bytes
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467" * 180, False),  # 180 graphemes, 3,240 bytes
        ("e\u0301" * 300, True),
        ("e\u0301" * 301, False),
    ],
)
async def test_what_fits_is_what_the_server_takes(room: Newsroom, text: str, fits: bool) -> None:
    assert (room.publisher.length(text) <= (await room.publisher.limits()).characters) is fits
    if fits:
        await publish(room.publisher, post(text=text))
        assert [record["text"] for record in values(room)] == [text]
    else:
        with pytest.raises(Refused, match="too_long"):
            await room.publisher.prepare(post(text=text))


async def test_a_thread_is_a_chain_of_answers_in_one_commit(room: Newsroom) -> None:
    remote = await publish(room.publisher, post(*THREAD))
    assert room.wire.asked.count("com.atproto.repo.applyWrites") == 1
    found = room.server.records(room.person)
    assert [record["value"]["text"] for record in found] == [part.text for part in THREAD]
    names = [{"uri": record["uri"], "cid": record["cid"]} for record in found]
    assert remote.id == names[0]["uri"]
    assert "reply" not in found[0]["value"]
    assert [record["value"]["reply"] for record in found[1:]] == [
        {"root": names[0], "parent": before} for before in names[:-1]
    ]
    times = [record["value"]["createdAt"] for record in found]
    assert times == sorted(set(times))


async def test_a_thread_is_all_there_or_not_at_all(room: Newsroom) -> None:
    # A record that is in the way of the fourth: the server writes none of the five.
    await publish(room.publisher, post(*THREAD), "k1")
    fourth = room.server.records(room.person)[3]["uri"].rpartition("/")[2]
    everything = room.server.records(room.person)
    for record in everything:
        delete(room, record["uri"].rpartition("/")[2])
    await put(room, fourth, "Somebody else wrote this.")
    before = room.server.commit(room.person)
    with pytest.raises(OutcomeUnknown):
        await publish(room.another(desk=Desk()), post(*THREAD), "k1")
    assert room.server.commit(room.person) == before
    assert [record["text"] for record in values(room)] == ["Somebody else wrote this."]


def delete(room: Newsroom, key: str) -> None:
    """Take one record away, as its owner can with any app."""
    body = {"repo": room.person.did, "collection": "app.bsky.feed.post", "rkey": key}
    room.server.call("POST", "com.atproto.repo.deleteRecord", room.person.token, json=body)


async def put(room: Newsroom, key: str, text: str) -> None:
    """Write a record as its owner can with any app."""
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-03-02T09:30:15.123Z"}
    body = {"repo": room.person.did, "collection": "app.bsky.feed.post", "rkey": key, "record": record}
    room.server.call("POST", "com.atproto.repo.putRecord", room.person.token, json=body)


@pytest.mark.parametrize("parts", [1, 5])
async def test_twenty_publishers_at_once_show_one_post(room: Newsroom, parts: int) -> None:
    others = [room.another() for _ in range(20)]
    await publish(others[0], post(text="First, so that all share one log-in."), "k0")
    found = await asyncio.gather(*(publish(other, post(*THREAD[:parts])) for other in others))
    assert len(set(found)) == 1
    assert sorted(record["text"] for record in values(room)) == sorted(
        ["First, so that all share one log-in.", *(part.text for part in THREAD[:parts])]
    )


@pytest.mark.parametrize("parts", [1, 5])
async def test_a_crash_after_the_write_leaves_one_post(room: Newsroom, parts: int) -> None:
    room.wire.lost = 1
    with pytest.raises(OutcomeUnknown):
        await _publish_unseen(room, post(*THREAD[:parts]))
    before = room.server.commit(room.person)
    after_a_crash = room.another()  # remembers what is in the database, nothing else
    found = await after_a_crash.find("k1")
    assert found is not None
    assert await publish(after_a_crash, post(*THREAD[:parts])) == found
    assert room.server.commit(room.person) == before


async def _publish_unseen(room: Newsroom, a_post: Post) -> None:
    """Publish; once the answer is lost nothing can be read either, as when the process dies."""
    room.wire.spoil = lambda name: httpx.Response(503) if room.wire.lost == 0 and name.endswith("getRecord") else None
    await publish(room.publisher, a_post)


async def test_after_a_backup_was_put_back_the_same_words_are_found_and_not_sent_again(room: Newsroom) -> None:
    first = await publish(room.publisher, post(), at=AT)
    before = room.server.commit(room.person)
    restored = room.another(desk=Desk())  # knows nothing of what was sent
    assert await restored.find("k1") == first
    assert await publish(restored, post(), at=AT + timedelta(days=2)) == first
    assert room.server.commit(room.person) == before


async def test_what_stands_under_our_key_and_is_not_ours_is_never_changed(room: Newsroom) -> None:
    first = await publish(room.publisher, post())
    await put(room, first.id.rpartition("/")[2], "Changed in another app.")
    with pytest.raises(Refused, match="key_taken"):
        await publish(room.publisher, post())
    assert [record["text"] for record in values(room)] == ["Changed in another app."]


async def test_a_withdrawn_thread_is_gone_at_once_and_stays_gone(room: Newsroom) -> None:
    remote = await publish(room.publisher, post(*THREAD))
    await publish(room.publisher, post(text="This one stays."), "k2")
    delete(room, room.server.records(room.person)[1]["uri"].rpartition("/")[2])  # whichever it was
    await room.publisher.withdraw(remote)
    await room.publisher.withdraw(remote)
    assert await room.publisher.find("k1") is None
    late = room.another()  # a worker that slept meanwhile
    with pytest.raises(Refused, match="withdrawn"):
        await publish(late, post(*THREAD))
    assert [record["text"] for record in values(room) if record["text"] in {part.text for part in THREAD}] == []


async def test_one_log_in_serves_for_months(room: Newsroom) -> None:
    await publish(room.publisher, post())
    for number in range(3):
        again = room.another(wire=(wire := Wire()))
        await publish(again, post(text=f"Number {number}"), f"n{number}")
        assert LOG_IN not in wire.asked
    assert room.wire.asked.count(LOG_IN) == 1
    (kept,) = (value for key, value in room.desk.kept.items() if key == "session")
    assert "eyJ" not in kept  # how every such token begins


async def test_a_session_that_ran_out_is_renewed_once_for_all(room: Newsroom) -> None:
    await publish(room.publisher, post())
    spoilt = [0]

    def run_out(name: str) -> httpx.Response | None:
        if name == "com.atproto.repo.putRecord" and not spoilt[0]:
            spoilt[0] += 1
            return httpx.Response(400, json={"error": "ExpiredToken", "message": "..."})
        return None

    room.wire.spoil = run_out
    await publish(room.publisher, post(text="Later."), "k2")
    assert (room.wire.asked.count(LOG_IN), room.wire.asked.count(RENEW)) == (1, 1)
    assert {record["text"] for record in values(room)} == {"The library opens at noon.", "Later."}


async def test_with_a_revoked_password_nothing_goes_out_and_it_is_told(room: Newsroom) -> None:
    await publish(room.publisher, post())
    server, token = room.server, room.person.token
    server.call("POST", "com.atproto.server.revokeAppPassword", token, json={"name": "switchboard"})
    refused = {"error": "ExpiredToken", "message": "..."}
    room.wire.spoil = lambda name: httpx.Response(400, json=refused) if "repo" in name else None
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await publish(room.publisher, post(text="Later."), "k2")
    assert room.wire.asked.count(LOG_IN) == 2  # a password that was refused is not tried over and over
    assert room.publisher.health().state is HealthState.DOWN
    assert len(values(room)) == 1


async def test_a_wrong_password_is_told_and_not_tried_over_and_over(room: Newsroom) -> None:
    other = room.another(password="wrong-password", desk=Desk(), wire=(wire := Wire()))
    for _ in range(3):
        with pytest.raises(NotAuthenticated):
            await other.find("k1")
    assert wire.asked.count(LOG_IN) == 1


async def test_too_many_log_ins_are_a_limit_with_a_time(room: Newsroom) -> None:
    body = {"identifier": room.person.handle, "password": room.person.app_password}
    answers = [room.server.http.post(f"{room.server.url}/xrpc/{LOG_IN}", json=body).status_code for _ in range(31)]
    assert answers[-1] == 429
    with pytest.raises(RateLimited) as limited:
        await room.publisher.find("k1")
    assert 0 < (limited.value.retry_after or 0) <= 300


async def test_a_server_that_is_away_is_not_a_failure(room: Newsroom) -> None:
    await publish(room.publisher, post(), "k0")
    room.wire.spoil = lambda name: httpx.Response(503) if name != "com.atproto.repo.putRecord" else None
    with pytest.raises(Unavailable):
        await room.publisher.find("k1")
    room.wire.spoil = lambda _name: httpx.Response(502)
    with pytest.raises(OutcomeUnknown):
        await publish(room.publisher, post())
    room.wire.spoil = lambda _name: None
    assert await room.publisher.find("k1") is None
    await publish(room.publisher, post())
    assert len(values(room)) == 2


@pytest.mark.parametrize("kind", ["app", "main", "wrong"])
async def test_check_says_whether_the_password_is_good(room: Newsroom, kind: str) -> None:
    password = {"app": room.person.app_password, "main": room.person.password, "wrong": "wrong-password"}[kind]
    code = {"app": "accepted", "main": "main_password", "wrong": "password_refused"}[kind]
    account = BlueskyAccount(f"{room.server.url}/", room.person.handle, password)
    found = await examine(account, lambda: AT, wire := Wire())
    assert found == [Finding("server", True, "reached"), Finding("password", kind == "app", code)]
    assert ("com.atproto.server.deleteSession" in wire.asked) is (kind != "wrong")


async def test_a_server_that_is_not_there_is_told() -> None:
    found = await examine(BlueskyAccount("http://127.0.0.1:1/", "news.test", "p"), lambda: AT)
    assert found == [Finding("server", False, "not_reached")]
