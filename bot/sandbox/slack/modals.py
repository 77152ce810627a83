"""Views (modals and App Home tabs) as Slack judges them.

Owns the limits of a view. Who has which view open is the workspace's business.
"""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.slack.blocks import BLOCK, check_ids, give_ids
from bot.sandbox.slack.elements import plain_text
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.shapes import Check, Findings, Shape, anything, boolean, by_type, complain, list_of, string

MOST_BLOCKS = 100
MOST_BYTES = 250_000

_COMMON: dict[str, Check] = {
    "callback_id": string(255, 0),
    "private_metadata": string(3000, 0),
    "external_id": string(255, 0),
}


def _submit_where_input(value: Any, at: str, findings: Findings) -> None:
    blocks = value.get("blocks")
    asks = isinstance(blocks, list) and any(isinstance(each, dict) and each.get("type") == "input" for each in blocks)
    if asks and "submit" not in value:
        complain(findings, "missing required field: submit (the view has an input block)", at)


_BLOCKS = list_of(BLOCK, MOST_BLOCKS, 0)
_MODAL = Shape(
    {"type": anything, "title": plain_text(24), "blocks": _BLOCKS},
    _COMMON
    | {"submit": plain_text(24), "close": plain_text(24)}
    | {"clear_on_close": boolean, "notify_on_close": boolean, "submit_disabled": boolean},
    _submit_where_input,
)
_HOME = Shape({"type": anything, "blocks": _BLOCKS}, _COMMON)
_KINDS: dict[str, Check] = {"modal": _MODAL, "home": _HOME}


def checked_view(value: Any, kind: str) -> dict[str, Any]:
    """A view of one kind (``modal`` or ``home``), checked and with ids.

    Raises SlackRefusal: ``invalid_arguments`` with JSON pointers, or ``view_too_large``.
    """
    findings: Findings = []
    by_type({kind: _KINDS[kind]})(value, "/view", findings)
    if not findings:
        check_ids(value["blocks"], "/view/blocks", findings)
    if findings:
        raise SlackRefusal(Code.INVALID_ARGUMENTS, findings)
    if len(json.dumps(value)) > MOST_BYTES:
        raise SlackRefusal(Code.VIEW_TOO_LARGE)
    give_ids(value["blocks"])
    view: dict[str, Any] = value
    return view
