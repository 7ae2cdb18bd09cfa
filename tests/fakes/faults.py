"""The fault script of a pretend channel: everything that was seen to go wrong at real ones (facts on channels, 6)."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web


class Fault(StrEnum):
    """What may go wrong. The first group meets the next visible write only, the second holds until it is taken back."""

    DROPPED = "accepted, then the connection is dropped"
    LATE = "accepted, shown later than the settle time"
    TRUNCATED = "accepted, and half an answer"
    BROKEN = "accepted, and a page of HTML with status 500"
    LIMITED = "429 without a time"
    LIMITED_UNTIL = "429 with a time"
    AWAY = "503, and nothing was done"

    KEY_IGNORED = "a repeat with the same key is a second post"
    FAULT_ON_REPEAT = "a repeat with the same key is answered 500"
    LOCALISED = "errors are told in another language"
    SLOW_MEDIA = "media is answered 202 and ready later"
    EARLY = "what is scheduled is published at once"
    REVOKED = "the token is not known any more"
    STUCK = "says that a post is deleted and leaves it"


ONCE = (Fault.DROPPED, Fault.LATE, Fault.TRUNCATED, Fault.BROKEN, Fault.LIMITED, Fault.LIMITED_UNTIL, Fault.AWAY)


@dataclass
class Script:
    """What goes wrong next, in order, and what goes wrong always."""

    coming: deque[Fault] = field(default_factory=deque)
    standing: set[Fault] = field(default_factory=set)

    def then(self, *faults: Fault) -> None:
        """The next visible writes meet these, one each."""
        assert set(faults) <= set(ONCE)
        self.coming.extend(faults)

    def always(self, *faults: Fault) -> None:
        """From now on."""
        assert not set(faults) & set(ONCE)
        self.standing.update(faults)

    def next(self) -> Fault | None:
        """What this visible write meets."""
        return self.coming.popleft() if self.coming else None

    def __contains__(self, fault: Fault) -> bool:
        return fault in self.standing


def drop(request: web.Request) -> web.Response:
    """End the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise a whole answer, give half of it, and end the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return response
