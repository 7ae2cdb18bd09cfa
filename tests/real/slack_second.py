"""A second opinion on what the bot sends: `slackblocks`, by others, which knows Slack's limits from its own list.

It builds blocks and has no reader, so each block is built again from what was sent. What it will not build, or builds
otherwise, is a fault. Kinds of blocks that the bot does not use are not known here.
"""

from collections.abc import Callable, Mapping
from typing import Any

import slackblocks as sb

from tests.real.slack_edge import Edge

Told = Mapping[str, Any]
MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update")


def faults(edge: Edge) -> list[str]:
    """What it says against everything that the bot sent."""
    found = []
    for call in edge.calls:
        if call.method in MESSAGES and call.arguments.get("blocks"):
            found += [f"{call.method}: {fault}" for fault in faults_of_blocks(call.arguments["blocks"])]
        if "view" in call.arguments:
            found += [f"{call.method}: {fault}" for fault in faults_of_view(call.arguments["view"])]
    return found


def faults_of_blocks(blocks: list[Told]) -> list[str]:
    """What is wrong with a message of those blocks."""
    try:
        built = [_block(one) for one in blocks]
        sb.Message(channel="C1", text="x", blocks=built)
    except sb.InvalidUsageError as error:
        return [str(error)]
    return [f"another {told['type']}" for told, one in zip(blocks, built, strict=True) if not _same(told, one)]


def faults_of_view(view: Told) -> list[str]:
    """What is wrong with a form or a Home tab."""
    blocks = [_block(one) for one in view["blocks"]]
    words = {name: _text(view[name]) for name in ("title", "submit", "close") if name in view}
    named = {name: view[name] for name in ("private_metadata", "callback_id") if name in view}
    try:
        if view["type"] == "home":
            sb.HomeTabView(blocks=blocks, **named)
        else:
            sb.ModalView(blocks=blocks, **words, **named)
    except sb.InvalidUsageError as error:
        return [str(error)]
    return []


def _block(told: Told) -> Any:
    build = BLOCKS.get(told["type"])
    assert build, f"this block is new to the tests: {told['type']}"
    return build(told)


def _element(told: Told) -> Any:
    build = ELEMENTS.get(told["type"])
    assert build, f"this element is new to the tests: {told['type']}"
    return build(told)


def _text(told: Told) -> Any:
    kind = sb.TextType.PLAINTEXT if told["type"] == "plain_text" else sb.TextType.MARKDOWN
    return sb.Text(told["text"], type_=kind, emoji=told.get("emoji", False), verbatim=told.get("verbatim", False))


def _section(told: Told) -> Any:
    text = _text(told["text"]) if "text" in told else None
    fields = [_text(one) for one in told["fields"]] if "fields" in told else None
    accessory = _element(told["accessory"]) if "accessory" in told else None
    return sb.SectionBlock(text, told.get("block_id"), fields, accessory)


def _image(told: Told) -> Any:
    file = sb.SlackFile(told["slack_file"].get("url"), told["slack_file"].get("id")) if "slack_file" in told else None
    return sb.ImageBlock(told.get("image_url"), told["alt_text"], None, told.get("block_id"), file)


def _context(told: Told) -> Any:
    return sb.ContextBlock([_text(one) for one in told["elements"]], told.get("block_id"))


def _actions(told: Told) -> Any:
    return sb.ActionsBlock([_element(one) for one in told["elements"]], told.get("block_id"))


def _input(told: Told) -> Any:
    hint = _text(told["hint"]) if "hint" in told else None
    element, optional = _element(told["element"]), told.get("optional", False)
    return sb.InputBlock(_text(told["label"]), element, False, told.get("block_id"), hint, optional)


def _button(told: Told) -> Any:
    named = {name: told[name] for name in ("action_id", "url", "value", "style", "accessibility_label") if name in told}
    return sb.Button(_text(told["text"]), **named)


def _field(told: Told) -> Any:
    named = ("action_id", "initial_value", "multiline", "min_length", "max_length", "focus_on_load")
    more = {"placeholder": _text(told["placeholder"])} if "placeholder" in told else {}
    return sb.PlainTextInput(**{name: told[name] for name in named if name in told}, **more)


def _same(told: Told, built: Any) -> bool:
    """Whether it is the block that was sent; how emoji are to be read, it leaves out where they are not."""
    made = built._resolve()
    return {"type": made["type"], **_words(made)} == {"type": told["type"], **_words(told)}


def _words(told: Told) -> dict[str, Any]:
    return {name: told[name] for name in ("block_id", "alt_text", "slack_file") if name in told}


BLOCKS: dict[str, Callable[[Told], Any]] = {
    "section": _section,
    "header": lambda told: sb.HeaderBlock(_text(told["text"]), told.get("block_id")),
    "divider": lambda told: sb.DividerBlock(told.get("block_id")),
    "image": _image,
    "context": _context,
    "actions": _actions,
    "input": _input,
}
ELEMENTS: dict[str, Callable[[Told], Any]] = {"button": _button, "plain_text_input": _field}
