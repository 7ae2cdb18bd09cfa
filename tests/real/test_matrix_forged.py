"""Attacks 1 and 2 of SECURITY on a real homeserver: whoever runs it acts in an approver's name; look-alikes.

The homeserver's admin logs in as the approver through Synapse's own admin interface and reacts with that token. For
everybody, the bot included, this is the approver's reaction. What it cannot do is keep the receipt from the approver.
"""

import httpx
import pytest

from tests.real.matrix_person import MatrixPerson
from tests.real.matrix_reading import MatrixSeen
from tests.real.matrix_town import Town, a_council
from tests.real.synapse import CLIENT, Account

pytestmark = [pytest.mark.real, pytest.mark.asyncio, pytest.mark.timeout(300)]

WORDS = "Free parking for everybody."


async def people_come(town: Town, *, phone: bool = False) -> None:
    """The council, one approval being enough; with `phone` Sam has a second account, which the staff file names."""
    names = ["ama", "jo", "sam", "pat", "nia", *(["phone"] if phone else [])]
    for name in names:
        await town.matrix.nio(name)
    town.second = {"sam": "phone"} if phone else {}
    await a_council(town, approvals=1, rooms={"comms": ["jo", "sam"]})


async def a_preview(town: Town) -> MatrixSeen:
    """Ama has announced something; how Jo sees it."""
    await town.says("ama", f"announce {WORDS}")
    return await town.preview("jo", 1, 1)


def puppet(town: Town, name: str) -> Account:
    """Somebody's account in the hands of the homeserver's admin."""
    server, user = town.matrix.homeserver, town.person(name).account.id
    admin = server.new_user("root", admin=True)
    token = server.call(admin, "POST", f"/_synapse/admin/v1/users/{user}/login", {})["access_token"]
    return Account(user, token, "", "")


def reacts(town: Town, puppet: Account, preview: MatrixSeen) -> None:
    """✅ under a preview, in the name of whoever it is."""
    relation = {"rel_type": "m.annotation", "event_id": preview.id, "key": "✅"}
    town.matrix.homeserver.send(puppet, town.matrix.names[preview.room], {"m.relates_to": relation}, "m.reaction")


async def nothing_is_out(town: Town) -> None:
    """Nothing stands in the feed or on a page, no channel was ever to be handed anything, and nobody can hurry it."""
    asked = await town.says("jo", "now #1")
    await town.told("jo", "#1 is on hold. Only the wait after the last approval can be ended early", after=asked)
    assert await town.feed() == []
    assert town.deliveries() == 0
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await town.page("announcements/1")


@pytest.mark.parametrize("phone", [True, False], ids=["two_accounts", "one_account"])
async def test_not_me_within_the_grace_holds_it(town: Town, *, phone: bool) -> None:
    await people_come(town, phone=phone)
    preview = await a_preview(town)
    reacts(town, puppet(town, "sam"), preview)
    jo, mine = town.person("jo"), ["sam", *(["phone"] if phone else [])]
    await jo.sees("#1 is approved by Sam Okafor and goes out in 60 minutes", thread=preview.id)
    for account in mine:
        await town.told(account, "You approved #1 r1. If that was not you, say: not me")
    await town.says(mine[-1], "not me")
    await town.told(mine[-1], "Nothing in your name counts on #1 any more, and it does not go out before a person has")
    await jo.sees("#1 is on hold: somebody whose approval was counted says that it was not theirs", thread=preview.id)
    await town.told("ama", "#1 is on hold: somebody whose approval was counted says that it was not theirs")
    for admin in ("pat", "nia"):
        await town.told(admin, "Sam Okafor says that the approval of #1 in their name was not theirs")
    await nothing_is_out(town)
    await it_stays_so_over_a_restart(town, preview)


async def it_stays_so_over_a_restart(town: Town, preview: MatrixSeen) -> None:
    """The forged reaction still stands there; the look at it after a start, or a person's `resume`, revives nothing."""
    await town.stops()
    await town.serves()
    await nothing_is_out(town)
    seen = await town.person("jo").looks(preview.id, "comms")
    assert seen
    assert "sam" in seen.reactions["✅"]
    await town.says("jo", "resume #1", "comms")
    await town.preview("jo", 1, 2)
    await it_waits(town)


