"""Accounts, rooms and who is in them."""

import sqlite3
from typing import cast

from adapters.chat.web.settings import PLATFORM, WebAccount, WebChatSettings, WebRoom
from adapters.errors import Refused
from adapters.events import AccountRef, Profile, RoomInfo, RoomKind, RoomRef


def settle(db: sqlite3.Connection, settings: WebChatSettings) -> None:
    """Bring accounts, rooms and members to what the settings say; what was said and done stays."""
    bot = WebAccount(settings.bot_id, settings.bot_name, "the bot", bot=True)
    for account in (*settings.accounts, bot):
        _put_account(db, account)
    people = [account.id for account in settings.accounts]
    for place, room in enumerate(settings.rooms):
        members = people if room.members is None else room.members
        _put_room(db, room, place, (*members, bot.id))
    for account in settings.accounts:
        if not account.bot:
            direct = WebRoom(direct_id(account.id), settings.bot_name, RoomKind.DIRECT)
            _put_room(db, direct, len(settings.rooms), (account.id, bot.id))


def direct_id(account: str) -> str:
    """The id of the room in which the bot and that person talk."""
    return f"direct-{account}"


def account_row(db: sqlite3.Connection, account: str) -> sqlite3.Row:
    """The account. Raises `Refused("unknown_account")`."""
    row = db.execute("SELECT * FROM account WHERE id = ?", (account,)).fetchone()
    if row is None:
        raise Refused("unknown_account")
    return cast(sqlite3.Row, row)


def room_row(db: sqlite3.Connection, room: str) -> sqlite3.Row:
    """The room. Raises `Refused("unknown_room")`."""
    row = db.execute("SELECT * FROM room WHERE id = ?", (room,)).fetchone()
    if row is None:
        raise Refused("unknown_room")
    return cast(sqlite3.Row, row)


def is_member(db: sqlite3.Connection, room: str, account: str) -> bool:
    """Whether that account reads that room."""
    found = db.execute("SELECT 1 FROM member WHERE room = ? AND account = ?", (room, account)).fetchone()
    return found is not None


def check_may_act(db: sqlite3.Connection, room: str, account: str) -> None:
    """Raise `Refused` unless the account is in use and in the room."""
    if not account_row(db, account)["active"]:
        raise Refused("account_off")
    room_row(db, room)
    if not is_member(db, room, account):
        raise Refused("not_in_room")


def profile(db: sqlite3.Connection, account: AccountRef) -> Profile:
    """Who that is. Raises `Refused("unknown_account")`."""
    if account.platform != PLATFORM:
        raise Refused("unknown_account")
    row = account_row(db, account.id)
    return Profile(
        account=account,
        name=row["name"],
        guest=bool(row["guest"]),
        external=bool(row["external"]),
        active=bool(row["active"]),
        bot=bool(row["bot"]),
        verified_email=row["email"],
    )


def room_info(db: sqlite3.Connection, ref: RoomRef) -> RoomInfo:
    """What kind of room that is. Raises `Refused("unknown_room")`."""
    if ref.platform != PLATFORM:
        raise Refused("unknown_room")
    row = room_row(db, ref.id)
    return RoomInfo(ref, row["name"], RoomKind(row["kind"]), bool(row["shared"]))


def _put_account(db: sqlite3.Connection, account: WebAccount) -> None:
    db.execute(
        "INSERT INTO account (id, name, hint, email, guest, external, active, bot, moderator)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, hint = excluded.hint, email = excluded.email,"
        " guest = excluded.guest, external = excluded.external, active = excluded.active, bot = excluded.bot,"
        " moderator = excluded.moderator",
        (
            account.id, account.name, account.hint, account.email,
            account.guest, account.external, account.active, account.bot, account.moderator,
        ),
    )  # fmt: skip


def _put_room(db: sqlite3.Connection, room: WebRoom, place: int, members: tuple[str, ...]) -> None:
    db.execute(
        "INSERT INTO room (id, name, kind, shared, place) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " name = excluded.name, kind = excluded.kind, shared = excluded.shared, place = excluded.place",
        (room.id, room.name, room.kind.value, room.shared, place),
    )
    kept = set(members)
    for row in db.execute("SELECT account FROM member WHERE room = ?", (room.id,)).fetchall():
        if row["account"] not in kept:
            db.execute("DELETE FROM member WHERE room = ? AND account = ?", (room.id, row["account"]))
    db.executemany(
        "INSERT INTO member (room, account) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(room.id, account) for account in members],
    )
