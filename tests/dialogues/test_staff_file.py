"""A staff file dropped in a direct message: looked at, shown, confirmed, undone; and what is no staff file."""

import io
import zipfile

import pytest
from PIL import Image

from directory.models import ImportBatch
from tests.chat import Refusal, Seen
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

NEWCOMER = "name,email,job title,skills\nRhiannon Tudor,rhiannon.tudor@brynford.example,Ranger,Otter counting (4)\n"
LEAVER = "name,email,left\nAma Mensah,ama.mensah@brynford.example,yes\n"


async def drop(talk: Talk, text: str | bytes, name: str = "staff.csv", who: str = "pat") -> None:
    data = text.encode() if isinstance(text, str) else text
    await talk.person(who).drops(f"direct-{who}", name, data)
    await talk.settle()


async def question(talk: Talk) -> Seen:
    return await talk.told("pat", "Nothing has changed yet", room="direct-pat")


async def states(talk: Talk) -> list[str]:
    """The loads after the first, which made the council."""
    return [row.state for row in sorted(await talk.rows(ImportBatch), key=lambda row: row.id or 0)][1:]


async def test_shown_confirmed_by_reaction_found_and_undone(talk: Talk) -> None:
    await drop(talk, NEWCOMER)
    asked = await question(talk)
    assert "1 new, 0 changed, 0 leaving" in asked.text
    assert asked.buttons == ("Load this file", "Forget this file")
    assert {"✅", "❌"} <= asked.reactions.keys()
    await talk.says("ama", "who is Rhiannon Tudor", room="direct-ama")
    await talk.told("ama", "Nobody called “Rhiannon Tudor” is listed")

    await talk.reacts("pat", "✅", asked)
    assert (await talk.told("pat", "“staff.csv” is loaded: 1 new")).thread is None
    await talk.says("ama", "who knows about otter counting?", room="direct-ama")
    await talk.told("ama", "Rhiannon Tudor")

    await talk.reacts("pat", "✅🏽", asked)
    await talk.told("pat", "That file does not wait any more")
    await talk.says("pat", "undo load", room="direct-pat")
    await talk.told("pat", "“staff.csv” is undone")
    await talk.says("ama", "who is Rhiannon Tudor", room="direct-ama")
    assert await talk.times("ama", "Nobody called “Rhiannon Tudor” is listed") == 2
    assert await states(talk) == ["undone"]
    assert await talk.count("SELECT count(*) FROM audit WHERE action IN ('load', 'load_undone')") == 2


@pytest.mark.parametrize(("words", "told"), [("load file", "is loaded: 1 new"), ("forget file", "is forgotten")])
async def test_it_is_answered_in_words_as_well(talk: Talk, words: str, told: str) -> None:
    assert "No file waits for your answer" in (await talk.answer("pat", words)).text
    await drop(talk, NEWCOMER)
    assert f"or say: {words}" in (await question(talk)).text
    assert "Only an admin can change the staff directory" in (await talk.answer("jo", words)).text
    assert told in (await talk.answer("pat", words)).text
    assert await states(talk) == ["applied" if words == "load file" else "dropped"]
    assert "No file waits for your answer" in (await talk.answer("pat", words)).text


async def test_undone_twice_the_council_is_still_there(talk: Talk) -> None:
    await drop(talk, NEWCOMER)
    await talk.person("pat").presses((await question(talk)).id, "Load this file")
    await talk.settle()
    for _ in range(2):
        await talk.says("pat", "undo load", room="direct-pat")
    await talk.told("pat", "“staff.csv”, the last file, is undone already")
    await talk.says("ama", "who is Jo Whitfield", room="direct-ama")
    await talk.told("ama", "Jo Whitfield – Communications Officer")


async def test_the_first_file_of_all_is_not_taken_back(talk: Talk) -> None:
    await talk.says("pat", "undo load", room="direct-pat")
    await talk.told("pat", "was the first file. Without it the directory would be empty")
    await talk.says("pat", "help", room="direct-pat")
    await talk.told("pat", "Here is what you can say")


async def test_undo_is_for_admins(talk: Talk) -> None:
    await talk.says("ama", "undo load", room="direct-ama")
    await talk.told("ama", "Only an admin can change the staff directory")


async def test_pressed_twice_it_is_loaded_once(talk: Talk) -> None:
    await drop(talk, NEWCOMER)
    asked = await question(talk)
    for _ in range(2):
        await talk.person("pat").presses(asked.id, "Load this file")
    await talk.settle()
    assert await talk.times("pat", "is loaded") == 1
    assert await talk.times("pat", "That file does not wait any more") == 1


@pytest.mark.parametrize("how", ["reaction", "button"])
async def test_forgotten(talk: Talk, how: str) -> None:
    await drop(talk, NEWCOMER)
    asked = await question(talk)
    if how == "reaction":
        await talk.reacts("pat", "❌", asked)
    else:
        await talk.person("pat").presses(asked.id, "Forget this file")
        await talk.settle()
    await talk.told("pat", "“staff.csv” is forgotten. Nothing was changed.")
    await talk.reacts("pat", "✅", asked)
    await talk.told("pat", "That file does not wait any more")
    assert await states(talk) == ["dropped"]
    assert await talk.count("SELECT count(*) FROM directory_state WHERE staging IS NOT NULL") == 0


