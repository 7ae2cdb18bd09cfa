"""What the search gives back: facts, codes and parameters, never a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Contact:
    """What any colleague may be told about a person."""

    person_id: int
    name: str
    email: str | None
    job_title: str | None
    team: str | None
    service: str | None
    location: str | None
    working_days: str | None
    pronouns: str | None
    manager_email: str | None


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: `code` is exact, words, repaired, initials, term or meaning; `params` fill its sentence."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SkillHit:
    """A skill as written in the staff file, and how well it fits the question (0 to 1)."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """One colleague to ask: the skill, its level (1 to 4), when it was reviewed, and why she is named."""

    person: Contact
    skill: str
    level: int | None
    reviewed: date | None
    expires: date | None
    why: Why


@dataclass(frozen=True, slots=True)
class Answer:
    """Colleagues, best first. `total` counts all who have the skills; `repaired` pairs words as typed and as read.

    `sense` is the label that was meant first; `where` is the place that was asked for. `relaxed`: nobody there is
    `senior`, or nobody is at that `place`, so these are others.
    """

    topic: str
    skills: tuple[SkillHit, ...]
    matches: tuple[Match, ...]
    total: int
    repaired: tuple[tuple[str, str], ...] = ()
    sense: str = ""
    where: str = ""
    relaxed: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Several different skills fit about equally well: ask which is meant."""

    topic: str
    skills: tuple[SkillHit, ...]
    repaired: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is listed. `nearest` are skills that share something with the question; often empty.

    `team` is where the nearest of them is at home, with its `manager`, if anybody holds it.
    """

    topic: str
    nearest: tuple[str, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()
    team: str | None = None
    manager: Contact | None = None


@dataclass(frozen=True, slots=True)
class NotAQuestion:
    """The text asks for nobody: `code` is empty, chat, rhetorical, own_skills, look_up or other."""

    code: str


Found = Answer | Choose | Nobody | NotAQuestion


@dataclass(frozen=True, slots=True)
class Held:
    """A skill of somebody who was looked up by name."""

    skill: str
    level: int | None
    reviewed: date | None
    expires: date | None


@dataclass(frozen=True, slots=True)
class OnePerson:
    """Exactly one visible person bears the name. `manager` is her manager's name, if that is somebody visible."""

    person: Contact
    skills: tuple[Held, ...]
    manager: str | None


@dataclass(frozen=True, slots=True)
class SeveralPeople:
    """More than one person could be meant: at most `limit` of `total`."""

    people: tuple[Contact, ...]
    total: int


@dataclass(frozen=True, slots=True)
class NoSuchPerson:
    """No visible person bears the name. `nearest` are names that differ by a letter or two."""

    name: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneTeam:
    """A team or a service and the visible people in it (at most `limit` of `total`)."""

    name: str
    kind: str
    service: str | None
    people: tuple[Contact, ...]
    total: int


@dataclass(frozen=True, slots=True)
class NoSuchTeam:
    """No team or service is called that. `nearest` are some that sound like it."""

    name: str
    nearest: tuple[str, ...] = ()
