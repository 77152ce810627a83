"""What a figure is, and the table of all of them beside their aims.

Ratios count, not absolute times: a rate is told in echoes (requests that a bare aiohttp server answers on this
machine) and in commits (durable SQLite commits, one after the other), and so is its aim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What is counted."""

    PER_SECOND = "/s"
    MS = "ms"
    CPU_MS = "ms CPU"
    MB = "MB"
    KB = "kB"
    COUNT = ""


@dataclass(frozen=True, slots=True)
class Yardsticks:
    """What the machine can do."""

    echoes: float  #: requests per second of a bare aiohttp server, under the same load generator
    commits: float  #: durable SQLite commits per second, one at a time


#: Of the machine on which the aims were set.
AIMED_ON = Yardsticks(echoes=12_800, commits=1_775)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    unit: Unit
    aim: float | None = None
    #: Correctness: the run fails unless it is exactly so.
    must_be: float | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether something was lost or doubled."""
        return self.must_be is not None and self.value != self.must_be


@dataclass(frozen=True, slots=True)
class Report:
    """One whole run."""

    engine: str
    yardsticks: Yardsticks
    figures: Sequence[Figure]

    @property
    def wrong(self) -> list[Figure]:
        """The correctness figures that are not what they must be."""
        return [figure for figure in self.figures if figure.is_wrong]

    def as_json(self) -> dict[str, Any]:
        """For programs: ``None`` is what there is no aim for."""
        return {
            "engine": self.engine,
            "yardsticks": asdict(self.yardsticks),
            "figures": [asdict(figure) | self._ratios(figure) for figure in self.figures],
            "ok": not self.wrong,
        }

    def as_table(self) -> str:
        """For people."""
        head = ("", "ours", "aim", "echoes", "aim", "commits", "aim")
        rows = [head, *(self._row(figure) for figure in self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        lines = ["  ".join(_padded(row, widths)).rstrip() for row in rows]
        ours, theirs = self.yardsticks, AIMED_ON
        foot = (
            f"{self.engine}. This machine answers {ours.echoes:,.0f} echoes/s and makes {ours.commits:,.0f} commits/s; "
            f"that of the aims {theirs.echoes:,.0f} and {theirs.commits:,.0f}."
        )
        return "\n".join([*lines, "", foot])

    def _row(self, figure: Figure) -> tuple[str, ...]:
        wanted = figure.aim if figure.must_be is None else figure.must_be
        aim = "" if wanted is None else _told(wanted, figure.unit)
        if figure.must_be is not None:
            aim = f"must be {aim}"
        ours = _told(figure.value, figure.unit) + (" WRONG" if figure.is_wrong else "")
        ratios = self._ratios(figure)
        told = ("echoes", "aim_echoes", "commits", "aim_commits")
        return (figure.name, ours, aim, *("" if ratios[one] is None else f"{ratios[one]:.3g}" for one in told))

    def _ratios(self, figure: Figure) -> dict[str, float | None]:
        ours, aimed = _ratio(figure.value, figure.unit, self.yardsticks), _ratio(figure.aim, figure.unit, AIMED_ON)
        return {"echoes": ours[0], "aim_echoes": aimed[0], "commits": ours[1], "aim_commits": aimed[1]}


def _ratio(value: float | None, unit: Unit, machine: Yardsticks) -> tuple[float | None, float | None]:
    """In echoes and in commits: of a rate the share, of a cost how many could have been had for it."""
    if value is None:
        return None, None
    match unit:
        case Unit.PER_SECOND:
            return value / machine.echoes, value / machine.commits
        case Unit.MS | Unit.CPU_MS:
            return value / 1000 * machine.echoes, None
        case _:
            return None, None


def _told(value: float, unit: Unit) -> str:
    digits = 0 if unit is Unit.COUNT or value >= 100 else 1  # three figures are enough
    return f"{value:,.{digits}f} {unit}".rstrip() if unit is not Unit.PER_SECOND else f"{value:,.{digits}f}/s"


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    name, *others = zip(row, widths, strict=True)
    return [name[0].ljust(name[1]), *(text.rjust(width) for text, width in others)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of them lie (nearest rank); not a number where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def latencies(name: str, seconds: Sequence[float], aims: tuple[float | None, float | None]) -> list[Figure]:
    """The median and the 99th percentile in milliseconds."""
    return [
        Figure(f"{name}, p50", percentile(seconds, 0.5) * 1000, Unit.MS, aims[0]),
        Figure(f"{name}, p99", percentile(seconds, 0.99) * 1000, Unit.MS, aims[1]),
    ]
