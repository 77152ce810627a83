"""Sales orders: confirm, cancel, draft, lock and unlock, with the habits that were measured.

Cancelling differs most: 18.0 answers with a dialog for everything but a draft, 19.0 cancels always.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INVOICING, SALES_ALL, SALES_OWN, STOCK_USER
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, lines, link, make, plain
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.orders import cancel_transfers, make_transfer, settle_amounts, settle_line, track_state
from bot.sandbox.odoo.wizards import mail_composer, window

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

ORDER = "sale.order"
LINE = "sale.order.line"
_SUBTYPES: dict[Any, str] = {"sale": "Sales Order Confirmed", "sent": "Quotation sent"}


def action_confirm(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """draft or sent -> sale, with a delivery; a single order in another state refuses them all."""
    orders = env.rows(ORDER, ids)
    if any(order["state"] not in {"draft", "sent"} for order in orders):
        msg = "Some orders are not in a state requiring confirmation."
        raise errors.user_error(msg)
    env.write(ORDER, ids, {"state": "sale", "date_order": told(env.tx.moment)})
    for order in orders:
        if env.tx.among(LINE, "order_id", order["id"]):
            make_transfer(env, order, model=ORDER, kind="outgoing", warehouse_id=order["warehouse_id"])
    return True


def action_cancel(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """-> cancel, or on 18.0 (unless it is a draft or the context forbids it) only the dialog that asks."""
    orders = env.rows(ORDER, ids)
    if any(order["locked"] for order in orders):
        msg = "You cannot cancel a locked order. Please unlock it first."
        raise errors.user_error(msg)
    asks = env.is_18 and not env.context.get("disable_cancel_warning")
    if asks and any(order["state"] != "draft" for order in orders):
        return _cancel_dialog(orders)
    for order in orders:
        cancel_transfers(env, env.tx.among("stock.picking", "sale_id", order["id"]))
    env.write(ORDER, ids, {"state": "cancel"})
    return True


def action_draft(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """cancel or sent -> draft; others are passed over silently."""
    again = [order["id"] for order in env.rows(ORDER, ids) if order["state"] in {"cancel", "sent"}]
    env.write(ORDER, again, {"state": "draft"})
    return True


def action_lock(env: Env, model: Model, ids: Sequence[int]) -> None:
    """From now on lines cannot be edited and the order cannot be cancelled."""
    env.write(ORDER, ids, {"locked": True})


def action_unlock(env: Env, model: Model, ids: Sequence[int]) -> None:
    """The opposite of action_lock."""
    env.write(ORDER, ids, {"locked": False})


def action_quotation_send(env: Env, model: Model, ids: Sequence[int]) -> dict[str, Any]:
    """A mail composer; the state stays."""
    return mail_composer(ORDER, ids, name="Send", mark="mark_so_as_sent")


def _cancel_dialog(orders: Sequence[Row]) -> dict[str, Any]:
    if len(orders) != 1:
        raise errors.several(ORDER, [order["id"] for order in orders])
    kind = "Sales Order" if orders[0]["state"] == "sale" else "Quotation"
    context = {"default_order_id": orders[0]["id"], "mark_so_as_canceled": True, "model_description": kind}
    return window("sale.order.cancel", f"Cancel {kind}", context)


def _margin(env: Env, row: Row) -> float:
    """What is left of the untaxed amount after the cost of the goods (module sale_margin)."""
    order_lines = env.rows(LINE, env.tx.among(LINE, "order_id", row["id"]))
    cost = sum(line["product_uom_qty"] * _cost(env, line) for line in order_lines)
    return float(row["amount_untaxed"] - cost * row["currency_rate"])


def _cost(env: Env, line: Row) -> float:
    if not line["product_id"]:
        return 0.0
    return float(env.row("product.product", line["product_id"])["standard_price"].get(env.company_id, 0.0))


def _margin_percent(env: Env, row: Row) -> float:
    """As a fraction, in spite of its label."""
    return _margin(env, row) / row["amount_untaxed"] if row["amount_untaxed"] else 0.0


def _own_or_all(env: Env, row: Row) -> bool:
    """The record rule of plain salespeople: their own orders and those of nobody."""
    if env.user.has(SALES_ALL) or not env.user.has(SALES_OWN):
        return True
    return row["user_id"] in (env.uid, False)


def _guard(env: Env, ids: list[int], vals: Row) -> None:
    if "order_line" in vals and any(order["locked"] for order in env.rows(ORDER, ids)):
        msg = "It is forbidden to modify the following fields in a locked order:\nQuantity"
        raise errors.user_error(msg)


def _guard_line(env: Env, ids: list[int], vals: Row) -> None:
    _guard(env, [line["order_id"] for line in env.rows(LINE, ids)], {"order_line": vals})


def _guard_unlink(env: Env, ids: list[int]) -> None:
    if any(order["state"] not in {"draft", "cancel"} for order in env.rows(ORDER, ids)):
        msg = "You can not delete a sent quotation or a confirmed sales order. You must first cancel it."
        raise errors.user_error(msg)


def _prepare(env: Env, vals: Row) -> None:
    company = env.row("res.company", vals.setdefault("company_id", env.company_id))
    vals.setdefault("currency_id", company["currency_id"])
    vals.setdefault("name", f"S{env.tx.store.take_number('sale name'):05d}")
    vals.setdefault("user_id", env.uid)
    vals.setdefault("date_order", told(env.tx.moment))
    if "warehouse_id" not in vals:
        places = env.rows("stock.warehouse", env.tx.ids("stock.warehouse"))
        vals["warehouse_id"] = next(row["id"] for row in places if row["company_id"] == company["id"])


def _prepare_line(env: Env, vals: Row) -> None:
    if vals.get("product_id"):
        product = env.row("product.product", vals["product_id"])
        vals.setdefault("name", env.name_of("product.product", product["id"]))
        vals.setdefault("product_uom" if env.is_18 else "product_uom_id", product["uom_id"])
        vals.setdefault("price_unit", product["lst_price"])


def _settled(env: Env, record_id: int, before: Row | None) -> None:
    settle_amounts(env, ORDER, record_id)
    track_state(env, ORDER, record_id, before, _SUBTYPES)


def _settled_line(env: Env, record_id: int, before: Row | None) -> None:
    settle_line(env, LINE, record_id, quantity="product_uom_qty")


_METHODS = {
    "action_confirm": Method(action_confirm),
    "action_cancel": Method(action_cancel),
    "action_draft": Method(action_draft),
    "action_lock": Method(action_lock),
    "action_unlock": Method(action_unlock),
    "action_quotation_send": Method(action_quotation_send),
}
_ACCESS = Access(read=(SALES_OWN, STOCK_USER, INVOICING), write=(SALES_OWN,))


def _order_model() -> Model:
    return Model(
        ORDER,
        "Sales Order",
        fields_of(
            make("name", "char", required=True, string="Order Reference"),
            make("state", "selection", selection=("draft", "sent", "sale", "cancel"), default="draft", indexed=True),
            make("locked", "boolean"),
            link("partner_id", "res.partner", string="Customer", required=True),
            link("user_id", "res.users", string="Salesperson"),
            link("company_id", "res.company", required=True),
            link("currency_id", "res.currency", required=True),
            link("warehouse_id", "stock.warehouse", required=True),
            plain("char", "client_order_ref", "origin"),
            plain("datetime", "date_order", "commitment_date"),
            make("validity_date", "date", string="Expiration"),
            make("note", "html", string="Terms and conditions"),
            make("partner_credit_warning", "text", compute=lambda env, row: ""),
            plain("monetary", "amount_untaxed", "amount_tax", "amount_total"),
            make("currency_rate", "float", default=1.0),
            make("margin", "monetary", compute=_margin),
            make("margin_percent", "float", string="Margin (%)", compute=_margin_percent),
            lines("order_line", LINE, "order_id"),
            lines("picking_ids", "stock.picking", "sale_id"),
        ),
        _ACCESS,
        order="date_order desc, id desc",
        methods=_METHODS,
        prepare=_prepare,
        guard=_guard,
        settled=_settled,
        guard_unlink=_guard_unlink,
        rule=_own_or_all,
    )


def _line_model(*, is_18: bool) -> Model:
    return Model(
        LINE,
        "Sales Order Line",
        fields_of(
            make("name", "text", string="Description"),
            link("order_id", ORDER, required=True, indexed=True),
            link("product_id", "product.product"),
            make("product_uom_qty", "float", string="Quantity", default=1.0),
            link("product_uom" if is_18 else "product_uom_id", "uom.uom", string="Unit"),
            plain("float", "price_unit", "discount"),
            plain("monetary", "price_subtotal", "price_total"),
        ),
        _ACCESS,
        prepare=_prepare_line,
        guard=_guard_line,
        settled=_settled_line,
        removed=lambda env, line: settle_amounts(env, ORDER, line["order_id"]),
    )


def sale_models(*, is_18: bool) -> list[Model]:
    """Every model of this file."""
    return [_order_model(), _line_model(is_18=is_18)]
