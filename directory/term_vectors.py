"""The vectors of the thesaurus's terms, made beforehand, so that a fresh directory answers at once.

`python -m directory.term_vectors` makes this file, and that of `directory.intent`, again after a list or the model
changed; a test holds them together.
A header names the model and the lists; then each term has SIZE signed bytes, which point where its vector does.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

from directory import intent
from directory.arrays import Vectors
from directory.encoder import SIZE, Encoder, available
from directory.thesaurus import WORLD, Thesaurus, general

FILE = WORLD / "vectors.bin"
LARGEST = 127  # of a signed byte


def heading(model: str, thesaurus: Thesaurus) -> bytes:
    """What the file must begin with: these vectors are of that model and of these terms in this order."""
    return hashlib.sha256("\0".join((model, *thesaurus.terms)).encode()).digest()


def load(model: str, thesaurus: Thesaurus, file: Path = FILE) -> dict[str, Vectors]:
    """Term to vector of length one; nothing when the file belongs to other terms or another model."""
    data = file.read_bytes() if file.exists() else b""
    expected = heading(model, thesaurus)
    if not data.startswith(expected) or len(data) != len(expected) + SIZE * len(thesaurus.terms):
        return {}
    bytes_of = np.frombuffer(data, np.int8, offset=len(expected)).reshape(-1, SIZE).astype(np.float32)
    bytes_of /= np.linalg.norm(bytes_of, axis=1, keepdims=True)
    return dict(zip(thesaurus.terms, bytes_of, strict=True))


def make(encoder: Encoder, thesaurus: Thesaurus) -> bytes:
    """The file's content."""
    vectors = encoder.encode(thesaurus.terms)
    steps = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * LARGEST)
    return heading(encoder.model, thesaurus) + bytes(steps.astype(np.int8).tobytes())


def main() -> int:
    """Make the files again."""
    encoder = available()
    if encoder is None:
        return 2
    FILE.write_bytes(make(encoder, general()))
    intent.FILE.write_bytes(intent.make(encoder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
