"""Money: a Decimal amount with its currency, compared only with its own kind.

Core: no I/O. An amount may know what it is worth in other currencies on its record's date, and is then compared with
limits in those; comparing two currencies without a rate is an error that the caller has to decide about (a condition
that cannot be evaluated fails closed).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_WRITTEN = re.compile(r"^\s*(?P<amount>-?\d{1,15}(?:\.\d{1,6})?)\s+(?P<currency>[A-Z]{3})\s*$")


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code, as Odoo names it)."""

    amount: Decimal
    currency: str
    #: (currency, how much of it one unit of this one buys), on the record's date. No part of what the amount is.
    rates: tuple[tuple[str, Decimal], ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read ``"5000 USD"`` or ``"99.50 EUR"``. Raises ValueError for anything else."""
        found = _WRITTEN.match(text)
        if found is None:
            msg = f"{text!r} is not an amount with its currency, such as 5000 USD"
            raise ValueError(msg)
        return cls(Decimal(found["amount"]), found["currency"])

    @classmethod
    def of(cls, number: float | str | Decimal, currency: str, *, digits: int = 2) -> Money:
        """From what Odoo sends (a float), rounded half up to the currency's ``digits``.

        Raises ValueError when the number is not finite.
        """
        try:
            rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        except InvalidOperation as error:
            msg = f"{number!r} is not an amount of money"
            raise ValueError(msg) from error
        if not rounded.is_finite():  # not a number stays quiet while it is rounded
            msg = f"{number!r} is not an amount of money"
            raise ValueError(msg)
        return cls(rounded, currency)

    def exceeds(self, limit: Money) -> bool:
        """Whether the absolute value is strictly more than ``limit``. Raises CurrencyMismatch."""
        return abs(self.amount) * self._rate_of(limit.currency) > limit.amount

    def is_under(self, limit: Money) -> bool:
        """Whether the absolute value is strictly less than ``limit``. Raises CurrencyMismatch."""
        return abs(self.amount) * self._rate_of(limit.currency) < limit.amount

    def compares_with(self, other: Money) -> bool:
        """Whether it can be told which of the two is more."""
        return self.currency == other.currency or any(name == other.currency for name, _ in self.rates)

    def in_others(self) -> tuple[Money, ...]:
        """The same in the currencies whose rates are known, to the hundredth."""
        return tuple(Money.of(self.amount * rate, name) for name, rate in self.rates)

    def _rate_of(self, currency: str) -> Decimal:
        if currency == self.currency:
            return Decimal(1)
        rate = next((rate for name, rate in self.rates if name == currency), None)
        if rate is None:
            msg = f"{self.currency} cannot be compared with {currency}"
            raise CurrencyMismatch(msg)
        return rate

    def __str__(self) -> str:
        """``12,500.00 USD``: grouped, with the digits it was made with."""
        return f"{self.amount:,f} {self.currency}"
