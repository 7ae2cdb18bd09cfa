"""Pictures made safe to publish: opened in a child process under limits, saved anew without any metadata.

The child (`python -m bot.leaks.images`) reads the picture from standard input and answers on standard output:
one line of JSON, then the new picture. It gets no settings and no secrets, and its memory and time are
limited, so that a hostile picture can end only the child.
"""

import asyncio
import hashlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
"""The formats that are read, told by content and never by name, and their media types."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture and the child that opens it may take."""

    megabytes: int = 20
    """Size of the file, in millions of bytes."""
    megapixels: int = 25
    """Width times height, in millions, looked at before anything is decoded; a phone's photograph has 12."""
    saved: int = 2_000_000
    """Bytes of the new picture: what every channel takes (the least is Bluesky's). A larger one is made smaller."""
    memory: int = 1_500_000_000
    """Address space of the child in bytes; saving 25 million pixels as WebP takes 1.25 thousand million."""
    cpu_seconds: int = 20
    """Processor time of the child."""
    seconds: float = 60
    """Time by the clock, for a machine that is busy with other things."""


LIMITS = Limits()


class PictureRefused(ValueError):
    """A picture that is not taken; the sentence is `leaks.picture.<code>`, filled in with `params`."""

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture saved anew, and what was left behind."""

    data: bytes = field(repr=False)
    media_type: str
    width: int
    """In pixels, as seen: the camera's orientation has been applied."""
    height: int
    """In pixels, as seen."""
    sha256: str
    """Of `data`, in hex."""
    removed: tuple[str, ...]
    """Codes of what the original carried, such as `gps_position`; sentences `leaks.removed.*`."""


def clean(data: bytes, limits: Limits = LIMITS) -> CleanPicture:
    """The picture without metadata. Waits for the child. Raises `PictureRefused`."""
    _check_size(data, limits)
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            _command(limits), input=data, capture_output=True, timeout=limits.seconds, check=False, **_surroundings()
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long(limits) from error
    return _answer(child.returncode, child.stdout, limits)


async def clean_async(data: bytes, limits: Limits = LIMITS) -> CleanPicture:
    """As `clean`, without holding up the event loop; a cancelled call ends its child."""
    _check_size(data, limits)
    child = await asyncio.create_subprocess_exec(
        *_command(limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        **_surroundings(),
    )
    try:
        output, _ = await asyncio.wait_for(child.communicate(data), limits.seconds)
    except TimeoutError as error:
        raise _too_long(limits) from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return _answer(child.returncode or 0, output, limits)


def _check_size(data: bytes, limits: Limits) -> None:
    if len(data) > limits.megabytes * 1_000_000:
        raise PictureRefused("too_large_bytes", limit=str(limits.megabytes))


def _too_long(limits: Limits) -> PictureRefused:
    return PictureRefused("took_too_long", seconds=f"{limits.seconds:g}")


def _command(limits: Limits) -> list[str]:
    return [sys.executable, "-m", "bot.leaks.images", json.dumps(asdict(limits))]


def _surroundings() -> dict[str, Any]:
    # The folder that holds this package, so that the child finds it wherever the bot was started.
    home = Path(__file__).resolve().parents[2]
    return {"cwd": home, "env": {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}}


def _answer(status: int, output: bytes, limits: Limits) -> CleanPicture:
    if status == -signal.SIGXCPU:
        raise PictureRefused("took_too_long", seconds=str(limits.cpu_seconds))
    head, _, data = output.partition(b"\n")
    # A child that was ended, or ran out of memory, had a picture that no ordinary program saves.
    if status != 0 or not head:
        raise PictureRefused("damaged")
    told = json.loads(head)
    if "refused" in told:
        raise PictureRefused(told["refused"], **told["params"])
    return CleanPicture(
        data=data,
        media_type=told["media_type"],
        width=told["width"],
        height=told["height"],
        sha256=hashlib.sha256(data).hexdigest(),
        removed=tuple(told["removed"]),
    )


# From here on, what runs in the child.

# EXIF tags (CIPA DC-008) by what they tell of somebody; whatever else there is counts as other details.
_TELLING = {
    "camera_details": {"Make", "Model", "Software", "LensMake", "LensModel", "LensSerialNumber", "BodySerialNumber"},
    "time_taken": {"DateTime", "DateTimeOriginal", "DateTimeDigitized"},
    "author": {"Artist", "Copyright", "CameraOwnerName", "XPAuthor"},
    "comment": {"ImageDescription", "UserComment", "XPComment", "XPTitle", "XPKeywords", "XPSubject"},
}
# How the picture is to be shown or was stored; these tell of nobody.
_STRUCTURAL = {
    "Orientation",
    "ExifOffset",
    "GPSInfo",
    "XResolution",
    "YResolution",
    "ResolutionUnit",
    "YCbCrPositioning",
}
_KEEPS = {"1", "L", "LA", "P", "RGB", "RGBA"}
_SAVING: dict[str, dict[str, Any]] = {
    # Colour in full, since posters have fine coloured type.
    "JPEG": {"quality": 90, "subsampling": 0, "optimize": True},
    "PNG": {},
    "WEBP": {"quality": 90},
}


def _main(settings: str) -> None:
    limits = Limits(**json.loads(settings))
    _limit(limits)
    try:
        head, data = _saved_anew(sys.stdin.buffer.read(), limits)
    except PictureRefused as refusal:
        head, data = {"refused": refusal.code, "params": refusal.params}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + data)


