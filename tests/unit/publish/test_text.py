"""Titles, paragraphs and links of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.publish.feed.text import TITLE_LENGTH, legal, paragraphs, pieces, title_of

TITLES = {
    "The library opens at noon.": "The library opens at noon",
    "The library opens at noon. The pool is shut.": "The library opens at noon",
    "Road closed\nMill Lane is closed.": "Road closed",
    "\n\n  Road   closed \nMill Lane": "Road closed",
    "St. Mary's Road is closed. Use Mill Lane.": "St. Mary's Road is closed",
    "Call Mr. J. Smith at 5 p.m. today. Thank you.": "Call Mr. J. Smith at 5 p.m. today",
    "Is it open? Yes.": "Is it open?",
    "It is open! Come in.": "It is open!",
    "\u201cIt is open.\u201d So they said.": "\u201cIt is open.\u201d",
    "Visit www.example.gov.uk today. Bye.": "Visit www.example.gov.uk today",
    "It costs \u00a33.50 a day. Or more.": "It costs \u00a33.50 a day",
    "": "Announcement 1",
    " \n\t": "Announcement 1",
    "\x00\x01": "Announcement 1",
}


@pytest.mark.parametrize(("text", "title"), TITLES.items())
def test_the_title_is_the_first_sentence_or_line(text: str, title: str) -> None:
    assert title_of(text, otherwise="Announcement 1") == title


def test_a_long_title_is_cut_at_a_word() -> None:
    title = title_of(
        "The council has decided, after a long debate, that the old swimming pool, which many like, stays", "x"
    )
    assert title == "The council has decided, after a long debate, that the old swimming pool, which\u2026"


def test_a_title_of_one_long_word_is_cut_between_characters() -> None:
    assert title_of("\u6f22" * 200, "x") == "\u6f22" * (TITLE_LENGTH - 1) + "\u2026"
    thumbs = "\U0001f44d\U0001f3fd"
    assert title_of("x" + thumbs * 100, "x").removesuffix("\u2026").endswith(thumbs)
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert not title_of("xx" + family * 100, "x").removesuffix("\u2026").endswith("\u200d")


@given(st.text(max_size=300))
def test_a_title_is_short_one_line_and_never_empty(text: str) -> None:
    title = title_of(text, "Announcement 1")
    assert 1 <= len(title) <= TITLE_LENGTH + 1
    assert "\n" not in title


def test_blank_lines_part_paragraphs() -> None:
    assert paragraphs("\none\ntwo\r\n\r\nthree\n \t\n\n  four") == [["one", "two"], ["three"], ["  four"]]
    assert paragraphs(" \n") == [[" "]]
    assert paragraphs("") == []


LINKS = {
    "See https://a.example/b.": ["https://a.example/b"],
    "(https://a.example/b_(c))": ["https://a.example/b_(c)"],
    "https://a.example/?q=1&r=2, http://b.example!": ["https://a.example/?q=1&r=2", "http://b.example"],
    "\u2018https://a.example\u2019": ["https://a.example"],
    "HTTPS://A.EXAMPLE/X": ["HTTPS://A.EXAMPLE/X"],
    "https://[::1]/x": ["https://[::1]/x"],
    "https://a.example/\u0175": ["https://a.example/\u0175"],
    "javascript:alert(1)": [],
    "ftp://a.example": [],
    "www.example.gov.uk": [],
    "https://": [],
    "https://council.example@elsewhere.example/": [],
    "https://council.example\\@elsewhere.example/": [],
    "https://a.example:99999/": [],
    "xhttps://a.example": [],
    "https://a.example/\u202egpj.exe": ["https://a.example/"],
    "https://a.example<script>": ["https://a.example"],
}


@pytest.mark.parametrize(("line", "links"), LINKS.items())
def test_only_whole_honest_web_addresses_are_links(line: str, links: list[str]) -> None:
    assert [piece.link for piece in pieces(line) if piece.link] == links


@given(st.text(st.sampled_from("https://a.b()@:\\ \u202e.x"), max_size=60) | st.text(max_size=60))
def test_the_pieces_of_a_line_are_the_line(line: str) -> None:
    found = list(pieces(line))
    assert "".join(piece.text for piece in found) == line
    assert all(piece.link in {None, piece.text} for piece in found)


def test_controls_and_what_is_no_character_are_taken_out() -> None:
    assert legal("a\x00b\x0bc\x1bd\x7fe\x85f\ud800g\ufffeh\U0001ffffi") == "abcdefghi"
    assert legal("a\tb\nc\r\nd\re") == "a\tb\nc\nd\ne"
    assert legal("\u00a0\ufdf0\ufffd\U0001f4da\u200d") == "\u00a0\ufdf0\ufffd\U0001f4da\u200d"
