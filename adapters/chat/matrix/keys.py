"""Keys on their way to and from the server: our own uploaded, other people's devices asked for, rooms' keys shared.

The library makes and opens what is sent; every request is ours, so that each has a limit and a failure is an error.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from nio import JoinedMembersResponse, KeysClaimResponse, KeysQueryResponse, KeysUploadResponse, Response
from nio.exceptions import EncryptionError, GroupEncryptionError, OlmTrustError, ProtocolError
from nio.responses import ToDeviceResponse

from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.server import Json, Server, path
from adapters.errors import Refused, Unavailable
from config import logs

log = logs.get("matrix")

CLAIM_WAIT = 10_000  # milliseconds the server may wait for other servers' keys
MEGOLM = "m.megolm.v1.aes-sha2"

Devices = set[tuple[str, str]]
"""Devices as user and device id."""

ShutOut = Callable[[Iterable[str]], Devices]
"""Which devices of these people get no keys."""


class KeyKeeper:
    """Keeps our keys on the server and everybody's in our store."""

    def __init__(self, client: SafeClient, server: Server) -> None:
        self._client = client
        self._server = server
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asking = asyncio.Lock()
        self.signing: dict[str, Json] = {}  # user -> their cross-signing keys and devices as last told

    async def upkeep(self, answer: Json) -> None:
        """What a sync answer calls for: new one-time keys, a fallback key, lists of devices, broken sessions mended."""
        if self._client.olm is None:
            return
        if self._client.should_upload_keys:
            await self.upload()
        if "signed_curve25519" not in answer.get("device_unused_fallback_key_types", ["signed_curve25519"]):
            await self.upload_fallback()
        await self.query()
        if self._client.should_claim_keys:
            await self._claim(dict(self._client.get_users_for_key_claiming()))
        for message in list(self._client.outgoing_to_device_messages):
            await self._to_device(message.type, message.as_dict()["messages"])
            self._client.receive_response(ToDeviceResponse(message))

    async def upload(self) -> None:
        """Our device's keys, the first time, and as many one-time keys as are missing."""
        olm = self._client.olm
        content = olm.share_keys()
        olm.save_account()  # first kept, then told: a key that only the server knows makes messages unreadable
        told = await self._server.post(path("keys", "upload"), content)
        counts = {"curve25519": 0, "signed_curve25519": 0} | told.get("one_time_key_counts", {})
        self._client.receive_response(KeysUploadResponse(counts["curve25519"], counts["signed_curve25519"]))

    async def upload_fallback(self) -> None:
        """A key that serves when all one-time keys are used up while we are away."""
        olm = self._client.olm
        account = olm.account._account  # the library does not know of fallback keys; vodozemac, under it, does
        account.generate_fallback_key()
        signed: Json = {}
        for name, key in account.fallback_key.items():
            body: Json = {"key": key.to_base64(), "fallback": True}
            signature = {olm.user_id: {f"ed25519:{olm.device_id}": olm.sign_json(body)}}
            signed[f"signed_curve25519:{name}"] = body | {"signatures": signature}
        olm.save_account()
        await self._server.post(path("keys", "upload"), {"fallback_keys": signed})
        olm.mark_keys_as_published()
        olm.save_account()

    async def query(self, *users: str) -> None:
        """Ask for the devices of those whose devices are not known or have changed, and of `users`."""
        async with self._asking:
            wanted = sorted(set(self._client.users_for_key_query) | set(users)) if self._client.olm else []
            if not wanted:
                return
            told = await self._server.post(path("keys", "query"), {"device_keys": {user: [] for user in wanted}})
            for user, devices in told.get("device_keys", {}).items():
                self.signing[user] = {
                    "master": told.get("master_keys", {}).get(user),
                    "self_signing": told.get("self_signing_keys", {}).get(user),
                    "devices": devices,
                }
                # One at a time: what one person's device tells of itself must not keep others' keys from us.
                self._take(KeysQueryResponse.from_dict({"device_keys": {user: devices}, "failures": {}}))
            # Somebody whose own server does not answer is asked for again at their next change, not at every sync.
            self._client.olm.users_for_key_query.difference_update(wanted)

    async def sealed(self, room: str, kind: str, content: Json, shut_out: ShutOut) -> tuple[str, Json]:
        """An event as it is sent: encrypted where the room is, for all devices but those. Raises `AdapterError`."""
        if not self._client.is_encrypted(room):
            return kind, content
        if self._client.olm is None:
            raise Refused("encrypted_room")
        async with self._turns[room]:
            await self._share(room, shut_out)
            try:
                sealed: tuple[str, Json] = self._client.encrypt(room, kind, content)
            except (EncryptionError, GroupEncryptionError, ProtocolError) as error:
                raise Unavailable("keys_changed") from error  # somebody came or left at this very moment
            return sealed

    async def _share(self, room: str, shut_out: ShutOut) -> None:
        """Give the room's key to every device of its members that may have it and has not got it."""
        known = self._client.rooms[room]
        if not known.members_synced:
            told = await self._server.get(path("rooms", room, "joined_members"))
            self._take(JoinedMembersResponse.from_dict(told, room))
            if not known.members_synced:
                raise Unavailable("malformed_answer")
        await self.query()
        olm = self._client.olm
        without = shut_out(known.users)
        session = self._session(room, without)
        if session.shared:
            return
        missing = self._client.get_missing_sessions(room)
        if missing:
            await self._claim(missing)
        try:
            shares = list(olm.share_group_session_parallel(room, list(known.users), ignore_unverified_devices=True))
        except OlmTrustError as error:
            raise Refused("untrusted_device") from error
        for devices, content in shares:
            await self._to_device("m.room.encrypted", content["messages"])
            session.users_shared_with.update(devices)
        if without:
            await self._to_device("m.room_key.withheld", self._refusals(room, session, without))
        session.shared = True

    def _session(self, room: str, without: Devices) -> Any:
        """The key of the room's next message: a new one when other devices than before may have it."""
        olm = self._client.olm
        session = olm.outbound_group_sessions.get(room)
        own = {(olm.user_id, olm.device_id)}
        if (
            session is None
            or session.expired
            or session.users_shared_with & without
            or session.users_ignored - own - without
        ):
            olm.create_outbound_group_session(room)
            session = olm.outbound_group_sessions[room]
        session.users_ignored |= without
        return session

    def _refusals(self, room: str, session: Any, devices: Devices) -> Json:
        """What tells devices why they cannot read (specification, "reporting that decryption keys are withheld")."""
        told = {
            "algorithm": MEGOLM,
            "room_id": room,
            "session_id": session.id,
            "sender_key": self._client.olm.account.identity_keys["curve25519"],
            "code": "m.unverified",
        }
        found: Json = defaultdict(dict)
        for user, device in devices:
            found[user][device] = told
        return found

    async def _claim(self, devices: dict[str, list[str]]) -> None:
        wanted = {user: dict.fromkeys(names, "signed_curve25519") for user, names in devices.items()}
        body = {"one_time_keys": wanted, "timeout": CLAIM_WAIT}
        told = await self._server.post(path("keys", "claim"), body)
        for user, keys in told.get("one_time_keys", {}).items():
            for device, key in keys.items():
                self._take(KeysClaimResponse.from_dict({"one_time_keys": {user: {device: key}}, "failures": {}}))

    async def _to_device(self, kind: str, messages: Json) -> None:
        await self._server.put(path("sendToDevice", kind, secrets.token_hex(16)), {"messages": messages})

    def _take(self, response: Response) -> None:
        try:
            self._client.receive_response(response)
        except Exception as error:  # the library raises anything for a malformed key; the others' are taken
            log.warning("event_malformed", kind=type(response).__name__, error=type(error).__name__)
