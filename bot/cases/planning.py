"""From an event and the config to a plan: which rule, which policy, which roles, which channels.

Core. The plan is frozen into the case, so that editing the file never changes a running one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from bot.approvals.insiders import Insiders
from bot.approvals.standins import Delegation
from bot.cases.model import Event, Plan, PlanStage
from bot.cases.quotas import NOTHING_SPENT, UNTOUCHED, Spent
from bot.cases.traits import Traits
from bot.config.conditions import Unjudged, judge
from bot.config.match import Routed, below_materiality, channel_for, match, resolve_site
from bot.config.model import (
    USUAL,
    Config,
    Group,
    Mode,
    PhotoRule,
    Policy,
    ReasonRule,
    Rule,
    Site,
    Stage,
    UnknownMaker,
)
from bot.escalation.terms import calendar_of, shortest, sla_of, steps_of
from bot.exceptions.terms import care_of, owned, pause_of
from bot.money import Money


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a transition may look at besides the case and the command."""

    config: Config
    traits: Mapping[str, Traits]
    delegations: tuple[Delegation, ...] = ()  #: those that hold now or will, whatever the case
    spent: Spent = NOTHING_SPENT  #: what is used up of quotas
    groups: Mapping[Group, Insiders] = field(default_factory=dict)  #: of one that is missing it cannot be told


@dataclass(frozen=True, slots=True)
class Routable:
    """An event as the config's rules ask about it."""

    facts: Mapping[str, str | None]
    value: Money | None
    lists: Mapping[str, tuple[str, ...]]


def routable(event: Event, site: Site | None) -> Routable:
    """The canonical fields that a rule can match."""
    known = {
        "event_type": event.event_type,
        "source": event.record.source,
        "model": event.record.model,
        "site": site.name if site else None,
        "company": event.company or None,
        "warehouse": event.warehouse,
        "partner": event.partner,
        "category": event.category,
        "severity": event.severity,
        "currency": event.value.currency if event.value else None,
    }
    lists = {
        "findings": tuple(one.event_type for one in event.findings),
        "makers": tuple("" if maker.is_unknown else maker.email for maker in event.makers),
        **({} if event.customer_class is None else {"customer_class": event.customer_class}),
    }
    return Routable(known, event.value, lists)


def material_part(event: Event, config: Config) -> Event | None:
    """The event without the findings that nobody is asked about; None where no finding is left.

    What cannot be told is asked about. Where the leading finding is not, the first one that is leads.
    """
    if not event.findings:
        return None if left_out(event, config) else event
    left = tuple(one for one in event.findings if not left_out(replace(event, event_type=one.event_type), config))
    if not left:
        return None
    return replace(event, event_type=left[0].event_type, findings=left)


def left_out(event: Event, config: Config) -> str:
    """Why nobody is asked about the leading finding: its materiality, or a rule that ignores it; empty where one is."""
    if below_materiality(config, routable(event, None)):
        return f"its value is below {config.materiality[event.event_type]}"
    rule = ignoring_rule(event, config)
    return f"rule “{rule.name}” leaves it out: {rule.ignored_because}" if rule else ""


def ignoring_rule(event: Event, config: Config) -> Rule | None:
    """The rule by which nobody is asked about the leading finding; None where somebody is, or materiality says it.

    Rules are about what Odoo knows: what Signoff itself opens has the policy that its pattern names.
    """
    if event.record.is_ours or below_materiality(config, routable(event, None)):
        return None
    site = resolve_site(config, warehouse=event.warehouse, company=event.company)
    rule = match(config, routable(event, site), UNTOUCHED).rule
    return rule if rule.ignored_because else None


def plan_for(event: Event, rules: Rules) -> Plan:
    """The plan of a new case or revision: what each finding asks for, as one. The leading finding's does the acting.

    The config's last rule matches everything, so there always is one.
    """
    return strictest([plan_of(kind, event, rules) for kind in event_types(event)])


