"""The card of a case: blocks from its state alone, so that drawing it again is always right.

Core: pure. Owns the layout, a function for each section in the order of ``SECTIONS``; the texts are those of ``words``,
the buttons those of ``buttons.py``. A card is never built from an earlier one, and stays far below Slack's limits
whatever Odoo sends: a card that cannot be redrawn keeps live buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cases.changing import about_to_be, in_words
from bot.cases.event import Related
from bot.cases.model import Case, Change, Decision
from bot.cases.timing import expires_at
from bot.escalation.timetable import answer_due
from bot.slack import words
from bot.slack.buttons import buttons, more_buttons
from bot.slack.text import Piece, Text, cut, date, inert, linked, mrkdwn, piece, plain, rich
from bot.slack.waiting import waiting
from bot.text import one_line

Block = dict[str, Any]

#: Slack refuses a message near 13,200 characters over all blocks; the limit is not documented, so we stay far below.
LONGEST_CARD = 9000
#: Slack refuses an edit whose sentence is longer than 4,000; one that is heard should be short.
_SENTENCE = 300
_LABEL = 40
_CLOCK_LINES = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A message: blocks for the eye, one sentence for screen readers and notifications."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How much a card may hold."""

    facts: int
    fact: int
    changes: int
    change: int
    decisions: int
    reason: int
    remarks: int
    prose: int


