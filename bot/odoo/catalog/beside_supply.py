"""What people want to know of supply: how this supplier has delivered lately, and what is still to come.

Core. Rows come as Odoo sends them, found for several records at once: each ``say`` takes those of its own record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from bot.odoo.catalog.entry import Beside, Record
from bot.odoo.catalog.reading import id_of, quantity
from bot.odoo.catalog.rows import day, few, linked, named, products_of, since_lately


def _domain(record: Record, now: datetime) -> Sequence[object] | None:
    partner = id_of(record, "partner_id")
    if partner is None:
        return None
    lately = ("date_done", ">=", since_lately(now))
    return (("partner_id", "=", partner), ("picking_type_code", "=", "incoming"), ("state", "=", "done"), lately)


def _say(record: Record, rows: Sequence[Record]) -> str:
    mine = [row for row in rows if linked(row, "partner_id") == id_of(record, "partner_id")]
    if not mine:
        return "no receipts in 90 days"
    late = sum(bool(row.get("date_deadline")) and str(row.get("date_done")) > str(row["date_deadline"]) for row in mine)
    split = sum(bool(row.get("backorder_id")) for row in mine)
    told = f"{len(mine)} receipt{'' if len(mine) == 1 else 's'} in 90 days, {late} late"
    return f"{told}, {split} in parts" if split else told


DELIVERED: Final = Beside(
    label="This supplier before",
    model="stock.picking",
    domain=_domain,
    fields=("partner_id", "date_done", "date_deadline", "backorder_id"),
    order="id desc",
    say=_say,
)


def _coming_domain(lines: str) -> Callable[[Record, datetime], Sequence[object] | None]:
    def domain(record: Record, _now: datetime) -> Sequence[object] | None:
        products = sorted(products_of(record, lines))
        open_ones = ("state", "in", ["waiting", "confirmed", "partially_available", "assigned"])
        mine = (("company_id", "=", id_of(record, "company_id")),) if record.get("company_id") else ()
        usual = (("location_id.usage", "=", "supplier"), open_ones, *mine)
        return (("product_id", "in", products), *usual) if products else None

    return domain


def _to_come(row: Record, product: str) -> str:
    transfer = named(row, "picking_id")
    what = f"{quantity(row.get('product_uom_qty'))}{f' {product}' if product else ''} on {day(row, 'date')}"
    return f"{what} ({transfer})" if transfer else what


def _coming(lines: str) -> Beside:
    """The receipts that are still to come with the products of ``lines``, the soonest first."""

    def say(record: Record, rows: Sequence[Record]) -> str:
        products = products_of(record, lines)
        mine = [row for row in rows if linked(row, "product_id") in products]
        names = products if lines else {}
        told = [_to_come(row, names.get(linked(row, "product_id") or 0, "")) for row in mine]
        return few(told) or "nothing ordered"

    fields = ("product_id", "product_uom_qty", "date", "picking_id")
    return Beside("Still to come", "stock.move", _coming_domain(lines), fields, "date, id", say)


COMING: Final = _coming("")
COMING_FOR_TRANSFER: Final = _coming("move_ids")
