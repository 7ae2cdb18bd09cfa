"""Whose word it really is, and who may read ours: devices that their owner's own identity has signed.

A homeserver's administrator can forge reactions, messages in clear and new devices, but no signature of an identity
that was seen before. The first one seen is kept; another later proves nothing until a person has looked into it.
"""

from collections.abc import Iterable

from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.crosssigning import identity
from adapters.chat.matrix.keys import Devices, KeyKeeper
from adapters.chat.matrix.server import Json
from adapters.ports import AdapterState
from config import logs

log = logs.get("matrix")


class Trust:
    """Knows the identities of people, by the first master key seen of each."""

    def __init__(self, client: SafeClient, keeper: KeyKeeper, state: AdapterState) -> None:
        self._client = client
        self._keeper = keeper
        self._state = state
        self._judged: dict[str, tuple[Json, Devices]] = {}  # signatures are slow to check; by what was told last

    async def proven(self, user: str, device: str) -> bool:
        """Whether a message that this device sealed is its owner's word. Never raises for want of an answer."""
        master = self._master(user, device)
        if master is None:
            return False
        first = await self._state.get(_name(user))
        if not first:
            await self._state.put(_name(user), master)
        elif first != master:
            log.warning("identity_changed")
        return not first or first == master

    def shut_out(self, users: Iterable[str]) -> Devices:
        """Devices that their owner, who has an identity, has not signed: anybody who runs the server can add one."""
        found: Devices = set()
        for user in users:
            told = self._keeper.signing.get(user, {})
            if not told.get("master"):
                continue
            judged = self._judged.get(user)
            if judged is None or judged[0] is not told:
                known = self._client.device_store.active_user_devices(user)
                judged = told, {(user, one.id) for one in known if self._master(user, one.id) is None}
                self._judged[user] = judged
            found |= judged[1]
        return found

    def _master(self, user: str, device: str) -> str | None:
        """The identity that vouches for that device with the keys by which we know it."""
        told = self._keeper.signing.get(user, {})
        master = identity(told, user, device)
        if master is None:
            return None
        known = self._client.device_store[user][device]
        keys = told["devices"][device].get("keys", {})
        same = (keys.get(f"ed25519:{device}"), keys.get(f"curve25519:{device}")) == (known.ed25519, known.curve25519)
        return master if same else None


async def trust_anew(state: AdapterState, user: str) -> None:
    """Take the next identity seen of that person for theirs: for somebody who has reset it and was asked."""
    await state.put(_name(user), "")


def _name(user: str) -> str:
    return f"identity-{user}"
