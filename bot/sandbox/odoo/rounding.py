"""Money and quantities as floats on the wire, rounded half up as Odoo rounds them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_QUANTITY_DIGITS = 4


def money(amount: float, digits: int) -> float:
    """``amount`` at the currency's digits."""
    return float(Decimal(str(amount)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def quantity(amount: float) -> float:
    """``amount`` without the dust of binary floats."""
    return round(amount, _QUANTITY_DIGITS) + 0.0
