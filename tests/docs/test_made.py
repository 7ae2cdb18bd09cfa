"""The pages that are made from the code are current, and what they show can be done."""

from pathlib import Path

import pytest
from typer.exceptions import TyperException

from config import logs, settings
from tests.docs import command_line, log_events, reference, things
from tests.docs.things import ROOT

pytestmark = pytest.mark.docs
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CALLS = sorted({call for page in PAGES for call in command_line.shown_in(page)})
HELP = [(name, command_line.split_help(command.help or "")[1]) for name, command in command_line.leaves()]


@pytest.mark.parametrize("file", reference.PAGES)
def test_a_made_page_is_current(file: str) -> None:
    told = (reference.FOLDER / file).read_text(encoding="utf-8")
    assert told == reference.PAGES[file](), "run: python -m tests.docs.reference"


def test_the_example_settings_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    example = settings.load(ROOT / "config/example.toml")
    assert example.model_dump() == settings.given({}).model_dump()


def test_the_example_settings_name_every_secret() -> None:
    text = (ROOT / "config/example.toml").read_text(encoding="utf-8")
    secrets = [key for key in things.settings() if key.startswith("secrets.")]
    assert secrets
    assert [key for key in secrets if f"SWITCHBOARD_{key.replace('.', '__')}".upper() not in text] == []


def test_a_secret_file_is_named_as_the_pages_say(tmp_path: Path) -> None:
    (tmp_path / "SWITCHBOARD_SECRETS__DATABASE_PASSWORD").write_text("hush\n")
    password = settings.load(ROOT / "config/example.toml", [tmp_path]).secrets.database_password
    assert password is not None
    assert password.get_secret_value() == "hush"


@pytest.mark.parametrize(("name", "calls"), HELP)
def test_help_gives_an_example_of_that_command(name: str, calls: list[str]) -> None:
    assert calls
    for call in calls:
        assert call.startswith(f"switchboard {name}")
        command_line.understand(call)


@pytest.mark.parametrize("call", CALLS)
def test_a_command_shown_on_a_page_is_understood(call: str) -> None:
    command_line.understand(call)


@pytest.mark.parametrize("call", ["switchboard fly", "switchboard who --loudly", "switchboard db backup"])
def test_a_wrong_command_is_not_understood(call: str) -> None:
    with pytest.raises(TyperException):
        command_line.understand(call)


def test_every_event_of_the_log_is_explained() -> None:
    names = {call.name for call in log_events.find()}
    assert names
    assert set(reference.MEANINGS) == names


def test_no_field_of_the_log_is_dropped() -> None:
    fields = {(call.name, field) for call in log_events.find() for field in call.fields}
    assert fields
    assert {(name, field) for name, field in fields if field not in logs.ALLOWED} == set()


def test_an_unnamed_log_event_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/new.py").write_text("log.info(name)\n")
    with pytest.raises(AssertionError, match="plain text"):
        log_events.find(tmp_path)
