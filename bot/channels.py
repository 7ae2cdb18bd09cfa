"""The channels that the settings switch on besides feed and rooms: what each publisher is told, and what is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from adapters.ports import Finding
from bot.announcements.media import Pictures
from bot.app import StoredState, now, part
from bot.inbox import Guard
from bot.platforms import NotAssembled
from config.database import Database
from config.settings import Settings

BLUESKY, MASTODON, X = "bluesky", "mastodon", "x"
TOKENS = "switchboard.x"
"""The file of X's tokens, beside the key file."""

# Each part is named in full, so that a look at the code tells who may start what; it is loaded when it is called for.
PUBLISHERS: dict[str, Callable[[], Any]] = {
    BLUESKY: lambda: part("bluesky"),
    MASTODON: lambda: part("mastodon"),
    X: lambda: part("x"),
}
EXAMINATIONS: dict[str, Callable[[], Any]] = {
    BLUESKY: lambda: part("bluesky examination"),
    MASTODON: lambda: part("mastodon examination"),
    X: lambda: part("x examination"),
}

ON_ONE_MACHINE = frozenset({X})
"""Channels that only whoever leads may use: their tokens change with use and stand in a file of its machine."""

Told = Callable[[Settings, Path], Any]


def accounts_of(settings: Settings, folder: Path) -> dict[str, Any]:
    """The account of each channel that is switched on. Raises `NotAssembled` when a secret is missing."""
    chosen: dict[str, Told] = {}
    if settings.bluesky.is_on:
        chosen[BLUESKY] = bluesky_account
    if settings.mastodon.is_on:
        chosen[MASTODON] = mastodon_account
    if settings.x.is_on:
        chosen[X] = x_account
    return {name: told(settings, folder) for name, told in chosen.items()}


def channels_of(settings: Settings, database: Database, folder: Path, guard: Guard | None) -> dict[str, Any]:
    """The publisher of each channel that is switched on. Raises `NotAssembled`.

    Where any process may publish, the fence of each delivery is enough; elsewhere `guard` looks who leads.
    """
    pictures, found = Pictures(database), {}
    for name, account in accounts_of(settings, folder).items():
        state = StoredState(database, f"channel {name}", guard if name in ON_ONE_MACHINE else None)
        found[name] = PUBLISHERS[name]()(account, state, pictures, now)
    return found


async def examine(settings: Settings, folder: Path) -> list[tuple[str, Finding]]:
    """What each channel that is switched on says of our account. Raises `NotAssembled`."""
    found = []
    for name, account in accounts_of(settings, folder).items():
        found += [(name, one) for one in await EXAMINATIONS[name]()(account, now)]
    return found


def bluesky_account(settings: Settings, _folder: Path) -> Any:
    """What the publisher of Bluesky is told. Raises `NotAssembled`."""
    chosen = settings.bluesky
    return part("bluesky account")(
        chosen.server, chosen.handle, _given("BLUESKY_PASSWORD", settings.secrets.bluesky_password)
    )


def mastodon_account(settings: Settings, _folder: Path) -> Any:
    """What the publisher of Mastodon is told. Raises `NotAssembled`."""
    chosen = settings.mastodon
    token = _given("MASTODON_TOKEN", settings.secrets.mastodon_token)
    return part("mastodon account")(chosen.server, token, chosen.visibility, chosen.content_warning)


def x_account(settings: Settings, folder: Path) -> Any:
    """What the publisher of X is told. Raises `NotAssembled`."""
    secrets = settings.secrets
    secret = secrets.x_client_secret.get_secret_value() if secrets.x_client_secret else ""
    client = part("x client")(settings.x.client_id, secret, _given("X_REFRESH_TOKEN", secrets.x_refresh_token))
    return part("x account")(settings.x.api, client, folder / TOKENS)


def _given(name: str, secret: SecretStr | None) -> str:
    value = secret.get_secret_value() if secret else ""
    if not value:
        raise NotAssembled("no_channel_secret", name=name)
    return value
