"""Cross-signing: the bot's device is signed by the bot's own identity, or current clients shut it out (MSC4153).

matrix-nio has none of it. Three Ed25519 keys are made at the first start and kept in one private file beside the
other keys; the master key signs the other two, the self-signing key signs the device.
"""

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from nio import Api

from adapters.chat.matrix.client import SafeClient
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.server import AskedToProve, Json, Server, path
from adapters.errors import NotAuthenticated

FILE = "cross-signing.json"
USAGES = ("master", "self_signing", "user_signing")


def encode(data: bytes) -> str:
    """Base64 without padding, as Matrix writes keys and signatures."""
    return base64.b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The other way. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeys:
    """The secret halves (32 bytes each): master, self-signing, user-signing."""

    seeds: dict[str, bytes]

    def public(self, usage: str) -> str:
        """The public half of one."""
        return encode(_key(self.seeds[usage]).public_key().export_key(format="raw"))

    def signed(self, body: Json, user: str, usage: str) -> Json:
        """The object with our signature by that key added (specification, "signing JSON")."""
        bare = {key: value for key, value in body.items() if key not in ("signatures", "unsigned")}
        signature = encode(eddsa.new(_key(self.seeds[usage]), "rfc8032").sign(Api.to_canonical_json(bare).encode()))
        signatures = dict(body.get("signatures", {}))
        signatures[user] = dict(signatures.get(user, {})) | {f"ed25519:{self.public(usage)}": signature}
        return body | {"signatures": signatures}

    def published(self, user: str) -> dict[str, Json]:
        """The three keys as they are uploaded, the latter two signed by the master key."""
        found: dict[str, Json] = {}
        for usage in USAGES:
            public = self.public(usage)
            body: Json = {"user_id": user, "usage": [usage], "keys": {f"ed25519:{public}": public}}
            found[f"{usage}_key"] = body if usage == "master" else self.signed(body, user, "master")
        return found


def open_keys(folder: Path) -> SigningKeys | None:
    """The keys from their file, None when there is none. Raises `NotAuthenticated("unsafe_store")`."""
    file = folder / FILE
    try:
        if not file.exists():
            return None
        told = json.loads(file.read_text())
        return SigningKeys({usage: decode(told[usage]) for usage in USAGES})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAuthenticated("unsafe_store") from error


def make_keys(folder: Path) -> SigningKeys:
    """New keys in a new file (mode 0600); an older file is put aside. Raises `NotAuthenticated("unsafe_store")`."""
    file, keys = folder / FILE, SigningKeys({usage: secrets.token_bytes(32) for usage in USAGES})
    try:
        if file.exists():
            file.rename(put_aside(file))
        _write(file, keys)
    except OSError as error:
        raise NotAuthenticated("unsafe_store") from error
    return keys


def put_aside(file: Path) -> Path:
    """Where a file of keys goes that a new one replaces: nothing that opens anything is ever thrown away."""
    return file.with_name(f"{file.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")


def _write(file: Path, keys: SigningKeys) -> None:
    half = file.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump({usage: encode(seed) for usage, seed in keys.seeds.items()}, out)
        out.flush()
        os.fsync(out.fileno())
    half.rename(file)


async def set_up(
    server: Server, client: SafeClient, keeper: KeyKeeper, folder: Path, password: str | None = None
) -> str:
    """Publish the identity if the account has none, and sign our device. Empty when others can trust it, or a code.

    `not_cross_signed`: the account has an identity that we do not hold, and it has not signed our device.
    `proof_needed`: the server wants the password for it. With a password an identity that we do not hold is replaced.
    Raises `AdapterError`.
    """
    user, device = client.user_id, client.device_id
    await keeper.query(user)
    told, keys = keeper.signing.get(user, {}), open_keys(folder)
    published = told.get("master")
    ours = keys is not None and key_of(published) == keys.public("master")
    if not published or (not ours and password is not None):
        # Synapse fails at an identity that the account once had and has no longer: never the old one again.
        keys = keys if keys and not published else make_keys(folder)
        try:
            await _publish(server, keys, user, password)
        except AskedToProve:
            return "proof_needed"
        await keeper.query(user)
        told, ours = keeper.signing.get(user, {}), True
    if keys and ours and not identity(told, user, device):
        signed = keys.signed(told["devices"][device], user, "self_signing")
        signed.pop("unsigned", None)
        await server.post(path("keys", "signatures", "upload"), {user: {device: signed}})
        await keeper.query(user)
    return "" if identity(keeper.signing.get(user, {}), user, device) else "not_cross_signed"


async def _publish(server: Server, keys: SigningKeys, user: str, password: str | None) -> None:
    body: Json = dict(keys.published(user))
    where = path("keys", "device_signing", "upload")
    try:
        await server.post(where, body)
    except AskedToProve as asked:
        if password is None:
            raise
        who = {"type": "m.id.user", "user": user}
        proof = {"type": "m.login.password", "identifier": who, "password": password, "session": asked.session}
        await server.post(where, body | {"auth": proof})


def key_of(body: Any) -> str | None:
    """The one public key of a published cross-signing key."""
    keys = body.get("keys") if isinstance(body, dict) else None
    found = list(keys.values()) if isinstance(keys, dict) else []
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None


def identity(told: Json, user: str, device: str) -> str | None:
    """The master key of the person if it vouches for that device: master key -> self-signing key -> device."""
    master, own = key_of(told.get("master")), key_of(told.get("self_signing"))
    devices = told.get("devices")
    described = devices.get(device) if isinstance(devices, dict) else None
    if master is None or own is None or not isinstance(described, dict):
        return None
    if (described.get("user_id"), described.get("device_id")) != (user, device):
        return None
    if not is_signed(told["self_signing"], user, master) or not is_signed(described, user, own):
        return None
    return master


def is_signed(body: Json, user: str, public: str) -> bool:
    """Whether an object has a good signature by that public key of that person's."""
    bare = {key: value for key, value in body.items() if key not in ("signatures", "unsigned")}
    try:
        signature = decode(body["signatures"][user][f"ed25519:{public}"])
        key = eddsa.import_public_key(decode(public))
        eddsa.new(key, "rfc8032").verify(Api.to_canonical_json(bare).encode(), signature)
    except (KeyError, TypeError, AttributeError, ValueError):
        return False
    return True


def _key(seed: bytes) -> Any:
    return ECC.construct(curve="Ed25519", seed=seed)
