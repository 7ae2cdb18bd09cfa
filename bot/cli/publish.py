"""`switchboard publish`: release at the server what is on hold only because chat cannot be reached."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from bot.announcements import break_glass, judging, preview, standing, store, threads
from bot.announcements.break_glass import TYPED, Case, NotReleased
from bot.app import services_for
from bot.cli.common import (
    announcement_number,
    fail,
    key_file,
    open_database,
    open_keys_for,
    operator,
    read_settings,
)
from bot.installation import channels_alone
from bot.platforms import NotAssembled, published
from bot.services import Services
from bot.wording import listed, say

app = typer.Typer(add_completion=False, rich_markup_mode=None)

RULE = "-" * 60


@app.command()
def main(
    number: Annotated[
        int, typer.Argument(parser=announcement_number, metavar="NUMBER", help="The announcement, for example 12.")
    ],
    accounts: Annotated[
        list[str], typer.Option("--as", help="Somebody who releases it, as platform:id; once for each person.")
    ],
    reason: Annotated[str, typer.Option(help="Why it cannot wait; kept with the evidence.")],
) -> None:
    """Release what is on hold because chat cannot be reached: two people who may approve, or the duty officer.

    Shows exactly what goes out. Each person named then types the beginning of its fingerprint.

    \b
    Example:
      switchboard publish 12 --as matrix:@jo:example.org --as matrix:@sam:example.org --reason "Flood warning"
    """
    asyncio.run(_publish(number, accounts, reason))


async def _publish(number: int, accounts: list[str], reason: str) -> None:
    settings = read_settings()
    async with open_database() as database:
        keys = open_keys_for(database)
        try:
            parts = channels_alone(settings, database, key_file(database).parent)
            contacts = published(settings)
        except NotAssembled as error:
            fail(say(f"run.{error.code}", **error.params))
        services = services_for(settings, database, keys, {}, parts, contacts)
        try:
            await released(services, number, accounts, reason, _ask)
        except NotReleased as error:
            fail(str(error))


def _ask(question: str) -> str:
    sys.stdout.write(f"{question} ")
    sys.stdout.flush()
    return sys.stdin.readline()


async def released(
    services: Services, number: int, accounts: list[str], reason: str, ask: Callable[[str], str]
) -> None:
    """Show it, ask each person, and let it out. Raises `NotReleased`."""
    case = await break_glass.look(services, number, accounts, reason)
    typer.echo(await shown(services, case))
    for one in case.people:
        question = say("break_glass.agree", who=one.name, typed=TYPED)
        if ask(question).strip().casefold() != case.digest[:TYPED]:
            raise NotReleased(say("break_glass.not_agreed", who=one.name))
    await break_glass.release(services, case, operator())
    typer.echo(say("break_glass.released", number=number))


async def shown(services: Services, case: Case) -> str:
    """All that people need to judge it, the exact words and the fingerprint last."""
    stored, revision = case.stored, case.stored.revision
    async with services.database.reading() as session:
        writers = await store.writers(session, services.keys, stored)
    approved = await break_glass.approvals(services, stored)
    lines = [
        say("preview.head", number=stored.number, revision=revision.revision, author=listed(writers)),
        say("break_glass.held", at=break_glass.when(services, stored.row.changed)),
        _channels(services, stored),
        preview.findings_lines(json.loads(revision.findings)),
        *_pictures(stored),
        preview.links_lines(json.loads(revision.links)),
        say("break_glass.approved", people=listed(approved)) if approved else "",
        preview.needs_line(standing.needed(services, stored).slots),
        say("break_glass.owed", number=stored.number) if case.owed else "",
        say("break_glass.exactly"),
        f"{RULE}\n{revision.text}\n{RULE}",
        say("break_glass.fingerprint", digest=case.digest),
    ]
    return "\n".join(line for line in lines if line)


def _channels(services: Services, stored: store.Stored) -> str:
    text, language, corrects = stored.revision.text, stored.revision.language, stored.row.corrects
    cuts = threads.kept(stored.revision.cuts)
    posts = judging.posts_for(services, stored.number, text, language, stored.pictures, corrects, cuts)
    lines = [preview.channels_line(services, text, posts), preview.threads_lines(posts)]
    return "\n".join(line for line in lines if line)


def _pictures(stored: store.Stored) -> list[str]:
    """What each picture is said to show: a terminal cannot show it."""
    removed = [item["removed"] for item in json.loads(stored.revision.pictures)]
    described = [
        say("break_glass.picture" if one.alt else "break_glass.decorative", place=place, alt=one.alt)
        for place, one in enumerate(stored.pictures, 1)
    ]
    return [preview.pictures_line(removed), *described]
