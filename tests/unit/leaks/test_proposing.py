"""A first contacts file from past posts: what is published again and again, and nothing that stood there once."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.contacts import app
from bot.leaks.context import read_contacts
from bot.leaks.proposing import as_toml, propose
from bot.leaks.scan import scan

POSTS = [
    "Contact us on 01632 960100 or hello@anytown.example.",
    "Questions? 01632960100. Cllr Ama Mensah holds her surgery on Saturday.",
    "Pay to 00-12-34 12345678 or call 01632 960 100; planning@anytown.gov.uk",
    "Sort code 00-12-34, account 12345678. Cllr Ama Mensah, thank you! planning@anytown.gov.uk",
    "Bryn's own mobile is 07700 900418.",
]


def test_what_stands_in_two_posts_is_proposed_and_what_stood_once_is_not() -> None:
    found = {(one.key, one.written): one.posts for one in propose(POSTS)}
    assert found == {
        ("published_phones", "01632 960100"): 3,
        ("published_emails", "planning@anytown.gov.uk"): 2,
        ("published_bank", "00-12-34 12345678"): 2,
        ("councillors", "Ama Mensah"): 2,
        ("own_domains", "anytown.gov.uk"): 2,
    }


def test_the_proposal_can_be_used_and_makes_it_quiet() -> None:
    contacts = read_contacts(as_toml(propose(POSTS)).encode(), "contacts.toml")
    for post in POSTS[1:4]:
        assert not [finding for finding in scan(post, contacts).findings if finding.severity.stops], post
    assert scan(POSTS[4], contacts).findings[0].severity.stops


def run(path: Path) -> Result:
    return CliRunner().invoke(app, ["propose", str(path)])


def written(folder: Path, kind: str) -> Path:
    """The posts as a file of a kind, or as a folder of texts."""
    if kind == "folder":
        (folder / "posts").mkdir()
        for number, post in enumerate(POSTS):
            (folder / "posts" / f"{number}.txt").write_text(post)
        (folder / "posts" / "picture.png").write_bytes(b"\x89PNG\xff")
        return folder / "posts"
    texts = {
        "lines.jsonl": "\n".join(json.dumps({"id": 1, "text": post}) for post in POSTS),
        "list.json": json.dumps(POSTS),
        "feed.json": json.dumps({"items": [{"content_html": f"<p>{post}</p>"} for post in POSTS]}),
        "feed.xml": "<rss>"
        + "".join(f"<item><title>x</title><description>{post}</description></item>" for post in POSTS),
        "plain": "\n".join(POSTS),
    }
    path = folder / kind
    path.write_text(texts[kind])
    return path


@pytest.mark.parametrize("kind", ["folder", "lines.jsonl", "list.json", "feed.json", "feed.xml", "plain"])
def test_past_posts_come_in_many_forms(tmp_path: Path, kind: str) -> None:
    result = run(written(tmp_path, kind))
    assert result.exit_code == 0, result.stderr
    assert '"01632 960100",  # in 3 posts' in result.stdout
    assert "07700" not in result.stdout


def test_what_cannot_be_read_is_said_in_a_line(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.jsonl", tmp_path / "binary.txt"
    empty.write_text("{}")
    binary.write_bytes(b"\xff\xfe\x00")
    for path, words in (
        (empty, "Nothing was found"),
        (binary, "it is not UTF-8 text"),
        (tmp_path / "no", "No such file"),
    ):
        result = run(path)
        assert result.exit_code == 2
        assert words in result.stderr
        assert result.stderr.count("\n") == 1


def test_odd_signs_in_an_entry_do_not_break_the_file() -> None:
    posts = ['Cllr Ama "Quote\\" Mensah', "x"]
    assert read_contacts(as_toml(propose(posts * 2)).encode(), "c.toml") is not None
