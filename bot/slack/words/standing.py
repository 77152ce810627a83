"""Where a case stands. No claim goes beyond what Odoo has said."""

from __future__ import annotations

from typing import assert_never

from bot.approvals.quorum import (
    answered_roles,
    answers,
    approvers,
    current_stage_number,
    needed,
    wants_second_person,
)
from bot.cases import choosing
from bot.cases.model import Case, Choice, Decision, Kind, Status, Verdict, WriteBackState
from bot.cases.review import broken_by, owes_review
from bot.exceptions.care import NOT_YET, Care
from bot.text import both, either, one_line

_MOST_NAMES = 3

_PAST = {Verdict.APPROVE: "Approved", Verdict.REJECT: "Rejected"}


def standing(case: Case) -> str:
    """Where the case stands."""
    return _observed(case) if case.plan.observe else _stands(case)


def _stands(case: Case) -> str:  # noqa: PLR0911  # a table: each arm is one line
    match case.status:
        case Status.PENDING:
            return _waiting(case)
        case Status.APPROVED | Status.APPROVED_WITH_CHANGES:
            how = case.status.replace("_", " ").capitalize()
            return f"{_alone(case)}{_given(how, case)}{_choice(choosing.chosen(case))}. {_carried(case)}"
        case Status.REJECTED:
            return f"{_given('Rejected', case)}. {_carried(case)}"
        case Status.EXPIRED:
            return f"Expired: {case.ending}. Nothing was changed in Odoo."
        case Status.WITHDRAWN:
            said = "Nobody has to decide any more" if case.care is None else "It is over"
            return f"{said}: {case.ending or 'it is over in Odoo'}."
        case Status.SUPERSEDED:
            return _superseded(case)
        case Status.OPEN | Status.ACKNOWLEDGED | Status.RESOLVED:
            return looked_after(case)
        case _:
            assert_never(case.status)


def _observed(case: Case) -> str:
    """What would be asked, or how it went without anybody having been asked here."""
    if case.closed_at is not None:
        return f"Observed: {case.ending}."
    number = current_stage_number(case)
    wanted = needed(case, number)
    count = f" {wanted} approvals would be needed." if wanted > 1 else ""
    stages = f" The first of {len(case.plan.stages)} stages." if len(case.plan.stages) > 1 else ""
    return f"Observed: {_asked(case, number)} would be asked.{stages}{count}{_nobody_left(case, number)}"


def _left_over(care: Care) -> str:
    """Of a list."""
    wait = "waits" if len(care.members) == 1 else "wait"
    return f"{len(care.members)} of {care.gathered} {wait}"


def decision(case: Case, given: Decision) -> str:
    """Who said what on ``case``, in which role."""
    how = " with changes" if given.changes else ""
    return f"{_PAST[given.verdict]}{how} by {given.name} ({_role(given)}){_choice(choosing.named(case, given.choice))}"


def _choice(choice: Choice | None) -> str:
    return f": {choice.label}" if choice else ""


def looked_after(case: Case) -> str:
    """Who has an exception in hand, or how it was settled."""
    care = case.care or NOT_YET
    if case.kind is Kind.LIST:
        return f"{_left_over(care)} for an answer of {either(case.plan.stages[0].roles)}, each by itself."
    if care.parent:
        return f"Looked after together with others, as case {care.parent}."
    again = "Reopened. " if care.reopened else ""
    if case.status is Status.RESOLVED and care.resolved is not None:
        said = f"Resolved by {care.resolved.name}: {care.resolved.said}."
        return said if case.write_back is WriteBackState.NONE else f"{said} {_carried(case)}"
    again += f"An approval is asked for (case {care.request}). " if care.request else ""
    again += f"The approval that was asked for: {care.answer}. " if care.answer else ""
    if care.owner is None:
        return f"{again}Nobody has it in hand yet; {either(case.plan.stages[0].roles)} is asked."
    if care.acknowledged:
        return f"{again}{care.owner.name} has it in hand."
    return f"{again}{care.owner.name} was asked to take it, and has not said so yet."


