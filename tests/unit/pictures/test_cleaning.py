"""Pictures keep their pixels and lose everything else; hostile ones end in one clear refusal."""

import asyncio
import hashlib
import io
import os
import random
import struct
import subprocess
import zlib

import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from bot.pictures.cleaning import CleanPicture, Limits, PictureRefused, clean, clean_async
from bot.wording import known, say

SECRET = "Ama Example at home"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
WIDTH, HEIGHT = 64, 48
SIDEWAYS = 6
"""EXIF orientation of a camera held on its side: shown turned a quarter to the right."""


def drawing(mode: str = "RGB") -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    picture.paste((200, 0, 0), (0, 0, WIDTH // 2, HEIGHT // 2))
    return picture.convert(mode)


def details() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = SECRET
    exif[ExifTags.Base.Artist] = SECRET
    exif[ExifTags.Base.ImageDescription] = SECRET
    exif[ExifTags.Base.DateTime] = "2025:05:03 10:00:00"
    exif[ExifTags.Base.Orientation] = SIDEWAYS
    exif[ExifTags.Base.HostComputer] = SECRET
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (51.0, 30.0, 0.0)
    place[ExifTags.GPS.GPSAreaInformation] = SECRET.encode()
    return exif


def saved(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    target = io.BytesIO()
    (picture or drawing()).save(target, kind, **options)
    return target.getvalue()


def segment(number: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return b"\xff" + bytes([number]) + struct.pack(">H", len(body) + 2) + body


def block(resource: int, body: bytes) -> bytes:
    """One of the blocks that Photoshop keeps in a JPEG: IPTC notes are number 0x0404."""
    return b"8BIM" + struct.pack(">HHI", resource, 0, len(body)) + body + bytes(len(body) % 2)


def thumbnail() -> bytes:
    """An Exif segment that holds nothing but a small picture, with a comment, in its second directory."""
    small = saved("JPEG", drawing().resize((16, 12)), comment=SECRET.encode())
    first = struct.pack("<HI", 0, 14)
    entries = struct.pack("<HHII", 0x0201, 4, 1, 44) + struct.pack("<HHII", 0x0202, 4, 1, len(small))
    return segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0" + first + struct.pack("<H", 2) + entries + bytes(4) + small)


def jpeg() -> bytes:
    xmp = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    whole = saved("JPEG", exif=details(), comment=SECRET.encode(), icc_profile=SRGB, xmp=xmp)
    caption = b"\x1c\x02\x78" + struct.pack(">H", len(SECRET)) + SECRET.encode()
    notes = segment(0xED, b"Photoshop 3.0\0" + block(0x0404, caption)) + segment(0xEB, SECRET.encode())
    return whole[:2] + notes + whole[2:] + SECRET.encode()


def jpeg_with_thumbnail() -> bytes:
    whole = saved("JPEG")
    return whole[:2] + thumbnail() + whole[2:]


def heic() -> bytes:
    """As a phone takes it: a burst of two, held on its side."""
    picture = pillow_heif.from_pillow(drawing())
    picture.add_from_pillow(drawing().rotate(90))
    picture.info["thumbnails"] = [16]
    target = io.BytesIO()
    xmp = f"<x>{SECRET}<exif:GPSLatitude/></x>".encode()
    picture.save(target, exif=details().tobytes(), xmp=xmp, quality=90)
    return target.getvalue()


def png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET)
    notes.add_text("Comment", SECRET, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}<exif:GPSLatitude/></x>")
    return saved("PNG", pnginfo=notes, exif=details(), icc_profile=SRGB) + SECRET.encode()


def webp() -> bytes:
    frames = [drawing().rotate(90)]
    notes, profile = SECRET.encode(), SRGB
    whole = saved("WEBP", save_all=True, append_images=frames, exif=details(), xmp=notes, icc_profile=profile)
    return whole + SECRET.encode()


def gif() -> bytes:
    second = drawing("P").rotate(90)
    return saved("GIF", drawing("P"), comment=SECRET.encode(), save_all=True, append_images=[second]) + SECRET.encode()


EXIF_CODES = {"author", "camera_details", "comment", "gps_position", "other_details", "time_taken"}
CARRIERS = {
    "jpeg": (jpeg(), {*EXIF_CODES, "xmp", "iptc", "colour_profile", "appended"}),
    "thumbnail": (jpeg_with_thumbnail(), {"thumbnail"}),
    "png": (png(), {*EXIF_CODES, "xmp", "colour_profile", "text_notes", "appended"}),
    "webp": (webp(), {*EXIF_CODES, "xmp", "colour_profile", "further_frames", "appended"}),
    "gif": (gif(), {"comment", "further_frames", "appended"}),
    "heic": (heic(), {*EXIF_CODES, "xmp", "heic", "further_frames", "thumbnail"}),
}
BECOMES = {"png": "image/png", "webp": "image/webp", "gif": "image/png"}  # every other a JPEG
# What metadata are called in the bytes of the formats.
MARKS = (
    SECRET.encode(), b"Exif", b"EXIF", b"eXIf", b"xmpmeta", b"XMP", b"ICCP", b"iCCP", b"ICC_PROFILE", b"tEXt", b"zTXt",
    b"iTXt", b"2025:05:03", b"\xff\xfe", b"Photoshop", b"8BIM", b"ftyp",
)  # fmt: skip


@pytest.mark.parametrize(("name", "data", "codes"), [(k, *v) for k, v in CARRIERS.items()], ids=CARRIERS)
def test_nothing_but_the_pixels_survives(name: str, data: bytes, codes: set[str]) -> None:
    assert SECRET.encode() in data
    picture = clean(data)
    assert set(picture.removed) == codes
    assert picture.media_type == BECOMES.get(name, "image/jpeg")
    assert picture.sha256 == hashlib.sha256(picture.data).hexdigest()
    assert not [mark for mark in MARKS if mark in picture.data]
    again = clean(picture.data)
    assert again.removed == ()
    assert all(known(f"leaks.removed.{code}") for code in codes)


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "heic"])
def test_the_camera_on_its_side_is_turned_upright(name: str) -> None:
    picture = clean(CARRIERS[name][0])
    assert (picture.width, picture.height) == (HEIGHT, WIDTH)
    shown = Image.open(io.BytesIO(picture.data)).convert("RGB")
    assert shown.size == (HEIGHT, WIDTH)
    assert red(shown.getpixel((HEIGHT - 4, 4)))
    assert not red(shown.getpixel((4, 4)))


def red(colour: object) -> bool:
    assert isinstance(colour, tuple)
    return bool(colour[0] > 150 and colour[1] < 80 and colour[2] < 80)


MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]


