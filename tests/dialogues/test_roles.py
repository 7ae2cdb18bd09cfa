"""Roles changed in chat: one is enough to stop somebody, two are needed to trust somebody."""

import pytest

from bot.access import RoleGrant, RoleRequest, Suspension
from bot.announcements.tables import VoteRow
from tests.chat import Seen
from tests.dialogues.stage import Talk

pytestmark = pytest.mark.asyncio

GIVE = """INSERT INTO role_grant (person_id, role, granted)
    SELECT person_id, :role, '2026-01-01 00:00:00' FROM account WHERE platform = 'web' AND account = :who"""


async def give(talk: Talk, who: str, role: str) -> None:
    """A role that somebody has had since before the test."""
    await talk.change(GIVE, who=who, role=role)


async def person_of(talk: Talk, who: str) -> int:
    return await talk.count(f"SELECT person_id FROM account WHERE platform = 'web' AND account = '{who}'")


async def holds(talk: Talk, who: str) -> set[str]:
    person = await person_of(talk, who)
    return {row.role for row in await talk.rows(RoleGrant) if row.person_id == person}


async def question(talk: Talk, who: str) -> Seen:
    """The newest request that somebody was asked to confirm."""
    return await talk.told(who, "It counts for 24 hours", room=f"direct-{who}")


async def recorded(talk: Talk, action: str) -> int:
    return await talk.count(f"SELECT count(*) FROM audit WHERE action = '{action}'")


async def test_an_approver_suspended_within_the_grace_takes_the_approval_along(slow: Talk) -> None:
    """The lost phone: one word of any colleague, and what it approved is on hold within that event."""
    preview = await slow.draft("The pool opens at noon.")
    await slow.reacts("sam", "✅", preview)
    assert await slow.state() == "approved"
    await slow.says("ama", "suspend Sam Okafor", room="direct-ama")
    await slow.told("ama", "Sam Okafor is suspended: no role", room="direct-ama")
    await slow.told("sam", "Ama Mensah has suspended your account", room="direct-sam")
    await slow.told("pat", "Ama Mensah has suspended Sam Okafor. Votes of Sam Okafor", room="direct-pat")
    stored = await slow.stored()
    assert (stored.row.state, stored.row.reason) == ("held", "lost_approver")
    assert [(vote.void, vote.withdrawn is not None) for vote in await slow.rows(VoteRow)] == [(True, True)]
    assert await recorded(slow, "suspended") == 1

    await slow.says("jo", "restore Sam Okafor", room="direct-jo")
    await slow.reacts("pat", "✅", await question(slow, "pat"))
    await slow.told("sam", "Nothing that you approved before counts again", room="direct-sam")
    await slow.says("jo", "resume #1")
    await slow.settle()
    assert await slow.rows(Suspension) == []
    assert await slow.state() == "in_review", "the ✅ that still stands revives nothing"
    assert await slow.public() == []


@pytest.mark.parametrize("way", ["suspend sam.okafor@brynford.example", "suspend web:sam", "Suspend “Sam Okafor”."])
async def test_a_colleague_is_named_by_name_address_or_account(talk: Talk, way: str) -> None:
    await talk.says("jo", way, room="direct-jo")
    assert [row.person_id for row in await talk.rows(Suspension)] == [await person_of(talk, "sam")]


NOBODY = [
    ("suspend", "Whom do you mean"),
    ("suspend Nobody Atall", "Nobody called “Nobody Atall” is listed"),
    ("suspend web:nobody", "Nobody in the directory has the account web:nobody"),
    ("suspend nobody@brynford.example", "Nobody called"),
    ("restore Jo Whitfield", "Jo Whitfield is not suspended"),
    ("grant comms", "Say which role and for whom"),
    ("grant archbishop to Jo Whitfield", "There is no role “archbishop”"),
    ("grant staff to Jo Whitfield", "it is not given in chat"),
    ("grant admin to Jo Whitfield until Pancake Day", "I cannot read “Pancake Day” as a day"),
    ("grant admin to Jo Whitfield until 1 March 2020", "Sunday 1 March 2020 is over already"),
    ("grant comms to Jo Whitfield", "Jo Whitfield has the role “comms” already"),
    ("grant auditor to Jo Whitfield", "Name a second admin in the settings under access.admins"),
    ("revoke comms", "Say which role and from whom"),
    ("revoke auditor from Jo Whitfield", "Jo Whitfield does not have the role “auditor”"),
    ("revoke admin from Pat Lindqvist", "is named as “admin” in the settings"),
    ("confirm role #7", "There is no such request"),
    ("refuse role", "There is no such request"),
]


