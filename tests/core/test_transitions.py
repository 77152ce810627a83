"""What each command does to a case in each state: one table, and no combination is missing from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.clock_commands import Pause, Reassign, Resume, Silence
from bot.cases.commands import (
    Ask,
    Begin,
    BreakGlass,
    CatchUp,
    Command,
    Confirm,
    Conflict,
    Consider,
    Delay,
    DoneByHand,
    Fail,
    FallBack,
    Forward,
    GiveUpWriting,
    KeepFile,
    Observed,
    OfferFiles,
    Over,
    RefuseFile,
    Requeue,
    Retry,
    Say,
    Tick,
    Uncertain,
    Undelivered,
    Undo,
)
from bot.cases.files import File
from bot.cases.model import SETTLED, Case, Status, Verdict, WriteBackState
from bot.cases.remark import RemarkKind
from bot.cases.steward_commands import Reroute, TakeBack
from bot.cases.transitions import transition
from bot.config import model as config
from bot.effects import EffectKind
from tests.factories import (
    NOW,
    a_case,
    a_decide,
    a_decision,
    a_person,
    a_plan,
    a_record,
    an_approved_case,
    an_event,
    minutes,
    rules,
    seen,
    usd,
)

CHANGED = an_event(seen=seen(partner_id="Globex", amount_total="13000.00"), value=usd("13000.00"))
LATER = NOW + timedelta(minutes=5)
W = WriteBackState


def closed(write_back: WriteBackState, **changes: object) -> Case:
    return an_approved_case(write_back, closed_at=NOW, **changes)


GLASS = config.BreakGlass(frozenset({"dee@example.com"}), "#security", "auditors")
OFFERED = File("F1", 1, "slack:T1:UEVE", "Eve", NOW)
STATES: dict[str, Case] = {
    "pending": a_case(),
    "queued": an_approved_case(),
    "writing": an_approved_case(W.WRITING),
    "settling": an_approved_case(W.UNCERTAIN, settle_until=LATER, problem="lost"),
    "asked": an_approved_case(W.UNCERTAIN, problem="lost"),
    "failed": an_approved_case(W.FAILED, problem="refused"),
    "confirmed": closed(W.CONFIRMED),
    "released": closed(W.CONFIRMED, covers=True),
    "by_hand": closed(W.BY_HAND, covers=True),
    "given_up": closed(W.GIVEN_UP, covers=True),
    "due": a_case(plan=a_plan(expires=LATER - NOW), opened_at=NOW - (LATER - NOW)),
    "expired": a_case(status=Status.EXPIRED, closed_at=NOW, covers=True, ending="nobody decided it within 5m"),
    "withdrawn": a_case(status=Status.WITHDRAWN, closed_at=NOW, ending="cancelled in Odoo"),
    "superseded": closed(W.CONFLICT, status=Status.SUPERSEDED),
    "owing": a_case(plan=a_plan(photo=True), files=(OFFERED,)),
}

ANN = a_person("ann@example.com")
COMMANDS: dict[str, Command] = {
    "unchanged": Observed(a_record(), an_event()),
    "changed": Observed(a_record(), CHANGED),
    "over": Observed(a_record(), Over("cancelled in Odoo", "Mia")),
    "consider": Consider(a_decide(verdict=Verdict.REJECT, reason="")),
    "mending": Consider(DoneByHand(1, ANN, "")),
    "comment": Say(1, ANN, RemarkKind.COMMENT, "wait for Bob"),
    "question": Say(1, ANN, RemarkKind.QUESTION, "why so many?"),
    "answer": Say(1, ANN, RemarkKind.ANSWER, "it was on sale"),
    "review": Say(1, ANN, RemarkKind.REVIEW, "it was needed"),
    "break": BreakGlass(1, 1, a_person("dee@example.com"), "the line stands still"),
    "undo": Undo(1, ANN),
    "approve": a_decide(),
    "reject": a_decide(verdict=Verdict.REJECT),
    "forward": Forward(1, 1, ANN, a_person("eve@example.com")),
    "begin": Begin(1, 1),
    "confirm": Confirm(1, "approved in Odoo"),
    "differs": Conflict(1, CHANGED),
    "is_over": Conflict(1, Over("cancelled in Odoo")),
    "lost": Uncertain(1, LATER, "the answer was lost"),
    "ask": Ask(1, "please look"),
    "requeue": Requeue(1, "Odoo is away"),
    "delay": Delay(1, "Odoo is away"),
    "fail": Fail(1, "Odoo refused"),
    "retry": Retry(1, ANN),
    "hand": DoneByHand(1, ANN, "typed in"),
    "give_up": GiveUpWriting(1, ANN, "not worth it"),
    "tick": Tick(1),
    "catch_up": CatchUp(1, (NOW,)),
    "pause": Pause(1, ANN, timedelta(hours=1), "waiting for the carrier"),
    "resume": Resume(1, ANN),
    "reroute": Reroute(1, ANN),
    "take_back": TakeBack(1, ANN),
    "silence": Silence(1, ANN, timedelta(hours=1)),
    "reassign": Reassign(1, ANN, "finance", "on leave"),
    "offer": OfferFiles(1, ANN, ("F2",)),
    "keep": KeepFile(1, replace(OFFERED, name="dock.jpg", sha256="a" * 64)),
    "unfit": RefuseFile(1, "F1", "It is neither."),
    "unshown": FallBack(1, ("#finance",)),
    "unseen": Undelivered(1, "#elsewhere", "is_archived", "It is archived."),
}

# "=" nothing to do; "!" a refusal and its reason; "new" another case; "bare" the same without its cover; else the
# state it is in afterwards, "said" being none and "looking" being a settling time that is over at once;
# "ticked" has expired.
TABLE = """
          pending   queued     writing    settling   asked      failed   confirmed released by_hand  given_up withdrawn superseded due       expired   owing
