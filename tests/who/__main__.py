"""`make who` prints how well "who knows about X" is answered, beside the peers, for docs/explanation/who-knows.md.

Organisations: those under tests/corpus/who, and the development half under ../shared (or SWITCHBOARD_WHO_DATA) where
that is there. It loads each into a database of its own and asks as `switchboard who` does.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot import migrations
from config.database import Database
from directory import csv_file, encoder, load, question
from directory.answers import Answer, Choose, Nobody, NotAQuestion
from directory.models import SkillLabel
from directory.search import Finder
from tests.who import esco
from tests.who.measures import GOALS, Reply, Tallies, plain, summed, tally
from tests.who.peers import PEERS

TODAY = date(2026, 12, 1)
CORPUS = Path(__file__).parents[1] / "corpus" / "who"
SHARED = Path(os.environ.get("SWITCHBOARD_WHO_DATA", Path(__file__).parents[2].parent / "shared/data/whoknows"))


def organisations() -> Iterator[Path]:
    """Folders with staff.csv, questions.jsonl and skill_forms.json."""
    if (SHARED / "questions.jsonl").exists():
        yield SHARED
    yield from sorted(folder.parent for folder in CORPUS.glob("*/questions.jsonl"))


def read(folder: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The questions, and the skill of each label in normal form."""
    forms = json.loads((folder / "skill_forms.json").read_text(encoding="utf-8"))
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()], {
        plain(f): k for k, some in forms.items() for f in some
    }


async def loaded(database: Database, folder: Path) -> None:
    """The staff file in an empty database."""
    async with database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)
    async with database.reading() as session:
        plan = await load.plan(session, csv_file.read((folder / "staff.csv").read_bytes()), TODAY)
    batch = await load.stage(database, plan, "measure", "staff.csv", datetime(2026, 12, 1, tzinfo=UTC))
    async with database.writing() as session:
        await load.switch(session, batch)


async def asked(database: Database, finder: Finder, text: str) -> Reply:
    """What is answered to a question."""
    async with database.reading() as session:
        found = await finder.answer(session, text, TODAY)
    match found:
        case Answer():
            return Reply("answer", tuple(hit.label for hit in found.skills))
        case Choose():
            return Reply("choose", tuple(hit.label for hit in found.skills))
        case Nobody():
            return Reply("nobody")
        case NotAQuestion():
            return Reply("not_a_question")


def peer_replies(name: str, text: str, labels: list[str]) -> Reply:
    """What a peer answers; it is given the topic alone, which helps it."""
    read = question.read(text)
    topic = text if isinstance(read, NotAQuestion) else read.topic
    found = PEERS[name](topic, labels)
    return Reply("answer", tuple(found)) if found else Reply("nobody")


async def measured(folder: Path) -> dict[str, list[Tallies]]:
    """The tallies of every way to answer, for one organisation."""
    questions, keys = read(folder)
    model = encoder.available()
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite+aiosqlite:///{place}/who.db")
        await loaded(database, folder)
        ways: dict[str, list[Tallies]] = {}
        finders = {"by words alone": Finder()}
        if model:
            await encoder.part("preparation")(database, model)
            finders["by meaning"] = Finder(model)
        async with database.reading() as session:
            labels = list((await session.execute(select(col(SkillLabel.label)))).scalars())
        for name in PEERS:
            ways[name] = [tally(one, peer_replies(name, one["q"], labels), keys) for one in questions]
        for name, finder in finders.items():
            ways[name] = [tally(one, await asked(database, finder, one["q"]), keys) for one in questions]
        await database.close()
    return ways


def shown(value: tuple[float, float, float] | None) -> str:
    """A measure with its bounds: `.93 (.89-.97)`."""
    if value is None:
        return "-"
    mean, low, high = (f"{one:.2f}".removeprefix("0") for one in value)
    return f"{mean} ({low}-{high})"


def main() -> int:
    """Print a table for each organisation, and the recall on ESCO; 1 when there is nothing to ask."""
    folders = list(organisations())
    for folder in folders:
        questions, _ = read(folder)
        print(f"\n{'development' if folder == SHARED else folder.name}: {len(questions)} questions\n")
        print("| how | " + " | ".join(GOALS) + " |\n" + "| --- " * (len(GOALS) + 1) + "|")
        for name, tallies in asyncio.run(measured(folder)).items():
            found = summed(tallies)
            print(f"| {name} | " + " | ".join(shown(found.get(measure)) for measure in GOALS) + " |", flush=True)
    print(
        "| goal | " + " | ".join(f"{'<=' if k in {'friend', 'choices'} else '>='} {v}" for k, v in GOALS.items()) + " |"
    )
    esco.show(SHARED / "esco_skills_en.tsv.gz")
    return 0 if folders else 1


if __name__ == "__main__":
    sys.exit(main())
