"""Plays a tour: a text in which people say, see, react, press and drop, one step a line.

    ama says in general: @switchboard who knows about flood maping?
    ama sees: flood mapping
    jo reacts ✅ to: #1 r2
    jo and sam react ✅ in the same instant to: #1 r2
    public shows: The library
    timeline shows once: The library
    timeline drops the answer
    10 minutes pass
    it becomes Tuesday morning
    the bot stops

`…` in what is seen stands for anything. Lines beginning with `#` are headings, empty lines are skipped.
"""

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

WITHIN = 20.0
"""Seconds in which something must be seen; generous, for a busy machine."""

PAUSE = 0.1
"""Seconds between two looks."""

MOST_SHOWN = 200
"""Characters shown of what was seen instead."""

ABSENT = 1.0
"""Seconds in which something must not appear."""


BEHAVIOURS = (
    "works", "refuses", "away", "drops the answer", "accepts late", "forgets keys", "blind", "stuck",
)  # fmt: skip
"""How the demo's timeline can be told to behave; a test holds them equal to the timeline's own."""


class TourFault(Exception):
    """A line of the tour cannot be read, or did not come true; the message names line and reason."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: who does what, where or with which emoji, and the words."""

    line: int
    source: str
    who: str
    verb: str
    extra: str
    words: str


_FORMS = (
    ("says", re.compile(r"(?P<who>\w+) says in (?P<extra>[\w-]+): (?P<words>.+)")),
    ("sees", re.compile(r"(?P<who>\w+) sees(?P<extra> privately)?: (?P<words>.+)")),
    ("misses", re.compile(r"(?P<who>\w+) does not see(?P<extra>): (?P<words>.+)")),
    ("reacts", re.compile(r"(?P<who>\w+) reacts (?P<extra>\S+) to: (?P<words>.+)")),
    ("together", re.compile(r"(?P<who>\w+ and \w+) react (?P<extra>\S+) in the same instant to: (?P<words>.+)")),
    ("unreacts", re.compile(r"(?P<who>\w+) takes (?P<extra>\S+) away from: (?P<words>.+)")),
    ("presses", re.compile(r"(?P<who>\w+) presses(?P<extra>): (?P<words>.+)")),
    ("drops", re.compile(r"(?P<who>\w+) drops in (?P<extra>[\w-]+): (?P<words>.+)")),
    ("shows", re.compile(r"(?P<who>public|timeline) shows(?P<extra>): (?P<words>.+)")),
    ("shows_once", re.compile(r"(?P<who>timeline) shows once(?P<extra>): (?P<words>.+)")),
    ("hides", re.compile(r"(?P<who>public|timeline) does not show(?P<extra>): (?P<words>.+)")),
    ("behaves", re.compile(rf"(?P<who>timeline) (?:is )?(?P<words>{'|'.join(BEHAVIOURS)})(?P<extra>)")),
    ("passes", re.compile(r"(?P<extra>\d+) (?P<words>seconds|minutes|hours|days) pass(?P<who>)")),
    ("becomes", re.compile(r"it becomes (?P<words>Tuesday) morning(?P<extra>)(?P<who>)")),
    ("stands", re.compile(r"the (?P<who>bot) (?P<words>stops|starts)(?P<extra>)")),
    ("behaves", re.compile(r"(?P<who>timeline) (?P<words>accepts late) by (?P<extra>\d+) seconds")),
)


def parse(text: str) -> list[Step | str]:
    """The steps, and headings as text. Raises `TourFault` with every line that cannot be read."""
    found: list[Step | str] = []
    faults = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("#"):
            found.append(line.lstrip("# "))
            continue
        step = _step(number, line)
        if step is None:
            faults.append(f"line {number}: {line!r} is no step")
        else:
            found.append(step)
    if faults:
        raise TourFault("; ".join(faults))
    if not any(isinstance(item, Step) for item in found):
        raise TourFault("it holds no step")
    return found


def _step(number: int, line: str) -> Step | None:
    for verb, form in _FORMS:
        match = form.fullmatch(line)
        if match:
            extra = (match.group("extra") or "").strip()
            return Step(number, line, match.group("who"), verb, extra, match.group("words").strip())
    return None


def pattern(words: str) -> str:
    """Words as a regular expression in which `…` stands for anything and capitals do not matter."""
    return "(?i)" + ".*?".join(re.escape(piece.strip()) for piece in words.split("…"))


async def play(chat: Any, steps: Sequence[Step | str], show: Callable[[str], None]) -> int:
    """Play all steps against the web chat's `Dialogue`, showing each; how many there were.

    Raises `TourFault` at the first that fails.
    """
    played = 0
    for step in steps:
        if isinstance(step, str):
            show(f"\n{step}")
            continue
        try:
            shown = await one(chat, step)
        except (LookupError, OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())
            raise TourFault(f"line {step.line} did not come true: {step.source} ({reason})") from error
        show(f"  {step.source}" + "".join(f"\n      | {line}" for line in shown.splitlines()))
        played += 1
    return played


