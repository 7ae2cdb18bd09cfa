"""The tables of the settings, each key with its default, its limits and what it means."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator


def _account(value: str) -> str:
    platform, colon, identity = value.partition(":")
    if not (platform and colon and identity):
        raise ValueError("must be written platform:id, for example matrix:@pat:example.org")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: half a name, such as Europe
        raise ValueError("is not a time zone; use a name such as Europe/London") from error
    return value


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is not a day; write it as 2026-01-31") from error
    return value


OWN_CHANNELS = {"bluesky", "feed", "mastodon", "timeline", "x"}
"""Names that a channel of ours has."""

Reference = Annotated[str, AfterValidator(_account)]


def _listens(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("must be a host and a port, for example 127.0.0.1:8420")
    return value


class Section(BaseModel):
    """A table of the settings file; a key that does not exist is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Organisation(Section):
    """Who runs this Switchboard."""

    name: str = Field(default="Your council", min_length=1, description="The name people know you by.")
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Europe/London", description="Times in chat are read and shown in this zone."
    )
    language: str = Field(default="en-GB", min_length=2, description="Language of announcements (BCP 47).")


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: str = Field(
        default="sqlite+aiosqlite:///switchboard.db",
        min_length=1,
        description="SQLite file or PostgreSQL address (postgresql+psycopg://...).",
    )


class Log(Section):
    """The log: JSON lines without names, words or tokens."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much is written.")
    file: Path | None = Field(default=None, description="Write the log to this file instead of standard error.")


class Access(Section):
    """Who may do what before anybody has been given a role in chat."""

    admins: list[Reference] = Field(
        default_factory=list, max_length=2, description="The first two admins, by immutable account id."
    )


class Rooms(Section):
    """The rooms the bot works in."""

    comms: Reference = Field(default="web:comms", description="Where previews are shown and approved.")
    information_governance: Reference | None = Field(
        default=None, description="Where what only information governance may let on is shown first."
    )
    auditors: Reference | None = Field(
        default=None, description="Where changes of roles are shown, and once a day the head of the evidence."
    )
    questions: Reference | None = Field(
        default=None, description="Where somebody may put a question that nobody is listed for."
    )


class AnnouncementSettings(Section):
    """The rules for announcements; PROTOCOL is fixed, these are its numbers."""

    approvals: int = Field(
        default=1, ge=1, le=5, description="Approvals a routine announcement needs, besides the author."
    )
    grace_seconds: float = Field(
        default=120, ge=0, le=3600, description="Wait after the last approval, to think again."
    )
    tolerance_minutes: int = Field(
        default=10, ge=1, le=1440, description="How late an announcement may start by itself."
    )
    open_drafts: int = Field(default=3, ge=1, le=50, description="Announcements one person may have waiting.")
    lease_seconds: float = Field(default=60, ge=1, le=600, description="How long one worker may hold one delivery.")
    settle_seconds: float = Field(
        default=60, ge=0, le=600, description="Wait before looking up a delivery that is unsure."
    )


class _Channels(Section):
    """A table whose keys are names of channels."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Reference] = Field(init=False)

    @model_validator(mode="after")
    def _names(self) -> Self:
        for name in self.channels:
            if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
                raise ValueError(f"{name[:40]!r} is no name for a channel; use small letters, digits, - and _")
            if name in OWN_CHANNELS:
                raise ValueError(f"{name!r} is a channel of its own already; choose another name")
        return self

    @property
    def channels(self) -> dict[str, str]:
        """Channel -> account or room, written `platform:id`."""
        return dict(self.__pydantic_extra__)


class ByHand(_Channels):
    """Channels that no machine posts to: the name of the channel and the account of whoever posts there by hand.

    Write them as `facebook = "matrix:@pat:example.org"`, or in the environment as `SWITCHBOARD_BY_HAND__FACEBOOK`. That
    person gets the exact words and pictures in a direct message and answers with the address.
    """


