"""Typed settings: defaults < `switchboard.toml` < environment (`SWITCHBOARD_A__B`) < secret files.

Every fault is told at once, with key, value (never a secret) and reason.
"""

import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
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
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: half a name, such as Europe
        raise ValueError("is not a time zone; use a name such as Europe/London") from error
    return value


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is not a day; write it as 2026-01-31") from error
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
    information_governance: Reference | None = Field(
        default=None, description="Where what only information governance may let on is shown first."
    )
    auditors: Reference | None = Field(
        default=None, description="Where changes of roles are shown, and once a day the head of the evidence."
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


class ByHand(Section):
    """Channels that no machine posts to: the name of the channel and the account of whoever posts there by hand.

    Write them as `facebook = "matrix:@pat:example.org"`, or in the environment as `SWITCHBOARD_BY_HAND__FACEBOOK`. That
    person gets the exact words and pictures in a direct message and answers with the address.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Reference] = Field(init=False)

    @model_validator(mode="after")
    def _names(self) -> "ByHand":
        for name in self.channels:
            if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
                raise ValueError(f"{name[:40]!r} is no name for a channel; use small letters, digits, - and _")
        return self

    @property
    def channels(self) -> dict[str, str]:
        """Channel -> account, written `platform:id`."""
        return dict(self.__pydantic_extra__)


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


class Secrets(Section):
    """Secrets; given only by files or the environment, never in the settings file."""

    database_password: SecretStr | None = Field(default=None, description="Password for PostgreSQL.")


class _Lenient(EnvSettingsSource):
    """Leaves a value that cannot be read as a list or table to validation, which tells it among all the faults."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value read as JSON, or as it is."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class _LenientSecrets(_Lenient, NestedSecretsSettingsSource):
    """Secret files, read as leniently."""


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    organisation: Organisation = Field(default_factory=Organisation)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    log: Log = Field(default_factory=Log)
    access: Access = Field(default_factory=Access)
    rooms: Rooms = Field(default_factory=Rooms)
    announcements: AnnouncementSettings = Field(default_factory=AnnouncementSettings)
    by_hand: ByHand = Field(default_factory=ByHand)
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
        del dotenv_settings, env_settings
        toml = TomlConfigSettingsSource(settings_cls)
        return _LenientSecrets(file_secret_settings), _Lenient(settings_cls), toml, init_settings


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
    faults = _secrets_in(chosen) if chosen is not None else []
    faults += [SettingsFault(str(folder), None, "is no folder with secret files") for folder in _no_folders(secrets)]
    config = SettingsConfigDict(
        **{
            **Settings.model_config,
            "toml_file": chosen,
            "secrets_dir": [str(folder) for folder in secrets if folder.is_dir()] or None,
        }
    )
    configured = type("Settings", (Settings,), {"model_config": config, "__module__": __name__})
    faults += _unknown_variables(secrets)
    try:
        settings: Settings = configured()
    except ValidationError as error:
        faults += [_fault(item) for item in error.errors()]
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        # Its text may hold what stands in the file.
        faults.append(SettingsFault("secrets", None, f"the secret files cannot be read ({type(error).__name__})"))
    if faults:
        raise BadSettings(faults)
    return settings


def _no_folders(secrets: Sequence[Path]) -> list[Path]:
    return [folder for folder in secrets if not folder.is_dir()]


def _unknown_variables(secrets: Sequence[Path]) -> list[SettingsFault]:
    """Variables and secret files that look like settings and are none: mistyped, and ignored by the library."""
    sections = {name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    files = {entry.name.upper() for folder in secrets if folder.is_dir() for entry in folder.iterdir()}
    faults = []
    for variable in sorted(files | set(os.environ)):
        section = variable.removeprefix(PREFIX).partition("__")[0]
        if variable.startswith(PREFIX) and section not in sections:
            faults.append(SettingsFault(variable, None, "there is no such setting"))
    return faults


def _secrets_in(file: Path) -> list[SettingsFault]:
    """Secrets that stand in the settings file. Raises `BadSettings` when the file cannot be read at all."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings([SettingsFault(str(file), None, f"cannot be read: {error.strerror}")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings([SettingsFault(str(file), None, f"is not a TOML file: {error}")]) from None
    reason = "secrets are given in the environment or by secret files, never in the settings file"
    return [SettingsFault("secrets", None, reason)] if "secrets" in table else []


_REASONS = {
    "extra_forbidden": "there is no such setting",
    "model_type": "must be a table of keys; in the environment write SWITCHBOARD_TABLE__KEY",
    "list_type": 'must be a list, for example ["matrix:@pat:example.org"]',
}
_SECRET = re.compile(r"secret|password|token|private|credential|://[^/]*@", re.IGNORECASE)


def _fault(item: Any) -> SettingsFault:
    key = ".".join(str(part) for part in item["loc"])
    given = item["input"]
    # People put a password under a wrong key or into an address as well.
    hidden = item["type"] == "missing" or isinstance(given, dict) or _SECRET.search(f"{key} {given}")
    reason = _REASONS.get(item["type"], str(item["msg"]).removeprefix("Value error, "))
    return SettingsFault(key, None if hidden else str(given)[:80], reason)
