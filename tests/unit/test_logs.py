"""What libraries say through Python's own logging becomes one JSON line each, without anything they quote."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import logs

WORDS = "Mr Lowe of 4 Mill Lane"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    ours = [one for one in root.handlers if one not in handlers]
    logs.set_up()
    for handler in ours:
        assert isinstance(handler, logging.StreamHandler)
        handler.stream.close()
    root.handlers[:], root.level = handlers, level


def test_a_library_that_fails_leaves_one_line_and_no_word(tmp_path: Path) -> None:
    file = tmp_path / "switchboard.log"
    logs.set_up(file=file)
    speaker = logging.getLogger("some.library")
    try:
        raise ValueError(WORDS)
    except ValueError:
        speaker.exception("It broke at %s", WORDS)
    speaker.error("It broke at %s\nand %s", WORDS, WORDS, stack_info=True)
    speaker.warning("Odd: %s", WORDS)
    logs.get("test").info("started")
    text = file.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert WORDS not in text
    assert lines[:2] == [
        {"event": "library", "logger": "some.library", "level": "error", "error": "ValueError"},
        {"event": "library", "logger": "some.library", "level": "error"},
    ]
    assert [line["event"] for line in lines[2:]] == ["started"]
