"""Normal forms, stems, and the repair of single words: false friends stay strangers."""

import pytest

from directory.vocabulary import Spelling, normal, stem, words

SAME_STEM = (
    "map maps mapping mapped",
    "plan plans planning planned",
    "policy policies",
    "drone drones",
    "house housing",
)
OTHER_STEM = (
    ("gis", "gist"),
    ("bus", "business"),
    ("pension", "pensioner"),
    ("organ", "organisation"),
    ("access", "acce"),
)


@pytest.mark.parametrize("family", SAME_STEM)
def test_one_stem_for_a_family(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


@pytest.mark.parametrize(("one", "other"), OTHER_STEM)
def test_two_stems_for_strangers(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_words() -> None:
    assert words("G.I.S. mapping, C# & O’Brien's café") == ["gis", "mapping", "c#", "and", "obriens", "cafe"]
    assert normal("  Łukasz ap Iorwerth-Évans ") == "lukasz ap iorwerth evans"
    assert normal("SQL Server") == "sql server"


KNOWN = ("gis", "legislation", "flood", "mapping", "polish", "asbestos", "java")
REPAIRS = {
    "flod": "flood",
    "asbetsos": "asbestos",
    "mappign": "mapping",
    "legislaton": "legislation",
    "gi": None,
    "gid": None,
    "jave": "java",
    "javascript": None,
    "floral": None,
    "p405": None,
}


@pytest.mark.parametrize("typed", REPAIRS)
def test_repair(typed: str) -> None:
    assert Spelling((word, 1) for word in KNOWN).repair(typed) == REPAIRS[typed]


def test_the_commoner_of_two_equally_near_words_is_taken() -> None:
    assert Spelling([("bread", 1), ("break", 5)]).repair("breat") == "break"
