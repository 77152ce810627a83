"""What was seen, as the table of the README: a row for each play, a column for each server and way of writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Seen(StrEnum):
    """How a play ended; the value is what the table shows."""

    OK = "✓"
    FAILED = "✗"
    SKIPPED = "skipped"
    NOT_PLAYED = "–"  #: means nothing in this column


@dataclass(slots=True)
class Matrix:
    """Rows and columns in the order in which they were first seen."""

    cells: dict[tuple[str, str], Seen] = field(default_factory=dict)
    #: What went wrong or was missing, a line each.
    trouble: list[str] = field(default_factory=list)

    def put(self, row: str, column: str, seen: Seen, why: str = "") -> None:
        """Enter what was seen."""
        self.cells[row, column] = seen
        if seen in {Seen.FAILED, Seen.SKIPPED}:
            self.trouble.append(f"{seen} {column}: {row}: {why}")

    @property
    def whole(self) -> bool:
        """Whether everything was played, and went well."""
        return bool(self.cells) and not self.trouble

    def lines(self) -> list[str]:
        """The table in Markdown."""
        rows, columns = _distinct(row for row, _ in self.cells), _distinct(column for _, column in self.cells)
        told = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
        for row in rows:
            cells = [self.cells.get((row, column), Seen.NOT_PLAYED) for column in columns]
            told.append(f"| {row} | {' | '.join(cells)} |")
        return told


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
