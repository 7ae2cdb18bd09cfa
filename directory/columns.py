"""The columns of a staff file, and what councils' exports call them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from directory.rows import Fault, shown

# Field -> headings, compared without case, spaces and punctuation; where a file has several, the first counts.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "staff_id": (
        "staff id",
        "staff number",
        "staff no",
        "employee id",
        "employee number",
        "employee no",
        "emp no",
        "emp id",
        "payroll number",
        "payroll no",
        "personnel number",
        "personnel no",
        "person number",
        "assignment number",
        "payroll ref",
        "payroll id",
        "pay number",
        "pay no",
        "employee ref",
        "staff ref",
        "person id",
        "works number",
        "emp ref",
        "id",
    ),
    "name": (
        "name",
        "full name",
        "employee name",
        "staff name",
        "display name",
        "person name",
        "colleague",
        "officer name",
        "name of officer",
        "surname forename",
        "forename surname",
    ),
    "known_as": ("known as", "preferred name", "known as first name", "preferred first name", "preferred forename"),
    "first_name": ("first name", "forename", "given name", "forenames", "first names", "christian name"),
    "last_name": ("last name", "surname", "family name"),
    "email": (
        "email",
        "e-mail",
        "email address",
        "e-mail address",
        "work email",
        "work email address",
        "mail",
        "email work",
        "user principal name",
        "upn",
        "email id",
        "office email",
        "business email",
        "contact email",
    ),
    "job_title": (
        "job title",
        "title",
        "job",
        "role",
        "position",
        "position title",
        "post",
        "post title",
        "job role",
        "designation",
        "position name",
        "role title",
        "job name",
    ),
    "team": (
        "team",
        "team name",
        "section",
        "unit",
        "cost centre name",
        "org unit",
        "organisation unit",
        "organisation",
    ),
    "service": (
        "service",
        "service area",
        "department",
        "dept",
        "directorate",
        "division",
        "business unit",
        "service name",
        "department name",
        "directorate name",
    ),
    "location": (
        "location",
        "work location",
        "office",
        "base",
        "work base",
        "site",
        "building",
        "workplace",
        "based at",
        "location name",
    ),
    "manager_email": (
        "manager email",
        "manager e-mail",
        "manager email address",
        "line manager email",
        "line manager e-mail",
        "line manager email address",
        "reports to email",
        "manager",
        "line manager",
        "reports to",
        "supervisor email",
        "supervisor",
        "reporting manager",
        "line managers email",
    ),
    "working_days": (
        "working days",
        "work days",
        "working pattern",
        "work pattern",
        "days worked",
        "hours",
        "contract hours",
        "fte",
    ),
    "pronouns": ("pronouns", "preferred pronouns"),
    "last_reviewed": (
        "last reviewed",
        "reviewed",
        "review date",
        "last review",
        "date reviewed",
        "skills reviewed",
        "last updated",
        "updated",
        "audit date",
        "date of audit",
        "date of last review",
        "last review date",
        "last reviewed on",
        "date last reviewed",
        "skills last reviewed",
        "last audited",
        "profile updated",
        "date updated",
    ),
    "contactable": (
        "contactable",
        "contact ok",
        "ok to contact",
        "can be contacted",
        "searchable",
        "listed",
        "show in directory",
        "ok to be contacted",
        "happy to be contacted",
        "may be contacted",
        "can we contact you",
    ),
    "opted_out": ("opted out", "opt out", "do not contact", "do not list", "hide", "hidden", "private", "ex directory"),
    "left": (
        "left",
        "leaver",
        "has left",
        "left organisation",
        "status",
        "employment status",
        "employee status",
        "assignment status",
    ),
    "leaving_date": (
        "leaving date",
        "leave date",
        "date left",
        "date of leaving",
        "last day",
        "last working day",
        "termination date",
        "end date",
        "actual termination date",
        "leaver date",
    ),
    "skills": (
        "skills",
        "skill",
        "skill name",
        "competency",
        "competence",
        "skills and level",
        "skills and experience",
        "areas of expertise",
        "key skills",
        "specialisms",
        "ask me about",
        "skills and levels",
        "skills audit",
        "expertise",
        "knowledge",
        "competencies",
        "skill list",
        "skills list",
    ),
    "level": ("level", "skill level", "proficiency", "proficiency level", "competency level", "rating", "self rating"),
    "slack_id": ("slack id", "slack user id", "slack member id", "slack account", "slack"),
    "matrix_id": ("matrix id", "matrix user id", "mxid", "matrix account", "matrix"),
    "web_id": ("web id", "web chat id", "web account", "web"),
    "accounts": ("accounts", "chat accounts", "account ids", "chat ids"),
}
ACCOUNT_COLUMNS = {"slack_id": "slack", "matrix_id": "matrix", "web_id": "web"}
MOST_COLUMNS = 200
LONGEST_HEADING = 120


def heading_key(heading: str) -> str:
    """A heading without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


BY_KEY = {heading_key(name): (field, rank) for field, names in SYNONYMS.items() for rank, name in enumerate(names)}


