"""Everything that is stored as JSON comes back exactly as it was, and nothing that may happen is forgotten."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import events
from adapters.events import AnyEvent, Content, Part, Picture, Post
from bot.encoding import EVENTS, dump, kind_of, load_content, load_event, load_post
from tests.unit.storage.stage import AT

# Any text, with the halves of surrogate pairs and the zeros that platforms let through.
words = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(["", "\ud83d", "\x00", '"}\n', "👍🏽 é"])
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(timezones=offsets)
accounts = st.builds(events.AccountRef, words, words)
refs = st.builds(events.MessageRef, words, words, words, st.none() | words)
files = st.builds(events.Attachment, words, words, words, st.integers(0, 2**40), st.none() | words)
pictures = st.builds(Picture, words, words, words)
buttons = st.builds(events.Button, words, words, words)
contents = st.builds(
    Content,
    words,
    quote=st.none() | words,
    buttons=st.lists(buttons, max_size=3).map(tuple),
    pictures=st.lists(pictures, max_size=3).map(tuple),
)
parts = st.builds(Part, words, st.lists(pictures, max_size=2).map(tuple))
posts = st.builds(Post, words, words, words, st.lists(parts, max_size=3).map(tuple), st.integers(1, 10**6))

# How to make each kind of field; a field of a new name fails here until somebody says how.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "at": times,
    "sender": accounts,
    "writer": st.none() | accounts,
    "ref": refs,
    "files": st.lists(files, max_size=3).map(tuple),
    "file": files,
    "addressed": st.booleans(),
    "direct": st.booleans(),
    "proven": st.booleans(),
    "joined": st.booleans(),
    "values": st.dictionaries(words, words, max_size=3),
    **dict.fromkeys("event_id platform text command emoji action value form reason replacement".split(), words),
}
KINDS: tuple[type[AnyEvent], ...] = get_args(AnyEvent)


def any_of(kind: type[AnyEvent]) -> st.SearchStrategy[AnyEvent]:
    return st.builds(kind, **{field.name: FIELDS[field.name] for field in dataclasses.fields(kind)})


def test_every_event_of_the_port_can_be_stored() -> None:
    assert {kind.__name__ for kind in KINDS} == EVENTS.keys()
    assert set(EVENTS.values()) == set(KINDS)
    assert set(get_args(events.RoomEvent)) < set(KINDS)
    assert len(KINDS) >= 12


@given(st.one_of([any_of(kind) for kind in KINDS]))
def test_an_event_comes_back_as_it_was(event: AnyEvent) -> None:
    back = load_event(kind_of(event), dump(event))
    assert type(back) is type(event)
    assert back == event
    assert back.at.utcoffset() == event.at.utcoffset()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_back_as_it_was(kind: type[AnyEvent]) -> None:
    event = _plainest(kind)
    assert load_event(kind.__name__, dump(event)) == event


def _plainest(kind: type[AnyEvent]) -> AnyEvent:
    """One of that kind without chance: what each field is made of here."""
    made: dict[str, Any] = {
        "at": AT,
        "sender": events.AccountRef("web", "ama"),
        "writer": events.AccountRef("web", "sam"),
        "ref": events.MessageRef("web", "lobby", "m1", "t1"),
        "files": (events.Attachment("f1", "a.png", "image/png", 12, "A street"),),
        "file": events.Attachment("f2", "staff.csv", "text/csv", 12),
        "addressed": True,
        "direct": False,
        "proven": True,
        "values": {"why": "because"},
    }
    return kind(**{field.name: made.get(field.name, "word") for field in dataclasses.fields(kind)})


@given(contents)
def test_content_comes_back_as_it_was(content: Content) -> None:
    assert load_content(dump(content)) == content


@given(posts)
def test_a_post_comes_back_as_it_was(post: Post) -> None:
    assert load_post(dump(post)) == post


@given(contents)
def test_what_is_stored_is_ascii_on_one_line(content: Content) -> None:
    assert dump(content).isascii()
    assert dump(content).isprintable()


DAMAGED: list[tuple[str, str]] = [
    ("MessageReceived", ""),
    ("MessageReceived", "null"),
    ("MessageReceived", "[]"),
    ("MessageReceived", "5"),
    ("MessageReceived", "{}"),
    ("MessageReceived", '{"at": "yesterday"}'),
    ("MessageReceived", '{"at": 5}'),
    ("MessageDeleted", '{"at": "2026-03-02T09:30:00+00:00", "sender": "ama"}'),
    ("MessageDeleted", '{"at": "2026-03-02T09:30:00+00:00", "mood": "good"}'),
    ("NobodyKnows", '{"at": "2026-03-02T09:30:00+00:00"}'),
    ("Connected", dump(_plainest(events.Disconnected))),
    ("MessageReceived", dump(_plainest(events.MessageDeleted))),
]


@pytest.mark.parametrize(("kind", "body"), DAMAGED)
def test_what_is_none_of_ours_is_refused(kind: str, body: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        load_event(kind, body)


LOADERS: list[Callable[[str], object]] = [load_content, load_post]


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("body", ["", "null", "{}", '{"text": "x"}', '{"buttons": [1], "pictures": []}', "[]"])
def test_damaged_words_are_refused(load: Callable[[str], object], body: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        load(body)


def test_what_cannot_be_stored_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^object cannot be stored$"):
        dump(Content(object()))  # type: ignore[arg-type]  # the fault under test
