"""Money: a Decimal amount with its currency, compared only with its own kind.

Core: no I/O. Converting between currencies is not done here; comparing two currencies is an error that the
caller has to decide about (a condition that cannot be evaluated fails closed).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_WRITTEN = re.compile(r"^\s*(?P<amount>-?\d{1,15}(?:\.\d{1,6})?)\s+(?P<currency>[A-Z]{3})\s*$")


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code, as Odoo names it)."""

    amount: Decimal
    currency: str

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
        return self._magnitude(limit) > limit.amount

    def is_under(self, limit: Money) -> bool:
        """Whether the absolute value is strictly less than ``limit``. Raises CurrencyMismatch."""
        return self._magnitude(limit) < limit.amount

    def _magnitude(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            msg = f"{self.currency} cannot be compared with {other.currency}"
            raise CurrencyMismatch(msg)
        return abs(self.amount)

    def __str__(self) -> str:
        """``12,500.00 USD``: grouped, with the digits it was made with."""
        return f"{self.amount:,f} {self.currency}"
