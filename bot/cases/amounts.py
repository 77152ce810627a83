"""Amounts of money as they are stored in JSON, with the rates of their day. Core: values to plain data, and back."""

from __future__ import annotations

from decimal import Decimal

from bot.money import Money


def money_to_plain(amount: Money | None) -> list[str] | None:
    """The amount, its currency, and its rates as far as it has any."""
    if amount is None:
        return None
    return [str(amount.amount), amount.currency, *(f"{name} {rate}" for name, rate in amount.rates)]


def money_from_plain(body: list[str] | None) -> Money | None:
    """The inverse of ``money_to_plain``."""
    if not body:
        return None
    rates = (text.split(" ") for text in body[2:])
    return Money(Decimal(body[0]), body[1], tuple((name, Decimal(rate)) for name, rate in rates))
