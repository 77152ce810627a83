"""What happens when nobody answers: escalation policies and their steps.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from bot.config.model.calendars import Span
from bot.money import Money


class Act(StrEnum):
    """What a step does."""

    REMIND = "remind"  #: say so where the card hangs; ``to``: assignees are mentioned, channel mentions nobody
    DM = "dm"  #: a copy of the card to each person; ``to``: assignees or contact
    POST = "post"  #: a copy of the card into the channel ``to``
    REASSIGN = "reassign_to"  #: the role ``to`` is asked instead
    WIDEN = "widen_to"  #: the role ``to`` is asked too
    EXPIRE = "expire"
    REJECT = "reject"
    APPROVE = "approve"  #: only up to ``limit``


#: Acts after which nothing more can come.
ENDINGS = frozenset({Act.EXPIRE, Act.REJECT, Act.APPROVE})

ASSIGNEES, CONTACT, CHANNEL = "assignees", "contact", "channel"


@dataclass(frozen=True, slots=True)
class PauseRule:
    """Who may stop the clock of a case, and for how long in all."""

    roles: tuple[str, ...]
    longest: timedelta


@dataclass(frozen=True, slots=True)
class ReassignRule:
    """Who may have another role asked by hand, which roles, and how often in a case."""

    by: tuple[str, ...]
    to: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Step:
    """One part of an escalation: when, and what."""

    after: Span | Decimal  #: counted from the step before it; a Decimal is a share of the SLA from the stage's opening
    act: Act
    to: str = ""
    also_channel: bool = False  #: say so where the card hangs, too
    repeat: int = 0  #: how often it is done again, each time after the same span
    limit: Money | None = None