async def test_what_cannot_be_done_is_said_in_one_line(talk: Talk) -> None:
    assert NOBODY
    before = await talk.rows(RoleGrant)
    for words, line in NOBODY:
        await talk.says("pat", words, room="direct-pat")
        await talk.told("pat", line, room="direct-pat")
    assert await talk.rows(Suspension) == []
    assert await talk.rows(RoleRequest) == []
    assert await talk.rows(RoleGrant) == before


REFUSED = [
    ("ama", "restore Jo Whitfield", "Only communications or an admin"),
    ("ama", "grant admin to Ama Mensah", "Only an admin can give roles"),
    ("jo", "grant admin to Jo Whitfield", "Only an admin can give roles"),
    ("jo", "revoke comms from Sam Okafor", "Only an admin can take roles away"),
    ("ama", "roles", "Only communications, admins and auditors"),
    ("jo", "pairs", "Only auditors and information governance"),
    ("gil", "suspend Jo Whitfield", "I can only help people in the staff directory"),
    ("gil", "grant admin to Gil Abara", "I can only help people in the staff directory"),
]


async def test_who_may_not_is_refused(talk: Talk) -> None:
    assert REFUSED
    before = await talk.rows(RoleGrant)
    for who, words, line in REFUSED:
        await talk.says(who, words, room=f"direct-{who}")
        await talk.told(who, line, room=f"direct-{who}")
    assert (await talk.rows(RoleGrant), await talk.rows(Suspension), await talk.rows(RoleRequest)) == (before, [], [])


async def test_an_ordinary_colleague_suspends_one_an_hour_and_comms_as_many_as_they_must(talk: Talk) -> None:
    await talk.says("ama", "suspend Sam Okafor", room="direct-ama")
    await talk.says("ama", "suspend Jo Whitfield", room="direct-ama")
    await talk.told("ama", "You have suspended somebody within the last hour")
    assert len(await talk.rows(Suspension)) == 1
    await talk.says("jo", "suspend Dee Pritchard", room="direct-jo")
    await talk.says("jo", "suspend Pat Lindqvist", room="direct-jo")
    await talk.says("jo", "suspend Pat Lindqvist", room="direct-jo")
    await talk.told("jo", "Pat Lindqvist is suspended already")
    await talk.change("UPDATE suspension SET at = '2026-01-01 00:00:00'")
    await talk.says("ama", "suspend me", room="direct-ama")
    assert len(await talk.rows(Suspension)) == 4


async def test_who_stops_the_own_account_is_told_so_once(talk: Talk) -> None:
    told = await talk.answer("sam", "suspend me")
    assert told.text.startswith("Your account is suspended, as you asked")
    assert "say: restore Sam Okafor" in told.text
    await talk.told("pat", "Sam Okafor has asked for a stop of their own account")


async def test_whoever_is_suspended_can_do_nothing_and_is_told_once(talk: Talk) -> None:
    preview = await talk.draft()
    await talk.says("jo", "suspend Sam Okafor", room="direct-jo")
    for words in ("who is Jo Whitfield", "announce We are closed.", "suspend Jo Whitfield", "help"):
        await talk.says("sam", words, room="direct-sam")
    for emoji in ("✅", "❌", "⏸️"):
        await talk.reacts("sam", emoji, preview)
    assert await talk.times("sam", "Your account is suspended") == 1
    assert await talk.times("sam", "Jo Whitfield –|Here is what you can say") == 0
    assert await talk.state() == "in_review"
    assert await talk.rows(VoteRow) == []
    assert len(await talk.rows(Suspension)) == 1
    assert await talk.count("SELECT count(*) FROM announcement") == 1


async def test_restoring_takes_two_others(talk: Talk) -> None:
    await talk.says("ama", "suspend Sam Okafor", room="direct-ama")
    await talk.says("jo", "restore Sam Okafor", room="direct-jo")
    await talk.told("jo", "Asked: to end the suspension of Sam Okafor")
    await talk.says("jo", "confirm role #1", room="direct-jo")
    await talk.told("jo", "You asked for this, so somebody else must confirm it")
    await talk.says("pat", "restore Sam Okafor", room="direct-pat")
    await talk.told("pat", "asked for already and waits for a second person")
    for who in ("sam", "ama", "dee"):
        await talk.says(who, "confirm role #1", room=f"direct-{who}")
    assert len(await talk.rows(Suspension)) == 1
    await talk.says("pat", "confirm role #1", room="direct-pat")
    await talk.told("jo", "Jo Whitfield asked to end the suspension of Sam Okafor, and Pat Lindqvist confirmed it")
    assert await talk.rows(Suspension) == []
    await talk.says("pat", "confirm role #1", room="direct-pat")
    await talk.told("pat", "Request 1 does not wait any more")
    assert await recorded(talk, "restored") == 1


async def test_with_nobody_left_to_confirm_it_is_said_what_to_do(talk: Talk) -> None:
    for name in ("Sam Okafor", "Pat Lindqvist"):
        await talk.says("jo", f"suspend {name}", room="direct-jo")
    await talk.says("jo", "restore Sam Okafor", room="direct-jo")
    await talk.told("jo", "nobody but you could confirm this. Name another admin in the settings")


