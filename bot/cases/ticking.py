"""Doing what is due: one transition for everything that the time has brought about on a case.

Core. Running it twice is harmless: what has been done is not due any more. When something is due is ``timing.py``'s.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.cases import following, giving
from bot.cases.answers import Transition, entry, tell_story
from bot.cases.commands import CatchUp, Tick
from bot.cases.escalating import escalate
from bot.cases.expiry import expire
from bot.cases.model import Case
from bot.cases.pausing import resume
from bot.cases.planning import Rules
from bot.cases.review import remind
from bot.cases.steering import wake
from bot.cases.timing import Due, DueThing, due_things
from bot.exceptions import handling, tracking

#: The audit entry of steps that were never done.
GAP = "self_audit.gap"


def due(case: Case, command: Tick | CatchUp, rules: Rules, now: datetime) -> Transition | None:
    """What the time has brought about, with a note of what ought to have been done before."""
    made = tick(case, rules, now)
    if isinstance(command, Tick):
        return made
    told = {"record": case.event.title, "due_at": [at.isoformat() for at in command.missed]}
    gap = Transition(case, (entry(case, GAP, "signoff", now, rules, told),), tell_story(case))
    return _then(gap, made) if made else gap


def tick(case: Case, rules: Rules, now: datetime) -> Transition | None:
    """What is due at ``now``, the earliest first; each thing sees what the one before it made of the case."""
    made: Transition | None = None
    for _ in Due:  # each kind at most once: what is due again at once waits for the next tick
        standing = made.case if made else case
        thing = _first_due(standing, now)
        if thing is None:
            break
        made = _then(made, _do(thing, standing, rules, now))
    return made or following.too_few_left(case, rules, now)


def _first_due(case: Case, now: datetime) -> DueThing | None:
    """What is to be done now. Where the time to decide is over, nobody is chased any more."""
    due = [one for one in due_things(case) if one.at <= now]
    return next((one for one in due if one.what is Due.EXPIRY), due[0] if due else None)


def _do(  # noqa: C901, PLR0911  # a table: each arm is one line
    thing: DueThing, case: Case, rules: Rules, now: datetime
) -> Transition:
    match thing.what:
        case Due.GRACE:
            return giving.release(case, rules, now)
        case Due.EXPIRY:
            return expire(case, rules, now)
        case Due.TELL:
            return tracking.tell(case, rules, now)
        case Due.HAND_BACK:
            return handling.hand_back(case, rules, now)
        case Due.RESUME:
            return resume(case, rules, now)
        case Due.STEP:
            return escalate(case, rules, now)
        case Due.WAKE:
            return wake(case, rules, now)
        case Due.REVIEW:
            return remind(case, rules, now)
        case _:
            assert_never(thing.what)


def _then(before: Transition | None, made: Transition) -> Transition:
    """Two steps as one."""
    if before is None:
        return made
    effects = tuple(dict.fromkeys(before.effects + made.effects))
    return Transition(made.case, before.entries + made.entries, effects, made.successor)