def _waiting(case: Case) -> str:
    if case.intended is not None:
        return f"{decision(case, case.intended.decision)}. It counts in a moment, unless it is taken back."
    number = current_stage_number(case)
    where = f"Stage {number + 1} of {len(case.plan.stages)}. " if len(case.plan.stages) > 1 else ""
    given, wanted = len(approvers(case, number)), needed(case, number)
    count = f" {given} of {wanted} approvals given." if wanted > 1 else ""
    chosen = choosing.chosen(case)
    so_far = f" Approved so far with “{chosen.label}”." if chosen else ""
    besides = f"{so_far}{_second_person(case)}{_nobody_left(case, number)}{_forwarded(case)}"
    return f"{where}Waiting for {_asked(case, number)}.{count}{besides}"


def _nobody_left(case: Case, number: int) -> str:
    """That the stage cannot be completed by those whom the policy names."""
    stage = case.plan.stages[number]
    if stage.last_resort is None:
        return ""
    named = either([role for role in stage.roles if role != stage.last_resort])
    instead = f"{either([stage.last_resort])} is asked besides." if stage.last_resort else "Please tell your admin."
    return f" Too few people of {named} may decide this: {instead}"


def _forwarded(case: Case) -> str:
    """Who may answer in whose name on this case alone, and who no longer may."""
    how = {True: "lets {} answer in that name", False: "took back that {} may answer in that name"}
    told = (f" {one.giver_name} {how[one.ends_at is None].format(one.taker_name)}." for one in case.forwards)
    said = one_line("".join([*told][-_MOST_NAMES:]), 300)
    return f" {said}" if said else ""


def _asked(case: Case, number: int) -> str:
    """Who is asked: any of some roles, or those of several that have not answered yet."""
    stage = case.plan.stages[number]
    if not stage.asks_each:
        return either(stage.roles)
    answered = answered_roles(answers(case, number))
    return both([role for role in stage.roles if role not in answered] or stage.roles)


def _second_person(case: Case) -> str:
    """Why one more person is asked than the policy says."""
    if not wants_second_person(case):
        return ""
    unknown = next(maker for maker in case.event.makers if maker.is_unknown)
    who = one_line(unknown.name or unknown.login, 80)
    return f" Two people have to approve: who in Slack {who} is, is not known."


def _alone(case: Case) -> str:
    """That one person went past everybody else, and whether that has been looked at."""
    if broken_by(case) is None:
        return ""
    return "BREAK-GLASS, a review is owed. " if owes_review(case) else "BREAK-GLASS, reviewed. "


def _given(verb: str, case: Case) -> str:
    names = [f"{given.name} ({_role(given)})" for given in case.standing]
    if case.status is Status.REJECTED:
        names = names[-1:]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{verb} by {', '.join(names[:_MOST_NAMES])}{more}" if names else verb


def _carried(case: Case) -> str:
    """How far a decision has got; what an exception asked for goes no further than there."""
    return f"Case {case.record.id} has the answer." if case.record.is_ours else _written(case)


def _written(case: Case) -> str:
    """How far a decision has got into Odoo; no claim goes beyond what Odoo has said."""
    state = WriteBackState
    match case.write_back:
        case state.NONE | state.QUEUED | state.WRITING:
            delayed = f"Not yet written to Odoo, it is tried again by itself: {case.problem}"
            return delayed if case.problem else "It is being written to Odoo."
        case state.CONFIRMED:
            return f"Confirmed in Odoo: {case.ending}."
        case state.CONFLICT:
            return _superseded(case)
        case state.UNCERTAIN:
            return _lost(case)
        case state.FAILED:
            return f"NOT written to Odoo: {case.problem or 'it refused'}"
        case state.BY_HAND | state.GIVEN_UP:
            return f"{case.ending[:1].upper()}{case.ending[1:]}"
        case _:
            assert_never(case.write_back)


def _lost(case: Case) -> str:
    if case.settle_until is not None:
        return "The answer of Odoo was lost; the bot is looking whether it was written."
    return f"The answer of Odoo was lost, and a person has to look. {case.problem}".rstrip()


def _superseded(case: Case) -> str:
    after = f" A new card asks again (case {case.successor})." if case.successor else ""
    if case.problem:
        return f"Overtaken: {case.ending}. {case.problem}{after}"
    return f"Nothing was written: {case.ending}. What was decided here is void.{after}"


def _role(given: Decision) -> str:
    behalf = f", on behalf of {one_line(given.behalf_name, 80)}" if given.behalf_name else ""
    return given.as_role.replace("_", " ") + behalf