@pytest.mark.parametrize("mode", MODES)
def test_every_ordinary_kind_of_pixel_is_taken(mode: str) -> None:
    source = Image.new("I;16", (WIDTH, HEIGHT), 40_000) if mode == "I;16" else drawing(mode)
    picture = clean(saved("PNG", source))
    shown = Image.open(io.BytesIO(picture.data))
    assert shown.size == (WIDTH, HEIGHT)
    if mode == "I;16":
        assert shown.getpixel((0, 0)) == 40_000 // 256
    else:
        assert shown.convert("RGBA").tobytes() == source.convert("RGBA").tobytes()


def test_a_clear_background_stays_clear() -> None:
    source = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    for kind in ("PNG", "WEBP", "GIF"):
        shown = Image.open(io.BytesIO(clean(saved(kind, source)).data)).convert("RGBA")
        assert shown.getpixel((0, 0))[3] == 0, kind  # type: ignore[index]  # Pillow types a pixel as any of its kinds


def test_print_colours_become_screen_colours() -> None:
    assert Image.open(io.BytesIO(clean(saved("JPEG", drawing("CMYK"))).data)).mode == "RGB"


def test_a_broken_colour_profile_does_not_cost_the_picture() -> None:
    assert clean(saved("JPEG", icc_profile=b"no profile at all")).removed == ("colour_profile",)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(side: int) -> bytes:
    """A PNG of side times side black dots: tens of kilobytes that unfold to hundreds of megabytes."""
    row = bytes(1 + side // 8)
    pack = zlib.compressobj(9)
    body = b"".join(pack.compress(row) for _ in range(side)) + pack.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG whose note unfolds to 200 million bytes."""
    note = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 1)
    plain = saved("PNG")
    return plain[:33] + chunk(b"zTXt", note) + plain[33:]


def hollow_heic() -> bytes:
    """A photograph from a phone that says it is 6,000 pixels wide and high."""
    whole = heif(Image.new("RGB", (64, 64), "white"))  # of a size that the codec need not cut
    assert whole.count(b"ispe") == 1
    place = whole.index(b"ispe") + 8
    return whole[:place] + struct.pack(">II", 6_000, 6_000) + whole[place + 8 :]


def heif(picture: Image.Image | None = None) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(picture or drawing()).save(target, quality=90)
    return target.getvalue()


WHOLE = {"jpeg": saved("JPEG"), "png": saved("PNG"), "webp": saved("WEBP"), "gif": saved("GIF", drawing("P"))}
REFUSED = [
    ("too_many_pixels", bomb(20_000)),
    ("too_many_pixels", bomb(6_000)),
    ("too_many_pixels", hollow_heic()),
    ("not_a_picture", b""),
    ("not_a_picture", b"hello"),
    ("not_a_picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("not_a_picture", saved("BMP")),
    ("not_a_picture", b"\x89PNG\r\n\x1a\n"),
    ("damaged", text_bomb()),
    *(("damaged", data[: len(data) // 2]) for data in WHOLE.values()),
]


@pytest.mark.parametrize(("code", "data"), REFUSED)
def test_hostile_pictures_end_in_one_clear_line(code: str, data: bytes) -> None:
    assert len(data) < 2_000_000
    with pytest.raises(PictureRefused) as refused:
        clean(data)
    assert refused.value.code == code
    assert say(f"leaks.picture.{code}", **refused.value.params)


@pytest.mark.parametrize("name", [*WHOLE, "heic"])
def test_what_follows_the_picture_is_told_and_zeros_are_not(name: str) -> None:
    whole = heif() if name == "heic" else WHOLE[name]
    plain = {"heic"} if name == "heic" else set()
    assert set(clean(whole + bytes(8)).removed) == plain
    assert set(clean(whole).removed) == plain


def test_a_still_of_a_phone_in_motion_tells_of_its_film() -> None:
    film = b"\0\0\0\x18ftypmp42" + random.Random(7).randbytes(500)
    for data in (saved("JPEG", progressive=True), saved("JPEG", noise("RGB", (300, 200)), quality=95)):
        assert "appended" in clean(data + film).removed
        assert film[12:40] not in clean(data + film).data


def test_what_another_program_keeps_in_a_jpeg_is_told() -> None:
    whole = WHOLE["jpeg"]
    assert clean(whole[:2] + segment(0xEB, b"JP\0\0 edited by " + SECRET.encode()) + whole[2:]).removed == (
        "other_details",
    )


def test_a_clear_picture_of_a_phone_stays_clear() -> None:
    picture = clean(heif(Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))))
    assert (picture.media_type, picture.removed) == ("image/webp", ("heic",))
    shown = Image.open(io.BytesIO(picture.data)).convert("RGBA").getpixel((0, 0))
    assert isinstance(shown, tuple)
    assert shown[3] == 0


@pytest.mark.parametrize("kind", WHOLE)
def test_a_byte_wrong_anywhere_is_a_picture_or_a_refusal(kind: str) -> None:
    whole = WHOLE[kind]
    outcomes = []
    for place in range(2, len(whole), max(1, len(whole) // 4)):
        try:
            outcomes.append(clean(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]).media_type)
        except PictureRefused as refused:
            outcomes.append(refused.code)
    assert outcomes
    assert set(outcomes) <= {"damaged", "not_a_picture", "too_many_pixels", BECOMES.get(kind, "image/jpeg")}


def test_too_large_a_file_is_not_even_handed_to_the_child() -> None:
    with pytest.raises(PictureRefused) as refused:
        clean(bytes(1_000_001), Limits(megabytes=1))
    assert (refused.value.code, refused.value.params) == ("too_large_bytes", {"limit": "1"})


def test_a_child_over_its_time_or_memory_is_ended() -> None:
    with pytest.raises(PictureRefused) as refused:
        clean(WHOLE["png"], Limits(seconds=0.001))
    assert refused.value.code == "took_too_long"
    with pytest.raises(PictureRefused) as refused:
        clean(saved("PNG", Image.new("RGB", (4000, 4000))), Limits(memory=60_000_000))
    assert refused.value.code == "damaged"


def test_a_child_over_its_processor_time_is_ended() -> None:
    noise = Image.effect_noise((4000, 4000), 90).convert("RGB")
    data = saved("PNG", noise, compress_level=1)
    with pytest.raises(PictureRefused) as refused:
        clean(data, Limits(megabytes=60, cpu_seconds=1))
    assert refused.value.code == "took_too_long"


@pytest.mark.asyncio
async def test_the_event_loop_is_free_meanwhile() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    pictures = await asyncio.gather(clean_async(jpeg()), clean_async(png()))
    ticking.cancel()
    assert [type(picture) for picture in pictures] == [CleanPicture, CleanPicture]
    assert pictures[0] == clean(jpeg())
    assert ticks > 1


@pytest.mark.asyncio
async def test_refusals_and_time_limits_hold_for_the_event_loop_too() -> None:
    with pytest.raises(PictureRefused, match="not_a_picture"):
        await clean_async(b"hello")
    with pytest.raises(PictureRefused, match="too_large_bytes"):
        await clean_async(bytes(1_000_001), Limits(megabytes=1))
    with pytest.raises(PictureRefused, match="took_too_long"):
        await clean_async(jpeg(), Limits(seconds=0.001))


@pytest.mark.asyncio
async def test_a_cancelled_call_leaves_no_child_behind() -> None:
    call = asyncio.create_task(clean_async(jpeg()))
    await asyncio.sleep(0.02)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not [line for line in children() if "bot.pictures.child" in line]


def children() -> list[str]:
    """Command lines of the processes this one started and has not seen end."""
    listed = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True
    )
    assert listed.stdout, "ps lists at least itself"
    return listed.stdout.splitlines()


def noise(mode: str, size: tuple[int, int]) -> Image.Image:
    """A picture that no format makes small."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(7).randbytes(size[0] * size[1] * bands))


@pytest.mark.parametrize(
    ("mode", "kind", "size", "becomes"),
    [
        ("RGB", "PNG", (1_400, 700), "image/jpeg"),
        ("RGB", "JPEG", (3_000, 1_500), "image/jpeg"),
        ("RGBA", "PNG", (1_400, 700), "image/webp"),  # fits at once in that format
    ],
)
def test_what_no_channel_takes_is_made_smaller_and_that_is_told(
    mode: str, kind: str, size: tuple[int, int], becomes: str
) -> None:
    data = saved(kind, noise(mode, size), exif=details(), quality=80)
    assert len(data) > 2_000_000
    found = clean(data)
    assert 500_000 < len(found.data) <= 2_000_000
    assert (found.media_type, found.sha256) == (becomes, hashlib.sha256(found.data).hexdigest())
    assert {"fine_detail", "gps_position"} <= set(found.removed)
    shown = Image.open(io.BytesIO(found.data))
    assert (shown.size, Image.MIME[shown.format or ""]) == ((found.width, found.height), becomes)
    # Upright, the picture is half as wide as it is high, as it was held on its side.
    assert abs(found.height / found.width - 2) < 0.01
    assert SECRET.encode() not in found.data
    assert dict(shown.getexif()) == {}


def test_what_every_channel_takes_keeps_its_pixels() -> None:
    data = saved("PNG", noise("RGB", (800, 800)))
    assert 1_900_000 < len(data) <= 2_000_000
    found = clean(data)
    assert (found.media_type, found.removed) == ("image/png", ())
    assert Image.open(io.BytesIO(found.data)).tobytes() == noise("RGB", (800, 800)).tobytes()
