"""What other currencies are worth on a record's date, as Odoo says: for limits that the config has in another one.

Asked once for each company and day and kept for an hour; a currency without a rate of its own is left out, because Odoo
would answer one to one. Must not judge: whoever compares finds no rate, and fails closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.errors import PermanentError
from bot.odoo.catalog.reading import RATES, currency_of, figure
from bot.odoo.client import OdooClient, together

log = structlog.get_logger(__name__)

_CURRENCIES: Final = "res.currency"
#: A record's own date, the first of these that it has; else the day on which it is read.
_DATES: Final = ("invoice_date", "date_order")
_KEPT: Final = timedelta(hours=1)
_MOST: Final = 2_000  #: days of companies kept in memory

_Day = tuple[int, date]
_Worth = Mapping[str, Decimal]


class Rates:
    """One for each source."""

    def __init__(self, client: OdooClient, clock: Clock, currencies: tuple[str, ...]) -> None:
        self._client = client
        self._clock = clock
        self._currencies = currencies
        self._ids: dict[int, str] | None = None
        self._known: dict[_Day, tuple[datetime, _Worth]] = {}

    async def put(self, records: Mapping[int, dict[str, Any]]) -> None:
        """Write into each record what the named currencies are worth on its date. Raises TransientError."""
        if not self._currencies or not records:
            return
        days = {number: day for number, one in records.items() if (day := self._day(one)) is not None}
        try:
            found = await self._of(set(days.values()))
        except PermanentError as error:
            log.warning("currency rates not told", error=error.kind)
            return
        for number, day in days.items():
            records[number][RATES] = found[day]

    def _day(self, record: Mapping[str, Any]) -> _Day | None:
        company = record.get("company_id")
        own = currency_of(company) if isinstance(company, Mapping) else None
        if own is None or not isinstance(company, Mapping) or set(self._currencies) <= {own[0]}:
            return None  # the file names no other currency, so nothing is asked
        told = next((at for name in _DATES if isinstance(at := record.get(name), date)), self._clock.now())
        return int(company["id"]), told.date() if isinstance(told, datetime) else told

    async def _of(self, days: set[_Day]) -> dict[_Day, _Worth]:
        now = self._clock.now()
        known = {day: worth for day, (at, worth) in self._known.items() if day in days and now - at < _KEPT}
        missing = sorted(days - known.keys())
        if missing:
            names = await self._named()
            read = await together(self._read(names, day) for day in missing)
            fresh = dict(zip(missing, read, strict=True))
            if len(self._known) + len(fresh) > _MOST:
                self._known.clear()
            self._known |= {day: (now, worth) for day, worth in fresh.items()}
            known |= fresh
        return known

    async def _named(self) -> dict[int, str]:
        if self._ids is None:
            context = {"active_test": False}
            ids = await self._client.search(_CURRENCIES, [["name", "in", list(self._currencies)]], context=context)
            rows = await self._client.read(_CURRENCIES, ids, ["name"]) if ids else []
            self._ids = {row["id"]: row["name"] for row in rows}
        return self._ids

    async def _read(self, names: Mapping[int, str], day: _Day) -> _Worth:
        """How much of each one unit of the company's currency buys; ``date`` is that of a currency's newest rate."""
        if not names:
            return {}
        company, at = day
        context = {"date": at.isoformat(), "company_id": company, "allowed_company_ids": [company]}
        rows = await self._client.read(_CURRENCIES, list(names), ["rate", "date"], context=context)
        rates = {names[row["id"]]: figure(row.get("rate")) for row in rows if row.get("date")}
        return {name: rate for name, rate in rates.items() if rate is not None and rate > 0}
