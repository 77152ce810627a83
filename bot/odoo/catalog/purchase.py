"""Purchase orders: waiting for approval in Odoo itself, urgent, dearer than usual, from another vendor than usual.

What is found before an order is confirmed is carried out by confirming it. The bot is a purchase manager, so its
confirmation passes Odoo's double validation too: an order above that limit then counts as needing both approvals.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from bot.config.model import Execution
from bot.odoo.catalog.beside import FREE_FOR_ORDER
from bot.odoo.catalog.beside_trade import BOUGHT, LAST_PAID
from bot.odoo.catalog.changeable import lines_of
from bot.odoo.catalog.entry import Description, EventType, Hold, Method, Record
from bot.odoo.catalog.prices import SELLER_OPTIONAL, SELLER_PATHS, dearest, usual_vendors
from bot.odoo.catalog.purchase_lines import AMENDABLE, OPEN
from bot.odoo.catalog.reading import (
    ORDER_PATHS,
    amount,
    category_of,
    company_amount,
    lines,
    makers_of,
    mappings,
    name_of,
    number,
    order_amount,
    percent,
    products_in,
    relation,
    warehouse_of,
)
from bot.text import one_line

_UNCONFIRMED = frozenset({"draft", "sent"})
_CONFIRMED = frozenset({"purchase", "done"})

_BECAME = {
    "draft": "set back to draft in Odoo",
    "sent": "set back to a request for quotation in Odoo",
    "to approve": "confirmed in Odoo, where it waits for approval",
    "purchase": "approved in Odoo",
    "done": "approved and locked in Odoo",
    "cancel": "cancelled in Odoo",
}
_NO_LONGER = {
    "an urgent request": "no longer marked as urgent in Odoo",
    "prices": "its prices are no longer above the limit",
    "vendor": "its vendor is the usual one again",
}


def _describe(record: Record) -> Description:
    buyer = name_of(record, "user_id")
    return Description(
        title=one_line(f"Purchase order {record['name']}"),
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
        category=category_of(record, "order_line"),
        products=products_in(mappings(record.get("order_line"))),
        urgent=_is_urgent(record),
        lines=lines_of(AMENDABLE, record, order_amount(record)),
    )


def _is_urgent(record: Record) -> bool:
    return record.get("priority") == "1"


def _above_double_validation(record: Record) -> str:
    """As Odoo judges it: from the limit on, at the order's own rate, where the company wants two steps."""
    company = record.get("company_id")
    if record["state"] not in _UNCONFIRMED or not isinstance(company, Mapping):
        return ""
    if company.get("po_double_validation") != "two_step":
        return ""
    limit = number(company.get("po_double_validation_amount")) * (number(record.get("currency_rate")) or 1)
    return "above the approval limit of the company" if number(record.get("amount_total")) >= limit else ""


def _urgent(record: Record, _limit: Decimal) -> str:
    return "an urgent request" if record["state"] in _UNCONFIRMED and _is_urgent(record) else ""


def _price_variance(record: Record, limit: Decimal) -> str:
    found = dearest(record) if record["state"] in OPEN else None
    if found is None or abs(found.percent) <= limit:
        return ""
    direction = "above" if found.percent > 0 else "below"
    return one_line(f"{found.product}: {percent(abs(found.percent))} {direction} the {found.reference}", 200)


def _substitution(record: Record, _limit: Decimal) -> str:
    usual = usual_vendors(record) if record["state"] in OPEN else ()
    return one_line(f"usually bought from {', '.join(usual)}", 200) if usual else ""


def _became(kind: str, record: Record) -> str:
    state = record["state"]
    if state in OPEN and kind:
        return _NO_LONGER[kind]
    return _BECAME.get(state, f"in state {state} in Odoo")


_APPROVE = Method(
    name="button_approve",
    is_done=lambda record, _decided: record["state"] in _CONFIRMED,
    does="the order is approved in Odoo",
    done="order approved",
    # On an order that is still to approve a second call ends in the same state; on a cancelled one it would
    # bring the order back to life, which is why the record is read before each call.
    repeatable=True,
    at=lambda record: "button_confirm" if record["state"] in _UNCONFIRMED else "button_approve",
    also_called=("button_confirm",),
    ends=("state", ("purchase", "done")),
)
_CANCEL = Method(
    name="button_cancel",
    is_done=lambda record, _decided: record["state"] == "cancel",
    does="the order is cancelled in Odoo",
    done="order cancelled",
    repeatable=True,
    ends=("state", ("cancel",)),
)
#: As ``_APPROVE``, in the words of an order that nobody has confirmed yet.
_CONFIRM = Method(
    name="button_confirm",
    is_done=_APPROVE.is_done,
    does="the order is confirmed in Odoo",
    done="order confirmed",
    repeatable=True,  # an order in another state is passed over
    at=_APPROVE.at,
    also_called=("button_approve",),
    ends=_APPROVE.ends,
)
#: What a buyer looks up before an answer.
_BESIDE = (LAST_PAID, BOUGHT, FREE_FOR_ORDER)
_GROUPS = ("purchase.group_purchase_manager",)
_GUARDED = (
    "state",
    "partner_id",
    "amount_total",
    "order_line.product_id",
    "order_line.product_qty",
    "order_line.price_unit",
)
_PATHS = (
    *ORDER_PATHS,
    "priority",
    "date_order",
    *AMENDABLE.paths,
    "company_id.po_double_validation",
    "company_id.po_double_validation_amount",
)
_OPTIONAL = (
    "picking_type_id.warehouse_id.code",
    "order_line.product_id.categ_id",
    *AMENDABLE.fixed_by,
)
_TRIGGERS = ("state", "amount_total", "partner_id", "priority")
_IN_OPEN_STATE = ("state", "in", sorted(OPEN))

