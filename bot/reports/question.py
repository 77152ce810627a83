"""What somebody asks of the open cases: a value for each way to narrow them down.

Core. How it is typed is ``reading``'s.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from bot.cases.model import Kind


class Which(StrEnum):
    """Which of the open ones."""

    ALL = "all"
    MINE = "mine"  #: the asker owns it
    OVERDUE = "overdue"  #: its answer was due before now
    UNOWNED = "unowned"


@dataclass(frozen=True, slots=True)
class Amount:
    """A border for the absolute value."""

    amount: Decimal
    currency: str = ""  #: empty: of whatever currency the record is in


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose turn it is: a role's or somebody's. Neither: nobody's that is known, and so nothing is found."""

    role: str = ""
    person: str = ""  #: an address in lower case, or a part of one


@dataclass(frozen=True, slots=True)
class Question:
    """Everything has to hold; what is empty is not asked."""

    kind: Kind
    which: frozenset[Which] = frozenset()
    sites: frozenset[str] = frozenset()
    event_types: frozenset[str] | None = None  #: None: any
    owner: str = ""  #: part of the owner's address, lower case
    older: timedelta | None = None
    over: Amount | None = None
    under: Amount | None = None
    waiting: Waiting | None = None  #: None: whoever's turn it is
    words: tuple[str, ...] = ()  #: casefolded
    page: int = 1

    @property
    def is_about_values(self) -> bool:
        """Whether the answer tells something about values."""
        return self.over is not None or self.under is not None


@dataclass(frozen=True, slots=True)
class Understood:
    """The question, and what its asker should know about how it was read."""

    question: Question
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the words of a question can name."""

    sites: Collection[str]
    event_types: Collection[str]
    roles: Collection[str] = ()
    people: Collection[str] = ()  #: addresses of those who hold a role
    me: str = ""  #: the address of whoever asks
