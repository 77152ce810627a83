"""A report for programs: JSON and CSV, both stable and described in ``docs/reports.md``.

Amounts and seconds are texts of plain decimals, instants are UTC with their zone, a site that is ``null`` (empty in
CSV) is "no site", and ``*`` is "all together".
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal

from bot.reports.kpis import KPIS
from bot.reports.report import Report

#: Of the format; a number is only ever added to.
VERSION = 1

COLUMNS = ("kpi", "kind", "site", "event_type", "of", "count", "value", "unit", "over", "from", "to", "at")


def as_json(report: Report) -> str:
    """One object."""
    told = {
        "version": VERSION,
        "at": _instant(report.at),
        "window": {"from": _instant(report.period.since), "to": _instant(report.period.until)},
        "timezone": report.period.zone.key,
        "sites": list(report.sites) or None,
        "event_types": list(report.event_types) or None,
        "kpis": [
            {"name": kpi.name, "title": kpi.title, "meaning": kpi.meaning, "unit": kpi.unit, "over": kpi.over}
            for kpi in KPIS
        ],
        "numbers": [
            {
                "kpi": one.kpi,
                "kind": one.kind,
                "site": one.site,
                "event_type": one.event_type,
                "of": one.of,
                "count": one.count,
                "value": _amount(one.value),
            }
            for one in report.numbers
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_csv(report: Report) -> str:
    """A line a number, with a heading; lines end as RFC 4180 has it."""
    units = {kpi.name: (kpi.unit, kpi.over) for kpi in KPIS}
    about = tuple(_instant(at) for at in (report.period.since, report.period.until, report.at))
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    for one in report.numbers:
        place = (one.kpi, one.kind, _inert(one.site or ""), one.event_type, _inert(one.of))
        lines.writerow((*place, one.count, _amount(one.value) or "", *units[one.kpi], *about))
    return written.getvalue()


def _instant(at: datetime) -> str:
    return at.isoformat()


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _inert(text: str) -> str:
    """What a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
