"""The diagram of the house is made from the code and is current."""

import pytest

from tests.docs import diagram

pytestmark = pytest.mark.docs


def test_the_diagram_is_current() -> None:
    assert diagram.PAGE.read_text(encoding="utf-8") == diagram.page(), "run: python -m tests.docs.diagram"


def test_what_longer_ways_imply_is_left_out() -> None:
    pairs = {("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}
    assert diagram.reduced(pairs) == {("a", "b"), ("b", "c"), ("a", "d")}


def test_every_package_has_its_frame() -> None:
    drawn = diagram.drawing({("bot.app", "adapters.ports"), ("directory", "config")})
    assert [f"subgraph {name}_[{name}]" in drawn for name in diagram.PACKAGES] == [True] * 4
    assert "bot.app --> adapters.ports" in drawn
