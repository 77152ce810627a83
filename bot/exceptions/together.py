"""What concerns several cases at once: storms and repeats, each answered by its own module. Core."""

from __future__ import annotations

from datetime import datetime

from bot.cases.answers import Transition
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.exceptions import gathering, patterns
from bot.exceptions.commands import Gather, GroupCommand, Recur


def together(case: Case, command: GroupCommand, rules: Rules, now: datetime) -> Transition | None:
    """What ``command`` does to ``case``."""
    match command:
        case Gather():
            return gathering.gather(case, command, rules, now)
        case Recur():
            return patterns.recur(case, command, rules, now)
        case _:
            return gathering.settle(case, command, rules, now)
