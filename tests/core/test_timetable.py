"""When steps come, and what they do to a case: over nights, weekends, pauses, stages, revisions and outages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases.answers import Transition
from bot.cases.chase import chase_from_text, chase_to_text
from bot.cases.commands import Command, Observed, Tick
from bot.cases.model import Case, Event, Severity, Status
from bot.cases.planning import Rules
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config.conditions import compile_condition
from bot.config.model import Accepted, Act, Faster, Policy, Span, Stage, Step
from bot.effects import EffectKind
from bot.escalation.timetable import answer_due, firings
from bot.slack.waiting import waiting
from tests.core.test_calendar import CHICAGO, at
from tests.factories import FINANCE, a_decide, a_policy, a_record, a_role, an_event, rules, seen, usd

MIN = timedelta(minutes=1)
HALF = Step(Decimal("0.5"), Act.REMIND, "assignees")
WHOLE = Step(Decimal(1), Act.DM, "assignees", also_channel=True)
OVER = Step(Span(30 * MIN), Act.REASSIGN, "operations", repeat=2)
STANDARD = (HALF, WHOLE, OVER)
TWO_HOURS = Span(timedelta(hours=2))
#: A Tuesday at 16:00; Chicago works from 6 to 18.
OPENED = at("2026-03-03 16:00")


def under(
    *steps: Step,
    sla: Span = TWO_HOURS,
    policy: Policy | None = None,
    around_the_clock: bool = False,
) -> Rules:
    """Finance within two working hours of Chicago, then these steps."""
    stage = Stage(("finance",), sla=sla)
    return rules(
        policies=[replace(policy or a_policy(stage), escalation="standard")],
        roles=[
            replace(a_role(), escalation_contact="lead@example.com"),
            a_role("operations", ["ops@example.com", "ann@example.com"]),
        ],
        calendars={} if around_the_clock else {"chicago": CHICAGO},
        calendar=None if around_the_clock else "chicago",
        escalations={"standard": steps},
    )


def opened(by: Rules, event: Event | None = None, now: datetime = OPENED) -> Case:
    answer = transition(None, Observed(a_record(), event or an_event()), by, now)
    assert isinstance(answer, Transition)
    return replace(answer.case, id=1)


def after(case: Case, command: Command, by: Rules, now: datetime) -> Transition:
    answer = transition(case, command, by, now)
    assert isinstance(answer, Transition)
    return answer


def ticked(case: Case, by: Rules, now: datetime) -> Transition:
    return after(case, Tick(1), by, now)


def times(case: Case) -> list[str]:
    """The whole timetable, in Chicago's time."""
    return [f"{one.at.astimezone(at('2026-03-03 00:00').tzinfo):%d %H:%M}" for one in firings(case)]


def local(texts: Iterable[str]) -> list[str]:
    return [f"{at(f'2026-03-{text}'):%d %H:%M}" for text in texts]


@pytest.mark.parametrize(
    ("steps", "sla", "wanted"),
    [
        pytest.param(
            STANDARD,
            Span(timedelta(hours=2)),
            ["03 17:00", "03 18:00", "04 06:30", "04 07:00", "04 07:30"],
            id="shares from the opening, times from the step before, repeats each after the same time",
        ),
        pytest.param(
            (HALF, WHOLE), Span(timedelta(hours=4), wall=True), ["03 18:00", "03 20:00"], id="an sla in wall time"
        ),
        pytest.param(
            (replace(HALF, after=Span(timedelta(hours=3), wall=True)), WHOLE),
            Span(timedelta(hours=2)),
            ["03 19:00", "03 19:00"],
            id="no step comes before the one above it",
        ),
        pytest.param(
            (replace(HALF, repeat=2),),
            Span(timedelta(hours=2)),
            ["03 17:00", "03 18:00", "04 07:00"],
            id="a share repeats",
        ),
        pytest.param((WHOLE,), Span(timedelta(hours=26)), ["05 18:00"], id="used up at closing"),
    ],
)
def test_the_timetable_of_a_case(steps: tuple[Step, ...], sla: Span, wanted: list[str]) -> None:
    assert times(opened(under(*steps, sla=sla))) == local(wanted)


def test_a_weekend_and_a_holiday_are_nobodys_time() -> None:
    case = opened(under(WHOLE), now=at("2026-07-02 17:00"))
    assert next_due(case) == at("2026-07-06 07:00")


def test_without_a_calendar_time_is_counted_around_the_clock() -> None:
    assert next_due(opened(under(WHOLE, around_the_clock=True))) == OPENED + timedelta(hours=2)