unchanged =         =          =          =          =          =        new       =        =        =        new       new        ticked    =         =
changed   revised   =          =          =          looking    queued   new       new      new      new      new       new        ticked    new       revised
over      withdrawn =          =          =          looking    queued   =         bare     bare     bare     =         =          withdrawn bare      withdrawn
consider  =         !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !expired  !expired  =
mending   !unstuck  !unstuck   !unstuck   !unstuck   =          =        !unstuck  !unstuck !unstuck !unstuck !unstuck  !unstuck   !unstuck  !unstuck  !unstuck
comment   said      said       said       said       said       said     !over     !over    !over    !over    !over     !over      said      !over     said
question  said      !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !expired  !expired  said
answer    !unasked  !unasked   !unasked   !unasked   !unasked   !unasked !over     !over    !over    !over    !over     !over      !unasked  !over     !unasked
review    !unasked  !unasked   !unasked   !unasked   !unasked   !unasked !unasked  !unasked !unasked !unasked !unasked  !unasked   !unasked  !unasked  !unasked
break     approved  !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !expired  !expired  !owed
undo      !unheld   !unheld    !unheld    !unheld    !unheld    !unheld  !unheld   !unheld  !unheld  !unheld  !unheld   !unheld    !unheld   !unheld   !unheld
approve   approved  !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !expired  !expired  !owed
forward   pending   !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !expired  !expired  owing
reject    rejected  !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !expired  !expired  rejected
begin     =         writing    =          =          =          =        =         =        =        =        =         =          =         =         =
confirm   =         confirmed  confirmed  confirmed  confirmed  =        =         =        =        =        =         =          =         =         =
differs   =         superseded superseded superseded superseded =        =         =        =        =        =         =          =         =         =
is_over   =         superseded superseded superseded superseded =        =         =        =        =        =         =          =         =         =
lost      =         =          settling   =          =          =        =         =        =        =        =         =          =         =         =
ask       =         =          =          asked      =          =        =         =        =        =        =         =          =         =         =
requeue   =         queued     queued     queued     queued     =        =         =        =        =        =         =          =         =         =
delay     =         queued     =          =          =          =        =         =        =        =        =         =          =         =         =
fail      =         failed     failed     asked      =          =        =         =        =        =        =         =          =         =         =
retry     !unstuck  !unstuck   !unstuck   !unstuck   queued     queued   !unstuck  !unstuck !unstuck !unstuck !unstuck  !unstuck   !unstuck  !unstuck  !unstuck
hand      !unstuck  !unstuck   !unstuck   !unstuck   by_hand    by_hand  !unstuck  !unstuck !unstuck !unstuck !unstuck  !unstuck   !unstuck  !unstuck  !unstuck
give_up   !unstuck  !unstuck   !unstuck   !unstuck   given_up   given_up !unstuck  !unstuck !unstuck !unstuck !unstuck  !unstuck   !unstuck  !unstuck  !unstuck
tick      =         =          =          =          =          =        =         =        =        =        =         =          ticked    =         =
catch_up  pending   queued     writing    settling   asked      failed   confirmed released by_hand  given_up withdrawn superseded ticked       expired   owing
unshown   pending   =          =          =          =          =        =         =        =        =        =         =          due       =         owing
unseen    pending   queued     writing    settling   asked      failed   confirmed released by_hand  given_up withdrawn superseded due       expired   owing
pause     !rank     !done      !done      !done      !done      !done    !done     !done    !done    !done    !done     !done      !rank     !done     !rank
resume    !rank     !done      !done      !done      !done      !done    !done     !done    !done    !done    !done     !done      !rank     !done     !rank
reroute   !rank     !rank      !rank      !rank      !rank      !rank    !rank     !rank    !rank    !rank    !rank     !rank      !rank     !rank     !rank
take_back !nobody   !done      !done      !done      !done      !done    !done     !done    !done    !done    !over     !over      !nobody    !expired  !nobody
silence   !none     !done      !done      !done      !done      !done    !done     !done    !done    !done    !done     !done      !none     !done     !none
reassign  !rank     !done      !done      !done      !done      !done    !done     !done    !done    !done    !done     !done      !rank     !done     !rank
offer     =         !over      !over      !over      !over      !over    !over     !over    !over    !over    !over     !over      !over     !over     owing
keep      =         =          =          =          =          =        =         =        =        =        =         =          =         =         owing
unfit     =         =          =          =          =          =        =         =        =        =        =         =          =         =         owing
"""  # noqa: E501  # a table is read along its columns

_COLUMNS, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(state, row[0], cell) for row in _ROWS for state, cell in zip(_COLUMNS, row[1:], strict=True)]
REFUSED = {
    "!unheld": Reason.NOT_HELD,
    "!unasked": Reason.NOBODY_ASKED,
    "!done": Reason.DECIDED,
    "!over": Reason.OVER,
    "!rank": Reason.NOT_IN_ROLE,
    "!unstuck": Reason.NOT_STUCK,
    "!none": Reason.NOT_STUCK,
    "!nobody": Reason.NO_DELEGATION,
    "!owed": Reason.EVIDENCE_OWED,
    "!expired": Reason.EXPIRED,
}


def either_way(case: Case) -> list[Case]:
    """A decided case as approved, with changes too, and as rejected: the way into Odoo is the same."""
    if case.status is not Status.APPROVED:
        return [case]
    rejected = replace(case, status=Status.REJECTED, decisions=(a_decision(verdict=Verdict.REJECT),))
    return [case, replace(case, status=Status.APPROVED_WITH_CHANGES), rejected]


def become(answer: Transition) -> tuple[Status, WriteBackState, bool]:
    """The three things that a state's name stands for."""
    return answer.case.status, answer.case.write_back, answer.case.settle_until is not None


