"""The lives of a database: a backup put back, or a move to another, begins a new one, in which nothing goes out anew."""

from datetime import datetime

from sqlmodel import Field

from config.database import Base


class EpochRow(Base, table=True):
    """One life. `name` goes into every key made in it; `first` is the first number given to an announcement in it."""

    __tablename__ = "epoch"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    begun: datetime
    reason: str
    first: int = 1
