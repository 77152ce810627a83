"""Rows as Odoo sends them, read for what stands beside a record: links, days, a few of many, products.

Core. ``beside`` and ``beside_trade`` share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import id_of, mappings, name_of
from bot.odoo.values import to_odoo
from bot.text import one_line

#: How far back "lately" goes.
LATELY: Final = timedelta(days=90)

_SHOWN: Final = 3
_LONGEST: Final = 180
DAY: Final = 10  #: characters of a date

Row = Mapping[str, Any]


def linked(row: Row, field: str) -> int | None:
    """The id in a many2one as Odoo sends it: ``[id, name]`` or false."""
    value = row.get(field)
    return int(value[0]) if isinstance(value, (list, tuple)) and value else None


def named(row: Row, field: str, longest: int = 40) -> str:
    value = row.get(field)
    return one_line(str(value[1]), longest) if isinstance(value, (list, tuple)) and value else ""


def day(row: Row, field: str) -> str:
    return str(row.get(field) or "")[:DAY]


def few(told: Sequence[str]) -> str:
    more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return one_line("; ".join([*told[:_SHOWN], *more]), _LONGEST)


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def since_lately(now: datetime) -> str:
    return to_odoo(now - LATELY)


def products_of(record: Record, lines: str) -> dict[int, str]:
    """The products of a record by id, of its lines or its own."""
    holders = mappings(record.get(lines)) if lines else [record]
    found = ((id_of(one, "product_id"), name_of(one, "product_id") or "") for one in holders)
    return {product: one_line(name, 40) for product, name in found if product is not None}