def expected(  # noqa: PLR0911  # a table: each line is one arm
    name: str, before: Case
) -> tuple[Status, WriteBackState, bool]:
    match name:
        case "new" | "revised":
            return Status.PENDING, W.NONE, False
        case "approved" | "rejected":
            return Status(name), W.QUEUED, False
        case "ticked":
            return Status.EXPIRED, W.NONE, False
        case "said":
            return before.status, before.write_back, before.settle_until is not None
        case "bare":
            return before.status, before.write_back, False
        case "looking":
            return before.status, W.UNCERTAIN, True
        case "withdrawn" | "superseded":
            return Status(name), STATES[name].write_back, False
        case _:
            return before.status, STATES[name].write_back, name == "settling"


@pytest.mark.parametrize(
    ("before", "command", "cell"),
    [
        pytest.param(before, command, cell, id=f"{command} on {before.status} {state} gives {cell}")
        for state, command, cell in CELLS
        for before in either_way(STATES[state])
    ],
)
def test_command_on_state(before: Case, command: str, cell: str) -> None:
    answer = transition(before, COMMANDS[command], rules(break_glass=GLASS), NOW)
    if cell == "=":
        assert answer is None
    elif cell.startswith("!"):
        assert isinstance(answer, Refusal)
        assert answer.reason is REFUSED[cell]
    else:
        assert isinstance(answer, Transition)
        assert become(answer) == expected(cell, before)
        assert (answer.case.id == 0) == (cell == "new")
        assert answer.case.revision.number == (2 if cell == "revised" else 1)


