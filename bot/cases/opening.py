"""A new case: its plan, its first card, its first audit entry. Core."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.eligible import never_silent, nobody_left
from bot.audit.chain import Entry
from bot.cases.amending import all_makers
from bot.cases.answers import Transition, post_cards
from bot.cases.model import Case, Event, Kind, Plan, Revision, Status, WriteBackState, changes
from bot.cases.planning import Rules, plan_for


def open_case(
    event: Event, rules: Rules, now: datetime, *, after: Case | None = None, plan: Plan | None = None
) -> Transition:
    """A new case; as a successor it goes on counting the record's revisions, and its makers stay makers.

    ``plan``: where it is not what the rules say of the event.
    """
    if after is not None:
        event = replace(event, makers=all_makers(after.event, event))
    plan = plan or plan_for(event, rules)
    number = after.revision.number + 1 if after else 1
    changed = changes(after.event.seen, event.seen) if after else ()
    opened = Case(
        id=0,
        kind=Kind.APPROVAL,
        status=Status.PENDING,
        write_back=WriteBackState.NONE,
        revision=Revision(number, event, now, changed),
        plan=plan,
        opened_at=now,
        channels=plan.stages[0].channels,
        predecessor=after.id if after else None,
    )
    case = never_silent(opened, rules, now)
    case = replace(case, channels=case.plan.stages[0].channels)
    return Transition(case, (seen_entry(case, "case.opened", now, rules),), post_cards(case, case.channels))


def seen_entry(case: Case, action: str, now: datetime, rules: Rules) -> Entry:
    """What the audit trail keeps of figures that were shown."""
    event = case.event
    return Entry(
        action=action,
        actor="signoff",
        at=now,
        case_id=case.id,
        origin="odoo",
        revision=case.revision.number,
        fingerprint=event.fingerprint,
        config=rules.config.digest,
        detail={
            "record": event.title,
            "event_type": event.event_type,
            "ref": str(event.record),
            "value": str(event.value or "unknown"),
            "rule": case.plan.rule,
            "policy": case.plan.policy,
            "seen": {item.label: item.shown for item in event.seen},
            "stages": [list(stage.roles) for stage in case.plan.stages],
            **nobody_left(case),
            "makers": [maker.login for maker in event.makers],
            "changed": [[item.label, item.before, item.after] for item in case.revision.changed],
        },
    )
