"""`switchboard init --slack`: writes the app's manifest, then asks for the app's tokens, checks and keeps them."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr

from adapters.errors import AdapterError
from bot.app import part
from bot.cli.common import fail, read_settings, secrets_folder
from bot.cli.settings_file import begun, fill, keep_secrets
from bot.cli.slack_app import FILE, write_manifest
from bot.platforms import SLACK
from bot.wording import known, say
from config.settings import Settings

PREFIX = "SWITCHBOARD_SECRETS__"
BOT, APP, SIGNING = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given on the command line; `again`: the secrets are to be given anew."""

    name: str
    address: str
    room: str
    again: bool


def set_up_slack(file: Path, asked: Asked) -> None:
    """Write the manifest if it is not there; then settings and secrets. One clear line when that cannot be."""
    manifest = file.parent / FILE
    first = not manifest.exists()
    if first or asked.name or asked.address:
        write_manifest(file.parent, asked.name, asked.address)
    with begun(file):
        _set_up(file, asked, http=_is_http(manifest), first=first)


def _is_http(manifest: Path) -> bool:
    """Whether the app of that manifest is told by requests."""
    try:
        return json.loads(manifest.read_text(encoding="utf-8"))["settings"]["socket_mode_enabled"] is False
    except (OSError, ValueError, KeyError, TypeError):
        fail(say("slack_init.no_manifest", file=manifest))


def _set_up(file: Path, asked: Asked, *, http: bool, first: bool) -> None:
    settings = read_settings(file)
    before = {} if asked.again else _kept(settings)
    names = (BOT, SIGNING if http else APP)
    typed: dict[str, str] = {}
    for name in names:
        if name not in before:
            typed[name] = _typed(name, first=first and not typed)
    room = _room(settings, asked.room)
    found = _entered(settings, before | typed, room, http=http, kept=not typed)
    folder = secrets_folder(file)
    values: dict[str, dict[str, object]] = {SLACK: {"workspace": found.workspace, "mode": "http" if http else "socket"}}
    if found.room:
        values["rooms"] = {"comms": f"{SLACK}:{found.room}"}
    try:
        keep_secrets(folder, {f"{PREFIX}{name}": value for name, value in typed.items()})
        fill(file, values)
    except OSError as error:
        fail(say("slack_init.not_kept", place=error.filename, reason=error.strerror))
    _tell(file, folder, settings, found, names=tuple(typed))


def _kept(settings: Settings) -> dict[str, str]:
    """The secrets that are there already."""
    told = settings.secrets
    found: dict[str, SecretStr | None] = {
        BOT: told.slack_bot_token,
        APP: told.slack_app_token,
        SIGNING: told.slack_signing_secret,
    }
    return {name: secret.get_secret_value() for name, secret in found.items() if secret and secret.get_secret_value()}


def _typed(name: str, *, first: bool) -> str:
    """Asked for without being shown, or the next line of what is piped in.

    With `first` nothing need be given: there was no app until now that could have tokens.
    """
    if sys.stdin and sys.stdin.isatty():
        asked = typer.prompt(say(f"slack_init.ask.{name}"), hide_input=True, default="", show_default=False)
    else:
        asked = sys.stdin.readline() if sys.stdin else ""
    value = str(asked).strip()
    if not value and first:
        raise typer.Exit
    return value or fail(say("slack_init.no_secret", name=name))


def _room(settings: Settings, given: str) -> str:
    """The room of communications: as given, as it is already, or asked for; none when it is on another network."""
    platform, _, comms = settings.rooms.comms.partition(":")
    if given or platform not in (SLACK, "web"):
        return given
    if platform == SLACK:
        return comms
    if not sys.stdin or not sys.stdin.isatty():
        fail(say("init.missing", option="--room"))
    asked: str = typer.prompt(say("slack_init.ask.room"))
    return asked.strip()


def _entered(settings: Settings, secrets: dict[str, str], room: str, *, http: bool, kept: bool) -> Any:
    """What Slack says; one line about the token that is wrong. `kept`: none was given now."""
    tokens = part("slack tokens")(secrets[BOT], secrets.get(APP, ""), secrets.get(SIGNING, ""))
    options = part("slack options")(workspace=settings.slack.workspace, http=http)
    try:
        return asyncio.run(part("slack set-up")(tokens, settings.slack.api, options, room))
    except AdapterError as error:
        code = f"slack.fault.{error}"
        if not known(code):
            fail(say("slack_init.unreachable", address=settings.slack.api))
        fail(f"{say(code)} {say('slack_init.again' if kept else 'slack_init.nothing')}")


def _tell(file: Path, folder: Path, settings: Settings, found: Any, *, names: tuple[str, ...]) -> None:
    lines = [say("slack_init.done", name=found.name, workspace=found.workspace), say("slack_init.settings", file=file)]
    lines += [say("slack_init.secrets", names=", ".join(names), folder=folder)] if names else []
    lines += [say("slack_init.finding", part=one.part, text=_said(one.code)) for one in found.findings]
    lines += [] if settings.access.admins else [say("slack_init.no_admin", file=file)]
    typer.echo("\n".join([*lines, say("init.next")]))


def _said(code: str) -> str:
    return say(f"slack.check.{code}" if known(f"slack.check.{code}") else f"slack_init.{code}")