@pytest.mark.parametrize("how", ["reaction", "button", "typed"])
async def test_a_role_is_given_by_two_admins(talk: Talk, how: str) -> None:
    await give(talk, "dee", "admin")
    await talk.says("pat", "grant duty officer to Ama Mensah until 31 March 2199", room="direct-pat")
    await talk.told("pat", "Asked: to give Ama Mensah the role “duty officer” until the end of Sunday 31 March 2199")
    asked = await question(talk, "dee")
    assert asked.buttons == ("Confirm", "Refuse")
    assert await holds(talk, "ama") == set()
    if how == "reaction":
        await talk.reacts("dee", "✅", asked)
    elif how == "button":
        await talk.person("dee").presses(asked.id, "Confirm")
        await talk.settle()
    else:
        await talk.says("dee", "confirm role #1", room="direct-dee")
    assert await holds(talk, "ama") == {"duty_officer"}
    await talk.told("pat", "Pat Lindqvist asked to give Ama Mensah the role.*, and Dee Pritchard confirmed it")
    await talk.told("ama", "Two admins have agreed to give Ama Mensah the role “duty officer”")
    assert [await recorded(talk, action) for action in ("role_asked", "role_granted")] == [1, 1]
    await talk.says("jo", "roles", room="direct-jo")
    await talk.told("jo", r"duty officer: Ama Mensah \(until the end of Sunday 31 March 2199\)")
    await talk.told("jo", r"admin: Dee Pritchard and Pat Lindqvist \(by the settings\)")


async def test_refused_nothing_is_given(talk: Talk) -> None:
    await give(talk, "dee", "admin")
    await talk.says("pat", "grant comms to Ama Mensah", room="direct-pat")
    await talk.reacts("dee", "❌", await question(talk, "dee"))
    await talk.told("pat", "Refused by Dee Pritchard")
    await talk.says("dee", "confirm role #1", room="direct-dee")
    await talk.told("dee", "Request 1 does not wait any more")
    assert await holds(talk, "ama") == set()
    assert await recorded(talk, "role_refused") == 1


async def test_whoever_gets_the_role_cannot_be_the_second(talk: Talk) -> None:
    for who in ("dee", "jo"):
        await give(talk, who, "admin")
    await talk.says("pat", "grant auditor to Dee Pritchard", room="direct-pat")
    await talk.says("dee", "confirm role #1", room="direct-dee")
    await talk.told("dee", "This is about you, so somebody else must confirm it")
    await talk.says("pat", "grant auditor to me", room="direct-pat")
    await talk.says("pat", "confirm role #2", room="direct-pat")
    assert (await holds(talk, "dee"), await holds(talk, "pat")) == ({"information_governance", "admin"}, set())
    for number in (1, 2):
        await talk.says("jo", f"confirm role #{number}", room="direct-jo")
    assert (await holds(talk, "dee"), await holds(talk, "pat")) == (
        {"information_governance", "admin", "auditor"},
        {"auditor"},
    )


async def test_a_suspended_admin_neither_confirms_nor_has_asked(talk: Talk) -> None:
    for who in ("dee", "jo"):
        await give(talk, who, "admin")
    await talk.says("pat", "grant comms to Ama Mensah", room="direct-pat")
    asked = await question(talk, "dee")
    await talk.says("sam", "suspend Dee Pritchard", room="direct-sam")
    await talk.reacts("dee", "✅", asked)
    await talk.person("dee").presses(asked.id, "Confirm")
    await talk.settle()
    assert await holds(talk, "ama") == set()
    await talk.says("sam", "suspend Pat Lindqvist", room="direct-sam")
    await talk.says("jo", "confirm role #1", room="direct-jo")
    await talk.told("jo", "Request 1 does not wait any more")
    assert await holds(talk, "ama") == set()


async def test_who_asked_and_is_no_admin_any_more_has_asked_for_nothing(talk: Talk) -> None:
    await give(talk, "dee", "admin")
    await talk.says("dee", "grant comms to Ama Mensah", room="direct-dee")
    await talk.says("pat", "revoke admin from Dee Pritchard", room="direct-pat")
    await talk.told("dee", "Pat Lindqvist has taken the role “admin” from you")
    await talk.says("pat", "confirm role #1", room="direct-pat")
    await talk.told("pat", "Whoever asked for this may no longer do so")
    assert await holds(talk, "ama") == set()


