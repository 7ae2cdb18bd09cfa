"""Files on their way in: counted while they are read, with names and types made harmless."""

import mimetypes
import re
import unicodedata
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.chat.web.posting import NewFile
from adapters.chat.web.settings import LARGEST_UPLOAD, MOST_FILES
from adapters.errors import Refused

LONGEST_NAME = 150  # characters
LONGEST_FIELD = 100_000  # bytes of a text field; a message's own limit is told in words later
ANY_TYPE = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")
_PARAMETER = re.compile(r'[;\s](filename|name)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(slots=True)
class Upload:
    """What came with one multipart request."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[NewFile] = field(default_factory=list)


def clean_name(name: str) -> str:
    """The last part of a file's name, without anything that is a path or cannot be shown."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}).strip()
    if shown.strip(".") == "":
        return "file"
    return shown if len(shown) <= LONGEST_NAME else shown[-LONGEST_NAME:]


def media_type_of(name: str, data: bytes, declared: str = "") -> str:
    """The media type: by the content for pictures we know, else as declared, else by the name."""
    seen = shown_as(data)
    if seen is not None:
        return seen
    declared = declared.partition(";")[0].strip().lower()
    if _TYPE.fullmatch(declared) and declared != ANY_TYPE and not declared.startswith("image/"):
        return declared
    return mimetypes.guess_type(name)[0] or ANY_TYPE


def shown_as(data: bytes) -> str | None:
    """The type of a picture that a page may show, by its first bytes; None for everything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _PICTURES if data.startswith(start)), None)


async def read_upload(request: web.Request) -> Upload:
    """Read a multipart request; an `alt` field describes the file after it. Raises `Refused`."""
    if not request.content_type.startswith("multipart/"):
        raise Refused("no_form")
    upload, left, alt = Upload(), LARGEST_UPLOAD, ""
    try:
        async for part in _parts(request):
            if not isinstance(part, BodyPartReader):
                raise Refused("no_form")
            said = _disposition(part)
            if "filename" not in said:
                value = (await _read(part, LONGEST_FIELD)).decode("utf-8", "strict")
                upload.fields[said.get("name", "")] = value
                alt = value.strip() if said.get("name") == "alt" else alt
                continue
            data = await _read(part, left)
            left -= len(data)
            upload.files.append(_file(part, said["filename"], data, alt))
            alt = ""
            if len(upload.files) > MOST_FILES:
                raise Refused("too_many")
    except (ValueError, HttpProcessingError) as error:  # a broken multipart body or field
        raise Refused("no_form") from error
    return upload


def _parts(request: web.Request) -> MultipartReader:
    # Read as "mixed", or aiohttp parses each part's disposition too and prints the ones that it cannot, names and all.
    kind = re.sub(r"^multipart/form-data", "multipart/mixed", request.headers["Content-Type"], flags=re.IGNORECASE)
    return MultipartReader({"Content-Type": kind}, request.content)


def _disposition(part: BodyPartReader) -> dict[str, str]:
    # aiohttp's own reading of this header gives up on a name with several semicolons, which people do use.
    found = _PARAMETER.findall(part.headers.get("Content-Disposition", ""))
    return {key.lower(): value.replace('\\"', '"').replace("%22", '"') for key, value in found}


def _file(part: BodyPartReader, given: str, data: bytes, alt: str) -> NewFile:
    name = clean_name(given)
    return NewFile(name, media_type_of(name, data, part.headers.get("Content-Type", "")), data, alt or None)


async def _read(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > limit:
            raise Refused("too_large")
    return bytes(data)
