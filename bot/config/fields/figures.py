"""Amounts of money and spans of time.

Core. Neither is read without its unit, because nobody can see what was meant.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from bot.config.durations import parse_duration, write_duration
from bot.config.fields.known import refuse
from bot.config.fields.shown import shown
from bot.config.model import Tolerance
from bot.money import Money


def _money(value: object) -> Money:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        refuse("an amount needs its currency", f"write {value} USD")
    try:
        amount = Money.parse(value if isinstance(value, str) else "")
    except ValueError:
        hint = "write it as 5000 USD: no thousands separator, a full stop for decimals"
        refuse("must be an amount with its currency", hint)
    if amount.amount < 0:
        refuse("must not be negative", "amounts are compared by their absolute value")
    return amount


_AMOUNT = shown("amount", pattern=r"^\s*\d{1,15}(\.\d{1,6})?\s+[A-Z]{3}\s*$", example="5000 USD")
MoneyAmount = Annotated[Money, BeforeValidator(_money), _AMOUNT]

_PERCENT = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,3})?) ?%")


def _tolerance(value: object) -> Tolerance:
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return Tolerance(share=Decimal(found["number"]) / 100)
    if isinstance(value, str) and "%" in value:
        refuse("must be a share below 100%", "write it as 2% or 0.5%")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        refuse("a tolerance needs its unit", f"write {value}% or {value} USD")
    return Tolerance(amount=_money(value))


#: ``2%`` or ``50 USD``.
_NEARNESS = shown("share or amount", pattern=r"^\s*\d{1,15}(\.\d{1,6})?\s*(%|[A-Z]{3})\s*$", example="2%")
ToleranceOfValue = Annotated[Tolerance, BeforeValidator(_tolerance), _NEARNESS]


def _percent(value: object) -> Decimal:
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?) ?%", value) if isinstance(value, str) else None
    if found is None:
        refuse("must be a share", "write it as 10% or 2.5%")
    return Decimal(found[1])


#: ``10%``, as the number before the sign.
Percent = Annotated[
    Decimal, BeforeValidator(_percent), shown("share", pattern=r"^\d{1,4}(\.\d{1,3})? ?%$", example="10%")
]


def span(shortest: timedelta, longest: timedelta) -> BeforeValidator:
    """A span of wall time from ``shortest`` to ``longest``."""

    def read(value: object) -> timedelta:
        if not isinstance(value, str):
            refuse("a length of time needs its unit", f"write {value}s, {value}m or {value}h")
        try:
            length = parse_duration(value)
        except ValueError:
            refuse("must be a length of time", "write it as 60s, 5m, 2h or 1h30m")
        if not shortest <= length <= longest:
            refuse(f"must be from {write_duration(shortest)} to {write_duration(longest)}")
        return length

    return BeforeValidator(read)


#: Of a key that holds a span.
SPAN = shown("length of time", pattern=r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$", example="1h30m")

#: P1 promises one interval; longer than an hour is no safety net, and below a second it would only load Odoo.
Reconcile = Annotated[timedelta, span(timedelta(seconds=1), timedelta(hours=1)), SPAN]
Settle = Annotated[timedelta, span(timedelta(seconds=1), timedelta(days=1)), SPAN]
Buffer = Annotated[timedelta, span(timedelta(0), timedelta(days=30)), SPAN]
#: Long enough to see a slip, and short enough that people wait for it.
Grace = Annotated[timedelta, span(timedelta(seconds=5), timedelta(hours=1)), SPAN]
Expiry = Annotated[timedelta, span(timedelta(minutes=1), timedelta(days=366)), SPAN]
#: What comes close together; longer than a day is no burst.
Near = Annotated[timedelta, span(timedelta(minutes=1), timedelta(days=1)), SPAN]
#: Shorter than a few tries would call every hiccup an outage.
Patience = Annotated[timedelta, span(timedelta(seconds=10), timedelta(days=1)), SPAN]
#: The self-audit runs once a minute.
Beat = Annotated[timedelta, span(timedelta(minutes=1), timedelta(days=1)), SPAN]
