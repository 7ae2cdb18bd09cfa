"""Nothing that anybody writes becomes markup: every payload in every field of every output (SECURITY row 4, 10)."""

import json
import re
import xml.etree.ElementTree as Tree
from collections.abc import Callable, Sequence
from dataclasses import replace

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.publish.feed.formats import atom, json_feed, rss
from adapters.publish.feed.markup import element
from adapters.publish.feed.pages import accessibility_page, announcement_page, index_page, missing_page
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.text import legal, paragraphs
from adapters.shelf import FeedEntry
from tests.contract.feed_stage import SITE
from tests.unit.publish.payloads import PAYLOADS
from tests.unit.publish.reading import ALLOWED, PICTURE, Page, atom_entries, entry, json_items, rss_items

LINK = re.compile(r"https?://[^\s<>\"]+|(?:\.\.?/)*[\w./#-]*|mailto:.*", re.IGNORECASE | re.DOTALL)
Fields = tuple[FeedSite, FeedEntry]
FIELDS: dict[str, Callable[[str], Fields]] = {
    "text": lambda text: (SITE, entry(text)),
    "language": lambda text: (SITE, entry(language=text)),
    "alt": lambda text: (SITE, entry(pictures=(replace(PICTURE, alt=text),))),
    "title": lambda text: (replace(SITE, title=text), entry()),
    "organisation": lambda text: (replace(SITE, organisation=text), entry()),
    "contact": lambda text: (replace(SITE, contact=text), entry()),
    "site language": lambda text: (replace(SITE, language=text), entry()),
}
PAGES: dict[str, Callable[[FeedSite, FeedEntry], bytes]] = {
    "index": lambda site, shown: index_page(site, [shown]),
    "announcement": lambda site, shown: announcement_page(site, shown, None),
    "accessibility": lambda site, shown: accessibility_page(site),
    "missing": lambda site, shown: missing_page(site, "../"),
}
Read = Callable[[bytes], Sequence[dict[str, str]]]
FEEDS: dict[str, tuple[Callable[[FeedSite, Sequence[FeedEntry]], bytes], Read]] = {
    "atom": (atom, atom_entries),
    "rss": (rss, rss_items),
    "json": (json_feed, json_items),
}


def check_markup(html: str) -> Page:
    """Only our own elements and attributes stand here, and links lead where they say."""
    page = Page.of(html)
    assert not page.others, page.others
    for tag, attributes in page.tags:
        assert tag in ALLOWED, tag
        assert set(attributes) <= ALLOWED[tag], (tag, attributes)
        assert attributes.get("class", "when") in {"when", "text", "notice", "skip", "list"}
        assert LINK.fullmatch(attributes.get("href", "")), attributes
    return page


def joined(text: str) -> str:
    """The words of a text, without the white space that layout may change."""
    return "".join("".join(lines) for lines in paragraphs(text))


def check_page(make: Callable[[FeedSite, FeedEntry], bytes], fields: Fields) -> Page:
    html = make(*fields).decode("utf-8")
    assert html.startswith("<!doctype html>\n")
    assert legal(html) == html
    return check_markup(html.removeprefix("<!doctype html>\n"))


def check_feed(name: str, fields: Fields) -> list[Page]:
    write, read = FEEDS[name]
    site, shown = fields
    document = write(site, [shown, entry("Another one, harmless.", number=11)])
    items = read(document)
    assert [item["id"] for item in items] == [site.entry_id(12), site.entry_id(11)]
    return [check_markup(item["html"]) for item in items]


@pytest.mark.parametrize("tag", ["script", "style"])
def test_elements_whose_text_would_not_be_escaped_are_not_built(tag: str) -> None:
    with pytest.raises(ValueError, match="not be escaped"):
        element(tag, {}, "text")


def test_the_table_is_long_enough() -> None:
    assert len(PAYLOADS) >= 200
    assert len(FIELDS) * (len(PAGES) + len(FEEDS)) == 49


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("page", PAGES)
def test_no_payload_changes_a_page(page: str, field: str) -> None:
    for payload in PAYLOADS:
        check_page(PAGES[page], FIELDS[field](payload))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("feed", FEEDS)
def test_no_payload_changes_a_feed(feed: str, field: str) -> None:
    for payload in PAYLOADS:
        check_feed(feed, FIELDS[field](payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_shown_as_it_is_written(payload: str) -> None:
    shown = check_page(PAGES["announcement"], FIELDS["text"](payload))
    assert joined(payload) in shown.words.replace("\n", "")
    for feed in FEEDS:
        page = check_feed(feed, FIELDS["text"](payload))[0]
        assert page.words.replace("\n", "") == joined(payload)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_alternative_text_is_kept(payload: str) -> None:
    fields = FIELDS["alt"](payload)
    pages = [check_page(PAGES["announcement"], fields), *(check_feed(feed, fields)[0] for feed in FEEDS)]
    assert [page.all("img")[0]["alt"] for page in pages] == [legal(payload)] * len(pages)


@pytest.mark.parametrize("write", [atom, rss], ids=["atom", "rss"])
def test_a_feed_reader_finds_nothing_to_repair(write: Callable[[FeedSite, Sequence[FeedEntry]], bytes]) -> None:
    for payload in PAYLOADS:
        fields = [make(payload) for make in FIELDS.values()]
        parsed = feedparser.parse(write(fields[3][0], [replace(fields[0][1], pictures=fields[2][1].pictures)]))
        assert not parsed.bozo, (payload, parsed.get("bozo_exception"))
        assert len(parsed.entries) == 1


anything = st.text(st.characters(exclude_categories=()), max_size=80)


@settings(max_examples=60, deadline=None)
@given(text=anything, language=anything, alt=anything, title=anything)
def test_nothing_anybody_writes_breaks_anything(text: str, language: str, alt: str, title: str) -> None:
    shown = entry(text, language=language, pictures=(replace(PICTURE, alt=alt),))
    fields = (replace(SITE, title=title, organisation=alt), shown)
    for make in PAGES.values():
        check_page(make, fields)
    for feed in FEEDS:
        page = check_feed(feed, fields)[0]
        assert page.words.replace("\n", "") == joined(text)
        assert page.all("img")[0]["alt"] == legal(alt)
    assert json.loads(json_feed(*_one(fields)))["items"][0]["content_text"] == legal(text)
    assert Tree.fromstring(atom(*_one(fields))).tag.endswith("feed")


def _one(fields: Fields) -> tuple[FeedSite, list[FeedEntry]]:
    return fields[0], [fields[1]]


@pytest.mark.parametrize("payload", [text for text in PAYLOADS if "script:" in text.casefold() or "data:" in text])
def test_only_web_addresses_become_links(payload: str) -> None:
    page = check_page(PAGES["announcement"], FIELDS["text"](payload))
    body = [link["href"] for link in page.all("a") if not link["href"].startswith((".", "#", "mailto:news@"))]
    assert all(re.match(r"https?://[\w.\[\]:-]+", link, re.IGNORECASE) for link in body)
    assert all(link in payload for link in body)
