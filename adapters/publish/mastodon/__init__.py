"""The channel "mastodon": an account on Mastodon, or on a server that speaks its API, such as GoToSocial."""

from adapters.publish.mastodon.checkup import examine
from adapters.publish.mastodon.instance import Instance
from adapters.publish.mastodon.publisher import MastodonAccount, MastodonPublisher

__all__ = ["Instance", "MastodonAccount", "MastodonPublisher", "examine"]
