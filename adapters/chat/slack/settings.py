"""What the Slack chat is told when it is made: its tokens, and how it waits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

PLATFORM = "slack"
SLACK = "https://slack.com/api/"
LONGEST_TEXT = 10_000  # characters; a message with blocks holds about 13,200 in all (slackapi/bolt-js#2509)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SlackTokens:
    """What lets the bot in: `bot` (xoxb-), and for Socket Mode `app` (xapp-), for HTTP mode `signing_secret`."""

    bot: str = field(repr=False)
    app: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """How the chat behaves. Times are in seconds.

    `workspace`: the id of the workspace that the tokens must belong to; empty: any.
    `http`: events come as signed requests to the application that the chat offers, not through Socket Mode. `listen`:
    the host and port that application is served on; empty when somebody else serves it.
    """

    workspace: str = ""
    http: bool = False
    listen: str = ""
    request_timeout: float = 15.0
    ping: float = 5.0  # between two signs of life of the socket; without an answer for half of it, it is given up
    first_wait: float = 0.5  # after a failure, doubled with each further one
    longest_wait: float = 30.0
    quiet: float = 900.0  # without any event for so long the connection is renewed, and what was missed is looked for
    slow: float = 3.0  # without an answer for so long a message gets 👀 until there is one
    drain: float = 2.0  # for what came in before listening ends
    clock: Callable[[], datetime] = _now
