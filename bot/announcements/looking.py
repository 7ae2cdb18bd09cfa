"""Looking at chat as it is now: who reacts how under our previews, and whether they show what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.errors import AdapterError, Refused
from adapters.events import AccountRef, LiveReaction, MessageRef
from bot.access import roles_of
from bot.announcements import preview, store
from bot.identity import identify, observe, trusted
from bot.protocol.model import Ballot, Facts, Source, Vote, Voter
from bot.protocol.votes import meaning
from bot.services import Services, account_ref

COUNTED = frozenset({Vote.APPROVE, Vote.REJECT, Vote.HOLD, Vote.REQUEST_CHANGES, Vote.ACKNOWLEDGE})
"""What a reaction may say that is kept."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands in chat now. `equal`: every preview is there and shows exactly what was sent.

    `strangers` voted by button or in words from accounts that the platform no longer vouches for.
    """

    reachable: bool
    equal: bool
    ballots: tuple[Ballot, ...] = ()
    messages: dict[tuple[str, str], str] | None = None
    """(account, vote) -> the message it stands under."""
    strangers: frozenset[str] = frozenset()


async def look(services: Services, stored: store.Stored, refs: Sequence[MessageRef]) -> Looked:
    """The reactions under all previews of the current revision, with the roles their givers hold now."""
    ballots: list[Ballot] = []
    messages: dict[tuple[str, str], str] = {}
    equal = bool(refs)
    try:
        strangers = await _strangers(services, stored)
        for ref in refs:
            chat = services.chat(ref.platform)
            reactions = await chat.reactions(ref)
            shown = await chat.fetch(ref)
            equal = equal and shown is not None and preview.digest(shown.content) == stored.revision.shown
            for ballot in await _ballots(services, stored, reactions):
                if (ballot.account, ballot.vote.value) in messages:
                    continue  # the same in another skin tone, or under the other preview
                ballots.append(ballot)
                messages[ballot.account, ballot.vote.value] = ref.message
    except Refused:
        return Looked(True, False, tuple(ballots), messages)
    except AdapterError:
        return Looked(False, False)
    return Looked(True, equal, tuple(ballots), messages, strangers)


async def _strangers(services: Services, stored: store.Stored) -> frozenset[str]:
    standing = {vote.account for vote in stored.votes if vote.withdrawn is None and vote.source != Source.REACTION}
    return frozenset({one for one in standing if not trusted(await observe(services, account_ref(one)))})


def distrusting(facts: Facts, looked: Looked) -> Facts:
    """The facts, where the votes of strangers are those of people without a role."""
    ballots = (
        replace(one, voter=Voter(one.voter.person)) if one.account in looked.strangers else one for one in facts.ballots
    )
    return replace(facts, ballots=tuple(ballots))


async def _ballots(services: Services, stored: store.Stored, reactions: Sequence[LiveReaction]) -> list[Ballot]:
    gave = {vote.account: f"person:{vote.person}" for vote in stored.votes}
    reasoned = {(vote.account, vote.kind) for vote in stored.votes if vote.reasoned}
    proven = {(vote.account, vote.kind) for vote in stored.votes if vote.proven and vote.withdrawn is None}
    people: dict[AccountRef, Voter] = {}
    found = []
    for reaction in reactions:
        vote, account = meaning(reaction.emoji), str(reaction.account)
        if vote not in COUNTED:
            continue
        if reaction.account not in people:
            people[reaction.account] = await _voter(services, reaction.account, gave.get(account))
        voter = people[reaction.account]
        kept = (account, vote.value)
        ballot = Ballot(voter, vote, stored.revision.digest, Source.REACTION, account)
        found.append(replace(ballot, reasoned=kept in reasoned, proven=kept in proven))
    return found


async def _voter(services: Services, account: AccountRef, gave: str | None) -> Voter:
    """Whose account it is now. Whoever `gave` a vote with it and has left since stays known, without a role."""
    profile = await observe(services, account)
    async with services.database.reading() as session:
        person = await identify(session, services, account, profile)
    if person.id is None:
        return Voter(gave or person.key)
    return Voter(person.key, person.roles)


async def with_roles_now(session: AsyncSession, now: datetime, ballots: Sequence[Ballot]) -> tuple[Ballot, ...]:
    """The same ballots, each voter without the roles that have ended since they were looked at."""
    voters: dict[Voter, Voter] = {}
    for voter in {ballot.voter for ballot in ballots if ballot.voter.eligible_roles}:
        held = await roles_of(session, int(voter.person.removeprefix("person:")), now)
        voters[voter] = replace(voter, eligible_roles=voter.eligible_roles & held)
    return tuple(replace(ballot, voter=voters.get(ballot.voter, ballot.voter)) for ballot in ballots)


async def reacting(services: Services, ref: MessageRef, vote: Vote) -> set[str]:
    """The accounts whose reaction of that meaning stands under a message now. Raises `AdapterError`."""
    try:
        reactions = await services.chat(ref.platform).reactions(ref)
    except Refused:
        return set()
    return {str(one.account) for one in reactions if meaning(one.emoji) is vote}
