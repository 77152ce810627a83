"""The records as a page or a report shows them: orders and counts with their figures and notes, JSON-able."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.odoo.model import Row
    from bot.sandbox.odoo.orm import Env


def snapshot(env: Env) -> dict[str, Any]:
    """Purchase orders, counted or corrected stock of the warehouses, and sales orders, oldest first."""
    return {
        "purchases": [_purchase(env, row) for row in _all(env, "purchase.order")],
        "counts": [
            _count(env, row) for row in _all(env, "stock.quant") if env.value("stock.quant", row, "warehouse_id")
        ],
        "sales": [_sale(env, row) for row in _all(env, "sale.order")],
        "moves": [_move(env, row) for row in _all(env, "stock.move")],
    }


def _purchase(env: Env, row: Row) -> dict[str, Any]:
    kind = env.row("stock.picking.type", row["picking_type_id"])
    return {
        **_order(env, "purchase.order", row),
        "vendor": env.name_of("res.partner", row["partner_id"]),
        "buyer": _name(env, "res.users", row["user_id"]),
        "warehouse": env.row("stock.warehouse", kind["warehouse_id"])["code"],
    }


def _sale(env: Env, row: Row) -> dict[str, Any]:
    return {
        **_order(env, "sale.order", row),
        "customer": env.name_of("res.partner", row["partner_id"]),
        "salesperson": _name(env, "res.users", row["user_id"]),
        "warehouse": env.row("stock.warehouse", row["warehouse_id"])["code"],
        "locked": row["locked"],
    }


def _order(env: Env, model: str, row: Row) -> dict[str, Any]:
    lines = env.rows(f"{model}.line", env.value(model, row, "order_line"))
    return {
        "id": row["id"],
        "name": row["name"],
        "state": row["state"],
        "amount": row["amount_total"],
        "currency": env.name_of("res.currency", row["currency_id"]),
        "lines": [{"name": line["name"], "subtotal": line["price_subtotal"]} for line in lines],
        "changed_by": _name(env, "res.users", row["write_uid"]),
        "notes": _notes(env, model, row["id"]),
    }


def _count(env: Env, row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "product": env.name_of("product.product", row["product_id"]),
        "location": env.name_of("stock.location", row["location_id"]),
        "on_hand": row["quantity"],
        "counted": row["inventory_quantity"] if row["inventory_quantity_set"] else None,
        "difference": row["inventory_diff_quantity"] if row["inventory_quantity_set"] else None,
        "outdated": env.value("stock.quant", row, "is_outdated"),
        "changed_by": _name(env, "res.users", row["write_uid"]),
    }


def _move(env: Env, row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "reference": row["reference"],
        "product": env.name_of("product.product", row["product_id"]),
        "quantity": row["quantity"],
        "from": env.name_of("stock.location", row["location_id"]),
        "to": env.name_of("stock.location", row["location_dest_id"]),
    }


def _notes(env: Env, model: str, record_id: int) -> list[dict[str, str]]:
    rows = env.rows("mail.message", sorted(env.tx.among("mail.message", "res_id", record_id)))
    return [
        {"author": _name(env, "res.partner", row["author_id"]), "body": str(row["body"]), "at": row["date"]}
        for row in rows
        if row["model"] == model and row["body"]
    ]


def _all(env: Env, model: str) -> list[Row]:
    return env.rows(model, sorted(env.tx.ids(model)))


def _name(env: Env, model: str, record_id: Any) -> str:
    return env.name_of(model, record_id) if record_id else ""
