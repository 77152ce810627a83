"""Blocks and whole messages as Slack judges them: header, section, context, actions, divider, image, input, rich_text.

Owns the limits of blocks and the rules that span them (unique ids, characters in all). Later block types are refused
as unsupported: older Slack clients refuse them too.
"""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox.slack.elements import (
    IDENTIFIER,
    IMAGE,
    INPUTS,
    INTERACTIVE,
    LONGEST_TEXT,
    any_text,
    plain_text,
    web_address,
)
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.shapes import Check, Findings, Shape, anything, boolean, by_type, complain, list_of, string

MOST_BLOCKS_IN_MESSAGE = 50
#: Not documented; Slack refuses messages near this many characters over all blocks (bolt-js issue 2509).
MOST_CHARACTERS_IN_MESSAGE = 13_200

Block = dict[str, Any]


def _text_or_fields(value: Any, at: str, findings: Findings) -> None:
    if "text" not in value and "fields" not in value:
        complain(findings, "must provide either text or fields", at)


def _block(
    required: dict[str, Check] | None = None, optional: dict[str, Check] | None = None, also: Check | None = None
) -> Check:
    return Shape({"type": anything, **(required or {})}, {"block_id": IDENTIFIER} | (optional or {}), also)


_CONTEXT_ELEMENT = by_type({"plain_text": any_text(), "mrkdwn": any_text(), "image": IMAGE})

BLOCK = by_type(
    {
        "header": _block({"text": plain_text(150)}),
        "section": _block(
            optional={
                "text": any_text(LONGEST_TEXT),
                "fields": list_of(any_text(2000), 10),
                "accessory": by_type(INTERACTIVE | {"image": IMAGE}),
                "expand": boolean,
            },
            also=_text_or_fields,
        ),
        "context": _block({"elements": list_of(_CONTEXT_ELEMENT, 10)}),
        "actions": _block({"elements": list_of(by_type(INTERACTIVE), 25)}),
        "divider": _block(),
        "image": _block({"image_url": web_address, "alt_text": string(2000)}, {"title": plain_text(2000)}),
        "input": _block(
            {"label": plain_text(2000), "element": by_type(INPUTS)},
            {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        ),
        "rich_text": RICH_TEXT,
    }
)

_MESSAGE_BLOCKS = list_of(BLOCK, MOST_BLOCKS_IN_MESSAGE, 0)


def elements_of(block: Block) -> list[dict[str, Any]]:
    """The elements of one block that a person can use."""
    match block["type"]:
        case "actions":
            return list(block["elements"])
        case "section":
            accessory = block.get("accessory")
            return [accessory] if accessory and accessory["type"] != "image" else []
        case "input":
            return [block["element"]]
        case _:
            return []


def check_ids(blocks: list[Block], at: str, findings: Findings) -> None:
    """Block ids are unique in the whole, action ids within their block."""
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None:
            if block_id in seen:
                complain(findings, f"block_id {block_id!r} already exists", f"{at}/{index}/block_id")
            seen.add(block_id)
        actions = [element["action_id"] for element in elements_of(block) if "action_id" in element]
        if len(set(actions)) < len(actions):
            complain(findings, "action_id already exists in this block", f"{at}/{index}")


def give_ids(blocks: list[Block]) -> list[Block]:
    """Fill in the ids the app left out, as Slack does, in place."""
    for block in blocks:
        if "block_id" not in block:
            block["block_id"] = secrets.token_urlsafe(4)
        for element in elements_of(block):
            if "action_id" not in element:
                element["action_id"] = secrets.token_urlsafe(4)
    return blocks


def characters(value: Any) -> int:
    """Characters of every text in a tree of blocks."""
    if isinstance(value, dict):
        own = value.get("text", "")
        nested = [item for item in value.values() if isinstance(item, dict | list)]
        return (len(own) if isinstance(own, str) else 0) + sum(map(characters, nested))
    return sum(map(characters, value))


def message_blocks(value: Any) -> list[Block]:
    """The blocks of a message, checked and with ids.

    Raises SlackRefusal: ``invalid_blocks`` with JSON pointers, or ``msg_blocks_too_long``.
    """
    findings: Findings = []
    _MESSAGE_BLOCKS(value, "/blocks", findings)
    if not findings:
        check_ids(value, "/blocks", findings)
    if findings:
        raise SlackRefusal(Code.INVALID_BLOCKS, findings)
    if characters(value) > MOST_CHARACTERS_IN_MESSAGE:
        raise SlackRefusal(Code.MSG_BLOCKS_TOO_LONG)
    return give_ids(value)
