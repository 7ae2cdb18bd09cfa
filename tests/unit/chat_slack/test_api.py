"""One client that repeats what it reads and one that never repeats what it writes; failures in our own family."""

import asyncio

import pytest

from adapters.chat.slack.api import SHUT_OUT, Api
from adapters.chat.slack.budgets import Bucket, Budgets
from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from tests.unit.chat_slack.fake import Json, Reply, asking, serving


def limited(seconds: str = "0") -> Reply:
    return Reply(429, {"ok": False, "error": "ratelimited"}, headers={"Retry-After": seconds})


@pytest.mark.asyncio
async def test_a_call_is_a_form_with_the_token_in_its_header_alone() -> None:
    async with serving(chat_postMessage={"ts": "1.2"}) as fake, asking(fake) as api:
        more = {"blocks": [{"a": "ü"}], "thread_ts": None, "unfurl_links": False}
        told = await api.write("chat.postMessage", channel="C1", **more)
        assert told["ts"] == "1.2"
        assert fake.asked("chat.postMessage") == [{"channel": "C1", "blocks": [{"a": "ü"}], "unfurl_links": "false"}]
        assert fake.tokens == ["Bearer xoxb-1"]
        assert "xoxb-1" not in repr(api)


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.asyncio
async def test_what_was_refused_for_its_rate_is_repeated(writes: bool) -> None:
    async with serving(chat_postMessage=[limited(), limited(), {"ts": "1.2"}]) as fake, asking(fake) as api:
        call = api.write if writes else api.read
        assert (await call("chat.postMessage", channel="C1"))["ts"] == "1.2"
        assert len(fake.calls) == 3


@pytest.mark.asyncio
async def test_patience_has_an_end() -> None:
    async with serving(chat_update=limited(), chat_delete=limited("60")) as fake, asking(fake) as api:
        with pytest.raises(RateLimited):
            await api.write("chat.update")
        assert len(fake.asked("chat.update")) == 4
        with pytest.raises(RateLimited) as told:
            await api.write("chat.delete")
        assert told.value.retry_after == 60
        assert len(fake.asked("chat.delete")) == 1


@pytest.mark.asyncio
async def test_writing_is_never_repeated_when_nobody_knows_whether_it_was_done() -> None:
    for answer in (Reply(500), Reply(502, body=b"<html>"), Reply(200, {"ok": False, "error": "fatal_error"})):
        async with serving(chat_postMessage=answer) as fake, asking(fake) as api:
            with pytest.raises(OutcomeUnknown):
                await api.write("chat.postMessage")
            assert len(fake.calls) == 1


@pytest.mark.asyncio
async def test_reading_is_repeated() -> None:
    async with serving(users_info=[Reply(500), {"user": {}}]) as fake, asking(fake) as api:
        assert (await api.read("users.info"))["user"] == {}
        assert len(fake.calls) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ({"ok": False, "error": "channel_not_found"}, Refused, "unknown_room"),
        ({"ok": False, "error": "user_not_found"}, Refused, "unknown_account"),
        ({"ok": False, "error": "message_not_found"}, Refused, "gone"),
        ({"ok": False, "error": "msg_blocks_too_long"}, Refused, "too_long"),
        ({"ok": False, "error": "something_new"}, Refused, "something_new"),
        ({"ok": False, "error": "service_unavailable"}, Unavailable, "service_unavailable"),
        ({"ok": False}, Unavailable, "http_200"),
        *[({"ok": False, "error": code}, NotAuthenticated, code) for code in sorted(SHUT_OUT)],
    ],
)
@pytest.mark.asyncio
async def test_what_slack_says(answer: Json, kind: type[AdapterError], said: str) -> None:
    async with serving(users_info=answer) as fake, asking(fake) as api:
        with pytest.raises(kind) as told:
            await api.read("users.info")
        assert str(told.value) == said


@pytest.mark.asyncio
async def test_nobody_there_and_nobody_in_time() -> None:
    async with serving(chat_postMessage=Reply(late=0.3)) as fake, asking(fake, timeout=0.05) as api:
        with pytest.raises(OutcomeUnknown, match="timeout"):
            await api.write("chat.postMessage")
    api = Api("xoxb-1", "http://127.0.0.1:1/api/", 1.0)
    with pytest.raises(Unavailable, match="unreachable"):
        await api.write("chat.postMessage")
    await api.close()
    with pytest.raises(Unavailable, match="closed"):
        await api.read("users.info")


@pytest.mark.asyncio
async def test_errors_hold_no_words_and_no_token() -> None:
    async with serving(chat_postMessage={"ok": False, "error": "no_text"}) as fake, asking(fake) as api:
        with pytest.raises(Refused) as told:
            await api.write("chat.postMessage", text="a secret word")
        assert told.value.__cause__ is None
        assert told.value.__suppress_context__
        assert "secret" not in str(told.value)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_bursts_through_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(2.0, 3.0, clock)
    assert [bucket.take() for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    clock.now = 1.5
    assert bucket.take() == 0.0
    bucket.stop(4.0)
    assert bucket.take() == 4.5
    clock.now = 1000.0
    assert [bucket.take() for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


@pytest.mark.parametrize(("method", "channel"), [("chat.postMessage", "C1"), ("reactions.add", "C1")])
@pytest.mark.asyncio
async def test_each_channel_and_each_method_has_a_budget_of_its_own(
    method: str, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    budgets = Budgets(Clock())
    while not slept:
        await budgets.wait(method, channel)
    await budgets.wait("chat.postMessage", "C2")
    await budgets.wait("reactions.get", channel)
    await budgets.wait("auth.test", "")
    assert len(slept) == 1


@pytest.mark.asyncio
async def test_budgets_are_bounded() -> None:
    budgets = Budgets(Clock())
    for number in range(1200):
        await budgets.wait("chat.postMessage", f"C{number}")
    assert len(budgets.buckets) == 1000
