"""The form for an announcement, where a platform has forms: its length while it is written, and faults on their field.

What it decides is what `announce` decides in a message (bot/announcements/drafting.py).
"""

import contextlib
from collections.abc import Mapping

from adapters.errors import Refused
from adapters.events import Content, Field, FormChanged, FormSubmitted
from adapters.ports import Form, Screens
from bot.access import Action, may
from bot.announcements import drafting, judging, times
from bot.announcements.drafting import Draft, Unfit
from bot.desk import Commit, Desk, nothing
from bot.protocol.schedule import NotATime, understand
from bot.turn import Turn, privately
from bot.wording import say

FORM = "announcement"
TEXT, WHEN = "text", "when"


async def opened(turn: Turn) -> Commit:
    """Show an empty form to whoever asks for it; where there are no forms, say how it is done in words."""
    screens = _screens(turn)
    if screens is None:
        return privately(turn, say("draft.empty"))
    if not may(turn.person.roles, Action.DRAFT):
        return privately(turn, say("refuse.action.other"))
    try:
        await screens.show(turn.person.account, turn.event.event_id, _form(say("screens.form.nothing_yet")))
    except Refused:
        return privately(turn, say("screens.too_late"))
    return nothing


async def changed(turn: Turn, event: FormChanged) -> Commit:
    """Show how long the words are by now, and which time was understood."""
    screens = _screens(turn)
    if event.form == FORM and screens is not None and may(turn.person.roles, Action.DRAFT):
        with contextlib.suppress(Refused):  # closed in the meantime
            await screens.renew(event.ref, _form(await _notes(turn, event.values)))
    return nothing


async def sent(turn: Turn, event: FormSubmitted) -> Commit:
    """Draft what was written, or show what is wrong with it in the form, in which everything stays."""
    if not may(turn.person.roles, Action.DRAFT):
        return await _refused(turn, event, TEXT, say("refuse.action.other"))
    text, phrase = event.values.get(TEXT, "").strip(), event.values.get(WHEN, "").strip()
    text, inside = times.take_time(text)
    try:
        commit = await drafting.drafted(turn, Draft(text, phrase or inside))
    except Unfit as fault:
        return await _refused(turn, event, WHEN if fault.of_time and not inside else TEXT, str(fault), fault.also)
    screens = _screens(turn)
    if screens is not None:
        with contextlib.suppress(Refused):
            await screens.answer(event.event_id, {})
    return commit


async def _refused(turn: Turn, event: FormSubmitted, name: str, told: str, also: Commit = nothing) -> Commit:
    """Show the fault in the form; where that has closed, tell it with the words, so that none are lost."""
    screens = _screens(turn)
    if screens is not None:
        with contextlib.suppress(Refused):
            await screens.answer(event.event_id, {name: told})
            return also

    async def commit(desk: Desk) -> None:
        turn.confide(desk, Content(f"{told}\n{say('screens.form.kept')}", quote=event.values.get(TEXT, "")))
        await also(desk)

    return commit


async def _notes(turn: Turn, values: Mapping[str, str]) -> str:
    """What is to be known of the words so far."""
    text, inside = times.take_time(values.get(TEXT, ""))
    if not text:
        return say("screens.form.nothing_yet")
    lines = [_length(one) for one in await judging.fits(turn.services, text)]
    phrase = values.get(WHEN, "").strip() or inside
    if phrase:
        lines.append(_time(turn, phrase))
    return "\n".join(lines)


def _length(fit: judging.Fit) -> str:
    known = {"channel": fit.where, "length": f"{fit.length:,}", "longest": f"{fit.most:,}"}
    if fit.posts > 1:
        return say("screens.form.thread", posts=fit.posts, **known)
    if fit.posts:
        return say("screens.form.fits", **known)
    return say("screens.form.too_long", over=f"{fit.length - fit.most:,}", **known)


def _time(turn: Turn, phrase: str) -> str:
    try:
        asked = understand(phrase, turn.now, turn.services.zone)
    except NotATime as fault:
        return times.refusal(fault)
    return say("screens.form.time", when=times.in_full(asked.due, asked.until, turn.services.zone))


def _form(notes: str) -> Form:
    fields = (
        Field(TEXT, say("screens.form.text"), say("screens.form.text_hint"), lines=True, heard=True),
        Field(WHEN, say("screens.form.when"), say("screens.form.when_hint"), optional=True, heard=True),
    )
    return Form(FORM, say("screens.form.title"), say("screens.form.send"), fields, notes)


def _screens(turn: Turn) -> Screens | None:
    return turn.services.chat(turn.event.ref.platform).screens
