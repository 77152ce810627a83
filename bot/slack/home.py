"""The App Home of one person: what waits, what is in hand, what was delegated, what is late; with the buttons of cards.

Core: pure, from a ``Desk`` alone. Stays far below what Slack takes of a view (100 blocks, 250 kB): a desk is bounded.
Buttons carry pointers and no facts; what they may do is judged when they are pressed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from bot.approvals.quorum import current_stage
from bot.approvals.standins import Delegation
from bot.cases.bulk import Batch
from bot.cases.desk import Desk, Entry, Pile, Standing
from bot.cases.model import Case
from bot.effects import DIRECT
from bot.escalation.timetable import answer_due
from bot.slack import words
from bot.slack.buttons import Action, buttons, pointer, seldom
from bot.slack.modals import View
from bot.slack.notice import Notice
from bot.slack.text import Piece, cut, date, inert, moment, mrkdwn, piece, plain, rich
from bot.text import either, one_line

Block = dict[str, Any]

SHOW: Final = "home:show"
BULK: Final = "home:bulk"
REVOKE: Final = "home:revoke"
DELEGATE: Final = "home:delegate"

CALLBACK: Final = "home"

_NOBODY = (
    "Signoff shows nothing here to guests, deactivated accounts, people of other workspaces, or where Slack does not "
    "tell an address."
)
_CLEAR = "Nothing waits for you, and you have nothing in hand."
_TOGETHER = 3
_DELEGATIONS = 8
#: What a card offers besides, and a list of cases would drown in.
_LEFT_TO_CARDS = frozenset({Action.COMMENT, Action.QUIET, Action.SNOOZE, Action.PAUSE})
#: Of an exception that nobody has: first somebody takes it.
_ONCE_TAKEN = frozenset({Action.RESOLVE, Action.ASSIGN, Action.ASK_APPROVAL, Action.ADD_FILE})
_LINE = 200
_ACCESSIBILITY = 75


def home(desk: Desk, now: datetime) -> View:
    """The tab as its owner sees it."""
    return _view(_blocks(desk, now))


def nobody() -> View:
    """The tab of whoever may see nothing: one sentence."""
    return _view([{"type": "section", "block_id": "nobody", "text": plain(_NOBODY)}])


def digest(view: View) -> str:
    """What tells two tabs apart; when they were drawn does not."""
    told = [block for block in view["blocks"] if block.get("block_id") != "drawn"]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def said(told: Notice, title: str) -> View:
    """What is told where there is no channel to tell it in: a modal."""
    return {"type": "modal", "title": plain(title, 24), "close": plain("Close"), "blocks": list(told.blocks)}


def _view(blocks: Sequence[Block]) -> View:
    return {"type": "home", "callback_id": CALLBACK, "blocks": list(blocks)}


def _blocks(desk: Desk, now: datetime) -> list[Block]:
    clear = [{"type": "section", "block_id": "clear", "text": plain(_CLEAR)}] if desk.is_clear else []
    drawn = partial(_pile, reader=desk.reader, now=now)
    return [
        *clear,
        *_standing(desk.standing),
        *drawn("waiting", "Waiting for your answer", desk.waiting, "/approvals mine"),
        *_together(desk.together),
        *drawn("reviews", "Your review is owed", desk.reviews, "/approvals mine"),
        *drawn("owned", "In your hand", desk.owned, "/exceptions mine"),
        *drawn("free", "Nobody has these in hand", desk.free, "/exceptions unowned"),
        *_late(desk.late, now),
        *_delegations(desk),
        _drawn(now),
    ]


def _standing(standing: Standing) -> Iterator[Block]:
    """The figures of reports, of what the reader's roles see."""
    if not standing.open:
        return
    worth = f" At risk: {', '.join(map(str, standing.at_risk))}." if standing.at_risk else ""
    told = f"Of all that your roles see: {standing.open} open, {standing.overdue} overdue.{worth}"
    yield {"type": "context", "block_id": "standing", "elements": [plain(told, 600)]}


def _pile(name: str, title: str, pile: Pile, rest: str, *, reader: str, now: datetime) -> Iterator[Block]:
    if not pile.total:
        return
    yield _header(name, f"{title}: {_count(pile)}")
    for entry in pile.entries:
        yield {**rich(*_told(entry, now)), "block_id": f"{name}:{entry.case.id}"}
        yield {"type": "actions", "block_id": f"{name}:do:{entry.case.id}", "elements": list(_offered(entry, reader))}
    yield from _more(name, pile, rest)


def _late(pile: Pile, now: datetime) -> Iterator[Block]:
    """What others owe: to look at, not to decide."""
    if not pile.total:
        return
    yield _header("late", f"Late elsewhere: {_count(pile)}")
    for entry in pile.entries:
        case, due = entry.case, answer_due(entry.case)
        late = f", due {date(due)}" if due else ""
        said = f"{inert(_heading(case), _LINE)}\n{inert(_about(case), _LINE)}{late}"
        yield {
            "type": "section",
            "block_id": f"late:{case.id}",
            "text": mrkdwn(said),
            "accessory": _details(case, pointer(entry.whole)),
        }
    yield from _more("late", pile, "/approvals overdue and /exceptions overdue")


