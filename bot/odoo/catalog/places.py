"""Zones: the parts of a warehouse in which places lie, read off their names.

Core. Odoo has no zones; a place's full name tells what is around it, in 18 and 19 alike: ``WH/Stock/Aisle 3/Bin 7``.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import name_of, warehouse_of


def zone_of(record: Record, field: str, *to_warehouse: str) -> str | None:
    """The zone of the place behind ``field``, in the warehouse at the end of ``to_warehouse``; None without a place."""
    place, code = name_of(record, field), warehouse_of(record, *to_warehouse)
    return zone(place, stock=_stock(record, to_warehouse), warehouse=code) if place else None


def zone(place: str, *, stock: str | None, warehouse: str | None) -> str:
    """The first place below the warehouse's stock that ``place`` is or lies in; right in the stock, the stock itself.

    Beside the stock it is the first one below the warehouse. A place whose name begins with neither lies in a view,
    whose own name is the first part: Odoo leaves out what is above a view.
    """
    for above in filter(None, (stock, warehouse)):
        if place.startswith(f"{above}/"):
            below, _, _ = place.removeprefix(f"{above}/").partition("/")
            return f"{above}/{below}"
        if place == above:
            return place
    first, _, _ = place.partition("/")
    return f"{warehouse}/{first}" if warehouse else first


def _stock(record: Record, to_warehouse: tuple[str, ...]) -> str | None:
    step: object = record
    for field in to_warehouse:
        step = step.get(field) if isinstance(step, Mapping) else None
    return name_of(step, "lot_stock_id") if isinstance(step, Mapping) else None
