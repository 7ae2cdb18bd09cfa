"""Where an address leads is part of what was approved: changed afterwards, nothing goes out (security, attack 7)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.errors import Unavailable
from bot.announcements.links import SHORTENERS, shortened
from tests.unit.announcements.town import Town, found

ADDRESS = "https://council.example/bins"


async def leading(folder: Path, targets: dict[str, str]) -> Town:
    """A town in which addresses lead where `targets` says at the time."""
    town = await found(folder)

    async def final_target(address: str) -> str:
        if not targets[address]:
            raise Unavailable
        return targets[address]

    town.services = replace(town.services, final_target=final_target)
    return town


async def approved(town: Town) -> None:
    """Approved, and waiting for the end of its grace."""
    town.chat.says("ama", "general", f"announce Bins: see {ADDRESS} for the days.")
    await town.settle()
    message = town.preview(1, 1)
    assert message is not None
    town.chat.reacts("jo", message, "✅")
    await town.settle()
    assert await town.state() == "approved"


@pytest.mark.parametrize(
    "swapped",
    ["https://council.example/pay-here", "https://council.example/bins?next=elsewhere", "https://elsewhere.example/"],
)
@pytest.mark.asyncio
async def test_a_target_swapped_after_the_approval_holds_it(tmp_path: Path, swapped: str) -> None:
    targets = {ADDRESS: ADDRESS}
    town = await leading(tmp_path / "town", targets)
    await approved(town)
    targets[ADDRESS] = swapped
    await town.wait(timedelta(minutes=3))
    row = await town.announcement(1)
    assert (row.state, row.reason) == ("held", "link_changed")
    assert [channel.writes for channel in town.channels.values()] == [0, 0]
    assert any("an address in it leads somewhere else" in one.content.text for one in town.chat.said_by_bot())
    await town.close()


@pytest.mark.asyncio
async def test_the_same_target_goes_out(tmp_path: Path) -> None:
    town = await leading(tmp_path / "town", {ADDRESS: "https://www.council.example/bins/"})
    await approved(town)
    await town.wait(timedelta(minutes=3))
    assert await town.state() == "published"
    await town.close()


@pytest.mark.asyncio
async def test_a_target_that_cannot_be_found_out_holds_it(tmp_path: Path) -> None:
    targets = {ADDRESS: ADDRESS}
    town = await leading(tmp_path / "town", targets)
    await approved(town)
    targets[ADDRESS] = ""
    await town.wait(timedelta(minutes=30))
    row = await town.announcement(1)
    assert (row.state, row.reason) == ("held", "unreachable")
    assert [channel.writes for channel in town.channels.values()] == [0, 0]
    await town.close()


@pytest.mark.parametrize(
    ("later", "state"), [("", "published"), (ADDRESS, "published"), ("https://elsewhere.example/", "held")]
)
@pytest.mark.asyncio
async def test_what_could_not_be_followed_is_told_and_may_lead_where_it_says(
    tmp_path: Path, later: str, state: str
) -> None:
    targets = {ADDRESS: ""}
    town = await leading(tmp_path / "town", targets)
    await approved(town)
    told = [one.content.text for one in town.chat.said_by_bot()]
    assert any(f"I could not find out where {ADDRESS} leads" in text for text in told)
    targets[ADDRESS] = later
    await town.wait(timedelta(minutes=3))
    assert await town.state() == state
    await town.close()


@pytest.mark.parametrize(
    "text", ["", "bit.ly", "orbit.ly/x", "me@t.co/x", "see https://council.example/t.co/x", "and/or t.co/ or is.gd"]
)
def test_what_only_looks_like_it_is_no_such_address(text: str) -> None:
    assert shortened(text) is None


@pytest.mark.asyncio
async def test_an_address_that_hides_where_it_leads_is_refused(tmp_path: Path) -> None:
    assert SHORTENERS
    town = await found(tmp_path / "town")
    for host in sorted(SHORTENERS):
        town.chat.says("ama", "general", f"announce Bins: https://www.{host.upper()}/x?y#z")
        town.chat.says("ama", "general", f"announce Bins ({host}/x).")
    await town.settle()
    assert await town.rows("SELECT 1 FROM announcement") == []
    told = [one.content.text for one in town.chat.said_by_bot()]
    assert len([text for text in told if "hides where it leads" in text]) == 2 * len(SHORTENERS)
    await town.close()
