"""The channel "bluesky": an account on Bluesky, or on any server of the AT Protocol that keeps its posts."""

from adapters.publish.bluesky.checkup import examine
from adapters.publish.bluesky.publisher import BlueskyPublisher
from adapters.publish.bluesky.session import BlueskyAccount

__all__ = ["BlueskyAccount", "BlueskyPublisher", "examine"]
