"""The chat platforms that the settings switch on: what each adapter is told, and what is missing for it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.announcements.media import Pictures
from bot.app import StoredState, part
from bot.inbox import Guard
from bot.leaks.context import NO_CONTACTS, Contacts, ContactsRefused, read_contacts
from bot.wording import say
from config.database import Database
from config.sections import Matrix
from config.settings import Settings

MATRIX, SLACK = "matrix", "slack"
STORE = "switchboard.matrix"
"""The folder of Matrix's keys, unless the settings name another."""

SHUT_OUT = frozenset(
    {"unknown_token", "missing_token", "user_deactivated", "user_locked", "user_suspended", "other_account"}
    | {"other_device", "lost_store", "wrong_store_key", "unsafe_store", "copied_store"}
)
"""Why Matrix does not let us in until a person has done something."""

SLACK_SHUT_OUT = frozenset(
    {"no_bot_token", "no_app_token", "no_signing_secret", "bot_token_refused", "app_token_refused", "app_token_scope"}
    | {"socket_mode_off", "other_workspace"}
)
"""The same of Slack."""


class NotAssembled(Exception):
    """The settings do not make a whole; `code` and `params` say what is missing."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep both."""
        super().__init__(code)
        self.code, self.params = code, params


def switched_on(settings: Settings) -> list[str]:
    """The platforms that the settings switch on."""
    return [name for name, is_on in ((MATRIX, settings.matrix.is_on), (SLACK, settings.slack.is_on)) if is_on]


def check_whole(settings: Settings) -> None:
    """Raises `NotAssembled` when nothing could serve with these settings; nothing is made by looking."""
    platforms = switched_on(settings)
    if not platforms:
        raise NotAssembled("no_platform")
    if MATRIX in platforms:
        matrix_settings(settings, Path())
    if SLACK in platforms:
        slack_told(settings)
    check_rooms(settings, platforms)
    published(settings)


def published(settings: Settings) -> Contacts:
    """What the organisation publishes itself, from the file that the settings name. Raises `NotAssembled`."""
    if not settings.leaks.contacts:
        return NO_CONTACTS
    path = Path(settings.leaks.contacts)
    try:
        return read_contacts(path.read_bytes(), path.name)
    except OSError as error:
        raise NotAssembled("contacts_unreadable", file=path, reason=error.strerror) from error
    except ContactsRefused as refused:
        fault = refused.faults[0]
        told = say(f"leaks.contacts.{fault.code}", **fault.params)
        raise NotAssembled("contacts_wrong", fault=told, more=len(refused.faults) - 1) from refused


def account_of(settings: Settings) -> str:
    """The bot's accounts, as the lease of whoever works with them is named."""
    accounts = {MATRIX: settings.matrix.user, SLACK: settings.slack.workspace}
    return "+".join(f"{name}:{accounts[name]}" for name in switched_on(settings))


def chats_of(settings: Settings, database: Database, folder: Path, guard: Guard | None) -> dict[str, Any]:
    """The adapter of each platform that is switched on. Raises `NotAssembled`."""
    found: dict[str, Any] = {}
    pictures = Pictures(database)
    if settings.matrix.is_on:
        state = StoredState(database, MATRIX, guard)
        found[MATRIX] = part("matrix")(matrix_settings(settings, folder), state, pictures)
    if settings.slack.is_on:
        state, told = StoredState(database, SLACK, guard), slack_told(settings)
        found[SLACK] = part("slack")(told.tokens, state, pictures, told.address, told.options)
    return found


def matrix_settings(settings: Settings, folder: Path) -> Any:
    """What the Matrix adapter is told. Raises `NotAssembled` when a secret is missing."""
    chosen, secrets = settings.matrix, settings.secrets
    if secrets.matrix_token is None:
        raise NotAssembled("no_secret", name="MATRIX_TOKEN")
    if secrets.matrix_store_key is None and chosen.encryption:
        raise NotAssembled("no_secret", name="MATRIX_STORE_KEY")
    return part("matrix settings")(
        homeserver=chosen.homeserver,
        user_id=chosen.user,
        device_id=chosen.device,
        access_token=secrets.matrix_token.get_secret_value(),
        store=store_folder(chosen, folder),
        store_key=secrets.matrix_store_key.get_secret_value() if secrets.matrix_store_key else "",
        encryption=chosen.encryption,
        servers=frozenset(chosen.servers),
        bots=frozenset(chosen.bots),
    )


@dataclass(frozen=True, slots=True)
class SlackTold:
    """What the Slack adapter is told."""

    tokens: Any
    address: str
    options: Any


def slack_told(settings: Settings) -> SlackTold:
    """What the Slack adapter is told. Raises `NotAssembled` when a secret is missing."""
    chosen, secrets = settings.slack, settings.secrets
    http = chosen.mode == "http"
    bot = _given("SLACK_BOT_TOKEN", secrets.slack_bot_token)
    app = "" if http else _given("SLACK_APP_TOKEN", secrets.slack_app_token)
    signing = _given("SLACK_SIGNING_SECRET", secrets.slack_signing_secret) if http else ""
    tokens = part("slack tokens")(bot, app, signing)
    options = part("slack options")(workspace=chosen.workspace, http=http, listen=chosen.listen if http else "")
    return SlackTold(tokens, chosen.api, options)


def _given(name: str, secret: SecretStr | None) -> str:
    """The value of a secret of Slack's. Raises `NotAssembled` without one."""
    value = secret.get_secret_value() if secret else ""
    if not value:
        raise NotAssembled("no_slack_secret", name=name)
    return value


def store_folder(chosen: Matrix, folder: Path) -> Path:
    """Where Matrix's keys are kept: beside the key file, unless the settings name a folder."""
    return chosen.store or folder / STORE


def rooms_of(settings: Settings, platform: str) -> dict[str, str]:
    """The rooms on a platform that the settings name: setting -> id."""
    named = settings.named_rooms.items()
    return {name: room.partition(":")[2] for name, room in named if room.startswith(f"{platform}:")}


def check_rooms(settings: Settings, platforms: Collection[str]) -> None:
    """Raises `NotAssembled` when a room is on a platform that is not switched on, or a channel has two ways."""
    for name in settings.room_channels.channels.keys() & settings.by_hand.channels.keys():
        raise NotAssembled("twice", name=name)
    for name, place in settings.named_rooms.items():
        if place.partition(":")[0] not in platforms:
            raise NotAssembled("elsewhere", name=name, place=place)
