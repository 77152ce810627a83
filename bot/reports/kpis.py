"""Every KPI, once: its name, what it means in words, its unit, and the query behind it.

Reads alone. Reports, metrics, digests and App Home take their figures from here, so that no two of them disagree.
``docs/reports.md`` has the same words; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from sqlalchemy import Select

from bot.cases.model import Kind
from bot.db import Read
from bot.reports import queries
from bot.reports.asked import EVERY, Asked, Number, Numbers

_MICROS = Decimal(1_000_000)
_KIND, _SITE, _TYPE = queries.KEYS
#: Percentiles cannot be added up: they are asked for at every level.
_LEVELS = ((_KIND,), (_KIND, _SITE), (_KIND, _TYPE), queries.KEYS)


class Unit(StrEnum):
    """What the figure is."""

    CASES = "cases"
    STEPS = "steps"
    SECONDS = "seconds"
    MONEY = "money"


class Over(StrEnum):
    """Of which time it tells."""

    WINDOW = "window"  #: what happened in [since, until)
    NOW = "now"  #: what stands when it is asked


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI. Its numbers are by kind, site, event type, and what ``of`` says."""

    name: str
    title: str
    meaning: str
    unit: Unit
    over: Over
    of: str  #: what its parts are
    query: Callable[[Asked], Select[Any]]
    hit: str = ""  #: the part whose share of all parts is told too; empty: no share is

    @property
    def said(self) -> str:
        """The definition, as ``docs/reports.md`` has it."""
        over = "in the window" if self.over is Over.WINDOW else "now"
        return f"| {self.title} | `{self.name}` | {self.meaning} | {self.unit}, {over} | {self.of} |"


OPENED: Final = Kpi(
    "opened",
    "Opened",
    "Cases that opened in the window, whatever became of them since.",
    Unit.CASES,
    Over.WINDOW,
    "always `opened`",
    queries.opened,
)
ENDED: Final = Kpi(
    "ended",
    "Ended",
    "Cases for which people stopped being waited for in the window, by how: approved, approved_with_changes,"
    " rejected, resolved, expired (nobody answered in time), withdrawn (Odoo no longer asks, or it was decided there)"
    " or superseded (answered, but the record had changed before the answer was written). A resolved exception that"
    " was reopened has not ended. Whether Odoo has confirmed the answer makes no difference.",
    Unit.CASES,
    Over.WINDOW,
    "the outcome",
    queries.ended,
)
TURNAROUND: Final = Kpi(
    "turnaround",
    "Turnaround",
    "Wall time (nights, weekends and pauses included) from the opening of a case to the answer of people that "
    "ended it in the window: approved, rejected or resolved. Median and 90th percentile by nearest rank: the "
    "shortest time within which at least half, or nine tenths, were answered. Not counted: what a rule or the "
    "last step of an escalation decided, expired, withdrawn and superseded cases.",
    Unit.SECONDS,
    Over.WINDOW,
    "`p50` or `p90`",
    queries.turnaround,
)
SLA: Final = Kpi(
    "sla",
    "SLA hit rate",
    "Of the cases that ended in the window with an answer owed by a time, the share in which every stage was "
    "answered at the latest at that time: the SLA of the stage in the working time of its site (pauses not "
    "counted), or the record's own date less its buffer where that is earlier. Expired cases, and those that the "
    "last step of an escalation decided, are late. Left out: cases without such a time, straight-through, "
    "withdrawn and superseded ones. A group counts once, as its card does.",
    Unit.CASES,
    Over.WINDOW,
    "`in time` or `late`",
    queries.in_time,
    hit=queries.IN_TIME,
)
STRAIGHT_THROUGH: Final = Kpi(
    "straight_through",
    "Straight-through",
    "Of the approvals that were approved or rejected in the window, the share that a rule approved alone.",
    Unit.CASES,
    Over.WINDOW,
    "`rule` or `others`",
    queries.straight,
    hit=queries.RULE,
)
ROOT_CAUSES: Final = Kpi(
    "root_causes",
    "Root causes",
    "Exceptions that were resolved in the window, by the root cause that was chosen.",
    Unit.CASES,
    Over.WINDOW,
    "the root cause",
    queries.root_causes,
)
ESCALATIONS: Final = Kpi(
    "escalations",
    "Escalation steps",
    "Steps of escalations that were done in the window: reminders, direct messages, posts to other channels, and "
    "roles asked instead or as well. A step that found nobody, or was passed over, is none.",
    Unit.STEPS,
    Over.WINDOW,
    "the audit entry of the step",
    queries.escalations,
)
CONTROLS: Final = Kpi(
    "controls",
    "Past the people asked",
    "Cases that ended in the window past those who were asked: decided in Odoo by somebody who might (`odoo`) or "
    "might not (`breach`), alone in an emergency (`break_glass`), or by the last step of an escalation (`step`).",
    Unit.CASES,
    Over.WINDOW,
    "by whom",
    queries.controls,
)
APPROVED_VALUE: Final = Kpi(
    "approved_value",
    "Value approved",
    "Sum of the absolute values of the approvals that were approved in the window, by currency, never over "
    "several currencies. Counted apart: `unknown` where Odoo told no value, `hidden` where the value may not be "
    "seen.",
    Unit.MONEY,
    Over.WINDOW,
    "the currency",
    queries.approved_value,
)
BACKLOG: Final = Kpi(
    "backlog",
    "Open",
    "Cases that are open now: people are waited for, or Odoo has not confirmed the answer yet.",
    Unit.CASES,
    Over.NOW,
    "the status",
    queries.backlog,
)
AGEING: Final = Kpi(
    "ageing",
    "Age of what is open",
    "The open cases by the wall time since they opened: under 4 hours, from 4 hours, from 1 day, from 3 days, "
    "from 7 days.",
    Unit.CASES,
    Over.NOW,
    "the band of age",
    queries.ageing,
)
OVERDUE: Final = Kpi(
    "overdue",
    "Overdue",
    "Open cases in which the answer of the present stage was due before now. A group counts once; what is paused "
    "is not due.",
    Unit.CASES,
    Over.NOW,
    "always `overdue`",
    queries.overdue,
)
AT_RISK: Final = Kpi(
    "at_risk",
    "Money at risk",
    "Sum of the absolute values of the cases that are open now, by currency, never over several currencies. "
    "Counted apart: `unknown` where Odoo told no value, `hidden` where the value may not be seen.",
    Unit.MONEY,
    Over.NOW,
    "the currency",
    queries.at_risk,
)

