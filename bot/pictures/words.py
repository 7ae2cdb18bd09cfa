"""Words in a picture, read in a child process of their own; only with the extra `ocr` (rapidocr-onnxruntime).

The child (`python -m bot.pictures.reader`) reads what was saved anew, so what is read is what will be published, and no
byte of the file as it came reaches the reader. It gets no settings and no secrets, and limited memory and time.
"""

import importlib.util
import json
import subprocess

from bot.pictures.cleaning import CleanPicture, Limits, PictureRefused, command, surroundings

LIMITS = Limits(cpu_seconds=10)
"""Ten seconds of a processor; a card of 1,200 by 675 pixels takes under two, and 0.9 thousand million bytes."""


def can_read() -> bool:
    """Whether the extra that reads words in pictures is installed."""
    return importlib.util.find_spec("rapidocr_onnxruntime") is not None


def read_words(picture: CleanPicture, limits: Limits = LIMITS) -> str:
    """The words in a picture, a line each; spaces between them are mostly lost. Waits for the child.

    Raises `PictureRefused` when the child needs more than the limits: nobody knows what words there are.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command("reader", limits),
            input=picture.data,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            **surroundings(),
        )
    except subprocess.TimeoutExpired as error:
        raise PictureRefused("words_unread") from error
    if child.returncode != 0:
        raise PictureRefused("words_unread")
    return "\n".join(json.loads(child.stdout))
