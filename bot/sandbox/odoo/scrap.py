"""Scrap orders: goods that are written off, with the second scrap that a second call makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, STOCK_USER
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, link, make, plain
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.moves import MOVE
from bot.sandbox.odoo.quants import QUANT, loss_location, shift
from bot.sandbox.odoo.wizards import window

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

SCRAP = "stock.scrap"


def action_validate(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """-> done with a real move; true. On a done one: true, another move and another number. A dialog when short."""
    if len(ids) != 1:
        raise errors.several(SCRAP, ids)
    row = env.row(SCRAP, ids[0])
    if not row["scrap_qty"]:
        msg = "You can only enter positive quantities."
        raise errors.user_error(msg)
    if _on_hand(env, row) >= row["scrap_qty"]:
        return do_scrap(env, model, ids)
    product = env.row("product.product", row["product_id"])
    context = {
        **env.context,
        "default_product_id": product["id"],
        "default_location_id": row["location_id"],
        "default_scrap_id": row["id"],
        "default_quantity": row["scrap_qty"],
        "default_product_uom_name": env.name_of("uom.uom", product["uom_id"]),
    }
    return window("stock.warn.insufficient.qty.scrap", f"{product['name']}: Insufficient Quantity To Scrap", context)


def do_scrap(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """Scrap, whatever is in stock."""
    for row in env.rows(SCRAP, ids):
        name = f"SP/{env.tx.store.take_number('scrap name'):05d}"
        vals = {
            "reference": name,
            "product_id": row["product_id"],
            "product_uom_qty": row["scrap_qty"],
            "quantity": row["scrap_qty"],
            "state": "done",
            "picked": True,
            "date": told(env.tx.moment),
            "location_id": row["location_id"],
            "location_dest_id": row["scrap_location_id"],
            "company_id": row["company_id"],
            "scrap_id": row["id"],
        }
        env.create(MOVE, vals)
        shift(env, row["product_id"], row["location_id"], -row["scrap_qty"])
        shift(env, row["product_id"], row["scrap_location_id"], row["scrap_qty"])
        env.write(SCRAP, [row["id"]], {"name": name, "state": "done", "date_done": told(env.tx.moment)})
    return True


def _on_hand(env: Env, row: Row) -> float:
    """Stock of this product in this place, of the named lot or of none: a lot that is not named has none to scrap."""
    quants = env.rows(QUANT, env.tx.among(QUANT, "product_id", row["product_id"]))
    mine = [one for one in quants if (one["location_id"], one["lot_id"]) == (row["location_id"], row["lot_id"])]
    return float(sum(one["quantity"] for one in mine))


def _prepare(env: Env, vals: Row) -> None:
    company = vals.setdefault("company_id", env.company_id)
    warehouses = env.rows("stock.warehouse", env.tx.ids("stock.warehouse"))
    stock = next(row["lot_stock_id"] for row in warehouses if row["company_id"] == company)
    vals.setdefault("name", "New")
    vals.setdefault("location_id", stock)
    vals.setdefault("scrap_location_id", loss_location(env))
    if vals.get("product_id"):
        vals.setdefault("product_uom_id", env.row("product.product", vals["product_id"])["uom_id"])


def _guard_unlink(env: Env, ids: list[int]) -> None:
    if any(row["state"] == "done" for row in env.rows(SCRAP, ids)):
        msg = "You cannot delete a scrap which is done."
        raise errors.user_error(msg)


def scrap_models() -> list[Model]:
    """Every model of this file."""
    scrap = Model(
        SCRAP,
        "Scrap",
        fields_of(
            make("name", "char", string="Reference", readonly=True, required=True),
            make("state", "selection", selection=("draft", "done"), default="draft", readonly=True, indexed=True),
            link("company_id", "res.company", required=True),
            plain("char", "origin"),
            link("product_id", "product.product", required=True),
            link("product_uom_id", "uom.uom", string="Unit", required=True),
            link("lot_id", "stock.lot", string="Lot/Serial"),
            link("location_id", "stock.location", string="Source Location", required=True),
            link("scrap_location_id", "stock.location", string="Scrap Location", required=True),
            link("picking_id", "stock.picking", string="Picking"),
            make("scrap_qty", "float", string="Quantity", default=1.0),
            plain("datetime", "date_done"),
            make("scrap_reason_tag_ids", "many2many", relation="stock.scrap.reason.tag"),
        ),
        Access(read=(STOCK_USER,), write=(STOCK_USER,)),
        order="id desc",
        methods={"action_validate": Method(action_validate), "do_scrap": Method(do_scrap)},
        prepare=_prepare,
        guard_unlink=_guard_unlink,
    )
    tag = Model(
        "stock.scrap.reason.tag",
        "Scrap Reason Tag",
        fields_of(make("name", "char", required=True)),
        Access(read=(INTERNAL,), write=(STOCK_USER,)),
    )
    return [scrap, tag]
