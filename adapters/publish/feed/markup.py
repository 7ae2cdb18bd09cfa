"""HTML and XML built as a tree, so that every text is escaped by the library that writes it out."""

import xml.etree.ElementTree as Tree
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from adapters.publish.feed.text import legal

Child = Element | str

# HTML does not escape inside these, so nothing may be put there.
_RAW = frozenset({"script", "style"})


def element(tag: str, attributes: Mapping[str, str] | None = None, *children: Child) -> Element:
    """An element with its children in order; illegal characters are taken out of every text and attribute."""
    if tag in _RAW:
        raise ValueError(f"no {tag} element: its text would not be escaped")
    made = Element(tag, {name: legal(value) for name, value in (attributes or {}).items()})
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + legal(child)
        else:
            made.text = (made.text or "") + legal(child)
    return made


def html(*nodes: Element) -> str:
    """The elements written as HTML."""
    return "".join(Tree.tostring(node, encoding="unicode", method="html") for node in nodes)


def html_page(root: Element) -> bytes:
    """A whole page, UTF-8."""
    return b"<!doctype html>\n" + html(root).encode("utf-8") + b"\n"


def xml_document(root: Element) -> bytes:
    """A whole XML document, UTF-8 with its declaration."""
    Tree.indent(root)
    written: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
