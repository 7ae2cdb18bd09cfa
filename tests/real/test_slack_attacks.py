"""Attacks on the bot through Slack: who one is not, words that pretend, requests written again, tokens lured away."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from adapters.errors import OutcomeUnknown, Unavailable
from adapters.events import AccountRef, AnyEvent, Content, ReactionAdded, ReactionRemoved
from bot.wording import say
from tests.contract.slack_hands import standing, taken
from tests.real.slack_council import COMMS, OPEN, SHARED, Town, council
from tests.real.slack_delivery import signed
from tests.real.slack_house import housed
from tests.real.slack_people import IDS
from tests.real.slack_server import BOT, TEAM, Mode

pytestmark = [pytest.mark.real, pytest.mark.asyncio]
LONG = 3600.0  # a grace that no test sees the end of
QUESTION = "who knows about flood mapping?"


@pytest_asyncio.fixture
async def town(local_slack: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with council(local_slack, tmp_path) as made:
        yield made


@asynccontextmanager
async def stranger() -> AsyncIterator[tuple[str, list[str]]]:
    """A host that is not Slack's, and whatever was asked of it."""
    came: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        came.append(f"{request.method} {request.path} {dict(request.headers)} {await request.text()}")
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site.name, came
    finally:
        await runner.cleanup()


# tokens and words lured away


async def test_no_call_follows_anybody_elsewhere(local_slack: Path, tmp_path: Path) -> None:
    async with standing(local_slack, tmp_path) as (slack, stage), stranger() as (where, came):
        slack.edge.moved = where
        with pytest.raises(OutcomeUnknown):
            await stage.adapter.send(stage.room, Content("for the room alone"), thread=None, key="k")
        with pytest.raises(Unavailable):
            await stage.adapter.profile(AccountRef("slack", IDS["colin"]))
        slack.edge.moved = ""
        assert came == []
        await stage.adapter.profile(AccountRef("slack", IDS["colin"]))


async def test_the_address_that_comes_with_a_command_is_never_asked(town: Town) -> None:
    async with stranger() as (where, came):
        given = {"command": "/switchboard", "text": QUESTION, "user_id": IDS["ann"], "channel_id": OPEN}
        given |= {"team_id": TEAM, "trigger_id": "1.2.3", "api_app_id": "A01APP", "response_url": where}
        await taken(town.slack.edge.delivery.take(town.slack.edge.envelope(given, "slash_commands")))
        [shown] = await town.all_seen("ann", "Rhys Vaughan")
        assert (shown.private, came) == (True, [])


# who one is not


@pytest.mark.parametrize("who", ["guest", "external"])
async def test_an_outsider_gets_nothing_by_any_way(town: Town, who: str) -> None:
    room = OPEN if who == "guest" else SHARED
    outsider = town.person(who)
    said = await outsider.says(room, "The pool opens at noon.")
    await outsider.commands(room, "/switchboard", QUESTION)
    await outsider.uses("announce", room, said)
    await outsider.shares(await outsider.direct(), "staff.csv", b"name,email\nEve East,eve@council.example\n")
    told = await town.all_seen(who, "")
    assert {one.text for one in told} == {say("refuse.outsider")}
    assert await town.all_seen("bob", "", COMMS) == []


async def test_the_address_of_a_colleague_makes_nobody_that_colleague(town: Town) -> None:
    town.slack.edge.strict.becomes(
        IDS["unconfirmed"], profile={"email": "bob@council.example"}, is_email_confirmed=True
    )
    preview = await town.draft()
    await town.votes("unconfirmed", preview)
    await town.person("unconfirmed").says(await town.person("unconfirmed").direct(), "approve #1")
    assert await town.all_seen("unconfirmed", say("refuse.outsider"))
    assert (await town.state(), await town.public()) == ("in_review", [])


async def test_whoever_is_deactivated_after_approving_holds_it(local_slack: Path, tmp_path: Path) -> None:
    async with council(local_slack, tmp_path, LONG) as town:
        await town.votes("bob", await town.draft())
        assert await town.state() == "approved"
        town.slack.edge.strict.becomes(IDS["bob"], deleted=True)
        await taken(town.slack.edge.happens({"type": "user_change", "user": {"id": IDS["bob"]}}))
        await town.end_grace()
        assert await town.state() not in {"approved", "published"}
        assert await town.public() == []


async def test_whoever_became_a_guest_asks_and_approves_no_more(town: Town) -> None:
    preview = await town.draft()
    town.slack.edge.strict.becomes(IDS["bob"], is_restricted=True)
    await taken(town.slack.edge.happens({"type": "user_change", "user": {"id": IDS["bob"]}}))
    await town.votes("bob", preview)
    await town.person("bob").says(OPEN, f"@switchboard {QUESTION}")
    assert await town.all_seen("colin", "Rhys Vaughan") == []
    assert await town.state() == "in_review"


# words that pretend


async def test_a_link_says_where_it_leads(town: Town) -> None:
    words = f"<@{BOT}> announce Pay at <https://evil.example/pay|https://council.example/pay> <!channel> <!here|all>"
    await town.slack.server.control("message", {"channel": OPEN, "user": IDS["ann"], "text": words})
    preview = await town.sees("bob", "^#1 r1", COMMS)
    shown = "Pay at https://council.example/pay (https://evil.example/pay) @channel @here"
    assert (preview.quote, preview.notified, preview.formatted) == (shown, False, False)


