"""The channel "x": an account on X. It only publishes: nothing that others wrote there is read."""

from adapters.publish.x.checkup import examine
from adapters.publish.x.publisher import XAccount, XPublisher
from adapters.publish.x.tokens import Client

__all__ = ["Client", "XAccount", "XPublisher", "examine"]
