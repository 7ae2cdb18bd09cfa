"""Matrix keeps the contract of adapters/ports.py on a real Synapse, in plain and encrypted rooms of both versions."""

import pytest

from tests.contract.chat_stage import Desk, staged
from tests.contract.chat_suite import CASES, Case
from tests.contract.matrix_hands import MatrixHands
from tests.real.matrix_people import Matrix

pytestmark = pytest.mark.real
KINDS = [("11", False), ("11", True), ("12", False), ("12", True)]


@pytest.mark.parametrize(
    ("version", "encrypted"), KINDS, ids=[f"v{v}-{'encrypted' if e else 'plain'}" for v, e in KINDS]
)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.asyncio
async def test_contract(matrix: Matrix, case: Case, version: str, encrypted: bool) -> None:
    desk = Desk()
    hands = MatrixHands(matrix, desk, version, encrypted=encrypted)
    await hands.start()
    async with staged(hands, desk) as stage:
        await case(stage)
