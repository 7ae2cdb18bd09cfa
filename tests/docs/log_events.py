"""Every event that the product writes to its log, found in the code."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "directory", "config")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"log", "_log"}


class Unnamed(AssertionError):
    """A log event whose name is no plain text cannot be documented."""


@dataclass(frozen=True, order=True)
class LogCall:
    """One place that writes to the log."""

    name: str
    level: str
    module: str
    fields: tuple[str, ...]


def find(root: Path = ROOT) -> list[LogCall]:
    """Every call such as `log.info("started", count=3)`, by name. Raises `Unnamed`."""
    calls: list[LogCall] = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            module = ".".join(path.relative_to(root).with_suffix("").parts)
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            found = [node for node in nodes if isinstance(node, ast.Call) and _is_log_call(node.func)]
            calls += [_read(call, module) for call in found]
    return sorted(calls)


def _is_log_call(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in LEVELS:
        return False
    holder = called.value
    return (isinstance(holder, ast.Name) and holder.id in LOGGERS) or (
        isinstance(holder, ast.Attribute) and holder.attr in LOGGERS
    )


def _read(call: ast.Call, module: str) -> LogCall:
    name = call.args[0] if call.args else None
    level = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        raise Unnamed(f"{module}:{call.lineno}: the name of a log event is a plain text")
    return LogCall(name.value, level, module, tuple(sorted(word.arg or "**" for word in call.keywords)))
