"""The way of a decision into Odoo: decided -> queued -> writing -> confirmed, or what stands in between.

Core. No state here claims more than Odoo has said; a repeat that could do harm is a person's to ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.approvals.quorum import current_stage
from bot.cases.answers import Answer, Transition, entry, post_cards, update_cards
from bot.cases.commands import (
    Ask,
    Begin,
    Confirm,
    Conflict,
    Delay,
    DoneByHand,
    Fail,
    GiveUpWriting,
    Over,
    Requeue,
    Retry,
    Uncertain,
    WriteBackCommand,
)
from bot.cases.model import Case, Person, Revision, Status, WriteBackState
from bot.cases.opening import open_case
from bot.cases.planning import Rules, material_part
from bot.cases.requester import with_copy
from bot.config.model import Execution, OnReject
from bot.effects import FOR_ODOO, Effect, EffectKind
from bot.exceptions.parts import approval_part
from bot.text import clean

#: What stays unknown of a case that was overtaken while an answer was looked for.
UNKNOWN = "The answer of Odoo was lost before that, so the bot's own write may have taken effect in between."

#: The actor of the command line.
ADMIN = "admin"

_PROGRAM = "signoff"


def acts(case: Case, rules: Rules) -> bool:
    """Whether carrying the decision out changes the record, rather than only saying so on it."""
    if case.care is not None:
        return False  # a resolution is told on the record
    if case.is_approved:
        return case.plan.execution is Execution.CARRY_OUT
    return rules.traits[case.event.event_type].acts_on_reject or case.plan.on_reject is OnReject.CANCEL


def decided(
    case: Case, status: Status, person: Person, detail: Mapping[str, object], rules: Rules, now: datetime
) -> Transition:
    """The last decision has been given: the outcome is owed to Odoo from here on."""
    after = replace(case, status=status, write_back=WriteBackState.QUEUED, decided_at=now)
    made = entry(after, f"case.{status}", person.key, now, rules, detail, origin="slack")
    return Transition(after, (made,), (*update_cards(after, FOR_ODOO), _owed(after, EffectKind.WRITE_BACK)))


def write_back(  # noqa: C901, PLR0911  # a table of (state, command): each line is one arm, and none is nested
    case: Case, command: WriteBackCommand, rules: Rules, now: datetime
) -> Answer:
    """What the write-back has met. A step that does not fit the state is nothing to do: a late worker is harmless."""
    state = WriteBackState
    match (case.write_back, command):
        case (state.QUEUED, Begin()):
            # No card is drawn for this: "approved, going to Odoo" is what the cards say already.
            as_user = {"as": command.as_user} if command.as_user else {}
            detail = {"attempt": command.attempt, **as_user}
            begun = _moved(case, state.WRITING, "write_back.started", detail, rules, now)
            return replace(begun, effects=())
        case (state.QUEUED | state.WRITING | state.UNCERTAIN, Confirm()):
            return _confirmed(case, command, rules, now)
        case (state.QUEUED | state.WRITING | state.UNCERTAIN, Conflict()):
            return _superseded(case, command, rules, now)
        case (state.WRITING, Uncertain()):
            after = replace(case, settle_until=command.until)
            return _moved(after, state.UNCERTAIN, "write_back.uncertain", {}, rules, now, command.sentence)
        case (state.UNCERTAIN, Ask() | Fail()) if case.settle_until is not None:
            # That Odoo cannot be asked any more does not tell that nothing was written.
            after = replace(case, settle_until=None)
            return _moved(after, state.UNCERTAIN, "write_back.asked", {}, rules, now, command.sentence)
        case (state.WRITING | state.UNCERTAIN, Requeue()):
            after = replace(case, settle_until=None)
            return _moved(after, state.QUEUED, "write_back.requeued", {}, rules, now, command.sentence)
        case (state.QUEUED, Delay() | Requeue()) if case.problem != command.sentence:
            return _moved(case, state.QUEUED, "write_back.delayed", {}, rules, now, command.sentence)
        case (state.QUEUED | state.WRITING, Fail()):
            return _moved(case, state.FAILED, "write_back.failed", {}, rules, now, command.sentence)
        case _:
            return None


def mend(case: Case, command: Retry | DoneByHand | GiveUpWriting, rules: Rules, now: datetime) -> Transition:
    """A person takes a stuck write-back in hand."""
    person = command.person
    detail = {"name": person.name, "email": person.email, "problem": case.problem}
    origin = ADMIN if person.key == ADMIN else "slack"
    match command:
        case Retry():
            after = replace(case, write_back=WriteBackState.QUEUED, settle_until=None)
            made = entry(after, "write_back.retried", person.key, now, rules, detail, origin=origin)
            return Transition(after, (made,), (*update_cards(after, FOR_ODOO), _owed(after, EffectKind.WRITE_BACK)))
        case DoneByHand():
            return _closed_by(case, WriteBackState.BY_HAND, command, detail, rules, now, origin=origin)
        case GiveUpWriting():
            return _closed_by(case, WriteBackState.GIVEN_UP, command, detail, rules, now, origin=origin)
        case _:
            assert_never(command)


def _moved(
    case: Case,
    state: WriteBackState,
    action: str,
    detail: Mapping[str, object],
    rules: Rules,
    now: datetime,
    problem: str = "",
) -> Transition:
    after = replace(case, write_back=state, problem=clean(problem, 500))
    told = {**detail, "problem": after.problem} if problem else detail
    # What a rule approved alone has no card until somebody has to look.
    new = current_stage(after).channels if after.is_stuck and not after.channels else ()
    after = replace(after, channels=(*after.channels, *new))
    owed = (*update_cards(case), *post_cards(after, new))
    return Transition(after, (entry(after, action, _PROGRAM, now, rules, told),), owed)


def _confirmed(case: Case, command: Confirm, rules: Rules, now: datetime) -> Transition:
    acted, traits = acts(case, rules), rules.traits[case.event.event_type]
    after = replace(
        _as_it_is(case, command, now),
        write_back=WriteBackState.CONFIRMED,
        closed_at=now,
        covers=not acted,
        ending=command.sentence,
        problem="",
        settle_until=None,
    )
    made = entry(after, "write_back.confirmed", _PROGRAM, now, rules, {"ending": command.sentence})
    settled = (
        case.care is not None and case.care.resolved is not None and case.care.resolved.resolution in traits.settles
    )
    wants_note = (acted or settled) and traits.has_chatter
    note = (_owed(after, EffectKind.POST_NOTE),) if wants_note else ()
    after, copy = with_copy(after) if case.care is None else (after, ())
    return Transition(after, (made,), (*update_cards(case), *note, *copy))


def _as_it_is(case: Case, command: Confirm, now: datetime) -> Case:
    """What our own write has changed of the figures is no news: else the record would be found again with them."""
    if command.now_is is None or case.care is None or command.now_is.figures.equal(case.event.figures):
        return case
    now_is = replace(command.now_is, context=case.event.context)
    return replace(case, revision=Revision(case.revision.number + 1, now_is, now))


def _superseded(case: Case, command: Conflict, rules: Rules, now: datetime) -> Transition:
    """Nothing was written. What was given is void; if the record still asks, a successor asks people again."""
    now_is = command.now_is
    if isinstance(now_is, Over):
        ending = f"{now_is.sentence} by {now_is.by}" if now_is.by else now_is.sentence
        successor = None
    elif (part := approval_part(now_is, rules)) is None or case.care is not None:
        ending, successor = "the record changed in Odoo before it was written", None
    else:
        ending = "the record changed in Odoo before it was written"
        material = material_part(part, rules.config)
        successor = open_case(material, rules, now, after=case) if material else None
    after = replace(
        case,
        status=Status.SUPERSEDED,
        write_back=WriteBackState.CONFLICT,
        closed_at=now,
        ending=ending,
        problem=command.problem or ("" if case.write_back is WriteBackState.QUEUED else UNKNOWN),
        settle_until=None,
    )
    told = {"ending": ending, "problem": after.problem} if after.problem else {"ending": ending}
    made = entry(after, "case.superseded", _PROGRAM, now, rules, told)
    return Transition(after, (made,), update_cards(after), successor)


def _closed_by(
    case: Case,
    state: WriteBackState,
    command: DoneByHand | GiveUpWriting,
    detail: Mapping[str, object],
    rules: Rules,
    now: datetime,
    *,
    origin: str,
) -> Transition:
    reason = clean(command.reason)
    how = "done in Odoo by hand" if state is WriteBackState.BY_HAND else "not carried out"
    after = replace(
        case,
        write_back=state,
        closed_at=now,
        covers=True,
        settle_until=None,
        ending=f"{how}, says {command.person.name}: {reason}",
    )
    told = {**detail, "reason": reason}
    made = entry(after, f"write_back.{state}", command.person.key, now, rules, told, origin=origin)
    after, copy = with_copy(after) if case.care is None else (after, ())
    return Transition(after, (made,), (*update_cards(case), *copy))


def _owed(case: Case, kind: EffectKind) -> Effect:
    return Effect(kind, case.id, str(case.record))


__all__ = ["ADMIN", "acts", "decided", "entry", "mend", "write_back"]