async def test_a_request_is_good_for_a_day(talk: Talk) -> None:
    await give(talk, "dee", "admin")
    await talk.says("pat", "grant comms to Ama Mensah", room="direct-pat")
    await talk.change("UPDATE role_request SET asked = '2026-01-01 00:00:00'")
    await talk.says("dee", "confirm role #1", room="direct-dee")
    await talk.told("dee", "Request 1 is more than 24 hours old")
    assert await holds(talk, "ama") == set()
    await talk.says("pat", "grant comms to Ama Mensah", room="direct-pat")
    await talk.says("dee", "confirm role #2", room="direct-dee")
    assert await holds(talk, "ama") == {"comms"}


async def test_a_role_taken_away_takes_its_votes_along(slow: Talk) -> None:
    await slow.reacts("sam", "✅", await slow.draft())
    await slow.says("pat", "revoke comms from Sam Okafor", room="direct-pat")
    await slow.told("pat", "Sam Okafor no longer has the role “comms”")
    await slow.told("sam", "Pat Lindqvist has taken the role “comms” from you")
    stored = await slow.stored()
    assert (stored.row.state, stored.row.reason) == ("held", "lost_approver")
    assert await holds(slow, "sam") == set()
    assert await recorded(slow, "role_revoked") == 1


async def test_what_one_person_holds(talk: Talk) -> None:
    for words, line in (
        ("roles Dee Pritchard", "Dee Pritchard: information governance"),
        ("roles me", r"Pat Lindqvist: admin \(by the settings\)"),
        ("roles Ama Mensah", "Ama Mensah holds no role beside staff"),
    ):
        await talk.says("pat", words, room="direct-pat")
        await talk.told("pat", line)
    await talk.says("pat", "suspend Dee Pritchard", room="direct-pat")
    await talk.says("pat", "roles", room="direct-pat")
    await talk.told("pat", "Suspended: Dee Pritchard")
    await talk.says("pat", "roles Dee Pritchard", room="direct-pat")
    await talk.told("pat", "Dee Pritchard is suspended, so none of it counts now")


async def test_two_who_always_approve_each_other_are_named(talk: Talk) -> None:
    await talk.says("dee", "pairs", room="direct-dee")
    await talk.told("dee", "No approver stands behind nearly everything of one author")
    for number in range(5):
        await talk.reacts("jo", "✅", await talk.draft(f"The pool opens at {number + 1} pm."))
    await talk.says("dee", "pairs", room="direct-dee")
    await talk.told("dee", "Jo Whitfield approved 5 of the 5 announcements of Ama Mensah")


MOVED = "name,email,web_id\nSam Okafor,sam.okafor@brynford.example,gwyneth\n"


async def drop(talk: Talk, text: str) -> Seen:
    await talk.person("pat").drops("direct-pat", "staff.csv", text.encode())
    await talk.settle()
    return await talk.told("pat", "Nothing has changed yet", room="direct-pat")


async def linked(talk: Talk, account: str) -> int:
    """How many people hold an account as the directory is read now."""
    return await talk.count(
        f"""SELECT count(*) FROM account a, directory_state s WHERE a.account = '{account}'
        AND a.since <= s.generation AND (a.until IS NULL OR a.until > s.generation)"""
    )


async def test_a_file_that_moves_an_approvers_account_takes_a_second_admin(slow: Talk) -> None:
    await give(slow, "dee", "admin")
    await slow.reacts("sam", "✅", await slow.draft())
    mine = await drop(slow, MOVED)
    assert "the account or e-mail address of Sam Okafor" in mine.text
    await slow.reacts("pat", "✅", mine)
    await slow.told("pat", "another admin than the one who brought it must confirm it. Nothing was changed")
    assert "must confirm it. Nothing was changed" in (await slow.answer("pat", "load file")).text
    assert (await linked(slow, "gwyneth"), await slow.state()) == (0, "approved")
    await slow.reacts("dee", "✅", await slow.told("dee", "Pat Lindqvist brought this file", room="direct-dee"))
    await slow.told("pat", "The account or e-mail address of Sam Okafor is another one now")
    assert (await linked(slow, "gwyneth"), await slow.state()) == (1, "in_review")
    assert [vote.void for vote in await slow.rows(VoteRow)] == [True]
    await slow.says("pat", "undo load", room="direct-pat")
    assert (await linked(slow, "gwyneth"), await recorded(slow, "links_moved")) == (0, 2)


async def test_without_a_second_admin_no_file_moves_an_approvers_account(talk: Talk) -> None:
    moved = await drop(talk, MOVED)
    assert "there is none. Name a second one in the settings" in moved.text
    await talk.person("pat").presses(moved.id, "Load this file")
    await talk.settle()
    assert await linked(talk, "gwyneth") == 0


async def test_a_file_about_everybody_else_takes_one_admin(talk: Talk) -> None:
    asked = await drop(talk, "name,email,web_id\nAma Mensah,ama.mensah@brynford.example,gwyneth\n")
    assert "another admin" not in asked.text
    await talk.reacts("pat", "✅", asked)
    assert await linked(talk, "gwyneth") == 1
