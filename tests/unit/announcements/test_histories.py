"""Acceptance: `why #n`, the evidence and what was published agree, for 500 random histories (invariant I24).

The paragraph is read back by the templates of its sentences, and held against the rows of evidence, replayed here,
and against what stands on the channels.
"""

import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot import audit
from bot.announcements import explain
from bot.announcements.tables import DeliveryRow
from tests.unit.announcements.book import Item, who_is
from tests.unit.announcements.life import Act, Life, begin

HISTORIES, SHARDS = 500, 4
ENDED = {"sent", "withdrawn", "remains", "failed", "needs_human"}
WORDING = Path(explain.__file__).parents[1] / "wording" / "en"
LIVELY = (
    *("draft",) * 5,
    *("approve",) * 8,
    *("wait", "wait", "wait", "react", "unreact", "type", "press", "edit", "schedule", "acknowledge", "withdraw"),
    *("pause", "resume", "take_up", "ask", "recall", "recall", "retry", "trouble", "trouble", "lose"),
)


@cache
def template(code: str) -> str:
    """A sentence of the wording, with its placeholders."""
    for file in sorted(WORDING.glob("*.toml")):
        found: object = tomllib.loads(file.read_text(encoding="utf-8"))
        for part in code.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, str):
            return found
    raise KeyError(code)


def heard(code: str, text: str) -> list[dict[str, str]]:
    """Every place where a text says that sentence, with what stands in its placeholders."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(template(code)))
    end = "" if template(code).endswith((".", ")")) else r"(?=[,.;]| and |$)"
    return [match.groupdict() for match in re.finditer(pattern + end, text)]


def once(code: str, text: str) -> dict[str, str]:
    """The one place."""
    found = heard(code, text)
    assert len(found) == 1, (code, text)
    return found[0]


def acts_of(dice: random.Random) -> list[Act]:
    """A life with many announcements."""
    small = [(dice.choice(LIVELY), dice.randrange(64), dice.randrange(64), dice.randrange(64)) for _ in range(55)]
    return [("draft", dice.randrange(64), dice.randrange(64), 0), *small]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.asyncio
async def test_why_agrees_with_the_evidence_and_the_channels(
    tmp_path: Path, shard: int, record_property: Callable[[str, object], None]
) -> None:
    seen: Counter[str] = Counter()
    lives = 0
    while seen.total() < HISTORIES // SHARDS:
        seed = shard * 1_000 + lives
        life = await begin(tmp_path / str(lives))
        try:
            for act in acts_of(random.Random(seed)):
                await life.do(act)
            await life.rest()
            for item in life.book.items.values():
                seen[await _agrees(life, item, f"seed {seed}, #{item.number}")] += 1
        finally:
            await life.town.close()
        lives += 1
    record_property("announcements by state", dict(seen))
    assert {"published", "in_review", "held"} <= seen.keys(), seen
    assert seen["published"] >= HISTORIES // SHARDS // 20, seen


async def _agrees(life: Life, item: Item, where: str) -> str:
    """Hold one paragraph against everything else; the state it is in."""
    services, number = life.town.services, item.number
    async with services.database.reading() as session:
        text = await explain.tell(session, services, number)
        rows = await audit.history(session, f"announcement:{number}")
        deliveries = (
            (await session.execute(select(DeliveryRow).where(col(DeliveryRow.announcement) == number))).scalars().all()
        )
    state = life.states[number]
    drafted = once("why.drafted", text)
    assert drafted["author"] == f"{who_is(item.author).title()} Field", where
    assert (drafted["number"], drafted["revision"]) == (str(number), str(item.revision)), where
    assert once("why.state", text)["state"] == template(f"state.{state}"), where
    standing = _replayed(rows, item.revision)
    assert _names(text) == {name for name, _ in standing}, (where, text)
    assert all(digest.startswith(drafted["digest"]) for _, digest in standing), (where, text)
    if item.committed_by:
        assert item.committed_by <= {name.split()[0].lower() for name in _names(text) | _taken_back(text)}, (
            where,
            text,
        )
        assert any(row.row.action == "publish" for row in rows), where
    moves = [json.loads(row.row.details) for row in rows]
    holds = sum(move.get("to") == "held" for move in moves) - (state == "held")
    assert len(heard("explain.held_once", text.partition(_head("explain.held"))[2].partition(". ")[0])) == min(
        holds, explain.MOST
    ), (where, text)
    assert len(heard("why.recalled", text)) == any(row.row.action == "recall" for row in rows), (where, text)
    assert len(heard("explain.for_time", text)) == (item.now.due is not None), (where, text)
    _compare_channels(life, text, deliveries, where)
    _compare_evidence(rows, deliveries, where)
    return state


async def why_names(life: Life, number: int) -> set[str]:
    """The approvers that `why` names."""
    async with life.town.services.database.reading() as session:
        return _names(await explain.tell(session, life.town.services, number))


def _names(text: str) -> set[str]:
    approved = heard("why.approved", text)
    return (
        {re.sub(r"^(, | and )+", "", one["who"]) for one in heard("explain.approver", approved[0]["people"])}
        if approved
        else set()
    )


def _taken_back(text: str) -> set[str]:
    """Who is told to have approved and taken it back, for one after it was out."""
    told = text.partition(_head("explain.taken_back"))[2].partition(". ")[0]
    return {re.sub(r"^(, | and )+", "", one["who"]) for one in heard("explain.taken_back_by", told)}


def _head(code: str) -> str:
    """How a sentence begins."""
    return template(code).partition("{")[0]


def _replayed(rows: Sequence[audit.Shown], revision: int) -> set[tuple[str, str]]:
    """Who approves the revision, as the evidence has it, and the beginning of the hash of what they approved."""
    names = {row.row.actor: row.note["who"] for row in reversed(rows) if "who" in row.note}
    standing: dict[object, tuple[str, str]] = {}
    for row in rows:
        details = json.loads(row.row.details)
        if details.get("revision") == revision and row.row.action == "approval":
            who = names.get(row.row.actor, f"somebody ({row.row.actor})")
            standing[details["ballot"]] = (who, details["digest"])
        elif details.get("revision") == revision and row.row.action == "approval_withdrawn":
            standing.pop(details["ballot"], None)
    return set(standing.values())


def _compare_evidence(rows: Sequence[audit.Shown], deliveries: Sequence[DeliveryRow], where: str) -> None:
    """What the evidence told last of each delivery that has ended is how it ended."""
    told: dict[object, str] = {}
    for row in rows:
        details = json.loads(row.row.details)
        if row.row.action in {"delivery", "delivery_answered"}:
            told[details.get("channel", details.get("delivery"))] = details["state"]
    for one in deliveries:
        if one.state in ENDED:
            assert one.state in {told.get(one.channel), told.get(one.id)}, (where, one.channel, told)


def _compare_channels(life: Life, text: str, deliveries: Sequence[DeliveryRow], where: str) -> None:
    said = heard("why.delivery", text.partition(_head("why.deliveries"))[2])
    assert len(said) == len(deliveries), (where, text)
    for row in deliveries:
        line = next(one for one in said if one["channel"].split()[-1] == row.channel)
        assert line["state"] == template(f"delivery.{row.state}"), (where, text)
        stands = {
            one.remote.url
            for one in life.town.channels[row.channel].shown.values()
            if one.post.number == row.announcement
        }
        if row.state == "sent":
            assert stands == {line["url"]}, (where, text)
        elif row.state in {"withdrawn", "failed", "cancelled", "pending"}:
            assert not stands, (where, text)
