"""Purchase orders: confirm, approve, cancel, draft and lock, with the habits that were measured.

What the company demands (one or two steps, from which amount) sits on res.company. The state is written by the
methods alone in real life, but a plain write of it is accepted here as it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INVOICING, PURCHASE_MANAGER, PURCHASE_USER, STOCK_USER
from bot.sandbox.odoo.bills import invoiced_of
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, lines, link, make, plain, related
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.moves import received_of
from bot.sandbox.odoo.orders import (
    cancel_transfers,
    digits_of,
    make_transfer,
    settle_amounts,
    settle_line,
    track_state,
)
from bot.sandbox.odoo.rounding import money
from bot.sandbox.odoo.wizards import mail_composer

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

ORDER = "purchase.order"
LINE = "purchase.order.line"
_SUBTYPES: dict[Any, str] = {
    ("to approve", "purchase"): "RFQ Approved",
    "purchase": "RFQ Confirmed",
    "to approve": "RFQ Confirmed",
    "sent": "RFQ Sent",
    "done": "RFQ Done",
}


def approval_allowed(env: Env, order: Row) -> bool:
    """Whether this user may confirm this order alone: one step, strictly below the limit, or a purchase manager."""
    company = env.row("res.company", order["company_id"])
    if company["po_double_validation"] == "one_step":
        return True
    digits = digits_of(env, order["currency_id"])
    limit = money(company["po_double_validation_amount"] * order["currency_rate"], digits)
    return bool(order["amount_total"] < limit) or env.user.has(PURCHASE_MANAGER)


def button_confirm(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """draft or sent -> purchase, or ``to approve`` for whom the limit holds; other states are passed over silently."""
    for order in env.rows(ORDER, ids):
        if order["state"] not in {"draft", "sent"}:
            continue
        if approval_allowed(env, order):
            button_approve(env, model, [order["id"]])
        else:
            env.write(ORDER, [order["id"]], {"state": "to approve"})
    return True


def button_approve(env: Env, model: Model, ids: Sequence[int], force: object = False) -> dict[str, Any]:
    """-> purchase from whatever state, cancelled too; for whom approval is not allowed: ``{}`` and nothing."""
    for order in env.rows(ORDER, ids):
        if not approval_allowed(env, order):
            continue
        arrived = order["state"] != "purchase"
        env.write(ORDER, [order["id"]], {"state": "purchase", "date_approve": told(env.tx.moment)})
        if arrived:
            kind = env.row("stock.picking.type", order["picking_type_id"])
            make_transfer(env, order, model=ORDER, kind="incoming", warehouse_id=kind["warehouse_id"])
        if env.row("res.company", order["company_id"])["po_lock"] == "lock":
            _lock(env, [order["id"]])
    return {}


def button_cancel(env: Env, model: Model, ids: Sequence[int]) -> None:
    """-> cancel, also when repeated. 18.0 refuses received goods, 19.0 refuses a locked order."""
    orders = env.rows(ORDER, ids)
    locked = [] if env.is_18 else [order["name"] for order in orders if order["locked"]]
    if locked:
        msg = f"Unable to cancel purchase order(s): {', '.join(locked)}. You must first unlock them."
        raise errors.user_error(msg)
    transfers = {order["id"]: env.tx.among("stock.picking", "purchase_id", order["id"]) for order in orders}
    received = [order["name"] for order in orders if _any_done(env, transfers[order["id"]])]
    if received and env.is_18:
        names = ", ".join(received)
        msg = f"Unable to cancel purchase order(s): {names} since they have receipts that are already done."
        raise errors.user_error(msg)
    for order in orders:
        cancel_transfers(env, transfers[order["id"]])
    env.write(ORDER, ids, {"state": "cancel"})


def button_draft(env: Env, model: Model, ids: Sequence[int]) -> dict[str, Any]:
    """-> draft."""
    env.write(ORDER, ids, {"state": "draft"})
    return {}


def button_lock(env: Env, model: Model, ids: Sequence[int]) -> None:
    """18.0: button_done, state ``done``. 19.0: button_lock, the state stays."""
    _lock(env, ids)


def button_unlock(env: Env, model: Model, ids: Sequence[int]) -> None:
    """18.0 sets the state to purchase whatever it was."""
    env.write(ORDER, ids, {"state": "purchase"} if env.is_18 else {"locked": False})


def action_rfq_send(env: Env, model: Model, ids: Sequence[int]) -> dict[str, Any]:
    """A mail composer; the state stays."""
    return mail_composer(ORDER, ids, name="Compose Email", mark="mark_rfq_as_sent")


def _lock(env: Env, ids: Sequence[int]) -> None:
    env.write(ORDER, ids, {"state": "done"} if env.is_18 else {"locked": True})


def _any_done(env: Env, transfers: Sequence[int]) -> bool:
    return any(row["state"] == "done" for row in env.rows("stock.picking", transfers))


def _receipt_status(env: Env, row: Row) -> str | bool:
    """How much of a confirmed order has arrived; nothing to say without a transfer."""
    states = {
        one["state"] for one in env.rows("stock.picking", env.tx.among("stock.picking", "purchase_id", row["id"]))
    }
    states -= {"cancel"}
    if not states:
        return False
    if states == {"done"}:
        return "full"
    return "partial" if "done" in states else "pending"


def _prepare(env: Env, vals: Row) -> None:
    company = env.row("res.company", vals.setdefault("company_id", env.company_id))
    vals.setdefault("currency_id", company["currency_id"])
    vals.setdefault("name", f"P{env.tx.store.take_number('purchase name'):05d}")
    vals.setdefault("user_id", env.uid)
    vals.setdefault("date_order", told(env.tx.moment))
    if "picking_type_id" not in vals:
        kinds = env.rows("stock.picking.type", env.tx.ids("stock.picking.type"))
        vals["picking_type_id"] = next(
            row["id"] for row in kinds if row["code"] == "incoming" and row["company_id"] == company["id"]
        )


def _settled(env: Env, record_id: int, before: Row | None) -> None:
    settle_amounts(env, ORDER, record_id)
    track_state(env, ORDER, record_id, before, _SUBTYPES)


def _settled_line(env: Env, record_id: int, before: Row | None) -> None:
    settle_line(env, LINE, record_id, quantity="product_qty")


def _guard_unlink(env: Env, ids: list[int]) -> None:
    if any(order["state"] != "cancel" for order in env.rows(ORDER, ids)):
        msg = "In order to delete a purchase order, you must cancel it first."
        raise errors.user_error(msg)


def _prepare_line(env: Env, vals: Row) -> None:
    if vals.get("product_id"):
        product = env.row("product.product", vals["product_id"])
        vals.setdefault("name", env.name_of("product.product", product["id"]))
        vals.setdefault("product_uom" if env.is_18 else "product_uom_id", product["uom_id"])
        vals.setdefault("price_unit", product["standard_price"].get(env.company_id, 0.0))


def _methods(*, is_18: bool) -> dict[str, Method]:
    return {
        "button_confirm": Method(button_confirm),
        "button_approve": Method(button_approve),
        "button_cancel": Method(button_cancel),
        "button_draft": Method(button_draft),
        "button_done" if is_18 else "button_lock": Method(button_lock),
        "button_unlock": Method(button_unlock),
        "action_rfq_send": Method(action_rfq_send),
    }


def _order_model(*, is_18: bool) -> Model:
    states = ("draft", "sent", "to approve", "purchase", *(("done",) if is_18 else ()), "cancel")
    return Model(
        ORDER,
        "Purchase Order",
        fields_of(
            make("name", "char", required=True, string="Order Reference"),
            make("state", "selection", selection=states, default="draft", readonly=True, indexed=True),
            link("partner_id", "res.partner", string="Vendor", required=True),
            link("user_id", "res.users", string="Buyer"),
            link("company_id", "res.company", required=True),
            link("currency_id", "res.currency", required=True),
            related(ORDER, link("company_currency_id", "res.currency"), "company_id.currency_id"),
            link("picking_type_id", "stock.picking.type", string="Deliver To", required=True),
            make("priority", "selection", selection=("0", "1"), default="0"),
            plain("char", "origin", "partner_ref"),
            plain("datetime", "date_order", "date_approve", "date_planned"),
            make("notes" if is_18 else "note", "html", string="Terms and Conditions"),
            [] if is_18 else [make("locked", "boolean")],
            plain("monetary", "amount_untaxed", "amount_tax", "amount_total", "amount_total_cc"),
            make("currency_rate", "float", default=1.0),
            lines("order_line", LINE, "order_id"),
            lines("picking_ids", "stock.picking", "purchase_id"),
            make("receipt_status", "selection", selection=("pending", "partial", "full"), compute=_receipt_status),
        ),
        Access(read=(PURCHASE_USER, STOCK_USER, INVOICING), write=(PURCHASE_USER,)),
        order="priority desc, id desc",
        methods=_methods(is_18=is_18),
        prepare=_prepare,
        settled=_settled,
        guard_unlink=_guard_unlink,
    )


def _line_model(*, is_18: bool) -> Model:
    return Model(
        LINE,
        "Purchase Order Line",
        fields_of(
            make("name", "text", string="Description"),
            link("order_id", ORDER, required=True, indexed=True),
            related(LINE, link("currency_id", "res.currency"), "order_id.currency_id"),
            link("product_id", "product.product"),
            make("product_qty", "float", string="Quantity", default=1.0),
            link("product_uom" if is_18 else "product_uom_id", "uom.uom", string="Unit"),
            plain("float", "price_unit", "discount"),
            plain("monetary", "price_subtotal", "price_total"),
            plain("datetime", "date_planned"),
            make("qty_received", "float", string="Received", compute=received_of),
            make("qty_invoiced", "float", string="Billed", compute=invoiced_of),
        ),
        Access(read=(PURCHASE_USER, STOCK_USER, INVOICING), write=(PURCHASE_USER,)),
        prepare=_prepare_line,
        settled=_settled_line,
        removed=lambda env, line: settle_amounts(env, ORDER, line["order_id"]),
    )


def purchase_models(*, is_18: bool) -> list[Model]:
    """Every model of this file."""
    return [_order_model(is_18=is_18), _line_model(is_18=is_18)]
