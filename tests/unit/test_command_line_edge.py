"""The edge of the command line: a fault that nobody thought of is one line, with no word of what was worked on."""

import sys
from collections.abc import Callable

import pytest
import typer

from bot.cli import edge
from bot.cli.common import fail
from bot.cli.tour import parse


def command(work: Callable[[], object]) -> typer.Typer:
    """A command line of one command."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(work)
    return app


@pytest.fixture(autouse=True)
def called_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is called without a word."""
    monkeypatch.setattr(sys, "argv", ["switchboard try"])


def ended(work: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """The exit of a command, and what it said on standard error."""
    with pytest.raises(SystemExit) as stop:
        edge.run(command(work), "switchboard try")
    return stop.value.code, capsys.readouterr().err


def test_a_fault_of_ours_is_told_by_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        parse({"Ama Mensah": "485 777 3456"})  # type: ignore[arg-type]  # wrong on purpose

    code, told = ended(work, capsys)
    assert code == 2
    assert told.count("\n") == 1
    assert "AttributeError in bot.cli.tour:" in told
    assert "Ama" not in told
    assert "485" not in told


def test_a_fault_of_somebody_else_s_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = ended(lambda: int("x"), capsys)
    assert code == 2
    assert "ValueError" in told


def test_every_exit_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    def leaves_with_one() -> None:
        raise typer.Exit(1)

    def gives_up() -> None:
        raise typer.Abort

    def is_interrupted() -> None:
        raise KeyboardInterrupt

    assert ended(lambda: None, capsys) == (0, "")
    assert ended(leaves_with_one, capsys) == (1, "")
    assert ended(lambda: fail("no"), capsys) == (2, "no\n")
    assert ended(gives_up, capsys) == (130, "")
    assert ended(is_interrupted, capsys) == (130, "")
