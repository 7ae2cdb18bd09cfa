"""The feeds as a feed reader, an XML parser and the rules of JSON Feed 1.1 see them."""

import json
import re
import xml.etree.ElementTree as Tree
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest

from adapters.publish.feed.formats import atom, json_feed, rss
from adapters.shelf import FeedEntry
from tests.contract.feed_stage import SITE
from tests.unit.publish.reading import AT, ATOM, PICTURE, atom_entries, entry, json_items, rss_items

HOUR = timedelta(hours=1)
ENTRIES = [
    entry("Y llyfrgell ar agor. Croeso!", number=14, language="cy", published=AT + 2 * HOUR, pictures=(PICTURE,)),
    entry("The library opens at one.", number=13, published=AT + HOUR, corrects=12),
    entry("The library opens at noon.", number=12, corrected_by=13),
    entry("Quokka zeppelin marmalade", number=11, language="gd", published=AT - HOUR, withdrawn=AT),
]
IDS = [f"tag:example.gov.uk,2026-01-01:announcement/{number}" for number in (14, 13, 12, 11)]
TITLES = ["Y llyfrgell ar agor", "The library opens at one", "The library opens at noon", "Announcement 11 (withdrawn)"]
WRITERS = {"atom": (atom, atom_entries), "rss": (rss, rss_items), "json": (json_feed, json_items)}


@pytest.mark.parametrize(("document", "version"), [(atom(SITE, ENTRIES), "atom10"), (rss(SITE, ENTRIES), "rss20")])
def test_a_feed_reader_understands(document: bytes, version: str) -> None:
    parsed = feedparser.parse(document)
    assert (parsed.bozo, parsed.version, parsed.encoding) == (False, version, "utf-8")
    assert (parsed.feed.title, parsed.feed.link) == (SITE.title, SITE.base_url)
    assert [found.id for found in parsed.entries] == IDS
    assert [found.title for found in parsed.entries] == TITLES
    assert [found.link for found in parsed.entries] == [SITE.page(number) for number in (14, 13, 12, 11)]
    assert parsed.entries[0].published_parsed[:6] == (2026, 3, 4, 15, 5, 6)


def test_atom_has_what_the_rfc_requires() -> None:
    root = Tree.fromstring(atom(SITE, ENTRIES))
    assert root.tag == f"{ATOM}feed"
    for holder in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):  # RFC 4287 sections 4.1.1 and 4.1.2: exactly one
            assert len(holder.findall(f"{ATOM}{name}")) == 1
        alternate = [link for link in holder.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternate) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Exampleshire Council"
    stamps = [stamp.text or "" for stamp in root.iter() if stamp.tag in {f"{ATOM}updated", f"{ATOM}published"}]
    assert stamps
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp) for stamp in stamps)
    assert max(stamps) == root.findtext(f"{ATOM}updated")


def test_rss_has_what_the_specification_requires() -> None:
    channel = Tree.fromstring(rss(SITE, ENTRIES)).find("channel")
    assert channel is not None
    assert all(channel.findtext(name) for name in ("title", "link", "description", "language", "lastBuildDate"))
    assert channel.findtext("managingEditor") == "news@example.gov.uk (Exampleshire Council)"
    for item in channel.findall("item"):
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert all(item.findtext(name) for name in ("title", "link", "description", "pubDate"))
    assert channel.findtext("item/pubDate") == "Wed, 04 Mar 2026 15:05:06 GMT"


def json_faults(document: dict[str, Any]) -> list[str]:
    """What the rules of https://jsonfeed.org/version/1.1 say against a document."""
    known = {"version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items"}
    faults = [f"unknown {name}" for name in document if name not in known]
    faults += [name for name in ("title", "version") if not isinstance(document.get(name), str)]
    faults += [] if document["version"] == "https://jsonfeed.org/version/1.1" else ["version"]
    faults += (
        []
        if all(isinstance(who, dict) and (who.get("name") or who.get("url")) for who in document["authors"])
        else ["authors"]
    )
    for item in document["items"]:
        faults += _item_faults(item)
    ids = [item.get("id") for item in document["items"]]
    return faults + ([] if len(set(ids)) == len(ids) else ["an id twice"])


def _item_faults(item: dict[str, Any]) -> list[str]:
    texts = {
        "id",
        "url",
        "title",
        "content_html",
        "content_text",
        "date_published",
        "date_modified",
        "language",
        "image",
    }
    faults = [f"unknown {name}" for name in item if name not in texts and not name.startswith("_")]
    faults += [f"{name} is no text" for name in texts & item.keys() if not isinstance(item[name], str)]
    faults += [] if item.get("id") else ["no id"]
    faults += [] if item.get("content_html") or item.get("content_text") else ["no content"]
    for name in ("date_published", "date_modified"):
        faults += [] if datetime.fromisoformat(item[name]).utcoffset() is not None else [f"{name} without zone"]
    for name in texts & {"url", "image"} & item.keys():
        faults += [] if item[name].startswith("https://") else [f"{name} is no address"]
    extensions = [value for name, value in item.items() if name.startswith("_")]
    return faults + ["an extension is no object" for value in extensions if not isinstance(value, dict)]


