"""How X takes pictures: the bytes, then the description in a call of its own."""

from adapters.errors import Unavailable
from adapters.events import Picture
from adapters.publish.x.readback import Call
from adapters.uploads import ENDINGS


class Media:
    """The pictures of one account (`adapters.uploads.Host`)."""

    def __init__(self, call: Call) -> None:
        """`call` asks X in the account's name."""
        self._call = call

    async def upload(self, picture: Picture, data: bytes) -> str:
        """Give the bytes."""
        files = {"media": (f"picture.{ENDINGS[picture.media_type]}", data, picture.media_type)}
        kind = {"media_category": "tweet_image", "media_type": picture.media_type}
        answer = await self._call("POST", "2/media/upload", data=kind, files=files)
        try:
            return str(answer.body["data"]["id"])
        except (KeyError, TypeError) as error:
            raise Unavailable("answer_unreadable") from error

    async def settle(self, identity: str, picture: Picture) -> None:
        """Give the description; a decorative picture has none."""
        if picture.alt:
            described = {"id": identity, "metadata": {"alt_text": {"text": picture.alt}}}
            await self._call("POST", "2/media/metadata", json=described)
