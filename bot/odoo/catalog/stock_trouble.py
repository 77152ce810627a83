"""Stock that somebody has to look after: below zero, or in a place whose stock nobody may use.

Nobody decides about it; taking blocked stock out is a transfer, which is decided on (``transfers.py``).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.odoo.catalog.entry import DECIDED_ON, OWNED, Description, Method, Record
from bot.odoo.catalog.inventory import COUNT_VARIANCE, worth_on_hand
from bot.odoo.catalog.quarantine import MOVE_BACK, MOVE_BACK_INTO_STOCK
from bot.odoo.catalog.reading import instant, moment, much, name_of, quantity
from bot.odoo.catalog.transfers import BLOCKED_PLACE
from bot.text import one_line


def _is_internal(record: Record) -> bool:
    place = record.get("location_id")
    return isinstance(place, dict) and place.get("usage") == "internal"


def _negative(record: Record, _limit: Decimal) -> str:
    below = much(record.get("quantity")) < 0 and _is_internal(record)
    return f"{quantity(record['quantity'])} on hand: more went out than Odoo knew of" if below else ""


def _blocked(record: Record, _limit: Decimal) -> str:
    place = name_of(record, "location_id") or ""
    if much(record.get("quantity")) <= 0 or not _is_internal(record) or not BLOCKED_PLACE.search(place):
        return ""
    since, now = instant(record, "in_date"), moment(record)
    days = (now - since).days if since is not None and now is not None else 0
    return f"blocked stock{f', there for {days} days' if days > 0 else ''}"


def _describe(record: Record) -> Description:
    product, place = name_of(record, "product_id") or "unknown product", name_of(record, "location_id") or ""
    told = COUNT_VARIANCE.describe(record)
    on_hand = tuple(one for one in told.seen if one.field != "inventory_quantity")
    return replace(
        told,
        title=one_line(f"{product} at {place}", 150),
        value=worth_on_hand(record),
        seen=on_hand,
        context=(),
        counted=False,
    )


#: As *Request a Count* in Odoo: the product comes up under *Physical Inventory*, to be counted from that day on.
COUNT = Method(
    name="write",
    values=lambda day: {"inventory_date": day.isoformat()},
    is_done=lambda record, decided: "" < str(record.get("inventory_date") or "") <= decided.get(DECIDED_ON, ""),
    does="a count is asked for in Odoo",
    done="a count is asked for",
    repeatable=True,
    keeps_figures=False,
)
_ASK_FOR_COUNT = "count asked for in Odoo"

INVENTORY_NEGATIVE = replace(
    COUNT_VARIANCE,
    name="inventory.negative",
    summary="Less than nothing on hand in an internal place.",
    domain=(("quantity", "<", 0), ("location_id.usage", "=", "internal")),
    trigger_fields=("quantity",),
    optional=(*COUNT_VARIANCE.optional, "in_date", "inventory_date"),
    judge=_negative,
    describe=_describe,
    over=lambda record: f"{quantity(record['quantity'])} on hand in Odoo",
    carry_out=OWNED,
    reject=None,
    guarded=(),
    is_exception=True,
    resolutions=(_ASK_FOR_COUNT, "recounted", "receipt booked late", "found elsewhere", "corrected in Odoo"),
    settles={_ASK_FOR_COUNT: COUNT},
)
INVENTORY_BLOCKED = replace(
    INVENTORY_NEGATIVE,
    name="inventory.blocked",
    summary="Stock in a place whose name says quarantine or blocked.",
    domain=(
        ("quantity", ">", 0),
        ("location_id.usage", "=", "internal"),
        "|",
        ("location_id.complete_name", "ilike", "quarantine"),
        ("location_id.complete_name", "ilike", "blocked"),
    ),
    judge=_blocked,
    over=lambda record: "gone from the blocked place in Odoo",
    resolutions=(
        MOVE_BACK_INTO_STOCK,
        "released",
        "returned to the supplier",
        "scrapped",
        "still blocked, looked at",
        _ASK_FOR_COUNT,
    ),
    settles={_ASK_FOR_COUNT: COUNT, MOVE_BACK_INTO_STOCK: MOVE_BACK},
)
