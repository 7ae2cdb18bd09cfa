"""Behind the scenes of the demo: let time pass, stop the bot and start it again, and see what it makes of that."""

import html
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from json import JSONDecodeError
from typing import Any

from aiohttp import web

CHOICES = ((60, "1 minute"), (600, "10 minutes"), (3600, "1 hour"), (86400, "1 day"))
MOST = 366 * 86400
"""Seconds that may pass at once."""

TUESDAY, MORNING = 1, 10
"""The weekday and the hour to which the clock can be put: an office day, as is the day after it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What can be done: `passes(seconds)` puts the clock forward; `told` gives the time and whether the bot works."""

    passes: Callable[[float], None]
    stops: Callable[[], Awaitable[None]]
    starts: Callable[[], Awaitable[None]]
    told: Callable[[], tuple[datetime, bool]]


STAGE = web.AppKey("stage", Stage)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def stage_application(stage: Stage) -> web.Application:
    """The page, and `POST act` with `{"act": "pass", "seconds": 600}`, or one of `tuesday`, `stop` and `start`."""
    application = web.Application()
    application[STAGE] = stage
    application.on_response_prepare.append(_guarded)
    application.add_routes([web.get("/", _page), web.post("/act", _act)])
    return application


async def _guarded(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


async def _act(request: web.Request) -> web.Response:
    stage = request.app[STAGE]
    try:
        given: Any = await request.json()
        act = given["act"]
        if act == "pass":
            seconds = float(given["seconds"])
            if not 0 < seconds <= MOST:
                raise ValueError("seconds")
            stage.passes(seconds)
        elif act == "tuesday":
            at, _ = stage.told()
            stage.passes(to_tuesday_morning(at).total_seconds())
        elif act in {"stop", "start"}:
            await (stage.stops if act == "stop" else stage.starts)()
        else:
            raise ValueError("act")
    except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, RecursionError):
        line = "Nothing was done: say pass with seconds (at most a year), tuesday, stop or start."
        return web.json_response({"error": line, "code": "no_act"}, status=400)
    return web.json_response({"line": line_of(stage)})


def to_tuesday_morning(at: datetime) -> timedelta:
    """How long it is from a local time to the next Tuesday at ten, when what is said goes by no rule of the night."""
    morning = at.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    morning += timedelta(days=(TUESDAY - at.weekday()) % 7)
    if morning <= at:
        morning += timedelta(days=7)
    return morning.astimezone(UTC) - at.astimezone(UTC)


def line_of(stage: Stage) -> str:
    """The demo's time and whether the bot works, in a sentence."""
    at, works = stage.told()
    return f"It is {at:%H:%M:%S} on {at.day}/{at.month}/{at.year}. The bot {'works' if works else 'is stopped'}."


async def _page(request: web.Request) -> web.Response:
    buttons = [("pass", str(seconds), f"Let {words} pass") for seconds, words in CHOICES]
    buttons += [("tuesday", "", "Go to Tuesday, 10:00"), ("stop", "", "Stop the bot"), ("start", "", "Start the bot")]
    items = "".join(
        f'<p><button class="button" type="button" data-act="{act}" data-seconds="{seconds}">'
        f"{html.escape(words)}</button></p>"
        for act, seconds, words in buttons
    )
    page = f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Behind the scenes – Switchboard demo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="../static/base.css"><link rel="stylesheet" href="../static/chat.css">
<link rel="icon" type="image/svg+xml" href="../static/icon.svg">
<script src="../static/stage.js" defer></script></head>
<body class="stage"><main><h1>Behind the scenes</h1>
<p>The demo's clock can be put forward, and the bot stopped while people go on. The chat itself stays open.</p>
<p id="now" role="status">{html.escape(line_of(request.app[STAGE]))}</p><p id="fault" role="alert"></p>
{items}
<form id="other"><label for="seconds">Seconds to let pass</label>
<input id="seconds" type="number" min="1" max="{MOST}" value="300">
<button class="button" type="submit">Let them pass</button></form>
</main></body></html>
"""
    return web.Response(text=page, content_type="text/html")
