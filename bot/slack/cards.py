"""The card of a case: blocks from its state alone, so that drawing it again is always right.

Core: pure. Owns the layout, the buttons and their ids; the texts are ``words.py``'s. A card is never built from an
earlier one, and stays far below Slack's limits whatever Odoo sends: a card that cannot be redrawn keeps live buttons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.cases.model import Case, Change, Decision, Status, WriteBackState
from bot.cases.timing import expires_at
from bot.slack import words
from bot.slack.text import Text, bold, cut, date, inert, mrkdwn, plain, web_address
from bot.text import one_line

Block = dict[str, Any]

#: Slack refuses a message near 13,200 characters over all blocks; the limit is not documented, so we stay far below.
LONGEST_CARD = 9000
#: Slack refuses an edit whose sentence is longer than 4,000; one that is heard should be short.
_SENTENCE = 400
#: A section holds ten fields (https://docs.slack.dev/reference/block-kit/blocks/section-block): five facts.
_FACTS_A_SECTION = 5
_ACCESSIBILITY = 75


class Action(StrEnum):
    """What a button asks for."""

    APPROVE = "case:approve"
    REJECT = "case:reject"
    RETRY = "case:retry"
    BY_HAND = "case:by_hand"
    GIVE_UP = "case:give_up"
    OPEN = "case:open"  #: only leads to Odoo


@dataclass(frozen=True, slots=True)
class Card:
    """A message: blocks for the eye, one sentence for screen readers and notifications."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Room:
    """How much a card may hold."""

    facts: int
    fact: int
    changes: int
    change: int
    decisions: int
    reason: int
    prose: int


_USUAL = _Room(facts=12, fact=200, changes=6, change=90, decisions=4, reason=200, prose=700)
_SHORT = _Room(facts=3, fact=60, changes=2, change=40, decisions=1, reason=60, prose=250)


def render(case: Case, channel: str, *, short: bool = False) -> Card:
    """The copy of ``case`` in ``channel`` (as the plan names it). ``short``: for a Slack that refused the usual one."""
    room = _SHORT if short else _USUAL
    parts = list(_parts(case, channel, room))
    # Slack wants a new block id whenever a message is edited; the case's version is what makes an edit.
    blocks = tuple({**block, "block_id": f"{name}:{case.id}:{case.version}"} for name, block in parts)
    return Card(inert(words.sentence(case), _SENTENCE), blocks)


def pointer(case: Case) -> str:
    """What a button carries: which case, which revision of it the person has seen, and of which record. Never a fact.

    Numbers alone would meet another case on a database that was restored or begun anew.
    """
    return f"{case.id}:{case.revision.number}:{case.event.pin}"


def _parts(case: Case, channel: str, room: _Room) -> Iterator[tuple[str, Block]]:
    yield "headline", {"type": "header", "text": plain(words.headline(case), 150)}
    yield "standing", _section(words.standing(case), room)
    for number, given in enumerate(case.standing[-room.decisions :]):
        yield f"decision{number}", _decision(given, room)
    if title := words.changed_title(case):
        yield "changed", _section(_changes(title, case.revision.changed, room), room)
    facts = list(_facts(case, room))
    for start in range(0, len(facts), _FACTS_A_SECTION):
        cells = [cell for fact in facts[start : start + _FACTS_A_SECTION] for cell in fact]
        yield f"facts{start // _FACTS_A_SECTION}", {"type": "section", "fields": cells}
    yield "why", _context(plain(words.why(case), room.prose))
    if step := words.moved(case, channel) or words.next_step(case):
        yield "next", _section(step, room)
    if buttons := list(_buttons(case, channel)):
        yield "answer", {"type": "actions", "elements": buttons}
    yield "case", _context(plain(f"Case {case.id}, revision {case.revision.number}, opened"), mrkdwn(_dates(case)))


def _facts(case: Case, room: _Room) -> Iterator[tuple[Text, Text]]:
    """A label and its text side by side: Slack fills two columns row by row."""
    known = words.facts(case)
    for label, text in known[: room.facts]:
        yield bold(label, 40), plain(text, room.fact)
    if len(known) > room.facts:
        yield bold("More", 40), plain(f"{len(known) - room.facts} more in Odoo")


def _changes(title: str, changed: Sequence[Change], room: _Room) -> str:
    def figure(text: str) -> str:
        return cut(one_line(text, room.change), room.change)

    lines = [f"{figure(one.label)}: {figure(one.before)} → {figure(one.after)}" for one in changed[: room.changes]]
    more = [f"and {len(changed) - room.changes} more"] if len(changed) > room.changes else []
    return "\n".join([title, *lines, *more])


def _decision(given: Decision, room: _Room) -> Block:
    reason = [plain(f"“{one_line(given.reason, room.reason)}”", room.reason + 2)] if given.reason else []
    return _context(plain(one_line(words.decision(given), 120), 120), mrkdwn(date(given.at)), *reason)


def _dates(case: Case) -> str:
    """The instants of a case; only these need markup."""
    told = [date(case.opened_at)]
    if (at := expires_at(case)) is not None:
        told.append(f"expires {date(at)}")
    if case.settle_until is not None:
        told.append(f"looking in Odoo until {date(case.settle_until)}")
    if case.closed_at is not None:
        told.append(f"closed {date(case.closed_at)}")
    return " · ".join(told)


def _buttons(case: Case, channel: str) -> Iterator[Block]:
    if case.status is Status.PENDING and not words.moved(case, channel):
        yield _button(case, Action.APPROVE, words.APPROVE, style="primary")
        yield _button(case, Action.REJECT, words.REJECT, style="danger")
    elif case.is_stuck:
        risk = {"confirm": _risk()} if case.write_back is WriteBackState.UNCERTAIN else {}
        yield _button(case, Action.RETRY, words.RETRY, **risk)
        yield _button(case, Action.BY_HAND, words.BY_HAND)
        yield _button(case, Action.GIVE_UP, words.GIVE_UP)
    if address := web_address(case.event.link):
        yield _button(case, Action.OPEN, words.OPEN, url=address)


def _button(case: Case, action: Action, label: str, **more: Any) -> Block:
    said = cut(one_line(f"{label}: {case.event.title}", _ACCESSIBILITY), _ACCESSIBILITY)
    return {
        "type": "button",
        "action_id": action.value,
        "text": plain(label),
        "value": pointer(case),
        "accessibility_label": said,
        **more,
    }


def _risk() -> Block:
    return {
        "title": plain(words.RETRY_TITLE),
        "text": plain(words.RETRY_RISK),
        "confirm": plain(words.RETRY_YES),
        "deny": plain(words.RETRY_NO),
        "style": "danger",
    }


def _section(text: str, room: _Room) -> Block:
    return {"type": "section", "text": plain(text, room.prose)}


def _context(*elements: Text) -> Block:
    return {"type": "context", "elements": list(elements)}
