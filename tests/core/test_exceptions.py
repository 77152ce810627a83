"""Exceptions: who may look after one, what each step makes of it, and that what is over stays over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.audience import written_to
from bot.cases.clock_commands import Pause, Resume
from bot.cases.commands import Command, Consider, Decide, Observed, Over, Tick, Undelivered
from bot.cases.event import CONTROL
from bot.cases.model import Case, Finding, Kind, Person, Status, Verdict, WriteBackState
from bot.cases.rows import case_row
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config.model import Act, Calendar, CareRule, GroupRule, PauseRule, Policy, Reachable, Span, Stage, Step
from bot.effects import EffectKind
from bot.exceptions.care import care_from_text, care_to_text
from bot.exceptions.codec import care_rule_from_plain, care_rule_to_plain
from bot.exceptions.commands import Acknowledge, Assign, Reopen, Resolve, Snooze, Tracked
from bot.exceptions.parts import approval_part, exception_parts
from bot.slack.story import LINES, Happened
from tests.factories import (
    LATE,
    NOW,
    PURCHASE,
    a_case,
    a_config,
    a_person,
    a_role,
    a_rule,
    an_event,
    minutes,
    rules,
    seen,
    usd,
)

ANN, BOB, MIA = (a_person(f"{name}@example.com") for name in ("ann", "bob", "mia"))
STEPS = (
    Step(Decimal(1), Act.REMIND, "assignees"),
    Step(Span(timedelta(hours=1), wall=True), Act.WIDEN, "buyers"),
    Step(Span(timedelta(hours=1), wall=True), Act.REJECT),
)
CARE = CareRule(unacknowledge=timedelta(hours=2))


def policy(**changes: Any) -> Policy:
    """Finance owns it: half an hour to take it, four to resolve it."""
    half, four = Span(timedelta(minutes=30), wall=True), Span(timedelta(hours=4), wall=True)
    dull = Policy(
        "looked_after", (Stage(("finance",), sla=half), Stage(("finance",), sla=four)), escalation="usual", care=CARE
    )
    return replace(dull, **changes)


def under(*policies: Policy, **changes: Any) -> Any:
    """Rules under which the last policy catches everything."""
    roles = (a_role(), a_role("buyers", ["cyd@example.com"]))
    known = policies or (policy(),)
    caught = (a_rule(policy=known[-1].name),)
    return rules(
        a_config(roles=roles, policies=known, rules=changes.pop("by", caught), escalations={"usual": STEPS}, **changes)
    )


def late(**changes: Any) -> Any:
    """A receipt that is late."""
    known = {"event_type": LATE, "findings": (Finding(LATE, "expected 2 days ago"),), "title": "WH/IN/0001", **changes}
    return an_event(**known)


def opened(**changes: Any) -> Case:
    """An exception that has just opened, as number 1."""
    made = transition(None, Tracked(late().record, LATE, late()), under(**changes), NOW)
    assert isinstance(made, Transition)
    return replace(made.case, id=1, version=1)


def after(case: Case, *commands: Command, at: datetime = NOW, **changes: Any) -> Case:
    """The case after commands that are all taken."""
    for command in commands:
        made = transition(case, command, under(**changes), at)
        assert isinstance(made, Transition), made
        case = made.case
    return case


def resolve(by: Person = ANN, **changes: Any) -> Resolve:
    """A resolution as the modal brings it."""
    return replace(Resolve(1, 1, by, "supplier late", "new date agreed", "Friday"), **changes)


def test_an_exception_opens_with_its_owners_asked() -> None:
    made = transition(None, Tracked(late().record, LATE, late()), under(), NOW)
    assert isinstance(made, Transition)
    assert (made.case.kind, made.case.status, made.case.channels) == (Kind.EXCEPTION, Status.OPEN, ("#finance",))
    assert [one.kind for one in made.effects] == [EffectKind.POST_CARD]
    assert [one.action for one in made.entries] == ["case.opened"]


def test_nobody_is_asked_twice_about_the_same_figures() -> None:
    case = opened()
    assert transition(case, Tracked(case.record, LATE, late()), under(), NOW) is None


TAKE, GIVE = Acknowledge(1, ANN), Assign(1, ANN, MIA)


@pytest.mark.parametrize(
    ("commands", "status", "owner"),
    [
        ((TAKE,), Status.ACKNOWLEDGED, "Ann"),
        ((TAKE, Acknowledge(1, BOB)), Status.ACKNOWLEDGED, "Bob"),
        ((GIVE,), Status.OPEN, "Mia"),
        ((GIVE, Acknowledge(1, MIA)), Status.ACKNOWLEDGED, "Mia"),
        ((TAKE, GIVE), Status.OPEN, "Mia"),
        ((Assign(1, ANN, ANN),), Status.ACKNOWLEDGED, "Ann"),
        ((TAKE, Snooze(1, ANN, minutes(60))), Status.ACKNOWLEDGED, "Ann"),
        ((TAKE, Pause(1, ANN, timedelta(days=3), "waits for the supplier")), Status.ACKNOWLEDGED, "Ann"),
        ((TAKE, resolve()), Status.RESOLVED, "Ann"),
        ((resolve(),), Status.RESOLVED, None),
    ],
)
def test_what_people_do_with_it(commands: tuple[Command, ...], status: Status, owner: str | None) -> None:
    case = after(opened(), *commands)
    assert case.care is not None
    assert (case.status, case.care.owner and case.care.owner.name) == (status, owner)


def test_whoever_is_not_asked_may_not_unless_it_was_given_to_them() -> None:
    for command in (Acknowledge(1, MIA), Assign(1, MIA, ANN), Snooze(1, MIA, minutes(9)), resolve(MIA)):
        answer = transition(opened(), command, under(), NOW)
        assert isinstance(answer, Refusal)
        assert answer.reason is Reason.NOT_IN_ROLE
    assert after(opened(), GIVE, resolve(MIA)).status is Status.RESOLVED


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (resolve(root_cause="bad luck"), Reason.CODE_OWED),
        (resolve(resolution="forgotten"), Reason.CODE_OWED),
        (resolve(root_cause="other", text=" "), Reason.REASON_OWED),
        (resolve(revision=2), Reason.CHANGED),
        (Snooze(1, ANN, NOW), Reason.BAD_TIME),
        (Snooze(1, ANN, NOW + timedelta(days=31)), Reason.BAD_TIME),
        (Snooze(1, ANN, None), Reason.BAD_TIME),
        (Assign(1, ANN, a_person("guest@example.com", guest=True)), Reason.UNFIT),
        (Pause(1, ANN, timedelta(days=31), "long"), Reason.OVER_LIMIT),
        (Pause(1, ANN, timedelta(days=1), " "), Reason.REASON_OWED),
        (Reopen(1, ANN, "why"), Reason.NOT_STUCK),
        (Acknowledge(1, ANN, "0123456789"), Reason.CHANGED),
        (Decide(1, 1, ANN, Verdict.APPROVE), Reason.DECIDED),
    ],
)
def test_what_is_not_taken_says_why(command: Command, reason: Reason) -> None:
    answer = transition(opened(), command, under(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is reason


@pytest.mark.parametrize(
    "command",
    [TAKE, GIVE, Snooze(1, ANN, minutes(90)), resolve(), Consider(resolve()), Decide(1, 1, ANN, Verdict.APPROVE)],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize("ended", ["resolved", "withdrawn"])
def test_a_late_click_changes_nothing(command: Command, ended: str) -> None:
    gone = Tracked(late().record, LATE, Over("done in Odoo", "Paul"))
    case = after(opened(), resolve() if ended == "resolved" else gone)
    assert isinstance(transition(case, command, under(), minutes(60)), Refusal)


def test_a_resolution_is_owed_to_odoo_as_a_note() -> None:
    made = transition(opened(), resolve(), under(), NOW)
    assert isinstance(made, Transition)
    assert made.case.write_back is WriteBackState.QUEUED
    assert made.effects[-1].kind is EffectKind.WRITE_BACK
    assert made.entries[0].detail["root_cause"] == "supplier late"


def closed() -> Case:
    """Resolved, and told to Odoo."""
    case = after(opened(), TAKE, resolve())
    return replace(case, write_back=WriteBackState.CONFIRMED, closed_at=minutes(1), covers=True)


def test_what_was_resolved_covers_its_figures_and_no_others() -> None:
    assert transition(closed(), Tracked(late().record, LATE, late()), under(), minutes(2)) is None
    other = late(seen=seen(goods="less"))
    made = transition(closed(), Tracked(late().record, LATE, other), under(), minutes(2))
    assert isinstance(made, Transition)
    assert (made.case.id, made.case.status) == (0, Status.OPEN)


def test_what_was_resolved_is_reopened_with_a_reason() -> None:
    case = after(closed(), Reopen(1, BOB, "it did not come"))
    assert (case.status, case.closed_at, case.covers, case.write_back) == (
        Status.OPEN,
        None,
        False,
        WriteBackState.NONE,
    )
    assert case.care is not None
    assert (case.care.reopened, case.care.owner, case.care.resolved) == (1, None, None)


@pytest.mark.parametrize(
    ("case", "reason", "text"),
    [
        (closed(), Reason.REASON_OWED, " "),
        (replace(closed(), successor=7), Reason.NEWER_CASE, "why"),
        (replace(closed(), closed_at=None, write_back=WriteBackState.QUEUED), Reason.NOT_STUCK, "why"),
    ],
)
def test_what_is_not_reopened(case: Case, reason: Reason, text: str) -> None:
    answer = transition(case, Reopen(1, BOB, text), under(), minutes(5))
    assert isinstance(answer, Refusal)
    assert answer.reason is reason


def test_an_owner_of_whom_nothing_is_heard_loses_it() -> None:
    case = after(opened(), TAKE)
    assert case.care is not None
    assert case.care.hand_back_at == minutes(120)
    back = after(case, Tick(1), at=minutes(120))
    assert back.care is not None
    assert (back.status, back.care.owner) == (Status.OPEN, None)
    renewed = after(case, Acknowledge(1, ANN), at=minutes(60))
    assert renewed.care is not None
    assert renewed.care.hand_back_at == minutes(180)


@pytest.mark.parametrize("command", [Acknowledge(1, BOB), Assign(1, ANN, MIA)], ids=["taken", "assigned"])
def test_what_is_in_the_hands_of_somebody_who_left_slack_is_everybodys_again(command: Command) -> None:
    """Mia is in no role, and was asked all the same; whoever else cannot be reached changes nothing of it."""
    held = after(opened(), command)
    owner = "bob@example.com" if isinstance(command, Acknowledge) else "mia@example.com"
    gone = Undelivered(1, f"@{owner}", "user_disabled", "This person's Slack account is deactivated.")
    assert after(held, replace(gone, channel="@cyd@example.com")).care == held.care
    made = transition(held, gone, under(), minutes(5))
    assert isinstance(made, Transition)
    assert made.case.care is not None
    assert (made.case.status, made.case.care.owner) == (Status.OPEN, None)
    assert f"@{owner}" not in made.case.channels
    assert [one.action for one in made.entries] == ["card.undeliverable", "exception.handed_back"]
    assert made.entries[1].detail["mention"] == ["ann@example.com", "bob@example.com", "cyd@example.com"]
    assert EffectKind.UPDATE_CARD in [one.kind for one in made.effects]
    told = LINES["exception.handed_back"](Happened(1, "exception.handed_back", NOW, made.entries[1].detail))
    assert told.endswith("cannot be written to. This person's Slack account is deactivated.")


def test_while_its_owner_is_away_the_others_who_are_asked_are_written_to() -> None:
    nights = Calendar("UTC", (((22 * 60, 24 * 60),),) * 7)
    people = {"ann@example.com": Reachable("nights")}
    known = under(calendars={"nights": nights}, people=people)
    held = after(opened(), TAKE)
    found = written_to(held, "assignees", 0, known, NOW)
    assert found.people == ("bob@example.com", "cyd@example.com")
    assert [email for email, _ in found.passed_by] == ["ann@example.com"]
    assert written_to(held, "assignees", 0, under(), NOW).people == ("ann@example.com",)


def test_what_is_put_off_comes_back_by_itself_and_its_owner_keeps_it() -> None:
    case = after(opened(), TAKE, Snooze(1, ANN, minutes(300)))
    assert next_due(case) == minutes(300)
    woken = after(case, Tick(1), at=minutes(300))
    assert woken.care is not None
    assert (woken.chase.paused, woken.care.snoozed, woken.care.hand_back_at) == ("", False, minutes(420))


def test_the_next_shift_is_the_next_opening() -> None:
    hours = (((6 * 60, 14 * 60), (14 * 60, 22 * 60)),) * 7
    calendars = {"always": Calendar("UTC", hours)}
    case = after(opened(calendars=calendars, calendar="always"), Snooze(1, ANN, None))
    assert case.chase.paused_until == NOW.replace(hour=14)


def test_the_clock_runs_until_it_is_taken_and_then_until_it_is_resolved() -> None:
    case = opened()
    assert next_due(case) == minutes(30)
    taken = after(case, TAKE, at=minutes(10))
    assert next_due(taken) == minutes(130)  # handed back before its four hours are over
    assert [(one.stage, one.since) for one in taken.chase.segments] == [(0, NOW), (1, minutes(10))]


def test_nobody_takes_it_and_more_people_are_asked_but_it_never_ends_by_itself() -> None:
    reminded = after(opened(), Tick(1), at=minutes(30))
    widened = after(reminded, Tick(1), at=minutes(90))
    assert [stage.roles for stage in widened.plan.stages] == [("finance", "buyers")] * 2
    made = transition(widened, Tick(1), under(), minutes(150))
    assert isinstance(made, Transition)
    assert (made.case.status, made.entries[0].action) == (Status.OPEN, "escalation.skipped")


def test_people_are_told_only_if_it_is_still_true() -> None:
    patient = policy(care=replace(CARE, debounce=timedelta(minutes=10)))
    made = transition(None, Tracked(late().record, LATE, late()), under(patient), NOW)
    assert isinstance(made, Transition)
    assert (made.effects, made.case.channels, made.entries[0].action) == ((), (), "exception.noticed")
    case = replace(made.case, id=1)
    told = transition(case, Tick(1), under(patient), minutes(10))
    assert isinstance(told, Transition)
    assert [one.kind for one in told.effects] == [EffectKind.POST_CARD]
    gone = transition(case, Tracked(case.record, LATE, Over("received in Odoo")), under(patient), minutes(5))
    assert isinstance(gone, Transition)
    assert (gone.case.status, gone.effects) == (Status.WITHDRAWN, ())


def test_who_is_told_is_judged_by_the_figures_of_that_time() -> None:
    """Until people have been told, another rule's people take their place; nobody hears of it earlier."""
    patient = policy(name="patient", care=replace(CARE, debounce=timedelta(minutes=10)))
    buyers = replace(patient, name="dear", stages=tuple(replace(one, roles=("buyers",)) for one in patient.stages))
    both = under(patient, buyers, by=(a_rule("cheap", policy="patient", under=usd("1000")), a_rule(policy="dear")))
    made = transition(None, Tracked(late().record, LATE, late(value=usd("10"))), both, NOW)
    assert isinstance(made, Transition)
    grown = Tracked(late().record, LATE, late(value=usd("5000"), seen=seen(goods="more")))
    changed = transition(replace(made.case, id=1), grown, both, minutes(5))
    assert isinstance(changed, Transition)
    assert (changed.effects, changed.case.channels) == ((), ())
    told = transition(changed.case, Tick(1), both, minutes(10))
    assert isinstance(told, Transition)
    assert told.case.channels == ("#buyers",)


