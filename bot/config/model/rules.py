"""Which record falls under which policy.

Core: values only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import translate

from bot.config.conditions import Condition
from bot.money import Money

#: What ``severity`` can be; ``bot.cases.model.Severity`` has the same.
SEVERITIES = ("normal", "high")

GLOB = frozenset("*?[")  #: a text that holds one of these is a glob


class Mode(StrEnum):
    """Whether people are asked, or only watched."""

    LIVE = "live"
    OBSERVE = "observe"  #: cases open and are timed, but nobody is asked and nothing is written


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a rule accepts in one field, ready for many events."""

    field: str
    patterns: tuple[str, ...]  #: as they stand in the file
    names: frozenset[str]  #: a text that is exactly one of the patterns, be it a glob or not
    globs: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, name: str, patterns: tuple[str, ...]) -> Accepted:
        """Read the patterns."""
        globs = (re.compile(translate(pattern)) for pattern in patterns if GLOB & set(pattern))
        return cls(name, patterns, frozenset(patterns), tuple(globs))

    def accepts(self, actual: str) -> bool:
        """Whether ``actual`` is one of the names or meets one of the globs."""
        if actual in self.names:
            return True
        return bool(self.globs) and any(glob.match(actual) for glob in self.globs)

    def accepts_one_of(self, told: Sequence[str]) -> bool:
        """Whether it accepts anything of what a record has in the field."""
        return any(self.accepts(one) for one in told)


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a rule decides alone in one local day of the record's site. Every border is inside."""

    per_day: int | None = None
    per_person: int | None = None  #: of one maker
    value_per_day: Money | None = None  #: absolute values added up

    def __str__(self) -> str:
        """``50 a day, 5 a day and maker, 2000 USD a day``."""
        parts = (
            f"{self.per_day} a day" if self.per_day else "",
            f"{self.per_person} a day and maker" if self.per_person else "",
            f"{self.value_per_day} a day" if self.value_per_day else "",
        )
        return ", ".join(filter(None, parts))


#: Without a border.
NO_QUOTA = Quota()


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing line. An empty ``match`` with no money condition matches everything."""

    name: str
    policy: str
    line: int  #: where it stands in the file, for explanations
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: field -> accepted globs
    over: Money | None = None  #: strictly more than this, by absolute value
    under: Money | None = None  #: strictly less than this, by absolute value
    when: Condition | None = None
    ignored_because: str = ""  #: why nobody is asked; empty where somebody is, and then ``policy`` says how
    mode: Mode = Mode.LIVE
    approves: bool = False  #: it decides alone, while its quota lasts
    quota: Quota = NO_QUOTA
    reason: str = ""  #: why it approves, for the note
    fields: tuple[Accepted, ...] = field(init=False, compare=False, repr=False)  #: ``match``, ready for many events

    def __post_init__(self) -> None:
        """Prepare what every event is held against."""
        object.__setattr__(self, "fields", tuple(Accepted.of(name, given) for name, given in self.match.items()))

    @property
    def asks_nobody(self) -> bool:
        """Whether it lets something pass without a person: only what it certainly matches."""
        return self.approves or bool(self.ignored_because)

    @property
    def is_unconditional(self) -> bool:
        """Whether it matches every event."""
        return not self.match and self.over is None and self.under is None and self.when is None
