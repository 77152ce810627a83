"""The cases that cards are drawn of in the tests: one for each state people can meet, and text at its most hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from bot.cases.changing import with_changes
from bot.cases.chase import Chase, Segment
from bot.cases.lines import Line, LineChange, Lines
from bot.cases.model import Case, Change, Event, Finding, Intended, Seen, Status, Verdict, WriteBackState
from bot.cases.remark import Remark, RemarkKind
from bot.config.model import Act, Changeable, Execution, Manner, OnReject, ReasonRule, Span, Step
from bot.escalation.stopwatch import after_step
from bot.money import Money
from tests.factories import (
    COUNT,
    NOW,
    a_case,
    a_decision,
    a_maker,
    a_plan,
    a_stage,
    an_approved_case,
    an_event,
    minutes,
    usd,
)

FINANCE = "#finance"

_CHANGED = (Change("Total", "12,500.00 USD", "14,900.00 USD"), Change("Lines", "4 × Desk", "4 × Desk; 2 × Lamp"))


def _revised(case: Case, number: int = 2) -> Case:
    return replace(case, revision=replace(case.revision, number=number, changed=_CHANGED, at=minutes(5)))


def _two_stages() -> Case:
    plan = a_plan(a_stage("finance"), a_stage("executive", "owner", count=2))
    return a_case(plan=plan, decisions=(a_decision(reason="Budget is there"),), channels=("#finance", "#executive"))


def _count() -> Case:
    event = an_event(
        event_type=COUNT,
        findings=(Finding(COUNT, "differs from the stock on hand"),),
        title="Count of Olive oil at WH/Stock/Shelf 4",
        value=None,
        partner=None,
        seen=(Seen("quantity", "On hand", "40", "40 Units"), Seen("inventory_quantity", "Counted", "31", "31 Units")),
        context=(("Difference", "-9 Units"),),
    )
    return a_case(event=event, plan=a_plan(missing=("value",), site="chi"))


def _rejected() -> Case:
    given = a_decision(verdict=Verdict.REJECT, reason="Too dear; ask Globex for another offer", at=minutes(3))
    return a_case(
        status=Status.REJECTED, write_back=WriteBackState.QUEUED, decisions=(given,), decided_at=minutes(3), version=1
    )


def _uncertain(**changes: object) -> Case:
    return an_approved_case(WriteBackState.UNCERTAIN, version=3, **changes)


_STEPS = (
    Step(Decimal("0.5"), Act.REMIND, "assignees"),
    Step(Decimal(1), Act.DM, "assignees"),
    Step(Span(timedelta(minutes=30)), Act.REASSIGN, "operations_manager", repeat=2),
)


def _chased() -> Case:
    """Reminded an hour ago, due in an hour, then handed over."""
    plan = a_plan(a_stage(), steps=_STEPS, escalation="standard")
    plan = replace(plan, stages=(replace(plan.stages[0], sla=Span(timedelta(hours=2))),))
    case = a_case(plan=plan, chase=Chase((Segment(0, 0, NOW),)), version=1)
    return after_step(case, NOW + timedelta(hours=1))


def _for_the_truck() -> Case:
    chased = _chased()
    leaves = replace(chased.event, deadline=NOW + timedelta(minutes=90), deadline_what="The truck leaves")
    plan = replace(chased.plan, deadline_buffer=timedelta(minutes=20))
    return replace(chased, plan=plan, revision=replace(chased.revision, event=leaves))


def _changed() -> Case:
    """Ann made the first line smaller, and a second person is asked about what is left."""
    desk = Line(1, "Desk", 11, Decimal(10), Decimal(1250), Decimal(12500))
    event = replace(an_event(), lines=Lines("order_line", "amount_total", usd("12500.00"), (desk,)))
    plan = a_plan(a_stage(count=2), manner=Manner(changes=(Changeable.QUANTITY, Changeable.PRICE)))
    less = LineChange(1, Changeable.QUANTITY, "Desk", Decimal(10), Decimal(8))
    given = a_decision(changes=(less,), reason="Two can wait")
    return with_changes(a_case(event=event, plan=plan, decisions=(given,), version=1), (less,))


_RELEASE = a_plan(execution=Execution.RELEASE, on_reject=OnReject.CANCEL, approve_reason=ReasonRule.REQUIRED)

_QUESTION = Remark(
    RemarkKind.QUESTION, "slack:T1:UANN", "ann@example.com", "Ann", "finance", "Why so many?", minutes(1)
)
_ANSWER = Remark(RemarkKind.ANSWER, "slack:T1:UMIA", "mia@example.com", "Mia", "", "They were on sale.", minutes(4))

_GRACE = Manner(grace=timedelta(minutes=1))

#: Every state of a case, by the name of its golden file.
CASES: Mapping[str, Case] = {
    "pending": a_case(),
    "pending_release": a_case(plan=_RELEASE),
    "pending_count": _count(),
    "pending_second_stage": _two_stages(),
    "pending_revised": _revised(a_case(decisions=(a_decision(),), version=2)),
    "pending_after_conflict": _revised(a_case(id=2, predecessor=1)),
    "pending_asked": a_case(remarks=(_QUESTION,), version=1),
    "pending_answered": a_case(remarks=(_QUESTION, _ANSWER), version=2),
    "pending_held": a_case(
        intended=Intended(a_decision(reason="Budget is there"), minutes(1)), plan=a_plan(manner=_GRACE), version=1
    ),
    "pending_changed": _changed(),
    "approved_queued": an_approved_case(version=1),
    "approved_delayed": an_approved_case(problem="Odoo cannot be reached.", version=2),
    "approved_confirmed": an_approved_case(
        WriteBackState.CONFIRMED, ending="approved in Odoo", closed_at=minutes(2), version=3
    ),
    "rejected_queued": _rejected(),
    "pending_until": a_case(plan=a_plan(expires=timedelta(days=3))),
    "pending_chased": _chased(),
    "pending_for_the_truck": _for_the_truck(),
    "expired": a_case(
        plan=a_plan(expires=timedelta(days=3)),
        status=Status.EXPIRED,
        ending="nobody decided it within 3d",
        closed_at=NOW + timedelta(days=3),
        covers=True,
        version=1,
    ),
    "withdrawn": a_case(
        status=Status.WITHDRAWN, ending="cancelled in Odoo by Marc Demo", closed_at=minutes(9), version=1
    ),
    "superseded": an_approved_case(
        WriteBackState.CONFLICT,
        status=Status.SUPERSEDED,
        ending="the record changed in Odoo before it was written",
        successor=2,
        closed_at=minutes(2),
        version=3,
    ),
    "uncertain_settling": _uncertain(settle_until=minutes(6)),
    "uncertain_asked": _uncertain(problem="The record did not change within the settling time."),
    "failed": an_approved_case(
        WriteBackState.FAILED, problem="Odoo says: You cannot approve an order of a locked period.", version=3
    ),
    "by_hand": an_approved_case(
        WriteBackState.BY_HAND, ending="done in Odoo by hand, says Bob: done there", closed_at=minutes(30), version=4
    ),
    "given_up": an_approved_case(
        WriteBackState.GIVEN_UP, ending="not carried out, says Bob: ordered elsewhere", closed_at=minutes(30), version=4
    ),
}

#: What people and Odoo may write to do mischief, or by accident.
MISCHIEF = (
    "<!channel>",
    "<!here|hi>",
    "<@U0000001>",
    "<#C0000001>",
    "<!subteam^S1>",
    "<https://evil.example|Open in Odoo>",
    "https://evil.example",
    "@channel",
    "*bold*",
    "_it_",
    "~gone~",
    "`code`",
    "```block```",
    "> quote",
    "&lt;!channel&gt;",
    "&",
    ":boom:",
    "<!date^1^{date}|x>",
    "\u202eevil",
    "\ud800",
    "\x00",
    "\n\n",
    "|",
    "👩‍👩‍👧",
    "\N{MATHEMATICAL FRAKTUR CAPITAL U}",
    "a" * 10_000,
    "&" * 10_000,
    "👩" * 4_000,
    "",
)

TEXTS = st.lists(st.sampled_from(MISCHIEF) | st.text(max_size=40), max_size=4).map("".join)

_MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False).map(lambda a: Money(a, "USD"))


@st.composite
def events(draw: st.DrawFn) -> Event:
    """A purchase order whose every text is hostile."""
    return an_event(
        findings=tuple(Finding("x", text) for text in draw(st.lists(TEXTS, max_size=8))),
        title=draw(TEXTS),
        company=draw(TEXTS),
        warehouse=draw(st.none() | TEXTS),
        partner=draw(st.none() | TEXTS),
        value=draw(st.none() | _MONEY),
        makers=tuple(replace(a_maker(), name=name) for name in draw(st.lists(TEXTS, max_size=3))),
        seen=tuple(Seen(f"f{n}", draw(TEXTS), text, text) for n, text in enumerate(draw(st.lists(TEXTS, max_size=30)))),
        context=tuple((draw(TEXTS), text) for text in draw(st.lists(TEXTS, max_size=10))),
        link=draw(st.sampled_from(("https://erp.example.com/x", "javascript:alert(1)", "", "https://[")) | TEXTS),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case in any state, full of hostile text."""
    case = draw(st.sampled_from(sorted(CASES)).map(CASES.__getitem__))
    changed = tuple(Change(draw(TEXTS), draw(TEXTS), draw(TEXTS)) for _ in range(draw(st.integers(0, 8))))
    decisions = tuple(replace(given, name=draw(TEXTS), reason=draw(TEXTS)) for given in case.decisions * 3)
    plan = replace(case.plan, rule=draw(TEXTS), policy=draw(TEXTS), missing=(draw(TEXTS),))
    return replace(
        case,
        revision=replace(case.revision, event=draw(events()), changed=changed),
        decisions=decisions,
        plan=plan,
        remarks=tuple(replace(said, name=draw(TEXTS), text=draw(TEXTS)) for said in case.remarks * 3),
        ending=draw(TEXTS),
        problem=draw(TEXTS),
    )