async def test_not_me_when_it_is_out_offers_the_recall(town: Town) -> None:
    await people_come(town)
    preview = await a_preview(town)
    reacts(town, puppet(town, "sam"), preview)
    jo = town.person("jo")
    await town.told("sam", "You approved #1 r1")
    await town.says("jo", "now #1")
    await jo.sees("#1 is published", room="comms")
    assert [item["content_text"] for item in await town.feed()] == [WORDS]
    await town.says("sam", "not me")
    await town.told("sam", "it is published, and communications are told")
    await jo.sees("Sam Okafor says .* it is out already. To take it down say: recall #1", thread=preview.id)
    await town.told("pat", "Sam Okafor says that the approval of #1 in their name was not theirs")
    await town.says("jo", "recall #1", "comms")
    await jo.sees("#1 is recalled: it is gone from every channel", room="comms")
    assert await town.feed() == []


async def test_what_is_grave_takes_words_that_no_admin_of_a_server_can_make_up(town: Town) -> None:
    """All its approvals and reasons are forged; then Dee says one of them herself, on a device she has verified."""
    for name in ("ama", "jo", "sam", "pat", "nia"):
        await town.matrix.nio(name)
    await town.matrix.nio("dee", signed=True)
    await a_council(town, approvals=1, rooms={"comms": ["jo", "sam"], "governance": ["dee", "pat"]})
    await town.says("ama", "announce Part no AB123456C is on order.")
    for name, room in (("dee", "governance"), ("sam", "comms")):
        forger = puppet(town, name)
        await town.person(name).sees("#1", room=room)
        town.matrix.homeserver.send(forger, town.matrix.names[f"direct-{name}"], "acknowledge #1 a part number")
        await town.told(name, "Your reason for letting #1 go out is kept")
        preview = await town.person(name).sees("^#1 r1 from", room=room)
        reacts(town, forger, preview)
        await town.told(name, "You approved #1 r1. If that was not you, say: not me")
    jo = town.person("jo")
    await jo.sees("So one of them says it once more, where nobody else can: type approve #1", thread=preview.id)
    await it_waits(town, "The people it needs approve. But what was found in it is grave")
    await town.says("dee", "approve #1")
    await jo.sees("#1 is approved by Dee Pritchard and goes out in 60 minutes", thread=preview.id)


async def a_namesake(town: Town, shown: str) -> MatrixPerson:
    """A stranger in the room of communications under a name that is not theirs."""
    server, jo = town.matrix.homeserver, town.person("jo")
    account = server.new_user("stranger")
    server.call(account, "PUT", f"{CLIENT}/profile/{account.id}/displayname", {"displayname": shown})
    server.member(jo.account, town.matrix.names["comms"], "invite", account)
    return await town.matrix.nio("stranger", account)


async def test_a_name_that_is_shown_makes_nobody_an_approver(town: Town) -> None:
    await people_come(town)
    preview = await a_preview(town)
    stranger = await a_namesake(town, "Sam Okafor")
    await stranger.rooms()
    reacts(town, stranger.account, preview)
    await stranger.sees("Only staff in the directory with the right role .* so your reaction does not count")
    await it_waits(town)


async def test_a_copy_of_the_preview_counts_for_nothing(town: Town) -> None:
    await people_come(town)
    preview, jo = await a_preview(town), town.person("jo")
    stranger = await a_namesake(town, "switchboard")
    copy = await stranger.says("comms", preview.text)
    await jo.sees("^#1 r1 from", by="stranger")
    await jo.reacts(copy, "✅")
    await jo.sees("That is not my preview, and nothing under it counts", thread=copy)
    await it_waits(town)


async def it_waits(town: Town, what: str = "Needs: 1 of") -> None:
    """#1 waits for its approval, and nothing is out."""
    asked = await town.says("jo", "queue")
    await town.told("jo", f"#1 is waiting for approval. {what}", after=asked)
    assert await town.feed() == []
    assert town.deliveries() == 0
