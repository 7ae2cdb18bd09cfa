"""Python's search for cycles, put off while very many values without a cycle among them are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Do not search inside; never await inside, for the collector is everybody's.

    It would walk a hundred thousand new tuples again and again: a quarter of the time of a load.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_long() -> None:
    """Move all values straight to the oldest generation, instead of a search through each of the younger."""
    if not gc.get_freeze_count():  # what somebody froze for good must stay frozen
        gc.freeze()
        gc.unfreeze()