async def one(chat: Any, step: Step) -> str:
    """Play one step; what was seen. Raises LookupError when it does not come true."""
    return await _VERBS[step.verb](chat, step)


async def _says(chat: Any, step: Step) -> str:
    await chat.person(step.who).says(_room(step), step.words)
    return ""


async def _sees(chat: Any, step: Step) -> str:
    private = True if step.extra else None
    words: str = (await _message(chat, step, private=private)).words
    return words


async def _misses(chat: Any, step: Step) -> str:
    await asyncio.sleep(ABSENT)
    if await chat.person(step.who).finds(pattern(step.words)):
        raise LookupError(f"{step.who} sees it after all")
    return ""


async def _reacts(chat: Any, step: Step) -> str:
    await chat.person(step.who).reacts((await _message(chat, step)).id, step.extra)
    return ""


async def _together(chat: Any, step: Step) -> str:
    people = [chat.person(who) for who in step.who.split(" and ")]
    found = await people[0].sees(pattern(step.words), within=WITHIN)
    await asyncio.gather(*[person.reacts(found.id, step.extra) for person in people])
    return ""


async def _unreacts(chat: Any, step: Step) -> str:
    await chat.person(step.who).unreacts((await _message(chat, step)).id, step.extra)
    return ""


async def _presses(chat: Any, step: Step) -> str:
    person = chat.person(step.who)

    async def press() -> bool:
        for room in await person.rooms():
            for message in reversed(await person.reads(room)):
                if step.words in message.buttons:
                    await person.presses(message.id, step.words)
                    return True
        return False

    await _until(press)
    return ""


async def _drops(chat: Any, step: Step) -> str:
    folder = resources.files("config").joinpath("demo")
    file = next((entry for entry in folder.iterdir() if entry.name == step.words), None)
    if file is None:
        raise LookupError(f"there is no file {step.words} in config/demo")
    await chat.person(step.who).drops(_room(step), step.words, file.read_bytes())
    return ""


async def _shows(chat: Any, step: Step) -> str:
    await _until(lambda: _public(chat, step))
    return ""


async def _shows_once(chat: Any, step: Step) -> str:
    await _shows(chat, step)
    await asyncio.sleep(ABSENT)
    page = await chat.page(f"/{step.who}/")
    copies = len(re.findall(pattern(step.words), html.unescape(page), re.DOTALL))
    if copies != 1:
        raise LookupError(f"the {step.who} page shows it {copies} times")
    return ""


async def _hides(chat: Any, step: Step) -> str:
    if await _public(chat, step):
        raise LookupError(f"the {step.who} page shows it")
    return ""


async def _behaves(chat: Any, step: Step) -> str:
    wanted: dict[str, Any] = {"behaviour": step.words}
    if step.extra:
        wanted["seconds"] = int(step.extra)
    told = await chat.ask(step.who, "POST", "/timeline/behaviour", lambda: wanted)
    return str(told["line"])


UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


async def _passes(chat: Any, step: Step) -> str:
    seconds = int(step.extra) * UNITS[step.words]
    told = await chat.ask("stage", "POST", "/stage/act", lambda: {"act": "pass", "seconds": seconds})
    return str(told["line"])


async def _becomes(chat: Any, step: Step) -> str:
    told = await chat.ask("stage", "POST", "/stage/act", lambda: {"act": step.words.lower()})
    return str(told["line"])


async def _stands(chat: Any, step: Step) -> str:
    told = await chat.ask("stage", "POST", "/stage/act", lambda: {"act": step.words.removesuffix("s")})
    return str(told["line"])


_VERBS: dict[str, Callable[[Any, Step], Awaitable[str]]] = {
    "says": _says,
    "sees": _sees,
    "misses": _misses,
    "reacts": _reacts,
    "together": _together,
    "unreacts": _unreacts,
    "presses": _presses,
    "drops": _drops,
    "shows": _shows,
    "shows_once": _shows_once,
    "hides": _hides,
    "behaves": _behaves,
    "passes": _passes,
    "becomes": _becomes,
    "stands": _stands,
}


async def _message(chat: Any, step: Step, private: bool | None = None) -> Any:
    person = chat.person(step.who)
    try:
        return await person.sees(pattern(step.words), private=private, within=WITHIN)
    except LookupError:
        newest = await person.finds("")
        seen = "nothing from the bot" if newest is None else f"“{newest.words[:MOST_SHOWN]}”"
        raise LookupError(f"{step.who} did not see it within {WITHIN:g} seconds; the newest there is {seen}") from None


async def _public(chat: Any, step: Step) -> bool:
    page = html.unescape(await chat.page(f"/{step.who}/"))
    return re.search(pattern(step.words), page, re.DOTALL) is not None


async def _until(look: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(round(WITHIN / PAUSE)):
        if await look():
            return
        await asyncio.sleep(PAUSE)
    raise LookupError("it did not happen in time")


def _room(step: Step) -> str:
    return f"direct-{step.who}" if step.extra == "direct" else step.extra