def test_a_step_is_done_once_and_the_next_is_due_at_its_own_time_however_late_the_first_was() -> None:
    by = under(*STANDARD)
    case = opened(by)
    made = ticked(case, by, OPENED + 60 * MIN + timedelta(seconds=4))
    assert [entry.action for entry in made.entries] == ["escalation.reminded"]
    assert made.entries[0].detail["mention"] == list(FINANCE)
    assert made.case.chase.level == 1
    assert transition(made.case, Tick(1), by, OPENED + 61 * MIN) is None
    assert next_due(made.case) == at("2026-03-03 18:00")


def test_a_direct_message_is_a_copy_of_the_card_that_can_be_answered() -> None:
    by = under(WHOLE)
    made = ticked(opened(by), by, at("2026-03-03 18:00"))
    posted = [effect.target for effect in made.effects if effect.kind is EffectKind.POST_CARD]
    assert posted == [f"@{email}" for email in FINANCE]
    assert made.case.channels == ("#finance", *posted)
    assert made.case.plan.stages[0].channels == made.case.channels


def test_a_hand_over_asks_the_other_role_and_takes_the_power_from_the_first() -> None:
    by = under(replace(OVER, repeat=0))
    made = ticked(opened(by), by, OPENED + 30 * MIN)
    assert made.case.plan.stages[0].roles == ("operations",)
    assert [effect.target for effect in made.effects if effect.kind is EffectKind.POST_CARD] == ["#operations"]
    refused = transition(made.case, a_decide("bob@example.com"), by, OPENED + 31 * MIN)
    assert not isinstance(refused, Transition)
    assert after(made.case, a_decide("ops@example.com"), by, OPENED + 31 * MIN).case.status is Status.APPROVED


def test_a_widened_stage_asks_both() -> None:
    by = under(replace(OVER, act=Act.WIDEN, repeat=0))
    made = ticked(opened(by), by, OPENED + 30 * MIN)
    assert made.case.plan.stages[0].roles == ("finance", "operations")
    assert made.case.plan.stages[0].channels == ("#finance", "#operations")


def test_the_contact_of_the_role_is_told() -> None:
    by = under(Step(Span(30 * MIN), Act.DM, "contact"))
    made = ticked(opened(by), by, OPENED + 30 * MIN)
    assert made.case.channels == ("#finance", "@lead@example.com")


def test_an_outage_leaves_the_newest_step_and_a_note_of_the_others() -> None:
    by = under(*STANDARD)
    made = ticked(opened(by), by, at("2026-03-04 06:45"))
    (entry,) = made.entries
    assert entry.action == "escalation.reassigned"
    assert [one["number"] for one in entry.detail["passed_over"]] == [1, 2]  # type: ignore[attr-defined]  # as told
    assert "not running" in str(entry.detail["because"])
    assert not [effect for effect in made.effects if effect.target.startswith("@")]
    assert next_due(made.case) == at("2026-03-04 07:00")


def test_who_is_asked_is_not_passed_over() -> None:
    by = under(OVER, Step(Span(30 * MIN), Act.POST, "#ops"))
    made = ticked(opened(by), by, at("2026-03-05 06:00"))
    assert [entry.action for entry in made.entries] == ["escalation.posted"]
    assert made.case.plan.stages[0].roles == ("operations",)
    assert "#ops" in made.case.channels


def test_an_expiry_goes_before_every_step_that_is_overdue_with_it() -> None:
    by = under(*STANDARD, policy=a_policy(Stage(("finance",), sla=Span(2 * 60 * MIN)), expires=timedelta(hours=3)))
    made = ticked(opened(by), by, at("2026-03-04 12:00"))
    assert ([entry.action for entry in made.entries], made.case.status) == (["case.expired"], Status.EXPIRED)


def test_a_decision_stops_the_clock() -> None:
    by = under(*STANDARD)
    decided = after(opened(by), a_decide(), by, OPENED + 10 * MIN)
    assert next_due(decided.case) is None
    assert decided.case.chase.segments[-1].until == OPENED + 10 * MIN


def test_the_next_stage_has_a_clock_of_its_own() -> None:
    stages = (Stage(("finance",), sla=Span(60 * MIN)), Stage(("operations",), sla=Span(60 * MIN)))
    by = under(WHOLE, policy=a_policy(*stages))
    case = after(opened(by), a_decide("bob@example.com"), by, OPENED + 50 * MIN).case
    assert times(case) == local(["03 17:50"])
    assert ticked(case, by, OPENED + 110 * MIN).entries[0].detail["stage"] == 2


def test_a_changed_record_keeps_the_time_that_was_used_and_the_steps_that_were_done() -> None:
    by = under(*STANDARD)
    case = ticked(opened(by), by, OPENED + 60 * MIN).case
    changed = Observed(a_record(), an_event(seen=seen(amount_total="13000.00"), value=usd("13000.00")))
    revised = after(case, changed, by, OPENED + 90 * MIN).case
    assert revised.revision.number == 2
    assert times(revised) == local(["03 18:00", "04 06:30", "04 07:00", "04 07:30"])


