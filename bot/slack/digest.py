"""What a site hears at the start of a shift: how much is open, late and due, and what is most pressing, by type.

Core: pure, from figures and from cases as the channel may see them. Far below what Slack takes of a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.cases.desk import urgency
from bot.cases.model import Case
from bot.escalation.timetable import answer_due
from bot.money import Money
from bot.slack import words
from bot.slack.cards import Card
from bot.slack.listing import turn
from bot.slack.text import Piece, date, inert, linked, moment, mrkdwn, piece, plain, rich

Block = dict[str, Any]

_GROUPS, _LINES = 6, 4
_LABEL, _TURN = 90, 60


@dataclass(frozen=True, slots=True)
class Tally:
    """What is open of some cases."""

    open: int = 0
    late: int = 0
    due: int = 0  #: before the shift ends, and not late
    unowned: int = 0  #: exceptions that nobody has in hand
    at_risk: tuple[tuple[str, Decimal], ...] = ()  #: by currency, where it may be told


@dataclass(frozen=True, slots=True)
class Shift:
    """One site's figures at the start of its shift."""

    site: str
    opens: datetime
    closes: datetime
    whole: Tally
    by_type: Mapping[str, Tally]
    cases: Sequence[Case]  #: the most pressing ones, as the channel may see them
    links: Mapping[int, str]  #: where the card of each is


def digest(shift: Shift, now: datetime) -> Card:
    """The message."""
    title = f"Shift start at {shift.site}: {_counted(shift.whole.open)}"
    if not shift.whole.open:
        return Card(inert(f"{title}.", 200), ({"type": "section", "text": plain(f"{title}.", 200)},))
    told = _sentence(shift.whole)
    until = f"From {date(shift.opens)} to {date(shift.closes)}."
    blocks: list[Block] = [
        {"type": "header", "text": plain(title, 150)},
        {"type": "section", "text": mrkdwn(f"{inert(told, 600)} {until}")},
        *_groups(shift, now),
        _rest(shift),
    ]
    return Card(inert(f"{title}. {told}", 800), tuple(blocks))


def _counted(number: int) -> str:
    return f"{number or 'nothing'} {'is' if number in {0, 1} else 'are'} open"


def _sentence(tally: Tally) -> str:
    said = [f"{tally.late} late", f"{tally.due} due in this shift", f"{tally.unowned} in nobody’s hand"]
    worth = f" At risk: {_money(tally)}." if tally.at_risk else ""
    return f"{', '.join(said)}.{worth}"


def _money(tally: Tally) -> str:
    return ", ".join(str(Money.of(amount, currency)) for currency, amount in tally.at_risk)


def _groups(shift: Shift, now: datetime) -> list[Block]:
    """The types with the most pressing case first; in each the same order."""
    ranked = sorted(shift.cases, key=lambda case: urgency(case, now))
    names = list(dict.fromkeys(case.event.event_type for case in ranked))[:_GROUPS]
    return [_group(name, [case for case in ranked if case.event.event_type == name], shift, now) for name in names]


def _group(name: str, cases: Sequence[Case], shift: Shift, now: datetime) -> Block:
    tally = shift.by_type.get(name, Tally(open=len(cases)))
    late = f", {tally.late} late" if tally.late else ""
    worth = f", {_money(tally)}" if tally.at_risk else ""
    told = [piece(name, 64, bold=True, end=": "), piece(f"{tally.open} open{late}{worth}", 200)]
    for case in cases[:_LINES]:
        told += _line(case, shift.links.get(case.id, ""), now)
    more = tally.open - len(cases[:_LINES])
    return rich(*told, *([_piece(f"\nand {more} more")] if more > 0 else []))


def _line(case: Case, address: str, now: datetime) -> Iterator[Piece]:
    due = answer_due(case) if case.is_waiting else None
    yield _piece("\n• ")
    yield linked(address, words.headline(case), _LABEL) if address else piece(words.headline(case), _LABEL)
    yield _piece(f" (case {case.id}), ")
    yield piece(turn(case), _TURN)
    if due is not None:
        yield _piece(", LATE, was due " if due < now else ", due ")
        yield moment(due)


def _piece(text: str) -> Piece:
    return {"type": "text", "text": text}


def _rest(shift: Shift) -> Block:
    told = f"/approvals list {shift.site} and /exceptions {shift.site} list what you may see."
    return {"type": "context", "elements": [plain(told, 200)]}
