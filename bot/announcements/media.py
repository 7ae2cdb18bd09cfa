"""Pictures on their way in: cleaned of metadata in a child process, described in words, kept by their hash."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.errors import Refused
from adapters.events import Attachment, Picture
from bot.announcements.tables import PictureRow
from bot.pictures.cleaning import CleanPicture, PictureRefused, clean_async
from bot.services import Services
from bot.wording import count
from config.database import Database

LARGEST = 10 * 1024 * 1024
"""Bytes of one picture as it is taken in."""

# Each repeat is bounded by what follows it, so that a line of blanks takes no longer than its length.
_ALT = re.compile(r"(?im)^[ \t]*alt(?:[ \t]+text)?[ \t]*:(.*\S.*)$\n?")
DECORATIVE = "decorative"


class PictureFault(Exception):
    """A picture cannot be used: `code` and `params` of the sentence for the author."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep both."""
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Described:
    """A cleaned picture and its description (empty: decorative)."""

    picture: CleanPicture
    alt: str

    @property
    def shown(self) -> Picture:
        """As the rest of the product knows it."""
        return Picture(self.picture.sha256, self.picture.media_type, self.alt)


def take_descriptions(text: str) -> tuple[str, list[str]]:
    """Lines such as `alt: A flooded street` taken out of a text, and what they say, in order."""
    found = [match.group(1).strip() for match in _ALT.finditer(text)]
    return _ALT.sub("", text).strip(), found


async def take_pictures(
    services: Services, platform: str, files: Sequence[Attachment], said: list[str]
) -> list[Described]:
    """Fetch, clean and describe pictures. Raises `PictureFault`, or `AdapterError` when the platform is away."""
    alts = _match(files, said)
    return [Described(await _fetch(services, platform, file), alt) for file, alt in zip(files, alts, strict=True)]


def _match(files: Sequence[Attachment], said: Sequence[str]) -> list[str]:
    """A description for each file: its own, or the next line that was said. Raises `PictureFault`."""
    waiting = list(said)
    alts = []
    for file in files:
        alt = (file.alt or "").strip() or (waiting.pop(0) if waiting else "")
        if not alt:
            raise PictureFault("picture.no_alt", name=file.name)
        alts.append(_meant(alt))
    if waiting:
        raise PictureFault("picture.too_many_alts")
    return alts


def _meant(alt: str) -> str:
    return "" if alt.strip(" .()").lower() == DECORATIVE else alt


def describe_again(pictures: Sequence[Picture], said: Sequence[str]) -> tuple[Picture, ...]:
    """The pictures with the descriptions that an edit gives, one for each in order. Raises `PictureFault`."""
    meant = [_meant(alt) for alt in said]
    if len(meant) != len(pictures):
        if set(meant) <= {picture.alt for picture in pictures}:
            return tuple(pictures)  # those that stood in the words, said again, or none at all
        raise PictureFault("picture.each_alt", pictures=count(len(pictures), "picture", "pictures"))
    return tuple(replace(picture, alt=alt) for picture, alt in zip(pictures, meant, strict=True))


async def _fetch(services: Services, platform: str, file: Attachment) -> CleanPicture:
    try:
        data = await services.chat(platform).download(file, limit=LARGEST)
        return await clean_async(data)
    except PictureRefused as error:
        raise PictureFault(f"leaks.picture.{error.code}", **error.params) from None
    except Refused as error:
        code = "picture.too_large" if error.code == "too_large" else "picture.gone"
        raise PictureFault(code, name=file.name, limit=LARGEST // 2**20) from None


async def keep(session: AsyncSession, pictures: Sequence[Described]) -> None:
    """Store pictures that are not there yet."""
    for item in pictures:
        if await session.get(PictureRow, item.picture.sha256) is None:
            found = item.picture
            session.add(PictureRow(sha256=found.sha256, media_type=found.media_type, data=found.data))


class Pictures:
    """The pictures kept in the database, for adapters that show them."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    async def picture(self, sha256: str) -> bytes:
        """The bytes of a picture. Raises KeyError."""
        async with self._database.reading() as session:
            row = await session.get(PictureRow, sha256)
        if row is None:
            raise KeyError(sha256)
        return row.data
