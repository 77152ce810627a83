"""What can be asked of an exception. Values only; ``handling.py`` and ``tracking.py`` answer.

Core. The commands of people carry the pin of the card that was clicked, as those of approvals do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases.event import Event, RecordRef
from bot.money import Money

if TYPE_CHECKING:
    from bot.cases.commands import Over
    from bot.cases.files import File
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
    group: int = 0  #: the group that is opened again with it; 0: it is opened by itself


@dataclass(frozen=True, slots=True)
class AskApproval:
    """A person asks for an approval, under one of the policies that the exception's own names."""

    case_id: int
    person: Person
    policy: str
    text: str
    pin: str = ""


CareCommand = Acknowledge | Assign | Snooze | Resolve | Reopen | AskApproval


@dataclass(frozen=True, slots=True)
class Asked:
    """The approval that an exception asked for has opened; 0: it is the case that this transition opens."""

    case_id: int
    approval: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The approval that an exception asked for is over."""

    case_id: int
    approval: int
    sentence: str


@dataclass(frozen=True, slots=True)
class DropRequest:
    """The exception that asked for this approval is over."""

    case_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A case beside others like it."""

    case_id: int
    title: str
    value: Money | None = None
    link: str = ""  #: opens its record in Odoo
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Gather:
    """An exception is to be told of: alone, or together with those like it. 0: the case that this transition opens."""

    case_id: int
    group: int = 0  #: the open group to which it belongs; found by the service
    alike: tuple[Alike, ...] = ()  #: others like it that stand alone, the oldest first; found by the service


@dataclass(frozen=True, slots=True)
class Join:
    """An exception becomes a member of the case ``parent``; 0: of the one that this transition opens."""

    case_id: int
    parent: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """A group has more members."""

    case_id: int
    members: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Members of a group are over."""

    case_id: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Somebody took a member out of a group: it has a card and a clock of its own."""

    case_id: int
    member: Alike


@dataclass(frozen=True, slots=True)
class BringOut:
    """A person wants a member of a group, or an approval on a list, to have a card of its own."""

    case_id: int
    person: Person


@dataclass(frozen=True, slots=True)
class TakeFile:
    """A file that was given to the whole group is evidence for this member of it as well."""

    case_id: int
    kept: File


@dataclass(frozen=True, slots=True)
class Repeated:
    """The cases about one subject within the window of a pattern; the newest of them, the oldest first."""

    pattern: str
    by: str
    subject: str
    number: int  #: how often
    cases: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Recur:
    """A case has opened, or is about more than before: does it repeat? 0: the case that this transition opens."""

    case_id: int
    found: tuple[Repeated, ...] = ()  #: found by the service


GroupCommand = Gather | Join | Gathered | Left | TakenOut | Recur | Asked | Answered | DropRequest
