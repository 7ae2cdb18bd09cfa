"""Whether what the bot sends is what Slack takes: two validators by others, and Slack's rules that neither knows.

`slack_sdk.models` is Slack's own; `slackblocks` (limits only, by others) is the second opinion.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, BlockElement
from slack_sdk.models.views import View

MESSAGES = {"chat.postMessage", "chat.postEphemeral", "chat.update"}
OFF = (False, "false", "0", 0)
MOST_BLOCKS = 50
MOST_CHARACTERS = 13_200  # of all blocks of a message together; undocumented, bolt-js #2509


def faults_of_call(method: str, told: Mapping[str, Any], request: web.Request) -> list[str]:
    """What Slack would not take, or a reviewer of Slack's, in one call of the Web API."""
    found = list(_of_the_token(told, request))
    if method == "chat.postMessage" and any(told.get(one) not in OFF for one in ("unfurl_links", "unfurl_media")):
        found.append("links in it would be unfurled")
    if method in MESSAGES:
        found += _of_a_message(told)
    if "view" in told:
        found += _of_a_view(told["view"])
    return found


def faults_of_blocks(blocks: Any) -> list[str]:
    """What is wrong with a list of blocks."""
    found = []
    for told in blocks:
        block = Block.parse(told)
        if block is None:
            found.append(f"no such block: {told.get('type')}")
            continue
        found += _tried(block)
        for element in _elements(told):
            parsed = BlockElement.parse(element)
            found += _tried(parsed) if isinstance(parsed, BlockElement) else [f"no such element: {element.get('type')}"]
        if told.get("type") == "image" and not str(told.get("alt_text", "")).strip():
            found.append("a picture without a description")
    return found


def _of_the_token(told: Mapping[str, Any], request: web.Request) -> Iterator[str]:
    if "token" in told or "xoxb-" in request.raw_path or "xapp-" in request.raw_path:
        yield "the token stands elsewhere than in the header"


def _of_a_message(told: Mapping[str, Any]) -> Iterator[str]:
    blocks = told.get("blocks") or []
    if not str(told.get("text") or "").strip():
        yield "no text for notifications and screen readers"
    if told.get("link_names") in (True, "1", "true") or told.get("parse") == "full":
        yield "names in it would call people"
    if len(blocks) > MOST_BLOCKS:
        yield f"{len(blocks)} blocks"
    if (size := sum(_characters(one) for one in blocks)) > MOST_CHARACTERS:
        yield f"blocks of {size} characters together"
    labels = [one["text"]["text"] for block in blocks for one in _elements(block) if one.get("type") == "button"]
    if len(set(labels)) < len(labels):
        yield "two buttons with the same label"
    yield from faults_of_blocks(blocks)


def _of_a_view(told: Mapping[str, Any]) -> Iterator[str]:
    try:
        View(**told).validate_json()
    except SlackObjectFormationError as error:
        yield str(error)
    yield from faults_of_blocks(told.get("blocks") or [])


def _tried(one: Block | BlockElement) -> list[str]:
    try:
        one.validate_json()
    except SlackObjectFormationError as error:
        return [f"{one.type}: {error}"]
    return []


def _elements(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    if block.get("type") == "actions":
        return list(block["elements"])
    return [block[key] for key in ("accessory", "element") if key in block]


def _characters(told: Any) -> int:
    if isinstance(told, dict):
        return sum(
            len(value) if key == "text" and isinstance(value, str) else _characters(value)
            for key, value in told.items()
        )
    return sum(map(_characters, told)) if isinstance(told, list) else 0
