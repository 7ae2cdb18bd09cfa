"""What the tests of the directory share: a small council as CSV, and loading it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select

from bot import migrations
from config.database import Database
from directory import load
from directory.csv_file import CsvFile, read
from directory.load import LoadPlan

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

HEADER = "staff_id,name,email,job_title,team,service,manager_email,last_reviewed,contactable,left,web_id,skills"
COUNCIL = f"""{HEADER}
001,Owen Llewellyn,owen@b.example,GIS Analyst,Mapping,Digital,nia@b.example,2026-05-01,,,owen,QGIS (4);Flood mapping (3)
002,Priya Raman,priya@b.example,Analyst,Mapping,Digital,nia@b.example,2026-06-01,,,priya,Flood mapping (3);Excel (4)
003,Nia Prosser,nia@b.example,Digital Director,Leadership,Digital,,2026-01-01,yes,no,nia,Service design (2)
004,Tom O'Neill,tom@b.example,Events Officer,Events,Communications,,2025-01-01,yes,no,,Event planning (4)
005,Siân Gwynne,sian@b.example,Translator,Welsh Language,Communications,,2026-02-01,yes,no,,Welsh translation (4)
006,Olwen Price,olwen@b.example,Head of Planning,Development,Planning,,2026-02-01,yes,no,,Town planning (4)
007,Fergus Dunmore,fergus@b.example,Emergency Officer,Safety,Housing,,2026-02-01,yes,no,,Emergency planning (4)
008,Hidden Hannah,hannah@b.example,Registrar,Registration,Culture,,2026-02-01,no,no,hannah,Beekeeping (4)
009,Left Lloyd,lloyd@b.example,Social Worker,Care,Children,,2026-02-01,yes,yes,lloyd,Falconry (4)
010,Sade,sade@b.example,Leisure Assistant,Leisure,Culture,,,yes,no,,HR casework / employee relations
011,John Smith,john.smith@b.example,Clerk,Leisure,Culture,,,yes,no,,JavaScript (2)
012,John Smith,john.smith2@b.example,Porter,Estates,Culture,,,yes,no,,Lift maintenance (2);Contact centre (3)
"""


async def make_tables(database: Database) -> None:
    """Every table of the product."""
    async with database.engine.begin() as connection:
        await connection.run_sync(migrations.METADATA.create_all)


def csv(text: str) -> CsvFile:
    """A file read from text."""
    return read(text.encode())


async def planned(database: Database, text: str) -> LoadPlan:
    """What a text would change."""
    async with database.reading() as session:
        return await load.plan(session, csv(text), TODAY)


async def loaded(database: Database, text: str = COUNCIL) -> int:
    """Load a text; returns the batch."""
    batch = await load.stage(database, await planned(database, text), "tester", "staff.csv", NOW)
    async with database.writing() as session:
        await load.switch(session, batch)
    return batch


async def rows(database: Database, table: Any) -> int:
    """How many rows a table has."""
    async with database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())
