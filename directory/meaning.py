"""Labels and terms as vectors, ready for questions."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from directory import intent, term_vectors, vectors
from directory.arrays import Vectors
from directory.encoder import Encoder
from directory.intent import Direction
from directory.thesaurus import Thesaurus

AT_ONCE = 1000  # labels in one matrix product: bounds the memory


class Vectored:
    """The vectors of some labels and of a thesaurus's terms, a row each in that order; see `encoder.Meaning`."""

    def __init__(
        self,
        encoder: Encoder,
        labels: Sequence[str],
        thesaurus: Thesaurus,
        made: Mapping[str, Vectors],
        direction: Direction,
    ) -> None:
        """Stack what was `made`."""
        self._encoder, self._direction = encoder, direction
        self._labels = len(labels)
        self._rows = np.stack([made[text] for text in (*labels, *thesaurus.terms)]).astype(np.float32)

    def cosine(self, label: int, term: int) -> float:
        """How near a label is to a term."""
        return float(self._rows[label] @ self._rows[self._labels + term])

    def near(self, least: Sequence[float]) -> Iterator[tuple[int, int, float]]:
        """Label, term and their cosine, where it is at least what is wanted of that term."""
        terms, wanted = self._rows[self._labels :], np.array(least, np.float32)
        for first in range(0, self._labels, AT_ONCE):
            cosines = self._rows[first : min(first + AT_ONCE, self._labels)] @ terms.T
            for place, number in np.argwhere(cosines >= wanted):
                yield first + int(place), int(number), float(cosines[place, number])

    def read(self, text: str, topic: str) -> tuple[list[float], float]:
        """The cosine of each label and term with a question, and the logit of the chance that somebody is asked for."""
        pair = self._encoder.encode([text, topic])
        middle = pair.sum(axis=0)
        cosines: list[float] = (self._rows @ (middle / np.linalg.norm(middle))).tolist()
        return cosines, self._direction.of(pair[0])


async def of(session: AsyncSession, encoder: Encoder, labels: Sequence[str], thesaurus: Thesaurus) -> Vectored | None:
    """The vectors of all; None while some are missing, as a score with one and one without cannot be compared.

    Those that come with the product are missing when they belong to another model or other lists.
    """
    made = await vectors.stored(session, encoder, labels)
    made |= term_vectors.load(encoder.model, thesaurus)
    direction = intent.load(encoder.model)
    if direction is None or not all(text in made for text in (*labels, *thesaurus.terms)):
        return None
    return await asyncio.to_thread(Vectored, encoder, labels, thesaurus, made, direction)
