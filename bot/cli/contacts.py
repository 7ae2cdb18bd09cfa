"""`switchboard contacts`: the file of what the organisation publishes itself."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import fail
from bot.leaks.proposing import as_toml, propose
from bot.wording import say

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

LARGEST_FILE = 20_000_000
"""Bytes of the largest file of past posts that is read."""
_TEXTS = {".txt", ".md", ".html", ".htm"}
_ITEM = re.compile(r"<(?:item|entry)\b.*?</(?:item|entry)>", re.DOTALL | re.IGNORECASE)
_WORDS_OF_ITEM = re.compile(
    r"<(title|description|summary|content|content:encoded)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"<[^>]{0,2000}>")
_FIELDS = ("text", "content_text", "content_html", "content", "body", "message", "full_text", "title")


@app.callback()
def main() -> None:
    """What you publish yourselves, so that the scanner is quiet about it."""


@app.command("propose")
def propose_command(
    file: Annotated[Path, typer.Argument(help="A folder of texts, a feed (JSON or RSS), or JSON objects with a text.")],
) -> None:
    """Write a first contacts.toml from past posts: what stands in two posts or more. Go through it before you use it.

    \b
    Example:
      switchboard contacts propose posts.jsonl > contacts.toml
    """
    found = propose(_posts(file))
    if not found:
        fail(say("leaks.propose.nothing", file=file))
    typer.echo(as_toml(found), nl=False)


def _posts(path: Path) -> Iterator[str]:
    """Every post in a folder or a file."""
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for one in files:
        text = _read(one, alone=not path.is_dir())
        if text is not None:
            yield from _split(text, one.suffix.casefold())


def _read(path: Path, *, alone: bool) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE).decode("utf-8-sig")
    except OSError as error:
        fail(say("leaks.propose.unreadable", file=path, reason=error.strerror))
    except UnicodeDecodeError:
        if alone:
            fail(say("leaks.propose.unreadable", file=path, reason=say("leaks.propose.not_text")))
        return None


def _split(text: str, suffix: str) -> Iterator[str]:
    if suffix in _TEXTS:
        yield _plain(text)
    elif text.lstrip().startswith("<"):
        for item in _ITEM.findall(text):
            yield "\n".join(_plain(html.unescape(body)) for _, body in _WORDS_OF_ITEM.findall(item))
    else:
        yield from _from_json(text)


def _from_json(text: str) -> Iterator[str]:
    """Posts of a JSON Feed, a list of objects, or one object a line; lines that are none are posts themselves."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for line in filter(str.strip, text.splitlines()):
            try:
                yield from _words(json.loads(line))
            except (ValueError, RecursionError):
                yield line
        return
    items = whole.get("items", [whole]) if isinstance(whole, dict) else whole
    for item in items if isinstance(items, list) else [items]:
        yield from _words(item)


def _words(item: Any) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        found = [_plain(value) for name in _FIELDS if isinstance(value := item.get(name), str)]
        if found:
            yield "\n".join(found)


def _plain(text: str) -> str:
    """A text without the tags of a page."""
    return html.unescape(_TAG.sub(" ", text))
