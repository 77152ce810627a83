"""Sales: quotations that were sent and whose value asks for a release.

Odoo Community has no state "on hold" on a sales order, so the hold is detective: the card says what stands, and
an order that was confirmed past the open case is found and shown.
"""

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
    "draft": "set back to a draft quotation in Odoo",
    "sale": "confirmed in Odoo",
    "done": "confirmed and locked in Odoo",
    "cancel": "cancelled in Odoo",
}


def _describe(record: Record) -> Description:
    salesperson = name_of(record, "user_id")
    return Description(
        title=one_line(f"Quotation {record['name']}"),
        finding="above the value limit",
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, "warehouse_id"),
        value=company_amount(record),
        makers=makers_of(record, "create_uid", "user_id", "write_uid"),
        seen=(
            relation(record, "partner_id", "Customer"),
            amount("amount_total", "Total", order_amount(record)),
            lines(record, "order_line", quantity_field="product_uom_qty", price_fields=("price_unit", "discount")),
        ),
        context=(("Salesperson", salesperson),) if salesperson else (),
        partner=name_of(record, "partner_id"),
    )


SALE_VALUE = EventType(
    name="sale.value",
    model="sale.order",
    summary="A quotation that was sent to the customer; `materiality` says from which value on it needs people.",
    domain=(("state", "=", "sent"),),
    trigger_fields=("state", "amount_total", "partner_id"),
    paths=(*ORDER_PATHS, "order_line.product_uom_qty", "order_line.discount"),
    optional=("warehouse_id.code",),
    qualifies=lambda record: record["state"] == "sent",
    describe=_describe,
    over=lambda record: _BECAME.get(record["state"], f"in state {record['state']} in Odoo"),
    execution=Execution.RELEASE,
    carry_out=Method(
        name="action_confirm",
        is_done=lambda record, _decided: record["state"] in {"sale", "done"},
        does="the order is confirmed in Odoo",
        done="order confirmed",
        repeatable=True,  # a confirmed order refuses to be confirmed again
    ),
    reject=None,
    cancel=Method(
        name="action_cancel",
        is_done=lambda record, _decided: record["state"] == "cancel",
        does="the quotation is cancelled in Odoo",
        done="quotation cancelled",
        repeatable=True,
        # Without it 18.0 answers with a wizard that offers to mail the customer, and cancels nothing.
        context={"disable_cancel_warning": True},
    ),
    has_chatter=True,
)
