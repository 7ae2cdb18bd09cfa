"""Who may count: guests, outsiders, programs and closed accounts are told apart; what is doubtful counts against."""

import pytest

from adapters.errors import Refused
from adapters.events import AccountRef, RoomKind, RoomRef
from tests.unit.chat_slack.fake import Json, asking, people, serving

ANN = AccountRef("slack", "U01ANN")
USER: Json = {"id": "U01ANN", "team_id": "T01TEST", "name": "ann", "is_email_confirmed": True}
USER |= {"profile": {"real_name": "Ann Abel", "email": "ann@council.example"}}


@pytest.mark.parametrize(
    ("more", "marks"),
    [
        ({}, ""),
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_stranger": True}, "external"),
        ({"team_id": "T09ELSEWHERE"}, "external"),
        ({"team_id": None}, "external"),
        ({"team_id": "T09ELSEWHERE", "enterprise_user": {"teams": ["T01TEST"]}}, ""),
        ({"team_id": "T09ELSEWHERE", "enterprise_user": {"teams": ["T08"]}}, "external"),
        ({"team_id": "T09ELSEWHERE", "enterprise_user": {"teams": None}}, "external"),
        ({"deleted": True}, "inactive"),
        ({"is_bot": True}, "bot"),
        ({"is_workflow_bot": True}, "bot"),
        ({"is_admin": True, "is_owner": True, "is_app_user": False}, ""),
    ],
)
@pytest.mark.asyncio
async def test_who_counts(more: Json, marks: str) -> None:
    """R9."""
    async with serving(users_info={"user": USER | more}) as fake, asking(fake) as api:
        profile = await people(api).profile(ANN)
    told = {"guest": profile.guest, "external": profile.external, "inactive": not profile.active, "bot": profile.bot}
    assert " ".join(name for name, is_so in told.items() if is_so) == marks
    assert (profile.account, profile.name) == (ANN, "Ann Abel")


@pytest.mark.parametrize("more", [{"is_email_confirmed": False}, {"is_email_confirmed": None}, {"profile": {}}])
@pytest.mark.asyncio
async def test_an_address_counts_once_it_is_confirmed(more: Json) -> None:
    async with serving(users_info=[{"user": USER}, {"user": USER | more}]) as fake, asking(fake) as api:
        assert (await people(api).profile(ANN)).verified_email == "ann@council.example"
        assert (await people(api).profile(ANN)).verified_email is None


@pytest.mark.asyncio
async def test_the_bot_and_slackbot_are_programs() -> None:
    async with serving(users_info={"user": USER}) as fake, asking(fake) as api:
        for who in ("U0BOT", "USLACKBOT"):
            assert (await people(api).profile(AccountRef("slack", who))).bot
            with pytest.raises(Refused, match="unknown_account"):
                await people(api).direct(AccountRef("slack", who))


@pytest.mark.parametrize(
    "account", [AccountRef("slack", "nobody"), AccountRef("web", "U01ANN"), AccountRef("slack", "")]
)
@pytest.mark.asyncio
async def test_what_is_no_account_is_not_asked_for(account: AccountRef) -> None:
    async with serving() as fake, asking(fake) as api:
        with pytest.raises(Refused, match="unknown_account"):
            await people(api).profile(account)
        assert fake.calls == []


@pytest.mark.asyncio
async def test_answers_are_believed_for_a_minute() -> None:
    now = [0.0]
    async with serving(users_info={"user": USER}) as fake, asking(fake) as api:
        knows = people(api, lambda: now[0])
        for seconds, asked in [(0, 1), (59, 1), (60, 2), (61, 2)]:
            now[0] = seconds
            await knows.profile(ANN)
            assert len(fake.calls) == asked
        knows.forget("U01ANN")
        await knows.profile(ANN)
        assert len(fake.calls) == 3


@pytest.mark.parametrize(
    ("more", "kind", "shared"),
    [
        ({}, RoomKind.OPEN, False),
        ({"is_private": True}, RoomKind.PRIVATE, False),
        ({"is_mpim": True}, RoomKind.PRIVATE, False),
        ({"is_im": True}, RoomKind.DIRECT, False),
        ({"is_ext_shared": True}, RoomKind.OPEN, True),
        ({"is_pending_ext_shared": True}, RoomKind.OPEN, True),
        ({"pending_shared": ["T09"]}, RoomKind.OPEN, True),
        ({"is_shared": True, "is_org_shared": True}, RoomKind.OPEN, False),
    ],
)
@pytest.mark.asyncio
async def test_rooms(more: Json, kind: RoomKind, shared: bool) -> None:
    """R10."""
    async with (
        serving(conversations_info={"channel": {"id": "C01", "name": "news"} | more}) as fake,
        asking(fake) as api,
    ):
        info = await people(api).info(RoomRef("slack", "C01"))
    assert (info.kind, info.shared, info.name) == (kind, shared, "news")


@pytest.mark.asyncio
async def test_a_direct_room_is_opened_once() -> None:
    opened = {"channel": {"id": "D01"}}
    async with serving(users_info={"user": USER}, conversations_open=opened) as fake, asking(fake) as api:
        knows = people(api)
        assert await knows.direct(ANN) == await knows.direct(ANN) == RoomRef("slack", "D01")
        assert fake.asked("conversations.open") == [{"users": "U01ANN"}]
