"""What purchase and sales orders share: lines into amounts, exchange rates, transfers, state messages.

The business methods themselves are in ``purchase`` and ``sale``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo.chatter import track
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.moves import reserve
from bot.sandbox.odoo.rounding import money
from bot.sandbox.odoo.transfers import settle_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.odoo.model import Row
    from bot.sandbox.odoo.orm import Env

_PERCENT = 100.0


def digits_of(env: Env, currency_id: int) -> int:
    """The decimal places of a currency."""
    return int(env.row("res.currency", currency_id)["decimal_places"])


def exchange_rate(env: Env, order: Row) -> float:
    """How much of the order's currency one unit of the company's currency buys."""
    company = env.row("res.company", order["company_id"])
    ours, theirs = (env.row("res.currency", one)["rate"] for one in (company["currency_id"], order["currency_id"]))
    return float(theirs / ours)


def line_subtotal(env: Env, line: Row, *, quantity: str, order: Row) -> float:
    """Quantity times price less discount, rounded to the order's currency. There are no taxes here."""
    gross = line[quantity] * line["price_unit"] * (1.0 - line["discount"] / _PERCENT)
    return money(gross, digits_of(env, order["currency_id"]))


def settle_line(env: Env, model: str, record_id: int, *, quantity: str) -> None:
    """Keep a line's subtotal and its order's amounts true after the line was created or written."""
    line = env.row(model, record_id)
    parent = model.removesuffix(".line")
    order = env.row(parent, line["order_id"])
    subtotal = line_subtotal(env, line, quantity=quantity, order=order)
    if subtotal != line["price_subtotal"]:
        env.tx.put(model, record_id, {**line, "price_subtotal": subtotal, "price_total": subtotal})
    settle_amounts(env, parent, order["id"])


def settle_amounts(env: Env, model: str, order_id: int) -> None:
    """Keep the totals and the rate of an order true; written, and so dated, only when one of them moved."""
    order = env.row(model, order_id)
    rows = env.rows(f"{model}.line", env.tx.among(f"{model}.line", "order_id", order_id))
    total = money(sum(line["price_subtotal"] for line in rows), digits_of(env, order["currency_id"]))
    rate = exchange_rate(env, order)
    figures: Row = {"amount_untaxed": total, "amount_total": total, "currency_rate": rate}
    if "amount_total_cc" in order:
        company = env.row("res.company", order["company_id"])
        figures["amount_total_cc"] = money(total / rate, digits_of(env, company["currency_id"]))
    if any(order[name] != value for name, value in figures.items()):
        env.write(model, [order_id], figures)
        if order["amount_untaxed"] and order["amount_untaxed"] != total:
            track(env, model, order_id, subtype="Note")


def make_transfer(env: Env, order: Row, *, model: str, kind: str, warehouse_id: int) -> None:
    """The receipt or delivery that a confirmed order sets going, with what is in stock reserved."""
    types = env.tx.ids("stock.picking.type")
    picking_type = next(
        row
        for row in env.rows("stock.picking.type", types)
        if (row["code"], row["warehouse_id"]) == (kind, warehouse_id)
    )
    origin = {"purchase.order": "purchase_id", "sale.order": "sale_id"}[model]
    places = {
        "location_id": picking_type["default_location_src_id"],
        "location_dest_id": picking_type["default_location_dest_id"],
        "company_id": order["company_id"],
        "origin": order["name"],
    }
    vals: dict[str, Any] = {
        **places,
        "picking_type_id": picking_type["id"],
        "partner_id": order["partner_id"],
        "scheduled_date": told(env.tx.moment),
        "state": "assigned",
        origin: order["id"],
    }
    picking = env.create("stock.picking", vals)
    _make_moves(env, order, places, model=model, picking=picking)


def _make_moves(env: Env, order: Row, places: Row, *, model: str, picking: int) -> None:
    line_field, quantity = {
        "purchase.order": ("purchase_line_id", "product_qty"),
        "sale.order": ("sale_line_id", "product_uom_qty"),
    }[model]
    for line in env.rows(f"{model}.line", sorted(env.tx.among(f"{model}.line", "order_id", order["id"]))):
        if line["product_id"]:
            vals = {"product_id": line["product_id"], "product_uom_qty": line[quantity], "state": "confirmed"}
            made = env.create("stock.move", {**places, **vals, "picking_id": picking, line_field: line["id"]})
            reserve(env, env.row("stock.move", made))
    settle_state(env, picking)


def cancel_transfers(env: Env, ids: Sequence[int]) -> None:
    """Cancel the transfers that are not done."""
    open_ones = [row["id"] for row in env.rows("stock.picking", ids) if row["state"] != "done"]
    moves = [move for one in open_ones for move in env.tx.among("stock.move", "picking_id", one)]
    env.write(
        "stock.move",
        [row["id"] for row in env.rows("stock.move", moves) if row["state"] != "done"],
        {"state": "cancel"},
    )
    env.write("stock.picking", open_ones, {"state": "cancel"})


def track_state(env: Env, model: str, record_id: int, before: Row | None, subtypes: dict[Any, str]) -> None:
    """Leave the message that Odoo leaves when the state changes; ``subtypes`` knows (old, new) and new."""
    after = env.row(model, record_id)
    if before is None or before["state"] == after["state"]:
        return
    known = subtypes.get((before["state"], after["state"])) or subtypes.get(after["state"], "Note")
    track(env, model, record_id, subtype=known)