# Words that say nothing about what a column holds, and what stands in brackets: "Employee's job title (current)".
FILLERS = frozenset("the your of please employee staff work current primary main corporate officer colleague".split())
BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]?|[*:?#]+")
POSSESSIVE = re.compile(r"['’]s\b")
LOOSE_RANK = 100
NUMBERED = re.compile(
    r"(?P<what>skill|competency|competence|expertise|specialism|level|proficiency|rating)s?(?:level)?(?P<number>\d{1,2})(?P<level>level|proficiency|rating)?"
)
# Saved answers about a column that are no field: each is a skill of its own, or not to be used.
A_SKILL, NOT_USED = "skill", "nothing"


@dataclass(frozen=True, slots=True)
class Unsure:
    """A column that may be a field of ours (or a skill, `A_SKILL`), but nobody said so. `example` is a cell of it."""

    heading: str
    guess: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Which cell holds which field: `places` by field, the headings as written, and those nobody knows.

    `matrix` are columns that are a skill each; `numbered` are pairs of a skill's cell and its level's, or None.
    """

    places: dict[str, int]
    headings: tuple[str, ...]
    unused: tuple[str, ...]
    matrix: tuple[tuple[int, str], ...] = ()
    numbered: tuple[tuple[int, int | None], ...] = ()
    unsure: tuple[Unsure, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Field to heading as written."""
        found = {field: self.headings[place] for field, place in self.places.items()}
        if "skills" not in found and (self.matrix or self.numbered):
            found["skills"] = self.headings[self.numbered[0][0] if self.numbered else self.matrix[0][0]]
        return found


def field_of(heading: str) -> tuple[str, int] | None:
    """The field that a heading names, and how usual the name is (0 is the best); None when it names none."""
    if exact := BY_KEY.get(heading_key(heading)):
        return exact
    plain = POSSESSIVE.sub("", BRACKETS.sub(" ", heading))
    words = re.findall(r"[^\W_]+", plain)
    for chosen in (words, [word for word in words if word.casefold() not in FILLERS]):
        if found := BY_KEY.get(heading_key("".join(chosen))):
            return found[0], found[1] + LOOSE_RANK
    return None


def recognised(cells: Sequence[str]) -> int:
    """How many of our fields this line names; the vote for the delimiter and for being a header."""
    return len({found[0] for cell in cells if len(cell) <= LONGEST_HEADING and (found := field_of(cell))})


def read_header(cells: Sequence[str], line: int, told: Mapping[str, str] | None = None) -> Header | list[Fault]:
    """Match headings to fields, or say everything that is wrong with them at once.

    `told` are answers somebody gave about columns: heading key to field, `A_SKILL` or `NOT_USED`.
    """
    if not recognised(cells) and not told:
        return [Fault(line, "", shown(", ".join(cells)), "no_header")]
    header = _match(cells, told or {})
    return _faults(cells, header, line) or header


def _match(cells: Sequence[str], told: Mapping[str, str]) -> Header:
    best: dict[str, tuple[int, int]] = {}
    matrix = []
    headings = tuple(" ".join(cell.split()) for cell in cells)
    for place, cell in enumerate(cells):
        answer = told.get(heading_key(cell))
        if answer == A_SKILL:
            matrix.append((place, headings[place]))
        found = (answer, -1) if answer in SYNONYMS else None if answer else field_of(cell)
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], place)
    places = {field: place for field, (_, place) in best.items()}
    if "level" in places and "skills" not in places:
        del places["level"]
    if "known_as" in places and "last_name" not in places and "name" not in places:
        places["name"] = places.pop("known_as")  # without a surname beside it, it is the whole name
    numbered = _numbered(cells)
    taken = {*places.values(), *(place for pair in numbered for place in pair if place is not None)}
    taken |= {place for place, _ in matrix}
    unused = tuple(name for place, name in enumerate(headings) if name and place not in taken)
    return Header(places, headings, unused, tuple(matrix), numbered)


def _numbered(cells: Sequence[str]) -> tuple[tuple[int, int | None], ...]:
    """Columns such as "Skill 1", "Level 1", "Skill 2", "Level 2"."""
    skills, levels = dict[str, int](), dict[str, int]()
    for place, cell in enumerate(cells):
        if found := NUMBERED.fullmatch(heading_key(cell)):
            is_level = found["what"] in {"level", "proficiency", "rating"} or found["level"]
            (levels if is_level else skills).setdefault(found["number"], place)
    return tuple((place, levels.get(number)) for number, place in skills.items())


def _faults(cells: Sequence[str], header: Header, line: int) -> list[Fault]:
    faults = []
    if len(cells) > MOST_COLUMNS:
        faults.append(Fault(line, "", "", "too_many_columns", {"found": len(cells), "most": MOST_COLUMNS}))
    names: dict[str, list[int]] = {}
    for place, cell in enumerate(cells, 1):
        if key := heading_key(cell):
            names.setdefault(key, []).append(place)
    used = {*header.places.values(), *(place for place, _ in header.matrix)}
    for places in names.values():
        if len(places) > 1 and used.intersection(place - 1 for place in places):
            name = shown(header.headings[places[0] - 1])
            faults.append(Fault(line, name, name, "duplicate_column", {"times": len(places)}))
    have = header.places.keys()
    if "name" not in have and not ({"first_name", "known_as"} & have and "last_name" in have):
        faults.append(Fault(line, "name", "", "missing_column", {"wanted": "name"}))
    if not {"email", "staff_id"} & have:
        faults.append(Fault(line, "email", "", "missing_column", {"wanted": "email or staff_id"}))
    return faults
