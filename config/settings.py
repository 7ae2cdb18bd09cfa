"""Typed settings: defaults < `switchboard.toml` < environment (`SWITCHBOARD_A__B`) < secret files.

Every fault is told at once, with key, value (never a secret) and reason.
"""

import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
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

from config.sections import (
    Access,
    AnnouncementSettings,
    Bluesky,
    ByHand,
    DatabaseSettings,
    Feed,
    Leaks,
    Links,
    Log,
    Mastodon,
    Matrix,
    Organisation,
    RoomChannels,
    Rooms,
    Secrets,
    Slack,
    X,
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
    matrix: Matrix = Field(default_factory=Matrix)
    slack: Slack = Field(default_factory=Slack)
    by_hand: ByHand = Field(default_factory=ByHand)
    room_channels: RoomChannels = Field(default_factory=RoomChannels)
    bluesky: Bluesky = Field(default_factory=Bluesky)
    mastodon: Mastodon = Field(default_factory=Mastodon)
    x: X = Field(default_factory=X)
    links: Links = Field(default_factory=Links)
    leaks: Leaks = Field(default_factory=Leaks)
    feed: Feed = Field(default_factory=Feed)
    secrets: Secrets = Field(default_factory=Secrets)

    @property
    def named_rooms(self) -> dict[str, str]:
        """Setting -> room, written `platform:id`, of every room that is named."""
        named = {f"rooms.{name}": room for name, room in self.rooms if room}
        return named | {f"room_channels.{name}": room for name, room in self.room_channels.channels.items()}

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
