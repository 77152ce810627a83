"""Stopping the clock of a case for a while: who may is the policy's to say, how long is bounded, why is kept. Core.

While the clock stands still no step comes, in whatever time it counts; the expiry goes on. It starts again by itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.approvals.authority import Reason, Refused, may_care, may_pause
from bot.approvals.powers import powers_at
from bot.cases.answers import Answer, Transition, entry, refuse, update_cards
from bot.cases.audience import assignees
from bot.cases.clock_commands import Pause, Resume
from bot.cases.model import Case
from bot.cases.observing import ONLY_OBSERVED
from bot.cases.planning import Rules
from bot.config.durations import write_duration
from bot.exceptions.care import renewed
from bot.text import clean

_UNKNOWN = Refused(Reason.UNKNOWN_CASE, "This case is not known here; nothing was changed.")
_OVER = Refused(Reason.DECIDED, "Nobody is waited for on this case any more; nothing was changed.")
_NO_CLOCK = Refused(Reason.NOT_STUCK, "No time is counted on this case, so there is nothing to pause.")
_NOT_PAUSED = Refused(Reason.NOT_STUCK, "The clock of this case is running; nothing was changed.")
_WHY = Refused(Reason.REASON_OWED, "Please say why; the cause is shown on the card.")
_CAUSE = 200


def set_clock(case: Case | None, command: Pause | Resume, rules: Rules, now: datetime) -> Answer:
    """What a person's pause or its end does to ``case``."""
    refused = _UNKNOWN if case is None else _refused(case, command, rules, now)
    if case is None or refused is not None:
        return refuse(case, command, refused or _UNKNOWN, rules, now)
    person = command.person
    who = {"name": person.name, "email": person.email, "record": case.event.title}
    match command:
        case Pause():
            cause = clean(command.cause, _CAUSE)
            after = replace(case, chase=replace(case.chase, paused=cause, paused_until=now + command.length))
            told = {**who, "cause": cause, "until": (now + command.length).isoformat()}
            made = entry(after, "clock.paused", person.key, now, rules, told, origin="slack")
        case Resume():
            after = _running(case, now)
            made = entry(after, "clock.resumed", person.key, now, rules, who, origin="slack")
        case _:
            assert_never(command)
    return Transition(after, (made,), update_cards(after))


def resume(case: Case, rules: Rules, now: datetime) -> Transition:
    """The pause is over by itself."""
    after = _running(case, now)
    due = case.chase.paused_until or now
    told = {"record": case.event.title, "due_at": due.isoformat(), "mention": list(_woken(case, rules, now))}
    return Transition(after, (entry(after, "clock.resumed", "signoff", now, rules, told),), update_cards(after))


def _running(case: Case, now: datetime) -> Case:
    care = renewed(case.care, case.plan.care, now)
    return replace(case, chase=replace(case.chase, paused="", paused_until=None), care=care)


def _woken(case: Case, rules: Rules, now: datetime) -> tuple[str, ...]:
    """Who is told that an exception is back: its owner, else everybody who is asked."""
    if case.care is None:
        return ()
    return (case.care.owner.email,) if case.care.owner else assignees(case, rules, now)


def _refused(case: Case, command: Pause | Resume, rules: Rules, now: datetime) -> Refused | None:
    if not case.is_waiting:
        return _OVER
    if case.plan.observe:
        return ONLY_OBSERVED
    powers = powers_at(case, rules)
    allowed = may_pause(command.person, case, powers)
    if case.care is not None and isinstance(allowed, Refused):
        allowed = may_care(command.person, case, now, powers)
    if isinstance(allowed, Refused):
        return allowed
    if isinstance(command, Resume):
        return None if case.chase.paused else _NOT_PAUSED
    if case.chase.current is None and case.care is None:
        return _NO_CLOCK
    return _too_long(case, command, now) if clean(command.cause, _CAUSE) else _WHY


def _too_long(case: Case, command: Pause, now: datetime) -> Refused | None:
    """All pauses of a case together are bounded: a card must not be put off for ever, bit by bit."""
    if case.plan.pause is None:
        return None
    stood = ((one.until or now) - one.since for one in case.chase.segments if one.cause)
    left = case.plan.pause.longest - sum(stood, timedelta(0))
    if timedelta(0) < command.length <= left:
        return None
    rest = write_duration(max(left // timedelta(minutes=1) * timedelta(minutes=1), timedelta(0)))
    return Refused(Reason.OVER_LIMIT, f"This case may stand still for {rest} more at most; nothing was changed.")
