"""Transfers: deliveries to be released or split, receipts that differ, returns, goods between warehouses or blocked.

Released by default: validating what nobody has picked is not what was approved. Carried out, it is validated once
every line is picked in Odoo. Odoo has no state "on hold" on a transfer, so the hold is detective.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.config.model import Execution
from bot.odoo.catalog.beside import ALSO_WAITING, FREE_FOR_TRANSFER
from bot.odoo.catalog.beside_supply import DELIVERED
from bot.odoo.catalog.entry import SETTLED, Description, EventType, Hold, Record
from bot.odoo.catalog.goods import (
    COST,
    TRANSFER_OPTIONAL,
    TRANSFER_PATHS,
    goods_seen,
    moves,
    only_product,
    same_warehouse,
    short,
    there,
    wanted,
    worth,
    worth_of_difference,
)
from bot.odoo.catalog.places import zone_of
from bot.odoo.catalog.quarantine import RECEIVE_INTO_QUARANTINE, SETTLED_RECEIPT, SETTLES_RECEIPT
from bot.odoo.catalog.reading import (
    category_of,
    instant,
    makers_of,
    name_of,
    products_in,
    quantity,
    relation,
    warehouse_of,
)
from bot.odoo.catalog.validating import AS_COUNTED, BACKORDER, CANCEL, CANCEL_REST, VALIDATE, WAIT, waits_for_all
from bot.text import one_line

_WAREHOUSE = ("picking_type_id", "warehouse_id")
_TO_DO = frozenset({"confirmed", "assigned"})
_BECAME = {
    "draft": "set back to draft in Odoo",
    "waiting": "waits for another transfer in Odoo",
    "done": "done in Odoo",
    "cancel": "cancelled in Odoo",
}
#: How places are called whose stock nobody may use.
BLOCKED_PLACE = re.compile(r"quarantine|blocked", re.IGNORECASE)


def _describe(record: Record) -> Description:
    differs = record.get("picking_type_code") == "incoming" and not record.get("return_id")
    origin = record.get("origin")
    return Description(
        title=one_line(f"Transfer {record['name']}"),
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, *_WAREHOUSE),
        value=worth_of_difference(record) if differs else worth(record),
        makers=makers_of(record, "create_uid", "user_id", "write_uid"),
        seen=(
            relation(record, "partner_id", "Contact"),
            relation(record, "location_id", "From"),
            relation(record, "location_dest_id", "To"),
            goods_seen(record),
        ),
        context=(("Source", one_line(str(origin), 100)),) if origin else (),
        partner=name_of(record, "partner_id"),
        category=category_of(record, "move_ids"),
        product=only_product(record),
        products=products_in(_amiss(record)),
        zone=zone_of(record, "location_dest_id" if _comes_in(record) else "location_id", *_WAREHOUSE),
        urgent=record.get("priority") == "1",
        deadline=instant(record, "date_deadline"),
        deadline_what="the transfer is due",
    )


def _comes_in(record: Record) -> bool:
    return record.get("picking_type_code") == "incoming"


def _amiss(record: Record) -> list[Mapping[str, Any]]:
    """The lines that differ from what was asked for; where none does, it is about all of them."""
    differ = [one for one in moves(record) if there(one) != wanted(one)] if _comes_in(record) else short(record)
    return differ or moves(record)


def _is_to_do(record: Record, code: str) -> bool:
    return record.get("picking_type_code") == code and record["state"] in _TO_DO


def _is_return(record: Record) -> bool:
    """Of a delivery: what comes back from a customer."""
    source = record.get("location_id")
    return bool(record.get("return_id")) and isinstance(source, Mapping) and source.get("usage") == "customer"


def _release(record: Record, _limit: Decimal) -> str:
    ready = _is_to_do(record, "outgoing") and record["state"] == "assigned" and not short(record)
    return "ready, waits for its release" if ready else ""


def _backorder(record: Record, _limit: Decimal) -> str:
    missing = short(record) if _is_to_do(record, "outgoing") else []
    if not missing or not any(there(one) for one in moves(record)) or waits_for_all(record):
        return ""
    return one_line("only partly available: " + _first_of(missing), 200)


def _receipt(record: Record, _limit: Decimal) -> str:
    if not _is_to_do(record, "incoming") or record.get("return_id"):
        return ""
    other = [one for one in moves(record) if there(one) != wanted(one)]
    return one_line("differs from what was ordered: " + _first_of(other), 200) if other else ""


def _first_of(found: list[Mapping[str, object]]) -> str:
    one, more = found[0], len(found) - 1
    said = f"{quantity(one.get('quantity'))} of {quantity(one.get('product_uom_qty'))} {name_of(one, 'product_id')}"
    return f"{said} and {more} more" if more else said


def _return(record: Record, _limit: Decimal) -> str:
    return "a customer sends goods back" if record["state"] in _TO_DO and _is_return(record) else ""


def _between_warehouses(record: Record, _limit: Decimal) -> str:
    if not _is_to_do(record, "internal") or _from_transit(record):
        return ""  # goods in transit were asked about when they set out
    if not same_warehouse(record):
        return "leaves its warehouse"
    missing = short(record)
    return one_line("short: " + _first_of(missing), 200) if missing else ""


def _from_transit(record: Record) -> bool:
    source = record.get("location_id")
    return isinstance(source, Mapping) and source.get("usage") == "transit"


def _blocked(record: Record, _limit: Decimal) -> str:
    place, to = name_of(record, "location_id") or "", name_of(record, "location_dest_id") or ""
    leaves = record["state"] in _TO_DO and BLOCKED_PLACE.search(place) and not BLOCKED_PLACE.search(to)
    return f"takes blocked stock out of {place}" if leaves else ""


def _over(record: Record) -> str:
    state = record["state"]
    if _is_to_do(record, "outgoing") and short(record) and waits_for_all(record):
        return "it waits in Odoo until all of it is there"
    if state in _TO_DO:
        return "nothing about it asks for a decision any more"
    return _BECAME.get(state, f"in state {state} in Odoo")


_OUTGOING = ("picking_type_code", "=", "outgoing")
_IN_STATE = ("state", "in", sorted(_TO_DO))

SHIPMENT_RELEASE = EventType(
    name="shipment.release",
    model="stock.picking",
    partner="partner_id",
    summary="A delivery that is ready in full, before it leaves.",
    domain=(_OUTGOING, ("state", "=", "assigned")),
    trigger_fields=("state", "partner_id", "location_id", "location_dest_id", "priority"),
    paths=TRANSFER_PATHS,
    optional=TRANSFER_OPTIONAL,
    judge=_release,
    describe=_describe,
    over=_over,
    execution=Execution.RELEASE,
    carry_out=VALIDATE,
    reject=None,
    cancel=CANCEL,
    has_chatter=True,
    company_field="company_id",
    company_dependent=(COST,),
    groups=("stock.group_stock_user",),
    branches=(BACKORDER, CANCEL_REST),
    guarded=(
        "state",
        "partner_id",
        "move_ids.state",
        "move_ids.product_id",
        "move_ids.product_uom_qty",
        "move_ids.quantity",
    ),
    beside=(FREE_FOR_TRANSFER, ALSO_WAITING),
    hold=Hold(
        field="state",
        before=("confirmed", "assigned"),
        after=("done",),
        when=(
            "record.picking_type_code == 'outgoing' and sum([move.product_id.standard_price * move.product_qty "
            "for move in record.sudo().move_ids if move.state != 'cancel']) >= {limit}"
        ),
        what="deliveries until they are released",
        figures=("partner_id", "move_ids.product_id", "move_ids.product_uom_qty"),
    ),
)
SHIPMENT_BACKORDER = replace(
    SHIPMENT_RELEASE,
    hold=None,
    name="shipment.backorder",
    summary="A delivery of which only a part is available.",
    domain=(_OUTGOING, _IN_STATE),
    judge=_backorder,
    branches=(BACKORDER, CANCEL_REST, WAIT),
)
RECEIVING_VARIANCE = replace(
    SHIPMENT_RELEASE,
    hold=None,
    name="receiving.variance",
    summary="A receipt with more or less than was ordered, before it is validated.",
    domain=(("picking_type_code", "=", "incoming"), _IN_STATE, ("return_id", "=", False)),
    judge=_receipt,
    beside=(DELIVERED, *SHIPMENT_RELEASE.beside),
    resolutions=SETTLED_RECEIPT,
    settles=SETTLES_RECEIPT,
    carry_out=AS_COUNTED,
)
RETURN_EXCEPTION = replace(
    SHIPMENT_RELEASE,
    hold=None,
    name="return.exception",
    summary="Goods that a customer sends back, before they are taken in.",
    domain=(("return_id", "!=", False), ("location_id.usage", "=", "customer"), _IN_STATE),
    judge=_return,
    resolutions=(*SETTLED, RECEIVE_INTO_QUARANTINE),
    settles=SETTLES_RECEIPT,
)
TRANSFER_EXCEPTION = replace(
    SHIPMENT_RELEASE,
    hold=None,
    name="transfer.exception",
    summary="An internal transfer that leaves its warehouse, or of which less is there than was asked for.",
    domain=(("picking_type_code", "=", "internal"), _IN_STATE),
    judge=_between_warehouses,
)
BLOCKED_RELEASE = replace(
    SHIPMENT_RELEASE,
    hold=None,
    name="inventory.blocked_release",
    summary="A transfer that takes stock out of a place whose name says quarantine or blocked.",
    domain=(
        _IN_STATE,
        "|",
        ("location_id.complete_name", "ilike", "quarantine"),
        ("location_id.complete_name", "ilike", "blocked"),
    ),
    judge=_blocked,
)
