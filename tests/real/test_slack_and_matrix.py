"""Both networks at once: local-slack and a real Synapse, one bot, and people with an account on each.

An announcement is drafted in Slack, approved by one person in Slack and another on Matrix, published and recalled.
Whoever is on both is one person.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.chat.matrix import MatrixChat
from adapters.ports import ChatAdapter
from bot.announcements.media import Pictures
from bot.app import StoredState
from config.database import Database
from tests.chat import BOT
from tests.contract.matrix_hands import bot_settings
from tests.process import PATIENCE
from tests.real.matrix_people import Matrix
from tests.real.slack_council import COMMS, OPEN, WORLD, Town, populate
from tests.real.slack_people import workspace

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(300)]
STAFF = """staff_id,name,email,slack_id,matrix_id,skills
000001,Ann Abel,ann@council.example,U01ANN,,Libraries (3)
000002,Bob Brook,bob@council.example,U02BOB,{bob},Press releases (4)
000003,Colin Cole,colin@council.example,U10COLIN,{colin},Press releases (3)
000004,Rhys Vaughan,rhys@council.example,,,Flood mapping (4)
"""


@dataclass
class Both:
    """The town on Slack, and the people of it who are on Matrix as well, each with a direct room there."""

    town: Town
    matrix: Matrix

    async def says(self, who: str, words: str) -> None:
        """Say something to the bot on Matrix."""
        await self.matrix.person(who).says(self.matrix.names[f"direct-{who}"], words)

    async def told(self, who: str, pattern: str) -> None:
        """Return once the bot has said so to somebody on Matrix."""
        await self.matrix.person(who).sees(pattern, room=f"direct-{who}")

    async def is_state(self, state: str) -> None:
        """Return once the announcement is there."""
        async with asyncio.timeout(PATIENCE):
            await self.town.becomes(self.town.state, state)


@pytest_asyncio.fixture
async def both(local_slack: Path, matrix: Matrix, tmp_path: Path) -> AsyncIterator[Both]:
    server = matrix.homeserver
    bot = server.new_user("switchboard")
    matrix.names[BOT] = bot.id
    for name in ("bob", "colin"):
        person = await matrix.nio(name)
        matrix.names[f"direct-{name}"] = server.new_room(person.account, direct=True, invited=[bot])
    told = bot_settings(server, bot, tmp_path / "keys", encryption=False)

    def beside(database: Database) -> Mapping[str, ChatAdapter]:
        return {"matrix": MatrixChat(told, StoredState(database, "matrix"), Pictures(database))}

    async with workspace(local_slack, tmp_path, world=WORLD) as slack:
        town = Town(slack, tmp_path, 0, approvals=2, beside=beside)
        rows = STAFF.format(**{name: matrix.person(name).account.id for name in ("bob", "colin")})
        app = town.new_app()
        await populate(app.services, ("bob", "colin"), rows)
        await app.close()
        await town.starts()
        made = Both(town, matrix)
        for name in ("bob", "colin"):
            await made.told(name, "^Hello. Ask me here")  # what is said before it comes in it does not read
        try:
            yield made
        finally:
            await town.stops()


async def test_drafted_in_slack_approved_on_both_published_and_recalled(both: Both) -> None:
    town = both.town
    preview = await town.draft("The pool opens at noon.")
    await town.votes("bob", preview)
    assert await town.state() == "in_review"
    await both.says("bob", "approve #1")
    await both.told("bob", "#1")
    assert (await town.state(), await town.deliveries()) == ("in_review", 0)
    await both.says("colin", "approve #1")
    await both.is_state("published")
    await town.settle()
    assert (await town.public(), await town.deliveries()) == (["The pool opens at noon."], 1)
    await town.sees("ann", "#1 is published", await town.person("ann").direct())
    await both.says("colin", "recall #1")
    await both.is_state("recalled")
    assert await town.public() == []
    await town.sees("bob", "#1 is recalled", COMMS)


async def test_an_approval_forged_on_one_network_is_disowned_on_the_other(both: Both) -> None:
    """Whoever holds Bob's Slack account does not hold the one on Matrix: there he is told, and says it was not he."""
    town = both.town
    preview = await town.draft("The pool opens at noon.")
    await town.votes("bob", preview)
    await both.told("bob", "You approved #1 r1")
    await both.says("bob", "not me #1")
    await both.is_state("held")
    await town.sees("ann", "#1 is on hold: somebody whose approval was counted says", await town.person("ann").direct())
    await town.votes("colin", preview)
    assert (await town.state(), await town.deliveries()) == ("held", 0)


async def test_who_wrote_it_in_slack_does_not_approve_it_on_matrix(both: Both) -> None:
    town = both.town
    await town.draft(by="bob")
    await both.says("bob", "approve #1")
    await both.told("bob", "You wrote #1")
    assert await town.state() == "in_review"


RECEIPT = "You approved #1 r1. If that was not you, say: not me"


async def test_an_approval_on_matrix_is_told_on_slack(both: Both) -> None:
    town = both.town
    await town.draft("The pool opens at noon.")
    await both.says("bob", "approve #1")
    await both.told("bob", RECEIPT)
    await town.sees("bob", RECEIPT, await town.person("bob").direct())


async def test_a_question_is_answered_where_it_was_asked(both: Both) -> None:
    await both.says("bob", "who knows about flood mapping?")
    await both.told("bob", "Rhys Vaughan")
    assert await both.town.all_seen("bob", "Rhys Vaughan") == []
    await both.town.person("bob").says(OPEN, "@switchboard who knows about flood mapping?")
    await both.town.sees("bob", "Rhys Vaughan", OPEN)
