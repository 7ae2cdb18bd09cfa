"""Whose word it really is: a message from a device that its owner's own identity has signed.

A homeserver's administrator can forge reactions, messages in clear and new devices, but no signature of an identity
that was seen before. The first one seen is kept; another later proves nothing until a person has looked into it.
"""

from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.crosssigning import identity
from adapters.chat.matrix.keys import KeyKeeper
from adapters.ports import AdapterState
from config import logs

log = logs.get("matrix")


class Trust:
    """Knows the identities of people, by the first master key seen of each."""

    def __init__(self, client: SafeClient, keeper: KeyKeeper, state: AdapterState) -> None:
        self._client = client
        self._keeper = keeper
        self._state = state

    async def proven(self, user: str, device: str) -> bool:
        """Whether a message that this device sealed is its owner's word. Never raises for want of an answer."""
        told = self._keeper.signing.get(user, {})
        master = identity(told, user, device)
        if master is None:
            return False
        known = self._client.device_store[user][device]
        keys = told["devices"][device].get("keys", {})
        if keys.get(f"ed25519:{device}") != known.ed25519 or keys.get(f"curve25519:{device}") != known.curve25519:
            return False
        first = await self._state.get(_name(user))
        if not first:
            await self._state.put(_name(user), master)
        elif first != master:
            log.warning("identity_changed")
        return not first or first == master


async def trust_anew(state: AdapterState, user: str) -> None:
    """Take the next identity seen of that person for theirs: for somebody who has reset it and was asked."""
    await state.put(_name(user), "")


def _name(user: str) -> str:
    return f"identity-{user}"
