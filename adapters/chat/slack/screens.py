"""Forms and the Home tab: as Slack shows them, and what stands in them when somebody has written there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from adapters.chat.slack.api import Json
from adapters.chat.slack.blocks import BUTTONS_IN_A_ROW, button, pieces
from adapters.chat.slack.interactive import view_of
from adapters.chat.slack.starting import Parts
from adapters.events import AccountRef, Field, MessageRef, Section
from adapters.ports import Form

LONGEST_TITLE = 24  # of a form, and of the button that sends it
LONGEST_CALLBACK = 255
LONGEST_HEADING = 150
LONGEST_LABEL = 2000


class SlackScreens:
    """Forms, and each person's Home tab. `ready` gives the parts once Slack has let us in."""

    def __init__(self, ready: Callable[[], Awaitable[Parts]]) -> None:
        self._ready = ready

    async def show(self, account: AccountRef, trigger: str, form: Form) -> None:
        """Open a form; `trigger` is the id of the event that asks for it. Raises `Refused("too_late")`."""
        del account  # whoever did that
        parts = await self._ready()
        asked = parts.machine.interaction.asked.trigger(trigger)
        await parts.machine.api.write("views.open", trigger_id=asked, view=modal(form))

    async def renew(self, ref: MessageRef, form: Form) -> None:
        """Show other words in an open form; Slack keeps what is written in fields of the same name."""
        parts = await self._ready()
        await parts.machine.api.read("views.update", view_id=view_of(ref), view=modal(form))

    async def answer(self, trigger: str, faults: Mapping[str, str]) -> None:
        """Faults on the fields of the form that was just sent; none: it closes. Raises `Refused("too_late")`."""
        (await self._ready()).machine.interaction.asked.judge(trigger, faults)

    async def keep(self, account: AccountRef, page: Sequence[Section]) -> None:
        """Show somebody's Home tab; the same again changes nothing."""
        await (await self._ready()).machine.api.read("views.publish", user_id=account.id, view=home(page))


def modal(form: Form) -> Json:
    """A form as Slack shows it."""
    blocks = [_input(one) for one in form.fields]
    return {
        "type": "modal",
        "callback_id": form.name[:LONGEST_CALLBACK],
        "title": _plain(form.title[:LONGEST_TITLE]),
        "submit": _plain(form.send[:LONGEST_TITLE]),
        "blocks": blocks + _words(form.notes),
    }


def home(page: Sequence[Section]) -> Json:
    """A Home tab."""
    blocks: list[Json] = []
    place = 0
    for section in page:
        blocks.append({"type": "header", "text": _plain(section.title[:LONGEST_HEADING])})
        blocks += _words(section.text)
        for first in range(0, len(section.buttons), BUTTONS_IN_A_ROW):
            row = section.buttons[first : first + BUTTONS_IN_A_ROW]
            blocks.append({"type": "actions", "elements": [button(place + at, one) for at, one in enumerate(row)]})
            place += len(row)
        if section.field is not None:
            blocks.append(_input(section.field) | {"dispatch_action": True})
    return {"type": "home", "blocks": blocks}


def _input(told: Field) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": told.name, "multiline": told.lines}
    if told.heard:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    block: Json = {
        "type": "input",
        "block_id": told.name,
        "label": _plain(told.label[:LONGEST_LABEL]),
        "element": element,
        "dispatch_action": told.heard,
        "optional": told.optional,
    }
    return block | ({"hint": _plain(told.hint[:LONGEST_LABEL])} if told.hint else {})


def _words(text: str) -> list[Json]:
    return [{"type": "section", "text": _plain(piece)} for piece, _ in pieces(text)]


def _plain(text: str) -> Json:
    """Words that are only read: nothing in them is markup."""
    return {"type": "plain_text", "text": text, "emoji": False}
