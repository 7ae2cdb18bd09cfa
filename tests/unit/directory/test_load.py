"""Loading: plan, stage, switch, undo; nothing half-applied, nobody lost, hidden people kept out. On both databases."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from config.database import Database
from directory import load, privacy
from directory.export import COLUMNS, csv_row, everybody
from directory.load import LoadRefused
from directory.models import Account, DirectoryState, ImportBatch, PersonRecord, PersonSkill, SkillLabel
from directory.people import accounts_of, by_account, by_id
from tests.unit.directory.council import COUNCIL, HEADER, NOW, TODAY, csv, loaded, planned, rows

pytestmark = pytest.mark.asyncio
PEOPLE = 12


async def undone(database: Database, batch: int) -> None:
    async with database.writing() as session:
        await load.undo(session, batch)


async def snapshot(database: Database) -> list[list[str]]:
    """Everything that is read: records, skills and accounts of the current generation."""
    async with database.reading() as session:
        return sorted([csv_row(one, accounts) async for one, accounts in everybody(session)])


async def refusal(work: Coroutine[Any, Any, object]) -> str:
    with pytest.raises(LoadRefused) as refused:
        await work
    assert refused.value.code in load.REFUSALS
    return refused.value.code


async def stage(database: Database, text: str) -> int:
    return await load.stage(database, await planned(database, text), "tester", "staff.csv", NOW)


async def switch(database: Database, batch: int) -> None:
    async with database.writing() as session:
        await load.switch(session, batch)


async def person_of(database: Database, web_id: str) -> int:
    async with database.reading() as session:
        found = await by_account(session, "web", web_id, TODAY)
    assert found is not None
    return found.person_id


async def test_a_first_load(database: Database) -> None:
    plan = await planned(database, COUNCIL)
    assert (plan.people, plan.added, plan.changed, plan.left, plan.unchanged) == (PEOPLE, PEOPLE, 0, 0, 0)
    assert await rows(database, PersonRecord) == 0
    steps: list[tuple[int, int]] = []
    batch = await load.stage(database, plan, "pat", "staff.csv", NOW, lambda done, total: steps.append((done, total)))
    assert steps[-1] == (PEOPLE, PEOPLE)
    assert await snapshot(database) == []
    await switch(database, batch)
    assert len(await snapshot(database)) == PEOPLE
    async with database.reading() as session:
        kept = await session.get(ImportBatch, batch)
        assert kept is not None
        assert (kept.by, kept.file_name, kept.at, kept.state, kept.added) == (
            "pat",
            "staff.csv",
            NOW,
            "applied",
            PEOPLE,
        )


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    await loaded(database)
    plan = await planned(database, COUNCIL)
    assert (plan.unchanged, plan.changes_anything) == (PEOPLE, False)
    assert await refusal(load.stage(database, plan, "pat", "staff.csv", NOW)) == "unchanged"
    assert await rows(database, ImportBatch) == 1


async def test_changes_are_told_by_field_and_leavers_apart(database: Database) -> None:
    await loaded(database)
    text = COUNCIL.replace("GIS Analyst", "GIS Lead").replace("QGIS (4)", "QGIS (2)")
    text = text.replace(
        "Officer,Events,Communications,,2025-01-01,yes,no", "Officer,Events,Communications,,2025-01-01,yes,yes"
    )
    plan = await planned(database, text)
    assert (plan.added, plan.changed, plan.left, plan.unchanged) == (0, 1, 1, PEOPLE - 2)
    assert plan.fields == {"job_title": 1, "skills": 1, "left": 1}
    owen, tom = plan.sample
    assert owen.fields == (("job_title", "GIS Analyst", "GIS Lead"), ("skills", "QGIS (4)", "QGIS (2)"))
    assert (tom.name, tom.kind) == ("Tom O'Neill", "left")
    await switch(database, await stage(database, text))
    assert (await planned(database, text)).changes_anything is False


async def test_people_and_columns_that_a_file_lacks_stay(database: Database) -> None:
    await loaded(database)
    before = await snapshot(database)
    await loaded(database, "e-mail,full name,team\nowen@b.example,Owen Llewellyn,Maps\n")
    after = await snapshot(database)
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        [*old[:4], "Maps", *old[5:]] for old in before if old[1] == "Owen Llewellyn"
    ]


async def test_a_person_keeps_her_id_under_a_new_address_or_number(database: Database) -> None:
    await loaded(database)
    priya = await person_of(database, "priya")
    await loaded(
        database, COUNCIL.replace("priya@b.example", "priya.patel@b.example").replace("Priya Raman", "Priya Patel")
    )
    await loaded(database, COUNCIL.replace("priya@b.example", "priya.patel@b.example").replace("\n002,", "\n902,"))
    assert await person_of(database, "priya") == priya
    assert len(await snapshot(database)) == PEOPLE


async def test_undo_goes_back_one_step_and_ids_outlive_it(database: Database) -> None:
    first = await loaded(database)
    before = await snapshot(database)
    second = await loaded(
        database,
        f"{HEADER}\n020,New Nell,nell@b.example,,,,,,,,nell,Bat surveys (4)\n"
        + COUNCIL.split("\n", 1)[1].replace("QGIS (4)", "QGIS (1)"),
    )
    await load.tidy(database, NOW)
    nell = await person_of(database, "nell")
    assert len(await snapshot(database)) == PEOPLE + 1
    await undone(database, second)
    assert await snapshot(database) == before
    assert await refusal(undone(database, second)) == "not_undoable"
    await load.tidy(database, NOW)
    assert await snapshot(database) == before
    assert await refusal(undone(database, first)) == "not_undoable"
    assert await rows(database, SkillLabel) == len({label for row in before for label in row[-1].split("; ")})
    await loaded(database, f"{HEADER}\n020,New Nell,nell@b.example,,,,,,,,nell,Bat surveys (4)\n")
    assert await person_of(database, "nell") == nell


async def test_undo_of_the_first_load_leaves_an_empty_directory(database: Database) -> None:
    await undone(database, await loaded(database))
    assert await snapshot(database) == []
    await load.tidy(database, NOW)
    counts = [await rows(database, table) for table in (PersonRecord, PersonSkill, Account, SkillLabel)]
    assert counts == [0, 0, 0, 0]
    await loaded(database)
    assert len(await snapshot(database)) == PEOPLE


async def test_a_crash_while_staging_leaves_nothing_and_the_next_load_cleans_up(database: Database) -> None:
    await loaded(database)
    before = await snapshot(database)
    changed = COUNCIL.replace("(4)", "(3)").replace("web_id", "slack_id").replace(",owen,", ",U111,")

    def crash(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await load.stage(database, await planned(database, COUNCIL.replace("(4)", "(1)")), "pat", "a.csv", NOW, crash)
    assert await snapshot(database) == before
    assert await rows(database, PersonRecord) > PEOPLE
    await load.tidy(database, NOW)
    assert await rows(database, PersonRecord) > PEOPLE, "a load that still goes on is left alone"
    await load.tidy(database, NOW + timedelta(days=2))
    assert (await rows(database, PersonRecord), await snapshot(database)) == (PEOPLE, before)
    del changed


async def test_a_second_load_takes_over_and_the_first_stops(database: Database) -> None:
    await loaded(database)
    first = await stage(database, COUNCIL.replace("QGIS (4)", "QGIS (1)"))
    second = await stage(database, COUNCIL.replace("QGIS (4)", "QGIS (2)"))
    assert await refusal(switch(database, first)) == "not_staged"
    await switch(database, second)
    assert any("QGIS (2)" in row[-1] for row in await snapshot(database))


async def test_a_load_overtaken_while_it_writes_stops(database: Database) -> None:
    await loaded(database)
    plan = await planned(database, COUNCIL.replace("(4)", "(1)"))
    batch = await load.stage(database, plan, "pat", "a.csv", NOW)
    await stage(database, COUNCIL.replace("(4)", "(2)"))
    async with database.writing() as session:
        row = await session.get(ImportBatch, batch)
        assert row is not None
        row.state = "staged"  # as a process would still believe
    assert await refusal(switch(database, batch)) == "overtaken"


async def test_a_plan_made_before_a_change_is_refused(database: Database) -> None:
    plan = await planned(database, COUNCIL)
    await loaded(database)
    assert await refusal(load.stage(database, plan, "pat", "a.csv", NOW)) == "moved_on"
    assert (await planned(database, COUNCIL)).digest != plan.digest
    first = await loaded(database, COUNCIL.replace("QGIS (4)", "QGIS (1)"))
    batch = await stage(database, COUNCIL.replace("QGIS (4)", "QGIS (2)"))
    await undone(database, first)
    assert await refusal(switch(database, batch)) == "moved_on"


async def test_a_staged_load_can_be_given_up(database: Database) -> None:
    batch = await stage(database, COUNCIL)
    async with database.writing() as session:
        await load.drop(session, batch)
    assert await refusal(switch(database, batch)) == "not_staged"
    await load.tidy(database, NOW)
    assert await rows(database, PersonRecord) == 0


async def test_a_file_of_bad_structure_is_not_planned(database: Database) -> None:
    assert await refusal(planned(database, "a,b\n1,2\n")) == "structure"


async def test_who_is_who_must_be_clear(database: Database) -> None:
    await loaded(database)
    # One person's address with another's number; and an account that is somebody else's.
    mixed = f"{HEADER}\n001,Owen Llewellyn,priya@b.example,,,,,,,,,\n"
    plan = await planned(database, mixed)
    assert [(fault.code, fault.line) for fault in plan.refused] == [("identity_conflict", 2)]
    assert plan.changes_anything is False
    stolen = f"{HEADER}\n099,Eve,eve@b.example,,,,,,,,owen,\n"
    plan = await planned(database, stolen)
    assert [(fault.code, fault.line) for fault in plan.refused] == [("account_taken", 2)]
    assert plan.changes_anything is False


async def test_accounts_follow_the_file(database: Database) -> None:
    await loaded(database)
    owen = await person_of(database, "owen")
    await loaded(database, COUNCIL.replace(",owen,", ",owen2,"))
    async with database.reading() as session:
        assert await by_account(session, "web", "owen", TODAY) is None
        assert await accounts_of(session, owen) == [("web", "owen2")]
    await loaded(database, "name,email,slack_id\nOwen Llewellyn,owen@b.example,U111\n")
    async with database.reading() as session:
        assert await accounts_of(session, owen) == [("slack", "U111"), ("web", "owen2")]
        lloyd = await by_account(session, "web", "lloyd", TODAY)
        assert lloyd is not None
        assert lloyd.active is False


async def test_an_erased_person_stays_out_of_every_later_load_and_undo(database: Database) -> None:
    await loaded(database)
    second = await loaded(database, COUNCIL.replace("Excel (4)", "Excel (1)"))
    priya = await person_of(database, "priya")
    async with database.writing() as session:
        await privacy.suppress(session, priya, privacy.ERASED, NOW)
    await undone(database, second)
    for text in (COUNCIL, COUNCIL.replace("002,", "777,"), COUNCIL.replace("priya@", "new@")):
        plan = await planned(database, text)
        assert (plan.kept_out, plan.people) == (1, PEOPLE)
        if plan.changes_anything:
            await loaded(database, text)
        assert not any("Priya" in row[1] for row in await snapshot(database))
    async with database.reading() as session:
        assert await by_id(session, priya, TODAY) is None


async def test_somebody_who_opted_out_stays_hidden_under_a_new_number(database: Database) -> None:
    first = await loaded(database)
    owen = await person_of(database, "owen")
    async with database.writing() as session:
        await privacy.suppress(session, owen, privacy.OPTED_OUT, NOW)
    await undone(database, first)
    await load.tidy(database, NOW)
    await loaded(database, COUNCIL.replace("001,", "801,"))
    assert not any("Owen" in row[1] for row in await snapshot(database))
    async with database.reading() as session:
        known = await by_account(session, "web", "owen", TODAY)
    assert known is not None
    assert known.active, "she is still a colleague, only not in the directory"
    async with database.writing() as session:
        await privacy.release(session, known.person_id)
    assert any("Owen" in row[1] for row in await snapshot(database))


async def test_export_and_load_are_a_round_trip(database: Database) -> None:
    await loaded(database, COUNCIL.replace("GIS Analyst", "'=1+1").replace("Porter", "''@porter"))
    before = await snapshot(database)
    assert any("'=1+1" in row for row in before)
    assert any("''@porter" in row for row in before)
    text = "\n".join([",".join(COLUMNS), *(",".join(f'"{cell}"' for cell in row) for row in before)])
    assert (await planned(database, text)).unchanged == PEOPLE
    async with database.writing() as session:
        state = await session.get(DirectoryState, 1)
        assert state is not None
    assert csv(text).refused == ()