def _told(entry: Entry, now: datetime) -> Iterator[Piece]:
    case = entry.case
    yield piece(_heading(case), _LINE, bold=True, end="\n")
    yield piece(_about(case), _LINE)
    due = answer_due(case) if case.is_waiting else None
    if due is not None:
        yield _plain_piece("\nLATE, was due " if due < now else "\nDue ")
        yield moment(due)
    if entry.is_masked:
        yield _plain_piece("\nFigures are hidden from you here; decide it on its card.")


def _plain_piece(text: str) -> Piece:
    return {"type": "text", "text": text}


def _heading(case: Case) -> str:
    return words.headline(case)


def _about(case: Case) -> str:
    place = f" at {case.plan.site}" if case.plan.site else ""
    return f"Case {case.id}: {one_line(words.finding(case), 120)}{place}, {_turn(case)}"


def _turn(case: Case) -> str:
    owner = case.care.owner if case.care else None
    if owner is not None:
        return f"in the hand of {one_line(owner.name, 60)}"
    return f"asked: {either(current_stage(case).roles)}" if case.is_waiting else "decided"


def _offered(entry: Entry, reader: str) -> Iterator[Block]:
    """The buttons of the card that fit a list; nobody decides here on figures that are not shown."""
    is_free = entry.whole.care is not None and entry.whole.care.owner is None
    left_out = _LEFT_TO_CARDS | (_ONCE_TAKEN if is_free else frozenset())
    place = f"{DIRECT}{reader}"
    for offer in (*buttons(entry.whole, place), *seldom(entry.whole, place)):
        action = offer["action_id"]
        if action not in left_out and (not entry.is_masked or action == Action.OPEN):
            yield offer
    yield _details(entry.case, pointer(entry.whole))


def _details(case: Case, value: str) -> Block:
    said = cut(one_line(f"Details: {case.event.title}", _ACCESSIBILITY), _ACCESSIBILITY)
    return _button(SHOW, "Details", value, said)


def _together(batches: Sequence[Batch]) -> Iterator[Block]:
    """Leads to the list from which several are approved in one go. The pointer of one of them names the kind."""
    for number, batch in enumerate(batches[:_TOGETHER]):
        label = cut(f"Approve several of {len(batch.cases)} together…", _ACCESSIBILITY)
        about = f"{len(batch.cases)} of one kind: {words.finding(batch.cases[0])}, rule “{one_line(batch.rule, 60)}”"
        yield {
            "type": "section",
            "block_id": f"together:{number}",
            "text": plain(one_line(about, _LINE), _LINE),
            "accessory": _button(BULK, label, pointer(batch.cases[0]), label),
        }


def _delegations(desk: Desk) -> Iterator[Block]:
    yield _header("delegations", "Stand-ins")
    known = [*((one, "You are stood in for by", one.taker_name) for one in desk.given)]
    known += [(one, "You stand in for", one.giver_name) for one in desk.held]
    for one, said, name in known[:_DELEGATIONS]:
        yield _delegation(one, f"{said} {name}")
    if len(known) > _DELEGATIONS:
        yield _context("delegations:more", f"and {len(known) - _DELEGATIONS} more: /approvals delegations")
    if not known:
        yield _context("delegations:none", "Nobody stands in for you, nor you for anybody.")
    label = "Name a stand-in"
    yield {"type": "actions", "block_id": "delegations:do", "elements": [_button(DELEGATE, label, "new", label)]}


def _delegation(one: Delegation, said: str) -> Block:
    until = f" up to {date(one.ends_at)}" if one.ends_at else ""
    told = f"{inert(said, _LINE)}, from {date(one.starts_at)}{until}"
    revoke = _button(REVOKE, "End it", str(one.id), cut(f"End: {one_line(said, 60)}", _ACCESSIBILITY))
    return {"type": "section", "block_id": f"delegation:{one.id}", "text": mrkdwn(told), "accessory": revoke}


def _more(name: str, pile: Pile, rest: str) -> Iterator[Block]:
    if pile.more or not pile.whole:
        number = f"{pile.more} more" if pile.whole else f"at least {pile.more} more" if pile.more else "perhaps more"
        yield _context(f"{name}:more", f"and {number}: {rest}")


def _count(pile: Pile) -> str:
    return str(pile.total) if pile.whole else f"{pile.total} or more"


def _drawn(now: datetime) -> Block:
    told = f"Drawn {date(now)}. It is drawn anew when something of yours changes."
    return {"type": "context", "block_id": "drawn", "elements": [mrkdwn(told)]}


def _header(name: str, title: str) -> Block:
    return {"type": "header", "block_id": f"{name}:title", "text": plain(title, 150)}


def _context(block_id: str, said: str) -> Block:
    return {"type": "context", "block_id": block_id, "elements": [plain(said, _LINE)]}


def _button(action_id: str, label: str, value: str, said: str) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, 75),
        "value": value,
        "accessibility_label": said,
    }
