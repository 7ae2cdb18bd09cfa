"""A person's client made of matrix-nio: end-to-end encryption in a store of its own, and a loop that survives."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import nio
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from unpaddedbase64 import encode_base64

from tests.real.matrix_person import Place
from tests.real.matrix_reading import Reading
from tests.real.synapse import CLIENT, Account, MatrixRefused

PATIENCE = 30.0  # seconds for one request; far more than the server ever needs
AT_ONCE = 20  # events of a room in one answer to /sync; what is older is asked for
PAGE = 100  # events in one answer to /messages, and the most device messages that Synapse puts into one to /sync
FILTER = {"room": {"timeline": {"limit": AT_ONCE}}, "presence": {"types": []}}
Signable = dict[str, Any]


class SturdyClient(nio.AsyncClient):  # type: ignore[misc]  # matrix-nio has no types
    """matrix-nio, which is not stopped by a device message that is malformed."""

    def _handle_decrypt_to_device(self, to_device_event: Any) -> Any:
        try:
            return super()._handle_decrypt_to_device(to_device_event)
        except Exception:
            return None


class NioLine:
    """A person's client; `reading` is what has come so far."""

    def __init__(self, url: str, account: Account, folder: Path, reading: Reading) -> None:
        self.reading = reading
        config = nio.AsyncClientConfig(max_timeouts=1, max_limit_exceeded=1, request_timeout=PATIENCE)
        folder.mkdir(parents=True, exist_ok=True)
        self.client = SturdyClient(url, account.id, account.device, str(folder), config)
        self.client.restore_login(account.id, account.device, account.token)
        self._turn = asyncio.Lock()
        self._unreadable: dict[str, nio.MegolmEvent] = {}

    async def rooms(self) -> Mapping[str, Place]:
        """The rooms one is in."""
        return {id_: Place(frozenset(room.users), room.encrypted) for id_, room in self.client.rooms.items()}

    async def close(self) -> None:
        """Go away; the store and what it knows stay."""
        async with self._turn:
            await self.client.close()

    async def catch_up(self, seconds: float = 0) -> None:
        """Take what is new; with nothing new wait so long for it. Rooms one is invited to are joined."""
        async with self._turn:
            await self._catch_up(seconds)

    async def send(self, room: str, kind: str, content: Mapping[str, Any]) -> str:
        """Put an event into a room, encrypted where the room is; its id."""
        async with self._turn:
            await self._catch_up()
            async with asyncio.timeout(PATIENCE):
                sent = await self.client.room_send(room, kind, dict(content), ignore_unverified_devices=True)
            return str(_good(sent).event_id)

    async def _catch_up(self, seconds: float = 0) -> None:
        """Once, and again at once while more must be waiting."""
        more = True
        while more:
            since = self.client.next_batch
            answer = await self._sync(seconds)
            for room, told in answer.rooms.join.items():
                events = told.timeline.events
                if told.timeline.limited and since:
                    events = [*await self._gap(room, told.timeline.prev_batch, since), *events]
                self.reading.take(room, [self._source(room, event) for event in events])
            for room in answer.rooms.leave:
                self.client.rooms.pop(room, None)
            for room in answer.rooms.invite:
                await self.client.join(room)
            await self._keep_keys()
            self._read_again()
            more = bool(answer.rooms.invite) or len(answer.to_device_events) >= PAGE
            seconds = 0

    async def _sync(self, seconds: float) -> Any:
        """One answer to `/sync`; broken connections and bad answers are tried again for some time."""
        async with asyncio.timeout(PATIENCE + seconds):
            while True:
                try:
                    answer = await self.client.sync(timeout=round(seconds * 1000), sync_filter=FILTER)
                except (aiohttp.ClientError, TimeoutError):
                    answer = None
                if isinstance(answer, nio.SyncResponse):
                    return answer
                if getattr(answer, "status_code", "") == "M_UNKNOWN_TOKEN":
                    _good(answer)
                await asyncio.sleep(0.1)

    async def _gap(self, room: str, start: str, end: str) -> list[Any]:
        """What was said between two looks and did not fit into the answer, oldest first."""
        events: list[Any] = []
        while start:
            page = _good(await self.client.room_messages(room, start=start, end=end, limit=PAGE))
            events.extend(page.chunk)
            start = page.end if page.chunk else ""
        return events[::-1]

    async def _keep_keys(self) -> None:
        """What a client owes to others' encryption after each look."""
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()

    def _read_again(self) -> None:
        """A key that came late opens what came before it."""
        for id_, event in list(self._unreadable.items()):
            try:
                read = self.client.decrypt_event(event)
            except nio.EncryptionError:
                continue
            del self._unreadable[id_]
            self.reading.take(event.room_id, [{**read.source, "encrypted": True}])

    def _source(self, room: str, event: Any) -> dict[str, Any]:
        if isinstance(event, nio.MegolmEvent):
            event.room_id = room
            self._unreadable[event.event_id] = event
            return {**event.source, "encrypted": True, "unreadable": "no key"}
        return {**event.source, "encrypted": bool(getattr(event, "decrypted", False))}


