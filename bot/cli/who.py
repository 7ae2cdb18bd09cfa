"""`switchboard who`: ask who knows about something, one question or a batch."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.common import fail, open_database, read_settings
from bot.people import describe
from bot.wording import say
from config.database import Database
from directory import encoder, privacy
from directory.answers import Answer, Choose, Found, Match, Nobody, NotAQuestion
from directory.search import Finder

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    question: Annotated[str | None, typer.Argument(help="What you would ask a colleague.", show_default=False)] = None,
    batch: Annotated[Path | None, typer.Option(help='One JSON object a line: {"id": ..., "q": ...}.')] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, one object a line.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Tell each step from the question to the answer.")] = False,
) -> None:
    """Ask who knows about something. Answers as in chat: who, why, how to reach them; or that nobody is listed.

    \b
    Examples:
      switchboard who "who knows about flood mapping?"
      switchboard who --explain "who knows about flood mapping?"
      switchboard who --batch questions.jsonl --json
    """
    if question is not None and batch is not None:
        fail(say("who.both"))
    if batch is not None:
        asyncio.run(_batch(list(_questions(batch)), as_json, explain))
    elif question is None or not question.strip():
        fail(say("who.usage"))
    else:
        asyncio.run(_batch([(None, question)], as_json, explain))


def _questions(file: Path) -> Iterator[tuple[Any, str]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fail(say("who.batch_file", file=file, reason=getattr(error, "strerror", None) or "not UTF-8"))
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield entry["id"], str(entry["q"])
        except (ValueError, KeyError, TypeError):
            fail(say("who.batch_line", file=file, line=number))


async def _batch(questions: list[tuple[Any, str]], as_json: bool, explain: bool) -> None:
    today = datetime.now(ZoneInfo(read_settings().organisation.time_zone)).date()
    model = encoder.available()
    async with open_database() as database:
        if model:
            await encoder.part("preparation")(database, model)
        await _answer(database, Finder(model), questions, today, as_json, explain)


async def _answer(
    database: Database, finder: Finder, questions: list[tuple[Any, str]], today: date, as_json: bool, explain: bool
) -> None:
    async with database.reading() as session:
        if not (await privacy.state(session)).generation:
            typer.echo(say("who.empty"), err=True)
        for number, text in questions:
            if explain:
                for step in await finder.explain(session, text, today):
                    typer.echo(say(f"who.explain.{step.code}", **step.params))
            found = await finder.answer(session, text, today)
            typer.echo(json.dumps(as_object(number, found), ensure_ascii=False) if as_json else describe(found))


def as_object(number: Any, found: Found) -> dict[str, Any]:
    """An answer as the batch format has it."""
    outcomes = {Answer: "answer", Choose: "choose", Nobody: "nobody", NotAQuestion: "not_a_question"}
    skills = found.skills if isinstance(found, Answer | Choose) else ()
    people = found.matches if isinstance(found, Answer) else ()
    return {
        "id": number,
        "outcome": outcomes[type(found)],
        "skills": [{"label": hit.label, "score": hit.score} for hit in skills],
        "people": [_person(match) for match in people],
    }


def _person(match: Match) -> dict[str, Any]:
    return {
        "name": match.person.name,
        "email": match.person.email,
        "skill": match.skill,
        "level": match.level,
        "reviewed": match.reviewed.isoformat() if match.reviewed else None,
        "because": _because(match),
    }


def _because(match: Match) -> str:
    level = [say(f"people.level.{match.level}")] if match.level else []
    return say("who.because", skill=match.skill, details=", ".join([*level, _freshness(match.reviewed)]))


def _freshness(reviewed: date | None) -> str:
    return say("people.reviewed", month=f"{reviewed:%B %Y}") if reviewed else say("people.never_reviewed")
