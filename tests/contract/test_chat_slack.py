"""Slack keeps the contract of adapters/ports.py on local-slack, in Socket Mode and called by signed HTTP."""

from pathlib import Path

import pytest

from tests.contract.chat_stage import Desk, staged
from tests.contract.chat_suite import CASES, Case
from tests.contract.slack_hands import SlackHands, http_address
from tests.real.slack_people import workspace
from tests.real.slack_server import Mode

pytestmark = pytest.mark.real


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.asyncio
async def test_contract(local_slack: Path, tmp_path: Path, case: Case, mode: Mode) -> None:
    listen, url = http_address() if mode is Mode.HTTP else ("", None)
    async with workspace(local_slack, tmp_path, mode, url) as slack:
        desk = Desk()
        hands = SlackHands(slack, desk, listen)
        await hands.start()
        async with staged(hands, desk) as stage:
            await case(stage)
