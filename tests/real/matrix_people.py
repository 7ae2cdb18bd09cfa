"""`matrix`, the fixture that brings people to the homeserver: with matrix-nio, or with the crypto of Element."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.real.matrix_nio import NioLine, cross_sign
from tests.real.matrix_peer import PeerLine
from tests.real.matrix_person import MatrixPerson
from tests.real.matrix_reading import Reading
from tests.real.needs import need
from tests.real.synapse import Account, Homeserver


@dataclass
class Matrix:
    """Who sits at the homeserver in this test. `names` are short names of people and rooms: put rooms in as well.

    `person` finds somebody by their short name, as the web chat's `Dialogue` does.
    """

    homeserver: Homeserver
    folder: Path
    request: pytest.FixtureRequest
    names: dict[str, str] = field(default_factory=dict)
    people: dict[str, MatrixPerson] = field(default_factory=dict)
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    def person(self, account: str) -> MatrixPerson:
        """Somebody by their short name."""
        return self.people[account]

    async def nio(self, name: str, account: Account | None = None, *, signed: bool = False) -> MatrixPerson:
        """Somebody with matrix-nio; `signed`: their device is cross-signed. Without `account` a new one is made."""
        account = account or self.homeserver.new_user(name)
        line = NioLine(self.homeserver.url, account, self.folder / account.device, Reading(self.names))
        self._open.push_async_callback(line.close)
        await line.catch_up()
        if signed:
            await cross_sign(line)
        return self._known(name, account, line)

    async def element(self, name: str, account: Account | None = None, *, strict: bool = True) -> MatrixPerson:
        """Somebody with the crypto of Element; `strict`: as current Element, cross-signed devices only."""
        sdk = need(self.request, "matrix-js-sdk")
        account = account or self.homeserver.new_user(name)
        log = self.folder / f"{account.device}.log"
        line = await PeerLine.start(self.homeserver.url, account, sdk, log, Reading(self.names), strict=strict)
        self._open.push_async_callback(line.close)
        return self._known(name, account, line)

    async def leave(self) -> None:
        """Everybody goes away."""
        await self._open.aclose()

    def _known(self, name: str, account: Account, line: NioLine | PeerLine) -> MatrixPerson:
        self.names[name] = account.id
        self.people[name] = MatrixPerson(account, line, self.homeserver, self.names)
        return self.people[name]


@pytest_asyncio.fixture
async def matrix(request: pytest.FixtureRequest, homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Matrix]:
    """People at the homeserver; all gone afterwards."""
    people = Matrix(homeserver, tmp_path, request)
    try:
        yield people
    finally:
        await people.leave()
