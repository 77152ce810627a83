"""Which pictures a report has, as values: bars with their labels, and a text that says the same. Core.

A picture never tells more than the report it is of: what may not be seen was left out when the figures were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.cases.model import Kind
from bot.reports import kpis
from bot.reports.asked import EVERY, Number
from bot.reports.queries import BANDS
from bot.reports.report import SHARE, Report
from bot.reports.words import by_size, part_name, share, site_name, took
from bot.text import shorten

#: Rows of a picture: on a phone more would be a wall.
_ROWS: Final = 8
#: Currencies that get a picture of their own; the text of the report has all.
_CURRENCIES: Final = 3
#: Characters of ``alt_txt`` (https://docs.slack.dev/reference/methods/files.getUploadURLExternal).
_LONGEST_ALT: Final = 1000
_KINDS: Final = {Kind.APPROVAL: "Approvals", Kind.EXCEPTION: "Exceptions"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how long, and what stands at its end."""

    length: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture."""

    name: str  #: of its file
    title: str
    about: str  #: below the title
    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Bar, ...]], ...]  #: a bar for each of the series
    longest: float = 0  #: what a full bar is; 0: the longest one
    more: int = 0  #: rows that have no place

    @property
    def alt(self) -> str:
        """The same in words."""
        rows = (
            f"{label}: " + ", ".join(self._said(at, bar) for at, bar in enumerate(bars)) for label, bars in self.rows
        )
        more = f" And {self.more} more." if self.more else ""
        return shorten(f"{self.title}, {self.about}. {'; '.join(rows)}.{more}", _LONGEST_ALT)

    def _said(self, at: int, bar: Bar) -> str:
        return f"{self.series[at].lower()} {bar.label}" if len(self.series) > 1 else bar.label


def charts_of(report: Report) -> list[Chart]:
    """The pictures of a report: those about which there is something to tell."""
    found = (_volume(report), _ageing(report), _turnaround(report), _hit_rate(report), _causes(report))
    return [*(one for one in found if one.rows), *_money(report)]


def _chart(
    name: str,
    title: str,
    about: object,
    series: Sequence[str],
    rows: Sequence[tuple[str, tuple[Bar, ...]]],
    *,
    longest: float = 0,
) -> Chart:
    more = max(0, len(rows) - _ROWS)
    return Chart(name, title, str(about), tuple(series), tuple(rows[:_ROWS]), longest, more)


def _sites(report: Report) -> list[str | None]:
    found = {site for kind in report.kinds() for site in report.places(kind)}
    return sorted(found, key=lambda site: (site is None, site or ""))


def _now(report: Report) -> str:
    return f"as of {report.period.local(report.at)} ({report.period.zone.key})"


def _bar(number: int) -> Bar:
    return Bar(number, str(number))


def _total(report: Report, kpi: kpis.Kpi, site: str | None) -> Bar:
    return _bar(sum(one.count for kind in report.kinds() for one in report.at_place(kpi, kind, site).values()))


def _volume(report: Report) -> Chart:
    both = (kpis.OPENED, kpis.ENDED)
    rows = [(site_name(site), tuple(_total(report, kpi, site) for kpi in both)) for site in _sites(report)]
    rows = [row for row in rows if any(bar.length for bar in row[1])]
    return _chart("volume", "Cases opened and ended", report.period, [kpi.title for kpi in both], rows)


def _ageing(report: Report) -> Chart:
    kinds = report.kinds()
    parts = [report.at_place(kpis.AGEING, kind) for kind in kinds]
    rows = [(part_name(band), tuple(_bar(one[band].count if band in one else 0) for one in parts)) for _, band in BANDS]
    shown = rows if any(parts) else []
    return _chart("ageing", "Age of what is open", _now(report), [_KINDS[kind] for kind in kinds], shown)


def _turnaround(report: Report) -> Chart:
    rows = [
        (label, tuple(_span(parts[name]) for name in ("p50", "p90"))) for label, parts in _rows(report, kpis.TURNAROUND)
    ]
    return _chart("turnaround", "Time to an answer", report.period, ("Half within", "90 % within"), rows)


def _span(one: Number) -> Bar:
    return Bar(float(one.value or 0), took(one.value))


def _hit_rate(report: Report) -> Chart:
    rows = [
        (label, (Bar(float(parts[SHARE].value or 0), share(kpis.SLA, parts)),))
        for label, parts in _rows(report, kpis.SLA)
    ]
    return _chart("sla", "Answered in time (SLA)", report.period, ("In time",), rows, longest=1)


def _rows(report: Report, kpi: kpis.Kpi) -> Iterator[tuple[str, Mapping[str, Number]]]:
    """A row for each site and kind that has the figure."""
    for site in _sites(report):
        for kind in report.kinds():
            if parts := report.at_place(kpi, kind, site):
                yield f"{site_name(site)}, {_KINDS[kind].lower()}", parts


def _causes(report: Report) -> Chart:
    parts = report.at_place(kpis.ROOT_CAUSES, Kind.EXCEPTION)
    rows = [(one.of, (_bar(one.count),)) for one in by_size(parts)]
    return _chart("causes", "Root causes of exceptions", report.period, ("Exceptions",), rows)


def _money(report: Report) -> list[Chart]:
    """A picture a currency: what is not the same money has no common length."""
    sums: dict[str, list[tuple[Decimal, str]]] = {}
    for one in report.numbers:
        if one.kpi == kpis.AT_RISK.name and one.value is not None and EVERY not in {one.site, one.event_type}:
            sums.setdefault(one.of, []).append((one.value, f"{site_name(one.site)}, {one.event_type}"))
    return [_of_currency(report, currency, sums[currency]) for currency in sorted(sums)[:_CURRENCIES]]


def _of_currency(report: Report, currency: str, sums: Sequence[tuple[Decimal, str]]) -> Chart:
    ranked = sorted(sums, key=lambda one: (-one[0], one[1]))
    rows = [(label, (Bar(float(value), f"{value:,.2f}"),)) for value, label in ranked]
    title = f"Money at risk in {currency}"
    return _chart(f"money-{currency.lower()}", title, _now(report), (currency,), rows)
