"""Takes letters from the outbox to the platforms, one after another within each place."""

from datetime import timedelta

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import AccountRef, Content, MessageRef, RoomRef
from adapters.ports import ChatAdapter
from bot import outbox
from bot.leases import Owner
from bot.outbox import RETRY_AFTER, Outgoing
from bot.services import Services
from config import logs

log = logs.get("outbox")

MOST_ATTEMPTS = 20
"""After about an hour and a half of a platform being away a letter is given up, and the log says so."""


async def step(services: Services, owner: Owner) -> bool:
    """Send the next letter, if any. True when there was one."""
    outgoing = await outbox.take(services.database, owner)
    if outgoing is None:
        return False
    try:
        ref = await _send(services.chat(outgoing.platform), outgoing)
    except (Unavailable, OutcomeUnknown) as error:
        # Sending again is safe: the key is the same, and the platform shows it once.
        await _later(services, owner, outgoing, error)
    except (Refused, NotAuthenticated, AdapterError) as error:
        code = error.code if isinstance(error, Refused) else type(error).__name__
        log.error("not_sent", action=outgoing.action, code=code, platform=outgoing.platform)
        async with services.database.writing() as session:
            await outbox.give_up(session, outgoing, owner)
    else:
        async with services.database.writing() as session:
            await outbox.sent(session, outgoing, owner, ref)
    return True


async def _later(services: Services, owner: Owner, outgoing: Outgoing, error: AdapterError) -> None:
    wait = RETRY_AFTER[min(outgoing.attempts, len(RETRY_AFTER)) - 1]
    if isinstance(error, RateLimited | Unavailable) and error.retry_after is not None:
        wait = timedelta(seconds=error.retry_after)
    async with services.database.writing() as session:
        if outgoing.attempts >= MOST_ATTEMPTS:
            log.error("not_sent", action=outgoing.action, code="away_too_long", platform=outgoing.platform)
            await outbox.give_up(session, outgoing, owner)
            return
        now = await services.database.now(session)
        await outbox.later(session, outgoing, owner, now + wait)


async def _send(chat: ChatAdapter, outgoing: Outgoing) -> MessageRef | None:
    """Do what the letter says. Raises `AdapterError`."""
    content = outgoing.content or Content("")
    if outgoing.action == "tell":
        account = AccountRef(outgoing.platform, outgoing.account or "")
        return await chat.send(await chat.direct(account), content, thread=None, key=outgoing.key)
    room = RoomRef(outgoing.platform, outgoing.room or "")
    if outgoing.action == "send":
        return await chat.send(room, content, thread=outgoing.thread, key=outgoing.key)
    if outgoing.action == "whisper":
        account = AccountRef(outgoing.platform, outgoing.account or "")
        return await chat.whisper(room, account, content, thread=outgoing.thread, key=outgoing.key)
    await _change(chat, outgoing, content)
    return None


async def _change(chat: ChatAdapter, outgoing: Outgoing, content: Content) -> None:
    if outgoing.message is None:
        raise Refused("target_never_sent")
    ref = MessageRef(outgoing.platform, outgoing.room or "", outgoing.message)
    if outgoing.action == "edit":
        await chat.edit(ref, content, key=outgoing.key)
    elif outgoing.action == "delete":
        await chat.delete(ref)
    else:
        await chat.react(ref, outgoing.emoji or "")