def event_types(event: Event) -> tuple[str, ...]:
    """The event types of a record's findings, the leading one first."""
    return tuple(dict.fromkeys((event.event_type, *(finding.event_type for finding in event.findings))))


def strictest(plans: Sequence[Plan]) -> Plan:
    """One plan out of several: every stage that any of them wants, and each rule as its strictest has it.

    What is only observed adds nothing to what people are asked.
    """
    plans = [one for one in plans if not one.observe] or plans
    first = plans[0]
    chased = next((one for one in plans if one.steps), first)
    reasons = [(one.approve_reason, one.reject_reason) for one in plans]
    return replace(
        first,
        policy=_joined(one.policy for one in plans),
        rule=_joined(one.rule for one in plans),
        stages=first.stages if first.care else merged_stages(stage for one in plans for stage in one.stages),
        approve_reason=max((approve for approve, _ in reasons), key=_STRICTNESS.index),
        reject_reason=max((reject for _, reject in reasons), key=_STRICTNESS.index),
        self_approval=all(one.self_approval for one in plans),
        distinct_people=any(one.distinct_people for one in plans),
        unknown_maker=max((one.unknown_maker for one in plans), key=_STRICTNESS.index),
        missing=tuple(dict.fromkeys(figure for one in plans for figure in one.missing)),
        expires=min((one.expires for one in plans if one.expires is not None), default=None),
        photo=any(one.photo for one in plans),
        manner=first.manner if all(one.manner == first.manner for one in plans) else USUAL,
        escalation=chased.escalation,
        steps=chased.steps,
        pause=chased.pause,
        reassign=chased.reassign,
        deadline_buffer=max(one.deadline_buffer for one in plans),
    )


#: The lenient first, of everything that plans can differ in.
_STRICTNESS = (
    *(ReasonRule.OPTIONAL, ReasonRule.REQUIRED),
    *(UnknownMaker.ALLOW, UnknownMaker.SECOND_PERSON, UnknownMaker.REFUSE),
)


def _joined(names: Iterable[str]) -> str:
    """Names as one text; those of a plan that was joined before are taken apart first."""
    return _AND.join(dict.fromkeys(part for name in names for part in name.split(_AND)))


_AND = " + "


def merged_stages(stages: Iterable[PlanStage]) -> tuple[PlanStage, ...]:
    """In the order of their coming; one that asks the same roles is asked once, for the larger number of people."""
    found: dict[tuple[tuple[str, ...], bool], PlanStage] = {}
    for stage in stages:
        same = found.get(stage.planned, stage)
        channels = same.channels if same.first_roles else tuple(dict.fromkeys((*same.channels, *stage.channels)))
        sla = shortest(same.sla, stage.sla)
        found[stage.planned] = replace(same, count=max(same.count, stage.count), channels=channels, sla=sla)
    return tuple(found.values())


def plan_of(event_type: str, event: Event, rules: Rules) -> Plan:
    """What one finding of ``event`` asks for."""
    config = rules.config
    site, known, routed = _routed(replace(event, event_type=event_type), config)
    policy = _policy(routed, config)
    pilot = pilot_channel(routed.rule, site, event.record.source, config)
    traits = rules.traits[event_type]
    execution = policy.execution or traits.execution
    care = care_of(policy, traits.resolutions) if policy.care or traits.is_exception else None
    asked = owned(policy) if care else [stage for stage in policy.stages if _is_asked(stage, known)]
    return Plan(
        policy=policy.name,
        rule=routed.rule.name,
        site=site.name if site else None,
        execution=execution,
        on_reject=policy.on_reject,
        approve_does=traits.approve_does[execution],
        reject_does=traits.reject_does[policy.on_reject],
        stages=tuple(_stage(stage, event, site, config, pilot=pilot) for stage in asked or policy.stages),
        approve_reason=policy.approve_reason,
        reject_reason=policy.reject_reason,
        self_approval=policy.self_approval,
        missing=_missing(routed.missing, asked, known, policy.photo),
        distinct_people=policy.distinct_people,
        unknown_maker=policy.unknown_maker,
        expires=policy.expires,
        manner=policy.manner,
        calendar=calendar_of(site, config),
        escalation=policy.escalation or "",
        pause=pause_of(policy) if care else policy.pause,
        reassign=policy.reassign,
        steps=steps_of(policy, config),
        deadline_buffer=policy.deadline_buffer,
        photo=_owes_photo(policy.photo, event.value),
        observe=pilot,
        care=care,
        choices=policy.choices,
        default_choice=policy.default_choice,
    )


