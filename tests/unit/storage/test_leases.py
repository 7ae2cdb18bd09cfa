"""Which holders are gone: a process of this host that no longer runs, and never a guess about another host."""

import os
import subprocess
import sys

import pytest

from bot.leases import Owner, is_dead

ME = Owner()


def ended() -> int:
    """The id of a process that ran and has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def test_an_owner_is_this_process_unless_told_otherwise() -> None:
    assert str(ME) == f"{ME.host}/{os.getpid()}/{ME.nonce}"
    assert len(ME.nonce) == 8
    assert Owner().nonce != ME.nonce


def test_a_process_that_has_ended_is_dead() -> None:
    assert is_dead(f"{ME.host}/{ended()}/x", ME)


def test_our_own_number_in_an_earlier_life_is_dead() -> None:
    assert is_dead(f"{ME.host}/{ME.pid}/x", ME)
    assert not is_dead(str(ME), ME)


# `{host}` and `{pid}` stand for ours.
ALIVE = ["{host}/{parent}/x", "{host}/1/x", "elsewhere/{pid}/x", "elsewhere/4194304/x", "{host}.other/{pid}/x"]
DOUBTFUL = [
    "", "/", "//", "{host}", "{host}/", "{host}//x", "{host}/-1/x", "{host}/abc/x", "{host}/²/x", "{host}/0/x",
    "{host}/1000000000000000000000000000000/x",
]  # fmt: skip


@pytest.mark.parametrize("owner", ALIVE + DOUBTFUL)
def test_what_lives_or_is_in_doubt_is_left_alone(owner: str) -> None:
    assert not is_dead(owner.format(host=ME.host, pid=ME.pid, parent=os.getppid()), ME)
