"""Every page that tells how to do something is followed to the letter, and works."""

from pathlib import Path

import pytest

from tests.docs import follow
from tests.docs.follow import CannotFollow, Edit, Run

pytestmark = pytest.mark.docs
ROOT = follow.ROOT
ADD_A_COMMAND = "docs/how-to/add-a-command.md"
PAGES = {
    path.relative_to(ROOT).as_posix(): found
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    if (found := follow.steps(path.read_text(encoding="utf-8")))
}
PAGE = """
```python file=new.py
print("hello", 42)
```
```python file=new.py after="hello"
print("and good-bye")
```
```console
$ python new.py
hello ...
and good-bye
$ true
```
```python
only.read()
```
"""


@pytest.mark.parametrize("page", sorted({ADD_A_COMMAND, *PAGES}))
def test_a_page_can_be_followed(page: str, tmp_path: Path) -> None:
    assert page in PAGES, "the page is not there, or nothing in it can be followed"
    root = follow.copy(tmp_path)
    for step in PAGES[page]:
        step.act(root)


def test_adding_a_command_is_edited_and_tried() -> None:
    assert {type(step) for step in PAGES.get(ADD_A_COMMAND, [])} == {Edit, Run}


def test_a_page_is_read_as_steps(tmp_path: Path) -> None:
    found = follow.steps(PAGE)
    assert [type(step) for step in found] == [Edit, Edit, Run, Run]
    for step in found:
        step.act(tmp_path)
    assert (tmp_path / "new.py").read_text() == 'print("hello", 42)\nprint("and good-bye")\n'


@pytest.mark.parametrize(
    "step",
    [
        Run("false", ""),
        Run("echo good morning", "good ... night"),
        Edit("there.txt", "x", "no such line"),
        Edit("there.txt", "x", "twice"),
        Edit("missing.txt", "x", "words"),
    ],
)
def test_a_step_that_goes_wrong_is_told(step: Edit | Run, tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("twice\ntwice\n")
    with pytest.raises(CannotFollow):
        step.act(tmp_path)
