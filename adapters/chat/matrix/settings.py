"""What the Matrix chat is told when it is made: the account, where its keys are kept, and whom it follows."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PLATFORM = "matrix"
LONGEST_TEXT = 10_000  # characters; an event may have 65,536 bytes in all (specification, "size limits")
USER = re.compile(r"@[^:\s]+:\S+")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class MatrixSettings:
    """One account on one device. Times are in seconds.

    `store` is a folder for the keys of encryption, opened with `store_key` (long and random; it is never made up
    here). `servers` are the names of homeservers, besides the account's own, whose people belong to us: they may
    invite the bot and are no outsiders. `bots` are other programs' accounts: Matrix does not mark them.
    """

    homeserver: str
    user_id: str
    device_id: str
    access_token: str = field(repr=False)
    store: Path
    store_key: str = field(repr=False)
    encryption: bool = True
    servers: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()
    request_timeout: float = 15.0
    poll: float = 30.0  # how long the server may keep a question for news
    late_key: float = 10.0  # how long a message waits for its key
    first_wait: float = 1.0  # after a failure, doubled with each further one
    longest_wait: float = 60.0
    clock: Callable[[], datetime] = _now

    @property
    def localpart(self) -> str:
        """The account's name at its homeserver: `switchboard` of `@switchboard:example.org`."""
        return self.user_id[1:].partition(":")[0]

    def is_ours(self, user: str) -> bool:
        """Whether an account belongs to our own homeserver or to one that is named as ours."""
        server = server_of(user)
        return server == server_of(self.user_id) or server in self.servers


def server_of(user: str) -> str:
    """The server of an account. Only user ids are taken apart: a room's id may be without a server."""
    return user.partition(":")[2]