def _limit(limits: Limits) -> None:
    for what, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, limits.cpu_seconds)):
        try:
            # A second more of processor time before the system ends it without asking.
            resource.setrlimit(what, (most, most + 1))
        except (ValueError, OSError):
            # macOS knows the limit of memory and refuses to set it; the limit of pixels still stands.
            continue


def _saved_anew(data: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    kind, picture = _opened(data, limits)
    try:
        picture.load()
        removed = _carried(picture)
        bare = _bare(picture)
    except (OSError, SyntaxError, ValueError, MemoryError, EOFError, Image.DecompressionBombError) as error:
        raise PictureRefused("damaged") from error
    saved = _encoded(bare, kind)
    if len(saved) > limits.saved:
        bare, kind, saved = _smaller(bare, limits.saved)
        removed = sorted({*removed, "fine_detail"})
    head = {"media_type": FORMATS[kind], "width": bare.width, "height": bare.height, "removed": removed}
    return head, saved


def _encoded(bare: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    # A JPEG with its codes optimised is made in one piece; what Pillow sets aside is too little for much fine detail.
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 4 * bare.width * bare.height)
    bare.save(target, kind, **_SAVING[kind])
    return target.getvalue()


def _smaller(bare: Image.Image, most: int) -> tuple[Image.Image, str, bytes]:
    """The picture in a format that saves space, and then as many of its pixels as fit, in their proportion."""
    kind, mode = (
        ("WEBP", "RGBA") if bare.mode in {"RGBA", "LA"} else ("JPEG", "L" if bare.mode in {"1", "L"} else "RGB")
    )
    picture = bare if bare.mode == mode else bare.convert(mode)
    saved = _encoded(picture, kind)
    while len(saved) > most:
        scale = min(0.95, (most / len(saved)) ** 0.5)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
        saved = _encoded(picture, kind)
    return picture, kind, saved


def _opened(data: bytes, limits: Limits) -> tuple[str, Image.Image]:
    Image.MAX_IMAGE_PIXELS = limits.megapixels * 1_000_000
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PictureRefused("too_many_pixels", limit=str(limits.megapixels)) from error
    except UnidentifiedImageError as error:
        raise PictureRefused("not_a_picture") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureRefused("damaged") from error
    # Phones put a second picture behind the first (CIPA DC-007, "MPO"); it is a JPEG all the same.
    # Of a GIF one frame is kept, and a still picture is what every channel takes as a PNG.
    kind = {"GIF": "PNG"}.get(picture.format or "", picture.format or "")
    kind = kind if kind in _SAVING else "JPEG"
    return kind, picture


def _carried(picture: Image.Image) -> list[str]:
    """Codes of the metadata of a picture that has been loaded."""
    info = picture.info
    codes = _exif_codes(picture.getexif())
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp")
    if xmp:
        codes.add("xmp")
        if b"GPSL" in (xmp if isinstance(xmp, bytes) else xmp.encode()):
            codes.add("gps_position")
    codes |= {
        code
        for code, present in {
            "comment": info.get("comment"),
            "iptc": info.get("photoshop"),
            "colour_profile": info.get("icc_profile"),
            "text_notes": set(getattr(picture, "text", {})) - {"XML:com.adobe.xmp"},
            "further_frames": getattr(picture, "n_frames", 1) > 1,
        }.items()
        if present
    }
    return sorted(codes)


def _exif_codes(exif: Image.Exif) -> set[str]:
    codes = set()
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        codes.add("gps_position")
    if exif.get_ifd(ExifTags.IFD.IFD1):
        codes.add("thumbnail")
    for tag in {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}:
        name = ExifTags.TAGS.get(tag, "")
        if name in _STRUCTURAL:
            continue
        codes.add(next((code for code, names in _TELLING.items() if name in names), "other_details"))
    return codes


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels of the first frame, upright, in ordinary colours, on a new picture that carries nothing."""
    # Turned first: a picture in new colours has forgotten which way is up.
    upright = _in_srgb(ImageOps.exif_transpose(picture))
    if upright.mode == "P" and "transparency" in upright.info:
        upright = upright.convert("RGBA")
    elif upright.mode.startswith("I;16"):
        # 16 bits a pixel are more than a screen shows; the upper eight are kept.
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    elif upright.mode not in _KEEPS:
        upright = upright.convert("RGB")
    bare = Image.new(upright.mode, upright.size)
    palette = upright.getpalette() if upright.mode == "P" else None
    if palette:
        bare.putpalette(palette)
    bare.paste(upright)
    return bare


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Colours as the picture's own profile means them; without the profile they would shift."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile is not worth the picture.
        return picture
    return converted if converted is not None else picture


def _run() -> NoReturn:
    try:
        _main(sys.argv[1])
    except MemoryError:
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    _run()
