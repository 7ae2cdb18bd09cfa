"""The page that says what the tests of the channels rest on names every implementation, and tests that are there."""

import re
from pathlib import Path

import pytest

from tests.contract.test_publishers import PUBLISHERS

PAGE = Path("docs/reference/channel-tests.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_every_implementation_is_named_and_no_other() -> None:
    table = PAGE.partition("| implementation | part |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`([\w+-]+)`", table)) == sorted(PUBLISHERS)


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_test_that_it_names_is_there(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\(", Path(file).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_a_file_that_it_names_is_there(file: str) -> None:
    assert Path(file).exists()