def pilot_channel(rule: Rule, site: Site | None, source: str, config: Config) -> str:
    """Where a case is only shown: its rule, site or source is observed; empty where people are asked."""
    known = config.sources.get(source)
    modes = {rule.mode, site.mode if site else Mode.LIVE, known.mode if known else Mode.LIVE}
    return config.pilot_channel if Mode.OBSERVE in modes else ""


def policy_of(event: Event, config: Config) -> Policy:
    """The policy under which the leading finding falls."""
    return _policy(_routed(event, config)[2], config)


def _routed(event: Event, config: Config) -> tuple[Site | None, Routable, Routed]:
    site = resolve_site(config, warehouse=event.warehouse, company=event.company)
    known = routable(event, site)
    own = config.asked_by_us(event.event_type) if event.record.is_ours else None
    if own is not None:
        return site, known, Routed(Rule(f"pattern {event.event_type}", own, 0), own, ())
    return site, known, match(config, known)


def _policy(routed: Routed, config: Config) -> Policy:
    """A finding that a rule ignores by itself is judged by the last rule where it has to be judged with others."""
    return config.policies[routed.policy or config.rules[-1].policy]


def _is_asked(stage: Stage, event: Routable) -> bool:
    """Whether the stage's conditions hold or cannot be judged.

    Where not one stage of a policy is asked (a value right on the border of two), all of them are.
    """
    value = event.value
    over = stage.over is None or not _comparable(value, stage.over) or value.exceeds(stage.over)
    under = stage.under is None or not _comparable(value, stage.under) or value.is_under(stage.under)
    return over and under and (stage.when is None or judge(stage.when, event) is not False)


def _comparable(value: Money | None, border: Money) -> TypeGuard[Money]:
    """Whether it can be told on which side of ``border`` the value is."""
    return value is not None and value.compares_with(border)


def _owes_photo(rule: PhotoRule | None, value: Money | None) -> bool:
    """Whether an approval owes a photo: where it cannot be judged, it does."""
    if rule is None or rule.over is None:
        return rule is not None
    return not _comparable(value, rule.over) or value.exceeds(rule.over)


def _borders(asked: Iterable[Stage], photo: PhotoRule | None) -> tuple[Money, ...]:
    """The amounts that the value was held against."""
    borders = [border for stage in asked for border in (stage.over, stage.under)]
    return tuple(one for one in (*borders, photo.over if photo else None) if one is not None)


def _missing(
    before: tuple[str, ...], asked: Sequence[Stage], event: Routable, photo: PhotoRule | None
) -> tuple[str, ...]:
    """The figures that nobody could tell, with those that were taken as the safe side has it."""
    borders = _borders(asked, photo)
    uncompared = [f"value in {border.currency}" for border in borders if not _comparable(event.value, border)]
    judged = [judge(stage.when, event) for stage in asked if stage.when is not None]
    unjudged = [one.missing or "the condition of a stage" for one in judged if isinstance(one, Unjudged)]
    return tuple(dict.fromkeys((*before, *uncompared, *unjudged)))


def _stage(stage: Stage, event: Event, site: Site | None, config: Config, *, pilot: str) -> PlanStage:
    asked = (channel_for(config, role, site=site, company=event.company) for role in stage.roles)
    channels = (pilot,) if pilot else tuple(dict.fromkeys(asked))
    count = len(stage.roles) if stage.every else stage.count
    return PlanStage(stage.roles, count, channels, stage.every, sla_of(stage, routable(event, site)))
