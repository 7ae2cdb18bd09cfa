"""A text that is too long for one post of a channel: where it is cut, so that each post reads well by itself.

Nothing is added and no word is lost; only the blanks at a cut go. Where it is cut is stored with the revision and is
part of what people approve, so that a server that takes more or less tomorrow changes nothing that was agreed.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from adapters.events import Part, Picture, Post
from adapters.particular import Counted, Threaded, Threads
from bot.announcements import wordings
from bot.services import Services

Cuts = Mapping[str, Sequence[tuple[int, int]]]
"""Channel -> where each of its posts begins and ends in its words; channels that take them in one are not there."""

PARAGRAPH = re.compile(r"\s*\n\s*\n\s*")
SENTENCE = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+(?=\S)")
WORD = re.compile(r"\s+")

SHORT = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Cllr|Sgt|St|Rd|Ave|No|Nos|Tel|Fig|e\.g|i\.e|cf|vs)\.$"
)
"""A word with a full stop after which a sentence goes on: "St. Mary's", "J. Smith"."""

LEAST = 3
"""A post holds at least a third of what it may when it ends with a sentence; else it ends between two words."""


BEGINNING = 4
"""Words by which one finds the place."""


def cut(text: str, most: int, length: Callable[[str], int], posts: int) -> list[tuple[int, int]] | None:
    """Where each post begins and ends; `most` is what one takes, as `length` counts. None when `posts` do not do."""
    found: list[tuple[int, int]] = []
    begins, whole = _inside(text)
    while begins < whole:
        if len(found) == posts:
            return None
        if length(text[begins:whole]) <= most:
            return [*found, (begins, whole)]
        place = _place(text, begins, whole, most, length)
        if place is None:
            return None
        found.append((begins, place[0]))
        begins = place[1]
    return found


def _inside(text: str) -> tuple[int, int]:
    """The text without the blanks around it."""
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _place(text: str, begins: int, whole: int, most: int, length: Callable[[str], int]) -> tuple[int, int] | None:
    """The last good place to end a post that begins there: where it ends, and where the next begins."""
    for ends, least in ((_paragraphs, most // LEAST), (_sentences, most // LEAST), (_words, 1)):
        for end, following in reversed(list(ends(text, begins, whole))):
            size = length(text[begins:end])
            if least <= size <= most:
                return end, following
    return None


def _paragraphs(text: str, begins: int, whole: int) -> Iterator[tuple[int, int]]:
    return ((found.start(), found.end()) for found in PARAGRAPH.finditer(text, begins, whole))


def _sentences(text: str, begins: int, whole: int) -> Iterator[tuple[int, int]]:
    for found in SENTENCE.finditer(text, begins, whole):
        end = found.start() + len(found.group().rstrip())
        if not (text[found.end()].islower() or SHORT.search(text[max(begins, end - 8) : end])):
            yield end, found.end()


def _words(text: str, begins: int, whole: int) -> Iterator[tuple[int, int]]:
    return ((found.start(), found.end()) for found in WORD.finditer(text, begins, whole))


def threads_on(services: Services, channel: str) -> Threads | None:
    """How a channel takes a thread; None when it takes none."""
    publisher: object = services.publishers.get(channel)
    return publisher.threads if isinstance(publisher, Threaded) else None


def length_on(services: Services, channel: str, text: str) -> int:
    """How long a text is as that channel counts."""
    publisher: object = services.publishers.get(channel)
    return publisher.length(text) if isinstance(publisher, Counted) else len(text)


def cut_on(services: Services, channel: str, text: str, most: int) -> list[tuple[int, int]] | None:
    """Where that channel's posts begin and end; None when it cannot take the text."""
    threads = threads_on(services, channel)
    return cut(text, most, lambda words: length_on(services, channel, words), threads.most if threads else 1)


async def cuts(services: Services, text: str) -> dict[str, list[tuple[int, int]]]:
    """Where the text is cut on each channel that cannot take it in one."""
    found, words = {}, wordings.of(services, text)
    for channel, publisher in services.publishers.items():
        places = cut_on(services, channel, words.on(channel), (await publisher.limits()).characters)
        if places and len(places) > 1:
            found[channel] = places
    return found


def parts(text: str, pictures: Sequence[Picture], places: Sequence[tuple[int, int]] | None) -> tuple[Part, ...]:
    """The posts; the pictures go with the first."""
    if not places:
        return (Part(text, tuple(pictures)),)
    first, *others = (text[begins:ends] for begins, ends in places)
    return (Part(first, tuple(pictures)), *map(Part, others))


def writes(services: Services, post: Post) -> list[Post]:
    """What is written to the channel at a time: the whole post, or one part after another."""
    known = threads_on(services, post.channel)
    if known is None or known.whole:
        return [post]
    return [replace(post, parts=(part,)) for part in post.parts]


def beginning(text: str) -> str:
    """The first words of a post, for whoever looks where it was cut."""
    return " ".join(text.split()[:BEGINNING])


def kept(stored: str) -> dict[str, list[tuple[int, int]]]:
    """The cuts of a stored revision."""
    return {channel: [(begins, ends) for begins, ends in places] for channel, places in json.loads(stored).items()}
