"""What a check looks at: the parts of a file that could be read, and where they stand.

Core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.config.model import Config, Group, Rule
from bot.config.problems import ConfigProblem, Place, Severity, written


@dataclass(frozen=True, slots=True)
class Draft:
    """The readable parts of a file, in its order."""

    config: Config  #: holds what could be read; it is the config itself where nothing is wrong
    rules: tuple[Rule | None, ...]  #: in the file's order; None where a rule could not be read
    event_types: tuple[str, ...]  #: those of the catalog, sorted
    line: Callable[[Place], int]
    complete: bool  #: whether everything in the file could be read
    insiders: Mapping[Group, frozenset[str]] = field(default_factory=dict)  #: who is in a group, where it was looked up
    amounts: tuple[tuple[Place, str], ...] = ()  #: where the file names money, and in which currency
    now: datetime | None = None  #: when it is checked; None: what depends on the day is not looked at

    def readable_rules(self) -> Iterator[tuple[int, Rule]]:
        """The rules with their places in the file."""
        return ((index, rule) for index, rule in enumerate(self.rules) if rule is not None)

    def error(self, place: Place, message: str, hint: str = "") -> ConfigProblem:
        """A problem for which the file is refused."""
        return ConfigProblem(self.line(place), written(place), message, hint)

    def warning(self, place: Place, message: str, hint: str = "") -> ConfigProblem:
        """A problem that is told, no more."""
        return ConfigProblem(self.line(place), written(place), message, hint, Severity.WARNING)