def test_changed_figures_leave_it_with_its_owner() -> None:
    made = transition(after(opened(), TAKE), Tracked(late().record, LATE, late(seen=seen(goods="less"))), under(), NOW)
    assert isinstance(made, Transition)
    assert made.case.care is not None
    assert (made.case.status, made.case.revision.number) == (Status.ACKNOWLEDGED, 2)
    assert made.case.care.owner is not None


def test_a_policy_for_approvals_serves_an_exception_and_its_first_people_own_it() -> None:
    plain = Policy("triage", (Stage(("finance", "buyers"), count=2),))
    case = opened_under(plain)
    assert [(one.roles, one.count) for one in case.plan.stages] == [(("finance", "buyers"), 1)] * 2
    assert case.plan.pause == PauseRule(("finance", "buyers"), timedelta(days=30))
    assert after_under(plain, case, Acknowledge(1, ANN)).status is Status.ACKNOWLEDGED


def opened_under(one: Policy) -> Case:
    """An exception under a policy."""
    made = transition(None, Tracked(late().record, LATE, late()), under(one), NOW)
    assert isinstance(made, Transition)
    return replace(made.case, id=1)


def after_under(one: Policy, case: Case, command: Command) -> Case:
    """The case after a command, under a policy."""
    made = transition(case, command, under(one), NOW)
    assert isinstance(made, Transition)
    return made.case


