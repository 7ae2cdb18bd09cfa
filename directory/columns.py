"""The columns of a staff file, and what councils' exports call them."""

import re
import unicodedata
from collections.abc import Sequence
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
        "id",
    ),
    "name": (
        "name",
        "full name",
        "employee name",
        "staff name",
        "display name",
        "person name",
        "known as",
        "preferred name",
    ),
    "first_name": ("first name", "forename", "given name", "known as first name", "preferred first name"),
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
    ),
    "team": ("team", "team name", "section", "unit", "cost centre name", "org unit"),
    "service": (
        "service",
        "service area",
        "department",
        "dept",
        "directorate",
        "division",
        "business unit",
        "service name",
    ),
    "location": ("location", "work location", "office", "base", "work base", "site", "building", "workplace"),
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
    ),
    "contactable": (
        "contactable",
        "contact ok",
        "ok to contact",
        "can be contacted",
        "searchable",
        "listed",
        "show in directory",
    ),
    "opted_out": ("opted out", "opt out", "do not contact", "do not list", "hide", "hidden", "private", "ex directory"),
    "left": ("left", "leaver", "has left", "left organisation", "status", "employment status", "employee status"),
    "leaving_date": (
        "leaving date",
        "leave date",
        "date left",
        "date of leaving",
        "last day",
        "last working day",
        "termination date",
        "end date",
    ),
    "skills": (
        "skills",
        "skill",
        "skills and levels",
        "skills audit",
        "expertise",
        "knowledge",
        "competencies",
        "skill list",
        "skills list",
    ),
    "slack_id": ("slack id", "slack user id", "slack member id", "slack account", "slack"),
    "matrix_id": ("matrix id", "matrix user id", "mxid", "matrix account", "matrix"),
    "web_id": ("web id", "web chat id", "web account", "web"),
    "accounts": ("accounts", "chat accounts", "account ids", "chat ids"),
}
ACCOUNT_COLUMNS = {"slack_id": "slack", "matrix_id": "matrix", "web_id": "web"}
MOST_COLUMNS = 200


def heading_key(heading: str) -> str:
    """A heading without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


BY_KEY = {heading_key(name): (field, rank) for field, names in SYNONYMS.items() for rank, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Header:
    """Which cell holds which field: `places` by field, the headings as written, and those nobody knows."""

    places: dict[str, int]
    headings: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def columns(self) -> dict[str, str]:
        """Field to heading as written."""
        return {field: self.headings[place] for field, place in self.places.items()}


def recognised(cells: Sequence[str]) -> int:
    """How many of our fields this line names; the vote for the delimiter and for being a header."""
    return len({BY_KEY[key][0] for cell in cells if (key := heading_key(cell)) in BY_KEY})


def read_header(cells: Sequence[str], line: int) -> Header | list[Fault]:
    """Match headings to fields, or say everything that is wrong with them at once."""
    if not recognised(cells):
        return [Fault(line, "", shown(", ".join(cells)), "no_header")]
    header = _match(cells)
    return _faults(cells, header, line) or header


def _match(cells: Sequence[str]) -> Header:
    best: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        found = BY_KEY.get(heading_key(cell))
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], place)
    places = {field: place for field, (_, place) in best.items()}
    taken = set(places.values())
    headings = tuple(" ".join(cell.split()) for cell in cells)
    unused = tuple(name for place, name in enumerate(headings) if name and place not in taken)
    return Header(places, headings, unused)


def _faults(cells: Sequence[str], header: Header, line: int) -> list[Fault]:
    faults = []
    if len(cells) > MOST_COLUMNS:
        faults.append(Fault(line, "", "", "too_many_columns", {"found": len(cells), "most": MOST_COLUMNS}))
    names: dict[str, list[int]] = {}
    for place, cell in enumerate(cells, 1):
        if key := heading_key(cell):
            names.setdefault(key, []).append(place)
    for places in names.values():
        if len(places) > 1:
            name = shown(header.headings[places[0] - 1])
            faults.append(Fault(line, name, name, "duplicate_column", {"times": len(places)}))
    have = header.places.keys()
    if "name" not in have and not {"first_name", "last_name"} <= have:
        faults.append(Fault(line, "name", "", "missing_column", {"wanted": "name"}))
    if not {"email", "staff_id"} & have:
        faults.append(Fault(line, "email", "", "missing_column", {"wanted": "email or staff_id"}))
    return faults
