"""Whose word it really is, and who may read ours: devices that their owner's own identity has signed.

A homeserver's administrator can forge reactions, messages in clear and new devices, but no signature of an identity
that was seen before. What can be done with true words is to show them a second time as something new, which the
library notices until it is started again; so where each came is kept.
"""

from collections.abc import Iterable

from adapters.chat.matrix.client import SafeClient, Seal
from adapters.chat.matrix.crosssigning import identity
from adapters.chat.matrix.identities import is_believed
from adapters.chat.matrix.keys import Devices, KeyKeeper
from adapters.chat.matrix.memory import Shelves
from adapters.chat.matrix.server import Json
from adapters.chat.matrix.settings import MatrixSettings
from adapters.ports import AdapterState
from config import logs

log = logs.get("matrix")


class Trust:
    """Knows the identities of people."""

    def __init__(self, settings: MatrixSettings, client: SafeClient, keeper: KeyKeeper, state: AdapterState) -> None:
        self._settings = settings
        self._client = client
        self._keeper = keeper
        self._state = state
        self._seen = Shelves(state, "sealed")
        self._judged: dict[str, tuple[Json, Devices]] = {}  # signatures are slow to check; by what was told last

    async def proven(self, user: str, seal: Seal, event: str) -> bool:
        """Whether a message so sealed, which came as that event, is its owner's word, said now.

        Of our own homeservers' people alone: nobody else's word is ever asked for.
        """
        master = self._master(user, seal.device) if self._settings.is_ours(user) else None
        if master is None or not await is_believed(self._state, user, master, self._settings.clock()):
            return False
        before = await self._seen.get(seal.place)
        if before is None:
            await self._seen.put(seal.place, event)
        elif before != event:
            log.warning("message_replayed")
        return before in (None, event)

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