PURCHASE_APPROVAL = EventType(
    name="purchase.approval",
    model="purchase.order",
    partner="partner_id",
    summary="A purchase order above the company's double-validation limit, in state `to approve`.",
    domain=(("state", "=", "to approve"),),
    trigger_fields=_TRIGGERS,
    paths=_PATHS,
    optional=_OPTIONAL,
    judge=lambda record, _limit: "above the approval limit" if record["state"] == "to approve" else "",
    hold=Hold(
        field="state",
        # From a draft too: a purchase manager's own confirmation passes over the approval.
        before=("draft", "sent", "to approve"),
        after=("purchase", "done"),
        when=(
            "record.company_id.po_double_validation == 'two_step' "
            "and record.amount_total_cc >= record.company_id.po_double_validation_amount"
        ),
        what="purchase orders above the approval limit",
    ),
    rides_along=_above_double_validation,
    describe=_describe,
    over=partial(_became, ""),
    execution=Execution.CARRY_OUT,
    carry_out=_APPROVE,
    reject=_CANCEL,
    cancel=None,
    has_chatter=True,
    groups=_GROUPS,
    guarded=_GUARDED,
    amendable=AMENDABLE,
    beside=_BESIDE,
)

PURCHASE_EMERGENCY = EventType(
    name="purchase.emergency",
    model="purchase.order",
    partner="partner_id",
    summary="A purchase order that is marked as urgent (the star) before it is confirmed.",
    domain=(("state", "in", sorted(_UNCONFIRMED)), ("priority", "=", "1")),
    trigger_fields=_TRIGGERS,
    paths=_PATHS,
    optional=_OPTIONAL,
    judge=_urgent,
    describe=_describe,
    over=partial(_became, "an urgent request"),
    execution=Execution.CARRY_OUT,
    carry_out=_CONFIRM,
    reject=None,
    cancel=_CANCEL,
    has_chatter=True,
    groups=_GROUPS,
    guarded=_GUARDED,
    amendable=AMENDABLE,
    beside=_BESIDE,
    hold=Hold(
        field="state",
        before=("draft", "sent"),
        after=("to approve", "purchase", "done"),
        when="record.priority == '1'",
        what="urgent purchase orders",
    ),
)

PURCHASE_PRICE_VARIANCE = EventType(
    name="purchase.price_variance",
    model="purchase.order",
    partner="partner_id",
    summary="A purchase order with a line whose price differs from the vendor's price list, or else from the cost.",
    domain=(_IN_OPEN_STATE, ("order_line.product_id", "!=", False)),
    trigger_fields=_TRIGGERS,
    paths=(*_PATHS, *SELLER_PATHS),
    optional=(*_OPTIONAL, *SELLER_OPTIONAL),
    judge=_price_variance,
    describe=_describe,
    over=partial(_became, "prices"),
    execution=Execution.CARRY_OUT,
    carry_out=_CONFIRM,
    reject=None,
    cancel=_CANCEL,
    has_chatter=True,
    company_field="company_id",
    company_dependent=("order_line.product_id.standard_price",),
    limit=Decimal(10),
    limit_is="percent a price may differ from the price list",
    depends_elsewhere=True,
    groups=_GROUPS,
    guarded=_GUARDED,
    amendable=AMENDABLE,
    beside=_BESIDE,
)

PURCHASE_SUBSTITUTION = EventType(
    name="purchase.supplier_substitution",
    model="purchase.order",
    partner="partner_id",
    summary="A purchase order for something whose first vendor in the product's vendor list is another one.",
    domain=(_IN_OPEN_STATE, ("order_line.product_id.seller_ids", "!=", False)),
    trigger_fields=_TRIGGERS,
    paths=(*_PATHS, *SELLER_PATHS),
    optional=(*_OPTIONAL, *SELLER_OPTIONAL),
    judge=_substitution,
    describe=_describe,
    over=partial(_became, "vendor"),
    execution=Execution.CARRY_OUT,
    carry_out=_CONFIRM,
    reject=None,
    cancel=_CANCEL,
    has_chatter=True,
    depends_elsewhere=True,
    groups=_GROUPS,
    guarded=_GUARDED,
    amendable=AMENDABLE,
    beside=_BESIDE,
)
