"""Stopping the clock of a case: who may, for how long, and what it does to the steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.chase import chase_from_text, chase_to_text
from bot.cases.clock_commands import Pause, Resume
from bot.cases.commands import Tick
from bot.cases.model import Case, Person
from bot.cases.planning import Rules
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config.model import PauseRule, Span, Stage, Step
from bot.escalation.expected import Noted, missing
from tests.core.test_timetable import HALF, MIN, OPENED, STANDARD, opened, ticked, under
from tests.factories import a_decide, a_person, a_policy

HOUR = timedelta(hours=1)


def pausable(*steps: Step) -> Rules:
    policy = replace(a_policy(Stage(("finance",), sla=Span(2 * HOUR))), pause=PauseRule(("operations",), 4 * HOUR))
    return under(*(steps or STANDARD), policy=policy, around_the_clock=True)


BY = pausable()
OPS = a_person("ops@example.com")


def paused(case: Case, at: datetime, length: timedelta = HOUR, *, by: Rules = BY) -> Case:
    answer = transition(case, Pause(1, OPS, length, "waiting for the carrier"), by, at)
    assert isinstance(answer, Transition)
    return answer.case


def test_while_the_clock_stands_still_no_step_comes_and_afterwards_only_what_is_left_counts() -> None:
    case = paused(opened(BY), OPENED + 40 * MIN)
    assert next_due(case) == OPENED + 100 * MIN
    assert transition(case, Tick(1), BY, OPENED + 99 * MIN) is None
    resumed = ticked(case, BY, OPENED + 100 * MIN)
    assert [entry.action for entry in resumed.entries] == ["clock.resumed"]
    assert next_due(resumed.case) == OPENED + 120 * MIN


def test_a_pause_stops_wall_time_too() -> None:
    by = pausable(replace(HALF, after=Span(30 * MIN, wall=True)))
    resumed = ticked(paused(opened(by), OPENED + 10 * MIN, by=by), by, OPENED + 70 * MIN)
    assert next_due(resumed.case) == OPENED + 90 * MIN


def test_somebody_starts_it_again_before_its_time() -> None:
    case = paused(opened(BY), OPENED + 40 * MIN)
    answer = transition(case, Resume(1, OPS), BY, OPENED + 50 * MIN)
    assert isinstance(answer, Transition)
    assert next_due(answer.case) == OPENED + 70 * MIN


def test_a_decision_during_a_pause_ends_both() -> None:
    answer = transition(paused(opened(BY), OPENED + 40 * MIN), a_decide(), BY, OPENED + 50 * MIN)
    assert isinstance(answer, Transition)
    assert (next_due(answer.case), answer.case.chase.paused) == (None, "")


@pytest.mark.parametrize(
    ("person", "length", "cause", "reason"),
    [
        pytest.param(a_person("bob@example.com"), HOUR, "why", Reason.NOT_IN_ROLE, id="who is asked"),
        pytest.param(a_person("ops@example.com", guest=True), HOUR, "why", Reason.GUEST, id="a guest"),
        pytest.param(OPS, HOUR, " \n", Reason.REASON_OWED, id="no cause"),
        pytest.param(OPS, 4 * HOUR + MIN, "why", Reason.OVER_LIMIT, id="too long"),
        pytest.param(OPS, timedelta(0), "why", Reason.OVER_LIMIT, id="no time at all"),
    ],
)
def test_a_pause_is_refused(person: Person, length: timedelta, cause: str, reason: Reason) -> None:
    answer = transition(opened(BY), Pause(1, person, length, cause), BY, OPENED)
    assert isinstance(answer, Refusal)
    assert (answer.reason, answer.entries[0].action) == (reason, "case.refused")


def test_all_pauses_together_are_bounded() -> None:
    case = paused(opened(BY), OPENED, 3 * HOUR)
    resumed = ticked(case, BY, OPENED + 3 * HOUR).case
    answer = transition(resumed, Pause(1, OPS, 61 * MIN, "again"), BY, OPENED + 3 * HOUR)
    assert isinstance(answer, Refusal)
    assert "1h more" in answer.sentence


def test_a_clock_that_runs_is_not_started_again() -> None:
    answer = transition(opened(BY), Resume(1, OPS), BY, OPENED)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.NOT_STUCK


def test_a_pause_is_stored_as_it_stands() -> None:
    chase = paused(opened(BY), OPENED + 40 * MIN).chase
    assert chase_from_text(chase_to_text(chase)) == chase


def test_the_self_audit_counts_no_step_while_the_clock_stood_still() -> None:
    case = opened(BY)
    noted = [
        Noted(OPENED, "case.opened", "signoff", {}),
        Noted(OPENED + 40 * MIN, "clock.paused", OPS.key, {"cause": "waiting"}),
        Noted(OPENED + 100 * MIN, "clock.resumed", "signoff", {}),
    ]
    assert missing(case, noted, OPENED + 119 * MIN) == ()
    (found,) = missing(case, noted, OPENED + 120 * MIN)
    assert (found.number, found.due_at) == (0, OPENED + 120 * MIN)