class Matrix(Section):
    """The Matrix account of the bot; without `user` Matrix is switched off. `switchboard init --matrix` fills it in."""

    homeserver: str = Field(default="", pattern="^(https?://.+)?$", description="Address of the homeserver.")
    user: str = Field(default="", pattern=r"^(@[^:\s]+:\S+)?$", description="The account: @bot:example.org.")
    device: str = Field(default="", description="The device that the token belongs to.")
    encryption: bool = Field(default=True, description="Whether the bot reads and writes in encrypted rooms.")
    store: Path | None = Field(
        default=None, description="Folder for the keys of encryption; by default beside the database."
    )
    servers: list[str] = Field(
        default_factory=list, description="Other homeservers whose people belong to you: they may invite the bot."
    )
    bots: list[str] = Field(default_factory=list, description="Accounts of other programs; they may do nothing.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {name: getattr(self, name) for name in ("homeserver", "user", "device")}
        missing = [name for name, value in given.items() if not value]
        if 0 < len(missing) < len(given):
            raise ValueError(f"{' and '.join(missing)} must be given too; switchboard init --matrix finds them out")
        return self

    @property
    def is_on(self) -> bool:
        """Whether the bot is to be on Matrix."""
        return bool(self.user)


class Slack(Section):
    """The Slack app of the bot; without `workspace` Slack is switched off."""

    workspace: str = Field(
        default="", pattern="^(T[A-Z0-9]{2,})?$", description="The id of the workspace: T and what follows."
    )
    mode: Literal["socket", "http"] = Field(
        default="socket", description="Whether the bot goes to Slack, or Slack comes to the bot."
    )
    listen: Annotated[str, AfterValidator(_listens)] = Field(
        default="127.0.0.1:8430", description="With http: host and port that Slack's requests are handed to."
    )
    api: str = Field(
        default="https://slack.com/api/",
        pattern=r"^(https://.+|http://127\.0\.0\.1(:\d+)?(/.*)?)/$",
        description="Address of Slack's Web API, ending with a slash.",
    )

    @property
    def is_on(self) -> bool:
        """Whether the bot is to be on Slack."""
        return bool(self.workspace)


_ADDRESS = r"(https://.+|http://127\.0\.0\.1(:\d+)?(/.*)?)/"
"""An address that secrets may be sent to: encrypted, or on this machine."""


class Bluesky(Section):
    """An account on Bluesky, or on any server of the AT Protocol; without `handle` that channel is switched off."""

    handle: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|did:[a-z]+:\S+)?$",
        description="The handle of the account, without @, or its DID.",
    )
    server: str = Field(
        default="https://bsky.social/",
        pattern=f"^{_ADDRESS}$",
        description="Address of the server that holds the account, ending with a slash.",
    )

    @property
    def is_on(self) -> bool:
        """Whether announcements go there."""
        return bool(self.handle)


class Mastodon(Section):
    """An account on Mastodon or on a server with its API; without `server` that channel is switched off."""

    server: str = Field(
        default="", pattern=f"^({_ADDRESS})?$", description="Address of the server, ending with a slash."
    )
    visibility: Literal["public", "unlisted", "private"] = Field(
        default="public", description="Who may see a post: everybody, whoever has the link, or followers."
    )
    content_warning: str = Field(default="", max_length=100, description="A warning that every post is folded behind.")

    @property
    def is_on(self) -> bool:
        """Whether announcements go there."""
        return bool(self.server)


class X(Section):
    """An account on X, which charges for each post; without `client_id` that channel is switched off."""

    client_id: str = Field(default="", description="The OAuth 2.0 client id of your app at X.")
    api: str = Field(
        default="https://api.x.com/", pattern=f"^{_ADDRESS}$", description="Address of X's API, ending with a slash."
    )

    @property
    def is_on(self) -> bool:
        """Whether announcements go there."""
        return bool(self.client_id)


class RoomChannels(_Channels):
    """Chat rooms that announcements may also be posted to: the name of the channel and the room.

    Write them as `staff = "matrix:!news:example.org"`, or in the environment as `SWITCHBOARD_ROOM_CHANNELS__STAFF`.
    """


class Links(Section):
    """The web addresses in announcements."""

    follow: bool = Field(
        default=True, description="Whether the bot finds out where they lead: shown in previews, looked at again later."
    )


class Leaks(Section):
    """What the leak scanner is told about the organisation."""

    contacts: str = Field(
        default="", description="The file of what the organisation publishes itself (contacts.toml); none when empty."
    )


class Feed(Section):
    """The web feed and its pages."""

    title: str = Field(default="Announcements", min_length=1, description="Title of the feed.")
    base_url: str = Field(
        default="http://127.0.0.1:8420/public/",
        pattern="^https?://.+/$",
        description="Public address of the pages, ending with a slash.",
    )
    contact: str = Field(default="", description="E-mail address shown on the pages.")
    tag_authority: str = Field(
        default="example.org", min_length=3, description="Your domain, for ids that never change."
    )
    tag_date: Annotated[str, AfterValidator(_day)] = Field(
        default="2026-01-01", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="A day you held that domain."
    )
    listen: Annotated[str, AfterValidator(_listens)] = Field(
        default="127.0.0.1:8420", description="Host and port on which `switchboard run` serves the pages."
    )


class Secrets(Section):
    """Secrets; given only by files or the environment, never in the settings file."""

    database_password: SecretStr | None = Field(default=None, description="Password for PostgreSQL.")
    matrix_token: SecretStr | None = Field(default=None, description="Access token of the Matrix device.")
    matrix_store_key: SecretStr | None = Field(default=None, description="What the keys of encryption are locked with.")
    slack_bot_token: SecretStr | None = Field(default=None, description="The Slack app's bot token: xoxb-...")
    slack_app_token: SecretStr | None = Field(default=None, description="The Slack app's token for sockets: xapp-...")
    slack_signing_secret: SecretStr | None = Field(default=None, description="What Slack signs its requests with.")
    bluesky_password: SecretStr | None = Field(default=None, description="App password of the account on Bluesky.")
    mastodon_token: SecretStr | None = Field(default=None, description="Access token of the account on Mastodon.")
    x_refresh_token: SecretStr | None = Field(default=None, description="The refresh token that X gave at the sign-in.")
    x_client_secret: SecretStr | None = Field(default=None, description="The secret of your app at X, if it has one.")
