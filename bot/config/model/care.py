"""How an exception is looked after: for how long somebody owns it, and with what it may end.

Core: values only. A ``CareRule`` is frozen into a case's plan with the rest of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.config.model.calendars import Span

#: Root causes where the config names none of its own.
ROOT_CAUSES = (
    "counting error",
    "picking error",
    "receiving error",
    "mislabelled",
    "misplaced",
    "damage in transit",
    "damage in house",
    "theft suspected",
    "supplier short",
    "supplier late",
    "supplier quality",
    "carrier late",
    "carrier damage",
    "system or integration error",
    "master data",
    "process not followed",
    "customer change",
    "other",
)

#: The root cause that owes a text.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class GroupRule:
    """When exceptions of one type and site become one card."""

    by: str  #: what else they have in common: ``partner``, ``product``, or nothing for ``site``
    window: timedelta  #: wall time between two that belong together
    count: int  #: from so many on


@dataclass(frozen=True, slots=True)
class Pattern:
    """What repeats, and who is asked about it."""

    name: str  #: of the case that it opens: its event type
    event_types: tuple[str, ...]
    by: tuple[str, ...]  #: of ``product``, ``location``, ``zone``, ``counter``, ``partner``: each counts by itself
    count: int  #: the case opens with this one
    window: timedelta  #: wall time, up to the newest
    policy: str


class System(StrEnum):
    """What Signoff can notice of itself. Each is the event type of the case that it opens."""

    STUCK_APPROVAL = "system.stuck_approval"
    WEBHOOK_SILENT = "system.webhook_silent"
    QUEUE_BACKLOG = "system.queue_backlog"
    WRITEBACK_FAILED = "system.writeback_failed"
    ORPHAN = "system.orphan"
    CONFIG_REJECTED = "system.config_rejected"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Who is told of something that Signoff notices of itself."""

    name: System
    after: Span  #: it has been so for so long; zero: at once
    policy: str


@dataclass(frozen=True, slots=True)
class CareRule:
    """What a policy says of the looking after."""

    unacknowledge: timedelta | None = None  #: wall time after which an owner who did nothing more loses it; None: never
    debounce: timedelta = timedelta(0)  #: people are told only if it is still true after so much wall time
    root_causes: tuple[str, ...] = ROOT_CAUSES
    resolutions: tuple[str, ...] = ()  #: those that may be chosen; empty: those of the event type
    group: GroupRule | None = None  #: None: each has its own card
    approvals: tuple[str, ...] = ()  #: the policies under which an approval can be asked for


#: What holds where a policy was not written for exceptions.
USUAL_CARE = CareRule()
