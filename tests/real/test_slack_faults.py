"""What breaks between the bot and Slack: retries, rate limits, lost answers, sockets that end, pages for files.

R1 to R22 are the cases of the fact sheet. local-slack keeps rooms, people and files; every fault is made by the edge
(tests/real/slack_edge.py), which hands over, refuses and breaks as Slack is documented to do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from adapters.chat.slack import SlackChat, SlackTokens
from adapters.errors import NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import (
    AccountRef,
    Connected,
    Content,
    Disconnected,
    FileShared,
    MessageDeleted,
    MessageReceived,
    ReactionAdded,
    RoomRef,
)
from adapters.ports import HealthState
from tests.contract.chat_stage import SOON, Desk, Stage
from tests.contract.slack_hands import options, standing, taken
from tests.real.matrix_faults import Fault
from tests.real.slack_delivery import EVENTS
from tests.real.slack_people import IDS, Workspace
from tests.real.slack_server import BOT, Mode

pytestmark = pytest.mark.real
OPEN = "C01OPEN"


Both = tuple[Workspace, Stage]


@pytest_asyncio.fixture(params=Mode, ids=lambda mode: mode.name.lower())
async def both(request: pytest.FixtureRequest, local_slack: Path, tmp_path: Path) -> AsyncIterator[Both]:
    """A stage in each mode."""
    async with standing(local_slack, tmp_path, request.param) as made:
        yield made


@pytest_asyncio.fixture
async def here(local_slack: Path, tmp_path: Path) -> AsyncIterator[Both]:
    """A stage in Socket Mode."""
    async with standing(local_slack, tmp_path) as made:
        yield made


# events


@pytest.mark.asyncio
async def test_r1_told_again_it_is_one_event(both: Both) -> None:
    slack, stage = both
    await slack.person("ann").says(OPEN, "@switchboard who knows about floods?")
    event = await stage.desk.hears(MessageReceived)
    told = list(slack.edge.delivery.envelopes)
    assert {one.what for one in told} == {"message", "app_mention"}
    await taken(*[slack.edge.delivery.again(one) for one in told])
    assert await stage.settled() == [event]


@pytest.mark.asyncio
async def test_r2_what_only_a_retry_brings_is_heard(both: Both) -> None:
    slack, stage = both
    slack.edge.delivery.lost = 2
    await slack.person("ann").says(OPEN, "@switchboard who knows about floods?")
    await stage.desk.hears(MessageReceived)
    told = list(slack.edge.delivery.envelopes)
    await taken(*told)
    assert [one.attempts for one in told] == [2, 2]
    assert len(await stage.settled()) == 1


@pytest.mark.asyncio
async def test_r3_told_again_after_a_restart_it_has_the_same_id(both: Both) -> None:
    slack, stage = both
    said = await slack.person("ann").says(OPEN, "@switchboard who knows about floods?")
    await slack.person("ann").reacts(OPEN, said, "eyes")
    await stage.desk.hears(ReactionAdded)
    told = list(slack.edge.delivery.envelopes)
    await taken(*told)
    await stage.restart()
    await taken(*[slack.edge.delivery.again(one) for one in told])
    # The inbox of the product knows the ids for ever.
    assert len({event.event_id for event in await stage.settled()}) == 2


@pytest.mark.asyncio
async def test_r21_everything_is_acknowledged_the_first_time(both: Both) -> None:
    slack, stage = both
    kinds = ["user_huddle_changed", "channel_created", "app_uninstalled", "something_new", "member_joined_channel"]
    told = [slack.edge.happens({"type": kind, "user": IDS["ann"], "channel": OPEN}) for kind in kinds]
    malformed: list[dict[str, Any]] = [
        {"type": "message", "channel": OPEN},
        {"type": "message", "channel": None, "ts": [], "user": {}},
        {"type": "reaction_added", "user": IDS["ann"], "item": {"type": "file", "file": "F1"}},
        {"type": "message", "subtype": "message_deleted", "channel": OPEN},
    ]
    told += [slack.edge.happens(one) for one in malformed]
    said = await slack.person("ann").says(OPEN, "hello")
    await slack.person("ann").commands(OPEN, "/unknown", "words")
    await slack.person("ann").uses("unknown", OPEN, said)
    await slack.person("ann").opens_home()
    told += [one for one in slack.edge.delivery.envelopes if one not in told]
    assert {one.kind for one in told} == {EVENTS, "slash_commands", "interactive"}
    await taken(*told)
    assert {one.attempts for one in told} == {1}
    await stage.settled()


@pytest.mark.asyncio
async def test_r14_what_somebody_else_deletes_of_ours_is_told(here: Both) -> None:
    slack, stage = here
    ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k")
    await slack.server.control("delete-message", {"channel": OPEN, "ts": ref.message, "user": BOT})
    deleted = await stage.desk.hears(MessageDeleted)
    assert deleted.ref.message == ref.message
    with pytest.raises(Refused, match="gone"):
        await stage.adapter.reactions(ref)


@pytest.mark.asyncio
async def test_r15_a_reaction_given_while_it_was_down_is_in_the_full_list(here: Both) -> None:
    slack, stage = here
    ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k")
    await stage.adapter.react(ref, "✅")
    await stage.stop()
    people = ("ann", "bob", "colin", "guest")
    for name in people:
        await slack.person(name).reacts(OPEN, ref.message, "white_check_mark")
    await stage.restart()
    found = {one.account.id for one in await stage.adapter.reactions(ref) if one.emoji == "✅"}
    assert found == {BOT, *(IDS[name] for name in people)}


# words


@pytest.mark.parametrize("fault", [Fault.LIMITED_HEADER, Fault.LIMITED])
@pytest.mark.asyncio
async def test_r4_a_rate_limit_is_waited_for(here: Both, fault: Fault) -> None:
    slack, stage = here
    rule = slack.edge.spoil(fault, "chat.postMessage", times=2, seconds=1)
    await stage.adapter.send(stage.room, Content("once"), thread=None, key="k")
    assert rule.done
    assert [one.text for one in await slack.posted(OPEN)] == ["once"]


@pytest.mark.asyncio
async def test_r4_a_long_rate_limit_is_told_to_the_product(here: Both) -> None:
    slack, stage = here
    rule = slack.edge.spoil(Fault.LIMITED_HEADER, "chat.postMessage", seconds=3600)
    with pytest.raises(RateLimited) as limited:
        await stage.adapter.send(stage.room, Content("once"), thread=None, key="k")
    assert (limited.value.retry_after, rule.used) == (3600, 1)
    assert await slack.posted(OPEN) == []


@pytest.mark.parametrize("thread", [False, True], ids=["room", "thread"])
@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CUT])
@pytest.mark.asyncio
async def test_r5_what_may_have_arrived_is_looked_for(here: Both, fault: Fault, thread: bool) -> None:
    slack, stage = here
    first = await slack.person("ann").says(OPEN, "first") if thread else None
    slack.edge.spoil(fault, "chat.postMessage", times=1)
    with pytest.raises(OutcomeUnknown):
        await stage.adapter.send(stage.room, Content("once"), thread=first, key="k")
    await stage.restart()
    ref = await stage.adapter.send(stage.room, Content("once"), thread=first, key="k")
    assert [one.id for one in await slack.posted(OPEN)] == [ref.message]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.SERVER_ERROR, Fault.BAD_GATEWAY])
@pytest.mark.asyncio
async def test_r5_what_did_not_arrive_is_sent_once(here: Both, fault: Fault) -> None:
    slack, stage = here
    slack.edge.spoil(fault, "chat.postMessage", times=1)
    with pytest.raises((OutcomeUnknown, Unavailable)):
        await stage.adapter.send(stage.room, Content("once"), thread=None, key="k")
    ref = await stage.adapter.send(stage.room, Content("once"), thread=None, key="k")
    assert [one.id for one in await slack.posted(OPEN)] == [ref.message]


@pytest.mark.asyncio
async def test_r5_where_nobody_may_look_nothing_is_sent_twice(here: Both) -> None:
    slack, stage = here
    slack.edge.spoil(Fault.LOST, "chat.postMessage", times=1)
    slack.edge.scopes.remove("channels:history")
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            await stage.adapter.send(stage.room, Content("once"), thread=None, key="k")
    assert len(await slack.posted(OPEN)) == 1


@pytest.mark.asyncio
async def test_r19_what_is_said_is_escaped_in_all_that_slack_reads(here: Both) -> None:
    slack, stage = here
    await stage.adapter.send(stage.room, Content("<!channel> & <script>"), thread=None, key="k")
    [call] = slack.edge.called("chat.postMessage")
    assert call.arguments["text"] == "&lt;!channel&gt; &amp; &lt;script&gt;"
    [block] = call.arguments["blocks"]
    assert (block["text"]["type"], block["text"]["emoji"]) == ("plain_text", False)


# the connection


@pytest.mark.asyncio
async def test_r6_refreshed_again_and_again_nothing_is_lost_or_doubled(here: Both) -> None:
    slack, stage = here
    said: list[str] = []
    for refresh in range(1, 11):
        said += [await slack.person("ann").says(OPEN, f"{refresh}.{n}") for n in range(5)]
        await slack.edge.delivery.disconnect("refresh_requested" if refresh % 2 else "warning")
        said += [await slack.person("bob").says(OPEN, f"{refresh}:{n}") for n in range(5)]
        async with asyncio.timeout(SOON):
            await slack.edge.delivery.linked(refresh + 1)
    heard = [event.ref.message for event in await stage.settled()]
    assert heard == said


@pytest.mark.asyncio
async def test_r7_a_frozen_slack_is_noticed_and_come_back_to(here: Both) -> None:
    slack, stage = here
    slack.edge.delivery.frozen = True
    rule = slack.edge.spoil(Fault.HANG)
    await stage.desk.hears(Disconnected)
    assert stage.adapter.health().state is not HealthState.OK
    meanwhile = await slack.person("ann").says(OPEN, "anybody there?")
    slack.edge.delivery.frozen = False
    rule.lift()
    slack.edge.cut()
    heard = await stage.desk.hears(MessageReceived)
    assert heard.ref.message == meanwhile
    first = next(one for one in stage.desk.events if isinstance(one, Connected))
    await stage.desk.hears(Connected, lambda event: event != first)
    assert stage.adapter.health().state is HealthState.OK


@pytest.mark.asyncio
async def test_a_socket_that_is_cut_is_opened_again(here: Both) -> None:
    slack, stage = here
    for life in range(2, 5):
        slack.edge.cut()
        async with asyncio.timeout(SOON):
            await slack.edge.delivery.linked(life)
    said = await slack.person("ann").says(OPEN, "still there?")
    assert [event.ref.message for event in await stage.settled()] == [said]


@pytest.mark.asyncio
async def test_closed_sessions_are_opened_again(here: Both) -> None:
    slack, stage = here
    assert isinstance(stage.adapter, SlackChat)
    for api in stage.adapter._apis:
        await (await api.session()).close()
    async with asyncio.timeout(SOON):
        await slack.edge.delivery.linked(2)
    said = await slack.person("ann").says(OPEN, "still there?")
    assert [event.ref.message for event in await stage.settled()] == [said]
    await stage.adapter.send(stage.room, Content("yes"), thread=said, key="k")


@pytest.mark.asyncio
async def test_slack_that_is_down_for_a_while_is_tried_with_pauses(here: Both) -> None:
    slack, stage = here
    rule = slack.edge.spoil(Fault.BAD_GATEWAY, "apps.connections.open", times=4)
    slack.edge.cut()
    async with asyncio.timeout(SOON):
        await rule.met(4)
        await slack.edge.delivery.linked(2)
    said = await slack.person("ann").says(OPEN, "still there?")
    assert [event.ref.message for event in await stage.settled()] == [said]


TOKENS = {
    "bot": ("xoxb-wrong", "xapp-test-app-token"),
    "app": ("xoxb-test-bot-token", "xapp-wrong"),
    "exchanged": ("xapp-test-app-token", "xoxb-test-bot-token"),
}


@pytest.mark.parametrize("wrong", TOKENS)
@pytest.mark.asyncio
async def test_r20_wrong_tokens_are_told_at_once(slack: Workspace, wrong: str) -> None:
    desk = Desk()
    chat = SlackChat(SlackTokens(*TOKENS[wrong]), desk, desk, slack.base_url, options())
    try:
        with pytest.raises(NotAuthenticated) as refused:
            await chat.preflight()
    finally:
        await chat.close()
    assert not any(token in str(refused.value) for token in TOKENS[wrong])


@pytest.mark.asyncio
async def test_a_token_that_is_revoked_ends_it(here: Both) -> None:
    slack, stage = here
    slack.edge.spoil(Fault.UNKNOWN_TOKEN)
    slack.edge.cut()
    assert stage._listening
    with pytest.raises(NotAuthenticated, match="app_token_refused"):
        async with asyncio.timeout(SOON):
            await stage._listening
    assert stage.adapter.health().state is HealthState.DOWN


# files


@asynccontextmanager
async def stranger() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """A host that is not Slack's, and the headers of every request that came."""
    came: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        came.append(dict(request.headers))
        return web.Response(body=b"name;post\r\n", content_type="text/csv")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"{site.name}/staff.csv", came
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("how", ["url", "external", "redirect"])
@pytest.mark.asyncio
async def test_r16_the_token_goes_to_no_other_host(here: Both, how: str) -> None:
    slack, stage = here
    async with stranger() as (where, came):
        if how == "redirect":
            slack.edge.redirect = where
        else:
            slack.edge.files["staff.csv"] = {"url_private": where, "url_private_download": where}
        if how == "external":
            slack.edge.files["staff.csv"] |= {"is_external": True, "mode": "external"}
        await slack.person("ann").shares(OPEN, "staff.csv", b"name;post\r\n")
        shared = await stage.desk.hears(FileShared)
        with pytest.raises(Refused):
            await stage.adapter.download(shared.file, limit=100)
        assert came == []


