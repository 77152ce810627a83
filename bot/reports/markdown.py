"""A report for reading: Markdown, with what each figure means at its end. Core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.cases.model import Kind
from bot.reports import kpis
from bot.reports.asked import EVERY
from bot.reports.kpis import KPIS, Kpi, Over
from bot.reports.report import Report
from bot.reports.words import NOTHING, site_name, told

_TITLES = {Kind.APPROVAL: "Approvals", Kind.EXCEPTION: "Exceptions"}
#: The columns of the tables by site and by type.
_COLUMNS = (kpis.OPENED, kpis.TURNAROUND, kpis.SLA, kpis.BACKLOG, kpis.OVERDUE, kpis.AT_RISK)


def as_markdown(report: Report) -> str:
    """The whole report."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# Signoff report: {report.period}"
    yield ""
    yield f"{_about(report)} Half open: the last instant is not in it. “Now” is {report.period.local(report.at)}."
    if not report.numbers:
        yield ""
        yield "Nothing happened, and nothing is open."
        return
    yield from _overview(report)
    for kind in report.kinds():
        yield from _by_place(report, kind)
    yield from ("", "## What the figures mean", "")
    yield from (f"- **{kpi.title}**: {kpi.meaning}" for kpi in KPIS)


def _about(report: Report) -> str:
    sites = ", ".join(report.sites) or "all"
    types = ", ".join(report.event_types) or "all"
    return f"Sites: {sites}. Event types: {types}."


def _overview(report: Report) -> Iterator[str]:
    kinds = report.kinds()
    for over, title in ((Over.WINDOW, "In this time"), (Over.NOW, "Now")):
        yield from ("", f"## {title}", "")
        yield from _table(
            ("", *(_TITLES[kind] for kind in kinds)),
            (
                (kpi.title, *cells)
                for kpi in KPIS
                if kpi.over is over
                if set(cells := [told(kpi, report.at_place(kpi, kind)) for kind in kinds]) != {NOTHING}
            ),
        )


def _by_place(report: Report, kind: Kind) -> Iterator[str]:
    heads = tuple(kpi.title for kpi in _COLUMNS)
    yield from ("", f"## {_TITLES[kind]} by site", "")
    sites = report.places(kind)
    yield from _table(("Site", *heads), ((site_name(one), *_cells(report, kind, site=one)) for one in sites))
    yield from ("", f"## {_TITLES[kind]} by event type", "")
    types = report.types(kind)
    yield from _table(("Event type", *heads), ((one, *_cells(report, kind, event_type=one)) for one in types))
    at_risk = [
        (site_name(site), event_type, told(kpis.AT_RISK, parts))
        for site in sites
        for event_type in types
        if (parts := report.at_place(kpis.AT_RISK, kind, site, event_type))
    ]
    if at_risk:
        yield from ("", f"## Money at risk in {_TITLES[kind].lower()}", "")
        yield from _table(("Site", "Event type", "Money at risk"), at_risk)


def _cells(report: Report, kind: Kind, *, site: str | None = EVERY, event_type: str = EVERY) -> list[str]:
    return [_cell(report, kpi, kind, site, event_type) for kpi in _COLUMNS]


def _cell(report: Report, kpi: Kpi, kind: Kind, site: str | None, event_type: str) -> str:
    return told(kpi, report.at_place(kpi, kind, site, event_type))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
