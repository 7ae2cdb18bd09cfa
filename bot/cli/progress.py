"""A bar for long work: on a terminal, on standard error, and nothing in a pipe."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress


@contextlib.contextmanager
def bar(words: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """What is told how much is done, of how much; gone at the end."""
    console = Console(file=sys.stderr)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
