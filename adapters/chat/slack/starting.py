"""The start: which token is wrong, if one is; who we are; and all parts put together."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.chat.slack.api import Api, Json
from adapters.chat.slack.catchup import CatchUp
from adapters.chat.slack.confirming import Confirmation
from adapters.chat.slack.files import Files
from adapters.chat.slack.intake import Intake
from adapters.chat.slack.interactive import Interaction
from adapters.chat.slack.looking import Looker
from adapters.chat.slack.loop import Machine
from adapters.chat.slack.markup import Names
from adapters.chat.slack.memory import Memory
from adapters.chat.slack.people import Me, People
from adapters.chat.slack.posting import Poster
from adapters.chat.slack.settings import SlackOptions, SlackTokens
from adapters.chat.slack.socket import socket_address
from adapters.chat.slack.translate import Translator
from adapters.chat.slack.working import Working
from adapters.errors import NotAuthenticated, Refused, Unavailable
from adapters.ports import AdapterState, Health, PictureStore


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that works once we are let in."""

    me: Me
    people: People
    looker: Looker
    poster: Poster
    files: Files
    machine: Machine


def check_tokens(tokens: SlackTokens, *, http: bool) -> None:
    """Raises `NotAuthenticated` for a token that is missing or of another kind; nothing is asked."""
    if not tokens.bot.startswith("xoxb-"):
        raise NotAuthenticated("no_bot_token")
    if http and not tokens.signing_secret:
        raise NotAuthenticated("no_signing_secret")
    if not http and not tokens.app.startswith("xapp-"):
        raise NotAuthenticated("no_app_token")


async def who_we_are(api: Api) -> tuple[Me, frozenset[str]]:
    """The bot's account and the scopes it was granted. Raises `NotAuthenticated("bot_token_refused")`."""
    try:
        told = await api.read("auth.test")
    except (NotAuthenticated, Refused) as error:
        raise NotAuthenticated("bot_token_refused") from error
    headers: Json = told.get("headers") or {}
    scopes = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    user, team = told.get("user_id"), told.get("team_id")
    if not isinstance(user, str) or not isinstance(team, str):
        raise Unavailable("malformed_answer")
    me = Me(
        user,
        str(told.get("user") or user),
        str(told.get("bot_id") or ""),
        team,
        str(told.get("enterprise_id") or ""),
    )
    return me, frozenset(one.strip() for one in str(scopes).split(",") if one.strip())


async def started(
    tokens: SlackTokens,
    options: SlackOptions,
    apis: tuple[Api, Api],
    state: AdapterState,
    pictures: PictureStore,
    tell: Callable[[Health], None],
) -> Parts:
    """Everything in its place. Raises `AdapterError`."""
    api, socket_api = apis
    check_tokens(tokens, http=options.http)
    me, _ = await who_we_are(api)
    if options.workspace not in ("", me.team):
        raise NotAuthenticated("other_workspace")
    if not options.http:
        await socket_address(socket_api)  # else a wrong token would only show when nobody looks
    names, memory, people = Names(me.user, me.name), Memory(state), People(api, me)
    looker, files = Looker(api, me, names), Files(api)
    poster = Poster(looker, files, memory, pictures, options.clock)
    translator = Translator(me, names, people, memory, options.clock)
    interaction = Interaction(me, names, options.clock)
    machine = Machine(
        options,
        api,
        socket_api,
        Intake(tokens, me, interaction.answer),
        translator,
        interaction,
        Working(api, options.slow),
        Confirmation(looker),
        CatchUp(api, translator),
        state,
        tell,
    )
    return Parts(me, people, looker, poster, files, machine)
