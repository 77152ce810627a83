"""Scrap: goods that somebody wants to write off."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.cases.model import Seen
from bot.config.model import Execution
from bot.money import Money
from bot.odoo.catalog.beside import ELSEWHERE, SCRAPPED
from bot.odoo.catalog.entry import Description, EventType, Hold, Method, Record
from bot.odoo.catalog.places import zone_of
from bot.odoo.catalog.reading import (
    company_of,
    cost_of,
    currency_of,
    figure,
    id_of,
    makers_of,
    mappings,
    name_of,
    quantity,
    relation,
    warehouse_of,
)
from bot.text import one_line


def _value(record: Record) -> Money | None:
    """At cost; None where the cost cannot be told, or the quantity is in another unit than the cost."""
    company, product = company_of(record), record.get("product_id")
    currency = currency_of(company) if company else None
    cost, amount = cost_of(product), figure(record.get("scrap_qty"))
    if currency is None or cost is None or amount is None or not isinstance(product, Mapping):
        return None
    if id_of(product, "uom_id") != id_of(record, "product_uom_id"):
        return None
    return Money.of(amount * cost, currency[0], digits=currency[1])


def _describe(record: Record) -> Description:
    product = record.get("product_id")
    unit = name_of(record, "product_uom_id")
    amount = quantity(record.get("scrap_qty"))
    reasons = [str(one.get("display_name")) for one in mappings(record.get("scrap_reason_tag_ids"))]
    origin = name_of(record, "picking_id") or record.get("origin")
    return Description(
        title=one_line(f"Scrap of {amount}{f' {unit}' if unit else ''} {name_of(record, 'product_id')}", 150),
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, "location_id", "warehouse_id"),
        value=_value(record),
        makers=makers_of(record, "create_uid", "write_uid"),
        seen=(
            relation(record, "product_id", "Product"),
            relation(record, "location_id", "From"),
            relation(record, "scrap_location_id", "To"),
            *((relation(record, "lot_id", "Lot"),) if record.get("lot_id") else ()),
            Seen("scrap_qty", "Quantity", amount, f"{amount}{f' {unit}' if unit else ''}"),
            relation(record, "product_uom_id", "Unit"),
        ),
        context=(
            *((("Reason", one_line(", ".join(reasons), 200)),) if reasons else ()),
            *((("Source", one_line(str(origin), 100)),) if origin else ()),
        ),
        category=name_of(product, "categ_id") if isinstance(product, Mapping) else None,
        product=name_of(record, "product_id"),
        place=name_of(record, "location_id"),
        zone=zone_of(record, "location_id", "location_id", "warehouse_id"),
    )


def _judge(record: Record, _limit: Decimal) -> str:
    return "to be written off" if record["state"] == "draft" else ""


SCRAP = EventType(
    name="inventory.scrap",
    model="stock.scrap",
    summary="A scrap order in draft.",
    domain=(("state", "=", "draft"),),
    trigger_fields=("state", "scrap_qty", "product_id", "location_id"),
    paths=(
        "name",
        "state",
        "scrap_qty",
        "product_uom_id",
        "product_id.uom_id",
        "location_id.warehouse_id",
        "scrap_location_id",
        "lot_id",
        "origin",
        "company_id.currency_id.name",
        "company_id.currency_id.decimal_places",
        "create_uid.login",
        "write_uid.login",
    ),
    optional=(
        "location_id.warehouse_id.code",
        "location_id.warehouse_id.lot_stock_id",
        "product_id.categ_id",
        "picking_id",
        "scrap_reason_tag_ids.name",
    ),
    judge=_judge,
    describe=_describe,
    over=lambda record: "scrapped in Odoo" if record["state"] == "done" else f"in state {record['state']} in Odoo",
    execution=Execution.CARRY_OUT,
    carry_out=Method(
        name="action_validate",
        is_done=lambda record, _decided: record["state"] == "done",
        does="the goods are scrapped in Odoo",
        done="goods scrapped",
        repeatable=False,  # a second call on a done order scraps a second time
        ends=("state", ("done",)),
        asks={"stock.warn.insufficient.qty.scrap": "less is in stock than is to be scrapped"},
    ),
    reject=None,
    cancel=None,
    has_chatter=True,
    activities_on="product_id",
    company_field="company_id",
    company_dependent=("product_id.standard_price",),
    groups=("stock.group_stock_user",),
    guarded=("state", "scrap_qty", "scrap_location_id", "lot_id"),
    beside=(SCRAPPED, ELSEWHERE),
    hold=Hold(
        field="state",
        before=("draft",),
        after=("done",),
        when="abs(record.scrap_qty * record.sudo().product_id.standard_price) >= {limit}",
        what="scrap orders",
    ),
)