@pytest.mark.asyncio
async def test_r17_a_page_in_the_place_of_a_file_is_no_file(here: Both) -> None:
    slack, stage = here
    await slack.person("ann").shares(OPEN, "staff.csv", b"name;post\r\n")
    shared = await stage.desk.hears(FileShared)
    slack.edge.sign_in_page = True
    with pytest.raises(Refused, match="no_file"):
        await stage.adapter.download(shared.file, limit=10_000)
    slack.edge.sign_in_page = False
    assert await stage.adapter.download(shared.file, limit=10_000) == b"name;post\r\n"


# who and where

COUNTS_AGAINST = {
    "guest": "guest",
    "single": "guest",
    "external": "external",
    "stranger": "external",
    "inactive": "inactive",
    "robot": "bot",
}


@pytest.mark.asyncio
async def test_r9_who_may_not_count_is_told(here: Both) -> None:
    slack, stage = here
    assert COUNTS_AGAINST
    for name in slack.people:
        profile = await stage.adapter.profile(AccountRef("slack", IDS[name]))
        told = {
            "guest": profile.guest,
            "external": profile.external,
            "inactive": not profile.active,
            "bot": profile.bot,
        }
        expected = {COUNTS_AGAINST[name]} if name in COUNTS_AGAINST else set()
        assert {reason for reason, so in told.items() if so} == expected, name
        assert (profile.verified_email is None) is (name == "unconfirmed")


@pytest.mark.asyncio
async def test_r10_rooms_shared_with_others_are_told(here: Both) -> None:
    _, stage = here
    rooms = {id_: (await stage.adapter.room(RoomRef("slack", id_))).shared for id_ in (OPEN, "C03SHARED", "C04PENDING")}
    assert rooms == {OPEN: False, "C03SHARED": True, "C04PENDING": True}
