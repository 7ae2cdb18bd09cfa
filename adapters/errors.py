"""The family of failures an adapter may raise; the engine decides by class, never by message text.

AdapterError
 |- Unavailable(retry_after)      nothing happened there; try again
 |   `- RateLimited               too many requests; try again after the time given
 |- NotAuthenticated              the token is wrong, expired or revoked: a person must act
 |- Refused(code)                 understood and definitely not done; trying again will not help
 `- OutcomeUnknown                it may have happened: look it up, never blindly repeat
"""


class AdapterError(Exception):
    """The platform or channel could not do what was asked."""


class Unavailable(AdapterError):
    """The platform cannot be reached or asks for patience, and nothing was done."""

    def __init__(self, reason: str = "unavailable", retry_after: float | None = None) -> None:
        """Keep the reason and the wait asked for, in seconds (None: not said)."""
        super().__init__(reason)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """Too many requests; nothing was done."""


class NotAuthenticated(AdapterError):
    """The platform does not accept our credentials."""


class Refused(AdapterError):
    """The platform understood and will not do it."""

    def __init__(self, code: str) -> None:
        """Keep the platform's own code for it, such as `not_in_room`."""
        super().__init__(code)
        self.code = code


class OutcomeUnknown(AdapterError):
    """The request may have been carried out; only a look-up can tell."""
