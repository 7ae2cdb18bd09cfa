"""Writes the pages of the reference that are made from the code: `python -m tests.docs.reference`."""

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from adapters import errors, events
from bot import access, commands
from bot.protocol import sending, table
from bot.protocol.model import State
from bot.wording import say
from config.settings import PREFIX, Settings
from tests.docs import command_line, log_events, things
from tests.docs.things import ROOT

FOLDER = ROOT / "docs/reference"
MADE = "This page is made from the code by `python -m tests.docs.reference`; a test keeps it equal."
Rows = Sequence[tuple[str, ...]]


def as_table(head: tuple[str, ...], rows: Rows) -> str:
    """A table in Markdown; a bar within a cell is written so that it does not end the cell."""
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [list(head), ["---"] * len(head), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def chat_commands() -> str:
    """What can be said in chat."""
    also = [
        (f"`{command.words[0]}`", ", ".join(f"`{words}`" for words in command.words[1:]))
        for command in commands.COMMANDS
        if len(command.words) > 1
    ]
    return f"""# Commands in chat

{MADE}

Say them in a direct message to the bot, or mention the bot in a room: `@switchboard who knows about flood mapping?`.
Capitals make no difference. `#12` and `12` are the same announcement. A message that begins with none of these words
is taken as a question about who knows something. “Who may” names an action; [access](access.md) says who has it.
`help` shows each person only what they may do.

{commands.as_markdown()}
Some have a second spelling:

{as_table(("command", "also"), also)}
## Reactions

- Under a preview: ✅ approves, ❌ rejects, ✏️ asks for changes, ⏸️ holds, 👀 only says that somebody is looking.
- Under the message that tells the outcome: 🚨 recalls, 🔁 tries again what failed or what a recall left behind.
- Under a question about a delivery that stays unclear: ✅ it is there, 🔁 it is not and shall be sent again.
- Under the question that follows a staff file: ✅ loads it, ❌ forgets it. The buttons beside them do the same.
- Under a request about roles: ✅ confirms it, ❌ refuses it. The buttons beside them do the same.

👍 means nothing; that is explained once to each person. Skin tones make no difference, and no other emoji counts.
"""


def settings_page() -> str:
    """Every setting."""
    sections = "\n".join(_section(name, kind) for name, kind in _sections())
    return f"""# Settings

{MADE}

Settings are read from `switchboard.toml` in the working folder, or from the file given with `--settings`. The
environment beats the file, and secret files beat the environment. `switchboard init` writes a file in which every
setting stands with its default. The demo reads none of this: it has settings of its own.

Secrets never stand in the file. A secret file has the name of the variable and lies in the folder that
`CREDENTIALS_DIRECTORY` names, as systemd's `LoadCredential` sets it up; without it in `switchboard.secrets` beside the
settings file, where `switchboard init --matrix` puts them.

A key that does not exist, or a value that cannot be used, stops the command with exit 2. Every fault is told at once,
with its key and reason; the value of a secret is never shown.

{sections}
## Not in the settings

`switchboard.key` is made at the first start, readable for the bot's user alone: beside a SQLite database, else in the
working folder. The evidence and the pseudonyms hang on it. Back it up apart from the database. `switchboard.anchor`,
beside it, holds the heads of the evidence; [check the evidence](../how-to/check-the-evidence.md) tells what for.
`SWITCHBOARD_CACHE` is a folder for the servers that the tests use; the bot does not read it.
"""


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if inspect.isclass(kind)]
        yield from ((name, kind) for kind in kinds if issubclass(kind, BaseModel))


def _section(name: str, kind: type[BaseModel]) -> str:
    rows = []
    for key, field in kind.model_fields.items():
        default = field.get_default(call_default_factory=True)
        variable = f"`{PREFIX}{name}__{key}`".upper()
        rows.append((f"`{name}.{key}`", _shown(default), _limits(field.metadata), field.description or "", variable))
    doc = inspect.cleandoc(kind.__doc__ or "")
    if not rows:
        return f"## {name}\n\n{doc} The names under `{name}` are yours to choose.\n"
    return f"## {name}\n\n{doc}\n\n{as_table(('setting', 'default', 'limits', 'what it is', 'variable'), rows)}"


def _shown(default: object) -> str:
    if default is None:
        return "not set"
    return f"`{default}`" if default else "empty"


def _limits(metadata: list[Any]) -> str:
    names = ("ge", "le", "max_length")
    found = {name: getattr(item, name) for item in metadata for name in names if hasattr(item, name)}
    if "ge" in found and "le" in found:
        return f"{found['ge']:g} to {found['le']:g}"
    return f"at most {found['max_length']}" if "max_length" in found else ""


