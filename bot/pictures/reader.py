"""What runs in the child process that reads the words in a picture which was saved anew."""

import json
import sys
from typing import NoReturn

from rapidocr_onnxruntime import RapidOCR

from bot.pictures.child import limit
from bot.pictures.cleaning import Limits

_SUREST = 0.5
"""Below this a reading is a guess (the library's own threshold)."""


def _read(data: bytes) -> list[str]:
    """The lines of words in a picture, from the top down."""
    # One thread: the limit of processor time counts them all.
    found, _ = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)(data)
    return [words for _, words, sure in found or [] if float(sure) >= _SUREST]


def _run() -> NoReturn:
    limit(Limits(**json.loads(sys.argv[1])))
    try:
        lines = _read(sys.stdin.buffer.read())
    except MemoryError:
        sys.exit(1)
    sys.stdout.write(json.dumps(lines))
    sys.exit(0)


if __name__ == "__main__":
    _run()
