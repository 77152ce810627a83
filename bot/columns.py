"""Column types that both engines store alike: instants in UTC and exact amounts of money."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_MICROS = Decimal(1_000_000)
_LARGEST = Decimal(9_000_000_000_000)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive datetimes on the way in, gives aware UTC on the way out.

    SQLite would hand back naive values even from a ``timezone=True`` column.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant without its time zone was about to be stored"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Micros(TypeDecorator[Decimal]):
    """An amount as whole millionths in a 64-bit integer: exact on both engines, and sums stay exact.

    Raises ValueError beyond nine million million units, or below a millionth.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """To the database."""
        if value is None:
            return None
        micros = value * _MICROS
        if micros != micros.to_integral_value() or abs(micros) >= 2**63:
            msg = f"{value} cannot be stored exactly"
            raise ValueError(msg)
        return int(micros)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """From the database."""
        return None if value is None else Decimal(value) / _MICROS


def storable(amount: Decimal) -> Decimal | None:
    """``amount``, or None where ``Micros`` cannot hold it: a case must not be lost because of its size."""
    fits = abs(amount) < _LARGEST and amount * _MICROS == (amount * _MICROS).to_integral_value()
    return amount if fits else None
