"""The channel "feed": Atom, RSS, JSON Feed and permanent pages, all generated from the database."""

from adapters.publish.feed.publisher import FeedPublisher
from adapters.publish.feed.site import FeedSite
from adapters.publish.feed.web import feed_application
from adapters.shelf import FeedEntry, FeedShelf

__all__ = ["FeedEntry", "FeedPublisher", "FeedShelf", "FeedSite", "feed_application"]
