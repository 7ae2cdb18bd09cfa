"""The lives of a database: numbers, keys, and what a backup that was put back begins with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.events import Content, MessageRef, RoomRef
from bot import audit, epochs, inbox, outbox, restored
from bot.announcements.tables import AnnouncementRow, DeliveryRow, RevisionRow, VoteRow
from bot.audit import AuditRow, Entry
from bot.dispatch import Dispatcher
from bot.encoding import load_content
from bot.epochs import MOVED_AWAY, RESTORED, EpochRow
from bot.inbox import InboxRow, RoomLease
from bot.leaks.context import NO_CONTACTS
from bot.outbox import OutboxRow
from bot.protocol.model import State
from bot.restored import Earlier, Stamped
from bot.services import Services
from config.database import Database, DatabaseUnavailable
from config.keys import open_keys
from config.settings import given
from directory.search import Finder
from tests.unit.storage.stage import AT, ME, message, rows

pytestmark = pytest.mark.asyncio

COMMS = RoomRef("web", "comms")
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def services(database: Database, folder: Path) -> Services:
    """Parts without any platform or channel."""
    return Services(database, given({}), open_keys(folder / "key"), {}, {}, NO_CONTACTS, lambda: NOW)


async def announce(database: Database, number: int, state: State, delivery: str | None = None) -> None:
    """An announcement with one revision, one approval, its preview, and perhaps a delivery."""
    async with database.writing() as session:
        session.add(
            AnnouncementRow(
                number=number,
                state=state.value,
                author=1,
                author_account="web:ama",
                source_platform="web",
                source_room="general",
                source_message="1",
                made=AT,
                changed=AT,
            )
        )
        await session.flush()
        session.add(
            RevisionRow(
                announcement=number,
                revision=1,
                text="The library is closed.",
                language="en-GB",
                digest="d",
                fingerprint="f",
                rules="r",
                made=AT,
            )
        )
        vote: dict[str, Any] = {
            "kind": "approve",
            "source": "reaction",
            "account": "web:jo",
            "digest": "d",
            "message": f"p{number}",
        }
        session.add(VoteRow(announcement=number, revision=1, person=2, received=AT, **vote))
        shown: dict[str, Any] = {
            "place": "web:comms",
            "platform": "web",
            "room": "comms",
            "action": "send",
            "state": "sent",
        }
        session.add(OutboxRow(key=f"preview/{number}/1", message=f"p{number}", made=AT, **shown))
        if delivery:
            values: dict[str, Any] = {
                "channel": "board",
                "key": f"k{number}",
                "state": delivery,
                "post": "{}",
                "digest": "d",
            }
            held: dict[str, Any] = {"owner": str(ME), "until": NOW} if delivery == "sending" else {}
            session.add(DeliveryRow(announcement=number, revision=1, permitted=AT, **values, **held))


async def stamp(database: Database, folder: Path, earlier: Earlier | None = None) -> Stamped:
    """Put back, as it stands."""
    return await restored.stamp(services(database, folder), "cli:pat", earlier or Earlier())


async def test_the_first_life_has_no_name_and_changes_no_key(database: Database) -> None:
    async with database.writing() as session:
        assert await epochs.current(session) == epochs.FIRST
        assert await epochs.next_number(session) is None
    assert epochs.delivery_name("", 12, 1, "feed", 0) == "12/1/feed/0"
    assert epochs.in_life(epochs.FIRST, "in/57/0") == "in/57/0"
    assert not epochs.is_before(AT, epochs.FIRST)
    assert not epochs.is_earlier("", epochs.FIRST)


@pytest.mark.parametrize(("highest", "first"), [(0, 101), (1, 201), (13, 201), (99, 201), (100, 201), (101, 301)])
async def test_a_new_life_leaves_out_a_hundred_numbers_or_more(highest: int, first: int) -> None:
    assert epochs.first_after(highest) == first


async def test_numbers_of_a_new_life_follow_the_gap_and_then_count_on(database: Database) -> None:
    await announce(database, 13, State.PUBLISHED)
    for expected in (201, 401):
        async with database.writing() as session:
            await epochs.begin(session, RESTORED, NOW)
        given_out = []
        for _ in range(2):
            async with database.writing() as session:
                row = AnnouncementRow(
                    number=await epochs.next_number(session),
                    state="draft",
                    author=1,
                    author_account="web:ama",
                    source_platform="web",
                    source_room="general",
                    source_message="1",
                    made=NOW,
                    changed=NOW,
                )
                session.add(row)
                await session.flush()
                given_out.append(row.number)
        assert given_out == [expected, expected + 1]


async def test_what_was_given_elsewhere_is_not_given_again(database: Database) -> None:
    async with database.writing() as session:
        assert (await epochs.begin(session, RESTORED, NOW, above=480)).first == 601
        # Nothing was announced in that life; the next one leaves its numbers out all the same.
        assert (await epochs.begin(session, RESTORED, NOW)).first == 701


async def test_each_life_has_its_own_keys_and_knows_what_was_made_in_it(database: Database) -> None:
    lives = []
    for days in (1, 2):
        async with database.writing() as session:
            lives.append(await epochs.begin(session, RESTORED, NOW + timedelta(days=days)))
    names = [epochs.delivery_name(life.name, 13, 1, "feed", 0) for life in (epochs.FIRST, *lives)]
    assert len(set(names)) == 3
    async with database.reading() as session:
        found = [await epochs.made_in(session, NOW + timedelta(days=days)) for days in (0, 1, 1.5, 2, 9)]
        assert await epochs.current(session) == lives[1]
    assert found == [epochs.FIRST, lives[0], lives[0], lives[1], lives[1]]
    assert epochs.is_earlier(lives[0].name, lives[1])
    assert not epochs.is_earlier(lives[1].name, lives[1])


async def test_a_database_that_was_moved_away_from_refuses_to_start_until_it_is_put_back(database: Database) -> None:
    async with database.writing() as session:
        await epochs.begin(session, MOVED_AWAY, NOW)
    with pytest.raises(DatabaseUnavailable, match="not the database any more"):
        await epochs.refuse_if_moved(database)
    async with database.writing() as session:
        await epochs.begin(session, RESTORED, NOW)
    again = Database(database.url.render_as_string(hide_password=False))
    await epochs.refuse_if_moved(again)
    await again.close()


OPEN = {1: State.IN_REVIEW, 2: State.APPROVED, 3: State.SCHEDULED, 9: State.HELD}
KEPT = {4: State.CHANGES_REQUESTED, 5: State.REJECTED, 6: State.PUBLISHED, 7: State.PUBLISHING, 8: State.CANCELLED}


async def test_whatever_waited_is_on_hold_and_nothing_else_moves(database: Database, tmp_path: Path) -> None:
    for number, state in (OPEN | KEPT).items():
        await announce(database, number, state)
    found = await stamp(database, tmp_path)
    assert found.held == tuple(OPEN)
    after = {row.number: (row.state, row.reason) for row in await rows(database, AnnouncementRow)}
    assert after == dict.fromkeys(OPEN, ("held", "restored")) | {one: (state.value, "") for one, state in KEPT.items()}


async def test_votes_and_previews_of_the_earlier_life_lead_to_nothing(database: Database, tmp_path: Path) -> None:
    for number, state in (OPEN | KEPT).items():
        await announce(database, number, state)
    await stamp(database, tmp_path)
    counted = [vote.announcement for vote in await rows(database, VoteRow) if vote.withdrawn is None and not vote.void]
    assert counted == [6, 7, 8]
    async with database.reading() as session:
        shown = [n for n in (OPEN | KEPT) if await outbox.key_of(session, MessageRef("web", "comms", f"p{n}"))]
    assert shown == [6, 7, 8]
    stubs = [row.target_key for row in await rows(database, OutboxRow) if row.action == "edit"]
    assert stubs == [f"preview/{number}/1" for number in OPEN]


@pytest.mark.parametrize(
    ("before", "after"),
    [("pending", "unsure"), ("sending", "unsure"), ("unsure", "unsure"), ("sent", "sent"), ("failed", "failed")],
)
async def test_what_was_being_sent_is_looked_up(database: Database, tmp_path: Path, before: str, after: str) -> None:
    await announce(database, 7, State.PUBLISHING, before)
    await stamp(database, tmp_path)
    (row,) = await rows(database, DeliveryRow)
    assert (row.state, row.owner, row.until, row.key) == (after, None, None, "k7")


async def test_what_waited_to_be_said_or_answered_is_not(database: Database, tmp_path: Path) -> None:
    await inbox.receive(database, "web", [message("e1"), message("e2")], "41")
    assert await inbox.take(database, ME)
    async with database.writing() as session, outbox.letters(session, "b", AT) as letters:
        for words in ("first", "second"):
            letters.say(COMMS, Content(words))
    assert await outbox.take(database, ME)
    found = await stamp(database, tmp_path)
    assert (found.dropped, found.unanswered) == (2, 2)
    assert {(row.state, row.body) for row in await rows(database, InboxRow)} == {("done", None)}
    assert [row.owner for row in await rows(database, RoomLease)] == [None]
    said = [(row.state, row.content) for row in await rows(database, OutboxRow) if row.key.startswith("b/")]
    assert said == [("dropped", None)] * 2
    async with database.reading() as session:
        assert await inbox.get_state(session, "web", "checkpoint") == "41"


async def test_communications_and_authors_are_told_and_the_evidence_stays_whole(
    database: Database, tmp_path: Path
) -> None:
    await announce(database, 3, State.SCHEDULED)
    parts = services(database, tmp_path)
    async with database.writing() as session:
        await audit.record(session, parts.keys, [Entry("x", "announcement:3")], AT)
    found = await stamp(database, tmp_path)
    assert found.of == AT
    letters = {row.place: load_content(row.content).text for row in await rows(database, OutboxRow) if row.content}
    assert "as it was on 2 March 2026, 09:30" in letters["web:comms"]
    assert "On hold: #3." in letters["web:comms"]
    assert "\n" not in letters["web:comms"]
    assert "#3 is on hold" in letters["direct:web:ama"]
    async with database.reading() as session:
        assert await audit.verify(session, parts.keys) == (3, [])
    assert [row.action for row in await rows(database, AuditRow)][-1] == "database_restored"


async def test_what_was_recalled_after_the_backup_is_recalled_again(database: Database, tmp_path: Path) -> None:
    for number in (6, 7):
        await announce(database, number, State.PUBLISHED, "sent")
    found = await stamp(database, tmp_path, Earlier(9, (7, 8)))
    assert found.recalled == (7,)
    assert [row.state for row in await rows(database, AnnouncementRow)] == ["published", "recalling"]


async def test_half_of_it_is_nothing(database: Database, tmp_path: Path) -> None:
    await announce(database, 3, State.SCHEDULED)
    async with database.writing() as session:
        await session.execute(text("DROP TABLE audit_note"))
    with pytest.raises(Exception, match="audit_note"):
        await stamp(database, tmp_path)
    assert await rows(database, EpochRow) == []
    assert [row.state for row in await rows(database, AnnouncementRow)] == ["scheduled"]


@pytest.mark.parametrize(("minutes", "state"), [(-1, "done"), (0, "waiting"), (1, "waiting")])
async def test_an_event_from_before_stays_unanswered(
    database: Database, tmp_path: Path, minutes: int, state: str
) -> None:
    await stamp(database, tmp_path)
    event = message("e1", text="help")
    await inbox.receive(database, "web", [replace(event, at=NOW + timedelta(minutes=minutes))], "1")
    # To answer it the platform would be asked who wrote it; there is none, so a later one waits for it.
    assert await Dispatcher(services(database, tmp_path), Finder(), ME).step()
    assert [row.state for row in await rows(database, InboxRow)] == [state]
