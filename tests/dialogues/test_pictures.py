"""Pictures: nothing rides along, each is described, and what is no picture is refused in one kind line."""

import io
import re
from urllib.parse import urljoin, urlsplit

import pytest
from PIL import Image, PngImagePlugin

from bot.announcements.tables import AnnouncementRow, PictureRow
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

GPS = 0x8825
SECRET = "Taken by Ama at 12 Mill Lane"


def photograph() -> bytes:
    """A JPEG that tells where, when and by whom it was taken."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = SECRET, "Ama Mensah"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 25.0, 30.0), 3: "W", 4: (4.0, 5.0, 6.0)})
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif, comment=SECRET.encode())
    assert SECRET.encode() in out.getvalue()
    return out.getvalue()


def drawing(colour: str = "navy") -> bytes:
    """A PNG with a note in it."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET)
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def bomb() -> bytes:
    """A small file that would be 144 million pixels."""
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    return out.getvalue()


async def announce(talk: Talk, data: bytes, words: str, name: str = "street.jpg", alt: str = "") -> None:
    await talk.person("ama").drops("general", name, data, text=f"@switchboard announce {words}", alt=alt)
    await talk.settle()


async def test_what_a_camera_writes_is_removed_before_anybody_else_sees_it(talk: Talk) -> None:
    await announce(talk, photograph(), "Mill Lane is flooded.\nalt: A flooded street")
    preview = await talk.preview()
    assert preview.quote == "Mill Lane is flooded."
    assert "With 1 picture; from the files I removed: " in preview.text
    assert "the position where it was taken" in preview.text
    assert "I do not read words in pictures: look at them." in preview.text
    assert [picture["alt"] for picture in preview.pictures] == ["A flooded street"]
    await talk.reacts("jo", "✅", preview)
    page = await talk.chat.page("/public/announcements/1")
    assert 'alt="A flooded street"' in page
    source = re.search(r'<img[^>]* src="([^"]+)"', page)
    assert source is not None
    address = urljoin(f"{talk.chat.address}/public/announcements/1", urlsplit(source[1]).path)
    async with talk.chat._http.get(address) as answer:
        data = await answer.read()
    assert [row.data for row in await talk.rows(PictureRow)] == [data]
    shown = Image.open(io.BytesIO(data))
    assert (shown.size, dict(shown.getexif()), b"Exif" in data) == ((40, 30), {}, False)
    assert SECRET.encode() not in data


@pytest.mark.parametrize("words", ["Flooded.", "Flooded.\nalt:", "Flooded.\nalt:    "])
async def test_without_a_description_it_is_refused_kindly(talk: Talk, words: str) -> None:
    await announce(talk, drawing(), words)
    await talk.told("ama", "“street.jpg” has no description, and some people cannot see it", private=True)
    assert await talk.rows(AnnouncementRow) == []
    assert await talk.rows(PictureRow) == []


DESCRIBED = [
    ("Flooded.\nalt: A street", "", "A street"),
    ("Alt text: A street\nFlooded.", "", "A street"),
    ("Flooded.\n  ALT :  A street  ", "", "A street"),
    ("Flooded.", "A street", "A street"),
    ("Flooded.\nalt: decorative", "", ""),
    ("Flooded.\nalt: Decorative.", "", ""),
]


async def test_ways_to_describe(talk: Talk) -> None:
    assert DESCRIBED
    for number, (words, alt, expected) in enumerate(DESCRIBED, 1):
        await announce(talk, drawing(), words, alt=alt)
        preview = await talk.preview(number)
        assert preview.quote == "Flooded."
        assert [picture["alt"] for picture in preview.pictures] == [expected]
        await talk.answer("ama", f"cancel #{number}")


async def test_more_descriptions_than_pictures(talk: Talk) -> None:
    await announce(talk, drawing(), "Flooded.\nalt: A street\nalt: A river")
    await talk.told("ama", "There are more lines “alt: …” than pictures", private=True)
    assert await talk.rows(AnnouncementRow) == []


async def test_a_leak_in_a_description_stops_and_is_redacted(talk: Talk) -> None:
    await announce(talk, drawing(), "Flooded.\nalt: A card with NHS number 999 001 2342")
    stopped = await talk.told("ama", "I have stopped #1.*in the description of picture 1", private=True)
    await talk.person("ama").presses(stopped.id, "Use this wording for #1")
    await talk.settle()
    preview = await talk.preview()
    assert [picture["alt"] for picture in preview.pictures] == ["A card with NHS number [NHS number removed]"]
    assert await talk.count("SELECT count(*) FROM revision WHERE pictures LIKE '%999 001%'") == 0


async def test_a_description_too_long_for_the_channel(talk: Talk) -> None:
    await announce(talk, drawing(), f"Flooded.\nalt: {'a' * 1_501}")
    await talk.told("ama", "The description of a picture has 1501 characters; feed takes at most 1500", private=True)
    assert await talk.rows(AnnouncementRow) == []


async def test_an_edit_changes_a_description_and_keeps_the_picture(talk: Talk) -> None:
    await announce(talk, drawing(), "Flooded.\nalt: A street")
    await talk.says("ama", "edit #1 alt: Mill Lane under water", room="direct-ama")
    preview = await talk.preview()
    assert preview.text.startswith("#1 r2")
    assert (preview.quote, [one["alt"] for one in preview.pictures]) == ("Flooded.", ["Mill Lane under water"])
    await talk.says("ama", "edit #1 Flooded again.", room="direct-ama")
    preview = await talk.preview()
    assert (preview.quote, [one["alt"] for one in preview.pictures]) == ("Flooded again.", ["Mill Lane under water"])
    await talk.says("ama", "edit #1 Flooded.\nalt: One\nalt: Two", room="direct-ama")
    await talk.told("ama", "It has 1 picture, and your lines “alt: …” are not as many", room="direct-ama")


NO_PICTURES = [
    ("notes.txt", b"no picture at all", "This is not a JPEG, PNG, WebP, GIF or HEIC picture"),
    ("page.svg", b"<svg onload='alert(1)'/>", "This is not a JPEG, PNG, WebP, GIF or HEIC picture"),
    ("staff.csv", b"name,email\nAma,ama@brynford.example\n", "This is not a JPEG, PNG, WebP, GIF or HEIC picture"),
    ("half.png", drawing()[:60], "The picture is damaged and cannot be opened"),
    ("bomb.png", bomb(), "The picture has more than 25 million pixels"),
    ("empty.png", b"", "This is not a JPEG, PNG, WebP, GIF or HEIC picture"),
]


async def test_what_is_no_fit_picture(talk: Talk) -> None:
    assert NO_PICTURES
    for name, data, line in NO_PICTURES:
        before = await talk.person("ama").says("general", name)
        await announce(talk, data, "Flooded.\nalt: A street", name=name)
        told = await talk.told("ama", line, private=True, after=before)
        assert "\n" not in told.text
    assert await talk.rows(AnnouncementRow) == []
    assert await talk.rows(PictureRow) == []


async def test_a_picture_alone_in_a_direct_message_is_pointed_the_right_way(talk: Talk) -> None:
    await talk.person("ama").drops("direct-ama", "street.png", drawing())
    await talk.settle()
    await talk.told("ama", "“street.png” is a picture. To announce it, send it in one message with the words")
