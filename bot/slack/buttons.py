"""The buttons of a card: what each asks for, when it is offered and how it looks. One table, in the order of the card.

Core: pure. To add one: a member of ``Action``, a line of ``OFFERS``, its listener in ``handlers``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.cases import changing, choosing, evidence
from bot.cases.model import Case, Choice, Kind, Status, WriteBackState
from bot.cases.remark import open_question
from bot.cases.review import owes_review
from bot.effects import DIRECT
from bot.slack import words
from bot.slack.text import cut, plain, web_address
from bot.text import one_line

Block = dict[str, Any]

_ACCESSIBILITY = 75


class Action(StrEnum):
    """What a button asks for."""

    APPROVE = "case:approve"
    APPROVE_WITH_CHANGES = "case:approve_with_changes"
    REJECT = "case:reject"
    ASK = "case:ask"
    ANSWER = "case:answer"
    COMMENT = "case:comment"
    BREAK_GLASS = "case:break_glass"  #: asked for by a slash command, and offered on no card
    REVIEW = "case:review"
    UNDO = "case:undo"
    QUIET = "case:quiet"  #: no reminders for whoever presses it
    RETRY = "case:retry"
    BY_HAND = "case:by_hand"
    GIVE_UP = "case:give_up"
    ADD_FILE = "case:add_file"
    OPEN = "case:open"  #: only leads to Odoo
    TAKE = "case:acknowledge"
    ASSIGN = "case:assign"
    SNOOZE = "case:snooze"
    PAUSE = "case:pause"
    RESOLVE = "case:resolve"
    REOPEN = "case:reopen"
    ASK_APPROVAL = "case:ask_approval"
    MEMBERS = "case:members"  #: lists those of a group, or the approvals of a list
    BRING_OUT = "case:bring_out"  #: a card of its own for one of those, and on no card itself


def pointer(case: Case) -> str:
    """What a button carries: which case, which revision of it the person has seen, and of which record. Never a fact.

    Numbers alone would meet another case on a database that was restored or begun anew.
    """
    return f"{case.id}:{case.revision.number}:{case.pin}"


def buttons(case: Case, channel: str) -> Iterator[Block]:
    """The buttons of the copy in ``channel``; none where the case is only observed."""
    if case.plan.observe:
        return
    for offer in OFFERS:
        if offer.when(case, channel) and (case.kind is not Kind.LIST or offer.action is Action.MEMBERS):
            yield _button(case, offer)


def more_buttons(case: Case, channel: str) -> Iterator[Block]:
    """The buttons of the second row, for what is wanted now and then."""
    yield from seldom(case, channel)
    if case.plan.observe or not _is_asked(case, channel):
        return
    for choice in choosing.others(case):
        yield {**_button(case, _choosing(choice)), "action_id": choosing_id(choice)}
    if changing.offered(case):
        yield _button(case, CHANGES)


def seldom(case: Case, channel: str) -> Iterator[Block]:
    """The buttons for what is done with an exception now and then."""
    return (_button(case, offer) for offer in SELDOM if case.kind is not Kind.LIST and offer.when(case, channel))


def choosing_id(choice: Choice) -> str:
    """The action of the button that approves with this choice: that of an approval, and which."""
    return f"{Action.APPROVE}:{choice.code}"


def _choosing(choice: Choice) -> Offer:
    return Offer(Action.APPROVE, words.approve_as(choice), _is_asked)


def _is_asked(case: Case, channel: str) -> bool:
    return case.status is Status.PENDING and case.intended is None and not words.moved(case, channel)


def _is_held(case: Case, _channel: str) -> bool:
    return case.status is Status.PENDING and case.intended is not None


def _waits_for_people(case: Case, _channel: str) -> bool:
    return case.is_waiting or case.is_stuck


def _is_questioned(case: Case, _channel: str) -> bool:
    return case.closed_at is None and open_question(case.remarks) is not None


def _owes_file(case: Case, channel: str) -> bool:
    owed = _is_asked(case, channel) and evidence.is_owed(case)
    # What has no record in Odoo, as a pattern, has no place for it there.
    return owed or (_is_unsettled(case, channel) and (bool(case.event.link) or _is_group(case, channel)))


def _is_unsettled(case: Case, _channel: str) -> bool:
    """An exception that is not over, whoever has it."""
    return case.care is not None and case.is_waiting and not case.plan.observe and not case.care.parent


def _is_to_take(case: Case, _channel: str) -> bool:
    return case.status is Status.OPEN and _is_unsettled(case, _channel)


def _may_ask(case: Case, channel: str) -> bool:
    can = case.plan.care is not None and bool(case.plan.care.approvals)
    return can and _is_unsettled(case, channel) and case.care is not None and not case.care.request


def _is_group(case: Case, _channel: str) -> bool:
    return case.care is not None and case.care.gathered > 0


def _is_settled(case: Case, _channel: str) -> bool:
    return case.status is Status.RESOLVED and case.closed_at is not None and case.successor is None


def _is_chased(case: Case, channel: str) -> bool:
    """On the copy of one person, who may want peace from reminders for a while."""
    return channel.startswith(DIRECT) and bool(case.plan.steps) and _is_asked(case, channel)


def _is_stuck(case: Case, _channel: str) -> bool:
    return case.is_stuck


def _owes_review(case: Case, _channel: str) -> bool:
    return owes_review(case)


def _leads_to_odoo(case: Case, _channel: str) -> bool:
    return web_address(case.event.link) is not None


def _nothing(_case: Case) -> dict[str, Any]:
    return {}


def _primary(_case: Case) -> dict[str, Any]:
    return {"style": "primary"}


def _danger(_case: Case) -> dict[str, Any]:
    return {"style": "danger"}


def _risk(case: Case) -> dict[str, Any]:
    """Where the first write may have arrived, a second one is warned of, and not what is offered first."""
    if case.write_back is not WriteBackState.UNCERTAIN:
        return {"style": "primary"}
    confirm = {
        "title": plain(words.RETRY_TITLE),
        "text": plain(words.RETRY_RISK),
        "confirm": plain(words.RETRY_YES),
        "deny": plain(words.RETRY_NO),
        "style": "danger",
    }
    return {"confirm": confirm}


def _address(case: Case) -> dict[str, Any]:
    return {"url": web_address(case.event.link)}


@dataclass(frozen=True, slots=True)
class Offer:
    """One button."""

    action: Action
    label: str
    when: Callable[[Case, str], bool]  #: of the case, and of the channel of the copy
    look: Callable[[Case], dict[str, Any]] = _nothing  #: style, confirmation, address


OFFERS: tuple[Offer, ...] = (
    Offer(Action.APPROVE, words.APPROVE, _is_asked, _primary),
    Offer(Action.TAKE, words.TAKE, _is_to_take, _primary),
    Offer(Action.RESOLVE, words.RESOLVE, _is_unsettled),
    Offer(Action.MEMBERS, words.MEMBERS, _is_group),
    Offer(Action.REJECT, words.REJECT, _is_asked, _danger),
    Offer(Action.ADD_FILE, words.ADD_FILE, _owes_file),
    Offer(Action.UNDO, words.UNDO, _is_held),
    Offer(Action.ANSWER, words.ANSWER, _is_questioned),
    Offer(Action.ASK, words.ASK, _is_asked),
    Offer(Action.QUIET, words.QUIET, _is_chased),
    Offer(Action.RETRY, words.RETRY, _is_stuck, _risk),
    Offer(Action.BY_HAND, words.BY_HAND, _is_stuck),
    Offer(Action.GIVE_UP, words.GIVE_UP, _is_stuck),
    Offer(Action.COMMENT, words.COMMENT, _waits_for_people),
    Offer(Action.REVIEW, words.REVIEW, _owes_review),
    Offer(Action.REOPEN, words.REOPEN, _is_settled),
    Offer(Action.OPEN, words.OPEN, _leads_to_odoo, _address),
)

#: What is done with an exception now and then.
SELDOM: tuple[Offer, ...] = (
    Offer(Action.ASK_APPROVAL, words.ASK_APPROVAL, _may_ask),
    Offer(Action.ASSIGN, words.ASSIGN, _is_unsettled),
    Offer(Action.SNOOZE, words.SNOOZE, _is_unsettled),
    Offer(Action.PAUSE, words.PAUSE, _is_unsettled),
)

CHANGES = Offer(Action.APPROVE_WITH_CHANGES, words.APPROVE_WITH_CHANGES, _is_asked)


def _button(case: Case, offer: Offer) -> Block:
    said = cut(one_line(f"{offer.label}: {case.event.title}", _ACCESSIBILITY), _ACCESSIBILITY)
    return {
        "type": "button",
        "action_id": offer.action.value,
        "text": plain(offer.label),
        "value": pointer(case),
        "accessibility_label": said,
        **offer.look(case),
    }
