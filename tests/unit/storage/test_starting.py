"""One platform that cannot be reached at the start does not silence the others."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import NotAuthenticated, Unavailable
from bot.app import App, Parts, services_for
from config.database import Database
from config.keys import Keys
from config.settings import given

pytestmark = pytest.mark.asyncio
AWAY, SHUT = Unavailable("unreachable"), NotAuthenticated("unknown_token")


class Platform:
    """A chat of which only the first look is asked."""

    def __init__(self, error: Exception | None) -> None:
        self.error, self.looks = error, 0

    async def preflight(self) -> None:
        self.looks += 1
        if self.error:
            raise self.error

    async def close(self) -> None:
        """There is nothing to let go of."""


@pytest.mark.parametrize(
    ("errors", "ends"),
    [
        ([None, None], None),
        ([AWAY, None], None),
        ([None, AWAY], None),
        ([AWAY, AWAY], AWAY),
        ([AWAY], AWAY),
        ([], None),
        ([AWAY, SHUT], SHUT),
        ([None, SHUT], SHUT),
    ],
)
async def test_it_starts_when_any_platform_lets_it(
    database_url: str, tmp_path: Path, errors: list[Exception | None], ends: Exception | None
) -> None:
    chats: dict[str, Any] = {str(number): Platform(error) for number, error in enumerate(errors)}
    parts = Parts({}, None)
    services = services_for(given({}), Database(database_url), Keys(b"k" * 32), chats, parts)
    app = App(services, tmp_path / "switchboard.anchor")
    with nullcontext() if ends is None else pytest.raises(type(ends)):
        await app.start()
    assert [chat.looks for chat in chats.values()] == [1] * len(errors)
    await app.close()
