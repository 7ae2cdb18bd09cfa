"""Forms and Home tabs: how they are shown, what is told when somebody writes there, and what Slack is answered."""

import asyncio
from typing import Any

import pytest
from slack_sdk.models.views import View

from adapters.chat.slack.asked import MOST_TRIGGERS, Asked
from adapters.chat.slack.interactive import Interaction, view_of
from adapters.chat.slack.screens import home, modal
from adapters.errors import Refused
from adapters.events import (
    AccountRef,
    Button,
    ButtonPressed,
    CommandInvoked,
    Field,
    FormChanged,
    FormSubmitted,
    RoomRef,
    Section,
)
from adapters.ports import Form
from tests.real.slack_legal import faults_of_blocks
from tests.unit.chat_slack.fake import ME, NAMES, NOW, Json

TEXT, WHEN = Field("text", "Text", "a hint", lines=True, heard=True), Field("when", "When", optional=True)
FORM = Form("draft", "A title that is much too long for Slack", "Send", (TEXT, WHEN), "12 of 500 characters")
PAGE = [
    Section("Mine", "#1 waits", (Button("go", "Go", "1"), Button("stop", "Stop", "1"))),
    Section("Search", "", (Button("go", "Go on", "2"),), Field("ask", "Who knows about")),
]
BODY: Json = {"trigger_id": "t1", "team": {"id": "T01TEST"}, "user": {"id": "U01ANN"}}


def interaction(patience: float = 30.0) -> Interaction:
    return Interaction(ME, NAMES, lambda: NOW, Asked(patience))


def typed(text: str) -> Json:
    """The form as it stands open, with those words in it."""
    values = {"text": {"text": {"type": "plain_text_input", "value": text}}, "when": {"when": {"value": None}}}
    return modal(FORM) | {"id": "V1", "hash": "h", "state": {"values": values}}


def sent(text: str, trigger: str = "t1") -> Json:
    return BODY | {"type": "view_submission", "view": typed(text), "trigger_id": trigger}


def acted(view: Json, action: Json) -> Json:
    container = {"type": "view", "view_id": view["id"]}
    return BODY | {"type": "block_actions", "container": container, "view": view, "actions": [action]}


@pytest.mark.parametrize("view", [modal(FORM), home(PAGE)])
def test_what_is_shown_is_legal(view: Json) -> None:
    View(**view).validate_json()
    assert faults_of_blocks(view["blocks"]) == []


def test_a_form_says_what_it_is_told_to() -> None:
    shown = modal(FORM)
    assert [block["type"] for block in shown["blocks"]] == ["input", "input", "section"]
    text, when, notes = shown["blocks"]
    assert (text["dispatch_action"], when["dispatch_action"]) == (True, False)
    assert text["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_character_entered"]}
    assert (text["optional"], when["optional"], text["hint"]["text"]) == (False, True, "a hint")
    assert notes["text"] == {"type": "plain_text", "text": FORM.notes, "emoji": False}
    assert "section" not in [block["type"] for block in modal(Form("d", "D", "S", (TEXT,)))["blocks"]]


def test_buttons_of_a_page_are_told_apart() -> None:
    told = [one["action_id"] for block in home(PAGE)["blocks"] for one in block.get("elements", [])]
    assert told == ["0.go", "1.stop", "2.go"]


def test_what_is_written_in_a_form_is_told_and_the_form_is_known_again() -> None:
    action = {"type": "plain_text_input", "action_id": "text", "action_ts": "1.2"}
    [event] = interaction().told(acted(typed("words :balloon: & &amp;"), action))
    assert isinstance(event, FormChanged)
    assert (event.form, event.values) == ("draft", {"text": "words 🎈 & &amp;", "when": ""})
    assert (view_of(event.ref), event.ref.place) == ("V1", RoomRef("slack", "U01ANN"))


def test_what_is_entered_or_pressed_on_a_page_is_told() -> None:
    page = home(PAGE) | {"id": "V2", "state": {"values": {}}}
    action = {"type": "plain_text_input", "action_id": "ask", "value": "floods", "action_ts": "1.2"}
    [event] = interaction().told(acted(page, action))
    assert isinstance(event, FormSubmitted)
    assert (event.form, event.values, event.sender) == ("ask", {"ask": "floods"}, AccountRef("slack", "U01ANN"))
    made = interaction()
    [pressed] = made.told(acted(page, {"type": "button", "action_id": "0.go", "value": "1", "action_ts": "1.2"}))
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.action, pressed.value, pressed.ref.room) == ("go", "1", "U01ANN")
    assert made.asked.trigger(pressed.event_id) == "t1"


def test_a_shortcut_that_belongs_to_no_message_is_a_command() -> None:
    [event] = interaction().told(BODY | {"type": "shortcut", "callback_id": "announcement"})
    assert isinstance(event, CommandInvoked)
    assert (event.command, event.text, event.ref.room) == ("announcement", "announcement", "U01ANN")


@pytest.mark.asyncio
async def test_a_form_that_was_sent_is_answered_with_its_faults_and_stays() -> None:
    made = interaction()
    [event] = made.told(sent("too long"))
    assert isinstance(event, FormSubmitted)
    assert (event.form, event.values["text"], event.ref.room) == ("draft", "too long", "U01ANN")
    waiting = asyncio.create_task(made.answer(sent("too long")))
    await asyncio.sleep(0)
    made.asked.judge(event.event_id, {"text": "Too long."})
    assert await waiting == {"response_action": "errors", "errors": {"text": "Too long."}}


@pytest.mark.asyncio
async def test_a_form_without_faults_closes() -> None:
    made = interaction()
    [event] = made.told(sent("words"))
    made.asked.judge(event.event_id, {})
    assert await made.answer(sent("words")) == {}


@pytest.mark.asyncio
async def test_nobody_waits_for_ever_and_whoever_is_late_hears_so() -> None:
    made = interaction(patience=0.0)
    [event] = made.told(sent("words"))
    assert await made.answer(sent("words")) == {}
    with pytest.raises(Refused, match="too_late"):
        made.asked.judge(event.event_id, {"text": "Too long."})
    with pytest.raises(Refused, match="too_late"):
        made.asked.judge("form-V9", {})


def test_the_same_form_sent_twice_is_one_unless_it_was_found_wrong() -> None:
    made = interaction()
    first, again, other = [made.told(sent(text, f"t{number}"))[0] for number, text in enumerate(["a", "a", "b"])]
    assert first.event_id == again.event_id != other.event_id
    made.asked.judge(first.event_id, {"text": "No."})
    assert made.told(sent("a", "t9"))[0].event_id not in (first.event_id, other.event_id)


def test_forms_are_bounded() -> None:
    made = interaction()
    for number in range(MOST_TRIGGERS + 1):
        made.told(sent(f"words {number}", f"t{number}"))
    assert len(made.asked.forms) == len(made.asked.names) == MOST_TRIGGERS


MALFORMED: list[dict[str, Any]] = [
    {"type": "shortcut"},
    {"type": "view_submission", "view": {"id": "V1"}},
    {"type": "block_actions", "actions": [{"type": "plain_text_input", "action_id": "a"}]},
    {"type": "block_actions", "actions": [{"type": "plain_text_input", "action_id": "a"}], "view": {"type": "home"}},
]


@pytest.mark.asyncio
@pytest.mark.parametrize("told", MALFORMED)
async def test_what_is_malformed_is_skipped_and_acknowledged(told: Json) -> None:
    made = interaction()
    assert made.told(BODY | told) == []
    assert await made.answer(BODY | told) == {}
