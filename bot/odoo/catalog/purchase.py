"""Purchasing: orders that wait for approval in Odoo itself."""

from __future__ import annotations

from bot.config.model import Execution
from bot.odoo.catalog.entry import Description, EventType, Method, Record
from bot.odoo.catalog.reading import (
    ORDER_PATHS,
    amount,
    company_amount,
    lines,
    makers_of,
    name_of,
    order_amount,
    relation,
    warehouse_of,
)
from bot.text import one_line

_BECAME = {
    "draft": "set back to draft in Odoo",
    "sent": "set back to a request for quotation in Odoo",
    "purchase": "approved in Odoo",
    "done": "approved and locked in Odoo",
    "cancel": "cancelled in Odoo",
}


def _describe(record: Record) -> Description:
    buyer = name_of(record, "user_id")
    return Description(
        title=one_line(f"Purchase order {record['name']}"),
        finding="above the approval limit",
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, "picking_type_id", "warehouse_id"),
        value=company_amount(record),
        makers=makers_of(record, "create_uid", "user_id", "write_uid"),
        seen=(
            relation(record, "partner_id", "Vendor"),
            amount("amount_total", "Total", order_amount(record)),
            lines(record, "order_line", quantity_field="product_qty", price_fields=("price_unit",)),
        ),
        context=(("Buyer", buyer),) if buyer else (),
        partner=name_of(record, "partner_id"),
    )


PURCHASE_APPROVAL = EventType(
    name="purchase.approval",
    model="purchase.order",
    summary="A purchase order above the company's double-validation limit, in state `to approve`.",
    domain=(("state", "=", "to approve"),),
    trigger_fields=("state", "amount_total", "partner_id"),
    paths=(*ORDER_PATHS, "order_line.product_qty"),
    optional=("picking_type_id.warehouse_id.code",),
    qualifies=lambda record: record["state"] == "to approve",
    describe=_describe,
    over=lambda record: _BECAME.get(record["state"], f"in state {record['state']} in Odoo"),
    execution=Execution.CARRY_OUT,
    carry_out=Method(
        name="button_approve",
        is_done=lambda record, _decided: record["state"] in {"purchase", "done"},
        does="the order is approved in Odoo",
        done="order approved",
        # On an order that is still to approve a second call ends in the same state; on a cancelled one it would
        # bring the order back to life, which is why the record is read before each call.
        repeatable=True,
    ),
    reject=Method(
        name="button_cancel",
        is_done=lambda record, _decided: record["state"] == "cancel",
        does="the order is cancelled in Odoo",
        done="order cancelled",
        repeatable=True,
    ),
    cancel=None,
    has_chatter=True,
)