def events_page() -> str:
    """Everything that can happen in chat."""
    rows = []
    for name in things.event_classes():
        kind = getattr(events, name)
        fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(kind))
        rows.append((f"`{name}`", _doc(kind), fields))
    return f"""# Events

{MADE}

What a chat adapter hands over (`adapters/events.py`). Each is stored in the inbox before the platform is told that it
arrived, and handled once.

{as_table(("event", "when", "fields"), rows)}"""


def errors_page() -> str:
    """The family of failures."""
    rows = []
    for name in things.error_classes():
        kind = getattr(errors, name)
        parent = kind.__mro__[1].__name__
        rows.append((f"`{name}`", f"`{parent}`" if hasattr(errors, parent) else "", _doc(kind)))
    return f"""# Errors

{MADE}

What an adapter may raise (`adapters/errors.py`). The engine decides by the class, never by the text of a message:
after `Unavailable` it tries again, after `Refused` it says so, after `OutcomeUnknown` it looks before it does anything.

{as_table(("error", "is a kind of", "means"), rows)}"""


def access_page() -> str:
    """Who may do what."""
    roles = [(role.value, say(f"role.{role.value}")) for role in access.Role]
    return f"""# Who may do what

{MADE}

The table that decides is the table you read here (`bot/access.py`). What is not in it nobody may do. Guests, people of
other organisations, bots, closed accounts and people whom the directory does not know have no role at all.

{access.as_markdown()}
{as_table(("role", "as people read it"), roles)}
`staff` is everybody in the directory who has not left. `admin` are the people named in `access.admins` and whoever was
granted it. The other roles are granted in chat by two admins, may end on a day, and mean nothing once the person has
left. Whoever is suspended has no role at all, not even `staff`. Nobody approves an announcement they contributed to,
whatever their roles. [Give and take roles](../how-to/roles.md) tells how.
"""


def states_page() -> str:
    """Where an announcement can stand and how it moves."""
    rows = [(f"`{state.value}`", say(f"state.{state.value}")) for state in State]
    deliveries = [(f"`{state.value}`", say(f"delivery.{state.value}")) for state in sending.DeliveryState]
    return f"""# States of an announcement

{MADE}

[How announcements work](../explanation/announcements.md) tells the story; this is the table that the code runs on
(`bot/protocol/table.py`). What is not in it cannot happen.

{table.as_markdown()}
## As people read them

{as_table(("state", "in words"), rows)}
## A delivery

Each part of an announcement on each channel is a delivery of its own and moves by this table
(`bot/protocol/sending.py`); [how delivery works](../explanation/delivery.md) tells why.

{sending.as_markdown()}
{as_table(("state", "in words"), deliveries)}"""


