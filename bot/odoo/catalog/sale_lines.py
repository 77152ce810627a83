"""The lines of a quotation: which of their figures an approval may make smaller, and what fixes them.

Core. Only the quantity: a lower price is a larger discount and a smaller margin, which is what people are asked about,
and no less of anything. Odoo works out price and discount anew from a quantity that is written alone (read in the
sources of 18.0 and 19.0), so both are written as they are.
"""

from __future__ import annotations

from bot.config.model import Changeable
from bot.odoo.catalog.amendable import Amendable

_OPEN = frozenset({"draft", "sent"})

AMENDABLE = Amendable(
    lines="order_line",
    total="amount_total",
    line_total="price_total",
    figures={Changeable.QUANTITY: "product_uom_qty", Changeable.PRICE: "price_unit"},
    is_open=lambda record: record["state"] in _OPEN,
    gone_on={"qty_delivered": "delivered", "qty_invoiced": "invoiced"},
    may=(Changeable.QUANTITY,),
    kept=("discount",),
)