def test_the_table_leaves_no_combination_out() -> None:
    assert {(state, command) for state, command, _ in CELLS} == {(one, other) for one in STATES for other in COMMANDS}
    # What is said of exceptions is test_exceptions.py's, of bursts test_bursts.py's.
    elsewhere = ("bot.exceptions", "bot.cases.burst_commands")
    of_approvals = {one for one in _classes(Command) if not one.__module__.startswith(elsewhere)}
    assert {type(command) for command in COMMANDS.values()} == of_approvals
    of_exceptions = {Status.OPEN, Status.ACKNOWLEDGED, Status.RESOLVED}
    decided = {case.status for state in STATES.values() for case in either_way(state)}
    assert decided | of_exceptions == set(Status)
    assert {case.write_back for case in STATES.values()} == set(WriteBackState)


def _classes(union: object) -> list[type]:
    return [found for part in get_args(union) for found in (_classes(part) or [part])]


@pytest.mark.parametrize(("state", "case"), STATES.items(), ids=list(STATES))
def test_a_state_is_closed_exactly_when_nothing_more_is_owed(state: str, case: Case) -> None:
    """The unique index on open cases is built on this."""
    final = case.status is not Status.PENDING and case.write_back in SETTLED
    assert (case.closed_at is not None) == final, state


@pytest.mark.parametrize("command", [one for one in COMMANDS if not one.startswith(("unchanged", "changed"))])
def test_a_case_that_is_not_known_takes_no_command(command: str) -> None:
    answer = transition(None, COMMANDS[command], rules(), NOW)
    if isinstance(answer, Refusal):
        assert (answer.reason, answer.entries[0].case_id) == (Reason.UNKNOWN_CASE, None)
    else:
        assert answer is None