def test_json_feed_keeps_the_published_rules() -> None:
    document = json.loads(json_feed(SITE, ENTRIES))
    assert json_faults(document) == []
    assert json_faults(json.loads(json_feed(SITE, []))) == []
    assert [item["id"] for item in document["items"]] == IDS
    assert document["items"][0]["image"] == f"https://www.example.gov.uk/news/pictures/{PICTURE.sha256}.png"
    assert document["items"][1]["_switchboard"] == {"number": 13, "corrects": 12}
    assert document["items"][3]["_switchboard"] == {"number": 11, "withdrawn": "2026-03-04T13:05:06Z"}


@pytest.mark.parametrize("name", WRITERS)
def test_ids_do_not_move_with_the_address(name: str) -> None:
    write, read = WRITERS[name]
    moved = replace(SITE, base_url="https://news.example.org/", title="News", organisation="Example Council")
    assert [found["id"] for found in read(write(moved, ENTRIES))] == IDS
    assert b"https://www.example.gov.uk" not in write(moved, ENTRIES)


@pytest.mark.parametrize("name", WRITERS)
def test_each_entry_has_its_language(name: str) -> None:
    write, read = WRITERS[name]
    assert [found["language"] for found in read(write(SITE, ENTRIES))] == ["cy", "en-GB", "en-GB", "en-GB"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_withdrawn_entry_shares_no_word_with_the_post(name: str) -> None:
    write, _ = WRITERS[name]
    document = write(SITE, ENTRIES[3:]).decode().casefold()
    assert [
        word for word in ("quokka", "zeppelin", "marmalade", PICTURE.sha256, "map", "img") if word in document
    ] == []
    assert "this announcement was withdrawn on 4 march 2026." in document


@pytest.mark.parametrize("name", WRITERS)
def test_a_correction_is_linked_both_ways(name: str) -> None:
    write, read = WRITERS[name]
    _, correction, corrected, _ = read(write(SITE, ENTRIES))
    assert f'This corrects <a href="{SITE.page(12)}">announcement 12</a>.' in correction["html"]
    assert f'This announcement was corrected by <a href="{SITE.page(13)}">announcement 13</a>.' in corrected["html"]


def test_a_correction_and_a_withdrawal_are_updates() -> None:
    stamps = [found["updated"] for found in atom_entries(atom(SITE, ENTRIES))]
    assert stamps == ["2026-03-04T15:05:06Z", "2026-03-04T14:05:06Z", "2026-03-04T14:05:06Z", "2026-03-04T13:05:06Z"]


@pytest.mark.parametrize("name", WRITERS)
def test_pictures_have_whole_addresses(name: str) -> None:
    write, read = WRITERS[name]
    html = read(write(SITE, ENTRIES))[0]["html"]
    assert f'src="{SITE.base_url}pictures/{PICTURE.sha256}.png" alt="A map of the closed roads"' in html


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_entries_give_the_same_bytes(name: str) -> None:
    write, _ = WRITERS[name]
    assert write(SITE, ENTRIES) == write(SITE, list(ENTRIES))


def test_an_empty_feed_is_still_a_feed() -> None:
    assert not feedparser.parse(atom(SITE, [])).bozo
    assert not feedparser.parse(rss(SITE, [])).bozo
    assert Tree.fromstring(atom(SITE, [])).findtext(f"{ATOM}updated") == "2026-01-01T00:00:00Z"


def test_without_an_address_the_feeds_name_nobody() -> None:
    bare = replace(SITE, contact="")
    assert json_faults(json.loads(json_feed(bare, ENTRIES))) == []
    for write in (atom, rss):
        assert not feedparser.parse(write(bare, ENTRIES)).bozo
    for document in (atom(bare, ENTRIES), rss(bare, ENTRIES), json_feed(bare, ENTRIES)):
        assert not [word for word in (b"mailto", b"<email", b"managingEditor") if word in document]


def test_a_picture_no_browser_shows_is_left_out() -> None:
    odd = entry(pictures=(replace(PICTURE, media_type="image/svg+xml"),))
    assert b"<img" not in json_feed(SITE, [odd])
    assert b'"image"' not in json_feed(SITE, [odd])


def test_a_time_without_a_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="zone"):
        FeedEntry("k", 1, "text", "en", (), datetime(2026, 3, 4, tzinfo=UTC).replace(tzinfo=None))
    assert FeedEntry("k", 1, "text", "en", (), datetime(2026, 3, 4, tzinfo=UTC)).withdrawn is None
