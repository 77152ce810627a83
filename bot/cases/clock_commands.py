"""What people ask of a case's time and of whom it asks. Values only; ``pausing.py`` and ``steering.py`` answer.

Core. None of these decides a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.cases.model import Person


@dataclass(frozen=True, slots=True)
class Pause:
    """A person stops the clock for ``length`` of wall time."""

    case_id: int
    person: Person
    length: timedelta
    cause: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A person starts the clock again."""

    case_id: int
    person: Person


@dataclass(frozen=True, slots=True)
class Silence:
    """A person wants no reminders of a case for ``length`` of wall time."""

    case_id: int
    person: Person
    length: timedelta


@dataclass(frozen=True, slots=True)
class Reassign:
    """A person has another role asked instead of the present ones."""

    case_id: int
    person: Person
    role: str
    reason: str


ClockCommand = Pause | Resume | Silence | Reassign
