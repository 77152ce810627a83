"""The lines of a purchase order: which of their figures an approval may make smaller, and when they are fixed.

Core.
"""

from __future__ import annotations

from bot.config.model import Changeable
from bot.odoo.catalog.amendable import Amendable
from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import mappings, number

#: States in which an order is not confirmed for good.
OPEN = frozenset({"draft", "sent", "to approve"})

#: What tells that an order has gone on by itself, as far as a server has it: 18.0 knows no lock but the state ``done``.
FIXED_BY = ("locked", "order_line.qty_received", "order_line.qty_invoiced")


def _fixed(record: Record) -> str:
    """A line that was received or billed has gone on by itself."""
    if record.get("locked"):
        return "the order is locked in Odoo"
    for what, column in (("received", "qty_received"), ("billed", "qty_invoiced")):
        if any(number(line.get(column)) for line in mappings(record.get("order_line"))):
            return f"some of it was {what} in Odoo"
    return ""


AMENDABLE = Amendable(
    lines="order_line",
    total="amount_total",
    line_total="price_total",
    figures={Changeable.QUANTITY: "product_qty", Changeable.PRICE: "price_unit"},
    is_open=lambda record: record["state"] in OPEN,
    fixed=_fixed,
)
