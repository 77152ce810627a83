"""The lines of a quotation: which of their figures an approval may make smaller, and when they are fixed.

Core. Only the quantity: a lower price is a larger discount and a smaller margin, which is what people are asked about,
and no less of anything. Odoo works out price and discount anew from a quantity that is written alone (read in the
sources of 18.0 and 19.0), so both are written as they are.
"""

from __future__ import annotations

from bot.config.model import Changeable
from bot.odoo.catalog.amendable import Amendable
from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import mappings, number

_OPEN = frozenset({"draft", "sent"})

#: What tells that an order has gone on by itself, as far as a server has it.
FIXED_BY = ("locked", "order_line.qty_delivered", "order_line.qty_invoiced")


def _fixed(record: Record) -> str:
    """A line that was delivered or invoiced has gone on by itself."""
    if record.get("locked"):
        return "the order is locked in Odoo"
    for what, column in (("delivered", "qty_delivered"), ("invoiced", "qty_invoiced")):
        if any(number(line.get(column)) for line in mappings(record.get("order_line"))):
            return f"some of it was {what} in Odoo"
    return ""


AMENDABLE = Amendable(
    lines="order_line",
    total="amount_total",
    line_total="price_total",
    figures={Changeable.QUANTITY: "product_uom_qty", Changeable.PRICE: "price_unit"},
    is_open=lambda record: record["state"] in _OPEN,
    fixed=_fixed,
    may=(Changeable.QUANTITY,),
    kept=("discount",),
)
