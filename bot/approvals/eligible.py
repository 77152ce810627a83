"""Who may answer the stage that is asked now, why each other may not, and what happens where too few are left.

Core. Everybody is judged by the authority function itself, as if they clicked now; nothing here decides about power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.approvals.authority import Allowed, Refused, may
from bot.approvals.powers import Powers, powers_at
from bot.approvals.quorum import answers, approvers, assign, current_stage, current_stage_number, needed
from bot.cases.commands import Decide
from bot.cases.model import Case, Person, PlanStage, Status, Verdict
from bot.cases.planning import Rules
from bot.config.match import channel_for


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with a role of the stage, or who stands in for somebody, and what a click would be answered."""

    email: str
    verdict: Allowed | Refused


def candidates(case: Case, now: datetime, powers: Powers) -> tuple[Candidate, ...]:
    """Everybody who could be thought to answer the current stage of ``case``, in the order of their addresses."""
    seats = [powers.seats[role] for role in current_stage(case).roles if role in powers.seats]
    members = {email for seat in seats for email in seat.members}
    standing_in = {one.taker for one in (*powers.delegations, *case.forwards) if one.holds(now)}
    return tuple(Candidate(email, _judged(email, case, now, powers)) for email in sorted(members | standing_in))


def eligible(case: Case, now: datetime, powers: Powers) -> tuple[str, ...]:
    """Addresses of those who may answer the current stage now."""
    return tuple(one.email for one in candidates(case, now, powers) if isinstance(one.verdict, Allowed))


def _judged(email: str, case: Case, now: datetime, powers: Powers) -> Allowed | Refused:
    person = Person(key=email, email=email, name=email)
    return may(person, Decide(case.id, case.revision.number, person, Verdict.APPROVE), case, now, powers)


def is_within_reach(case: Case, now: datetime, powers: Powers) -> bool:
    """Whether those who may answer are enough to complete the current stage."""
    allowed = [(one.email, one.verdict) for one in candidates(case, now, powers) if isinstance(one.verdict, Allowed)]
    number = current_stage_number(case)
    if len(approvers(case, number)) + _distinct(allowed) < needed(case, number):
        return False
    stage = case.plan.stages[number]
    given = {one.person: one.roles or (one.as_role,) for one in answers(case, number)}
    could = {**given, **{email: one.roles for email, one in allowed}}
    return not stage.asks_each or len(assign(could)) == len(stage.roles)


def _distinct(allowed: Sequence[tuple[str, Allowed]]) -> int:
    """How many of these voices can be heard beside each other: nobody and nobody's name counts twice."""
    heard: set[str] = set()
    number = 0
    for email, verdict in sorted(allowed, key=lambda one: len(one[1].on_behalf_of)):
        identities = {email, *verdict.on_behalf_of}
        if not heard & identities:
            heard |= identities
            number += 1
    return number


def never_silent(case: Case, rules: Rules, now: datetime) -> Case:
    """``case`` with the last-resort role asked besides, where too few people are left for the current stage.

    Nobody gains power over it for good: the role is judged like any other, and the card and the audit trail say so.
    Where not even the last resort can, the admins get the card.
    """
    stage = current_stage(case)
    if case.status is not Status.PENDING or stage.last_resort == "":
        return case
    powers = powers_at(case, rules)
    if powers.untold(stage.roles) or is_within_reach(case, now, powers):
        return case
    number = current_stage_number(case)
    stages = (*case.plan.stages[:number], _widened(stage, case, rules), *case.plan.stages[number + 1 :])
    asked = replace(case, plan=replace(case.plan, stages=stages))
    return never_silent(asked, rules, now) if stages[number].last_resort else asked


def _widened(stage: PlanStage, case: Case, rules: Rules) -> PlanStage:
    role = rules.config.last_resort
    if not role or role in stage.roles:
        admins = (rules.config.admin_channel,) if rules.config.admin_channel else ()
        return replace(stage, last_resort="", channels=tuple(dict.fromkeys((*stage.channels, *admins))))
    site = rules.config.sites.get(case.plan.site or "")
    channel = channel_for(rules.config, role, site=site, company=case.event.company)
    channels = tuple(dict.fromkeys((*stage.channels, channel)))
    first = stage.planned[0]
    return replace(stage, roles=(*stage.roles, role), channels=channels, last_resort=role, first_roles=first)


def nobody_left(case: Case) -> dict[str, object]:
    """For the audit entry: that too few were left, and who is asked instead; empty where enough are."""
    role = current_stage(case).last_resort
    return {} if role is None else {"nobody_left": True, "last_resort": role}
