"""The modal that approves with changes: each line with the figures that may become smaller, and what it brings back.

Core: pure. It carries a pointer and no fact: what may be changed, and whether it is smaller, is judged when it is sent
off. Figures stand and are typed in the style of the person's locale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot import numerals
from bot.cases.changing import offered
from bot.cases.lines import Line, Wish, place
from bot.cases.model import Case
from bot.config.model import Changeable
from bot.slack import words
from bot.slack.buttons import Action
from bot.slack.modals import REASON_BLOCK, VALUE, framed, reason_input
from bot.slack.text import plain
from bot.text import one_line

View = dict[str, Any]

#: Begins the id of a block in which a figure is typed; its place follows.
FIGURE = "line:"

#: Characters of a figure; ``numerals.read`` takes no more.
_LONGEST = 32

_LABELS = {Changeable.QUANTITY: "Quantity", Changeable.PRICE: "Price of one"}


def ask_changes(case: Case, channel_id: str, style: str) -> View:
    """The modal, with the figures of the case as it stands."""
    lines, may = case.event.lines, offered(case)
    blocks: list[View] = [block for line in (lines.lines if lines else ()) for block in _line(line, may, style)]
    others = lines.others if lines else 0
    if others:
        said = "One more line stays as it is." if others == 1 else f"{others} more lines stay as they are."
        blocks.append({"type": "context", "elements": [plain(said)]})
    asked = [*blocks, reason_input(case, Action.APPROVE, focus=False)]
    return framed(case, Action.APPROVE_WITH_CHANGES, channel_id, asked, title=words.APPROVE_WITH_CHANGES)


def _line(line: Line, may: tuple[Changeable, ...], style: str) -> Iterator[View]:
    for what in may:
        now = numerals.write(line.figure(what), style)
        yield {
            "type": "input",
            "block_id": block_of(place(line.id, what)),
            "label": plain(one_line(f"{_LABELS[what]}: {line.label}", 150)),
            "hint": plain(f"At most {now}, as it is now."),
            "optional": True,
            "element": {
                "type": "plain_text_input",
                "action_id": VALUE,
                "initial_value": now,
                "max_length": _LONGEST,
            },
        }


def block_of(where: str) -> str:
    """The block in which the figure of a place is typed."""
    return f"{FIGURE}{where}"


def typed(values: Mapping[str, str]) -> tuple[Wish, ...]:
    """What was typed, from texts by block; what is no figure's block, or names no line, is left out."""
    found = (_wish(block.removeprefix(FIGURE), text) for block, text in values.items() if block.startswith(FIGURE))
    return tuple(one for one in found if one is not None)


def _wish(where: str, text: str) -> Wish | None:
    number, _, what = where.partition(":")
    if not (number.isascii() and number.isdecimal()) or what not in set(Changeable):
        return None
    return Wish(int(number), Changeable(what), text)


__all__ = ["FIGURE", "REASON_BLOCK", "ask_changes", "block_of", "typed"]
