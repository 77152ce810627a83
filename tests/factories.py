"""Values of the core with dull defaults: a test names only what it is about.

One world for all of them: a purchase order over 12,500 USD that ``mia@example.com`` asked for, decided by one of
three people in ``finance``. The defaults agree with each other: ``a_case()`` is what opening ``an_event()`` under
``rules()`` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cases.commands import Decide
from bot.cases.model import (
    Case,
    Decision,
    Event,
    Finding,
    Kind,
    Maker,
    Person,
    Plan,
    PlanStage,
    RecordRef,
    Revision,
    Seen,
    Status,
    Verdict,
    WriteBackState,
)
from bot.cases.planning import Rules
from bot.cases.traits import Traits
from bot.config.model import (
    Config,
    Execution,
    OnReject,
    Policy,
    ReasonRule,
    Role,
    Rule,
    Secret,
    Site,
    Source,
    Stage,
)
from bot.money import Money

#: A Monday morning; nothing in the core reads another clock.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PURCHASE, COUNT, SALE = "purchase.approval", "inventory.count_variance", "sale.value"

#: A type that nobody decides about.
LATE = "receiving.delay"


def _traits(execution: Execution, *, acts_on_reject: bool, has_chatter: bool) -> Traits:
    return Traits(
        execution=execution,
        approve_does={Execution.CARRY_OUT: "the order is approved in Odoo", Execution.RELEASE: "it is released"},
        reject_does={OnReject.NOTE: "the order is cancelled in Odoo", OnReject.CANCEL: "it is cancelled"},
        acts_on_reject=acts_on_reject,
        has_chatter=has_chatter,
        has_activities=has_chatter,
    )


#: What the core has to know of each event type, as the catalog has it.
TRAITS: Mapping[str, Traits] = {
    PURCHASE: _traits(Execution.CARRY_OUT, acts_on_reject=True, has_chatter=True),
    COUNT: _traits(Execution.CARRY_OUT, acts_on_reject=True, has_chatter=False),
    SALE: _traits(Execution.RELEASE, acts_on_reject=False, has_chatter=True),
    LATE: replace(
        _traits(Execution.RELEASE, acts_on_reject=False, has_chatter=True),
        is_exception=True,
        resolutions=("new date agreed", "cancelled"),
    ),
}

#: The people of ``finance``; ``mia`` asked for the order and is no member.
FINANCE = ("ann@example.com", "bob@example.com", "cyd@example.com")


def minutes(number: float) -> datetime:
    """``number`` minutes after ``NOW``."""
    return NOW + timedelta(minutes=number)


def usd(amount: str) -> Money:
    """An amount of dollars."""
    return Money.parse(f"{amount} USD")


def a_record(number: int = 7, *, source: str = "main", model: str = "purchase.order") -> RecordRef:
    """A record in Odoo."""
    return RecordRef(source, model, number)


def a_person(email: str = FINANCE[0], **changes: Any) -> Person:
    """Somebody in Slack; the key and the name follow from the address."""
    name = email.split("@", maxsplit=1)[0]
    return replace(Person(key=f"slack:T1:U{name.upper()}", email=email, name=name.title()), **changes)


def a_maker(email: str = "mia@example.com", *, login: str = "") -> Maker:
    """Somebody who asked for the record."""
    return Maker(login=login or email, email=email, name=email.split("@", maxsplit=1)[0].title())


def seen(**figures: str) -> tuple[Seen, ...]:
    """Watched fields: ``seen(amount_total="100.00")``. What is compared is what is shown."""
    return tuple(Seen(name, name.replace("_", " ").capitalize(), value, value) for name, value in figures.items())


def an_event(**changes: Any) -> Event:
    """A purchase order that waits for approval. Change any field of ``Event`` by its name."""
    changes.setdefault("findings", (Finding(changes.get("event_type", PURCHASE), "above the approval limit"),))
    dull = Event(
        record=a_record(),
        event_type=PURCHASE,
        findings=(Finding(PURCHASE, "above the approval limit"),),
        title="P00007",
        company="Acme",
        warehouse="CHI",
        value=usd("12500.00"),
        makers=(a_maker(),),
        seen=seen(partner_id="Globex", amount_total="12500.00"),
        context=(("Buyer", "Mia"),),
        link="https://erp.example.com/web#id=7&model=purchase.order",
        partner="Globex",
    )
    return replace(dull, **changes)


def a_stage(*roles: str, count: int = 1, channels: tuple[str, ...] = ()) -> PlanStage:
    """A stage of a plan; each role is asked in the channel of its own name."""
    asked = roles or ("finance",)
    return PlanStage(asked, count, channels or tuple(f"#{role}" for role in asked))


def a_plan(*stages: PlanStage, **changes: Any) -> Plan:
    """One of finance decides."""
    dull = Plan(
        policy="one_approver",
        rule="everything",
        site=None,
        execution=Execution.CARRY_OUT,
        on_reject=OnReject.NOTE,
        approve_does="the order is approved in Odoo",
        reject_does="the order is cancelled in Odoo",
        stages=stages or (a_stage(),),
        approve_reason=ReasonRule.OPTIONAL,
        reject_reason=ReasonRule.REQUIRED,
        self_approval=False,
    )
    return replace(dull, **changes)


def a_decision(email: str = FINANCE[0], **changes: Any) -> Decision:
    """``email`` approved revision 1 in the first stage."""
    person = a_person(email)
    dull = Decision(
        revision=1,
        stage=0,
        person=person.key,
        email=person.email,
        name=person.name,
        as_role="finance",
        verdict=Verdict.APPROVE,
        reason="",
        at=NOW,
    )
    return replace(dull, **changes)


def a_case(**changes: Any) -> Case:
    """A pending approval, stored as number 1. ``event`` and ``number`` go into its revision."""
    event = changes.pop("event", None) or an_event()
    revision = Revision(changes.pop("number", 1), event, NOW)
    plan = changes.pop("plan", None) or a_plan()
    dull = Case(
        id=1,
        kind=Kind.APPROVAL,
        status=Status.PENDING,
        write_back=WriteBackState.NONE,
        revision=revision,
        plan=plan,
        opened_at=NOW,
        channels=plan.stages[0].channels,
    )
    return replace(dull, **changes)


def an_approved_case(write_back: WriteBackState = WriteBackState.QUEUED, **changes: Any) -> Case:
    """The same case after Ann approved it."""
    decided = {"status": Status.APPROVED, "decisions": (a_decision(),), "decided_at": NOW}
    return a_case(**{**decided, "write_back": write_back, **changes})


def a_decide(email: str = FINANCE[0], verdict: Verdict = Verdict.APPROVE, **changes: Any) -> Decide:
    """``email`` answers on case 1, revision 1; a rejection has its reason."""
    reason = "" if verdict is Verdict.APPROVE else "too dear"
    dull = Decide(case_id=1, revision=1, person=a_person(email), verdict=verdict, reason=reason)
    return replace(dull, **changes)


def a_role(name: str = "finance", members: Iterable[str] = FINANCE, channel: str = "") -> Role:
    """A role, asked in the channel of its own name."""
    return Role(name, channel or f"#{name}", frozenset(members))


def a_policy(*stages: Stage, **changes: Any) -> Policy:
    """One of finance decides."""
    return replace(Policy("one_approver", stages or (Stage(("finance",)),)), **changes)


def a_rule(name: str = "everything", policy: str = "one_approver", **changes: Any) -> Rule:
    """A routing line without a condition."""
    return replace(Rule(name, policy, line=1), **changes)


def a_source(**changes: Any) -> Source:
    """One Odoo database, named ``main``."""
    dull = Source(
        name="main",
        url="https://erp.example.com",
        database="prod",
        login="bot@example.com",
        api_key=Secret("key-0123456789"),
        webhook_tokens=(Secret("token-0123456789abcdef"),),
        events=(PURCHASE, COUNT, SALE),
    )
    return replace(dull, **changes)


def a_config(
    *,
    roles: Iterable[Role] = (),
    policies: Iterable[Policy] = (),
    sites: Iterable[Site] = (),
    rules: Iterable[Rule] = (),
    **changes: Any,
) -> Config:
    """One role, one policy, one rule; each may be replaced by others."""
    dull = Config(
        digest="c" * 64,
        path="signoff.yaml",
        sources={"main": a_source()},
        roles={role.name: role for role in (tuple(roles) or (a_role(),))},
        sites={site.name: site for site in sites},
        policies={policy.name: policy for policy in (tuple(policies) or (a_policy(),))},
        rules=tuple(rules) or (a_rule(),),
        materiality={},
    )
    return replace(dull, **changes)


def rules(config: Config | None = None, **changes: Any) -> Rules:
    """What a transition may look at: ``rules(materiality={PURCHASE: usd("100")})`` changes the config."""
    return Rules(config or a_config(**changes), TRAITS)
