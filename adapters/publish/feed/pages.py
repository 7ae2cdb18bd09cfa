"""The pages people read: the list, an announcement, the accessibility statement, and one for wrong addresses."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from adapters.publish.feed.dates import day
from adapters.publish.feed.formats import ATOM, JSON, MEDIA_TYPES, RSS
from adapters.publish.feed.markup import Child, element, html_page
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.view import OWN_LANGUAGE, changed, content, language, moment, title
from adapters.shelf import FeedEntry

FEED_NAMES = {ATOM: "Atom feed", RSS: "RSS feed", JSON: "JSON feed"}

# From a page in a folder of the site, and from the index page, to the index page.
UP, HERE = "../", "./"


def index_page(site: FeedSite, entries: Sequence[FeedEntry]) -> bytes:
    """All announcements, newest first."""
    listed: Element
    if entries:
        listed = element("ol", {"role": "list", "class": "list"}, *(_listed(site, entry) for entry in entries))
    else:
        listed = element("p", {}, "Nothing has been announced yet.")
    heading = element("h1", {"lang": site.language, "dir": "auto"}, site.title)
    return _page(site, HERE, site.title, [heading, listed], canonical=site.address())


def _listed(site: FeedSite, entry: FeedEntry) -> Element:
    words = {"lang": language(entry), "dir": "auto"}
    link = element("a", {"href": f"announcements/{entry.number}"}, title(entry))
    return element("li", {}, element("h2", words, link), element("p", {"class": "when"}, moment(entry.published, site)))


def announcement_page(site: FeedSite, entry: FeedEntry, correction: FeedEntry | None) -> bytes:
    """The permanent page of an announcement, or of its withdrawal."""
    heading = element("h1", {"lang": language(entry), "dir": "auto"}, title(entry))
    main = [heading, _when(site, entry, correction), *content(entry, site, lambda path: UP + path)]
    name = f"{title(entry)} – {site.title}"
    return _page(site, UP, name, [element("article", {}, *main)], canonical=site.page(entry.number))


def _when(site: FeedSite, entry: FeedEntry, correction: FeedEntry | None) -> Element:
    told: list[Child] = ["Published by ", element("span", {"dir": "auto"}, site.organisation), " on "]
    told.append(moment(entry.published, site))
    if changed(entry, correction) != entry.published:
        told += [", last changed on ", moment(changed(entry, correction), site)]
    return element("p", {"class": "when"}, *told, ".")


def missing_page(site: FeedSite, root: str) -> bytes:
    """What a wrong address gets: what may have happened and where to go on."""
    link = element("a", {"href": root}, "the list of all announcements")
    main = [
        element("h1", {}, "There is no page at this address"),
        element("p", {}, "If you typed the address, check that it is right. If you pasted it, check that it is whole."),
        element("p", {}, "You can find what has been published in ", link, "."),
        element("p", {}, "If a link brought you here, please tell us: ", _contact(site), "."),
    ]
    return _page(site, root, f"Page not found – {site.title}", main)


def accessibility_page(site: FeedSite) -> bytes:
    """The statement that the accessibility regulations of 2018 ask of a public body's website."""
    main = [
        element("h1", {}, f"Accessibility statement for {site.title}"),
        element("p", {}, f"These pages are run by {site.organisation}. We want everyone to be able to use them."),
        *_what_works(),
        element("h2", {}, "Feedback and contact information"),
        element(
            "p", {}, "Tell us if you cannot use something here or need it in another format: ", _contact(site), "."
        ),
        *_enforcement(),
        element("h2", {}, "Compliance status"),
        element("p", {}, _review(site)),
    ]
    return _page(site, HERE, f"Accessibility – {site.title}", main, canonical=site.address("accessibility"))


def _what_works() -> list[Element]:
    able = (
        "zoom in up to 400% without the text spilling off the screen",
        "use all of it with a keyboard alone",
        "listen to all of it with a screen reader: pictures have descriptions, and languages are marked",
        "read it in light or dark colours, as your device is set, and print it",
        "do all of this without scripts and without cookies: there are none",
    )
    return [
        element("h2", {}, "How accessible these pages are"),
        element("p", {}, "You should be able to:"),
        element("ul", {}, *(element("li", {}, line) for line in able)),
    ]


def _enforcement() -> list[Element]:
    address = "https://www.equalityadvisoryservice.com/"
    service = element("a", {"href": address}, "Equality Advisory and Support Service")
    rules = "the Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018"
    body = f"The Equality and Human Rights Commission (EHRC) is responsible for enforcing {rules}."
    told = " If you are not happy with how we respond to your complaint, contact the "
    return [
        element("h2", {}, "Enforcement procedure"),
        element("p", {}, body, told, service, "."),
        element("p", {}, "In Northern Ireland, contact the Equality Commission for Northern Ireland instead."),
    ]


def _review(site: FeedSite) -> str:
    made = "The pages are made to meet the Web Content Accessibility Guidelines version 2.2, level AA. "
    tested = "The software that makes them is tested automatically. "
    if site.reviewed is None:
        return made + tested + "They have not been audited by a person yet, so full compliance is not claimed."
    return made + tested + f"They were last reviewed by a person on {day(site.reviewed)}."


def _contact(site: FeedSite) -> Child:
    """The address to write to; without one the name has to do, as a link without words helps nobody."""
    return element("a", {"href": f"mailto:{site.contact}"}, site.contact) if site.contact else site.organisation


def _page(site: FeedSite, root: str, name: str, main: list[Element], canonical: str | None = None) -> bytes:
    body = element(
        "body",
        {},
        element("a", {"href": "#main", "class": "skip"}, "Skip to main content"),
        _header(site, root),
        element("main", {"id": "main", "tabindex": "-1"}, *main),
        _footer(site, root),
    )
    return html_page(element("html", {"lang": OWN_LANGUAGE}, _head(root, name, canonical), body))


def _head(root: str, name: str, canonical: str | None) -> Element:
    feeds = [
        element("link", {"rel": "alternate", "type": MEDIA_TYPES[path], "title": named, "href": root + path})
        for path, named in FEED_NAMES.items()
    ]
    permanent = [element("link", {"rel": "canonical", "href": canonical})] if canonical else []
    return element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("title", {}, name),
        element("link", {"rel": "stylesheet", "href": f"{root}static/feed.css"}),
        element("link", {"rel": "icon", "type": "image/svg+xml", "href": f"{root}static/icon.svg"}),
        *permanent,
        *feeds,
    )


def _header(site: FeedSite, root: str) -> Element:
    link = element("a", {"href": root, "lang": site.language, "dir": "auto"}, site.organisation)
    return element("header", {}, element("p", {}, link))


def _footer(site: FeedSite, root: str) -> Element:
    links = {root: "All announcements"}
    links |= {root + path: named for path, named in FEED_NAMES.items()}
    links[f"{root}accessibility"] = "Accessibility"
    entries = [element("li", {}, element("a", {"href": href}, words)) for href, words in links.items()]
    named = {"aria-label": "This site"}
    contact = element("p", {}, "Contact: ", _contact(site))
    return element("footer", {}, element("nav", named, element("ul", {"role": "list"}, *entries)), contact)
