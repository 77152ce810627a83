"""Vendor bills that differ from what was ordered or received."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.config.model import Execution
from bot.money import Money
from bot.odoo.catalog.beside_trade import BILLED, BOUGHT
from bot.odoo.catalog.entry import Description, EventType, Hold, Method, Record
from bot.odoo.catalog.reading import (
    amount,
    category_of,
    company_of,
    currency_of,
    end_of_day,
    figure,
    id_of,
    lines,
    makers_of,
    mappings,
    much,
    name_of,
    number,
    order_amount,
    percent,
    products_in,
    quantity,
    relation,
)
from bot.text import one_line

_LINE = "invoice_line_ids"
_ORDERED = f"{_LINE}.purchase_line_id"
_HUNDRED = Decimal(100)


#: As ``_odd`` judges it, in Python on the record as Odoo has it.
_HELD = (
    "record.move_type == 'in_invoice' and any("
    "line.purchase_line_id and (line.purchase_line_id.qty_invoiced > line.purchase_line_id.qty_received or "
    "abs(line.price_unit * (100 - line.discount)"
    " - line.purchase_line_id.price_unit * (100 - line.purchase_line_id.discount)) * 100"
    " > line.purchase_line_id.price_unit * (100 - line.purchase_line_id.discount) * {threshold})"
    " for line in record.sudo().invoice_line_ids)"
)


def _value(record: Record) -> Money | None:
    """The total in company currency, as Odoo has converted it; None where it cannot be told."""
    company, signed = company_of(record), figure(record.get("amount_total_signed"))
    currency = currency_of(company) if company else None
    if currency is None or signed is None:
        return None
    return Money.of(abs(signed), currency[0], digits=currency[1])


def _describe(record: Record) -> Description:
    vendor, reference = name_of(record, "partner_id") or "unknown vendor", record.get("ref")
    orders = {name for line in _ordered(record) if (name := name_of(line["purchase_line_id"], "order_id"))}
    return Description(
        title=one_line(f"Bill {reference} of {vendor}" if reference else f"Bill of {vendor}", 150),
        company=name_of(record, "company_id") or "",
        warehouse=None,
        value=_value(record),
        makers=makers_of(record, "create_uid", "invoice_user_id", "write_uid"),
        seen=(
            relation(record, "partner_id", "Vendor"),
            amount("amount_total", "Total", order_amount(record)),
            lines(record, _LINE, quantity_field="quantity", price_fields=("price_unit", "discount")),
        ),
        context=(("Orders", one_line(", ".join(sorted(orders)), 200)),) if orders else (),
        partner=name_of(record, "partner_id"),
        category=category_of(record, _LINE),
        products=products_in(mappings(record.get(_LINE))),
        deadline=end_of_day(record, "invoice_date_due"),
        deadline_what="the bill is due",
    )


def _ordered(record: Record) -> list[Mapping[str, Any]]:
    """The lines that bill what was ordered."""
    return [one for one in mappings(record.get(_LINE)) if isinstance(one.get("purchase_line_id"), Mapping)]


def _judge(record: Record, limit: Decimal) -> str:
    if record["state"] != "draft" or record.get("move_type") != "in_invoice":
        return ""
    found = [said for line in _ordered(record) if (said := _odd(record, line, limit))]
    return one_line("; ".join(dict.fromkeys(found)), 300)


def _odd(record: Record, line: Mapping[str, Any], limit: Decimal) -> str:
    """What is odd about one line; empty where nothing is. Prices in another currency cannot be compared."""
    ordered = line["purchase_line_id"]
    product = name_of(line, "product_id") or "a line"
    invoiced, received = much(ordered.get("qty_invoiced")), much(ordered.get("qty_received"))
    if invoiced > received:
        return f"{product}: {quantity(invoiced)} billed, {quantity(received)} received"
    agreed = _net(ordered)
    if agreed <= 0 or id_of(ordered, "currency_id") != id_of(record, "currency_id"):
        return ""
    share = (_net(line) - agreed) / agreed * _HUNDRED
    if abs(share) <= limit:
        return ""
    return f"{product}: {percent(abs(share))} {'above' if share > 0 else 'below'} the ordered price"


def _net(line: Mapping[str, Any]) -> Decimal:
    return number(line.get("price_unit")) * (1 - number(line.get("discount")) / _HUNDRED)


def _over(record: Record) -> str:
    became = {"posted": "posted in Odoo", "cancel": "cancelled in Odoo"}
    return became.get(record["state"], "no longer different from the order and the receipt")


BILL_VARIANCE = EventType(
    name="purchase.bill_variance",
    model="account.move",
    partner="partner_id",
    summary="A draft vendor bill with another price than was ordered, or for more than was received.",
    domain=(("move_type", "=", "in_invoice"), ("state", "=", "draft"), (_ORDERED, "!=", False)),
    trigger_fields=("state", "amount_total", "partner_id", "invoice_date"),
    paths=(
        "name",
        "state",
        "move_type",
        "ref",
        "partner_id",
        "amount_total",
        "amount_total_signed",
        "invoice_date_due",
        "currency_id.name",
        "currency_id.decimal_places",
        "company_id.currency_id.name",
        "company_id.currency_id.decimal_places",
        f"{_LINE}.product_id",
        f"{_LINE}.quantity",
        f"{_LINE}.price_unit",
        f"{_LINE}.discount",
        f"{_ORDERED}.price_unit",
        f"{_ORDERED}.currency_id",
        f"{_ORDERED}.qty_invoiced",
        f"{_ORDERED}.qty_received",
        f"{_ORDERED}.order_id",
        "invoice_user_id.login",
        "create_uid.login",
        "write_uid.login",
    ),
    optional=(f"{_ORDERED}.discount", f"{_LINE}.product_id.categ_id"),
    judge=_judge,
    describe=_describe,
    over=_over,
    execution=Execution.CARRY_OUT,
    carry_out=Method(
        name="action_post",
        is_done=lambda record, _decided: record["state"] == "posted",
        does="the bill is posted in Odoo",
        done="bill posted",
        repeatable=True,  # a posted bill refuses to be posted again
        ends=("state", ("posted",)),
        asks={"validate.account.move": "whether a bill of a later date is posted now"},
    ),
    reject=None,
    cancel=Method(
        name="button_cancel",
        is_done=lambda record, _decided: record["state"] == "cancel",
        does="the bill is cancelled in Odoo",
        done="bill cancelled",
        repeatable=True,
        ends=("state", ("cancel",)),
    ),
    has_chatter=True,
    limit=Decimal(2),
    limit_is="percent a billed price may differ from the ordered one",
    depends_elsewhere=True,
    groups=("account.group_account_invoice",),
    guarded=(
        "state",
        "partner_id",
        "amount_total",
        f"{_LINE}.product_id",
        f"{_LINE}.quantity",
        f"{_LINE}.price_unit",
        f"{_LINE}.discount",
    ),
    beside=(BILLED, BOUGHT),
    hold=Hold(
        field="state",
        before=("draft",),
        after=("posted",),
        when=_HELD,
        what="vendor bills that differ from what was ordered or received",
    ),
)
