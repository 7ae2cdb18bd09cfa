"""The sentence encoder: several texts at once are read as each is alone."""

import numpy as np
from threadpoolctl import threadpool_info

from directory.encoder import SIZE, available

TEXTS = ("who knows about flood mapping?", "flood mapping", "", "sheltered housing " * 40)


def test_texts_of_all_lengths_at_once_are_read_as_each_alone() -> None:
    encoder = available()
    assert encoder
    together = encoder.encode(TEXTS)
    assert together.shape == (len(TEXTS), SIZE)
    assert np.allclose(together, np.concatenate([encoder.encode([text]) for text in TEXTS]), atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together[0] @ together[1] > 0.6 > 0.3 > together[1] @ together[3]


def test_numpy_is_kept_to_one_thread() -> None:
    assert available()
    threads = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
    assert threads
    assert set(threads) == {1}
