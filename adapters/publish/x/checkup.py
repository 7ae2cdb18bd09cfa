"""Whether X gives us tokens. Nothing that costs is asked."""

from collections.abc import Callable
from datetime import datetime

import httpx

from adapters.errors import AdapterError, NotAuthenticated
from adapters.ports import Finding
from adapters.publish.x.publisher import XAccount
from adapters.publish.x.tokens import Tokens
from adapters.webapi import WebApi


async def examine(
    account: XAccount, clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Find a token that lasts, or ask for the next one, as publishing would."""
    api = WebApi(account.api, clock, transport)
    tokens = Tokens(api, account.client, account.tokens, clock)
    try:
        await tokens.access()
    except NotAuthenticated as error:
        return [Finding("token", False, str(error) if str(error) in CODES else "sign_in_again")]
    except AdapterError:
        return [Finding("token", False, "not_reached")]
    finally:
        await tokens.close()
        await api.close()
    return [Finding("token", True, "accepted")]


CODES = frozenset({"unsafe_tokens", "tokens_unreadable", "sign_in_again"})
"""Why only a person can help."""
