"""The lines of a purchase order: which of their figures an approval may make smaller, and what fixes them.

Core.
"""

from __future__ import annotations

from bot.config.model import Changeable
from bot.odoo.catalog.amendable import Amendable

#: States in which an order is not confirmed for good.
OPEN = frozenset({"draft", "sent", "to approve"})

AMENDABLE = Amendable(
    lines="order_line",
    total="amount_total",
    line_total="price_total",
    figures={Changeable.QUANTITY: "product_qty", Changeable.PRICE: "price_unit"},
    is_open=lambda record: record["state"] in OPEN,
    gone_on={"qty_received": "received", "qty_invoiced": "billed"},
)
