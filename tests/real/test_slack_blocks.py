"""The second opinion on what the bot sends (tests/real/slack_second.py), on all that its adapter can show."""

from pathlib import Path
from typing import Any

import pytest

from adapters.events import Button, CommandInvoked, Content, Field, Picture, Section
from adapters.ports import Form
from tests.contract.chat_showing import PIXEL, SLY
from tests.contract.slack_hands import standing
from tests.real.slack_council import COMMS, OPEN, council
from tests.real.slack_second import faults, faults_of_blocks, faults_of_view

pytestmark = pytest.mark.real
DOT = Picture("ab" * 32, "image/png", "a dot")
MANY = tuple(Button(f"do-{n}", f"Do {n}", "v" * 200) for n in range(24))
CONTENTS = [
    Content("short"),
    Content("words", "exact words"),
    Content("x" * 4000, "y" * 5999),
    Content("\n".join(["a line of a long list"] * 400)),
    Content("", "nothing but a quotation"),
    Content("take it?", buttons=MANY),
    Content("look", "quoted", (Button("a", "A", ""),), (DOT, DOT)),
    *[Content(text, text) for text in SLY],
]


@pytest.mark.asyncio
async def test_all_that_the_adapter_shows_is_legal_twice(local_slack: Path, tmp_path: Path) -> None:
    assert CONTENTS
    async with standing(local_slack, tmp_path) as (slack, stage):
        stage.desk.pictures[DOT.sha256] = PIXEL
        for number, content in enumerate(CONTENTS[:5]):
            await stage.adapter.send(stage.room, content, thread=None, key=f"send-{number}")
        for number, content in enumerate(CONTENTS):
            await stage.adapter.whisper(
                stage.room, stage.hands.people["ann"], content, thread=None, key=f"whisper-{number}"
            )
        await slack.person("ann").commands(OPEN, "/switchboard", "draft")
        asked = await stage.desk.hears(CommandInvoked)
        fields = (
            Field("text", "Text", "a hint", lines=True, heard=True),
            Field("when", "When " * 20, optional=True),
        )
        form = Form("draft", "A title that is longer than a title may be", "Send", fields, "notes\n" * 900)
        assert stage.adapter.screens is not None
        await stage.adapter.screens.show(asked.sender, asked.event_id, form)
        page = [Section("One", "words " * 1000, MANY), Section("Two", "", MANY[:1], fields[0])]
        await stage.adapter.screens.keep(asked.sender, page)
        assert slack.edge.called("views.publish")
        assert len([call for call in slack.edge.calls if "blocks" in call.arguments]) == 5 + len(CONTENTS)
        assert slack.edge.called("views.open")
        assert (faults(slack.edge), slack.edge.illegal) == ([], [])


@pytest.mark.asyncio
async def test_what_the_product_says_is_legal_twice(local_slack: Path, tmp_path: Path) -> None:
    async with council(local_slack, tmp_path) as town:
        await town.person("ann").says(OPEN, "@switchboard help")
        await town.person("ann").says(OPEN, "@switchboard who knows about flood mapping?")
        await town.person("ann").says(OPEN, "@switchboard announce Ask for Mr Lowe, NHS number 999 001 2342.")
        await town.sees("ann", "I have stopped #1")
        await town.person("bob").says(COMMS, "@switchboard queue")
        await town.settle()
        assert len([call for call in town.slack.edge.calls if "blocks" in call.arguments]) >= 4
        assert faults(town.slack.edge) == []


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


WRONG: dict[str, dict[str, Any]] = {
    "long": {"type": "section", "text": plain("x" * 3001)},
    "empty": {"type": "section", "text": plain("")},
    "label": {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain("x" * 76)}]},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_legal_is_noticed(name: str) -> None:
    assert len(faults_of_blocks([WRONG[name]])) == 1


def test_a_form_with_a_long_title_is_noticed() -> None:
    blocks = [{"type": "section", "text": plain("hello")}]
    assert faults_of_view({"type": "modal", "title": plain("t"), "blocks": blocks}) == []
    assert len(faults_of_view({"type": "modal", "title": plain("t" * 25), "blocks": blocks})) == 1
