"""The three feeds: Atom 1.0 (RFC 4287), RSS 2.0 (rssboard.org) and JSON Feed 1.1 (jsonfeed.org)."""

import json
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from adapters.publish.feed.dates import rfc3339, rfc5322
from adapters.publish.feed.markup import element, xml_document
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.text import legal
from adapters.publish.feed.view import Item, items, last_change, picture_path, shown_pictures
from adapters.shelf import FeedEntry

ATOM, RSS, JSON = "feed.atom", "feed.rss", "feed.json"
MEDIA_TYPES = {ATOM: "application/atom+xml", RSS: "application/rss+xml", JSON: "application/feed+json"}
"""Where the feeds stand on the site, and what they are."""


def atom(site: FeedSite, entries: Sequence[FeedEntry]) -> bytes:
    """The Atom feed. A withdrawn entry keeps its id and loses its content."""
    shown = items(site, entries)
    email = [element("email", {}, site.contact)] if site.contact else []
    author = element("author", {}, element("name", {}, site.organisation), *email)
    root = element(
        "feed",
        {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": site.language},
        element("id", {}, site.feed_id),
        element("title", {}, site.title),
        element("updated", {}, rfc3339(last_change(site, entries))),
        author,
        element("link", {"rel": "self", "href": site.address(ATOM), "type": MEDIA_TYPES[ATOM]}),
        element("link", {"rel": "alternate", "href": site.address(), "type": "text/html"}),
        *(_atom_entry(site, item) for item in shown),
    )
    return xml_document(root)


def _atom_entry(site: FeedSite, item: Item) -> Element:
    related = [number for number in (item.entry.corrects, item.entry.corrected_by) if number is not None]
    return element(
        "entry",
        {"xml:lang": item.language},
        element("id", {}, item.id),
        element("title", {}, item.title),
        element("published", {}, rfc3339(item.entry.published)),
        element("updated", {}, rfc3339(item.updated)),
        element("link", {"rel": "alternate", "href": item.url, "type": "text/html"}),
        *(element("link", {"rel": "related", "href": site.page(number)}) for number in related),
        element("content", {"type": "html"}, item.html),
    )


def rss(site: FeedSite, entries: Sequence[FeedEntry]) -> bytes:
    """The RSS feed. It knows no tombstones: a withdrawn item keeps its guid, and its words are replaced."""
    shown = items(site, entries)
    editor = [element("managingEditor", {}, f"{site.contact} ({site.organisation})")] if site.contact else []
    channel = element(
        "channel",
        {},
        element("title", {}, site.title),
        element("link", {}, site.address()),
        element("description", {}, f"Announcements by {site.organisation}"),
        element("language", {}, site.language),
        *editor,
        element("lastBuildDate", {}, rfc5322(last_change(site, entries))),
        element("atom:link", {"rel": "self", "href": site.address(RSS), "type": MEDIA_TYPES[RSS]}),
        *(_rss_item(item) for item in shown),
    )
    spaces = {"xmlns:atom": "http://www.w3.org/2005/Atom", "xmlns:dc": "http://purl.org/dc/elements/1.1/"}
    return xml_document(element("rss", {"version": "2.0", **spaces}, channel))


def _rss_item(item: Item) -> Element:
    return element(
        "item",
        {},
        element("title", {}, item.title),
        element("link", {}, item.url),
        element("guid", {"isPermaLink": "false"}, item.id),
        element("pubDate", {}, rfc5322(item.entry.published)),
        element("dc:language", {}, item.language),
        element("description", {}, item.html),
    )


def json_feed(site: FeedSite, entries: Sequence[FeedEntry]) -> bytes:
    """The JSON feed. It knows no tombstones: a withdrawn item keeps its id, and its words are replaced."""
    address = {"url": f"mailto:{site.contact}"} if site.contact else {}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "home_page_url": site.address(),
        "feed_url": site.address(JSON),
        "language": site.language,
        "authors": [{"name": site.organisation, **address}],
        "items": [_json_item(site, item) for item in items(site, entries)],
    }
    return json.dumps(_legal(document), ensure_ascii=False, indent=1).encode("utf-8")


def _legal(value: object) -> object:
    """The document with only legal characters, as the builder of XML and HTML sees to by itself."""
    if isinstance(value, dict):
        return {name: _legal(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_legal(inner) for inner in value]
    return legal(value) if isinstance(value, str) else value


def _json_item(site: FeedSite, item: Item) -> dict[str, object]:
    written: dict[str, object] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "content_text": item.text,
        "date_published": rfc3339(item.entry.published),
        "date_modified": rfc3339(item.updated),
        "language": item.language,
        "_switchboard": _extension(item.entry),
    }
    if pictures := shown_pictures(item.entry):
        written["image"] = site.address(picture_path(pictures[0]))
    return written


def _extension(entry: FeedEntry) -> dict[str, object]:
    # JSON Feed 1.1, "Extensions": names of our own begin with an underscore.
    known = {"number": entry.number, "corrects": entry.corrects, "corrected_by": entry.corrected_by}
    written: dict[str, object] = {name: value for name, value in known.items() if value is not None}
    if entry.withdrawn is not None:
        written["withdrawn"] = rfc3339(entry.withdrawn)
    return written
