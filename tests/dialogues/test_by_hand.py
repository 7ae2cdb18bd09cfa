"""Channels that a person posts to: exactly the approved words, an answer with the address, a recall that is chased."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot import pretend
from bot.announcements.tables import DeliveryRow
from config.sections import ByHand
from config.settings import Settings
from tests.chat import Seen
from tests.dialogues.conftest import in_order
from tests.dialogues.stage import Talk, talking
from tests.dialogues.test_pictures import drawing

pytestmark = pytest.mark.asyncio

WORDS = "The library is closed on Monday."
LINK = "https://social.example/posts/7"
ONE = {"facebook": "web:pat"}
TWO = {"facebook": "web:pat", "newsletter": "web:pat"}
GONE = {"facebook": "web:nobody"}


@pytest.fixture
def channels(request: pytest.FixtureRequest) -> dict[str, str]:
    """Who posts where by hand; one person to one channel unless a test says otherwise."""
    chosen: dict[str, str] = getattr(request, "param", ONE)
    return chosen


@pytest_asyncio.fixture
async def town_by_hand(folder: Path, channels: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    """A council in which some channels are posted to by hand."""
    usual: Callable[..., Settings] = pretend.settings_for

    def settings_for(*given: object) -> Settings:
        return usual(*given).model_copy(update={"by_hand": ByHand(**channels)})

    monkeypatch.setattr(pretend, "settings_for", settings_for)
    async with talking(folder) as council:
        yield council
        await in_order(council)


async def approved(talk: Talk, words: str = WORDS) -> None:
    """Announced by Ama and approved by Jo."""
    await talk.reacts("jo", "✅", await talk.draft(words))


async def asked(talk: Talk, pattern: str = "Please post this on facebook now") -> Seen:
    """What Pat was asked."""
    return await talk.told("pat", pattern, room="direct-pat")


async def by_hand(talk: Talk) -> dict[str, str]:
    """Channel -> state, of the channels by hand."""
    return {row.channel: row.state for row in await talk.rows(DeliveryRow) if row.channel in TWO}


async def answers(talk: Talk, words: str, who: str = "pat") -> Seen:
    """Somebody answers in a direct message; what they are told."""
    await talk.says(who, words, room=f"direct-{who}")
    return [one for one in await talk.person(who).reads(f"direct-{who}") if one.sender != who][-1]


async def a_day_later(talk: Talk) -> None:
    """Nobody has answered for a day."""
    await talk.change("UPDATE delivery SET asked = '2026-01-01 00:00:00.000000' WHERE asked IS NOT NULL")
    talk.council.app.bell.ring()


async def test_the_person_gets_the_exact_words_and_answers_with_the_address(town_by_hand: Talk) -> None:
    talk = town_by_hand
    preview = await talk.draft(WORDS)
    assert "facebook" in preview.text
    await talk.reacts("jo", "✅", preview)
    request = await asked(talk)
    assert request.quote == WORDS
    assert "done #1 https://" in request.text
    assert (await talk.answer("jo", "queue")).text == "• #1: Pat Lindqvist is to post it on facebook by hand."
    assert await talk.state() == "published"
    await talk.told("jo", "#1 is published:.*• facebook: Pat Lindqvist posts it by hand", room="comms")
    thanks = await answers(talk, f"done #1 {LINK}")
    assert thanks.text == "Thank you, that is noted for #1."
    assert (await talk.answer("jo", "queue")).text == "Nothing waits."
    await talk.told("jo", f"Pat Lindqvist has posted #1 on facebook: {LINK}", room="comms")
    assert await by_hand(talk) == {"facebook": "sent"}
    assert f"facebook: published ({LINK})" in (await talk.answer("jo", "why #1")).text
    assert (await talk.evidence())[-1] == "delivery_answered"
    assert await talk.public() == [WORDS]


async def test_pictures_come_with_their_descriptions(town_by_hand: Talk) -> None:
    talk = town_by_hand
    words = f"@switchboard announce {WORDS}\nalt: A map of the road"
    await talk.person("ama").drops("general", "map.png", drawing(), text=words)
    await talk.settle()
    await talk.reacts("jo", "✅", await talk.preview())
    request = await asked(talk)
    assert (request.quote, [picture["alt"] for picture in request.pictures]) == (WORDS, ["A map of the road"])
    assert "Description of picture 1: A map of the road" in request.text


async def test_it_cannot_be_posted_and_later_it_can(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await answers(talk, "cannot #1 the page is locked")
    await talk.told("jo", "Pat Lindqvist cannot post #1 on facebook: the page is locked", room="comms")
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "failed"}, "published")
    await answers(talk, f"done #1 {LINK}")
    assert await by_hand(talk) == {"facebook": "sent"}


async def test_what_could_not_be_posted_is_asked_for_again_by_a_retry(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await talk.change("UPDATE delivery SET state = 'failed' WHERE channel = 'facebook'")
    await talk.change("UPDATE announcement SET state = 'partial'")
    await talk.reacts("jo", "🔁", await talk.told("jo", "#1 is published:", room="comms"))
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "asked"}, "published")
    assert await talk.times("pat", "Please post this on facebook now") == 2
    assert await talk.public() == [WORDS]


async def test_nobody_is_asked_late(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    late = "state = 'pending', permitted = '2026-01-01 00:00:00.000000', asked = NULL"
    await talk.change(f"UPDATE delivery SET {late} WHERE channel = 'facebook'")
    await talk.change("UPDATE announcement SET state = 'publishing'")
    await talk.settle()
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "failed"}, "partial")
    await talk.told("jo", "• facebook: it was not begun in time", room="comms")


async def test_a_reason_holds_nothing_that_must_not_be_passed_on(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await answers(talk, "cannot #1 her NHS number 943 476 5919 is in it")
    told = await talk.told("jo", "Pat Lindqvist cannot post #1", room="comms")
    assert "943" not in told.text
    assert not await talk.count("SELECT count(*) FROM audit_note WHERE text LIKE '%5919%'")


async def test_a_reason_with_a_grave_finding_goes_to_nobody(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    refused = await answers(talk, "cannot #1 Part no AB123456C is on order.")
    assert "holds something that must not be kept" in refused.text
    assert await by_hand(talk) == {"facebook": "asked"}
    assert await talk.person("jo").finds("AB123456C", by=None) is None


async def test_only_that_person_or_communications_may_answer(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    refused = await answers(talk, f"done #1 {LINK}", who="ama")
    assert "facebook is posted to by Pat Lindqvist, so only Pat Lindqvist or communications can answer" in refused.text
    assert await by_hand(talk) == {"facebook": "asked"}
    await talk.says("jo", f"done #1 {LINK}")
    assert await by_hand(talk) == {"facebook": "sent"}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("done #1", "Please give the address"),
        ("done #1 it is there", "Please give the address"),
        ("done #1 javascript:alert(1)", "Please give the address"),
        (f"done #9 {LINK}", "There is no announcement #9."),
        (f"done #1 twitter {LINK}", "By hand go: facebook."),
        ("done", "done #12"),
        ("cannot #1", "Please say in a few words why"),
        ("gone #1", "There is nothing to answer about #1"),
    ],
)
async def test_an_answer_that_cannot_be_used_says_what_to_do(town_by_hand: Talk, words: str, line: str) -> None:
    await approved(town_by_hand)
    assert line in (await answers(town_by_hand, words)).text
    assert await by_hand(town_by_hand) == {"facebook": "asked"}


async def test_where_nothing_goes_by_hand_there_is_nothing_to_answer(talk: Talk) -> None:
    await talk.draft()
    assert "There is nothing to answer about #1" in (await answers(talk, f"done #1 {LINK}")).text


async def test_an_answer_counts_once(town_by_hand: Talk) -> None:
    await approved(town_by_hand)
    await answers(town_by_hand, f"done #1 {LINK}")
    again = await answers(town_by_hand, "cannot #1 I was wrong")
    assert "There is nothing to answer about #1" in again.text
    assert await by_hand(town_by_hand) == {"facebook": "sent"}


@pytest.mark.parametrize("channels", [TWO], indirect=True)
async def test_with_two_channels_the_answer_names_one(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    assert "done #1 newsletter https://" in (await asked(talk, "post this on newsletter")).text
    unclear = await answers(talk, f"done #1 {LINK}")
    assert "Please name yours (facebook and newsletter)" in unclear.text
    await answers(talk, f"done #1 Newsletter {LINK}")
    assert await by_hand(talk) == {"facebook": "asked", "newsletter": "sent"}
    await answers(talk, "cannot #1 facebook the page is locked")
    assert await by_hand(talk) == {"facebook": "failed", "newsletter": "sent"}


@pytest.mark.parametrize("channels", [GONE], indirect=True)
async def test_nobody_is_there_to_post(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    assert await talk.state() == "partial"
    await talk.told("jo", "• facebook: nobody who posts there by hand is in the directory", room="comms")


async def test_recalled_before_it_was_posted(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await talk.says("jo", "recall #1")
    await talk.told("pat", "#1 is recalled: please do not post it on facebook", room="direct-pat")
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "cancelled"}, "recalled")


async def test_posted_before_the_recall_was_read(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await talk.says("jo", "recall #1")
    await answers(talk, f"done #1 {LINK}")
    assert await by_hand(talk) == {"facebook": "remains"}
    await talk.told("pat", f"#1 is recalled. Please remove it from facebook now \\({LINK}\\)", room="direct-pat")
    await talk.told("jo", f"Pat Lindqvist has posted #1 on facebook: {LINK}", room="comms")
    await answers(talk, "gone #1")
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "withdrawn"}, "recalled")


async def test_recalled_after_it_was_posted_stays_open_until_it_is_gone(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await answers(talk, f"done #1 {LINK}")
    await talk.says("jo", "recall #1")
    await talk.told("pat", f"Please remove it from facebook now \\({LINK}\\).*gone #1", room="direct-pat")
    await talk.told("jo", f"not everywhere.*• facebook: Pat Lindqvist is asked to remove it \\({LINK}\\)", room="comms")
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "remains"}, "recall_partial")
    await answers(talk, "gone #1")
    assert (await by_hand(talk), await talk.state()) == ({"facebook": "withdrawn"}, "recalled")
    await talk.told("jo", "Pat Lindqvist says that #1 is gone from facebook", room="comms")
    await talk.told("jo", "#1 is recalled: it is gone from every channel", room="comms")


async def test_one_announcement_after_another(town_by_hand: Talk) -> None:
    talk = town_by_hand
    for number in (1, 2, 3):
        await approved(talk, f"The library is closed on day {number}.")
        await answers(talk, f"done #{number} {LINK}{number}")
    for number in (1, 2):
        await talk.says("jo", f"recall #{number}")
        await answers(talk, f"gone #{number}")
        assert await talk.state(number) == "recalled"
    assert await talk.times("pat", "Please post this on facebook now") == 3
    assert await talk.times("jo", "is recalled, but not everywhere") == 2


async def test_whoever_does_not_answer_is_reminded_once_a_day(town_by_hand: Talk) -> None:
    talk = town_by_hand
    await approved(talk)
    await a_day_later(talk)
    await talk.until(lambda: talk.times("pat", "#1 still waits for you: please post this on facebook"))
    assert (await asked(talk, "still waits for you")).quote == WORDS
    await answers(talk, f"done #1 {LINK}")
    await talk.says("jo", "recall #1")
    await a_day_later(talk)

    async def twice() -> bool:
        return await talk.times("pat", "Please remove it from facebook now") == 2

    await talk.until(twice)
    await answers(talk, "gone #1")
    await a_day_later(talk)
    await talk.settle()
    assert await talk.times("pat", "still waits for you") == 1
    assert await talk.times("pat", "Please remove it from facebook now") == 2