def test_a_larger_value_has_less_time_and_one_that_is_not_known_the_least() -> None:
    stage = Stage(("finance",), sla=Span(120 * MIN), faster=(Faster(usd("10000"), Span(30 * MIN)),))
    by = under(WHOLE, policy=a_policy(stage))
    dues = [next_due(opened(by, an_event(value=value))) for value in (usd("10000"), usd("10000.01"), None)]
    assert dues == [OPENED + 120 * MIN, OPENED + 30 * MIN, OPENED + 30 * MIN]


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        pytest.param({"severity": Severity.HIGH}, 30, id="urgent in Odoo"),
        pytest.param({"partner": "Acme Medical"}, 45, id="a customer of that class"),
        pytest.param({"partner": None}, 45, id="nobody knows the customer"),
        pytest.param({"customer_class": ("Retail", "VIP")}, 50, id="one of the customer's tags"),
        pytest.param({"customer_class": ("Retail",)}, 120, id="other tags"),
        pytest.param({"customer_class": None}, 50, id="nobody knows the tags"),
        pytest.param({"warehouse": "DAL"}, 60, id="a condition"),
        pytest.param({"severity": Severity.HIGH, "partner": "Acme Medical"}, 30, id="the shortest counts"),
        pytest.param({}, 120, id="none of it"),
    ],
)
def test_an_urgent_record_and_a_dear_customer_have_less_time(changes: dict[str, Any], due: int) -> None:
    urgent = (Accepted.of("severity", ("high",)),)
    dear = (Accepted.of("partner", ("Acme*", "Globex Prime")),)
    faster = (
        Faster(None, Span(30 * MIN), urgent),
        Faster(None, Span(45 * MIN), dear),
        Faster(None, Span(50 * MIN), (Accepted.of("customer_class", ("VIP", "Medical")),)),
        Faster(None, Span(60 * MIN), when=compile_condition("warehouse == 'DAL'")),
    )
    by = under(WHOLE, policy=a_policy(Stage(("finance",), sla=Span(120 * MIN), faster=faster)))
    assert next_due(opened(by, an_event(**{"customer_class": (), **changes}))) == OPENED + due * MIN


@pytest.mark.parametrize(
    ("leaves", "buffer", "due"),
    [
        pytest.param("03 17:20", 20, "03 17:00", id="the truck leaves before the sla is used up"),
        pytest.param("04 17:00", 20, "03 18:00", id="the sla is earlier"),
        pytest.param("03 16:10", 20, "03 16:00", id="too late already: due at once"),
        pytest.param("03 23:00", 0, "03 18:00", id="leaves at night: due at closing"),
    ],
)
def test_a_date_of_the_record_shortens_the_time(leaves: str, buffer: int, due: str) -> None:
    policy = a_policy(Stage(("finance",), sla=Span(120 * MIN)), deadline_buffer=buffer * MIN)
    event = an_event(deadline=at(f"2026-03-{leaves}"), deadline_what="the truck leaves")
    by = under(WHOLE, policy=policy)
    case = opened(by, event)
    assert (next_due(case), answer_due(case)) == (at(f"2026-03-{due}"),) * 2


@pytest.mark.parametrize(
    ("value", "status"),
    [("500", Status.APPROVED), ("500.01", Status.PENDING), (None, Status.PENDING)],
)
def test_nobody_approves_up_to_the_limit_and_no_further(value: str | None, status: Status) -> None:
    by = under(Step(Span(30 * MIN), Act.APPROVE, limit=usd("500")))
    case = opened(by, an_event(value=usd(value) if value else None))
    made = ticked(case, by, OPENED + 30 * MIN)
    assert made.case.status is status
    assert made.entries[0].action == ("case.approved" if status is Status.APPROVED else "escalation.withheld")


def test_a_step_may_reject_or_end_it() -> None:
    made = [
        ticked(opened(by), by, OPENED + 30 * MIN).case
        for by in (under(Step(Span(30 * MIN), act)) for act in (Act.REJECT, Act.EXPIRE))
    ]
    assert [case.status for case in made] == [Status.REJECTED, Status.EXPIRED]
    assert [next_due(case) for case in made] == [None, None]


def test_a_clock_is_stored_as_it_stands() -> None:
    by = under(*STANDARD)
    chase = ticked(opened(by), by, OPENED + 60 * MIN).case.chase
    assert chase_from_text(chase_to_text(chase)) == chase
    assert chase_to_text(opened(rules()).chase) is None


def test_the_card_says_who_is_next_and_when_until_nobody_is() -> None:
    by = under(HALF)
    case = opened(by)
    assert ("Next: a reminder", OPENED + 60 * MIN) in list(waiting(case))
    done = ticked(case, by, OPENED + 60 * MIN).case
    assert [said for said, _ in waiting(done)][-2:] == ["Escalation level 1 of 1.", "No further step comes by itself."]
