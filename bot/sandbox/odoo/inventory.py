"""Places: warehouses, locations, operation types and lots as records.

Counting and correcting stock is in ``quants``, moving it in ``moves`` and ``transfers``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, STOCK_MANAGER, STOCK_USER
from bot.sandbox.odoo.model import Access, Model, Row, fields_of, link, make

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

USAGES = ("supplier", "view", "internal", "customer", "inventory", "production", "transit")
_EVERYBODY = Access(read=(INTERNAL,), write=(STOCK_MANAGER,))
_STOCK = Access(read=(INTERNAL,), write=(STOCK_USER,))


def _location_name(env: Env, row: Row) -> str:
    return str(row["complete_name"])


def _name_location(env: Env, record_id: int, before: Row | None) -> None:
    row = env.row("stock.location", record_id)
    parent = row["location_id"] and env.row("stock.location", row["location_id"])
    full = f"{parent['complete_name']}/{row['name']}" if parent else row["name"]
    if row["complete_name"] != full:
        env.tx.put("stock.location", record_id, {**row, "complete_name": full})


def _unique_lot(env: Env, vals: Row) -> None:
    key = (vals.get("name"), vals.get("product_id"), vals.get("company_id", False))
    for lot in env.rows("stock.lot", env.tx.ids("stock.lot")):
        if (lot["name"], lot["product_id"], lot["company_id"]) == key:
            product = env.name_of("stock.lot", lot["id"])
            msg = f"The combination of lot/serial number and product must be unique within a company.\n - {product}"
            raise errors.validation_error(msg)


def _warehouse() -> Model:
    return Model(
        "stock.warehouse",
        "Warehouse",
        fields_of(
            make("name", "char", required=True),
            make("code", "char", string="Short Name", required=True),
            link("company_id", "res.company", required=True),
            link("lot_stock_id", "stock.location", string="Location Stock"),
            make("active", "boolean", default=True),
        ),
        _EVERYBODY,
    )


def _places() -> list[Model]:
    location = Model(
        "stock.location",
        "Inventory Locations",
        fields_of(
            make("name", "char", required=True),
            make("complete_name", "char", string="Full Location Name"),
            make("usage", "selection", selection=USAGES, default="internal", required=True),
            link("location_id", "stock.location", string="Parent Location"),
            link("warehouse_id", "stock.warehouse"),
            link("company_id", "res.company"),
            make("active", "boolean", default=True),
        ),
        _EVERYBODY,
        order="complete_name, id",
        display=_location_name,
        settled=_name_location,
    )
    kind = Model(
        "stock.picking.type",
        "Picking Type",
        fields_of(
            make("name", "char", required=True),
            make("code", "selection", selection=("incoming", "outgoing", "internal"), required=True),
            link("warehouse_id", "stock.warehouse"),
            link("default_location_src_id", "stock.location"),
            link("default_location_dest_id", "stock.location"),
            link("company_id", "res.company", required=True),
        ),
        _EVERYBODY,
        display=lambda env, row: f"{env.name_of('stock.warehouse', row['warehouse_id'])}: {row['name']}",
    )
    return [location, kind]


def _on_hand(env: Env, row: Row) -> float:
    quants = env.rows("stock.quant", env.tx.among("stock.quant", "product_id", row["product_id"]))
    return float(sum(one["quantity"] for one in quants if one["location_id"] == row["location_id"]))


def _forecast(env: Env, row: Row) -> float:
    """What is there, what is to come and what is to go."""
    moves = env.rows("stock.move", env.tx.among("stock.move", "product_id", row["product_id"]))
    coming = [one for one in moves if one["state"] not in {"draft", "done", "cancel"}]
    into = sum(one["product_uom_qty"] for one in coming if one["location_dest_id"] == row["location_id"])
    out = sum(one["product_uom_qty"] for one in coming if one["location_id"] == row["location_id"])
    return float(_on_hand(env, row) + into - out)


def _orderpoint() -> Model:
    return Model(
        "stock.warehouse.orderpoint",
        "Minimum Inventory Rule",
        fields_of(
            make("name", "char"),
            link("product_id", "product.product", required=True, indexed=True),
            link("location_id", "stock.location", required=True),
            link("warehouse_id", "stock.warehouse"),
            link("company_id", "res.company"),
            make("product_min_qty", "float", string="Min Quantity"),
            make("product_max_qty", "float", string="Max Quantity"),
            make("qty_on_hand", "float", string="On Hand", compute=_on_hand),
            make("qty_forecast", "float", string="Forecast", compute=_forecast),
            make("active", "boolean", default=True),
        ),
        _STOCK,
    )


def inventory_models() -> list[Model]:
    """Every model of this file."""
    lot = Model(
        "stock.lot",
        "Lot/Serial",
        fields_of(
            make("name", "char", string="Lot/Serial Number", required=True),
            link("product_id", "product.product", required=True),
            link("company_id", "res.company"),
            make("note", "html", string="Description"),
        ),
        _STOCK,
        order="name, id",
        prepare=_unique_lot,
    )
    return [_warehouse(), *_places(), lot, _orderpoint()]
