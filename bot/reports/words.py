"""The figures of a report in words, for people: cells of tables, lines of messages, texts beside pictures. Core."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from bot.reports.asked import EVERY, Number
from bot.reports.kpis import Kpi, Unit
from bot.reports.queries import BANDS, HIDDEN, UNKNOWN
from bot.reports.report import SHARE

NOTHING = "–"
_AGES = {name: place for place, (_, name) in enumerate(BANDS)}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def told(kpi: Kpi, parts: Mapping[str, Number]) -> str:
    """One KPI at one place."""
    if not parts:
        return NOTHING
    if kpi.unit is Unit.MONEY:
        return money(parts)
    if kpi.unit is Unit.SECONDS:
        return f"half within {took(parts['p50'].value)}, 90 % within {took(parts['p90'].value)} (of {count(parts)})"
    if kpi.hit:
        return share(kpi, parts)
    if len(parts) == 1 and kpi.of.startswith("always"):
        return str(count(parts))
    return f"{count(parts)}: " + ", ".join(f"{part_name(one.of)} {one.count}" for one in by_size(parts))


def share(kpi: Kpi, parts: Mapping[str, Number]) -> str:
    """``86 % (12 of 14)``."""
    whole = parts[SHARE]
    met = parts[kpi.hit].count if kpi.hit in parts else 0
    return f"{percent(whole.value)} ({met} of {whole.count})"


def percent(value: Decimal | None) -> str:
    """Whole percent; 0 and 100 only where it is exactly so."""
    exact = (value or Decimal(0)) * 100
    rounded = max(1, min(99, round(exact))) if 0 < exact < 100 else round(exact)  # noqa: PLR2004  # percent
    return f"{rounded} %"


def by_size(parts: Mapping[str, Number]) -> list[Number]:
    """Ages from the youngest, everything else by its number."""
    return sorted(parts.values(), key=lambda one: (_AGES.get(one.of, 0), -one.count, one.of))


def part_name(of: str) -> str:
    """A part as people say it."""
    return of.rpartition(".")[2].replace("_", " ") if of not in _AGES else of.replace(">=", "≥ ").replace("<", "< ")


def count(parts: Mapping[str, Number]) -> int:
    """Cases behind a figure: percentiles share theirs."""
    percentile = parts.get("p50")
    return percentile.count if percentile else sum(one.count for one in parts.values())


def money(parts: Mapping[str, Number]) -> str:
    """``12,500.00 USD + 90.00 EUR; 2 of unknown value; 1 hidden``."""
    sums = [f"{one.value:,.2f} {one.of}" for one in parts.values() if one.value is not None]
    unknown, hidden = (parts[name].count if name in parts else 0 for name in (UNKNOWN, HIDDEN))
    apart = [f"{unknown} of unknown value"] if unknown else []
    apart += [f"{hidden} of hidden value"] if hidden else []
    return "; ".join(filter(None, (" + ".join(sums), *apart)))


def took(seconds: Decimal | None) -> str:
    """``25 min``, ``3 h 5 min``, ``2 d 4 h``."""
    span = timedelta(seconds=float(seconds or 0))
    if span < _MINUTE:
        return f"{round(span.total_seconds())} s"
    if span < _DAY:
        hours, minutes = divmod(round(span / _MINUTE), 60)
        return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else "")))
    days, hours = divmod(round(span / _HOUR), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def site_name(site: str | None) -> str:
    """As people say it."""
    return "no site" if site is None else "all sites" if site == EVERY else site
