"""Vendor bills and customer invoices: post, cancel, back to draft. No journals, no taxes, no payments.

What is posted gets its number; everything else about accounting is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INVOICING, PURCHASE_USER, SALES_OWN
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, lines, link, make, plain
from bot.sandbox.odoo.orders import digits_of, exchange_rate
from bot.sandbox.odoo.rounding import money

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

BILL = "account.move"
LINE = "account.move.line"
_KINDS = ("entry", "out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt")
_VENDOR = frozenset({"in_invoice", "in_refund", "in_receipt"})


def action_post(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """draft -> posted; false. A vendor bill without its date, and what is posted already, are refused."""
    if not env.user.has(INVOICING):
        msg = "You don't have the access rights to post an invoice."
        raise errors.access_error(msg)
    for row in env.rows(BILL, ids):
        if row["state"] != "draft":
            msg = f"The entry {row['name']} (id {row['id']}) must be in draft."
            raise errors.user_error(msg)
        if row["move_type"] in _VENDOR and not row["invoice_date"]:
            msg = "The Bill/Refund date is required to validate this document."
            raise errors.user_error(msg)
        env.write(BILL, [row["id"]], {"state": "posted", **_number(env, row)})
    return False


def button_cancel(env: Env, model: Model, ids: Sequence[int]) -> None:
    """-> cancel, from draft and from posted."""
    env.write(BILL, ids, {"state": "cancel"})


def button_draft(env: Env, model: Model, ids: Sequence[int]) -> None:
    """-> draft, from cancel and from posted."""
    env.write(BILL, ids, {"state": "draft"})


def invoiced_of(env: Env, row: Row) -> float:
    """How much of a purchase order line is on bills that are not cancelled, drafts among them."""
    found = env.rows(LINE, env.tx.among(LINE, "purchase_line_id", row["id"]))
    return float(sum(one["quantity"] for one in found if env.row(BILL, one["move_id"])["state"] != "cancel"))


def _number(env: Env, row: Row) -> Row:
    if row["name"]:
        return {}
    prefix = "BILL" if row["move_type"] in _VENDOR else "INV"
    return {"name": f"{prefix}/{env.tx.moment[:4]}/{env.tx.moment[5:7]}/{env.tx.store.take_number('bill name'):04d}"}


def _prepare(env: Env, vals: Row) -> None:
    company = env.row("res.company", vals.setdefault("company_id", env.company_id))
    vals.setdefault("currency_id", company["currency_id"])
    vals.setdefault("invoice_user_id", env.uid)


def _settled_line(env: Env, record_id: int, before: Row | None) -> None:
    line = env.row(LINE, record_id)
    bill = env.row(BILL, line["move_id"])
    gross = line["quantity"] * line["price_unit"] * (1 - line["discount"] / 100)
    subtotal = money(gross, digits_of(env, bill["currency_id"]))
    if subtotal != line["price_subtotal"]:
        env.tx.put(LINE, record_id, {**line, "price_subtotal": subtotal})
    _settle(env, bill["id"])


def _settle(env: Env, bill_id: int) -> None:
    """Keep the totals true; a vendor bill counts as negative in the signed one, which is in company currency."""
    bill = env.row(BILL, bill_id)
    rows = env.rows(LINE, env.tx.among(LINE, "move_id", bill_id))
    total = money(sum(row["price_subtotal"] for row in rows), digits_of(env, bill["currency_id"]))
    company = env.row("res.company", bill["company_id"])
    own = money(total / exchange_rate(env, bill), digits_of(env, company["currency_id"]))
    figures = {
        "amount_untaxed": total,
        "amount_total": total,
        "amount_total_signed": -own if bill["move_type"] in _VENDOR else own,
    }
    if any(bill[name] != value for name, value in figures.items()):
        env.write(BILL, [bill_id], figures)


def _prepare_line(env: Env, vals: Row) -> None:
    if vals.get("product_id"):
        vals.setdefault("name", env.name_of("product.product", vals["product_id"]))


def _display(env: Env, row: Row) -> str:
    draft = "Draft Bill" if row["move_type"] in _VENDOR else "Draft Invoice"
    ref = f" ({row['ref']})" if row["ref"] else ""
    return f"{row['name'] or draft}{ref}"


def bill_models() -> list[Model]:
    """Every model of this file."""
    readers = (INVOICING, PURCHASE_USER, SALES_OWN)
    bill = Model(
        BILL,
        "Journal Entry",
        fields_of(
            make("name", "char", string="Number"),
            make("move_type", "selection", selection=_KINDS, default="entry", required=True),
            make("state", "selection", selection=("draft", "posted", "cancel"), default="draft", indexed=True),
            make("ref", "char", string="Reference"),
            link("partner_id", "res.partner"),
            link("company_id", "res.company", required=True),
            link("currency_id", "res.currency", required=True),
            link("invoice_user_id", "res.users", string="Salesperson"),
            plain("date", "invoice_date", "invoice_date_due", "date"),
            plain("monetary", "amount_untaxed", "amount_total", "amount_total_signed", "amount_residual"),
            make("payment_state", "selection", selection=("not_paid", "partial", "paid"), default="not_paid"),
            lines("invoice_line_ids", LINE, "move_id"),
        ),
        Access(read=readers, write=readers),
        order="id desc",
        display=_display,
        methods={
            "action_post": Method(action_post),
            "button_cancel": Method(button_cancel),
            "button_draft": Method(button_draft),
        },
        prepare=_prepare,
    )
    line = Model(
        LINE,
        "Journal Item",
        fields_of(
            make("name", "text", string="Label"),
            link("move_id", BILL, required=True, indexed=True),
            make("display_type", "selection", selection=("product", "line_section", "line_note"), default="product"),
            link("product_id", "product.product"),
            make("quantity", "float", default=1.0),
            plain("float", "price_unit", "discount"),
            plain("monetary", "price_subtotal"),
            link("purchase_line_id", "purchase.order.line", indexed=True),
        ),
        Access(read=readers, write=readers),
        prepare=_prepare_line,
        settled=_settled_line,
        removed=lambda env, row: _settle(env, row["move_id"]),
    )
    return [bill, line]
