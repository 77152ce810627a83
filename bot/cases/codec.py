"""Events and plans as JSON, for storing. Core: values in, text out, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.approvals.standins import Delegation
from bot.audit.chain import canonical, digest
from bot.cases.amounts import money_from_plain, money_to_plain
from bot.cases.lines import AsInOdoo, lines_from_plain, lines_to_plain
from bot.cases.manner_codec import manner_from_plain, manner_to_plain
from bot.cases.model import (
    Change,
    Choice,
    Event,
    Figures,
    Finding,
    Maker,
    Plan,
    PlanStage,
    RecordRef,
    Revision,
    Seen,
    Severity,
)
from bot.cases.subjects import subjects_from_plain, subjects_to_plain
from bot.config.model import (
    Execution,
    OnReject,
    PauseRule,
    ReasonRule,
    ReassignRule,
    UnknownMaker,
)
from bot.escalation.codec import (
    calendar_from_plain,
    calendar_to_plain,
    span_from_plain,
    span_to_plain,
    step_from_plain,
    step_to_plain,
)
from bot.exceptions.codec import care_rule_from_plain, care_rule_to_plain


def revision_to_text(revision: Revision) -> str:
    """One revision without its number and instant. Short keys: there is one row a revision."""
    event, opening = revision.event, revision.opened_with
    body: dict[str, Any] = {
        "t": event.title,
        "ty": event.event_type,
        "f": [[one.event_type, one.text] for one in event.findings],
        "co": event.company,
        "wh": event.warehouse,
        "v": money_to_plain(event.value),
        "m": [[one.login, one.email, one.name] for one in event.makers],
        "s": _seen(event.seen),
        "x": [list(pair) for pair in event.context],
        "l": event.link,
        "p": event.partner,
        **({} if event.customer_class is None else {"cc": list(event.customer_class)}),
        **({"d": [event.deadline.isoformat(), event.deadline_what]} if event.deadline else {}),
        "ca": event.category,
        **subjects_to_plain(event),
        "se": event.severity.value,
        "ch": [[one.label, one.before, one.after] for one in revision.changed],
    }
    if opening is not None:
        body["o"] = _figures(opening)
    if event.lines is not None:
        body["li"] = lines_to_plain(event.lines)
    if event.choices:
        body["cs"] = [[one.code, one.label, one.does] for one in event.choices]
    if (stands := revision.in_odoo) is not None:
        body["in"] = {**_figures(stands.figures), "li": lines_to_plain(stands.lines)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def revision_from_text(record: RecordRef, number: int, at: datetime, text: str) -> Revision:
    """The inverse of ``revision_to_text``."""
    body: dict[str, Any] = json.loads(text)
    event = Event(
        record=record,
        event_type=body["ty"],
        findings=tuple(Finding(*one) for one in body["f"]),
        title=body["t"],
        company=body["co"],
        warehouse=body["wh"],
        value=money_from_plain(body["v"]),
        makers=tuple(Maker(*one) for one in body["m"]),
        seen=tuple(Seen(*one) for one in body["s"]),
        context=tuple((label, text) for label, text in body["x"]),
        link=body["l"],
        partner=body["p"],
        customer_class=tuple(body["cc"]) if "cc" in body else None,
        deadline=datetime.fromisoformat(body["d"][0]) if "d" in body else None,
        deadline_what=body["d"][1] if "d" in body else "",
        category=body.get("ca"),
        **subjects_from_plain(body),
        severity=Severity(body.get("se", Severity.NORMAL)),
        lines=lines_from_plain(body["li"]) if "li" in body else None,
        choices=tuple(Choice(*one) for one in body.get("cs", ())),
    )
    stands = body.get("in")
    return Revision(
        number=number,
        event=event,
        at=at,
        changed=tuple(Change(*one) for one in body["ch"]),
        opened_with=_figures_from(body["o"]) if "o" in body else None,
        in_odoo=AsInOdoo(_figures_from(stands), lines_from_plain(stands["li"])) if stands else None,
    )


def _figures(figures: Figures) -> dict[str, Any]:
    return {"v": money_to_plain(figures.value), "s": _seen(figures.seen)}


def _figures_from(body: Mapping[str, Any]) -> Figures:
    return Figures(money_from_plain(body["v"]), tuple(Seen(*one) for one in body["s"]))


def _seen(seen: tuple[Seen, ...]) -> list[list[str]]:
    return [[one.field, one.label, one.value, one.shown, *([] if one.firm is None else [one.firm])] for one in seen]


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
        "stages": [[list(one.roles), one.count, list(one.channels), one.every, one.last_resort] for one in plan.stages],
        "approve_reason": plan.approve_reason.value,
        "reject_reason": plan.reject_reason.value,
        "self_approval": plan.self_approval,
        "missing": list(plan.missing),
        "distinct_people": plan.distinct_people,
        "unknown_maker": plan.unknown_maker.value,
    }
    # What a plan does not have is left out: the text of older plans, and with it their name, stays what it was.
    if plan.expires is not None:
        body["expires"] = int(plan.expires.total_seconds())
    if plan.photo:
        body["photo"] = True
    if plan.observe:
        body["observe"] = plan.observe
    if plan.care is not None:
        body["care"] = care_rule_to_plain(plan.care)
    if plan.choices or plan.default_choice:
        body["choices"] = [list(plan.choices), plan.default_choice]
    return canonical({**body, **_times(plan), **manner_to_plain(plan.manner)})


def _times(plan: Plan) -> dict[str, Any]:
    """Without what is not set, like ``manner_to_plain``."""
    body: dict[str, Any] = {}
    if plan.calendar is not None:
        body["calendar"] = calendar_to_plain(plan.calendar)
    if plan.steps:
        body["escalation"] = [plan.escalation, [step_to_plain(step) for step in plan.steps]]
    if plan.pause is not None:
        body["pause"] = [list(plan.pause.roles), int(plan.pause.longest.total_seconds())]
    if plan.reassign is not None:
        body["reassign"] = [list(plan.reassign.by), list(plan.reassign.to), plan.reassign.most]
    if plan.deadline_buffer:
        body["buffer"] = int(plan.deadline_buffer.total_seconds())
    if any(stage.first_roles for stage in plan.stages):
        body["first"] = [list(stage.first_roles) for stage in plan.stages]
    if any(stage.sla is not None for stage in plan.stages):
        body["slas"] = [span_to_plain(stage.sla) if stage.sla else None for stage in plan.stages]
    return body


def plan_hash(text: str) -> str:
    """The name of a stored plan."""
    return digest(text)


def _reassign_from(by: list[str], to: list[str], most: int) -> ReassignRule:
    return ReassignRule(tuple(by), tuple(to), most)


def _pause_from(roles: list[str], longest: int) -> PauseRule:
    return PauseRule(tuple(roles), timedelta(seconds=longest))


def plan_from_text(text: str) -> Plan:
    """The inverse of ``plan_to_text``."""
    body: dict[str, Any] = json.loads(text)
    slas = body.get("slas") or [None] * len(body["stages"])
    first = body.get("first") or [()] * len(body["stages"])
    choices, default_choice = body.get("choices", ((), ""))
    return Plan(
        policy=body["policy"],
        rule=body["rule"],
        site=body["site"],
        execution=Execution(body["execution"]),
        on_reject=OnReject(body["on_reject"]),
        approve_does=body["approve_does"],
        reject_does=body["reject_does"],
        stages=tuple(
            replace(_stage(*one), sla=span_from_plain(sla) if sla else None, first_roles=tuple(roles))
            for one, sla, roles in zip(body["stages"], slas, first, strict=True)
        ),
        approve_reason=ReasonRule(body["approve_reason"]),
        reject_reason=ReasonRule(body["reject_reason"]),
        self_approval=body["self_approval"],
        missing=tuple(body["missing"]),
        distinct_people=body.get("distinct_people", True),
        unknown_maker=UnknownMaker(body.get("unknown_maker", UnknownMaker.SECOND_PERSON)),
        expires=timedelta(seconds=body["expires"]) if "expires" in body else None,
        manner=manner_from_plain(body.get("manner", {})),
        calendar=calendar_from_plain(body["calendar"]) if "calendar" in body else None,
        escalation=body["escalation"][0] if "escalation" in body else "",
        steps=tuple(step_from_plain(step) for step in body["escalation"][1]) if "escalation" in body else (),
        deadline_buffer=timedelta(seconds=body.get("buffer", 0)),
        reassign=_reassign_from(*body["reassign"]) if "reassign" in body else None,
        pause=_pause_from(*body["pause"]) if "pause" in body else None,
        photo=body.get("photo", False),
        observe=body.get("observe", ""),
        care=care_rule_from_plain(body["care"]) if "care" in body else None,
        choices=tuple(choices),
        default_choice=default_choice,
    )


def _stage(
    roles: list[str], count: int, channels: list[str], every: bool = False, last_resort: str | None = None
) -> PlanStage:
    """A stage as it was stored; the earliest plans know neither of the last two."""
    return PlanStage(tuple(roles), count, tuple(channels), every, last_resort=last_resort)


def forwards_to_text(forwards: tuple[Delegation, ...]) -> str:
    """The stand-ins of one case; empty for none."""
    told = [_forward(one) for one in forwards]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""


def forwards_from_text(text: str) -> tuple[Delegation, ...]:
    """The inverse of ``forwards_to_text``."""
    told: list[list[str]] = json.loads(text) if text else []
    return tuple(_forward_from(*one) for one in told)


def _forward(one: Delegation) -> list[str]:
    ended = [one.ends_at.isoformat()] if one.ends_at else []
    return [one.giver, one.giver_name, one.taker, one.taker_name, one.starts_at.isoformat(), *ended]


def _forward_from(giver: str, giver_name: str, taker: str, taker_name: str, since: str, ended: str = "") -> Delegation:
    ends_at = datetime.fromisoformat(ended) if ended else None
    return Delegation(0, giver, giver_name, taker, taker_name, datetime.fromisoformat(since), ends_at)
