"""Slack keeps the contract of adapters/ports.py on local-slack, in Socket Mode and called by signed HTTP."""

from pathlib import Path

import pytest

from tests.contract.chat_suite import CASES, Case
from tests.contract.slack_hands import standing
from tests.real.slack_server import Mode

pytestmark = pytest.mark.real


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.asyncio
async def test_contract(local_slack: Path, tmp_path: Path, case: Case, mode: Mode) -> None:
    async with standing(local_slack, tmp_path, mode) as (_, stage):
        await case(stage)
