"""From an event and the config to a plan: which rule, which policy, which roles, which channels.

Core. The plan is frozen into the case, so that editing the file never changes a running one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.cases.model import Event, Plan, PlanStage
from bot.config.match import below_materiality, channel_for, match, resolve_site
from bot.config.model import Config, Execution, OnReject, Site, Stage
from bot.money import Money


@dataclass(frozen=True, slots=True)
class Traits:
    """What the core must know of an event type; the catalog has the rest."""

    execution: Execution  #: what an approval does unless the policy says otherwise
    approve_does: Mapping[Execution, str]  #: in words for people: "the order is approved in Odoo"
    reject_does: Mapping[OnReject, str]
    acts_on_reject: bool  #: a rejection changes the record whatever the policy says
    has_chatter: bool  #: notes can be posted on the record


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a transition may look at besides the case and the command."""

    config: Config
    traits: Mapping[str, Traits]


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
        "company": event.company,
        "warehouse": event.warehouse,
        "partner": event.partner,
        "category": event.category,
        "severity": event.severity,
        "currency": event.value.currency if event.value else None,
    }
    lists = {
        "findings": tuple(one.event_type for one in event.findings),
        "makers": tuple(maker.email or maker.login for maker in event.makers),
    }
    return Routable(known, event.value, lists)


def material_part(event: Event, config: Config) -> Event | None:
    """The event without the findings that are below their materiality; None where no finding is left.

    What cannot be told is material. Where the leading finding is not, the first one that is leads.
    """
    if not event.findings:
        return None if _immaterial(event, config) else event
    left = tuple(one for one in event.findings if not _immaterial(replace(event, event_type=one.event_type), config))
    if not left:
        return None
    return replace(event, event_type=left[0].event_type, findings=left)


def _immaterial(event: Event, config: Config) -> bool:
    return below_materiality(config, routable(event, None))


def plan_for(event: Event, rules: Rules) -> Plan:
    """The plan of a new case or revision. The config's last rule matches everything, so there always is one."""
    config = rules.config
    site = resolve_site(config, warehouse=event.warehouse, company=event.company)
    routed = match(config, routable(event, site))
    policy = config.policies[routed.policy]
    traits = rules.traits[event.event_type]
    execution = policy.execution or traits.execution
    return Plan(
        policy=policy.name,
        rule=routed.rule.name,
        site=site.name if site else None,
        execution=execution,
        on_reject=policy.on_reject,
        approve_does=traits.approve_does[execution],
        reject_does=traits.reject_does[policy.on_reject],
        stages=tuple(_stage(stage, event, site, config) for stage in policy.stages),
        approve_reason=policy.approve_reason,
        reject_reason=policy.reject_reason,
        self_approval=policy.self_approval,
        missing=routed.missing,
        expires=policy.expires,
        manner=policy.manner,
    )


def _stage(stage: Stage, event: Event, site: Site | None, config: Config) -> PlanStage:
    asked = (channel_for(config, role, site=site, company=event.company) for role in stage.roles)
    return PlanStage(stage.roles, stage.count, tuple(dict.fromkeys(asked)))


def joined(before: Plan, now: Plan) -> Plan:
    """``before`` with the stages that ``now`` asks for besides: inside a revision stages are gained, never lost.

    New ones come last, because answers know their stage by its number.
    """
    gained = tuple(stage for stage in now.stages if stage not in before.stages)
    return replace(before, stages=before.stages + gained)
