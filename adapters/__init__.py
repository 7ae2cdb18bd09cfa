"""The outside world: what can happen in chat, the ports, and one adapter for each platform and channel."""
