"""The queries behind the KPIs: set-based, bounded by their window or by what is open, alike on both engines.

Each gives rows (kind, site, event_type, of, number[, value]). What they mean is said in ``kpis.py``, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)

from bot.audit_tables import STEPS_DONE
from bot.cases.model import APPROVED, Kind, Status
from bot.cases.way import Way
from bot.columns import Micros
from bot.reports.asked import Asked
from bot.reports.register import visible
from bot.tables import audit_entries, cases

#: Parts of a sum of money that are no currency.
HIDDEN: Final = "hidden"
UNKNOWN: Final = "unknown"
IN_TIME: Final = "in time"
LATE: Final = "late"
#: Of approvals: a rule alone.
RULE: Final = "rule"

#: Ages of open cases: from (included), and the name of the band; the oldest is last.
BANDS: Final = (
    (timedelta(0), "<4h"),
    (timedelta(hours=4), "4h-1d"),
    (timedelta(days=1), "1d-3d"),
    (timedelta(days=3), "3d-7d"),
    (timedelta(days=7), ">=7d"),
)
PERCENTILES: Final = (50, 90)

KEYS: Final = (cases.c.kind, cases.c.site, cases.c.event_type)
_IS_OPEN = cases.c.closed_at.is_(None)


def _scope(asked: Asked) -> list[ColumnElement[bool]]:
    """What every KPI leaves out, and what the question does."""
    return [*_clocked(asked), cases.c.way != Way.TOGETHER]


def _clocked(asked: Asked) -> list[ColumnElement[bool]]:
    """A group has one clock for all of its members: where time counts, it does, and they have none."""
    found = [cases.c.way != Way.OBSERVED]
    if asked.view is not None:
        found.append(visible(asked.view))
    if asked.sites:
        found.append(cases.c.site.in_(sorted(asked.sites)))
    if asked.event_types:
        found.append(cases.c.event_type.in_(sorted(asked.event_types)))
    if asked.kind is not None:
        found.append(cases.c.kind == asked.kind)
    return found


def _within(column: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
    return and_(column >= asked.since, column < asked.until)


def _counted(asked: Asked, of: ColumnElement[Any], *where: ColumnElement[bool]) -> Select[Any]:
    return _tallied(of, *_scope(asked), *where)


def _tallied(of: ColumnElement[Any], *where: ColumnElement[bool]) -> Select[Any]:
    part = of.label("of")
    return select(*KEYS, part, func.count().label("number")).where(*where).group_by(*KEYS, part)


def opened(asked: Asked) -> Select[Any]:
    return _counted(asked, literal("opened"), _within(cases.c.opened_at, asked))


def ended(asked: Asked) -> Select[Any]:
    return _counted(asked, cases.c.status, _within(cases.c.ended_at, asked))


def in_time(asked: Asked) -> Select[Any]:
    part = case((cases.c.in_time, IN_TIME), else_=LATE)
    return _tallied(part, *_clocked(asked), _within(cases.c.ended_at, asked), cases.c.in_time.is_not(None))


def root_causes(asked: Asked) -> Select[Any]:
    return _counted(asked, cases.c.root_cause, _within(cases.c.ended_at, asked), cases.c.root_cause.is_not(None))


def straight(asked: Asked) -> Select[Any]:
    part = case((cases.c.way == Way.RULE, RULE), else_="others")
    answered = cases.c.status.in_([*APPROVED, Status.REJECTED])
    return _counted(asked, part, _within(cases.c.ended_at, asked), answered, cases.c.kind == Kind.APPROVAL)


def controls(asked: Asked) -> Select[Any]:
    past = cases.c.way.in_([Way.BREACH, Way.ODOO, Way.EMERGENCY, Way.STEP])
    return _counted(asked, cases.c.way, _within(cases.c.ended_at, asked), past)


def escalations(asked: Asked) -> Select[Any]:
    joined = audit_entries.join(cases, cases.c.id == audit_entries.c.case_id)
    done = _tallied(
        audit_entries.c.action,
        literal_column(STEPS_DONE, Boolean),
        _within(audit_entries.c.at, asked),
        *_clocked(asked),
    )
    return done.select_from(joined)


def turnaround(asked: Asked, *, by: Sequence[ColumnElement[Any]] = KEYS) -> Select[Any]:
    """Nearest rank: the shortest time within which so many were answered. A median of medians would be none."""
    ranked = (
        select(
            *by,
            cases.c.took,
            func.row_number().over(partition_by=by, order_by=cases.c.took).label("place"),
            func.count().over(partition_by=by).label("number"),
        )
        .where(*_scope(asked), _within(cases.c.ended_at, asked), cases.c.took.is_not(None))
        .subquery()
    )
    return select(ranked).where(or_(*(ranked.c.place == place_of(ranked.c.number, share) for share in PERCENTILES)))


def place_of(number: Any, share: int) -> Any:
    """Which one, from 1, of so many is the percentile: of a number, or of a column."""
    return (number * share + 99) // 100


def backlog(asked: Asked) -> Select[Any]:
    return _counted(asked, cases.c.status, _IS_OPEN)


def ageing(asked: Asked) -> Select[Any]:
    younger = [(cases.c.opened_at > asked.now - next_from, name) for (_, name), (next_from, _) in pairwise(BANDS)]
    return _counted(asked, case(*younger, else_=BANDS[-1][1]), _IS_OPEN)


def overdue(asked: Asked) -> Select[Any]:
    late = _IS_OPEN, cases.c.answer_due_at < asked.now
    return _tallied(literal("overdue"), *_clocked(asked), *late)


def at_risk(asked: Asked) -> Select[Any]:
    return _worth(asked, _IS_OPEN)


def approved_value(asked: Asked) -> Select[Any]:
    approved = and_(cases.c.kind == Kind.APPROVAL, cases.c.status.in_(APPROVED))
    return _worth(asked, _within(cases.c.ended_at, asked), approved)


def _worth(asked: Asked, *where: ColumnElement[bool]) -> Select[Any]:
    """Sums by currency; what the asker may not know the value of is counted apart, and so is what nobody knows."""
    shown = _shown(asked)
    # What is not certainly shown is hidden: the condition is neither true nor false where a column is empty.
    known = case((cases.c.value.is_(None), UNKNOWN), else_=cases.c.currency)
    part = case((shown, known), else_=HIDDEN).label("of")
    told = case((and_(shown, cases.c.value.is_not(None)), func.abs(cases.c.value)))
    total = type_coerce(func.sum(told), Micros).label("value")
    worth = select(*KEYS, part, func.count().label("number"), total)
    return worth.where(*_scope(asked), *where).group_by(*KEYS, part)


def _shown(asked: Asked) -> ColumnElement[bool]:
    if not asked.values:
        return false()
    return visible(asked.view.of_values) if asked.view is not None else true()
