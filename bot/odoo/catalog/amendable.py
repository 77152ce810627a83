"""Which lines of a record an approval may change, how they are read, and what is written of them.

Core. Says nothing of when a change is allowed: that is the plan's and ``cases/changing``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases.lines import Line, LineChange, Lines
from bot.config.model import Changeable

#: Of a command that writes to a line which is there, in the list that Odoo takes for a field of lines.
_UPDATE = 1


@dataclass(frozen=True, slots=True)
class Amendable:
    """The lines of which an approval may make a figure smaller, and how they are read and written."""

    lines: str  #: the field of the lines, which is watched
    total: str  #: the watched field of the record's total
    line_total: str  #: of a line, taxes included
    figures: Mapping[Changeable, str]  #: the columns of a line
    #: Whether the record stands where its lines may be written and its method be called.
    is_open: Callable[[Mapping[str, Any]], bool]
    #: Column of a line -> what was done with it where that is not zero: the record has gone on by itself then.
    gone_on: Mapping[str, str]
    may: tuple[Changeable, ...] = tuple(Changeable)  #: which of the figures an approval may make smaller
    #: Columns that Odoo works out anew from a figure that is written, and that are to stay: written with it.
    kept: tuple[str, ...] = ()

    @property
    def fixed_by(self) -> tuple[str, ...]:
        """What tells that it has gone on, as far as a server has it: 18.0 knows no lock of a purchase but ``done``."""
        return ("locked", *(f"{self.lines}.{column}" for column in self.gone_on))

    @property
    def written_columns(self) -> tuple[str, ...]:
        """What is written of a line, in the order of ``columns``."""
        return (*self.figures.values(), *self.kept)

    @property
    def paths(self) -> tuple[str, ...]:
        """What has to be read of a line."""
        return tuple(f"{self.lines}.{column}" for column in (self.line_total, *self.written_columns))

    def written(self, lines: Lines, changes: Iterable[LineChange]) -> dict[str, object]:
        """The values that bring ``changes`` about, in one write of the record: absolute, so that twice is once.

        Every figure of a changed line is among them: Odoo works out a new price where a quantity alone is written
        (read in the sources of 18.0 and 19.0).
        """
        changed = [line for one in sorted({one.line for one in changes}) if (line := lines.line(one)) is not None]
        return {self.lines: [[_UPDATE, line.id, self.columns(line)] for line in changed]}

    def columns(self, line: Line) -> dict[str, float]:
        """A line's figures, by the columns that hold them."""
        figures = (*(line.figure(what) for what in self.figures), *line.kept)
        return dict(zip(self.written_columns, map(float, figures), strict=True))