_USUAL = Room(facts=15, fact=200, changes=6, change=90, decisions=4, reason=200, remarks=3, prose=700)
_SHORT = Room(facts=3, fact=60, changes=2, change=40, decisions=1, reason=60, remarks=1, prose=250)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a section is drawn from: the case, and where this copy of its card hangs."""

    case: Case
    channel: str  #: as the plan names it; ``@email`` for a direct message
    room: Room
    late: str = ""  #: why it comes late, where it does


#: Draws one section: (name, block) pairs, none where there is nothing to say. Names are unique on a card.
Section = Callable[[Copy], Iterator[tuple[str, Block]]]


def render(case: Case, channel: str, *, short: bool = False, late: str = "") -> Card:
    """The copy of ``case`` in ``channel`` (as the plan names it). ``short``: for a Slack that refused the usual one.

    ``late`` says why a new card comes late; once it is edited that is of no interest any more.
    """
    copy = Copy(case, channel, _SHORT if short else _USUAL, late)
    parts = [part for section in SECTIONS for part in section(copy)]
    # Slack wants a new block id whenever a message is edited; the case's version is what makes an edit.
    blocks = tuple({**block, "block_id": f"{name}:{case.id}:{case.version}"} for name, block in parts)
    return Card(_heard(case), blocks)


def bare(case: Case) -> Card:
    """The card of a case for a Slack that takes no blocks of it: its sentence alone, and no buttons."""
    undrawn = f" {inert(words.undrawn(case), 200)}" if case.closed_at is None else ""
    return Card(_heard(case) + undrawn, ())


def _heard(case: Case) -> str:
    """What stands alone in a notification: who is asked what about which record, of which value, until when."""
    asked = case.is_waiting and case.intended is None
    at = (answer_due(case) or expires_at(case)) if asked else None
    return inert(words.sentence(case), _SENTENCE) + (f" Answer by {date(at)}." if at else "")


def _headline(copy: Copy) -> Iterator[tuple[str, Block]]:
    yield "headline", {"type": "header", "text": plain(words.headline(copy.case), 150)}


def _standing(copy: Copy) -> Iterator[tuple[str, Block]]:
    yield "standing", _section(words.standing(copy.case), copy.room)


def _found(copy: Copy) -> Iterator[tuple[str, Block]]:
    """Of an exception: what is wrong is what it is about, and no small print."""
    if told := words.found(copy.case):
        yield "found", _section(told, copy.room)


def _decisions(copy: Copy) -> Iterator[tuple[str, Block]]:
    for number, given in enumerate(copy.case.standing[-copy.room.decisions :]):
        yield f"decision{number}", _decision(copy.case, given, copy.room)


def _remarks(copy: Copy) -> Iterator[tuple[str, Block]]:
    """The newest things that were said; the thread has all of them."""
    for number, said in enumerate(copy.case.remarks[-copy.room.remarks :]):
        text = plain(f"“{one_line(said.text, copy.room.reason)}”", copy.room.reason + 2)
        yield f"remark{number}", _context(plain(one_line(words.remark(said), 120), 120), mrkdwn(date(said.at)), text)


def _changed(copy: Copy) -> Iterator[tuple[str, Block]]:
    if title := words.changed_title(copy.case):
        yield "changed", _section(_changes(title, copy.case.revision.changed, copy.room), copy.room)


def _agreed(copy: Copy) -> Iterator[tuple[str, Block]]:
    if title := words.changes_title(copy.case):
        yield "agreed", _section(_changes(title, in_words(about_to_be(copy.case)), copy.room), copy.room)


def _facts(copy: Copy) -> Iterator[tuple[str, Block]]:
    """A line each: two columns of fields would become a long list on a phone."""
    known = words.facts(copy.case)
    shown = known[: copy.room.facts]
    if len(known) > len(shown):
        shown = [*shown, ("More", f"{len(known) - len(shown)} more in Odoo")]
    if shown:
        yield "facts", rich(*(piece for fact in shown for piece in _fact(*fact, copy.room, last=fact is shown[-1])))


def _related(copy: Copy) -> Iterator[tuple[str, Block]]:
    """The cases that it is about, a line each, which leads to the record."""
    if listed := copy.case.event.related[: copy.room.facts]:
        pieces = (part for one in listed for part in _about(one, copy.room, last=one is listed[-1]))
        yield "related", rich(*pieces)


def _about(one: Related, room: Room, *, last: bool) -> Iterator[Piece]:
    yield piece(f"Case {one.case_id}:", _LABEL, bold=True, end=" ")
    yield linked(one.link, one.title, room.fact)
    if not last:
        yield {"type": "text", "text": "\n"}


def _evidence(copy: Copy) -> Iterator[tuple[str, Block]]:
    if told := words.evidence(copy.case):
        yield "evidence", _section(told, copy.room)


def _why(copy: Copy) -> Iterator[tuple[str, Block]]:
    yield "why", _context(plain(words.why(copy.case), copy.room.prose))


def _next(copy: Copy) -> Iterator[tuple[str, Block]]:
    if step := words.moved(copy.case, copy.channel) or words.next_step(copy.case):
        yield "next", _section(step, copy.room)


def _clock(copy: Copy) -> Iterator[tuple[str, Block]]:
    """A line each: side by side, words and instants part where a phone is narrow."""
    told = [_timed(said, at) for said, at in list(waiting(copy.case))[:_CLOCK_LINES]]
    if told:
        yield "clock", _context(mrkdwn("\n".join(told)))


def _answer(copy: Copy) -> Iterator[tuple[str, Block]]:
    if offered := list(buttons(copy.case, copy.channel)):
        yield "answer", {"type": "actions", "elements": offered}


def _more_answers(copy: Copy) -> Iterator[tuple[str, Block]]:
    """A row of its own: what is wanted now and then does not crowd what is wanted most."""
    if offered := list(more_buttons(copy.case, copy.channel)):
        yield "more", {"type": "actions", "elements": offered}


def _late(copy: Copy) -> Iterator[tuple[str, Block]]:
    if copy.late:
        yield "late", _context(plain(copy.late, 150))


def _footer(copy: Copy) -> Iterator[tuple[str, Block]]:
    case = copy.case
    yield "case", _context(plain(f"Case {case.id}, revision {case.revision.number}, opened"), mrkdwn(_dates(case)))


#: A card from its top to its bottom: what and how much, of an exception what is wrong, until when, whose turn, why
#: here; then everything else. Whoever has something new to say adds a function here, below those.
SECTIONS: tuple[Section, ...] = (
    _headline,
    _found,
    _clock,
    _standing,
    _why,
    _decisions,
    _remarks,
    _changed,
    _agreed,
    _facts,
    _related,
    _evidence,
    _next,
    _answer,
    _more_answers,
    _late,
    _footer,
)


def _fact(label: str, text: str, room: Room, *, last: bool) -> tuple[Piece, Piece]:
    end = "" if last else "\n"
    return piece(f"{label}:", _LABEL, bold=True, end=" "), piece(text, room.fact, end=end)


def _timed(said: str, at: datetime | None) -> str:
    return inert(said, 150) + (f" {date(at)}" if at else "")


def _changes(title: str, changed: Sequence[Change], room: Room) -> str:
    def figure(text: str) -> str:
        return cut(one_line(text, room.change), room.change)

    lines = [f"{figure(one.label)}: {figure(one.before)} → {figure(one.after)}" for one in changed[: room.changes]]
    more = [f"and {len(changed) - room.changes} more"] if len(changed) > room.changes else []
    return "\n".join([title, *lines, *more])


def _decision(case: Case, given: Decision, room: Room) -> Block:
    reason = [plain(f"“{one_line(given.why, room.reason)}”", room.reason + 2)] if given.why else []
    return _context(plain(one_line(words.decision(case, given), 150), 150), mrkdwn(date(given.at)), *reason)


def _dates(case: Case) -> str:
    """The instants of a case; only these need markup."""
    told = [date(case.opened_at)]
    if case.settle_until is not None:
        told.append(f"looking in Odoo until {date(case.settle_until)}")
    if case.closed_at is not None:
        told.append(f"closed {date(case.closed_at)}")
    return " · ".join(told)


def _section(text: str, room: Room) -> Block:
    return {"type": "section", "text": plain(text, room.prose)}


def _context(*elements: Text) -> Block:
    return {"type": "context", "elements": list(elements)}
