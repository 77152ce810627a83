"""The modal in which somebody names a stand-in, and what it brings back.

Core: pure. Slack's pickers know everybody's time zone, so that what comes back is an instant.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.cases.model import Case
from bot.slack import words
from bot.slack.buttons import pointer
from bot.slack.modals import VALUE
from bot.slack.text import plain
from bot.text import one_line

Block = dict[str, Any]

CALLBACK = "delegation:give"
FORWARD = "delegation:forward"
GIVER, TAKER, START, END = "giver", "taker", "start", "end"

#: What the dates propose; both can be changed.
_USUAL = timedelta(days=7)


def ask_stand_in(now: datetime, *, for_others: bool) -> dict[str, Any]:
    """The modal; ``for_others`` adds the question whose decisions are given away."""
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain("Name a stand-in"),
        "submit": plain("Delegate"),
        "close": plain("Cancel"),
        "blocks": [
            *([_whose()] if for_others else []),
            _input(TAKER, "Who decides instead?", _people("Somebody of this workspace")),
            _input(START, "From", _instant(now)),
            _input(END, "Up to, not including", _instant(now + _USUAL)),
        ],
    }


def ask_whom(case: Case) -> dict[str, Any]:
    """The modal that forwards one case; it carries a pointer and no fact."""
    return {
        "type": "modal",
        "callback_id": FORWARD,
        "private_metadata": pointer(case),
        "title": plain("Forward this case"),
        "submit": plain("Forward"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": plain(one_line(words.headline(case)))},
            _input(TAKER, "Who answers in your name?", _people("Somebody of this workspace")),
        ],
    }


def _whose() -> Block:
    whose = _input(GIVER, "Whose decisions?", _people("Your own"))
    return {**whose, "optional": True, "hint": plain("Leave this empty to give away your own.")}


def _instant(usual: datetime) -> Block:
    return {"type": "datetimepicker", "action_id": VALUE, "initial_date_time": int(usual.timestamp())}


def _people(placeholder: str) -> Block:
    return {"type": "users_select", "action_id": VALUE, "placeholder": plain(placeholder)}


def _input(block_id: str, label: str, element: Block) -> Block:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
