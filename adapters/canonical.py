"""The one way a value is written before it is hashed, so that equal values have equal digests everywhere."""

import hashlib
import json
from dataclasses import asdict

from adapters.errors import Refused
from adapters.events import Post
from adapters.ports import Permit


def canonical_json(value: object) -> bytes:
    """Plain data as JSON: sorted keys, no spaces, UTF-8. Raises UnicodeEncodeError for a lone surrogate."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return written.encode("utf-8")


def post_digest(post: Post) -> str:
    """SHA-256, in hexadecimal, of the post's canonical form: what a permit is given for."""
    return hashlib.sha256(canonical_json(asdict(post))).hexdigest()


def readable_digest(post: Post) -> str:
    """The digest of a post that is to be shown. Raises `Refused("unreadable_text")` when its text is none."""
    try:
        return post_digest(post)
    except UnicodeEncodeError as error:
        raise Refused("unreadable_text") from error


def check_permit(permit: Permit, key: str, post: Post) -> None:
    """What every publisher does before its one visible write. Raises `Refused("permit")` unless the permit was given
    for this key and these very bytes.
    """
    if (permit.key, permit.digest) != (key, post_digest(post)):
        raise Refused("permit")
