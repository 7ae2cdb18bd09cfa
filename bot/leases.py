"""Who holds what for how long: workers that die give back what they held, and late ones are fenced off."""

import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import timedelta

LEASE = timedelta(seconds=30)
"""How long a worker holds a room or a message before another may take it; it renews while it works."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One running process: host, process id and a nonce, so that a recycled process id is not taken for it."""

    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    nonce: str = field(default_factory=lambda: secrets.token_hex(4))

    def __str__(self) -> str:
        """Write it as leases do."""
        return f"{self.host}/{self.pid}/{self.nonce}"


def is_dead(owner: str, me: Owner) -> bool:
    """Whether `owner` was a process of this host that no longer runs; never a guess about another host."""
    host, _, rest = owner.partition("/")
    pid, _, nonce = rest.partition("/")
    if host != me.host or owner == str(me) or not pid.isdecimal():
        return False
    if int(pid) == me.pid:
        return nonce != me.nonce  # our process id, but an earlier life
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
