"""An entry as it is shown: one place decides what of it is public, for pages and feeds alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from adapters.events import Picture
from adapters.publish.feed.dates import local_day, local_moment, rfc3339
from adapters.publish.feed.markup import element, html
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.text import paragraphs, pieces, title_of
from adapters.shelf import FeedEntry

# The language of the words that this package adds around an announcement.
OWN_LANGUAGE = "en-GB"

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
"""The pictures a browser shows and cannot run, and how their addresses end."""

Address = Callable[[str], str]
"""From a path of the site to what stands in a link: absolute in feeds, relative on pages."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed says of an entry. `text` and `html` are a notice when it was withdrawn."""

    entry: FeedEntry
    id: str
    url: str
    title: str
    text: str
    html: str
    language: str
    updated: datetime


def one_each(entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    """The newest entry of each announcement: an id stands once in a feed (RFC 4287 section 4.1.1)."""
    newest: dict[int, FeedEntry] = {}
    for entry in entries:
        newest.setdefault(entry.number, entry)
    return list(newest.values())


def items(site: FeedSite, entries: Sequence[FeedEntry]) -> list[Item]:
    """The entries as every feed shows them."""
    numbered = {entry.number: entry for entry in entries}
    return [_item(site, entry, numbered.get(entry.corrected_by or 0)) for entry in entries]


def last_change(site: FeedSite, entries: Sequence[FeedEntry]) -> datetime:
    """When anything shown of the entries last changed."""
    numbered = {entry.number: entry for entry in entries}
    return max((changed(entry, numbered.get(entry.corrected_by or 0)) for entry in entries), default=site.begun)


def _item(site: FeedSite, entry: FeedEntry, correction: FeedEntry | None) -> Item:
    return Item(
        entry=entry,
        id=site.entry_id(entry.number),
        url=site.page(entry.number),
        title=title(entry),
        text=entry.text if entry.withdrawn is None else withdrawal(entry.withdrawn, site),
        html=html(*content(entry, site, site.address)),
        language=language(entry),
        updated=changed(entry, correction),
    )


def changed(entry: FeedEntry, correction: FeedEntry | None = None) -> datetime:
    """When what is shown of the entry last changed: published, corrected or withdrawn."""
    moments = [entry.published, entry.withdrawn, correction.published if correction else None]
    return max(moment for moment in moments if moment is not None)


def language(entry: FeedEntry) -> str:
    """The language of what is shown: the announcement's, or ours once only our notice is left."""
    return entry.language if entry.withdrawn is None else OWN_LANGUAGE


def title(entry: FeedEntry) -> str:
    """The title: the announcement's first words, and no word of it once it was withdrawn."""
    name = f"Announcement {entry.number}"
    return title_of(entry.text, otherwise=name) if entry.withdrawn is None else f"{name} (withdrawn)"


def withdrawal(at: datetime, site: FeedSite) -> str:
    """What stands in the place of an announcement withdrawn at that instant."""
    return f"This announcement was withdrawn on {local_day(at, site.zone)}."


def moment(at: datetime, site: FeedSite) -> Element:
    """A date and time that people and programmes can read."""
    return element("time", {"datetime": rfc3339(at)}, local_moment(at, site.zone))


def shown_pictures(entry: FeedEntry) -> list[Picture]:
    """The pictures of an announcement that stands, of the kinds that browsers show."""
    pictures = entry.pictures if entry.withdrawn is None else ()
    return [picture for picture in pictures if picture.media_type in EXTENSIONS]


def picture_path(picture: Picture) -> str:
    """Where the site serves a picture."""
    return f"pictures/{picture.sha256}.{EXTENSIONS[picture.media_type]}"


def content(entry: FeedEntry, site: FeedSite, address: Address) -> list[Element]:
    """All that is shown of an entry: its notices, text and pictures, or that it was withdrawn."""
    if entry.withdrawn is not None:
        return [element("p", {"lang": OWN_LANGUAGE}, withdrawal(entry.withdrawn, site))]
    text = [_paragraph(lines) for lines in paragraphs(entry.text)]
    pictures = [_picture(picture, address) for picture in shown_pictures(entry)]
    # dir="auto" takes the direction from the text and keeps it from turning what follows.
    body = element("div", {"lang": entry.language, "dir": "auto", "class": "text"}, *text, *pictures)
    return [*_notices(entry, address), body]


def _notices(entry: FeedEntry, address: Address) -> list[Element]:
    told = (("This announcement was corrected by ", entry.corrected_by), ("This corrects ", entry.corrects))
    return [_notice(words, number, address) for words, number in told if number is not None]


def _notice(words: str, number: int, address: Address) -> Element:
    link = element("a", {"href": address(f"announcements/{number}")}, f"announcement {number}")
    return element("p", {"lang": OWN_LANGUAGE, "class": "notice"}, words, link, ".")


def _paragraph(lines: list[str]) -> Element:
    children: list[Element | str] = []
    for position, line in enumerate(lines):
        if position:
            children.append(element("br"))
        children += [_piece(piece.text, piece.link) for piece in pieces(line)]
    return element("p", {"dir": "auto"}, *children)


def _piece(text: str, link: str | None) -> Element | str:
    return text if link is None else element("a", {"href": link}, text)


def _picture(picture: Picture, address: Address) -> Element:
    return element("p", {}, element("img", {"src": address(picture_path(picture)), "alt": picture.alt}))
