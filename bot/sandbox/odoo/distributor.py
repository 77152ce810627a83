"""A believable distributor of building supplies: goods, vendors, customers, stock in two warehouses, quiet orders.

Nothing here waits for anybody: what needs a decision is done by ``people`` in a scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.odoo.server import PretendOdoo

# code, name, cost, sales price, stock in Chicago, stock in Dallas
_GOODS = (
    ("DRILL-18V", "Cordless drill 18 V", 84.0, 139.0, 64, 41),
    ("SAW-CIRC", "Circular saw 7 1/4 in", 71.5, 119.0, 38, 22),
    ("ANCHOR-12", "Wedge anchor 1/2 in, box of 25", 18.2, 31.5, 420, 260),
    ("SEALANT-PU", "Polyurethane sealant 10 oz", 4.35, 7.9, 1_180, 640),
    ("CABLE-12-2", "Building wire 12/2, 250 ft", 92.0, 148.0, 155, 90),
    ("PALLET-JACK", "Pallet jack 5,500 lb", 289.0, 429.0, 9, 6),
    ("GLOVE-L", "Work gloves L, dozen", 21.0, 36.0, 310, 275),
    ("LADDER-24", "Extension ladder 24 ft", 176.0, 279.0, 27, 18),
)
_PURCHASES = (
    ("Great Lakes Fasteners", "CHI", (("ANCHOR-12", 60, 18.2), ("BOLT-M8", 40, 12.5))),
    ("Lone Star Electrical", "DAL", (("CABLE-12-2", 20, 92.0),)),
)
_SALES = (
    ("Prairie Builders", "CHI", (("SEALANT-PU", 96, 7.9), ("GLOVE-L", 6, 36.0))),
    ("Trinity River Contractors", "DAL", (("DRILL-18V", 4, 139.0),)),
)


def lay_distributor(odoo: PretendOdoo) -> None:
    """Fill a fresh pretend Odoo with goods, stock and some confirmed orders."""
    for code, name, cost, price, chicago, dallas in _GOODS:
        odoo.add_product(code, name=name, cost=cost, price=price)
        odoo.add_count(product=code, on_hand=float(chicago), warehouse="CHI")
        odoo.add_count(product=code, on_hand=float(dallas), warehouse="DAL")
    for vendor, warehouse, lines in _PURCHASES:
        odoo.add_purchase(vendor=vendor, warehouse=warehouse, lines=lines, state="purchase")
    for customer, warehouse, lines in _SALES:
        odoo.add_sale(customer=customer, warehouse=warehouse, lines=lines, state="sale")
