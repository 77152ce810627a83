"""Show all: the members of a group, or the approvals of a list, a page at a time, each with a button for its own card.

Core: pure. Buttons carry opaque pointers; what may be done is judged when one is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.cases.model import Case, Kind
from bot.escalation.timetable import answer_due
from bot.exceptions.care import NOT_YET
from bot.slack import words
from bot.slack.buttons import Action, pointer
from bot.slack.text import Piece, cut, linked, moment, piece, plain, rich
from bot.text import one_line

View = dict[str, Any]

#: Lines of a page: two blocks each, of the hundred that Slack takes, and no more than a thumb scrolls through.
PAGE: Final = 20
BACK, ON = "members:back", "members:on"

_NAME, _ABOUT = 150, 200
_BREAK: Final[Piece] = {"type": "text", "text": "\n"}
_ACCESSIBILITY = 75


def members(
    group: Case, listed: Sequence[Case], *, page: int, channel_id: str, cards: Mapping[int, str], said: str = ""
) -> View:
    """Page ``page`` (from 1) with the cases ``listed``. ``cards``: where the card of each is, if it has one;
    ``said`` stands above them."""
    total = len((group.care or NOT_YET).members)
    return {
        "type": "modal",
        "callback_id": Action.MEMBERS.value,
        "private_metadata": f"{pointer(group)}:{channel_id}:{page}",
        "title": plain("Listed here" if group.kind is Kind.LIST else "Looked after as one"),
        "close": plain("Close"),
        "blocks": [
            *([{"type": "section", "text": plain(said, 500)}] if said else []),
            {"type": "section", "text": plain(_head(group))},
            *(block for one in listed for block in _line(group, one, cards.get(one.id, ""))),
            *_pages(page, max(1, -(-total // PAGE))),
        ],
    }


def pages(group: Case) -> int:
    """How many there are."""
    return max(1, -(-len((group.care or NOT_YET).members) // PAGE))


def _head(group: Case) -> str:
    care = group.care or NOT_YET
    if group.kind is Kind.LIST:
        return f"{len(care.members)} of {care.gathered} wait for an answer, each by itself."
    return f"{len(care.members)} of {care.gathered} are still open."


def _line(group: Case, case: Case, card: str) -> Iterator[View]:
    about = words.standing(case) if group.kind is Kind.LIST else words.finding(case)
    due = answer_due(case) if case.is_waiting else None
    told = [linked(card or case.event.link, f"Case {case.id}: {words.headline(case)}", _NAME), _BREAK]
    told += [piece(about, _ABOUT, end=" ")]
    told += [piece("·", 1, end=" Due "), moment(due)] if due else []
    yield rich(*told) | {"block_id": f"member:{case.id}"}
    if label := _offered(group, case):
        yield {"type": "actions", "block_id": f"own:{case.id}", "elements": [_button(case, label)]}


def _offered(group: Case, case: Case) -> str:
    """The label of the button beside it; empty where it has a card of its own."""
    if not case.is_waiting:
        return ""
    if group.kind is Kind.LIST:
        return words.OPEN_CARD if any(one.list_id == group.id and not one.alone for one in case.listed) else ""
    return words.TAKE_OUT if (case.care or NOT_YET).parent == group.id else ""


def _button(case: Case, label: str) -> View:
    said = cut(one_line(f"{label}: {case.event.title}", _ACCESSIBILITY), _ACCESSIBILITY)
    return {
        "type": "button",
        "action_id": Action.BRING_OUT.value,
        "text": plain(label),
        "value": pointer(case),
        "accessibility_label": said,
    }


def _pages(page: int, number: int) -> Iterator[View]:
    if number == 1:
        return
    yield {"type": "context", "elements": [plain(f"Page {page} of {number}")]}
    turns = [(BACK, "Back", page - 1)] if page > 1 else []
    turns += [(ON, "More", page + 1)] if page < number else []
    yield {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": name, "text": plain(label), "value": str(to)} for name, label, to in turns
        ],
    }
