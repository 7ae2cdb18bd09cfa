"""The dialogue client of the web chat, under the name that tests know."""

from adapters.chat.web.client import BOT, Dialogue, NotSeen, Person, Refusal, Seen

__all__ = ["BOT", "Dialogue", "NotSeen", "Person", "Refusal", "Seen"]
