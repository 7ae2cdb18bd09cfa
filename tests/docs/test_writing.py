"""What is written by hand: links lead somewhere, the README is short and promises, security names its proof."""

import ast
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.follow import ROOT

pytestmark = pytest.mark.docs
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
PROMISE = (
    "an approved announcement is never silently lost and never automatically sent twice; "
    "when a channel cannot tell us, a person is asked."
)
SECURITY = ROOT / "docs/reference/security.md"
INVARIANTS = ROOT / "docs/explanation/invariants.md"
ROW = re.compile(r"^\| (\d+) \| .* \| (\w+) \| .* \|(.*)\|$", re.MULTILINE)
PROOF = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
LONGEST_README = 80
LARGEST_PICTURE = 150_000


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links(page: Path) -> list[str]:
    """The addresses a page leads to, those in examples left out."""
    return LINK.findall(FENCE.sub("", read(page)))


def anchors(page: Path) -> set[str]:
    """The names that headings have as targets of a link, as forges make them."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub(lambda found: found[0].strip("`"), read(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_in_the_project(page: Path) -> None:
    assert [link for link in links(page) if leads_nowhere(page, link)] == []


def test_every_page_is_reached_from_the_index() -> None:
    seen, waiting = set(), [ROOT / "docs/README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        found = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
        waiting += [target for target in found if target.suffix == ".md" and target not in seen and target.exists()]
    assert len(seen) > 1
    assert [page for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in seen] == []


def test_the_readme_fits_on_a_screen_and_keeps_the_promise() -> None:
    text = read(ROOT / "README.md")
    assert len(text.splitlines()) <= LONGEST_README
    assert PROMISE in " ".join(text.replace("\n> ", " ").split())
    assert [command for command in ("make demo", "make test") if command not in text] == []


def test_the_picture_is_small_and_described() -> None:
    found = re.search(r"!\[([^\]]{40,})\]\((docs/pictures/[^)]+)\)", read(ROOT / "README.md"))
    assert found
    picture = ROOT / found[2]
    assert picture.stat().st_size < LARGEST_PICTURE
    with Image.open(picture) as opened:
        assert opened.size == (1280, 800)


def rows(heading: str) -> list[tuple[str, str, str]]:
    """The rows of a table of the security page: number, how it stands, proof."""
    part = read(SECURITY).split(f"## {heading}\n")[1].split("\n## ")[0]
    return ROW.findall(part)


@pytest.mark.parametrize(("heading", "count"), [("Items", 30), ("Attacks", 20)])
def test_every_row_of_security_is_there_and_honest(heading: str, count: int) -> None:
    found = rows(heading)
    assert [int(number) for number, _, _ in found] == list(range(1, count + 1))
    assert {state for _, state, _ in found} <= {"done", "partly", "open"}
    assert [number for number, state, proof in found if state == "done" and not PROOF.search(proof)] == []


def test_the_tutorial_says_what_the_tour_says() -> None:
    said = re.findall(r"@switchboard [^`\n]+", read(ROOT / "docs/tutorial/first-steps.md"))
    tour = read(ROOT / "docs/tour.txt")
    assert len(said) > 3
    assert [words for words in said if words.strip() not in tour] == []


def test_every_invariant_is_there() -> None:
    found = re.findall(r"^\| I(\d+) \| .* \|(.*)\|$", read(INVARIANTS), re.MULTILINE)
    assert [int(number) for number, _ in found] == list(range(1, 25))
    assert [number for number, proof in found if not PROOF.search(proof)] == ["20"], "which is not built"


@pytest.mark.parametrize("page", [SECURITY, INVARIANTS], ids=lambda page: page.stem)
def test_every_proof_is_a_test(page: Path) -> None:
    named = PROOF.findall(read(page))
    assert named
    assert [(file, name) for file, name in named if not is_test(ROOT / file, name)] == []


def is_test(file: Path, name: str) -> bool:
    """Whether the file holds that test, or any test when none is named."""
    if not file.exists():
        return False
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = {node.name for node in ast.walk(ast.parse(read(file))) if isinstance(node, functions)}
    return name in found if name else any(found_name.startswith("test_") for found_name in found)


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing, and another\n\n[a](page.md#one-thing-and-another) [b](gone.md) [c](#nothing) `[d](e.md)`\n"
    )
    assert [link for link in links(page) if leads_nowhere(page, link)] == ["gone.md", "#nothing"]