async def cross_sign(line: NioLine) -> ECC.EccKey:
    """Make a master, a self-signing and a user-signing key, and sign one's own device, as Element does at log-in.

    The self-signing key, for further devices.
    """
    client = line.client
    await line.catch_up()
    master, own, others = (ECC.generate(curve="Ed25519") for _ in range(3))
    keys = {
        "master_key": _key(client.user_id, "master", master),
        "self_signing_key": _key(client.user_id, "self_signing", own),
        "user_signing_key": _key(client.user_id, "user_signing", others),
    }
    for name in ("self_signing_key", "user_signing_key"):
        _sign(keys[name], client.user_id, master)
    by_device = client.olm.sign_json(keys["master_key"])
    keys["master_key"]["signatures"] = {client.user_id: {f"ed25519:{client.device_id}": by_device}}
    await _post(client, "keys/device_signing/upload", keys)
    await sign_device(line, own, client.device_id)
    return own


async def sign_device(line: NioLine, own: ECC.EccKey, name: str) -> None:
    """Sign one of one's own devices with one's self-signing key, as Element does when one verifies it."""
    client = line.client
    told = await _post(client, "keys/query", {"device_keys": {client.user_id: [name]}})
    device = told["device_keys"][client.user_id][name]
    _sign(device, client.user_id, own)
    await _post(client, "keys/signatures/upload", {client.user_id: {name: device}})


def _key(user: str, usage: str, key: ECC.EccKey) -> Signable:
    return {"user_id": user, "usage": [usage], "keys": {f"ed25519:{_public(key)}": _public(key)}}


def _public(key: ECC.EccKey) -> str:
    return encode_base64(key.public_key().export_key(format="raw"))


def _sign(thing: Signable, user: str, key: ECC.EccKey) -> None:
    """Add a signature to what is signed: everything but signatures and what the server adds."""
    bare = {name: value for name, value in thing.items() if name not in {"signatures", "unsigned"}}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signed = encode_base64(eddsa.new(key, "rfc8032").sign(text))
    thing.setdefault("signatures", {}).setdefault(user, {})[f"ed25519:{_public(key)}"] = signed


async def _post(client: SturdyClient, path: str, body: Mapping[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {client.access_token}", "Content-Type": "application/json"}
    answer = await client.send("POST", f"{CLIENT}/{path}", json.dumps(body), headers)
    told = await answer.json()
    if answer.status >= 400:
        raise MatrixRefused(answer.status, told.get("errcode", ""), told.get("error", ""))
    return told


def _good(answer: Any) -> Any:
    """The answer, unless the server said no."""
    if isinstance(answer, nio.ErrorResponse):
        raise MatrixRefused(0, str(answer.status_code), str(answer.message))
    return answer
