"""What people may say about a case, and what becomes of it. Core.

Saying something decides nothing. A question is asked by those who may decide, and reaches whoever asked for the
record: in person where Slack knows the address, else by the card alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.approvals.authority import Reason, Refused, may_speak
from bot.cases.answers import Transition, entry, update_cards
from bot.cases.commands import Say
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.remark import Remark, RemarkKind, open_question
from bot.cases.requester import requester, with_copy
from bot.effects import Effect
from bot.text import clean

#: Characters of a remark, and remarks of a case: they are kept in its row.
LONGEST: Final = 1000
MOST: Final = 50

#: The same words of the same person within this time were sent twice, not said twice: a request is good for so long.
AGAIN: Final = timedelta(minutes=5)

_ACTIONS = {
    RemarkKind.COMMENT: "case.commented",
    RemarkKind.QUESTION: "case.asked",
    RemarkKind.ANSWER: "case.answered",
    RemarkKind.REVIEW: "case.reviewed",
}

_OVER = Refused(Reason.OVER, "This is over; nothing more can be said here. Please write in the thread instead.")
_NOBODY_ASKED = Refused(Reason.NOBODY_ASKED, "There is no open question any more. A comment can still be left.")
_SAID = Refused(Reason.SAID_BEFORE, "You have said this already: it stands on the card, and was not added twice.")
_TOO_MANY = Refused(Reason.TOO_MANY, f"This case holds {MOST} remarks already. Please write in the thread instead.")


def refusal(case: Case, command: Say, now: datetime) -> Refused | None:
    """Why a remark is not taken, whoever may ask; None where it is."""
    if case.closed_at is not None:
        return _OVER
    barred = may_speak(command.person)
    if barred is not None:
        return barred
    if any(_is_again(said, command, now) for said in case.remarks):
        return _SAID
    if len(case.remarks) >= MOST:
        return _TOO_MANY
    if command.kind is RemarkKind.ANSWER and open_question(case.remarks) is None:
        return _NOBODY_ASKED
    return None


def _is_again(said: Remark, command: Say, now: datetime) -> bool:
    same = (said.kind, said.person, said.text) == (command.kind, command.person.key, clean(command.text, LONGEST))
    return same and now - said.at < AGAIN


def say(case: Case, command: Say, as_role: str, rules: Rules, now: datetime) -> Transition:
    """The case with one more remark."""
    person = command.person
    remark = Remark(command.kind, person.key, person.email, person.name, as_role, clean(command.text, LONGEST), now)
    after = replace(case, remarks=(*case.remarks, remark))
    told = _told(case, remark)
    copy: tuple[Effect, ...] = ()
    if remark.kind is RemarkKind.QUESTION:
        after, copy = with_copy(after)
    detail = {
        "name": person.name,
        "email": person.email,
        "role": as_role,
        "text": remark.text,
        "record": case.event.title,
        "mention": list(told),
    }
    made = entry(after, _ACTIONS[command.kind], person.key, now, rules, detail, origin="slack")
    return Transition(after, (made,), (*update_cards(case), *copy))


def _told(case: Case, remark: Remark) -> tuple[str, ...]:
    """Whom a remark is for, by address."""
    match remark.kind:
        case RemarkKind.QUESTION:
            wanted = requester(case)
        case RemarkKind.ANSWER:
            asked = open_question(case.remarks)
            wanted = asked.email if asked else ""
        case _:
            wanted = ""
    return (wanted,) if wanted else ()
