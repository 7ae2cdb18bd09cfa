"""The directory's tables.

A person is stable; what a file says about her is a record that holds from one generation (`since`) to the
next that changes it (`until`, exclusive). A load writes records of a generation nobody reads yet, then one
row, `DirectoryState`, moves on: that is the switch, and undo is the same row moving back.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from config.database import Base

FREE_TEXT = 500  # the longest cell a record keeps, in characters
LEVELS = {1: "awareness", 2: "working", 3: "practitioner", 4: "expert"}

# SQLite keeps a table in the order of its key, with no second index, only when the type is spelt INTEGER.
BIG = BigInteger().with_variant(Integer, "sqlite")


def _number() -> Column[int]:
    # The load hands out the numbers itself: one statement for a thousand rows, and nothing to read back.
    return Column(BIG, primary_key=True, autoincrement=False)


class Person(Base, table=True):
    """Somebody, for good: the id survives every load. `hidden` people are in no answer, count or suggestion."""

    __tablename__ = "person"
    # Only the few who are hidden are in this index.
    __table_args__ = (Index("ix_person_hidden", "id", sqlite_where=text("hidden"), postgresql_where=text("hidden")),)

    id: int = Field(sa_column=_number())
    hidden: bool = Field(default=False, description="she opted out: known to the bot, in no answer")


class FormerPerson(Base, table=True):
    """Whose id a keyed hash of an address or number was, so that she keeps it if she comes back after an undo."""

    __tablename__ = "former_person"

    key: str = Field(primary_key=True)
    person_id: int = Field(sa_type=BIG, foreign_key="person.id", index=True)


class PersonRecord(Base, table=True):
    """What the files say about a person from generation `since` up to, not including, `until`."""

    __tablename__ = "person_record"
    __table_args__ = (Index("ix_person_record_current", "until", "since"),)

    id: int = Field(sa_column=_number())
    person_id: int = Field(sa_type=BIG, foreign_key="person.id", index=True)
    since: int
    until: int | None = None
    staff_id: str | None = None
    name: str
    name_key: str = Field(description="the name without case, accents and apostrophes, for look-ups")
    email: str | None = Field(default=None, description="lower case")
    job_title: str | None = None
    team: str | None = None
    service: str | None = None
    location: str | None = None
    manager_email: str | None = None
    working_days: str | None = None
    pronouns: str | None = None
    last_reviewed: date | None = Field(default=None, description="when her skills were last looked at")
    contactable: bool = Field(default=True, description="False: she asked not to be found")
    left: bool = False
    leaving_date: date | None = Field(default=None, description="her last day")


class Account(Base, table=True):
    """A person's account on a chat platform, as the file's account columns say, by generation."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("platform", "account", "since"),
        # At most one open owner of an account, whatever happens.
        Index(
            "uq_account_open",
            "platform",
            "account",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: int = Field(sa_column=_number())
    person_id: int = Field(sa_type=BIG, foreign_key="person.id", index=True)
    platform: str = Field(description="slack, matrix, web")
    account: str = Field(description="the platform's immutable id")
    since: int
    until: int | None = None


class Skill(Base, table=True):
    """One skill, however it is written."""

    __tablename__ = "skill"

    id: int = Field(sa_column=_number())
    key: str = Field(unique=True, description="the normal form that all its labels share")


class SkillLabel(Base, table=True):
    """A skill as somebody wrote it."""

    __tablename__ = "skill_label"

    id: int = Field(sa_column=_number())
    skill_id: int = Field(sa_type=BIG, foreign_key="skill.id", index=True)
    label: str = Field(unique=True)
    source: str = Field(default="audit", description="audit: from a staff file")


class PersonSkill(Base, table=True):
    """A skill that a record claims. `reviewed` empty means: when the record was."""

    __tablename__ = "person_skill"
    # Stored in the order of its key: a load appends, and a record's skills lie together.
    __table_args__ = ({"sqlite_with_rowid": False},)

    record_id: int = Field(sa_type=BIG, foreign_key="person_record.id", primary_key=True)
    label_id: int = Field(sa_type=BIG, foreign_key="skill_label.id", primary_key=True, index=True)
    level: int | None = Field(default=None, description="1 awareness, 2 working, 3 practitioner, 4 expert")
    reviewed: date | None = None
    expires: date | None = None


class TextVector(Base, table=True):
    """The vector of a label or a term, under a hash of the model and the text; it can always be made again."""

    __tablename__ = "text_vector"

    key: str = Field(primary_key=True)
    vector: bytes = Field(sa_type=LargeBinary)


class GlossaryEntry(Base, table=True):
    """What a short form or a word means at this organisation; `agreed` by an admin, or only proposed."""

    __tablename__ = "glossary_entry"

    key: str = Field(primary_key=True, description="the normal form of `short`")
    short: str
    long: str
    agreed: bool
    at: datetime


class ImportBatch(Base, table=True):
    """One file: who loaded it, when, what it did; staged, applied, undone or dropped."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, primary_key=True)
    by: str = Field(description="who loaded it, as the caller names people")
    at: datetime
    file_name: str
    digest: str = Field(description="of the plan that was agreed to")
    generation: int = Field(index=True)
    previous: int = Field(description="the generation that undo goes back to")
    state: str = Field(default="staged", description="staged, applied, undone, or dropped: staging never ended")
    people: int = 0
    added: int = 0
    changed: int = 0
    left: int = 0
    before: int = Field(default=0, description="people who were here before it")
    duplicates: int = 0
    refused: int = 0


class ColumnAnswer(Base, table=True):
    """What somebody said about a column that the file's own names leave open; `field` empty: asked, not answered.

    `shape` recognises files with the same column names; or it is `map:` and a name that somebody gave it.
    """

    __tablename__ = "column_answer"
    __table_args__ = (UniqueConstraint("shape", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    shape: str
    key: str = Field(description="the column's name without case, spaces and punctuation")
    heading: str
    guess: str = ""
    field: str = ""
    by: str
    at: datetime


class DirectoryState(Base, table=True):
    """The one row (id 1) that says which generation is read. `revision` moves with every visible change."""

    __tablename__ = "directory_state"

    id: int = Field(default=1, primary_key=True)
    generation: int = 0
    latest: int = Field(default=0, description="the highest generation ever staged; numbers are not used twice")
    floor: int = Field(default=0, description="the oldest generation still whole: undo goes no further back")
    revision: int = 0
    staging: int | None = Field(default=None, description="the batch being staged; another load takes it over")
    pepper: str = Field(sa_type=Text, description="the key of all keyed hashes here, made with the row")


class Suppression(Base, table=True):
    """A keyed hash of an address, number or account of somebody who must stay out, over loads and undo."""

    __tablename__ = "suppression"

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    reason: str = Field(description="opted_out or erased")
    at: datetime
