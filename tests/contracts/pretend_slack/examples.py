"""Cards and modals with dull contents, for tests that are about something else."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


def section(text: str = "Olive oil, 400 bottles") -> Block:
    """A section of one plain sentence."""
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def button(text: str = "Approve", action_id: str = "case:approve", **more: Any) -> Block:
    """A button."""
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action_id} | more


def actions(*elements: Block, block_id: str = "case") -> Block:
    """A row of buttons: Approve and Reject unless given."""
    default = (button(value="7:1"), button("Reject", "case:reject", value="7:1"))
    return {"type": "actions", "block_id": block_id, "elements": list(elements or default)}


def a_card(text: str = "Olive oil, 400 bottles") -> list[Block]:
    """A sentence and two buttons."""
    return [section(text), actions()]


def a_modal(**more: Any) -> Block:
    """A modal that asks for a reason."""
    return {
        "type": "modal",
        "callback_id": "case:reject",
        "title": {"type": "plain_text", "text": "Reject"},
        "submit": {"type": "plain_text", "text": "Reject"},
        "blocks": [
            {
                "type": "input",
                "block_id": "reason",
                "label": {"type": "plain_text", "text": "Reason"},
                "element": {"type": "plain_text_input", "action_id": "text", "multiline": True, "min_length": 3},
            }
        ],
    } | more
