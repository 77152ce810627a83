"""A report as values: every figure at every level, with what it is about. How it looks is said elsewhere.

Reads alone. Levels: all together, by site, by event type, by both; sums where sums mean something, else asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Final

from bot.cases.model import Kind
from bot.db import Read
from bot.reports.asked import EVERY, Asked, Number, Numbers
from bot.reports.kpis import KPIS, TURNAROUND, Kpi, measure
from bot.reports.period import Period

#: The part that is a share: its ``value`` is of 1, its ``count`` what it is the share of.
SHARE: Final = "share"
_DIGITS = Decimal("0.0001")
_BY_NAME = {kpi.name: kpi for kpi in KPIS}

_Place = tuple[str, Kind, str | None, str]


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked, and every figure."""

    period: Period
    at: datetime  #: as of when, UTC
    sites: tuple[str, ...]  #: asked about; empty: all
    event_types: tuple[str, ...]  #: asked about; empty: all
    numbers: tuple[Number, ...]
    _placed: Mapping[_Place, Mapping[str, Number]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Find each figure by its place."""
        placed: dict[_Place, dict[str, Number]] = {}
        for one in self.numbers:
            placed.setdefault((one.kpi, one.kind, one.site, one.event_type), {})[one.of] = one
        object.__setattr__(self, "_placed", placed)

    def at_place(self, kpi: Kpi, kind: Kind, site: str | None = EVERY, event_type: str = EVERY) -> Mapping[str, Number]:
        """The parts of a KPI at a place."""
        return self._placed.get((kpi.name, kind, site, event_type), {})

    def kinds(self) -> list[Kind]:
        """The kinds of which something is told."""
        return [kind for kind in Kind if any(one.kind is kind for one in self.numbers)]

    def places(self, kind: Kind) -> list[str | None]:
        """The sites of which something is told, by name; records without one last."""
        found = {one.site for one in self.numbers if one.kind is kind} - {EVERY}
        return sorted(found, key=lambda site: (site is None, site or ""))

    def types(self, kind: Kind) -> list[str]:
        """The event types of which something is told."""
        return sorted({one.event_type for one in self.numbers if one.kind is kind} - {EVERY})


async def make(session: Read, asked: Asked, period: Period) -> Report:
    """The report of what ``asked`` may see."""
    numbers = await measure(session, replace(asked, since=period.since, until=period.until))
    told = sorted(_leveled(numbers), key=_order)
    return Report(period, asked.now, tuple(sorted(asked.sites)), tuple(sorted(asked.event_types)), tuple(told))


def _leveled(numbers: Numbers) -> Iterator[Number]:
    sums: dict[tuple[_Place, str], Number] = {}
    for one in numbers:
        if one.kpi == TURNAROUND.name:
            yield one
            continue
        for site, event_type in product((one.site, EVERY), (one.event_type, EVERY)):
            place = (one.kpi, one.kind, site, event_type), one.of
            sums[place] = _sum(sums.get(place), replace(one, site=site, event_type=event_type))
    yield from sums.values()
    yield from _shares(sums)


def _sum(known: Number | None, one: Number) -> Number:
    if known is None:
        return one
    value = None if one.value is None or known.value is None else known.value + one.value
    return replace(known, count=known.count + one.count, value=value)


def _shares(sums: Mapping[tuple[_Place, str], Number]) -> Iterator[Number]:
    of_all: dict[_Place, int] = {}
    for (place, _), one in sums.items():
        of_all[place] = of_all.get(place, 0) + one.count
    for place, number in of_all.items():
        hit = _BY_NAME[place[0]].hit
        if hit:
            met = sums[place, hit].count if (place, hit) in sums else 0
            yield Number(*place, SHARE, number, (Decimal(met) / number).quantize(_DIGITS))


def _order(one: Number) -> tuple[object, ...]:
    """As the KPIs are defined; what is told of all together goes first, records without a site last."""
    by_site = (one.site != EVERY, one.site is None, one.site or "")
    return (list(_BY_NAME).index(one.kpi), one.kind, *by_site, one.event_type != EVERY, one.event_type, one.of)
