"""What the config makes of an event, and why: rules, plan, and who may decide and who may not.

Core. Everything is asked of the functions that decide it for real cases; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.approvals.authority import Allowed, Reason, may, may_care
from bot.approvals.powers import Powers, powers_at
from bot.approvals.quorum import barred_makers, current_stage_number, needed
from bot.cases import choosing
from bot.cases.answers import Transition
from bot.cases.chase import Chase
from bot.cases.commands import Decide, Observed
from bot.cases.model import Case, Choice, Event, Person, Plan, PlanStage, Verdict
from bot.cases.planning import Rules, event_types, left_out, material_part, routable
from bot.cases.quotas import Budget
from bot.cases.transitions import transition
from bot.config.match import NotMatched, match, passed_over, resolve_site
from bot.config.model import Group, Rule
from bot.escalation.stopwatch import keep_time
from bot.escalation.timetable import Firing, answer_due, firings
from bot.exceptions.commands import Tracked
from bot.exceptions.parts import exception_parts

#: Why somebody may not, in the words of a third person.
_WHY: Mapping[Reason, str] = {
    Reason.NOT_IN_ROLE: "in none of the roles that are asked",
    Reason.OWN_REQUEST: "made or changed the record",
    Reason.OVER_LIMIT: "the value is above the limit, or cannot be compared with it",
    Reason.UNKNOWN_MAKER: "nobody may, until it is known who made the record",
    Reason.ANSWERED_BEFORE: "has answered already",
    Reason.ROLE_ANSWERED: "the role has answered already",
    Reason.NOT_TOLD: "in none of the listed roles; whether in the group is read when somebody clicks",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """Which rule decides about one finding."""

    event_type: str
    rule: Rule
    passed: tuple[NotMatched, ...]  #: the rules above it, with what kept them from matching
    missing: tuple[str, ...]  #: figures that a rule wanted and the event does not tell
    is_material: bool  #: whether a case opens for it


@dataclass(frozen=True, slots=True)
class Judged:
    """One person at one stage."""

    email: str
    may: bool
    why: str  #: the role in which this person may, or why not
    unsure: bool = False  #: a group whose people are not known here may let this person all the same


@dataclass(frozen=True, slots=True)
class StageTold:
    """One stage of the plan."""

    roles: tuple[str, ...]
    every: bool
    count: int
    channels: tuple[str, ...]
    people: tuple[Judged, ...]  #: everybody whom the config names at this place, and the makers
    due: datetime | None  #: when its answer is due; None where it may take any time
    steps: tuple[Firing, ...]  #: what happens if nobody answers
    untold: tuple[Group, ...] = ()  #: whose people hold the stage's roles too, and are not known here


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to say about an event under a config."""

    event: Event
    site: str | None
    rulings: tuple[Ruling, ...]
    plan: Plan | None  #: None where no case opens
    stages: tuple[StageTold, ...]
    zone: ZoneInfo  #: of the place's calendar; UTC where it has none
    left_out: str  #: why no case opens; empty where one does
    alone: str = ""  #: the quotas within which rules approve it alone; empty where people decide
    choices: tuple[Choice, ...] = ()  #: what whoever approves may choose
    usual: Choice | None = None  #: the one of them that is taken by itself


def explain(event: Event, rules: Rules, now: datetime) -> Explanation:
    """What would happen if ``event`` came at ``now``."""
    config = rules.config
    site = resolve_site(config, warehouse=event.warehouse, company=event.company)
    material = material_part(event, config)
    left = event_types(material) if material else ()
    budget = Budget(config, rules.spent, now)
    rulings = tuple(_ruling(kind, event, rules, budget, is_material=kind in left) for kind in event_types(event))
    owned = exception_parts(event, rules)
    asked = Tracked(event.record, owned[0].event_type, owned[0]) if owned else Observed(event.record, event)
    answer = transition(None, asked, rules, now)
    case = answer.case if isinstance(answer, Transition) else None
    alone = case is not None and not case.is_waiting
    return Explanation(
        event,
        site.name if site else None,
        rulings,
        case.plan if case else None,
        stages_of(case, rules, now) if case and not alone else (),
        zone_of(case.plan) if case else ZoneInfo("UTC"),
        "" if case else left_out(event, config),
        "; ".join(str(one.rule.quota) or "without a quota" for one in rulings if one.rule.approves) if alone else "",
        choosing.offered(case) if case else (),
        choosing.usual(case) if case else None,
    )


def zone_of(plan: Plan) -> ZoneInfo:
    """Where the plan's time is counted."""
    return ZoneInfo(plan.calendar.timezone if plan.calendar else "UTC")


def stages_of(case: Case, rules: Rules, now: datetime) -> tuple[StageTold, ...]:
    """The stages of a case, each with who could answer it now, and what happens if nobody does.

    A stage that has not come yet is judged as if it opened now and nobody had answered before: with distinct people,
    whoever answers an earlier one is out of it.
    """
    powers = powers_at(case, rules)
    current = current_stage_number(case)
    return tuple(
        _stage(case if number == current else _as_only(case, stage, now), stage, powers, now)
        for number, stage in enumerate(case.plan.stages)
    )


def _as_only(case: Case, stage: PlanStage, now: datetime) -> Case:
    only = replace(case, plan=replace(case.plan, stages=(stage,)), decisions=(), chase=Chase())
    return keep_time(None, only, now)


def _stage(case: Case, stage: PlanStage, powers: Powers, now: datetime) -> StageTold:
    named = {email for seat in powers.seats.values() for email in seat.members}
    makers = {maker.email for maker in case.event.makers if maker.email}
    people = sorted(named | makers | set(powers.limits))
    judged = tuple(_judged(email, case, powers, now) for email in people)
    return StageTold(
        stage.roles,
        stage.every,
        needed(case, current_stage_number(case)),
        stage.channels,
        judged,
        answer_due(case),
        tuple(firings(case)),
        _untold(stage, powers),
    )


def _untold(stage: PlanStage, powers: Powers) -> tuple[Group, ...]:
    groups = (powers.untold([role]) for role in stage.roles)
    return tuple(dict.fromkeys(group for group in groups if group))


def _judged(email: str, case: Case, powers: Powers, now: datetime) -> Judged:
    person = Person(f"config:{email}", email, email)
    if case.care is not None:
        found = may_care(person, case, now, powers)
    else:
        found = may(person, Decide(case.id, case.revision.number, person, Verdict.APPROVE), case, now, powers)
    if isinstance(found, Allowed):
        behalf = f" for {found.on_behalf_of[-1]}" if found.on_behalf_of else ""
        return Judged(email, may=True, why=f"{found.as_role}{behalf}")
    unsure = found.reason is Reason.NOT_TOLD and email not in barred_makers(case)
    return Judged(email, may=False, why=_WHY.get(found.reason, found.sentence), unsure=unsure)


def _ruling(kind: str, event: Event, rules: Rules, budget: Budget, *, is_material: bool) -> Ruling:
    site = resolve_site(rules.config, warehouse=event.warehouse, company=event.company)
    asked = routable(replace(event, event_type=kind), site)
    routed = match(rules.config, asked, budget)
    return Ruling(kind, routed.rule, passed_over(rules.config, asked, budget), routed.missing, is_material)
