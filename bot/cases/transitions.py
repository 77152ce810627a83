"""The rules of a case: ``(case, command, rules, now) -> Transition | Refusal | None``.

Core: no I/O, no clock. None means that there is nothing to do. Opening and following the record is
``following.py``'s part, the way of an outcome into Odoo ``outcome.py``'s; what people say is here.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.approvals.authority import Allowed, Reason, Refused, may, may_care
from bot.approvals.powers import powers_at
from bot.cases import break_glass as glass
from bot.cases import (
    bringing,
    bursts,
    deciding,
    delivery,
    evidence,
    fallback,
    following,
    forwarding,
    giving,
    outcome,
    saying,
    steering,
    ticking,
    timing,
)
from bot.cases.answers import Answer, Refusal, Transition, refuse
from bot.cases.burst_commands import BurstCommand
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
    Decide,
    Delay,
    DoneByHand,
    Fail,
    FallBack,
    Forward,
    GiveUpWriting,
    KeepFile,
    Observed,
    OfferFiles,
    PersonCommand,
    RefuseFile,
    Requeue,
    Retry,
    Said,
    Say,
    StewardCommand,
    Tick,
    Uncertain,
    Undelivered,
    Undo,
    Wanted,
)
from bot.cases.model import Case, Kind, Status
from bot.cases.observing import ONLY_OBSERVED, quiet
from bot.cases.planning import Rules
from bot.cases.refusals import CHANGED, EXPIRED, ONLY_LISTED, REASON_OWED, TEXT_OWED, UNKNOWN
from bot.cases.remark import RemarkKind
from bot.cases.rerouting import reroute
from bot.cases.steward_commands import Reroute, TakeBack
from bot.escalation.stopwatch import timed
from bot.exceptions import gathering, handling, together, tracking
from bot.exceptions.commands import BringOut, CareCommand, GroupCommand, TakeFile, Tracked
from bot.text import clean


def transition(case: Case | None, command: Command, rules: Rules, now: datetime) -> Answer:
    """What ``command`` does to ``case`` (None: no such case, or for Observed no open one)."""
    answer = _answer(case, command, rules, now)
    if not isinstance(answer, Transition):
        return answer
    shared = gathering.shared(case, command, timed(case, answer, now))
    made = bursts.followed(case, together.followed_up(case, shared, rules, now))
    return quiet(case, fallback.keep_activities(case, made, rules, now))


def _answer(  # noqa: C901, PLR0911, PLR0912  # a table: each arm is one line
    case: Case | None, command: Command, rules: Rules, now: datetime
) -> Answer:
    if isinstance(command, GroupCommand | BurstCommand):
        return None if case is None else together.together(case, command, rules, now)
    if case is not None and case.kind is Kind.LIST and isinstance(command, PersonCommand | StewardCommand):
        return refuse(case, command, ONLY_LISTED, rules, now)
    match command:
        case Observed():
            return following.follow(case, command, rules, now)
        case Tracked():
            return tracking.track(case, command, rules, now)
        case Begin() | Confirm() | Conflict() | Uncertain() | Ask() | Requeue() | Delay() | Fail():
            return None if case is None else outcome.write_back(case, command, rules, now)
        case Reroute():
            return reroute(case, command, rules, now)
        case TakeBack():
            return forwarding.take_back(case, command, rules, now)
        case BringOut():
            return bringing.bring_out(case, command, rules, now)
        case Pause() | Resume() | Silence() | Reassign():
            return steering.steer(case, command, rules, now)
        case KeepFile() | TakeFile() | RefuseFile():
            return None if case is None else evidence.settle(case, command, rules, now)
        case Tick() | CatchUp():
            return None if case is None else ticking.due(case, command, rules, now)
        case Undelivered() | FallBack():
            return None if case is None else delivery.not_shown(case, command, rules, now)
        case _:
            return _person(case, command, rules, now)


def _person(case: Case | None, command: PersonCommand, rules: Rules, now: datetime) -> Answer:
    if case is None:
        return refuse(None, command, UNKNOWN, rules, now)
    wanted = command.wanted if isinstance(command, Consider) else command
    verdict = ONLY_OBSERVED if case.plan.observe else _judge(case, wanted, rules, now)
    if isinstance(verdict, Refused):
        return refuse(case, command, verdict, rules, now)
    if isinstance(command, CareCommand):
        return handling.do(case, command, verdict, rules, now)
    return None if isinstance(command, Consider) else _do(case, command, verdict, rules, now)


def _do(case: Case, command: Said, verdict: Allowed, rules: Rules, now: datetime) -> Answer:  # noqa: PLR0911
    match command:
        case Decide():
            return deciding.decide(case, command, verdict, rules, now)
        case Forward():
            made = forwarding.forward(case, command, rules, now)
            return refuse(case, command, made, rules, now) if isinstance(made, Refused) else made
        case Retry() | DoneByHand() | GiveUpWriting():
            return _mend(case, command, rules, now)
        case Say():
            return _say(case, command, verdict, rules, now)
        case BreakGlass():
            return _break_glass(case, command, rules, now)
        case Undo():
            return giving.undo(case, command, rules, now)
        case OfferFiles():
            return evidence.offer(case, command, rules, now)
        case _:
            assert_never(command)


def _judge(case: Case, wanted: Wanted, rules: Rules, now: datetime) -> Allowed | Refused:  # noqa: PLR0911
    """Whether ``wanted`` is taken, its reason aside."""
    if isinstance(wanted, CareCommand):
        return CHANGED if not _is_of(wanted, case) else handling.judge(case, wanted, rules, now)
    match wanted:
        case Decide() | Forward():
            return _may_answer(case, wanted, rules, now)
        case Retry() | DoneByHand() | GiveUpWriting():
            return _may_mend(case, wanted, rules, now)
        case Say():
            return _may_say(case, wanted, rules, now)
        case BreakGlass():
            return _may_break(case, wanted, rules, now)
        case Undo():
            return _may_undo(case, wanted, now)
        case OfferFiles():
            return CHANGED if not _is_of(wanted, case) else evidence.may_offer(case, wanted, now)
        case _:
            assert_never(wanted)


def _may_answer(case: Case, command: Decide | Forward, rules: Rules, now: datetime) -> Allowed | Refused:
    over = _no_longer_asked(case, now)
    if over is not None:
        return over
    return deciding.may_answer(case, command, lambda asked: _authority(asked, command, rules, now), rules)


def _may_decide(case: Case, command: Say, rules: Rules, now: datetime) -> Allowed | Refused:
    """Whether this person is one of those who are asked now."""
    return _no_longer_asked(case, now) or _authority(case, command, rules, now)


def _no_longer_asked(case: Case, now: datetime) -> Refused | None:
    """Why nobody is asked; None where somebody is."""
    if case.status is not Status.PENDING:
        return giving.no_longer_pending(case)
    if case.intended is not None:
        return giving.held(case.intended)
    return EXPIRED if timing.is_expired(case, now) else None


def _may_mend(
    case: Case, command: Retry | DoneByHand | GiveUpWriting, rules: Rules, now: datetime
) -> Allowed | Refused:
    if not _is_of(command, case):
        return CHANGED
    if not case.is_stuck:
        sentence = (
            f"The write-back is {case.write_back.replace('_', ' ')}; there is nothing to mend. "
            "Nothing was changed by your click."
        )
        return Refused(Reason.NOT_STUCK, sentence)
    if command.person.key == outcome.ADMIN:
        return Allowed(outcome.ADMIN)
    return _authority(case, command, rules, now)


def _mend(case: Case, command: Retry | DoneByHand | GiveUpWriting, rules: Rules, now: datetime) -> Answer:
    if not isinstance(command, Retry) and not clean(command.reason):
        return refuse(case, command, REASON_OWED, rules, now)
    return outcome.mend(case, command, rules, now)


def _may_say(case: Case, command: Say, rules: Rules, now: datetime) -> Allowed | Refused:
    if command.kind is RemarkKind.REVIEW:
        return glass.may_review(case, command, rules)
    if command.kind is RemarkKind.QUESTION:
        verdict = _may_decide(case, command, rules, now)
        if isinstance(verdict, Refused):
            return verdict
    else:
        verdict = Allowed("")
    if not _is_of(command, case):
        return CHANGED
    return saying.refusal(case, command, now) or verdict


def _may_undo(case: Case, command: Undo, now: datetime) -> Allowed | Refused:
    refused = giving.not_taken_back(case, command, now)
    return refused or (Allowed("") if _is_of(command, case) else CHANGED)


def _may_break(case: Case, command: BreakGlass, rules: Rules, now: datetime) -> Allowed | Refused:
    over = _no_longer_asked(case, now)
    if over is not None:
        return over
    verdict = glass.may_break(case, command.person, rules)
    if isinstance(verdict, Refused):
        return verdict
    return verdict if command.revision == case.revision.number and _is_of(command, case) else CHANGED


def _break_glass(case: Case, command: BreakGlass, rules: Rules, now: datetime) -> Answer:
    if not clean(command.reason):
        return refuse(case, command, REASON_OWED, rules, now)
    return glass.break_glass(case, command, rules, now)


def _say(case: Case, command: Say, verdict: Allowed, rules: Rules, now: datetime) -> Answer:
    if not clean(command.text):
        return refuse(case, command, TEXT_OWED, rules, now)
    return saying.say(case, command, verdict.as_role, rules, now)


def _is_of(command: Wanted, case: Case) -> bool:
    """Whether the card that was clicked showed this record with these figures."""
    return command.pin in ("", case.event.pin, case.pin)


def _authority(case: Case, command: Wanted, rules: Rules, now: datetime) -> Allowed | Refused:
    powers = powers_at(case, rules)
    if case.care is not None:
        return may_care(command.person, case, now, powers)
    return may(command.person, command, case, now, powers)


__all__ = ["Answer", "Refusal", "Transition", "transition"]