MEANINGS = {
    "account_unknown": "The account on `channel` could not be looked at; that is tried again.",
    "not_ours": "`count` posts stand on our account on `channel` that did not come through here; people are told.",
    "before_restore": "An event from before a backup was put back came again; it stays unanswered.",
    "connected": "The connection to a platform stands (again).",
    "delivery": "A delivery to a channel has a new state.",
    "evidence_differs": "Row `number` is no longer what the anchor file saw; run `switchboard audit verify`.",
    "fenced": "A worker came back after another had taken over its delivery; what it did was not counted.",
    "handler_failed": "An event could not be handled; it is tried again, three times in all.",
    "leading": "This process works now; `fence` counts who has.",
    "lease_in_doubt": "The lease could not be renewed for too long; this process pauses until it can.",
    "lease_not_renewed": "The lease could not be renewed this time; it is tried again.",
    "lease_lost": "A worker lost its room to another while it was handling an event; nothing was committed.",
    "loop_failed": "A background loop met an error and goes on after a pause.",
    "moved": "Something changed between looking and committing; the bot looks again.",
    "not_received": "Events of a chat platform could not be handed over; it tries again.",
    "not_sent": "A message could not be sent and was given up.",
    "not_reached": "A chat platform cannot be reached at the start; it is tried again and the others do not wait.",
    "not_started": "No chat platform can be reached at the start; they are tried again after `seconds`.",
    "send_failed": "A letter could not be sent now; it waits and is tried again.",
    "page_not_shown": "Somebody's own page could not be brought up to date; it is tried again with the next change.",
    "quarantined": "An event failed three times and was set aside; the person was told the reference.",
    "scan_failed": "The leak scanner broke; the announcement was stopped.",
    "sign_not_written": "The folder of keys could not be marked as the one in use; a process that waits may leave.",
    "standing_by": "Another process leads; this one helps delivering, and waits to take over.",
    "started": "The bot is up; `count` is what it took over from processes that are gone.",
    "direct_not_marked": "The homeserver did not note that a room is one of direct messages; the bot knows it still.",
    "event_malformed": "An event is not as its platform's documents say, perhaps on purpose; it was skipped.",
    "event_skipped": "What the server must tell about an event of Matrix it never told; the event was given up.",
    "event_waits": "What the server must tell about an event of Matrix it does not tell now; it is asked again.",
    "gap_not_filled": "What was said in a Matrix room meanwhile the homeserver does not tell; it stays missed.",
    "gap_too_long": "So much was said in a Matrix room meanwhile that not all of it was fetched.",
    "health_not_kept": "How a connection is doing could not be kept for `switchboard check`; it is tried again.",
    "identity_changed": "Somebody on Matrix has another cross-signing identity than before; it proves nothing yet.",
    "invitation_waits": "Invitations to Matrix rooms wait, because the homeserver asks for patience or fails.",
    "invitation_declined": "An invitation to a Matrix room was declined, or could not be followed.",
    "keys_not_kept": "Keys for encryption could not be fetched or uploaded; it is tried again with the next news.",
    "message_replayed": "A sealed Matrix message came a second time as another event; it proves nothing.",
    "message_unreadable": "An encrypted message could not be read; `reason` says why, and its sender is told once.",
    "not_cross_signed": "Current clients may shut the bot out: its account has not signed its device; `code` says why.",
    "not_acknowledged": "Something that Slack told was not acknowledged; Slack tells it again.",
    "not_caught_up": "What was said on Slack meanwhile could not be read; the next connection looks again.",
    "not_confirmed": "A signed request told something that Slack itself does not tell; it is asked again, or forged.",
    "not_readable": "The bot's scopes on Slack do not let it read such rooms; what it misses there stays missed.",
    "other_workspace": "An event of another Slack workspace was dropped.",
    "renewed": "The connection to Slack is replaced by a new one; `reason` says why.",
    "request_refused": "A request that Slack did not sign was refused; told once a minute at most.",
    "socket_broke": "The connection to Slack broke; a new one is opened.",
    "socket_failed": "Slack could not be connected to; `reason` says why, and it is tried again.",
    "replacement_closed": "The room that replaces an upgraded one does not let the bot in; people are told.",
    "sync_failed": "The homeserver could not be asked for news; `reason` says why, and it is tried again.",
}


def log_page() -> str:
    """Every event of the log."""
    names: dict[str, list[log_events.LogCall]] = {}
    for call in log_events.find():
        names.setdefault(call.name, []).append(call)
    rows = []
    for name, calls in names.items():
        levels = ", ".join(sorted({call.level for call in calls}))
        modules = ", ".join(sorted({f"`{call.module}`" for call in calls}))
        fields = ", ".join(sorted({f"`{field}`" for call in calls for field in call.fields}))
        rows.append((f"`{name}`", levels, MEANINGS[name], fields, modules))
    return f"""# The log

{MADE}

One JSON object a line, in UTC, on standard error or in the file of `log.file`. A line carries only fields that
`config/logs.py` allows, each at most 200 characters long; anything else is dropped. So no message, name or token can
get in by a careless call. `error` is the kind of an error, never its text. What a library says through Python's own
logging becomes a line with the event `library`, the library's name and the kind of an error.

{as_table(("event", "level", "means", "fields", "written by"), rows)}"""


def make_page() -> str:
    """The targets of the Makefile."""
    told = re.findall(r"@echo 'make (\w+) +([^']+)'", (ROOT / "Makefile").read_text(encoding="utf-8"))
    rows = [(f"`make {name}`", *text.rsplit("; ", 1)) for name, text in told]
    return f"""# make

{MADE}

Python 3.11 or newer (with `venv`), git and make are needed; the rest comes by itself into `.venv`.

{as_table(("target", "what it does", "takes"), rows)}"""


def _doc(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0]


PAGES: dict[str, Callable[[], str]] = {
    "access.md": access_page,
    "command-line.md": lambda: command_line.page(MADE),
    "commands.md": chat_commands,
    "errors.md": errors_page,
    "events.md": events_page,
    "log-events.md": log_page,
    "make.md": make_page,
    "settings.md": settings_page,
    "states.md": states_page,
}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), encoding="utf-8")
