"""The import contracts catch what they are for: each is broken on purpose in a tiny house."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
HOUSE = {
    "bot": "cli app dispatch commands people announcements identity access inbox outbox audit wording protocol",
    "bot/leaks": "scan",
    "bot/pictures": "child",
    "adapters": "events ports errors shelf canonical",
    "adapters/chat/web": "server",
    "adapters/chat/slack": "client",
    "adapters/chat/matrix": "client",
    "adapters/publish": "feed x",
    "directory": "csv_file search",
    "config": "settings database logs",
}
MODULES = [f"{folder}/{name}.py" for folder, names in HOUSE.items() for name in names.split()]
# contract -> (file, what it imports)
FORBIDDEN = [
    ("packages", "adapters/events.py", "bot.wording"),
    ("packages", "directory/search.py", "adapters.events"),
    ("packages", "adapters/chat/web/server.py", "directory.search"),
    ("packages", "config/settings.py", "directory.search"),
    ("floors", "bot/wording.py", "bot.dispatch"),
    ("floors", "bot/people.py", "bot.announcements"),
    ("floors", "bot/protocol.py", "bot.audit"),
    ("floors", "bot/app.py", "bot.cli"),
    ("chat-apart", "adapters/chat/web/server.py", "adapters.chat.matrix.client"),
    ("publish-apart", "adapters/publish/feed.py", "adapters.publish.x"),
    ("no-cycles", "config/logs.py", "config.settings"),
    ("ports-bare", "adapters/ports.py", "httpx"),
    ("ports-bare", "adapters/events.py", "config.logs"),
    ("adapters-bare", "adapters/publish/feed.py", "config.database"),
    ("adapters-unnamed", "bot/dispatch.py", "adapters.chat.web.server"),
    ("adapters-unnamed", "bot/announcements.py", "adapters.publish.feed"),
    ("slack-apart", "adapters/chat/web/server.py", "slack_sdk"),
    ("matrix-apart", "bot/app.py", "nio"),
    ("pure", "bot/protocol.py", "time"),
    ("pure", "bot/leaks/scan.py", "httpx"),
    ("pure", "directory/csv_file.py", "sqlalchemy"),
]
PERMITTED = [
    ("adapters/chat/slack/client.py", "slack_sdk"),
    ("adapters/chat/matrix/client.py", "nio"),
    ("bot/pictures/child.py", "PIL.Image"),
    ("bot/cli.py", "bot.app"),
    ("adapters/publish/feed.py", "config.logs"),
]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A house of empty modules under the project's own contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place in MODULES:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for folder in {parent for place in MODULES for parent in (tmp_path / place).parents if tmp_path in parent.parents}:
        (folder / "__init__.py").touch()
    # One way of the cycle stands already; the test adds the other.
    (tmp_path / "config/settings.py").write_text("import config.logs\n")
    return tmp_path


def lint(root: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run import-linter in `root`, on one contract or all."""
    chosen = ["--contract", contract] if contract else []
    return subprocess.run([LINT, "--no-cache", *chosen], cwd=root, capture_output=True, text=True, check=False)


def contracts() -> set[str]:
    """The ids of the project's contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_contract_is_broken_by_a_test() -> None:
    assert contracts() == {contract for contract, _, _ in FORBIDDEN}


def test_the_house_keeps_its_contracts() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_what_is_permitted_passes(tiny: Path) -> None:
    for place, imported in PERMITTED:
        with (tiny / place).open("a") as file:
            file.write(f"import {imported}\n")
    done = lint(tiny)
    assert done.returncode == 0, done.stdout


def test_a_module_without_a_floor_is_caught(tiny: Path) -> None:
    (tiny / "bot/cellar.py").touch()
    done = lint(tiny, "floors")
    assert done.returncode == 1
    assert "cellar" in done.stdout


@pytest.mark.parametrize(("contract", "place", "imported"), FORBIDDEN)
def test_a_forbidden_import_is_caught(tiny: Path, contract: str, place: str, imported: str) -> None:
    assert lint(tiny, contract).returncode == 0
    with (tiny / place).open("a") as file:
        file.write(f"import {imported}\n")
    done = lint(tiny, contract)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
