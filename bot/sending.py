"""Takes letters from the outbox to the platforms, one after another within each place."""

from dataclasses import replace
from datetime import timedelta

from adapters.errors import AdapterError, NotAuthenticated, OutcomeUnknown, RateLimited, Refused, Unavailable
from adapters.events import AccountRef, Content, MessageRef, RoomRef
from adapters.ports import ChatAdapter
from bot import epochs, outbox
from bot.leases import Owner
from bot.outbox import RETRY_AFTER, Outgoing
from bot.services import Services
from config import logs

log = logs.get("outbox")

MOST_ATTEMPTS = 20
"""After about an hour and a half of a platform being away a letter is given up, and the log says so."""

SHORTEST_PAUSE = timedelta(seconds=1)
"""However soon a platform that asks for patience would be asked again."""


async def step(services: Services, owner: Owner) -> bool:
    """Send the next letter, if any. True when there was one."""
    outgoing = await outbox.take(services.database, owner)
    if outgoing is None:
        return False
    # To a platform a key of an earlier life is another: what it names may have been said then, in other words.
    life = await epochs.known(services.database)
    named = replace(outgoing, key=epochs.in_life(life, outgoing.key)) if life.name else outgoing
    try:
        ref = await _send(services.chat(outgoing.platform), named)
    except (Unavailable, OutcomeUnknown, NotAuthenticated) as error:
        await _later(services, owner, outgoing, error)
    except AdapterError as error:
        code = error.code if isinstance(error, Refused) else type(error).__name__
        await _give_up(services, owner, outgoing, code)
    except Exception as error:  # the edge: an adapter's own fault; the letter waits, and its place goes on in the end
        await _later(services, owner, outgoing, error)
    else:
        async with services.database.writing() as session:
            await outbox.sent(session, outgoing, owner, ref)
    return True


async def _later(services: Services, owner: Owner, outgoing: Outgoing, error: Exception) -> None:
    # Sending again is safe: the key is the same, and the platform shows it once.
    log.warning("send_failed", action=outgoing.action, error=type(error).__name__, attempt=outgoing.attempts)
    signed_out = isinstance(error, NotAuthenticated)  # a person must act: the letters wait for as long as that takes
    named = timedelta(seconds=error.retry_after) if isinstance(error, Unavailable) and error.retry_after else None
    patience = named if isinstance(error, RateLimited) else None  # it is there, and will take everything in time
    if outgoing.attempts >= MOST_ATTEMPTS and not signed_out and not patience:
        await _give_up(services, owner, outgoing, "away_too_long")
        return
    wait = max(RETRY_AFTER[min(outgoing.attempts, len(RETRY_AFTER)) - 1], named or timedelta())
    async with services.database.writing() as session:
        now = await services.database.now(session)
        if patience:
            await outbox.pause(session, outgoing, owner, now + max(patience, SHORTEST_PAUSE))
        else:
            await outbox.later(session, outgoing, owner, now + wait)


async def _give_up(services: Services, owner: Owner, outgoing: Outgoing, code: str) -> None:
    log.error("not_sent", action=outgoing.action, code=code, platform=outgoing.platform)
    async with services.database.writing() as session:
        await outbox.give_up(session, outgoing, owner)


async def _send(chat: ChatAdapter, outgoing: Outgoing) -> MessageRef | None:
    """Do what the letter says. Raises `AdapterError`."""
    content = outgoing.content or Content("")
    if not chat.capabilities.buttons:  # whatever a button does is done by a reaction or a word too, and is said
        content = replace(content, buttons=())
    if outgoing.action == "tell":
        account = AccountRef(outgoing.platform, outgoing.account or "")
        return await chat.send(await chat.direct(account), content, thread=None, key=outgoing.key)
    room = RoomRef(outgoing.platform, outgoing.room or "")
    if outgoing.action == "send":
        return await chat.send(room, content, thread=outgoing.thread, key=outgoing.key)
    if outgoing.action == "whisper":
        account = AccountRef(outgoing.platform, outgoing.account or "")
        return await chat.whisper(room, account, content, thread=outgoing.thread, key=outgoing.key)
    if outgoing.action == "upload":
        data = (content.quote or "").encode("utf-8-sig")  # as spreadsheets expect it
        return await chat.upload(room, content.text, data, thread=outgoing.thread, key=outgoing.key)
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
