"""Stock moves and their lines: what is reserved, what was moved, and what the stock becomes.

One unit system: a quantity of a move is in its product's own unit. Transfers as a whole are in ``transfers``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, INVOICING, PURCHASE_USER, SALES_OWN, STOCK_USER
from bot.sandbox.odoo.model import Access, Model, Row, fields_of, lines, link, make, plain, related
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.quants import QUANT, shift
from bot.sandbox.odoo.rounding import quantity

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

MOVE = "stock.move"
LINE = "stock.move.line"
OPEN = frozenset({"draft", "confirmed", "waiting", "partially_available", "assigned"})
_STATES = ("draft", "confirmed", "waiting", "partially_available", "assigned", "done", "cancel")
#: Goods from these places need no stock to be reserved.
_ENDLESS = frozenset({"supplier", "customer", "inventory", "production"})


def reserve(env: Env, move: Row) -> None:
    """Take what is there for an open move, at most what it wants."""
    if move["state"] not in OPEN or move["picked"]:
        return
    wanted = move["product_uom_qty"]
    taken = min(wanted, _available(env, move))
    state = "assigned" if taken >= wanted else "partially_available" if taken > 0 else "confirmed"
    env.write(MOVE, [move["id"]], {"quantity": taken, "state": state})


def short_of(move: Row) -> float:
    """How much of an open move would stay behind if it were carried out now."""
    if move["state"] not in OPEN:
        return 0.0
    return max(0.0, quantity(move["product_uom_qty"] - (move["quantity"] if move["picked"] else 0.0)))


def finish(env: Env, move: Row, *, splits: bool = True) -> float:
    """Carry out an open move; how much of it is left. Raises UserError for a tracked product without its lot.

    Where nothing is split off for the rest, the demand stays as it was (seen on 18.0 and 19.0).
    """
    left, moved = short_of(move), move["quantity"] if move["picked"] else 0.0
    if not moved:
        env.write(MOVE, [move["id"]], {"state": "cancel"})
        return left
    _require_lot(env, move)
    asked = quantity(move["product_uom_qty"] - left) if splits else move["product_uom_qty"]
    env.write(MOVE, [move["id"]], {"state": "done", "date": told(env.tx.moment), "product_uom_qty": asked})
    _shift_stock(env, move, moved)
    return left


def _available(env: Env, move: Row) -> float:
    place = env.row("stock.location", move["location_id"])
    if place["usage"] in _ENDLESS:
        return float(move["product_uom_qty"])
    stock = sum(
        row["quantity"]
        for row in env.rows(QUANT, env.tx.among(QUANT, "product_id", move["product_id"]))
        if row["location_id"] == move["location_id"]
    )
    others = env.rows(MOVE, env.tx.among(MOVE, "product_id", move["product_id"]))
    taken = sum(
        other["quantity"]
        for other in others
        if other["id"] != move["id"] and other["state"] in OPEN and other["location_id"] == move["location_id"]
    )
    return max(0.0, quantity(stock - taken))


def _require_lot(env: Env, move: Row) -> None:
    product = env.row("product.product", move["product_id"])
    named = any(
        line["lot_id"] or line["lot_name"] for line in env.rows(LINE, env.tx.among(LINE, "move_id", move["id"]))
    )
    if product["tracking"] != "none" and not named:
        msg = f"You need to supply a Lot/Serial Number for product:\n- {product['name']}"
        raise errors.user_error(msg)


def _shift_stock(env: Env, move: Row, by: float) -> None:
    shift(env, move["product_id"], move["location_id"], -by)
    shift(env, move["product_id"], move["location_dest_id"], by)


def _guard(env: Env, ids: list[int], vals: Row) -> None:
    if "quantity" in vals and any(move["state"] == "cancel" for move in env.rows(MOVE, ids)):
        msg = "You cannot change a cancelled stock move, create a new line instead."
        raise errors.user_error(msg)


def _settled(env: Env, record_id: int, before: Row | None) -> None:
    """A done move whose quantity is written changes the stock afterwards; an open one keeps its line true."""
    move = env.row(MOVE, record_id)
    if before is not None and before["state"] == "done" == move["state"] and before["quantity"] != move["quantity"]:
        _shift_stock(env, move, quantity(move["quantity"] - before["quantity"]))
    if move["quantity"] and (move["picking_id"] or move["state"] == "done"):
        _line_of(env, move)


def _linked(env: Env, record_id: int, before: Row | None) -> None:
    """A line that was made beside the moves of its transfer belongs to that of its product, and says what is there."""
    line = env.row(LINE, record_id)
    if before is not None or line["move_id"] or not line["picking_id"]:
        return
    for move in env.rows(MOVE, sorted(env.tx.among(MOVE, "picking_id", line["picking_id"]))):
        if move["product_id"] == line["product_id"]:
            env.write(LINE, [record_id], {"move_id": move["id"]})
            env.write(MOVE, [move["id"]], {"quantity": line["quantity"]})
            return


def _line_of(env: Env, move: Row) -> None:
    there = env.tx.among(LINE, "move_id", move["id"])
    if not there:
        named = {name: move[name] for name in ("picking_id", "product_id", "quantity")}
        env.create(LINE, {"move_id": move["id"], **named})
    elif len(there) == 1:
        env.write(LINE, there, {"quantity": move["quantity"]})


def _prepare(env: Env, vals: Row) -> None:
    if vals.get("product_id"):
        vals.setdefault("product_uom", env.row("product.product", vals["product_id"])["uom_id"])


def _done_of(env: Env, row: Row, *, field: str) -> float:
    """How much of an order line has been moved."""
    moves = env.rows(MOVE, env.tx.among(MOVE, field, row["id"]))
    return float(sum(move["quantity"] for move in moves if move["state"] == "done"))


def received_of(env: Env, row: Row) -> float:
    """How much of a purchase order line has arrived."""
    return _done_of(env, row, field="purchase_line_id")


def move_models(*, is_18: bool) -> list[Model]:
    """Every model of this file."""
    move = Model(
        MOVE,
        "Stock Move",
        fields_of(
            make("name", "char", string="Description") if is_18 else make("inventory_name", "char"),
            plain("char", "reference", "origin"),
            make("state", "selection", selection=_STATES, default="draft"),
            link("product_id", "product.product", required=True, indexed=True),
            link("product_uom", "uom.uom", string="Unit"),
            plain("float", "product_uom_qty", "quantity"),
            make("product_qty", "float", compute=lambda env, row: row["product_uom_qty"]),
            plain("boolean", "picked", "is_inventory"),
            plain("datetime", "date"),
            link("location_id", "stock.location", string="Source Location", required=True),
            link("location_dest_id", "stock.location", string="Destination Location", required=True),
            related(
                MOVE, make("has_tracking", "selection", selection=("none", "lot", "serial")), "product_id.tracking"
            ),
            link("company_id", "res.company"),
            link("picking_id", "stock.picking", indexed=True),
            link("purchase_line_id", "purchase.order.line", indexed=True),
            link("sale_line_id", "sale.order.line", indexed=True),
            link("scrap_id", "stock.scrap", indexed=True),
            lines("move_line_ids", LINE, "move_id"),
        ),
        Access(read=(INTERNAL,), write=(STOCK_USER, INVOICING, PURCHASE_USER, SALES_OWN)),
        order="id",
        display=lambda env, row: str(row["reference"] or ""),
        guard=_guard,
        prepare=_prepare,
        settled=_settled,
    )
    line = Model(
        LINE,
        "Product Moves (Stock Move Line)",
        fields_of(
            link("move_id", MOVE, indexed=True),
            link("picking_id", "stock.picking", indexed=True),
            link("product_id", "product.product", indexed=True),
            link("product_uom_id", "uom.uom", string="Unit"),
            link("lot_id", "stock.lot", string="Lot/Serial Number"),
            make("lot_name", "char", string="Lot/Serial Number Name"),
            link("package_id", "stock.quant.package", string="Source Package"),
            link("owner_id", "res.partner", string="From Owner"),
            plain("float", "quantity"),
            related(LINE, make("state", "selection", selection=_STATES), "move_id.state"),
            related(LINE, make("date", "datetime"), "move_id.date"),
            related(LINE, make("reference", "char"), "move_id.reference"),
            related(LINE, link("location_id", "stock.location"), "move_id.location_id"),
            related(LINE, link("location_dest_id", "stock.location"), "move_id.location_dest_id"),
        ),
        Access(read=(INTERNAL,), write=(STOCK_USER, PURCHASE_USER, SALES_OWN)),
        settled=_linked,
    )
    return [move, line]


__all__ = ["LINE", "MOVE", "OPEN", "finish", "move_models", "received_of", "reserve", "short_of"]