def test_one_record_is_decided_and_owned_apart() -> None:
    order = an_event()
    both = replace(order, findings=(*order.findings, *late().findings), apart=(order, late()))
    known = under()
    approvals = under(
        policy(care=None),
        policy(name="owned"),
        by=(a_rule("orders", "looked_after", match={"event_type": (PURCHASE,)}), a_rule("rest", "owned")),
    )
    assert [one.event_type for one in exception_parts(both, approvals)] == [LATE]
    said = late(context=((CONTROL, "detective"), ("On hand", "4")))
    assert [one.context for one in exception_parts(said, known)] == [(("On hand", "4"),)]
    part = approval_part(both, approvals)
    assert part is not None
    assert [one.event_type for one in part.findings] == [PURCHASE]
    assert approval_part(late(), known) is None
    made = transition(None, Observed(both.record, both), approvals, NOW)
    assert isinstance(made, Transition)
    assert (made.case.kind, made.case.plan.care) == (Kind.APPROVAL, None)
    assert transition(None, Observed(late().record, late()), known, NOW) is None


@pytest.mark.parametrize(
    "case", [opened(), after(opened(), TAKE), after(opened(), GIVE, Snooze(1, ANN, minutes(9))), closed()]
)
def test_care_is_stored_and_read_as_it_was(case: Case) -> None:
    assert care_from_text(care_to_text(case.care)) == case.care
    assert case_row(case)["kind"] == Kind.EXCEPTION
    group = GroupRule("product", timedelta(minutes=15), 4)
    rule = CareRule(timedelta(hours=1), timedelta(minutes=5), ("bad luck",), ("mended",), group)
    assert care_rule_from_plain(care_rule_to_plain(rule)) == rule


def test_a_pause_that_a_person_ends_gives_the_owner_all_of_the_time_again() -> None:
    case = after(opened(), TAKE, Pause(1, BOB, timedelta(days=1), "waits"))
    back = after(case, Resume(1, BOB), at=minutes(30))
    assert back.care is not None
    assert back.care.hand_back_at == minutes(150)


def test_its_value_is_no_limit_to_owning_it() -> None:
    dear = late(value=usd("1000000.00"))
    roles = (replace(a_role(), limit=usd("10.00")), a_role("buyers", ["cyd@example.com"]))
    known = rules(
        a_config(roles=roles, policies=[policy()], rules=[a_rule(policy="looked_after")], escalations={"usual": STEPS})
    )
    made = transition(None, Tracked(dear.record, LATE, dear), known, NOW)
    assert isinstance(made, Transition)
    assert isinstance(transition(replace(made.case, id=1), TAKE, known, NOW), Transition)


@pytest.mark.parametrize(
    "command",
    [TAKE, GIVE, Snooze(1, ANN, minutes(9)), resolve(), Reopen(1, ANN, "why")],
    ids=lambda one: type(one).__name__,
)
def test_nobody_owns_an_approval(command: Command) -> None:
    answer = transition(a_case(), command, rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.DECIDED
