"""What it costs to publish a post on channels that charge."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.events import Post
from adapters.particular import Priced
from bot.services import Services
from bot.wording import say


def lines(services: Services, posts: Sequence[Post]) -> str:
    """A line for each channel that charges; empty when none does."""
    told: list[str] = []
    for post in posts:
        publisher: object = services.publishers.get(post.channel)
        if isinstance(publisher, Priced):
            amount = sum((publisher.price(part) for part in post.parts), Decimal(0))
            told.append(say("channels.cost", channel=post.channel, amount=f"{amount:.3f}"))
    return "\n".join(told)
