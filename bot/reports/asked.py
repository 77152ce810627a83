"""What a figure is asked of: whose eyes, which sites and types, which stretch of time. And what comes of it.

Core but for the condition in SQL that stands for the eyes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.approvals.sight import View
from bot.cases.model import Kind

#: Stands for all sites, or all event types, together.
EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Asked:
    """The window is half open, [since, until); what stands now is as of ``now``. All in UTC."""

    since: datetime
    until: datetime
    now: datetime
    view: View | None = None  #: None: the admin, who sees everything
    values: bool = True  #: False: no value is told, whoever looks
    sites: frozenset[str] = frozenset()  #: empty: any, and none
    event_types: frozenset[str] = frozenset()  #: empty: any
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of one KPI."""

    kpi: str
    kind: Kind
    site: str | None  #: None: records without a site; ``EVERY``: all together
    event_type: str  #: ``EVERY``: all together
    of: str  #: which part: an outcome, a currency, a band of age, a percentile ...
    count: int  #: cases (or steps) behind it
    value: Decimal | None = None  #: money in the currency ``of``, or seconds; None where the count is the figure


class Numbers:
    """The figures of one question, and their sums where sums mean something."""

    def __init__(self, asked: Asked, found: Iterable[Number]) -> None:
        self.asked = asked
        self.all: Sequence[Number] = tuple(found)

    def __iter__(self) -> Iterator[Number]:
        return iter(self.all)

    def count(self, kpi: str, *of: str, kind: Kind | None = None, site: str | None = EVERY) -> int:
        """How many, of some parts or (without one) of all of them. Not for percentiles."""
        return sum(one.count for one in self._of(kpi, kind, site) if not of or one.of in of)

    def values(self, kpi: str, *, kind: Kind | None = None, site: str | None = EVERY) -> dict[str, Decimal]:
        """Money by currency: sums of one currency alone."""
        found: dict[str, Decimal] = {}
        for one in self._of(kpi, kind, site):
            if one.value is not None:
                found[one.of] = found.get(one.of, Decimal(0)) + one.value
        return dict(sorted(found.items()))

    def parts(self, kpi: str, *, kind: Kind | None = None, site: str | None = EVERY) -> dict[str, int]:
        """How many of each part."""
        found: dict[str, int] = {}
        for one in self._of(kpi, kind, site):
            found[one.of] = found.get(one.of, 0) + one.count
        return found

    def of_type(self, event_type: str) -> Numbers:
        """Those of one event type."""
        return Numbers(self.asked, (one for one in self.all if one.event_type == event_type))

    def exactly(self, kpi: str, kind: Kind, site: str | None, event_type: str) -> dict[str, Number]:
        """The parts of one KPI at one place and type: for percentiles also at ``EVERY``."""
        return {
            one.of: one
            for one in self.all
            if (one.kpi, one.kind, one.site, one.event_type) == (kpi, kind, site, event_type)
        }

    def sites(self) -> list[str | None]:
        """Every site of which something is told, by name; records without one last."""
        found = {one.site for one in self.all} - {EVERY}
        return sorted(found, key=lambda site: (site is None, site or ""))

    def event_types(self) -> list[str]:
        """Every event type of which something is told."""
        return sorted({one.event_type for one in self.all} - {EVERY})

    def _of(self, kpi: str, kind: Kind | None, site: str | None) -> Iterator[Number]:
        for one in self.all:
            if one.kpi == kpi and kind in {None, one.kind} and site in {EVERY, one.site}:
                yield one