async def test_dropped_twice_the_second_takes_the_place_of_the_first(talk: Talk) -> None:
    await drop(talk, NEWCOMER, "first.csv")
    first = await question(talk)
    await drop(talk, NEWCOMER.replace("Ranger", "Warden"), "second.csv")
    await talk.reacts("pat", "✅", first)
    await talk.told("pat", "another file took its place. Nothing was changed now")
    await talk.reacts("pat", "✅", await question(talk))
    await talk.told("pat", "“second.csv” is loaded")
    await drop(talk, NEWCOMER.replace("Ranger", "Warden"), "third.csv")
    await talk.told("pat", "“third.csv” says what the directory says already")


async def test_whoever_leaves_is_an_outsider_at_once(talk: Talk) -> None:
    await drop(talk, LEAVER)
    asked = await question(talk)
    assert "• leaving: Ama Mensah" in asked.text
    await talk.says("ama", "who is Jo Whitfield", room="direct-ama")
    await talk.told("ama", "Jo Whitfield – Communications Officer")
    await talk.reacts("pat", "✅", asked)
    await talk.says("ama", "who is Owen Llewellyn", room="direct-ama")
    await talk.told("ama", "I can only help people in the staff directory")
    assert await talk.times("ama", "Owen Llewellyn") == 0
    await talk.says("jo", "who is Ama Mensah", room="direct-jo")
    await talk.told("jo", "Nobody called “Ama Mensah” is listed")
    await talk.says("pat", "undo load", room="direct-pat")
    await talk.says("ama", "who is Owen Llewellyn", room="direct-ama")
    await talk.told("ama", "Owen Llewellyn – GIS Analyst")


@pytest.mark.parametrize(("who", "line"), [("ama", "Only an admin can change"), ("gil", "I can only help people")])
async def test_from_somebody_else_it_is_not_looked_into(talk: Talk, who: str, line: str) -> None:
    await drop(talk, NEWCOMER, who=who)
    await talk.told(who, line)
    assert await states(talk) == []


def workbook() -> bytes:
    """The beginnings of an Excel file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def png() -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    return out.getvalue()


ALIKE = ",".join(["skill"] * 100) + "\n" + ",".join(["x"] * 100) + "\n"


NO_STAFF_FILES = [
    ("empty.csv", b"", "The file is empty"),
    ("blank.csv", b"\n\n  \n", "empty|no column names"),
    ("picture.csv", png(), "not a table of staff"),
    ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "not a table of staff"),
    ("staff.xlsx", workbook(), "workbook cannot be opened"),
    ("alike.csv", ALIKE.encode(), "columns are called|no column"),
    ("letter.txt", b"Dear Pat,\nplease find attached nothing.\n", "no column names"),
]


async def test_what_is_no_staff_file(talk: Talk) -> None:
    assert NO_STAFF_FILES
    for name, data, line in NO_STAFF_FILES:
        await drop(talk, data, name)
        told = await talk.told("pat", f"“{name}” cannot be used, and nothing was changed:.*({line})")
        assert len(told.text) < 1_500
    assert await states(talk) == []


async def test_far_too_large_is_refused_by_the_chat_with_one_line(talk: Talk) -> None:
    with pytest.raises(Refusal) as refusal:
        await drop(talk, b"name,email\n" + b"x" * 21_000_000)
    assert "too large" in refusal.value.line
    assert await states(talk) == []


async def test_long_cells_and_many_changes_are_told_short(talk: Talk) -> None:
    long = "X" * 400
    rows = [f"Person {number},p{number}@brynford.example,{long},{long}\n" for number in range(30)]
    await drop(talk, "name,email,job title,team\n" + "".join(rows))
    await talk.reacts("pat", "✅", await question(talk))
    await drop(talk, "name,email,job title,team\n" + "".join(rows).replace("X", "Y"), "again.csv")
    asked = await talk.told("pat", "“again.csv” lists 30 people: 0 new, 30 changed")
    assert len(asked.text) < 4_000


async def test_in_a_room_it_is_left_alone(talk: Talk) -> None:
    await talk.person("pat").drops("general", "staff.csv", NEWCOMER.encode())
    await talk.settle()
    assert [one for one in await talk.person("pat").reads("general") if one.sender == "switchboard"] == []
    assert await states(talk) == []


async def test_two_admins_at_once_never_end_in_a_fault(talk: Talk) -> None:
    for number in range(3):
        await talk.person("pat").drops("direct-pat", f"{number}.csv", NEWCOMER.replace("Ranger", f"R{number}").encode())
    await talk.settle()
    assert await talk.times("pat", "Sorry, something went wrong") == 0
    assert (await states(talk)).count("staged") == 1
