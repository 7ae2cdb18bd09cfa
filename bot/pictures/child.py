"""What runs in the child process that opens a picture, takes nothing but its pixels and saves it anew."""

import io
import json
import resource
import sys
import warnings
from typing import Any, NoReturn

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from bot.pictures.cleaning import Limits, PictureRefused
from bot.pictures.tail import has_tail

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
"""The formats that pictures are saved in, and their media types."""

READ = (*FORMATS, "GIF", "HEIF")
"""The formats that are read, told by content and never by name. HEIF is what phones call HEIC (ISO/IEC 23008-12)."""

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
    limit(limits)
    pillow_heif.register_heif_opener()
    # One thread: the limit of processor time counts them all.
    pillow_heif.options.DECODE_THREADS = 1
    try:
        head, data = _saved_anew(sys.stdin.buffer.read(), limits)
    except PictureRefused as refusal:
        head, data = {"refused": refusal.code, "params": refusal.params}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + data)


def limit(limits: Limits) -> None:
    """Take no more memory and processor time than this, from here on."""
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
        removed = _carried(picture) | ({"appended"} if has_tail(kind, data) else set())
        bare = _bare(picture)
    except (OSError, SyntaxError, ValueError, MemoryError, EOFError, Image.DecompressionBombError) as error:
        raise PictureRefused("damaged") from error
    if kind == "HEIF":
        removed.add("heic")
    kind = _target(kind, bare)
    saved = _encoded(bare, kind)
    if len(saved) > limits.saved:
        bare, kind, saved = _smaller(bare, limits.saved)
        removed.add("fine_detail")
    head = {"media_type": FORMATS[kind], "width": bare.width, "height": bare.height, "removed": sorted(removed)}
    return head, saved


def _target(kind: str, bare: Image.Image) -> str:
    """The format to save in: the same, but for two that not every channel takes."""
    # Of a GIF one frame is kept, and a still picture is what every channel takes as a PNG.
    return {"GIF": "PNG", "HEIF": "WEBP" if "A" in bare.mode else "JPEG"}.get(kind, kind)


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
        picture = Image.open(io.BytesIO(data), formats=READ)
        # Not every opener asks Pillow whether a picture is too large.
        if picture.width * picture.height > Image.MAX_IMAGE_PIXELS:
            raise Image.DecompressionBombError
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PictureRefused("too_many_pixels", limit=str(limits.megapixels)) from error
    except UnidentifiedImageError as error:
        raise PictureRefused("not_a_picture") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureRefused("damaged") from error
    # Phones put a second picture behind the first (CIPA DC-007, "MPO"); it is a JPEG all the same.
    kind = picture.format if picture.format in READ else "JPEG"
    return kind, picture


def _carried(picture: Image.Image) -> set[str]:
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
            "thumbnail": info.get("thumbnails"),
            "depth": info.get("depth_images"),
            "other_details": info.get("metadata") or info.get("aux") or _has_other_segments(picture),
            "further_frames": getattr(picture, "n_frames", 1) > 1,
        }.items()
        if present
    }
    return codes


# Segments of a JPEG (ITU-T T.81, B.2.4.6) that are told under names of their own, or tell of nobody.
_KNOWN_SEGMENTS = (
    b"JFIF",
    b"JFXX",
    b"Exif\0",
    b"http://ns.adobe.com/xap/1.0/",
    b"ICC_PROFILE",
    b"Photoshop",
    b"Adobe",
    b"MPF\0",
)


def _has_other_segments(picture: Image.Image) -> bool:
    """Whether a JPEG carries what some program put there for itself, such as a record of how it was edited."""
    segments = getattr(picture, "applist", [])
    return any(name.startswith("APP") and not body.startswith(_KNOWN_SEGMENTS) for name, body in segments)


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
