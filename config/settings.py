"""Typed settings: defaults < `switchboard.toml` < environment (`SWITCHBOARD_A__B`) < secret files.

Every fault is told at once, with key, value (never a secret) and reason.
"""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SETTINGS_FILE = "switchboard.toml"
PREFIX = "SWITCHBOARD_"
NOT_SETTINGS = {"CACHE"}  # where the tests keep their servers


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One wrong setting: its key, the value as given (None for a secret) and what is wrong with it."""

    key: str
    value: str | None
    reason: str


class BadSettings(Exception):
    """The settings cannot be used; `faults` holds every fault."""

    def __init__(self, faults: Sequence[SettingsFault]) -> None:
        """Keep the faults."""
        super().__init__(f"{len(faults)} faults in the settings")
        self.faults = tuple(faults)


def _account(value: str) -> str:
    platform, colon, identity = value.partition(":")
    if not (platform and colon and identity):
        raise ValueError("must be written platform:id, for example matrix:@pat:example.org")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("is not a time zone; use a name such as Europe/London") from error
    return value


Reference = Annotated[str, AfterValidator(_account)]


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
    tag_date: str = Field(
        default="2026-01-01", pattern=r"^\d{4}-\d{2}-\d{2}$", description="A day you held that domain."
    )


class Secrets(Section):
    """Secrets; given only by files or the environment, never in the settings file."""

    database_password: SecretStr | None = Field(default=None, description="Password for PostgreSQL.")


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    organisation: Organisation = Field(default_factory=Organisation)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    log: Log = Field(default_factory=Log)
    access: Access = Field(default_factory=Access)
    rooms: Rooms = Field(default_factory=Rooms)
    announcements: AnnouncementSettings = Field(default_factory=AnnouncementSettings)
    feed: Feed = Field(default_factory=Feed)
    secrets: Secrets = Field(default_factory=Secrets)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Secret files beat the environment, which beats the settings file; no .env file is read."""
        del dotenv_settings
        toml = TomlConfigSettingsSource(settings_cls)
        return NestedSecretsSettingsSource(file_secret_settings), env_settings, toml, init_settings


class _Given(Settings):
    """Settings from values alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what was given."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def given(values: dict[str, Any]) -> Settings:
    """Settings from values alone: no file, no environment. Raises `BadSettings`."""
    try:
        return _Given(**values)
    except ValidationError as error:
        raise BadSettings([_fault(item) for item in error.errors()]) from None


def load(file: Path | None = None, secrets: Sequence[Path] = ()) -> Settings:
    """Read the settings. Without `file`, `switchboard.toml` is used if it is there.

    Raises `BadSettings` with every fault at once.
    """
    chosen = file or (Path(SETTINGS_FILE) if Path(SETTINGS_FILE).is_file() else None)
    if chosen is not None:
        _check_readable(chosen)
    config = SettingsConfigDict(
        **{
            **Settings.model_config,
            "toml_file": chosen,
            "secrets_dir": [str(folder) for folder in secrets] or None,
        }
    )
    configured = type("Settings", (Settings,), {"model_config": config, "__module__": __name__})
    faults = _unknown_variables()
    try:
        settings: Settings = configured()
    except ValidationError as error:
        faults += [_fault(item) for item in error.errors()]
    if faults:
        raise BadSettings(faults)
    return settings


def _unknown_variables() -> list[SettingsFault]:
    """Environment variables that look like settings and are none: mistyped, and silently ignored by the library."""
    sections = {name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    faults = []
    for variable in sorted(os.environ):
        section = variable.removeprefix(PREFIX).partition("__")[0]
        if variable.startswith(PREFIX) and section not in sections:
            faults.append(SettingsFault(variable, None, "there is no such setting"))
    return faults


def _check_readable(file: Path) -> None:
    try:
        tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings([SettingsFault(str(file), None, f"cannot be read: {error.strerror}")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings([SettingsFault(str(file), None, f"is not a TOML file: {error}")]) from None


def _fault(item: Any) -> SettingsFault:
    key = ".".join(str(part) for part in item["loc"])
    reason = "there is no such setting" if item["type"] == "extra_forbidden" else str(item["msg"])
    hidden = key.startswith("secrets") or item["type"] == "missing" or "password" in str(item["input"])
    shown = None if hidden or isinstance(item["input"], dict) else str(item["input"])[:80]
    return SettingsFault(key, shown, reason.removeprefix("Value error, "))
