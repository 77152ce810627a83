"""The modal that lists what can be approved together, and what became of it.

Core: pure. Every line carries the opaque pointer of its case and no fact; what it may do is looked up when it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from bot.cases import choosing
from bot.cases.bulk import Batch
from bot.cases.model import Case
from bot.config.model import ReasonRule
from bot.money import Money
from bot.slack import words
from bot.slack.buttons import pointer
from bot.slack.modals import LONGEST_REASON, REASON_BLOCK, REASON_INPUT, View
from bot.slack.text import cut, plain
from bot.text import both, one_line

BULK: Final = "bulk:approve"
#: The blocks with the lines are called ``cases0``, ``cases1`` and so on.
CASES_BLOCK: Final = "cases"
CASES_INPUT: Final = "chosen"

#: Options of one element, and characters of an option
#: (https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element).
_OPTIONS, _OPTION = 10, 75


def choose(batch: Batch, channel_id: str) -> View:
    """Everything that can go together; as many of the oldest are ticked as stay within the limit."""
    first = batch.cases[0]
    asked = (
        f"{len(batch.cases)} cases under rule “{one_line(batch.rule, 80)}”: {words.finding(first)}. All together "
        f"{_total(batch.cases)}; at most {batch.limit} may be approved at once. Each is judged by itself."
        f"{_choices(batch.cases)}"
    )
    groups = [batch.cases[start : start + _OPTIONS] for start in range(0, len(batch.cases), _OPTIONS)]
    ticked = {case.id for case in batch.cases[: batch.fitting]}
    return {
        "type": "modal",
        "callback_id": BULK,
        "private_metadata": channel_id,
        "title": plain("Approve together"),
        "submit": plain(words.APPROVE),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": plain(asked)},
            *(_group(number, group, ticked) for number, group in enumerate(groups)),
            _reason(first),
        ],
    }


def _choices(cases: Sequence[Case]) -> str:
    """What is chosen by it, where something is; what needs to be chosen is refused."""
    taken = dict.fromkeys(one.label for case in cases if (one := choosing.usual(case)) is not None)
    return f" Approved here is: {both(list(taken))}." if taken else ""


def result(lines: Sequence[str], *, approved: int, asked: int) -> View:
    """What became of each."""
    told = "\n".join(one_line(line, 200) for line in lines[:_OPTIONS]) or "–"
    more = f"\nand {len(lines) - _OPTIONS} more" if len(lines) > _OPTIONS else ""
    text = f"{approved} of {asked} approved." + (f"\nNot approved:\n{told}{more}" if lines else "")
    return {
        "type": "modal",
        "title": plain("Approved together"),
        "close": plain("Close"),
        "blocks": [{"type": "section", "text": plain(text)}],
    }


def _group(number: int, cases: Sequence[Case], ticked: set[int]) -> View:
    chosen = [_option(case) for case in cases if case.id in ticked]
    element: View = {"type": "checkboxes", "action_id": CASES_INPUT, "options": [_option(case) for case in cases]}
    return {
        "type": "input",
        "block_id": f"{CASES_BLOCK}{number}",
        "optional": True,
        "label": plain(f"Together {_total(cases)}"),
        "element": {**element, "initial_options": chosen} if chosen else element,
    }


def _option(case: Case) -> dict[str, Any]:
    return {"text": plain(cut(one_line(words.headline(case), _OPTION), _OPTION - 1)), "value": pointer(case)}


def _reason(case: Case) -> View:
    return {
        "type": "input",
        "block_id": REASON_BLOCK,
        "optional": case.plan.approve_reason is not ReasonRule.REQUIRED,
        "label": plain("Why do you approve these?"),
        "element": {
            "type": "plain_text_input",
            "action_id": REASON_INPUT,
            "multiline": True,
            "max_length": LONGEST_REASON,
        },
    }


def _total(cases: Sequence[Case]) -> Money:
    known = [case.event.value for case in cases if case.event.value is not None]
    return Money(sum((abs(one.amount) for one in known), Decimal(0)), known[0].currency)
