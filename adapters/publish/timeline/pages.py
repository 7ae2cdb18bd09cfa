"""The pages of the pretend timeline: what it shows, one post, how it is to behave, and one for wrong addresses."""

import xml.etree.ElementTree as Tree
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from adapters.events import Part, Picture, Post
from adapters.publish.timeline.behaviour import BEHAVIOURS, LATE, MOST_SECONDS, SECONDS, WORKS, Behaviour, Kind, Setting
from adapters.publish.timeline.channel import Standing
from adapters.publish.timeline.publisher import MEDIA_TYPES

# From the first page, and from a page in a folder below it, to the first page.
HERE, UP = "./", "../"

NAME = "Pretend timeline"

HEADINGS = {
    Kind.WRITE: "When something is published",
    Kind.LOOK_UP: "When somebody asks whether a post is there",
    Kind.WITHDRAWAL: "When a post is taken down",
}


def first_page(posts: Sequence[Standing]) -> bytes:
    """All posts that stand, newest first."""
    told = element("p", {}, "Here the public would read what was published. Nothing of it leaves this computer.")
    shown = [element("li", {}, _article(one, HERE, 2)) for one in posts]
    listed = element("ol", {"role": "list", "class": "list"}, *shown) if shown else element("p", {}, "No posts yet.")
    again = element("p", {}, element("a", {"href": HERE}, "Look again"))
    return _page(HERE, NAME, element("h1", {}, NAME), told, again, listed)


def post_page(one: Standing | None) -> bytes:
    """The address of one post for ever: the post, or, with None, that it was taken down."""
    if one is None:
        gone = element("p", {}, "The post that stood at this address was taken down.")
        return _page(UP, f"Taken down – {NAME}", element("h1", {}, "Taken down"), gone)
    return _page(UP, f"Post {one.id} – {NAME}", _article(one, UP, 1))


def missing_page(root: str) -> bytes:
    """What a wrong address gets."""
    told = element("p", {}, "Check the address, or go to ", element("a", {"href": root}, "all posts"), ".")
    return _page(root, f"Page not found – {NAME}", element("h1", {}, "There is no page at this address"), told)


def control_page(told: Sequence[Setting]) -> bytes:
    """Where somebody of the demo says how the timeline is to behave."""
    stands = {setting.name for setting in told}
    nodes = [
        element("h1", {}, "How the timeline behaves"),
        element("p", {}, "Real channels fail in these ways now and then. This one fails when you say so."),
        element("p", {"id": "now", "role": "status"}, now_line(told)),
        element("p", {"id": "fault", "role": "alert"}),
        _choice(WORKS, "Does what it should. This ends everything below.", stands),
        *(node for kind in Kind for node in _choices(kind, stands)),
        element("h2", {}, "For how long"),
        _once(),
        _seconds(),
    ]
    return _page(HERE, f"How it behaves – {NAME}", *nodes, script=True)


def now_line(told: Sequence[Setting]) -> str:
    """How the timeline behaves now, in a sentence."""
    return f"Now: {', '.join(_told(setting) for setting in told) or WORKS}."


def _told(setting: Setting) -> str:
    late = f" by {setting.seconds:g} seconds" if setting.name == LATE else ""
    return setting.name + late + (", the next time only" if setting.once else "")


def _choices(kind: Kind, stands: set[str]) -> list[Element]:
    ways: list[Behaviour] = [way for way in BEHAVIOURS.values() if way.kind is kind]
    return [element("h2", {}, HEADINGS[kind]), *(_choice(way.name, way.meaning, stands) for way in ways)]


def _choice(name: str, meaning: str, stands: set[str]) -> Element:
    identity = f"means-{name.replace(' ', '-')}"
    pressed = str(name in stands or (name == WORKS and not stands)).lower()
    attributes = {"type": "button", "data-name": name, "aria-pressed": pressed, "aria-describedby": identity}
    button = element("button", attributes, name)
    return element("p", {"class": "choice"}, button, element("span", {"id": identity}, meaning))


def _once() -> Element:
    box = element("input", {"type": "checkbox", "id": "once"})
    return element("p", {"class": "choice"}, box, element("label", {"for": "once"}, "Only the next time"))


def _seconds() -> Element:
    limits = {"min": "0", "max": f"{MOST_SECONDS:.0f}", "value": f"{SECONDS:g}", "step": "any"}
    box = element("input", {"type": "number", "id": "seconds", **limits})
    label = element("label", {"for": "seconds"}, f"Seconds until a post appears that it {LATE}")
    return element("p", {"class": "choice"}, box, label)


def _article(one: Standing, root: str, level: int) -> Element:
    post = one.post
    address = element("a", {"href": f"{root}posts/{one.id}"}, _moment(one.at))
    who = element(f"h{level}", {}, element("span", {"dir": "auto"}, post.account))
    corrects = f" This corrects announcement {post.corrects}." if post.corrects is not None else ""
    parts = [_part(post, number, part, root) for number, part in enumerate(post.parts, 1)]
    return element("article", {}, who, element("p", {"class": "when"}, address, corrects), *parts)


def _part(post: Post, number: int, part: Part, root: str) -> Element:
    most = len(post.parts)
    count = [element("p", {"class": "when"}, f"Part {number} of {most}")] if most > 1 else []
    text = element("p", {"class": "text", "lang": post.language, "dir": "auto"}, part.text)
    shown = [_picture(picture, post.language, root) for picture in part.pictures]
    return element("div", {"class": "part"}, *count, text, *shown)


def _picture(picture: Picture, language: str, root: str) -> Element:
    path = f"{root}pictures/{picture.sha256}.{MEDIA_TYPES[picture.media_type]}"
    image = element("img", {"src": path, "alt": picture.alt, "lang": language})
    # Shown for those who watch the demo; a screen reader has read the same with the picture.
    told = f"Description: {picture.alt}" if picture.alt else "A decorative picture, without a description"
    return element("figure", {}, image, element("figcaption", {"aria-hidden": "true"}, told))


def _moment(at: datetime) -> Element:
    here = at.astimezone(UTC)
    return element("time", {"datetime": here.isoformat(timespec="milliseconds")}, f"{here:%Y-%m-%d %H:%M:%S} UTC")


def _page(root: str, name: str, *main: Element, script: bool = False) -> bytes:
    skip = element("a", {"href": "#main", "class": "skip"}, "Skip to main content")
    links = {root: "All posts", f"{root}control": "How it behaves"}
    listed = [element("li", {}, element("a", {"href": href}, words)) for href, words in links.items()]
    nav = element("nav", {"aria-label": "The timeline"}, element("ul", {"role": "list"}, *listed))
    body = element(
        "body", {}, skip, element("header", {}, nav), element("main", {"id": "main", "tabindex": "-1"}, *main)
    )
    head = [
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("title", {}, name),
        element("link", {"rel": "stylesheet", "href": f"{root}static/timeline.css"}),
        element("link", {"rel": "icon", "type": "image/svg+xml", "href": f"{root}static/icon.svg"}),
        *([element("script", {"src": f"{root}static/control.js", "defer": ""})] if script else []),
    ]
    page = element("html", {"lang": "en-GB"}, element("head", {}, *head), body)
    return b"<!doctype html>\n" + Tree.tostring(page, encoding="unicode", method="html").encode() + b"\n"


def element(tag: str, attributes: Mapping[str, str] | None = None, *children: Element | str) -> Element:
    """An element with its children in order; the library that writes it out escapes every text."""
    made = Element(tag, dict(attributes or {}))
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + child
        else:
            made.text = (made.text or "") + child
    return made
