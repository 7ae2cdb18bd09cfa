"""The reference page of the staff file says what the code does."""

from directory.columns import BY_KEY, SYNONYMS, heading_key
from tests.unit.directory.staff_file_page import MEANING, PAGE, page


def test_the_page_is_made_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_field_is_explained_and_every_name_means_one_field() -> None:
    names = [heading_key(name) for synonyms in SYNONYMS.values() for name in synonyms]
    assert names
    assert len(BY_KEY) == len({(heading_key(name), field) for field, many in SYNONYMS.items() for name in many})
    assert MEANING.keys() == SYNONYMS.keys()
