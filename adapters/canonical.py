"""The one way a value is written before it is hashed, so that equal values have equal digests everywhere."""

import hashlib
import json
from dataclasses import asdict

from adapters.events import Post


def canonical_json(value: object) -> bytes:
    """Plain data as JSON: sorted keys, no spaces, UTF-8. Raises UnicodeEncodeError for a lone surrogate."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return written.encode("utf-8")


def post_digest(post: Post) -> str:
    """SHA-256, in hexadecimal, of the post's canonical form: what a permit is given for."""
    return hashlib.sha256(canonical_json(asdict(post))).hexdigest()
