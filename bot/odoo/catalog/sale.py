"""Sales: quotations that were sent and ask for a release, by credit, margin, discount or value.

Odoo Community has no state "on hold" on a sales order, so the hold is detective: the card says what stands, and
an order that was confirmed past the open case is found and shown. All findings of one order are one case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot.config.model import Execution
from bot.money import Money
from bot.odoo.catalog.beside import FREE_FOR_ORDER
from bot.odoo.catalog.beside_trade import OVERDUE, SOLD
from bot.odoo.catalog.changeable import lines_of
from bot.odoo.catalog.entry import Description, EventType, Hold, Method, Record
from bot.odoo.catalog.reading import (
    ORDER_PATHS,
    amount,
    category_of,
    company_amount,
    company_of,
    currency_of,
    end_of_day,
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
from bot.odoo.catalog.sale_lines import AMENDABLE
from bot.text import one_line

_BECAME = {
    "draft": "set back to a draft quotation in Odoo",
    "sale": "confirmed in Odoo",
    "done": "confirmed and locked in Odoo",
    "cancel": "cancelled in Odoo",
}
_HUNDRED = 100


def _describe(record: Record) -> Description:
    salesperson = name_of(record, "user_id")
    margin = _margin(record)
    return Description(
        title=one_line(f"Quotation {record['name']}"),
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, "warehouse_id"),
        value=company_amount(record),
        makers=makers_of(record, "create_uid", "user_id", "write_uid"),
        seen=(
            relation(record, "partner_id", "Customer"),
            amount("amount_total", "Total", order_amount(record)),
            lines(record, "order_line", quantity_field="product_uom_qty", price_fields=("price_unit", "discount")),
        ),
        context=(
            *((("Salesperson", salesperson),) if salesperson else ()),
            *((("Margin", percent(margin)),) if margin is not None else ()),
        ),
        partner=name_of(record, "partner_id"),
        category=category_of(record, "order_line"),
        products=products_in(mappings(record.get("order_line"))),
        deadline=end_of_day(record, "validity_date"),
        deadline_what="the quotation lapses",
        lines=lines_of(AMENDABLE, record, order_amount(record)),
    )


def _is_asked(record: Record) -> bool:
    """Whether the quotation was sent: from then on the customer can accept it."""
    return bool(record["state"] == "sent")


def _margin(record: Record) -> Decimal | None:
    """In percent; None where the module for margins is not installed. Its field holds a fraction."""
    return None if record.get("margin_percent") is None else number(record["margin_percent"]) * _HUNDRED


def _credit(record: Record, _limit: Decimal) -> str:
    """As Odoo's own warning: what is owed, what is still to be invoiced, and this order, against the limit."""
    figures = _credit_figures(record) if _is_asked(record) else None
    if figures is None:
        return ""
    limit, total = figures
    return f"{total} owed with this order, above the credit limit of {limit}" if total.amount > limit.amount else ""


def _credit_figures(record: Record) -> tuple[Money, Money] | None:
    """The limit, and what would be owed; None where no limit is set or the bot may not see it."""
    partner, company, order = record.get("partner_id"), company_of(record), company_amount(record)
    customer = partner.get("commercial_partner_id") if isinstance(partner, Mapping) else None
    currency = currency_of(company) if company else None
    if not isinstance(customer, Mapping) or order is None or currency is None or not company:
        return None
    if not company.get("account_use_credit_limit") or not number(customer.get("credit_limit")):
        return None
    owed = number(customer.get("credit")) + number(customer.get("credit_to_invoice")) + order.amount
    code, digits = currency
    return Money.of(number(customer["credit_limit"]), code, digits=digits), Money.of(owed, code, digits=digits)


def _low_margin(record: Record, floor: Decimal) -> str:
    margin = _margin(record)
    if not _is_asked(record) or margin is None or margin >= floor or not number(record.get("amount_total")):
        return ""
    return f"a margin of {percent(margin)}, below the floor of {percent(floor)}"


def _discount(record: Record, limit: Decimal) -> str:
    given = [number(line.get("discount")) for line in mappings(record.get("order_line"))]
    highest = max(given, default=Decimal(0))
    if not _is_asked(record) or highest <= limit:
        return ""
    return f"a discount of {percent(highest)}, above the limit of {percent(limit)}"


def _over(record: Record) -> str:
    if _is_asked(record):
        return "nothing about it asks for a release any more"
    return _BECAME.get(record["state"], f"in state {record['state']} in Odoo")


