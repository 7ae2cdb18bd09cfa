"""The pages: their structure, their words, and what is left of a withdrawn announcement."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from adapters.publish.feed import pages
from adapters.publish.feed.web import STATIC, static_file
from adapters.shelf import FeedEntry
from tests.contract.feed_stage import SITE
from tests.unit.publish.reading import AT, PICTURE, Page, entry

WELSH = entry("Y llyfrgell ar agor.\n\nCroeso i bawb!", number=14, language="cy", pictures=(PICTURE,))
PLAIN = entry("See https://www.example.gov.uk/a?b=1&c=2 for more. Thank you.", number=12)
GONE = entry(
    "Quokka zeppelin marmalade", number=11, language="gd", pictures=(PICTURE,), withdrawn=AT + timedelta(days=1)
)


def announcement(shown: FeedEntry, correction: FeedEntry | None = None) -> Page:
    return Page.of(pages.announcement_page(SITE, shown, correction).decode())


def index(entries: Sequence[FeedEntry]) -> Page:
    return Page.of(pages.index_page(SITE, entries).decode())


ALL = {
    "index": lambda: index([WELSH, PLAIN, GONE]),
    "empty index": lambda: index([]),
    "welsh": lambda: announcement(WELSH),
    "plain": lambda: announcement(PLAIN),
    "corrected": lambda: announcement(replace(PLAIN, corrected_by=13, corrects=2), entry(number=13)),
    "gone": lambda: announcement(GONE),
    "missing": lambda: Page.of(pages.missing_page(SITE, "../").decode()),
    "accessibility": lambda: Page.of(pages.accessibility_page(SITE).decode()),
}


@pytest.mark.parametrize("name", ALL)
def test_every_page_has_its_structure(name: str) -> None:
    page = ALL[name]()
    tags = [tag for tag, _ in page.tags]
    for landmark in ("html", "head", "title", "body", "header", "main", "footer", "nav", "h1"):
        assert tags.count(landmark) == 1, landmark
    assert page.all("html") == [{"lang": "en-GB"}]
    assert "".join(page.titles).endswith("Announcements")
    assert {"charset": "utf-8"} in page.all("meta")
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("name", ALL)
def test_the_skip_link_comes_first_and_leads_to_the_text(name: str) -> None:
    page = ALL[name]()
    assert page.all("a")[0] == {"href": "#main", "class": "skip"}
    assert page.all("main") == [{"id": "main", "tabindex": "-1"}]


@pytest.mark.parametrize("name", ALL)
def test_nothing_runs_and_nothing_comes_from_elsewhere(name: str) -> None:
    page = ALL[name]()
    assert not {"script", "style", "iframe", "form", "object", "embed", "base"} & {tag for tag, _ in page.tags}
    attributes = [(tag, key) for tag, found in page.tags for key in found]
    assert not [pair for pair in attributes if pair[1].startswith("on") or pair[1] == "style"]
    loaded = [link["href"] for link in page.all("link") if link["rel"] in {"stylesheet", "icon"}]
    loaded += [picture["src"] for picture in page.all("img")]
    assert len(loaded) >= 2
    assert not [address for address in loaded if "//" in address or address.startswith("/")]


def test_an_announcement_keeps_its_language_and_words() -> None:
    page = announcement(WELSH)
    assert page.all("h1") == [{"lang": "cy", "dir": "auto"}]
    assert page.all("div") == [{"lang": "cy", "dir": "auto", "class": "text"}]
    assert "Y llyfrgell ar agor.Croeso i bawb!" in page.words
    assert page.titles == ["Y llyfrgell ar agor – Announcements"]
    assert {"rel": "canonical", "href": SITE.page(14)} in page.all("link")


def test_pictures_are_described_and_decoration_is_silent() -> None:
    decorated = replace(WELSH, pictures=(PICTURE, replace(PICTURE, alt="")))
    address = f"../pictures/{PICTURE.sha256}.png"
    assert announcement(decorated).all("img") == [{"src": address, "alt": PICTURE.alt}, {"src": address, "alt": ""}]


def test_times_are_those_of_the_town_hall() -> None:
    summer = replace(PLAIN, published=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    page = announcement(summer)
    assert page.all("time") == [{"datetime": "2026-06-30T23:30:00Z"}]
    assert "on 1 July 2026 at 00:30." in page.words
    elsewhere = pages.announcement_page(replace(SITE, zone=ZoneInfo("America/New_York")), summer, None).decode()
    assert "30 June 2026 at 19:30" in elsewhere


def test_links_are_shown_in_full() -> None:
    page = announcement(PLAIN)
    assert {"href": "https://www.example.gov.uk/a?b=1&c=2"} in page.all("a")
    assert "See https://www.example.gov.uk/a?b=1&c=2 for more." in page.words


def test_corrections_are_linked_both_ways() -> None:
    page = announcement(
        replace(PLAIN, corrected_by=13, corrects=2), entry(number=13, published=AT + timedelta(hours=1))
    )
    assert {"href": "../announcements/13"} in page.all("a")
    assert "This announcement was corrected by announcement 13." in page.words
    assert "This corrects announcement 2." in page.words
    assert "last changed on 4 March 2026 at 14:05" in page.words


def test_a_withdrawn_announcement_leaves_no_word_behind() -> None:
    for page in (announcement(GONE), index([GONE])):
        everything = f"{page.words} {page.titles} {page.tags}".casefold()
        assert not [word for word in ("quokka", "zeppelin", "marmalade", PICTURE.sha256, "map") if word in everything]
        assert "Announcement 11 (withdrawn)" in page.words
    assert "This announcement was withdrawn on 5 March 2026." in announcement(GONE).words
    assert announcement(GONE).all("h1") == [{"lang": "en-GB", "dir": "auto"}]


def test_the_index_lists_titles_and_times() -> None:
    page = index([WELSH, PLAIN, GONE])
    assert [link["href"] for link in page.all("a") if link["href"].startswith("announcements/")] == [
        "announcements/14",
        "announcements/12",
        "announcements/11",
    ]
    assert len(page.all("time")) == 3
    assert [heading["lang"] for heading in page.all("h2")] == ["cy", "en-GB", "en-GB"]


def test_an_empty_index_says_so() -> None:
    assert "Nothing has been announced yet." in index([]).words


def test_the_accessibility_statement_claims_only_what_is_known() -> None:
    fresh = Page.of(pages.accessibility_page(SITE).decode())
    assert "full compliance is not claimed" in fresh.words
    assert {"href": "mailto:news@example.gov.uk"} in fresh.all("a")
    reviewed = Page.of(pages.accessibility_page(replace(SITE, reviewed=date(2026, 5, 6))).decode())
    assert "last reviewed by a person on 6 May 2026" in reviewed.words
    for page in (fresh, reviewed):
        assert "Equality and Human Rights Commission" in page.words
        assert "Accessibility Regulations 2018" in page.words


def test_without_an_address_the_name_has_to_do() -> None:
    bare = replace(SITE, contact="")
    for written in (pages.accessibility_page(bare), pages.missing_page(bare, "../"), pages.index_page(bare, [])):
        page = Page.of(written.decode())
        assert "Contact: Exampleshire Council" in page.words
        assert not [link for link in page.all("a") if link["href"].startswith("mailto:")]


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_have_contrast_in_light_and_dark() -> None:
    style = static_file("feed.css").decode()
    schemes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{([^}]*)\}", style)
    ]
    light = schemes[0]
    assert len(schemes) == 3  # light, dark, print
    for scheme in (light, light | schemes[1], light | schemes[2]):
        for text in ("ink", "quiet", "link"):
            assert contrast(scheme[text], scheme["paper"]) >= 7, text
        assert contrast(scheme["ink"], scheme["notice"]) >= 7
        assert contrast(scheme["link"], scheme["notice"]) >= 4.5
        assert contrast(scheme["on-band"], scheme["band"]) >= 7
        assert contrast(scheme["focus"], scheme["paper"]) >= 3


def test_static_files_load_nothing() -> None:
    for name in STATIC:
        written = static_file(name).decode()
        assert written
        assert not re.search(r"url\(|@import|href=|<script|on\w+=", written), name
