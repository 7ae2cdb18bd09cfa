"""Who waits at the screen right now: the triggers that open a form, and forms that were sent and not yet answered."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.chat.slack.api import Json
from adapters.errors import Refused

MOST_TRIGGERS = 200  # remembered; Slack takes one for three seconds
FRESH = 60.0  # seconds for which an answer to a command is shown where it was given
ANSWERED_WITHIN = 2.0  # seconds; after three Slack shows its own error


@dataclass(slots=True)
class Sent:
    """A form that was sent; `faults` by field once the product has looked. `over`: nobody waits any more."""

    faults: Mapping[str, str] | None = None
    over: bool = False
    judged: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Asked:
    """What was just done, by the id of its event; the newest of each kind only."""

    patience: float = ANSWERED_WITHIN
    triggers: dict[str, str] = field(default_factory=dict)
    given: dict[str, float] = field(default_factory=dict)  # when, by our own clock
    forms: dict[str, Sent] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of forms that were sent, by the trigger

    def remember(self, event_id: str, body: Json) -> None:
        """Slack's trigger of an event."""
        if isinstance(body.get("trigger_id"), str):
            self.triggers[event_id] = body["trigger_id"]
            self.given[event_id] = time.monotonic()
        while len(self.triggers) > MOST_TRIGGERS:
            oldest = next(iter(self.triggers))
            del self.triggers[oldest], self.given[oldest]

    def trigger(self, event_id: str) -> str:
        """Slack's trigger of an event, for a form. Raises `Refused("too_late")`."""
        found = self.triggers.get(event_id)
        if found is None:
            raise Refused("too_late")
        return found

    def is_fresh(self, place: str) -> bool:
        """Whether a command was given just now."""
        return time.monotonic() - self.given.get(place, -FRESH) < FRESH

    def expect(self, form: str, trigger: str) -> str:
        """A form was sent; the id of the event. The same sent twice is one, unless it was found wrong in between."""
        attempt = 0
        while (known := self.forms.get(f"{form}-{attempt}")) is not None and known.faults:
            attempt += 1
        name = self.names[trigger] = f"{form}-{attempt}"
        self.forms.setdefault(name, Sent())
        for kept in (self.forms, self.names):
            while len(kept) > MOST_TRIGGERS:
                kept.pop(next(iter(kept)))
        return name

    def judge(self, event_id: str, faults: Mapping[str, str]) -> None:
        """What is wrong with a form, by field. Raises `Refused("too_late")` when it has closed."""
        sent = self.forms.get(event_id)
        if sent is None or sent.over:
            raise Refused("too_late")
        sent.faults = faults
        sent.judged.set()

    async def answer(self, trigger: str) -> Json:
        """What Slack is told of a form that was sent: the faults that it shows, else nothing, and it closes."""
        sent = self.forms.get(self.names.get(trigger, ""))
        if sent is None:
            return {}
        try:
            async with asyncio.timeout(self.patience):
                await sent.judged.wait()
        except TimeoutError:
            sent.over = True
            return {}
        sent.over = not sent.faults
        return {"response_action": "errors", "errors": dict(sent.faults)} if sent.faults else {}
