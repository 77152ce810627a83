"""Goods that are set apart: what is written when a resolution sends stock or a receipt to quarantine, or stock back.

Core: what is read, why it cannot be done, and the values that Odoo gets; ``bot/odoo/moving.py`` asks and writes.
Nothing here moves goods: Odoo gets a transfer, or a receipt another destination, and people carry the goods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.odoo.catalog.ends import To
from bot.odoo.catalog.entry import Method, Record, Trace
from bot.odoo.catalog.reading import much, quantity
from bot.odoo.catalog.rows import linked

MOVE_TO_QUARANTINE: Final = "move to quarantine"
MOVE_BACK_INTO_STOCK: Final = "move back into stock"
RECEIVE_INTO_QUARANTINE: Final = "receive into quarantine"

#: The models that are asked and written here.
TRANSFER: Final = "stock.picking"
TRANSFER_KIND: Final = "stock.picking.type"
MOVE: Final = "stock.move"
PLACE: Final = "stock.location"
WAREHOUSE: Final = "stock.warehouse"

#: What has to be known of stock before a transfer is made of it.
STOCK_FIELDS: Final = (
    "product_id",
    "product_uom_id",
    "location_id",
    "warehouse_id",
    "company_id",
    "lot_id",
    "package_id",
    "owner_id",
    "quantity",
    "reserved_quantity",
)

_OPEN: Final = ("waiting", "confirmed", "assigned")

#: What a transfer that was made is worth by now, by its state.
_STANDS: Final[Mapping[str, str]] = {
    "draft": "still a draft",
    "waiting": "waiting for another transfer",
    "confirmed": "not reserved yet",
    "assigned": "ready, the goods are still to be moved by a person",
    "done": "done",
    "cancel": "cancelled since",
}


def _never(_record: Record, _decided: Mapping[str, str]) -> bool:
    """The record does not show it: the transfer that carries the mark does, or the place that was looked up."""
    return False


def _still_to_come(record: Record) -> str:
    if record.get("state") in _OPEN:
        return ""
    return "The receipt is over in Odoo; what came with it can only be moved by a transfer of its own there."


MOVE_ASIDE: Final = Method(
    name="create",
    to=To.QUARANTINE,
    trace=Trace(context_key="", model=TRANSFER, field="origin"),
    is_done=_never,
    does="a transfer to quarantine is made in Odoo",
    done="transfer to quarantine made",
    repeatable=False,  # each call makes a transfer
    keeps_figures=False,
)
MOVE_BACK: Final = Method(
    name="create",
    to=To.STOCK,
    trace=Trace(context_key="", model=TRANSFER, field="origin"),
    is_done=_never,
    does="a transfer back into stock is made in Odoo",
    done="transfer back into stock made",
    repeatable=False,
    keeps_figures=False,
)
TAKE_ASIDE: Final = Method(
    name="write",
    to=To.QUARANTINE,
    is_done=_never,
    does="the receipt goes to quarantine in Odoo",
    done="the receipt goes to quarantine",
    repeatable=True,
    keeps_figures=False,
    not_ready=_still_to_come,
)


#: How a receipt that differs can be settled.
SETTLED_RECEIPT: Final = (
    "accepted",
    "the rest will follow",
    "claimed from the supplier",
    "sent back",
    "counted again",
    RECEIVE_INTO_QUARANTINE,
)
SETTLES_RECEIPT: Final[Mapping[str, Method]] = {RECEIVE_INTO_QUARANTINE: TAKE_ASIDE}


def why_not(stock: Mapping[str, Any], place: int) -> str:
    """Why no transfer of all of ``stock`` (as Odoo reads it) to ``place`` can be made; empty if it can."""
    there, reserved = much(stock.get("quantity")), much(stock.get("reserved_quantity"))
    if there <= 0:
        return "Nothing of it is there any more in Odoo, so there is nothing to move. Nothing was written."
    if linked(stock, "location_id") == place:
        return "It is at that place already in Odoo. Nothing was written."
    if reserved > 0:
        return (
            f"{quantity(reserved)} of {quantity(there)} are reserved for other transfers in Odoo: a person has to "
            "choose. Take the reservation away there and press Retry, or move it by hand. Nothing was written."
        )
    return ""


def transfer_of(stock: Mapping[str, Any], kind: int, place: int, origin: str, *, name: str) -> dict[str, object]:
    """The values of a transfer of all of ``stock``: its lot, its package, its owner, in one ``create``.

    A move with its line beside it is confirmed and reserved as it is made (seen on 18.0 and 19.0), so that no half of
    it can be left behind. ``name``: the description that moves of 18.0 want, empty where they have none.
    """
    ends = {"location_id": linked(stock, "location_id"), "location_dest_id": place}
    product, unit = linked(stock, "product_id"), linked(stock, "product_uom_id")
    move = {"product_id": product, "product_uom_qty": stock["quantity"], "product_uom": unit, **ends}
    line = {"product_id": product, "quantity": stock["quantity"], "product_uom_id": unit, **ends}
    line |= {field: linked(stock, field) or False for field in ("lot_id", "package_id", "owner_id")}
    return {
        "picking_type_id": kind,
        "origin": origin,
        **ends,
        "move_ids": [[0, 0, move | ({"name": name} if name else {})]],
        "move_line_ids": [[0, 0, line]],
    }


def stands(made: Mapping[str, Any]) -> str:
    """What is told of a transfer that was made; that goods moved only where Odoo says so."""
    return f"transfer {made['name']} made in Odoo: {_STANDS.get(str(made['state']), made['state'])}"
