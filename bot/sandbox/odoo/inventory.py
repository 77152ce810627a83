"""Places and stock: warehouses, locations, transfers, stock moves and lots as records.

Counting and correcting stock is in ``quants``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, INVOICING, PURCHASE_USER, SALES_OWN, STOCK_MANAGER, STOCK_USER
from bot.sandbox.odoo.model import Access, Model, Row, fields_of, link, make, plain

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
            link("company_id", "res.company", required=True),
        ),
        _EVERYBODY,
        display=lambda env, row: f"{env.name_of('stock.warehouse', row['warehouse_id'])}: {row['name']}",
    )
    return [location, kind]


def _transfer() -> Model:
    return Model(
        "stock.picking",
        "Transfer",
        fields_of(
            make("name", "char", string="Reference"),
            make(
                "state",
                "selection",
                selection=("draft", "waiting", "confirmed", "assigned", "done", "cancel"),
                default="draft",
                indexed=True,
            ),
            make("move_type", "selection", selection=("direct", "one"), default="direct"),
            link("picking_type_id", "stock.picking.type", string="Operation Type", required=True),
            link("partner_id", "res.partner", string="Contact"),
            link("company_id", "res.company"),
            plain("char", "origin"),
            plain("datetime", "scheduled_date", "date_done"),
            link("purchase_id", "purchase.order", indexed=True),
            link("sale_id", "sale.order", indexed=True),
        ),
        Access(read=(STOCK_USER, SALES_OWN, PURCHASE_USER), write=(STOCK_USER, SALES_OWN, PURCHASE_USER)),
    )


def _move(*, is_18: bool) -> Model:
    return Model(
        "stock.move",
        "Stock Move",
        fields_of(
            make("name", "char", string="Description") if is_18 else make("inventory_name", "char"),
            plain("char", "reference", "origin"),
            make("state", "selection", selection=("draft", "confirmed", "assigned", "done", "cancel"), default="draft"),
            link("product_id", "product.product", required=True, indexed=True),
            link("product_uom", "uom.uom", string="Unit"),
            plain("float", "product_uom_qty", "quantity"),
            plain("boolean", "picked", "is_inventory"),
            plain("datetime", "date"),
            link("location_id", "stock.location", string="Source Location", required=True),
            link("location_dest_id", "stock.location", string="Destination Location", required=True),
            link("company_id", "res.company"),
            link("picking_id", "stock.picking"),
        ),
        Access(read=(INTERNAL,), write=(STOCK_USER, INVOICING, PURCHASE_USER, SALES_OWN)),
        order="id",
        display=lambda env, row: str(row["reference"] or ""),
    )


def inventory_models(*, is_18: bool) -> list[Model]:
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
    return [_warehouse(), *_places(), _transfer(), _move(is_18=is_18), lot]