_CONFIRM = Method(
    name="action_confirm",
    is_done=lambda record, _decided: record["state"] in {"sale", "done"},
    does="the order is confirmed in Odoo",
    done="order confirmed",
    repeatable=True,  # a confirmed order refuses to be confirmed again
    ends=("state", ("sale", "done")),
)
_CANCEL = Method(
    name="action_cancel",
    is_done=lambda record, _decided: record["state"] == "cancel",
    does="the quotation is cancelled in Odoo",
    done="quotation cancelled",
    repeatable=True,
    # Without it 18.0 answers with a wizard that offers to mail the customer, and cancels nothing.
    context={"disable_cancel_warning": True},
    asks={"sale.order.cancel": "whether the customer is told of the cancellation"},
    ends=("state", ("cancel",)),
)

#: What a guard compares besides the state, and what a release is bound to.
_FIGURES = (
    "partner_id",
    "amount_total",
    "order_line.product_id",
    "order_line.product_uom_qty",
    "order_line.price_unit",
    "order_line.discount",
)
_SEND_FIRST = "Signoff asks about quotations that were sent."

_HOLD = Hold(
    field="state",
    before=("draft", "sent"),
    after=("sale", "done"),
    when="abs(record.amount_total / (record.currency_rate or 1.0)) >= {limit}",
    what="quotations above the value from which on they are approved",
    figures=_FIGURES,
    hint=_SEND_FIRST,
)

SALE_VALUE = EventType(
    name="sale.value",
    model="sale.order",
    partner="partner_id",
    summary="A quotation that was sent to the customer; `materiality` says from which value on it needs people.",
    domain=(("state", "=", "sent"),),
    trigger_fields=("state", "amount_total", "partner_id"),
    paths=(*ORDER_PATHS, *AMENDABLE.paths, "validity_date"),
    optional=("warehouse_id.code", "order_line.product_id.categ_id", "margin_percent", *AMENDABLE.fixed_by),
    judge=lambda record, _limit: "above the value limit" if _is_asked(record) else "",
    hold=_HOLD,
    describe=_describe,
    over=_over,
    execution=Execution.RELEASE,
    carry_out=_CONFIRM,
    reject=None,
    cancel=_CANCEL,
    has_chatter=True,
    groups=("sales_team.group_sale_salesman_all_leads",),
    guarded=("state", *_FIGURES),
    beside=(SOLD, FREE_FOR_ORDER),
    amendable=AMENDABLE,
)

SALE_CREDIT_HOLD = replace(
    SALE_VALUE,
    hold=None,
    name="sale.credit_hold",
    summary="A quotation that was sent, with which its customer would owe more than the credit limit.",
    judge=_credit,
    paths=(*SALE_VALUE.paths, "partner_id.commercial_partner_id"),
    # For these the bot has to be in the group Invoicing; without it, or without a limit, there is no finding.
    optional=(
        *SALE_VALUE.optional,
        "company_id.account_use_credit_limit",
        "partner_id.commercial_partner_id.credit",
        "partner_id.commercial_partner_id.credit_to_invoice",
        "partner_id.commercial_partner_id.credit_limit",
    ),
    company_field="company_id",
    company_dependent=(
        "partner_id.commercial_partner_id.credit",
        "partner_id.commercial_partner_id.credit_to_invoice",
        "partner_id.commercial_partner_id.credit_limit",
    ),
    depends_elsewhere=True,
    beside=(OVERDUE, *SALE_VALUE.beside),
    groups=(*SALE_VALUE.groups, "account.group_account_invoice"),
)

SALE_MARGIN = replace(
    SALE_VALUE,
    hold=replace(
        _HOLD,
        when="record.amount_total and record.margin_percent * 100 < {threshold}",
        what="quotations with a margin below the floor",
        needs=("margin_percent",),
    ),
    name="sale.margin",
    summary="A quotation that was sent, with a margin below the floor (needs Odoo's module `sale_margin`).",
    judge=_low_margin,
    limit=Decimal(15),
    limit_is="percent of margin below which a quotation needs people",
)

SALE_DISCOUNT = replace(
    SALE_VALUE,
    hold=replace(
        _HOLD,
        when="max([line.discount for line in record.order_line] or [0.0]) > {threshold}",
        what="quotations with a discount above the limit",
    ),
    name="sale.discount",
    summary="A quotation that was sent, with a discount above the limit on one of its lines.",
    domain=(("state", "=", "sent"), ("order_line.discount", ">", 0)),
    judge=_discount,
    limit=Decimal(15),
    limit_is="percent of discount that needs nobody",
)
