"""What is over stays over whatever is clicked, and what is put off comes back when people are there again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.answers import Refusal, Transition
from bot.cases.clock_commands import Pause, Reassign, Resume
from bot.cases.commands import (
    BreakGlass,
    Command,
    Consider,
    Decide,
    DoneByHand,
    Forward,
    GiveUpWriting,
    OfferFiles,
    Over,
    Retry,
    Say,
    Tick,
    Undo,
)
from bot.cases.model import Case, Status, Verdict, WriteBackState
from bot.cases.remark import RemarkKind
from bot.cases.transitions import transition
from bot.config.model import Calendar, ReassignRule
from bot.exceptions.commands import Acknowledge, AskApproval, Assign, Reopen, Snooze, Tracked
from bot.slack.buttons import Action, buttons
from tests.core.test_exceptions import ANN, BOB, CARE, MIA, after, late, opened, policy, resolve, under
from tests.factories import LATE, NOW, minutes

#: Every policy key that puts a button on the card, or a command behind it.
RICH = policy(care=replace(CARE, approvals=("asked",)), reassign=ReassignRule(("finance",), ("buyers",), 3))
ASKED = policy(name="asked", care=None)
GONE = Tracked(late().record, LATE, Over("done in Odoo", "Paul"))


def rich() -> Case:
    """An open exception with every button."""
    made = transition(None, Tracked(late().record, LATE, late()), under(ASKED, RICH), NOW)
    assert isinstance(made, Transition)
    return replace(made.case, id=1, version=1)


def ended(how: str) -> Case:
    """The same, over."""
    rules = under(ASKED, RICH)
    made = transition(rich(), GONE if how == "withdrawn" else resolve(), rules, minutes(1))
    assert isinstance(made, Transition)
    if how == "resolved and written":
        return replace(made.case, write_back=WriteBackState.CONFIRMED, closed_at=minutes(2), covers=True)
    return made.case


#: What each button, modal and command behind them says, by whoever may say it while it is open.
CLICKS: dict[Action | str, Command] = {
    Action.TAKE: Acknowledge(1, ANN),
    Action.RESOLVE: resolve(),
    "the modal of Resolve": Consider(resolve()),
    Action.ASSIGN: Assign(1, ANN, MIA),
    Action.ASK_APPROVAL: AskApproval(1, ANN, "asked", "ten boxes"),
    Action.SNOOZE: Snooze(1, ANN, minutes(90)),
    Action.PAUSE: Pause(1, ANN, timedelta(hours=1), "waits for the supplier"),
    "resume": Resume(1, ANN),
    "reassign": Reassign(1, ANN, "buyers", "they know him"),
    Action.ADD_FILE: OfferFiles(1, ANN, ("F1",)),
    Action.COMMENT: Say(1, ANN, RemarkKind.COMMENT, "it is on its way"),
    Action.APPROVE: Decide(1, 1, ANN, Verdict.APPROVE),
    Action.REJECT: Decide(1, 1, ANN, Verdict.REJECT, "no"),
    Action.RETRY: Retry(1, ANN),
    Action.BY_HAND: DoneByHand(1, ANN, "done"),
    Action.GIVE_UP: GiveUpWriting(1, ANN, "no use"),
    Action.UNDO: Undo(1, ANN),
    "delegate": Forward(1, 1, ANN, BOB),
    "break-glass": BreakGlass(1, 1, ANN, "fire"),
}
ENDS = ("resolved", "resolved and written", "withdrawn")


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("click", CLICKS)
def test_no_late_click_changes_what_is_over(click: Action | str, how: str) -> None:
    case = ended(how)
    if (click, how) == (Action.COMMENT, "resolved"):
        case = replace(
            case, write_back=WriteBackState.NONE, closed_at=minutes(2)
        )  # until then Odoo is still to be told
    answer = transition(case, CLICKS[click], under(ASKED, RICH), minutes(60))
    assert isinstance(answer, Refusal), answer
    assert answer.sentence
    assert [entry.action for entry in answer.entries] == ["case.refused"]


@pytest.mark.parametrize(
    ("how", "left"),
    [("resolved", set()), ("resolved and written", {Action.REOPEN}), ("withdrawn", set())],
)
def test_what_is_over_has_no_button_but_to_reopen_it(how: str, left: set[Action]) -> None:
    def actions(case: Case) -> set[str]:
        return {str(one["action_id"]) for one in buttons(case, "#finance")} - {Action.OPEN}

    asked = {name for name in CLICKS if isinstance(name, Action)}
    assert actions(rich()) <= asked  # every button of an open one is among the late clicks
    assert actions(ended(how)) == left


@pytest.mark.parametrize("how", ENDS)
def test_time_changes_nothing_of_what_is_over(how: str) -> None:
    for hours in (1, 5, 100):
        assert transition(ended(how), Tick(1), under(ASKED, RICH), NOW + timedelta(hours=hours)) is None


def test_only_what_was_resolved_is_reopened_and_that_as_often_as_it_is_not_so() -> None:
    rules = under(ASKED, RICH)
    assert isinstance(transition(ended("withdrawn"), Reopen(1, ANN, "no"), rules, minutes(5)), Refusal)
    case = ended("resolved and written")
    for number in (1, 2):
        made = transition(case, Reopen(1, BOB, "it did not come"), rules, minutes(5))
        assert isinstance(made, Transition)
        assert made.case.care is not None
        assert (made.case.status, made.case.care.reopened) == (Status.OPEN, number)
        taken = transition(made.case, Acknowledge(1, ANN), rules, minutes(6))
        assert isinstance(taken, Transition)
        again = transition(taken.case, resolve(), rules, minutes(7))
        assert isinstance(again, Transition)
        case = replace(again.case, write_back=WriteBackState.CONFIRMED, closed_at=minutes(8), covers=True)


def chicago(*hours: str) -> Calendar:
    """Working days with these hours: ``06:00-14:00``; ``22:00-06:00`` runs on into the next day."""
    times = ([int(part[:2]) * 60 for part in one.split("-")] for one in hours)
    day = tuple((opens, closes if closes > opens else closes + 24 * 60) for opens, closes in times)
    return Calendar("America/Chicago", (day, day, day, day, day, (), ()))


@pytest.mark.parametrize(
    ("hours", "at", "back"),
    [
        (("06:00-14:00", "14:00-22:00"), "2026-03-04 07:00", "2026-03-04 14:00"),
        (("06:00-14:00", "14:00-22:00"), "2026-03-04 23:00", "2026-03-05 06:00"),
        (("06:00-14:00",), "2026-03-06 13:59", "2026-03-09 06:00"),
        (("06:00-14:00",), "2026-10-30 15:00", "2026-11-02 06:00"),
        (("22:00-06:00",), "2026-03-06 23:00", "2026-03-09 22:00"),
        (("22:00-06:00",), "2026-10-30 12:00", "2026-10-30 22:00"),
    ],
    ids=[
        "to the late shift",
        "over night",
        "over a weekend and into summer time",
        "and out of it",
        "a night",
        "by day",
    ],
)
def test_next_shift_is_the_next_opening_on_the_clocks_of_the_place(hours: tuple[str, ...], at: str, back: str) -> None:
    zone = ZoneInfo("America/Chicago")
    now, then = (datetime.fromisoformat(one).replace(tzinfo=zone).astimezone(UTC) for one in (at, back))
    known = under(policy(), calendars={"here": chicago(*hours)}, calendar="here")
    made = transition(None, Tracked(late().record, LATE, late()), known, now)
    assert isinstance(made, Transition)
    slept = transition(replace(made.case, id=1), Snooze(1, ANN, None), known, now)
    assert isinstance(slept, Transition)
    assert slept.case.chase.paused_until == then
    assert transition(slept.case, Tick(1), known, then - timedelta(seconds=1)) is None
    woken = transition(slept.case, Tick(1), known, then)
    assert isinstance(woken, Transition)
    assert (woken.case.chase.paused, woken.case.care and woken.case.care.snoozed) == ("", False)


def test_a_pause_says_its_cause_and_takes_no_time_from_the_owner() -> None:
    case = after(opened(), Acknowledge(1, ANN), Pause(1, BOB, timedelta(days=3), "waits for the supplier"))
    assert case.chase.paused == "waits for the supplier"
    assert transition(case, Tick(1), under(), NOW + timedelta(days=2)) is None
    back = transition(case, Tick(1), under(), NOW + timedelta(days=3))
    assert isinstance(back, Transition)
    assert back.case.care is not None
    assert (back.case.status, back.case.care.owner and back.case.care.owner.name) == (Status.ACKNOWLEDGED, "Ann")
    assert back.case.care.hand_back_at == NOW + timedelta(days=3, hours=2)