@pytest.mark.parametrize("command", ["announce", "who knows about", "who is", "team", "reject #1", "grant comms"])
async def test_as_much_as_slack_takes_is_answered_in_few_words(town: Town, command: str) -> None:
    much = "<!channel> &amp; *flood* <@U10COLIN> " * 1000
    body = {"channel": OPEN, "user": IDS["ann"], "text": f"<@{BOT}> {command} {much}"[:40_000]}
    await town.slack.server.control("message", body)
    told = await town.all_seen("ann", "")
    assert told
    assert max(len(one.text) for one in told) < 2000
    assert not any(one.notified for one in told)
    await town.person("ann").says(OPEN, f"@switchboard {QUESTION}")
    await town.sees("bob", "Rhys Vaughan", OPEN)


# whoever has the bot's token, or its name


async def updates(town: Town, message: str, told: dict[str, Any]) -> None:
    """Change a message of the bot's with its own token, as whoever has stolen it does."""
    headers = {"Authorization": f"Bearer {town.slack.world.secrets.bot}"}
    body = {"channel": COMMS, "ts": message, **told}
    async with town.slack.server.http.post(
        f"{town.slack.server.url}/api/chat.update", json=body, headers=headers
    ) as answer:
        assert (await answer.json())["ok"]


@pytest.mark.parametrize("how", ["words", "header"])
async def test_a_preview_that_is_changed_with_a_stolen_token_holds_it(
    local_slack: Path, tmp_path: Path, how: str
) -> None:
    async with council(local_slack, tmp_path, LONG) as slow:
        card = await slow.draft()
        await slow.votes("bob", card)
        assert await slow.state() == "approved"
        [*told] = card.told["blocks"]
        if how == "words":
            told[0] = told[0] | {"text": told[0]["text"] | {"text": "The Chief Executive agrees."}}
        else:
            told.insert(0, {"type": "header", "text": {"type": "plain_text", "text": "The Chief Executive agrees."}})
        await updates(slow, card.id, {"text": card.told["text"], "blocks": told})
        await slow.end_grace()
        assert (await slow.state(), await slow.public()) == ("held", [])
        await slow.sees("bob", "its preview is gone or does not show what was approved", COMMS)


async def test_under_a_copy_of_the_preview_nothing_counts(town: Town) -> None:
    card = await town.draft()
    copy = await town.person("robot").says(COMMS, f"{card.text}\n\n{card.quote}")
    for who in ("bob", "colin"):
        await town.person(who).reacts(COMMS, copy, "white_check_mark")
    await town.settle()
    assert (await town.state(), (await town.stored()).votes, await town.public()) == ("in_review", (), [])
    assert (await town.sees("bob", "not my preview", COMMS)).thread == copy


# requests written again


async def test_a_signed_request_that_is_sent_again_counts_no_more(local_slack: Path, tmp_path: Path) -> None:
    async with standing(local_slack, tmp_path, Mode.HTTP) as (slack, stage):
        ref = await stage.adapter.send(stage.room, Content("vote"), thread=None, key="k")
        await slack.person("ann").reacts(OPEN, ref.message, "white_check_mark")
        await stage.desk.hears(ReactionAdded)
        [told] = [one for one in slack.edge.delivery.envelopes if one.what == "reaction_added"]
        await slack.person("ann").unreacts(OPEN, ref.message, "white_check_mark")
        await stage.desk.hears(ReactionRemoved)
        before = _reactions(await stage.settled())
        body, headers = signed(slack.world.secrets.signing, told)
        for life in range(2):
            async with aiohttp.request("POST", str(slack.edge.delivery.url), data=body, headers=headers) as answer:
                await answer.read()
            assert _reactions(await stage.settled()) == before, life
            await stage.restart()


def _reactions(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    return [event for event in events if isinstance(event, ReactionAdded | ReactionRemoved)]


async def test_a_signed_forged_press_is_not_counted(local_slack: Path, tmp_path: Path) -> None:
    async with housed(local_slack, tmp_path, mode=Mode.HTTP) as house:
        running = await house.serves()
        edge = house.town.slack.edge
        await house.town.person("ann").says(OPEN, "@switchboard announce The pool opens at noon.")
        await house.is_answered("bob", "^#1 r1 from")
        [preview] = await house.town.read("bob", "^#1 r1 from", COMMS)
        for who in ("bob", "colin"):
            body, headers = signed(edge.world.secrets.signing, edge.envelope(_press(who, preview.id), "interactive"))
            async with aiohttp.request("POST", str(edge.delivery.url), data=body, headers=headers) as answer:
                assert answer.status == 200  # a true signature is let in, and what it vouches for is not believed
        await house.town.person("ann").says(OPEN, f"@switchboard {QUESTION}")
        await house.is_answered("bob", "Rhys Vaughan")
        await running.ends()
        house.town.app = house.town.new_app()
        assert (await house.town.state(), await house.town.deliveries()) == ("in_review", 0)
        assert (await house.town.stored()).votes == ()
        await house.town.app.close()


def _press(who: str, message: str) -> dict[str, object]:
    """A press of the button that approves, as Slack tells it."""
    action = {"type": "button", "action_id": "0.vote", "value": "approve/1/1", "action_ts": "1700000000.1"}
    return {
        "type": "block_actions",
        "user": {"id": IDS[who], "team_id": TEAM},
        "team": {"id": TEAM},
        "trigger_id": f"9.{who}",
        "container": {"type": "message", "message_ts": message, "channel_id": COMMS},
        "channel": {"id": COMMS},
        "actions": [action],
    }
