"""MiniLM (all-MiniLM-L6-v2: six layers, 22 million numbers) computed with numpy alone.

The architecture is BERT's (Devlin and others, 2019) with the mean of the last layer as the sentence (Reimers and
Gurevych, 2019). The weights come inside a package that declares torch; neither torch nor the package's own code is
ever loaded, only its two data files, and only when they are to the byte those that this was measured with.
"""

import hashlib
import importlib.util
import itertools
import json
import mmap
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from directory.arrays import Vectors
from directory.encoder import PACKAGES, SIZE, Altered

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WORD_PIECES = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""SHA-256 of the package's two files that are used."""

PINNED = (WORD_PIECES, WEIGHTS)

LAYERS, HEADS = 6, 12
LONGEST = 64  # word pieces that are looked at; a question has about ten
EPSILON = np.float32(1e-12)  # of the model's normalisation, from its config.json
AT_ONCE = 512  # word pieces in one matrix product: more would leave the processor's cache

Array = NDArray[np.float32]


class MiniLM:
    """The model, mapped into memory: of the word pieces' own vectors only those that were met take room."""

    model = WEIGHTS[:16]

    def __init__(self) -> None:
        """Map the weights. Raises `Altered` and `OSError`."""
        origin = getattr(importlib.util.find_spec(PACKAGES[0]), "origin", None)
        folder = Path(str(origin)).parent / "model"
        rules = (folder / "tokenizer.json").read_bytes()
        with (folder / "model.safetensors").open("rb") as file:
            if (hashlib.sha256(rules).hexdigest(), hashlib.file_digest(file, "sha256").hexdigest()) != PINNED:
                raise Altered
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._weights = dict(_tensors(data))
        self._pieces = Tokenizer.from_str(rules.decode())
        self._pieces.no_padding()  # as delivered it pads every text to 128 pieces
        self._pieces.enable_truncation(LONGEST)
        self.words = frozenset(piece for piece in self._pieces.get_vocab() if piece.isalpha())
        # For good, not around each encoding: a second thread of BLAS spins for longer than a question takes, and it is
        # woken by any product that is not kept to one, and by every change of the number.
        ThreadpoolController().limit(limits=1, user_api="blas")
        self._one = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length one a text."""
        pieces = [encoding.ids for encoding in self._pieces.encode_batch(list(texts))]
        vectors = np.empty((len(pieces), SIZE), np.float32)
        with self._one:  # two of our threads that compute at once are slower than one after the other
            for places in _batches(pieces):
                vectors[places] = self._sentences([pieces[place] for place in places])
        return vectors

    def _sentences(self, pieces: Sequence[Sequence[int]]) -> Array:
        """Sentences of any lengths, one below the other: only who looks at whom, and the means, are of each alone."""
        weights = self._weights
        ends = list(itertools.accumulate(map(len, pieces)))
        spans = [slice(end - len(one), end) for end, one in zip(ends, pieces, strict=True)]
        inside = weights["embeddings.word_embeddings.weight"][np.concatenate([np.array(one) for one in pieces])]
        positions = np.concatenate([np.arange(len(one)) for one in pieces])
        inside = inside + weights["embeddings.position_embeddings.weight"][positions]
        inside += weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._normalised(inside, "embeddings.LayerNorm")
        for number in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{number}", spans)
        means = np.stack([hidden[span].mean(axis=0) for span in spans])
        vectors: Array = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    def _layer(self, hidden: Array, name: str, spans: Sequence[slice]) -> Array:
        three = [self._linear(hidden, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
        seen = np.concatenate([_attended(*(one[span] for one in three)) for span in spans])
        seen = self._linear(seen, f"{name}.attention.output.dense")
        hidden = self._normalised(hidden + seen, f"{name}.attention.output.LayerNorm")
        wide = _gelu(self._linear(hidden, f"{name}.intermediate.dense"))
        return self._normalised(hidden + self._linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, inside: Array, name: str) -> Array:
        # In this order the product of a few rows takes a third less time than as inside @ weights.T.
        out: Array = (self._weights[f"{name}.weight"] @ inside.T).T
        out += self._weights[f"{name}.bias"]
        return out

    def _normalised(self, inside: Array, name: str) -> Array:
        inside = inside - inside.mean(axis=-1, keepdims=True)
        inside /= np.sqrt(np.square(inside).mean(axis=-1, keepdims=True) + EPSILON)
        inside *= self._weights[f"{name}.weight"]
        inside += self._weights[f"{name}.bias"]
        return inside


def _tensors(data: mmap.mmap) -> Iterator[tuple[str, Array]]:
    """The named arrays of a safetensors file: eight bytes of length, a JSON heading, then the numbers."""
    heading = int.from_bytes(data[:8], "little")
    for name, told in json.loads(data[8 : 8 + heading]).items():
        if told.get("dtype") == "F32":
            first, last = told["data_offsets"]
            flat = np.frombuffer(data, np.float32, (last - first) // 4, 8 + heading + first)
            yield name, flat.reshape(told["shape"])


def _batches(pieces: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The places of the texts in groups of `AT_ONCE` word pieces at most; one text may have more."""
    places: list[int] = []
    size = 0
    for place, one in enumerate(pieces):
        if places and size + len(one) > AT_ONCE:
            yield places
            places, size = [], 0
        places.append(place)
        size += len(one)
    if places:
        yield places


def _attended(query: Array, key: Array, value: Array) -> Array:
    """What each word piece of one sentence takes from the others: multi-head attention."""
    query, key, value = (one.reshape(len(one), HEADS, -1).swapaxes(0, 1) for one in (query, key, value))
    scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(SIZE // HEADS))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    seen: Array = (scores @ value).swapaxes(0, 1).reshape(-1, SIZE)
    return seen


def _gelu(inside: Array) -> Array:
    """Half of x (1 + erf(x / sqrt 2)); erf by Abramowitz and Stegun 7.1.26, right to 1.5e-7."""
    size = np.abs(inside) * np.float32(0.7071067811865476)
    step = 1 / (1 + np.float32(0.3275911) * size)
    series = np.float32(1.061405429) * step - np.float32(1.453152027)
    for factor in (1.421413741, -0.284496736, 0.254829592):
        series = series * step + np.float32(factor)
    erf = np.copysign(1 - series * step * np.exp(-size * size), inside)
    half: Array = inside * (1 + erf) * np.float32(0.5)
    return half
