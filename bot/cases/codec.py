"""Events and plans as JSON, for storing. Core: values in, text out, and back."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.audit.chain import canonical, digest
from bot.cases.model import Change, Event, Finding, Maker, Plan, PlanStage, RecordRef, Seen, Severity
from bot.config.model import Execution, OnReject, ReasonRule
from bot.money import Money


def event_to_text(event: Event, changed: tuple[Change, ...]) -> str:
    """One revision: the event and what changed against the one before. Short keys: there is one row a revision."""
    body = {
        "t": event.title,
        "ty": event.event_type,
        "f": [[one.event_type, one.text] for one in event.findings],
        "co": event.company,
        "wh": event.warehouse,
        "v": [str(event.value.amount), event.value.currency] if event.value else None,
        "m": [[one.login, one.email, one.name] for one in event.makers],
        "s": [[one.field, one.label, one.value, one.shown] for one in event.seen],
        "x": [list(pair) for pair in event.context],
        "l": event.link,
        "p": event.partner,
        "ca": event.category,
        "se": event.severity.value,
        "ch": [[one.label, one.before, one.after] for one in changed],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def event_from_text(record: RecordRef, text: str) -> tuple[Event, tuple[Change, ...]]:
    """The inverse of ``event_to_text``."""
    body: dict[str, Any] = json.loads(text)
    event = Event(
        record=record,
        event_type=body["ty"],
        findings=tuple(Finding(*one) for one in body["f"]),
        title=body["t"],
        company=body["co"],
        warehouse=body["wh"],
        value=Money(Decimal(body["v"][0]), body["v"][1]) if body["v"] else None,
        makers=tuple(Maker(*one) for one in body["m"]),
        seen=tuple(Seen(*one) for one in body["s"]),
        context=tuple((label, text) for label, text in body["x"]),
        link=body["l"],
        partner=body["p"],
        category=body.get("ca"),
        severity=Severity(body.get("se", Severity.NORMAL)),
    )
    return event, tuple(Change(*one) for one in body["ch"])


def plan_to_text(plan: Plan) -> str:
    """Canonical JSON: equal plans are equal text, so that one row serves thousands of cases."""
    body: dict[str, Any] = {
        "policy": plan.policy,
        "rule": plan.rule,
        "site": plan.site,
        "execution": plan.execution.value,
        "on_reject": plan.on_reject.value,
        "approve_does": plan.approve_does,
        "reject_does": plan.reject_does,
        "stages": [[list(one.roles), one.count, list(one.channels)] for one in plan.stages],
        "approve_reason": plan.approve_reason.value,
        "reject_reason": plan.reject_reason.value,
        "self_approval": plan.self_approval,
        "missing": list(plan.missing),
    }
    # What a plan does not have is left out: the text of older plans, and with it their name, stays what it was.
    if plan.expires is not None:
        body["expires"] = int(plan.expires.total_seconds())
    return canonical(body)


def plan_hash(text: str) -> str:
    """The name of a stored plan."""
    return digest(text)


def plan_from_text(text: str) -> Plan:
    """The inverse of ``plan_to_text``."""
    body: dict[str, Any] = json.loads(text)
    return Plan(
        policy=body["policy"],
        rule=body["rule"],
        site=body["site"],
        execution=Execution(body["execution"]),
        on_reject=OnReject(body["on_reject"]),
        approve_does=body["approve_does"],
        reject_does=body["reject_does"],
        stages=tuple(PlanStage(tuple(roles), count, tuple(channels)) for roles, count, channels in body["stages"]),
        approve_reason=ReasonRule(body["approve_reason"]),
        reject_reason=ReasonRule(body["reject_reason"]),
        self_approval=body["self_approval"],
        missing=tuple(body["missing"]),
        expires=timedelta(seconds=body["expires"]) if "expires" in body else None,
    )
