"""What concerns several cases at once: storms and repeats, each answered by its own module. Core."""

from __future__ import annotations

from datetime import datetime

from bot.cases import bursts
from bot.cases.answers import Transition
from bot.cases.burst_commands import BurstCommand, Enlist, Enlisted, ListChanged, ListGrew, ListLeft, ListNudged
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.exceptions import asking, gathering, patterns
from bot.exceptions.commands import Answered, Asked, DropRequest, Gather, GroupCommand, Recur


def together(case: Case, command: GroupCommand | BurstCommand, rules: Rules, now: datetime) -> Transition | None:
    """What ``command`` does to ``case``."""
    match command:
        case Gather():
            return gathering.gather(case, command, rules, now)
        case Recur():
            return patterns.recur(case, command, rules, now)
        case Asked() | Answered() | DropRequest():
            return asking.settle(case, command, rules, now)
        case Enlist() | Enlisted() | ListGrew() | ListLeft() | ListChanged() | ListNudged():
            return bursts.apply(case, command, rules, now)
        case _:
            return gathering.settle(case, command, rules, now)


def followed_up(before: Case | None, made: Transition, rules: Rules, now: datetime) -> Transition:
    """``made``, with what follows from it for other cases."""
    told = gathering.tell_group(before, asking.tell_asker(before, made, now))
    return patterns.watched(before, told, rules)
