"""What a real Mastodon 4.7.3 answered, recorded by the makers of Mastodon.py, given to our client as if it came now."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from vcr import serialize
from vcr.serializers import yamlserializer

from tests.real.needs import need

SERVER = "http://localhost:3000/"


@dataclass(frozen=True)
class Recorded:
    """One question and its answer."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """The answer, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Recordings:
    """The folder of them."""

    folder: Path

    def named(self, *names: str) -> list[Recorded]:
        """Those of some files, in order."""
        return [one for name in names for one in _read(self.folder / "cassettes" / f"{name}.yaml")]

    def holding(self, words: str) -> Iterator[Recorded]:
        """Those of every file that holds these words; films are left out."""
        for file in sorted((self.folder / "cassettes").glob("*.yaml")):
            if words in file.read_text(encoding="utf-8") and file.stat().st_size < 400_000:
                yield from _read(file)

    def lengths(self) -> list[tuple[str, int]]:
        """Texts and how many characters Mastodon's own page counts in each."""
        program = ast.parse((self.folder / "test_status_length.py").read_text(encoding="utf-8"))
        (table,) = [node.value for node in program.body if isinstance(node, ast.Assign)]
        found: list[tuple[str, int]] = eval(compile(ast.Expression(table), "lengths", "eval"), {"__builtins__": {}})
        return found


def _read(file: Path) -> list[Recorded]:
    asked, answered = serialize.deserialize(file.read_text(encoding="utf-8"), yamlserializer)
    return [
        Recorded(
            one.method,
            one.path,
            answer["status"]["code"],
            {name: ", ".join(values) for name, values in answer["headers"].items()},
            answer["body"]["string"],
        )
        for one, answer in zip(asked, answered, strict=True)
    ]


class Player(httpx.AsyncBaseTransport):
    """Answers each method and path as recorded, in order, the last for ever; `asked` is what it was sent."""

    def __init__(self, recorded: list[Recorded]) -> None:
        assert recorded
        self._answers: dict[tuple[str, str], list[Recorded]] = {}
        self.asked: list[httpx.Request] = []
        for one in recorded:
            self._answers.setdefault((one.method, one.path.rstrip("/")), []).append(one)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.asked.append(request)
        waiting = self._answers[request.method, request.url.path]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        return httpx.Response(answer.status, headers=kept, content=answer.body, request=request)


@pytest.fixture
def recordings(request: pytest.FixtureRequest) -> Recordings:
    """Recordings of a real Mastodon."""
    return Recordings(need(request, "Mastodon recordings"))
