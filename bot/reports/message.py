"""A report as a message in Slack: what a tired person reads on a phone, and the same for a screen reader. Core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.cases.model import Kind
from bot.reports import kpis
from bot.reports.kpis import KPIS, Kpi, Over, Unit
from bot.reports.report import Report
from bot.reports.words import NOTHING, told
from bot.slack.cards import Card
from bot.slack.text import inert, plain
from bot.text import one_line

_TITLES = {Kind.APPROVAL: "Approvals", Kind.EXCEPTION: "Exceptions"}
_LONGEST_LINE, _LONGEST_SECTION, _LONGEST_TEXT = 400, 2900, 3000
#: What a screen reader says of each kind; the blocks have everything.
_SPOKEN = (kpis.OPENED, kpis.ENDED, kpis.TURNAROUND, kpis.SLA, kpis.BACKLOG, kpis.OVERDUE, kpis.AT_RISK)


def message(report: Report, *, shows_values: bool) -> Card:
    """The whole message; amounts are left out where the channel may not see them."""
    return Card(_spoken(report, shows_values=shows_values), tuple(_blocks(report, shows_values=shows_values)))


def without_pictures(why: str) -> Card:
    """What stands in the thread in place of the pictures."""
    said = f"The pictures of this report are missing. {why} The figures above are complete."
    return Card(inert(said, 600), ({"type": "section", "text": plain(said, 600)},))


def _blocks(report: Report, *, shows_values: bool) -> Iterator[dict[str, Any]]:
    yield {"type": "header", "text": plain("Report of the week", 150)}
    yield {"type": "context", "elements": [plain(_about(report), 600)]}
    if not report.numbers:
        yield {"type": "section", "text": plain("Nothing happened, and nothing is open.")}
    for kind in report.kinds():
        lines = [f"{_TITLES[kind]}:", *_lines(report, kind, shows_values=shows_values)]
        yield {"type": "section", "text": plain(_fitting(lines))}
    hidden = "" if shows_values else " Amounts of money are not shown in this channel."
    pictures = "Pictures are in the thread. " if report.numbers else ""
    ending = f"{pictures}What each figure means: signoff report.{hidden}"
    yield {"type": "context", "elements": [plain(ending, 600)]}


def _lines(report: Report, kind: Kind, *, shows_values: bool) -> Iterator[str]:
    for kpi in _shown(shows_values=shows_values):
        figure = told(kpi, report.at_place(kpi, kind))
        if figure != NOTHING:
            now = " (now)" if kpi.over is Over.NOW else ""
            yield f"{kpi.title}{now}: {one_line(figure, _LONGEST_LINE)}"


def _shown(*, shows_values: bool) -> list[Kpi]:
    return [kpi for kpi in KPIS if shows_values or kpi.unit is not Unit.MONEY]


def _fitting(lines: list[str]) -> str:
    """Whole lines alone, as far as they fit into one section."""
    kept: list[str] = []
    for line in lines:
        if sum(len(one) + 1 for one in (*kept, line)) > _LONGEST_SECTION:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def _about(report: Report) -> str:
    sites = ", ".join(report.sites) or "all sites"
    return f"{report.period}, {sites}. “Now” is {report.period.local(report.at)}."


def _spoken(report: Report, *, shows_values: bool) -> str:
    parts = [f"Report of the week, {_about(report)}"]
    for kind in report.kinds():
        said = (
            f"{kpi.title.lower()} {figure}"
            for kpi in _SPOKEN
            if (shows_values or kpi.unit is not Unit.MONEY)
            and (figure := told(kpi, report.at_place(kpi, kind))) != NOTHING
        )
        parts.append(f"{_TITLES[kind]}: {', '.join(said)}.")
    if not report.numbers:
        parts.append("Nothing happened, and nothing is open.")
    return inert(" ".join(parts), _LONGEST_TEXT)
