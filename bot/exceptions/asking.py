"""An exception asks for an approval: a case of its own that is decided like any other, and whose answer comes back.

Core. The approval is about the exception and about no record of Odoo: nothing is written there by it. Whoever asked
does not decide. When the exception is over, nobody has to decide any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.approvals.authority import Allowed, Reason, Refused
from bot.cases.answers import Transition, entry, update_cards
from bot.cases.commands import Over
from bot.cases.event import OURS, Event, Finding, Maker, RecordRef
from bot.cases.figures import Seen
from bot.cases.following import withdraw
from bot.cases.model import Case, Kind, Plan, Status, WriteBackState
from bot.cases.opening import open_case
from bot.cases.planning import Rules, plan_for
from bot.cases.refusals import CODE_OWED, TEXT_OWED
from bot.config.model import Execution, OnReject, Rule
from bot.effects import Effect, EffectKind, Lane
from bot.exceptions.care import NOT_YET
from bot.exceptions.commands import Answered, AskApproval, Asked, DropRequest
from bot.text import clean, one_line

#: Characters of what is asked for.
LONGEST: Final = 500

_ASKED = Refused(Reason.ANSWERED_BEFORE, "An approval has been asked for already; its answer is still to come.")


def ask(case: Case, command: AskApproval, verdict: Allowed, rules: Rules, now: datetime) -> Transition | Refused:
    """The exception, and the approval that it asks for."""
    text, rule, care = clean(command.text, LONGEST), case.plan.care, case.care or NOT_YET
    policy = rules.config.policies.get(command.policy)
    if rule is None or policy is None or policy.care is not None or command.policy not in rule.approvals:
        return CODE_OWED
    if not text:
        return TEXT_OWED
    if care.request:
        return _ASKED
    person = command.person
    told = {
        "name": person.name,
        "email": person.email,
        "role": verdict.as_role,
        "record": case.event.title,
        "policy": command.policy,
        "text": text,
    }
    made = entry(case, "exception.asked", person.key, now, rules, told, origin="slack")
    event = _event(case, command, text)
    opened = open_case(event, rules, now, plan=_plan(event, command.policy, case, rules))
    successor = replace(opened, then=(Asked(case.id, 0),))
    return Transition(replace(case, care=replace(care, answer="")), (made,), update_cards(case), successor)


def _event(case: Case, command: AskApproval, text: str) -> Event:
    event, person = case.event, command.person
    asked = one_line(text, 200)
    return replace(
        event,
        record=RecordRef(case.record.source, OURS, case.id),
        findings=(Finding(event.event_type, f"{person.name} asks: {asked}"),),
        makers=(*event.makers, Maker(person.email, person.email, person.name)),
        seen=(Seen("request", "Asked for", text, asked), *event.seen),
        context=(("For", f"case {case.id}"), *event.context),
        apart=(),
    )


def _plan(event: Event, policy: str, case: Case, rules: Rules) -> Plan:
    """The plan of the policy that was chosen; what it brings about is an answer."""
    decided = replace(rules.traits[event.event_type], is_exception=False)
    alone = (Rule(f"asked for by case {case.id}", policy, 0),)
    config = replace(rules.config, rules=alone, patterns={}, alarms={})  # nor what a pattern says of its own cases
    under = replace(rules, traits={**rules.traits, event.event_type: decided}, config=config)
    back = f"the answer goes back to case {case.id}"
    plan = plan_for(event, under)
    return replace(
        plan, execution=Execution.RELEASE, on_reject=OnReject.NOTE, approve_does=back, reject_does=back, care=None
    )


def settle(case: Case, command: Asked | Answered | DropRequest, rules: Rules, now: datetime) -> Transition | None:
    """What passes between an exception and the approval that it asked for."""
    match command:
        case DropRequest():
            return withdraw(case, Over(command.sentence), rules, now) if case.status is Status.PENDING else None
        case Asked():
            return _noted(case, command, rules, now)
        case Answered():
            return _answered(case, command, rules, now)


def _noted(case: Case, command: Asked, rules: Rules, now: datetime) -> Transition | None:
    if not case.is_waiting:
        return None
    after = replace(case, care=replace(case.care or NOT_YET, request=command.approval))
    told = {"record": case.event.title, "approval": command.approval}
    return Transition(after, (entry(after, "exception.request", "signoff", now, rules, told),), update_cards(after))


def _answered(case: Case, command: Answered, rules: Rules, now: datetime) -> Transition | None:
    care = case.care or NOT_YET
    if not case.is_waiting or care.request != command.approval:
        return None
    after = replace(case, care=replace(care, request=0, answer=command.sentence))
    told = {
        "record": case.event.title,
        "approval": command.approval,
        "answer": command.sentence,
        "mention": [care.owner.email] if care.owner else [],
    }
    return Transition(after, (entry(after, "exception.answered", "signoff", now, rules, told),), update_cards(after))


def tell_asker(before: Case | None, made: Transition, now: datetime) -> Transition:
    """``made``; an approval that an exception asked for is closed with its decision, and the exception hears of it."""
    case = made.case
    if before is None or not before.is_waiting or case.is_waiting:
        return made
    if case.care is not None:
        return _dropped(made) if case.care.request else made
    if not case.record.is_ours or case.kind is not Kind.APPROVAL:
        return made
    sentence = _sentence(case)
    after = replace(
        case,
        write_back=WriteBackState.NONE,
        closed_at=case.closed_at or now,
        covers=False,
        ending=case.ending or sentence,
        problem="",
    )
    told = Answered(case.record.id, case.id, sentence)
    effects = tuple(one for one in made.effects if _is_ours(one))
    return replace(made, case=after, effects=effects, then=(*made.then, told))


def _dropped(made: Transition) -> Transition:
    care = made.case.care or NOT_YET
    dropped = DropRequest(care.request, f"case {made.case.id}, which asked for it, is over")
    return replace(made, then=(*made.then, dropped))


def _is_ours(effect: Effect) -> bool:
    """Whether it concerns Slack: there is no record to write to."""
    return effect.lane is Lane.SLACK and effect.kind is not EffectKind.FETCH_FILE


def _sentence(case: Case) -> str:
    given = case.standing[-1] if case.standing else None
    if (case.is_approved or case.status is Status.REJECTED) and given is not None:
        return f"{case.status} by {given.name}" + (f": {one_line(given.why, 200)}" if given.why else "")
    return f"{case.status}: {case.ending}"
