"""What there is to document, taken from the product itself."""

import importlib
import inspect
import re
import tomllib
from pathlib import Path
from typing import get_args

import typer
from pydantic import BaseModel

from adapters import errors, events
from bot.cli import COMMANDS
from config.settings import Settings

ROOT = Path(__file__).parents[2]


def reference() -> str:
    """Every page of the reference in one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs/reference").glob("*.md")))


def targets() -> list[str]:
    """The targets of the Makefile that are meant to be called."""
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return phony.group(1).split() if phony else []


def settings(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    """Every setting by its dotted key."""
    keys: list[str] = []
    for name, field in model.model_fields.items():
        sections = [kind for kind in (field.annotation, *get_args(field.annotation)) if _is_section(kind)]
        keys += [key for kind in sections for key in settings(kind, f"{prefix}{name}.")] or [prefix + name]
    return keys


def example(table: dict[str, object] | None = None, prefix: str = "") -> list[str]:
    """Every key of config/example.toml, dotted; lines that are commented out count too."""
    if table is None:
        text = (ROOT / "config/example.toml").read_text(encoding="utf-8")
        table = tomllib.loads(re.sub(r"^# ?(\w+ = )", r"\1", text, flags=re.MULTILINE))
    keys: list[str] = []
    for name, value in table.items():
        keys += (example(value, f"{prefix}{name}.") if isinstance(value, dict) else []) or [prefix + name]
    return keys


def commands() -> list[str]:
    """Every command of the command line; a group such as `db` by each of its commands."""
    found: list[str] = []
    for name in COMMANDS:
        app: typer.Typer = importlib.import_module(f"bot.cli.{name}").app
        inner = [info.name or info.callback.__name__ for info in app.registered_commands if info.callback]
        found += [f"{name} {command}" for command in inner] if len(inner) > 1 or app.registered_callback else [name]
    return found


def event_classes() -> list[str]:
    """Every event that can happen in chat: a class of adapters.events with an `event_id` or about the connection."""
    kinds = get_args(events.AnyEvent)
    return sorted(kind.__name__ for kind in kinds)


def error_classes() -> list[str]:
    """The family of failures."""
    kinds = inspect.getmembers(errors, inspect.isclass)
    return sorted(name for name, kind in kinds if issubclass(kind, Exception) and kind.__module__ == errors.__name__)


def _is_section(kind: object) -> bool:
    return inspect.isclass(kind) and issubclass(kind, BaseModel)
