"""What can be asked of an exception. Values only; ``handling.py`` and ``tracking.py`` answer.

Core. The commands of people carry the pin of the card that was clicked, as those of approvals do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.event import Event, RecordRef

if TYPE_CHECKING:
    from bot.cases.commands import Over
    from bot.cases.model import Person


@dataclass(frozen=True, slots=True)
class Tracked:
    """The record was read: what it is now as far as one event type is concerned."""

    record: RecordRef
    event_type: str
    now_is: Event | Over


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A person takes it in hand; from whoever has it by now, if anybody."""

    case_id: int
    person: Person
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """A person asks somebody to take it in hand."""

    case_id: int
    person: Person
    to: Person
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Snooze:
    """A person puts it off until an instant (UTC); ``None``: until the next working time of its place."""

    case_id: int
    person: Person
    until: datetime | None
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Resolve:
    """A person says why it came to this and how it was settled."""

    case_id: int
    revision: int
    person: Person
    root_cause: str
    resolution: str
    text: str = ""
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    """A person says that it is not settled after all."""

    case_id: int
    person: Person
    reason: str
    pin: str = ""


CareCommand = Acknowledge | Assign | Snooze | Resolve | Reopen
