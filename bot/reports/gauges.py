"""The figures that Prometheus is shown: how things stand now, and how the last seven days went. Reads alone.

The same KPIs as everywhere, with every case in them: who reads ``/metrics`` runs Signoff.
"""

from __future__ import annotations

from datetime import datetime

from bot.cases.model import Kind
from bot.db import Read
from bot.metrics import KPI_AT_RISK, KPI_CASES, KPI_SLA
from bot.reports import kpis
from bot.reports.asked import Asked
from bot.reports.period import WEEK

_TOLD = (kpis.BACKLOG, kpis.OVERDUE, kpis.AT_RISK, kpis.SLA)
_COUNTED = frozenset({kpis.BACKLOG.name, kpis.OVERDUE.name})


async def show(session: Read, now: datetime) -> None:
    """Set them anew; what is no more is not shown."""
    numbers = await kpis.measure(session, Asked(now - WEEK, now, now), _TOLD)
    for gauge in (KPI_CASES, KPI_AT_RISK, KPI_SLA):
        gauge.clear()
    for one in numbers:
        place = (one.kind, one.site or "", one.event_type)
        if one.kpi in _COUNTED:
            KPI_CASES.labels(one.kpi, *place).inc(one.count)
        elif one.kpi == kpis.AT_RISK.name and one.value is not None:
            KPI_AT_RISK.labels(*place, one.of).set(float(one.value))
    for kind in Kind:
        if answered := numbers.count(kpis.SLA.name, kind=kind):
            KPI_SLA.labels(kind).set(numbers.count(kpis.SLA.name, kpis.SLA.hit, kind=kind) / answered)
