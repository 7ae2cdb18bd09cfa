"""How the server says no: one kind line for a person, and a code for a program."""

from json import JSONDecodeError
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.chat.web.settings import LARGEST_UPLOAD, LONGEST_TEXT, MOST_FILES
from adapters.errors import Refused, Unavailable
from config import logs

LINES: dict[str, tuple[int, str]] = {
    "account_off": (403, "This account is switched off."),
    "empty": (400, "There is nothing to send yet: write a few words or add a file."),
    "gone": (404, "That message is not there any more."),
    "no_button": (404, "That button is not there any more."),
    "no_emoji": (400, "That is not an emoji we can use."),
    "no_form": (400, "The upload could not be read. Please try again."),
    "no_json": (400, "The request could not be read: it should be a JSON object."),
    "no_such_page": (404, "There is nothing at this address."),
    "not_text": (400, "That holds characters that are not text."),
    "not_in_room": (403, "You are not in this room."),
    "not_yours": (403, "That belongs to somebody else."),
    "private": (400, "A private answer takes no reactions: use its buttons."),
    "too_large": (413, f"That is too large: files may have {LARGEST_UPLOAD // 1024 // 1024} MB together."),
    "too_long": (413, f"That is too long: a message may have {LONGEST_TEXT:,} characters. Send it as a file instead."),
    "too_many": (413, f"That is too much at once: a message may have {MOST_FILES} files."),
    "unknown_account": (404, "Nobody here has that account."),
    "unknown_room": (404, "There is no such room."),
    "unknown_thread": (404, "There is no such thread in this room."),
}


class Fields:
    """The fields of a request, each asked for by its name and kind."""

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise Refused("no_json")
        self._values = values

    def text(self, name: str) -> str:
        """A text, empty when it is left out. Raises `Refused("no_json")` for anything else."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refused("no_json")
        try:
            value.encode("utf-8")  # half of a surrogate pair cannot be kept
        except UnicodeEncodeError as error:
            raise Refused("no_json") from error
        return value

    def maybe(self, name: str) -> str | None:
        """A text, or None when it is empty or left out."""
        return self.text(name) or None


async def fields(request: web.Request) -> Fields:
    """The JSON object of a request. Raises `Refused("no_json")`."""
    try:
        return Fields(await request.json())
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("no_json") from error


@web.middleware
async def as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure of the API into its line."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    try:
        return await handler(request)
    except Refused as error:
        status, line = LINES.get(error.code, (400, "That cannot be done."))
        return _no(status, error.code, line)
    except Unavailable as error:
        return _no(503, "unavailable", str(error))
    except web.HTTPRequestEntityTooLarge:
        return _no(413, "too_long", LINES["too_long"][1])
    except web.HTTPException as error:
        return _no(error.status, "no_such_page", LINES["no_such_page"][1])
    except ConnectionError:
        raise  # the one who asked has gone; there is nobody to tell
    except Exception as error:  # the edge: a fault of ours is told plainly, and logged by its kind
        logs.get("web-chat").error("request_failed", error=type(error).__name__, action=request.method)
        return _no(500, "fault", "Something went wrong here. It was noted in the log; please try again.")


def _no(status: int, code: str, line: str) -> web.Response:
    return web.json_response({"error": line, "code": code}, status=status)
