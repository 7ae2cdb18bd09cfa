"""The tables of announcements."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from config.database import Base


class AnnouncementRow(Base, table=True):
    """One announcement; `version` grows with every change, for compare-and-set.

    `due` and `until` bound the time asked for and are part of what is approved; `wall` says it as it was
    understood. `starts` is put later than `due` when a pause ends and many would go at once. `wake` is when the
    sweep looks at it next, `corrects` the number of another.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        Index("ix_announcement_wake", "wake"),
        Index("ix_announcement_author", "author", "state"),
        # Only the few that a second person must still look at are in this index.
        Index(
            "ix_announcement_owed", "number", sqlite_where=text("owes_review = 1"), postgresql_where=text("owes_review")
        ),
    )

    number: int | None = Field(default=None, primary_key=True)
    state: str = Field(index=True)
    reason: str = ""
    version: int = 0
    revision: int = 1
    author: int
    author_account: str
    source_platform: str
    source_room: str
    source_message: str
    source_thread: str | None = None
    made: datetime
    changed: datetime
    due: datetime | None = None
    until: datetime | None = None
    wall: str = ""
    starts: datetime | None = None
    wake: datetime | None = None
    published: datetime | None = None
    corrects: int | None = None
    owes_review: bool = Field(default=False, description="released by one person alone; another must look at it")


class RevisionRow(Base, table=True):
    """The immutable wording of one revision. After a critical finding `text` is the redacted form."""

    __tablename__ = "revision"

    announcement: int = Field(primary_key=True, foreign_key="announcement.number")
    revision: int = Field(primary_key=True)
    text: str
    language: str
    pictures: str = Field(default="[]", description="JSON: sha256, media type, alt, removed codes")
    digest: str
    fingerprint: str = Field(description="keyed hash of the text as written")
    findings: str = Field(default="[]", description="JSON: masked findings of the scan")
    rules: str = Field(description="digest of the rules and contacts that the scan used")
    stopped: bool = False
    shown: str = Field(default="", description="SHA-256 of the preview exactly as sent")
    links: str = Field(default="{}", description="JSON: each address in the text and where it led when scanned")
    cuts: str = Field(default="{}", description="JSON: on which channels it is a thread, and where each post is cut")
    made: datetime


class ContributorRow(Base, table=True):
    """Somebody who wrote, described or chose something for a revision or one before it."""

    __tablename__ = "contributor"

    announcement: int = Field(primary_key=True, foreign_key="announcement.number")
    person: int = Field(primary_key=True)
    since_revision: int


class VoteRow(Base, table=True):
    """One vote on one revision, from one account by one route; a person counts once, however many there are.

    `kind` is a `Vote` (approve, reject, hold, request_changes, acknowledge), `source` reaction, button or typed.
    """

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("announcement", "revision", "kind", "source", "account"),
        Index("ix_vote_person", "person"),
    )

    id: int | None = Field(default=None, primary_key=True)
    announcement: int = Field(foreign_key="announcement.number", index=True)
    revision: int
    person: int
    kind: str
    source: str
    account: str
    digest: str
    message: str
    received: datetime
    withdrawn: datetime | None = None
    withdrawn_by: str | None = None
    void: bool = Field(default=False, description="made void: that it still stands under the preview revives nothing")
    reasoned: bool = Field(default=False, description="a reason was given in words; they stand in the evidence")
    proven: bool = Field(default=False, description="said in a message that nobody else could have written")


class PictureRow(Base, table=True):
    """A picture without metadata, by the SHA-256 of its bytes."""

    __tablename__ = "picture"

    sha256: str = Field(primary_key=True)
    media_type: str
    data: bytes = Field(sa_type=LargeBinary)


class DeliveryRow(Base, table=True):
    """One part of one announcement on one channel, with the exact bytes and the permit."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("announcement", "revision", "channel", "part"),)

    id: int | None = Field(default=None, primary_key=True)
    announcement: int = Field(foreign_key="announcement.number", index=True)
    revision: int
    channel: str
    part: int = 0
    key: str = Field(unique=True)
    state: str = Field(default="pending", index=True)
    post: str
    digest: str
    permitted: datetime
    remote_id: str | None = None
    url: str | None = None
    error: str | None = None
    attempts: int = 0
    owner: str | None = None
    until: datetime | None = None
    fence: int = 0
    last_try: datetime | None = None
    not_before: datetime | None = None
    asked: datetime | None = Field(default=None, description="when a person was last asked about it")
    leave: datetime | None = Field(default=None, description="when a person let it begin later than its permit would")


class ChannelRow(Base, table=True):
    """How a channel was called and answered (`bot.protocol.pacing.Traffic`), and whose account it is.

    `account` is the id of the account that people agreed to publish with; posts on it are known as ours or looked at
    from `watched` on, and looked for again at `looks`.
    """

    __tablename__ = "channel"

    name: str = Field(primary_key=True)
    even: datetime | None = None
    opens: datetime | None = None
    silences: int = 0
    since: datetime | None = None
    account: str | None = None
    watched: datetime | None = None
    looks: datetime | None = None


class FeedEntryRow(Base, table=True):
    """What stands in the feed, or its tombstone."""

    __tablename__ = "feed_entry"

    key: str = Field(primary_key=True)
    number: int = Field(index=True)
    text: str | None
    language: str
    pictures: str = "[]"
    published: datetime
    withdrawn: datetime | None = None
    corrects: int | None = None
    corrected_by: int | None = None


class ToldRow(Base, table=True):
    """What was explained to an account once and need not be again."""

    __tablename__ = "told"

    account: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    at: datetime


class PauseRow(Base, table=True):
    """Nothing goes out while this row stands."""

    __tablename__ = "pause"

    id: int = Field(default=1, primary_key=True)
    at: datetime
    by: str


class IncidentRow(Base, table=True):
    """Something personal went out, or nearly: the record for information governance, without the value itself.

    `deadline` is 72 hours after `opened` (UK GDPR Art. 33(1)). `decision` is `report` or `no_report`.
    """

    __tablename__ = "incident"

    id: int | None = Field(default=None, primary_key=True)
    announcement: int = Field(foreign_key="announcement.number", index=True)
    opened: datetime
    deadline: datetime
    by: int
    decided: datetime | None = None
    decided_by: int | None = None
    decision: str | None = None
