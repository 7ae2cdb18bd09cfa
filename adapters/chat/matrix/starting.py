"""The start: who we are at the server, whether our keys are the ones it knows, and all parts put together."""

from collections.abc import Callable

from adapters.chat.matrix import crosssigning
from adapters.chat.matrix.client import SafeClient, let_go, opened_client
from adapters.chat.matrix.invitations import Invitations
from adapters.chat.matrix.keys import KeyKeeper
from adapters.chat.matrix.looking import Looker
from adapters.chat.matrix.loop import Machine
from adapters.chat.matrix.memory import Reactions
from adapters.chat.matrix.mentions import Names
from adapters.chat.matrix.posting import Poster
from adapters.chat.matrix.rooms import Rooms
from adapters.chat.matrix.server import Json, Server, path
from adapters.chat.matrix.settings import MatrixSettings
from adapters.chat.matrix.translate import Translator
from adapters.chat.matrix.trust import Trust
from adapters.chat.matrix.waiting import Hall
from adapters.errors import AdapterError, NotAuthenticated, Refused
from adapters.ports import AdapterState, Health, PictureStore
from config import logs

log = logs.get("matrix")


async def started(
    settings: MatrixSettings,
    server: Server,
    state: AdapterState,
    pictures: PictureStore,
    tell: Callable[[Health], None],
) -> tuple[Machine, str]:
    """Everything in its place, and why others may not trust our device (empty when they can). Raises `AdapterError`."""
    await is_us(settings, server)
    client = opened_client(settings)
    keeper = KeyKeeper(client, server)
    try:
        untrusted = await keys_in_order(settings, server, client, keeper) if settings.encryption else ""
    except AdapterError:
        let_go(client)
        raise
    rooms = Rooms(settings, server, client, state)
    trust = Trust(settings, client, keeper, state)
    looker = Looker(server, client)
    translator = Translator(settings, looker, rooms, Reactions(state), trust)
    translator.names = await _names(settings, server)
    poster = Poster(client, keeper, trust, rooms, looker, pictures)
    hall = Hall(client, translator, settings.late_key)
    invitations = Invitations(settings, server, rooms, state)
    machine = Machine(settings, server, client, keeper, rooms, invitations, looker, poster, hall, state, tell)
    return machine, untrusted


async def is_us(settings: MatrixSettings, server: Server) -> None:
    """The token belongs to the account and the device of the settings. Raises `NotAuthenticated`."""
    told = await server.get(path("account", "whoami"))
    if told.get("user_id") != settings.user_id:
        raise NotAuthenticated("other_account")
    if told.get("device_id") != settings.device_id:
        raise NotAuthenticated("other_device")


async def keys_in_order(
    settings: MatrixSettings, server: Server, client: SafeClient, keeper: KeyKeeper, password: str | None = None
) -> str:
    """Our device's keys are the ones the server knows, and are signed. Raises `NotAuthenticated("lost_store")`.

    With the account's password an identity that is not ours is replaced; else a code says why nobody can trust us.

    Keys that the server knows and we have no longer cannot be replaced: others would not believe it. A device
    whose store is lost is logged out, and the account logs in as a new one.
    """
    user, device = settings.user_id, settings.device_id
    known = await known_keys(server, user, device)
    ours = client.olm.account.identity_keys
    if known is not None and known != {f"{kind}:{device}": key for kind, key in ours.items()}:
        raise NotAuthenticated("lost_store")
    if known is None:
        client.olm.account.shared = False  # the server has forgotten them, or never heard
        await keeper.upload()
        await keeper.upload_fallback()
    try:
        code = await crosssigning.set_up(server, client, keeper, settings.store, password)
    except Refused as error:
        code = "not_cross_signed"
        log.warning("not_cross_signed", code=error.code)
    if code:
        log.warning("not_cross_signed", code=code)
    return code


async def known_keys(server: Server, user: str, device: str) -> Json | None:
    """The keys of a device as the server knows them; None when it knows none."""
    told = await server.post(path("keys", "query"), {"device_keys": {user: [device]}})
    found = told.get("device_keys", {}).get(user, {}).get(device)
    keys = found.get("keys") if isinstance(found, dict) else None
    return keys if isinstance(keys, dict) else None


async def _names(settings: MatrixSettings, server: Server) -> Names:
    try:
        told = await server.get(path("profile", settings.user_id))
    except Refused:  # nobody has given it a name yet
        return Names(settings.user_id)
    shown = told.get("displayname")
    return Names(settings.user_id, shown if isinstance(shown, str) and shown.strip() else None)