KPIS: Final = (
    OPENED,
    ENDED,
    TURNAROUND,
    SLA,
    STRAIGHT_THROUGH,
    ROOT_CAUSES,
    ESCALATIONS,
    CONTROLS,
    APPROVED_VALUE,
    BACKLOG,
    AGEING,
    OVERDUE,
    AT_RISK,
)


async def measure(session: Read, asked: Asked, kpis: Sequence[Kpi] = KPIS) -> Numbers:
    """The numbers of ``kpis``, as far as ``asked`` may see them."""
    return Numbers(asked, chain.from_iterable([await _numbers(session, kpi, asked) for kpi in kpis]))


async def _numbers(session: Read, kpi: Kpi, asked: Asked) -> list[Number]:
    if kpi is TURNAROUND:
        return [one for by in _LEVELS for one in await _percentiles(session, asked, by)]
    rows = await session.execute(kpi.query(asked))
    return [_number(kpi, row, row.of, row.number, value=getattr(row, "value", None)) for row in rows]


async def _percentiles(session: Read, asked: Asked, by: Sequence[Any]) -> list[Number]:
    """The rows that stand at the places of the percentiles; one row may stand at several."""
    return [
        _number(TURNAROUND, row, f"p{share}", row.number, value=row.took / _MICROS)
        for row in await session.execute(queries.turnaround(asked, by=by))
        for share in queries.PERCENTILES
        if row.place == queries.place_of(row.number, share)
    ]


def _number(kpi: Kpi, row: Any, of: str, number: int, *, value: Decimal | None) -> Number:
    site, event_type = getattr(row, "site", EVERY), getattr(row, "event_type", EVERY)
    return Number(kpi.name, Kind(row.kind), site, event_type, of, number, value)
