"""The log: one JSON line an event, on standard error or in a file. Never a message body, a name or a token."""

import json
import logging
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

# What an event may carry. Everything else is dropped, so that a careless call cannot leak a person's words.
ALLOWED = frozenset(
    "event level timestamp part platform room event_id kind state from_state to_state number revision channel "
    "attempt attempts seconds count reference code reason error version port phase table rows generation "
    "lease fence key status rule label severity batch role action host size media_type".split()
)


def only_known_fields(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop every field that is not on the list, and keep values short and on one line."""
    kept: dict[str, Any] = {}
    for name, value in event.items():
        if name not in ALLOWED:
            continue
        kept[name] = value if isinstance(value, int | float | bool | None) else str(value)[:200]
    return kept


class OneLine(logging.Formatter):
    """A library's record as one JSON line: who speaks, how grave it is, and the kind of an error, never its text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. A traceback would be many, and full of values."""
        told: dict[str, str] = {"event": "library", "logger": record.name, "level": record.levelname.lower()}
        kind = record.exc_info[0] if record.exc_info else None
        return json.dumps(told | ({"error": kind.__name__} if kind else {}))


def set_up(level: str = "info", file: Path | None = None) -> None:
    """Send the log to `file`, or to standard error. Raises OSError when the file cannot be written."""
    stream: TextIO = file.open("a", encoding="utf-8") if file else sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known_fields,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard module; only their warnings are worth a line, without the message's values.
    logging.basicConfig(level=logging.ERROR, stream=stream, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(OneLine())


def get(name: str) -> Any:
    """A logger whose lines carry `name`."""
    return structlog.get_logger(part=name)  # stays lazy: modules ask for it before `set_up` has run
