"""What a planner or a buyer has to look after: purchase orders that do not come, and stock below its minimum.

Nobody decides about them: somebody owns them until they are settled.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.cases.model import Seen
from bot.config.model import Execution
from bot.odoo.catalog.beside import ELSEWHERE, FREE_FOR_ORDER
from bot.odoo.catalog.beside_supply import COMING, DELIVERED
from bot.odoo.catalog.entry import OWNED, Description, EventType, Record
from bot.odoo.catalog.places import zone_of
from bot.odoo.catalog.purchase import PURCHASE_APPROVAL
from bot.odoo.catalog.reading import (
    GRACE,
    instant,
    late_by,
    makers_of,
    mappings,
    much,
    name_of,
    products_in,
    quantity,
    relation,
    span_words,
    warehouse_of,
)
from bot.odoo.domains import HOUR_AGO
from bot.text import one_line

_CONFIRMED = ("purchase", "done")


def _missing(record: Record) -> list[Record]:
    """The lines of which less has come than was ordered."""
    found = mappings(record.get("order_line"))
    return [
        one for one in found if much(one.get("qty_received")) < much(one.get("product_qty")) and one.get("product_id")
    ]


def _purchase_delay(record: Record, _limit: Decimal) -> str:
    late = late_by(record, "date_planned", beyond=GRACE) if record["state"] in _CONFIRMED else None
    missing = _missing(record) if late is not None else []
    if late is None or not missing:
        return ""
    one, more = missing[0], f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    came = f"{quantity(one.get('qty_received'))} of {quantity(one.get('product_qty'))} {name_of(one, 'product_id')}"
    return one_line(f"promised {span_words(late)} ago: {came} received{more}", 200)


def _describe_order(record: Record) -> Description:
    told = PURCHASE_APPROVAL.describe(record)
    came = ",".join(sorted(f"{one['id']}:{quantity(one.get('qty_received'))}" for one in _missing(record)))
    lines = "; ".join(
        f"{quantity(one.get('qty_received'))} of {quantity(one.get('product_qty'))} {name_of(one, 'product_id')}"
        for one in _missing(record)[:3]
    )
    received = Seen("order_line.qty_received", "Received", came, one_line(lines, 200) or "all")
    planned = instant(record, "date_planned")
    promised = (("Promised for", f"{planned:%Y-%m-%d %H:%M} UTC"),) if planned else ()
    products = products_in(_missing(record))
    return replace(told, seen=(*told.seen, received), context=(*told.context, *promised), products=products)


PURCHASE_DELAY = replace(
    PURCHASE_APPROVAL,
    name="purchase.delay",
    summary="A confirmed purchase order past its promised date, of which less has been received than was ordered.",
    domain=(("state", "in", list(_CONFIRMED)), ("date_planned", "<", HOUR_AGO), ("receipt_status", "!=", "full")),
    trigger_fields=("date_planned", "state"),
    paths=(*PURCHASE_APPROVAL.paths, "date_planned", "order_line.product_qty", "order_line.qty_received"),
    judge=_purchase_delay,
    hold=None,
    rides_along=lambda record: "",
    describe=_describe_order,
    over=lambda record: "received, or promised for another date, in Odoo",
    carry_out=OWNED,
    reject=None,
    guarded=(),
    beside=(DELIVERED, FREE_FOR_ORDER),
    is_exception=True,
    resolutions=("received meanwhile", "new date agreed with the supplier", "bought elsewhere", "cancelled"),
)


def _low(record: Record, _limit: Decimal) -> str:
    forecast, least = much(record.get("qty_forecast")), much(record.get("product_min_qty"))
    if forecast >= least:
        return ""
    return f"{quantity(record.get('qty_forecast'))} expected, {quantity(record.get('product_min_qty'))} is the minimum"


def _describe_rule(record: Record) -> Description:
    product, place = name_of(record, "product_id") or "unknown product", name_of(record, "location_id") or ""
    least = quantity(record.get("product_min_qty"))
    return Description(
        title=one_line(f"{product} at {place}", 150),
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, "warehouse_id"),
        value=None,
        makers=makers_of(record, "create_uid"),
        seen=(
            relation(record, "product_id", "Product"),
            relation(record, "location_id", "Location"),
            Seen("product_min_qty", "Minimum", least, least),
        ),
        product=product,
        place=place or None,
        zone=zone_of(record, "location_id", "warehouse_id"),
        context=(
            ("On hand", quantity(record.get("qty_on_hand"))),
            ("Expected", quantity(record.get("qty_forecast"))),
        ),
    )


LOW_STOCK = EventType(
    name="inventory.low_stock",
    model="stock.warehouse.orderpoint",
    summary="A reordering rule whose product is expected to fall below its minimum.",
    domain=(("product_min_qty", ">", 0),),
    trigger_fields=("product_min_qty",),
    paths=(
        "product_id",
        "location_id",
        "company_id",
        "product_min_qty",
        "qty_on_hand",
        "qty_forecast",
        "create_uid.login",
        "write_uid.login",
    ),
    optional=("warehouse_id.code", "warehouse_id.lot_stock_id"),
    judge=_low,
    describe=_describe_rule,
    over=lambda record: "enough is expected again in Odoo",
    execution=Execution.RELEASE,
    carry_out=OWNED,
    reject=None,
    cancel=None,
    has_chatter=False,
    activities_on="product_id",
    company_field="company_id",
    depends_elsewhere=True,
    groups=("stock.group_stock_user",),
    beside=(COMING, ELSEWHERE),
    is_exception=True,
    resolutions=("ordered", "moved from another place", "minimum corrected", "no action needed"),
)