# Which of several refusals is told: in the order in which a colleague would explain it.
@pytest.mark.parametrize(
    ("case", "command", "reason"),
    [
        pytest.param(
            an_approved_case(), a_decide("eve@example.com"), Reason.DECIDED, id="over goes before who you are"
        ),
        pytest.param(
            a_case(number=2), a_decide("eve@example.com"), Reason.NOT_IN_ROLE, id="who you are before changed"
        ),
        pytest.param(
            a_case(number=2, decisions=(a_decision(revision=2),)),
            a_decide(),
            Reason.ANSWERED_BEFORE,
            id="answered before changed",
        ),
        pytest.param(
            a_case(decisions=(a_decision(),)),
            a_decide(verdict=Verdict.REJECT, reason=""),
            Reason.ANSWERED_BEFORE,
            id="answered before a missing reason",
        ),
        pytest.param(a_case(), a_decide(verdict=Verdict.REJECT, reason=" \n"), Reason.REASON_OWED, id="no reason"),
        pytest.param(
            an_approved_case(W.FAILED), DoneByHand(1, ANN, " "), Reason.REASON_OWED, id="done by hand without a reason"
        ),
        pytest.param(
            an_approved_case(W.FAILED),
            Retry(1, a_person("eve@example.com")),
            Reason.NOT_IN_ROLE,
            id="an outsider retries nothing",
        ),
    ],
)
def test_the_first_refusal_that_holds_is_told(case: Case, command: Command, reason: Reason) -> None:
    answer = transition(case, command, rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is reason


def test_a_refusal_says_who_asked_for_what_and_changes_nothing() -> None:
    answer = transition(a_case(), a_decide("eve@example.com"), rules(), NOW)
    assert isinstance(answer, Refusal)
    (entry,) = answer.entries
    assert (entry.action, entry.actor, entry.case_id, entry.revision) == ("case.refused", "slack:T1:UEVE", 1, 1)
    assert entry.detail["reason"] == "not_in_role"
    assert entry.detail["command"] == "Decide"


def test_a_decision_that_was_overtaken_says_by_what() -> None:
    """Nobody superseded the case by a click, so nobody's name belongs into the sentence."""
    superseded = an_approved_case(
        W.CONFLICT, status=Status.SUPERSEDED, closed_at=NOW, ending="the record changed in Odoo before it was written"
    )
    answer = transition(superseded, a_decide("bob@example.com"), rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.sentence == (
        "This is over: the record changed in Odoo before it was written. Nothing was changed by your click."
    )


def test_reason_of_nothing_that_can_be_seen_is_no_reason() -> None:
    answer = transition(a_case(), a_decide(verdict=Verdict.REJECT, reason="\u200d\u200c \u200d"), rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.REASON_OWED


def test_a_conflict_reopens_at_the_next_revision_with_both_figures() -> None:
    answer = transition(an_approved_case(), Conflict(1, CHANGED), rules(), minutes(1))
    assert isinstance(answer, Transition)
    assert answer.successor is not None
    successor = answer.successor.case
    assert (successor.predecessor, successor.revision.number, successor.decisions) == (1, 2, ())
    assert [(one.before, one.after) for one in successor.revision.changed] == [("12500.00", "13000.00")]
    assert [effect.kind for effect in answer.successor.effects] == [EffectKind.POST_CARD]


def test_a_conflict_with_a_record_that_is_over_or_too_small_opens_nothing() -> None:
    small = rules(materiality={CHANGED.event_type: usd("20000")})
    for now_is, under in ((Over("cancelled in Odoo"), rules()), (CHANGED, small)):
        answer = transition(an_approved_case(), Conflict(1, now_is), under, NOW)
        assert isinstance(answer, Transition)
        assert answer.successor is None


ADMIN = a_person("", key="admin", name="admin")


@pytest.mark.parametrize(
    "command",
    [Retry(1, ADMIN), DoneByHand(1, ADMIN, "typed in"), GiveUpWriting(1, ADMIN, "not worth it")],
    ids=lambda command: type(command).__name__,
)
def test_the_command_line_may_mend_what_is_stuck_and_is_named(command: Command) -> None:
    answer = transition(an_approved_case(W.FAILED), command, rules(), NOW)
    assert isinstance(answer, Transition)
    assert [(one.actor, one.origin) for one in answer.entries] == [("admin", "admin")]


def test_the_command_line_does_not_decide() -> None:
    answer = transition(a_case(), a_decide("", person=ADMIN), rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.UNKNOWN_PERSON


def test_being_delayed_twice_for_one_cause_is_said_once() -> None:
    delayed = an_approved_case(problem="Odoo is away")
    assert transition(delayed, Requeue(1, "Odoo is away"), rules(), NOW) is None
    assert isinstance(transition(delayed, Requeue(1, "Odoo is busy"), rules(), NOW), Transition)
