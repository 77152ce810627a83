"""Straight through: a record that a rule approves alone, while its quota lasts.

Core. Only what is asked for the first time: an edit never approves by itself, so neither a pending case nor the
successor of a decided one comes here. The plan is that of the road to people, who are asked where the write gets stuck.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.approvals.authority import Refused
from bot.cases import choosing
from bot.cases.answers import Transition, entry
from bot.cases.giving import detail_of
from bot.cases.model import Decision, Event, Plan, Status, Verdict, WriteBackState
from bot.cases.observing import would_have
from bot.cases.opening import open_case
from bot.cases.planning import Rules, event_types, pilot_channel, plan_for, routable
from bot.cases.quotas import Budget, Use
from bot.config.match import match, resolve_site
from bot.config.model import Rule
from bot.effects import Effect, EffectKind

#: What such a decision stands under in place of a role.
ROLE = "straight-through"


def approved(event: Event, rules: Rules, now: datetime) -> Transition | None:
    """The case of ``event``, approved; None where any of its findings is a person's to decide."""
    budget = Budget(rules.config, rules.spent, now)
    found = [_ruled(kind, event, rules, budget) for kind in event_types(event)]
    deciding = {one.rule.name: one for one in found if one is not None}
    if not deciding or None in found:
        return None
    names = " + ".join(deciding)
    plan = _watched(replace(plan_for(event, rules), rule=names), event, deciding.values(), rules)
    opened = open_case(event, rules, now, plan=plan)
    if plan.observe:
        return _observed(opened, names, rules, now)
    # No card: nobody is asked. One is posted where the write-back comes to need a person.
    case = replace(opened.case, channels=())
    choice = choosing.taken(case, "")
    if isinstance(choice, Refused):
        return None  # a rule chooses nothing that the policy leaves to people
    uses = tuple(one.use for one in deciding.values())
    opened = replace(opened, case=case, effects=(), spends=uses)
    return _decided(opened, tuple(deciding.values()), rules, now, choice=choice)


@dataclass(frozen=True, slots=True)
class _Deciding:
    """A rule that approves one of the findings, and what it uses up by that."""

    rule: Rule
    use: Use
    told: dict[str, str]


def _watched(plan: Plan, event: Event, deciding: Iterable[_Deciding], rules: Rules) -> Plan:
    """``plan``, only observed where the road to people is, or a rule that decides: nothing is written then."""
    site = rules.config.sites.get(plan.site or "")
    pilots = [pilot_channel(one.rule, site, event.record.source, rules.config) for one in deciding]
    pilot = plan.observe or next(filter(None, pilots), "")
    if not pilot:
        return plan
    return replace(plan, observe=pilot, stages=tuple(replace(stage, channels=(pilot,)) for stage in plan.stages))


def _ruled(kind: str, event: Event, rules: Rules, budget: Budget) -> _Deciding | None:
    site = resolve_site(rules.config, warehouse=event.warehouse, company=event.company)
    asked = routable(replace(event, event_type=kind), site)
    rule = match(rules.config, asked, budget).rule
    if not rule.approves:
        return None
    use = budget.use(rule, asked)
    return _Deciding(rule, use, budget.told(rule, use))


def _decided(
    opened: Transition, deciding: tuple[_Deciding, ...], rules: Rules, now: datetime, *, choice: str
) -> Transition:
    case = opened.case
    given = Decision(
        revision=case.revision.number,
        stage=0,
        person="signoff",
        email="",
        name=f"rule “{case.plan.rule}”",
        as_role=ROLE,
        verdict=Verdict.APPROVE,
        reason="; ".join(one.rule.reason for one in deciding if one.rule.reason),
        at=now,
        value=case.event.value,
        choice=choice,
    )
    after = replace(case, status=Status.APPROVED, write_back=WriteBackState.QUEUED, decided_at=now, decisions=(given,))
    told = {**detail_of(after, given), "quota": {one.rule.name: one.told for one in deciding}}
    made = entry(after, "case.approved", "signoff", now, rules, told)
    owed = Effect(EffectKind.WRITE_BACK, 0, str(case.record))
    return replace(opened, case=after, entries=(*opened.entries, made), effects=(owed,))


def _observed(opened: Transition, names: str, rules: Rules, now: datetime) -> Transition:
    ended = would_have(opened.case, f"approved at once by rule “{names}”", rules, now)
    return replace(ended, entries=(*opened.entries, *ended.entries), effects=opened.effects)
