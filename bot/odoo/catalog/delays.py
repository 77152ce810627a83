"""Transfers that somebody has to look after: late, overdue, or short of what they want.

Nobody decides about them: somebody owns them until they are settled. What is late is judged by the moment at which the
record was read, because time passes without anybody writing the record.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.odoo.catalog.beside import ALSO_WAITING, FREE_FOR_TRANSFER
from bot.odoo.catalog.beside_supply import COMING_FOR_TRANSFER, DELIVERED
from bot.odoo.catalog.entry import OWNED, Description, EventType, Record
from bot.odoo.catalog.goods import moves, same_warehouse, short, there
from bot.odoo.catalog.reading import GRACE, instant, late_by, moment, name_of, quantity, span_words
from bot.odoo.catalog.transfers import SHIPMENT_RELEASE
from bot.odoo.domains import HOUR_AGO, TOMORROW
from bot.text import one_line

_UNDONE = ("waiting", "confirmed", "assigned")
_IN_PROGRESS = ("state", "in", list(_UNDONE))
#: Odoo plans what has no lead time for the moment at which it is ordered: that is not late as soon as it exists.
_OVERDUE = ("scheduled_date", "<", HOUR_AGO)

#: A delivery is at risk when so little time is left and it is not ready.
_AT_RISK = timedelta(days=1)


def _is_undone(record: Record, *codes: str) -> bool:
    return record.get("picking_type_code") in codes and record["state"] in _UNDONE


def _shipment_late(record: Record, _limit: Decimal) -> str:
    if not _is_undone(record, "outgoing"):
        return ""
    late = late_by(record, "date_deadline")
    if late is not None:
        return f"promised to the customer {span_words(late)} ago, and not shipped"
    due, now = instant(record, "date_deadline"), moment(record)
    at_risk = due is not None and now is not None and due < now + _AT_RISK and record["state"] != "assigned"
    return "promised within a day, and not ready" if at_risk else ""


def _pick_delay(record: Record, _limit: Decimal) -> str:
    ready = record["state"] == "assigned" and not short(record)
    inside = record.get("picking_type_code") == "outgoing" or same_warehouse(record)
    late = late_by(record, "scheduled_date", beyond=GRACE)
    if late is None or not ready or not inside or not _is_undone(record, "outgoing", "internal"):
        return ""
    return f"ready to be picked, and overdue by {span_words(late)}"


def _pick_shortage(record: Record, _limit: Decimal) -> str:
    if not _is_undone(record, "outgoing", "internal") or record["state"] == "waiting":
        return ""
    missing = short(record)
    nothing = missing and not any(there(one) for one in moves(record))
    late = late_by(record, "scheduled_date", beyond=GRACE)
    if not missing or not (nothing or late is not None):
        return ""
    one = missing[0]
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    found, asked = quantity(one.get("quantity")), quantity(one.get("product_uom_qty"))
    return one_line(f"{found} of {asked} {name_of(one, 'product_id')} can be picked{more}", 200)


def _transfer_overdue(record: Record, _limit: Decimal) -> str:
    late = late_by(record, "scheduled_date", beyond=GRACE)
    if late is None or not _is_undone(record, "internal") or same_warehouse(record):
        return ""
    return f"between warehouses, and overdue by {span_words(late)}"


def _receiving_delay(record: Record, _limit: Decimal) -> str:
    late = late_by(record, "scheduled_date", beyond=GRACE)
    if late is None or not _is_undone(record, "incoming") or record.get("return_id"):
        return ""
    return f"expected {span_words(late)} ago, and not received"


def _describe(record: Record) -> Description:
    """As for those that are decided on, with what else helps whoever looks after it."""
    told = SHIPMENT_RELEASE.describe(record)
    planned = instant(record, "scheduled_date")
    return replace(told, context=(*told.context, *_planned(planned)))


def _over(record: Record) -> str:
    return "no longer so in Odoo" if record["state"] in _UNDONE else SHIPMENT_RELEASE.over(record)


def _planned(at: datetime | None) -> tuple[tuple[str, str], ...]:
    return (("Planned for", f"{at:%Y-%m-%d %H:%M} UTC"),) if at else ()


PICK_DELAY = replace(
    SHIPMENT_RELEASE,
    hold=None,
    name="pick.delay",
    summary="A delivery or a transfer inside a warehouse that is ready and past its planned time.",
    domain=(("picking_type_code", "in", ["outgoing", "internal"]), ("state", "=", "assigned"), _OVERDUE),
    judge=_pick_delay,
    describe=_describe,
    over=_over,
    carry_out=OWNED,
    branches=(),
    cancel=None,
    guarded=(),
    is_exception=True,
    resolutions=("picked meanwhile", "new date agreed", "handed to another shift", "cancelled", "no action needed"),
)
SHIPMENT_LATE: EventType = replace(
    PICK_DELAY,
    name="shipment.late",
    summary="A delivery past its deadline, or within a day of it and not ready.",
    domain=(("picking_type_code", "=", "outgoing"), _IN_PROGRESS, ("date_deadline", "<", TOMORROW)),
    judge=_shipment_late,
    resolutions=("shipped meanwhile", "new date agreed with the customer", "shipped in part", "cancelled"),
)
PICK_SHORTAGE = replace(
    PICK_DELAY,
    name="pick.shortage",
    summary="A delivery or an internal transfer of which nothing can be picked, or past its planned time not all.",
    domain=(
        ("picking_type_code", "in", ["outgoing", "internal"]),
        ("state", "in", ["confirmed", "assigned"]),
        ("move_ids.state", "in", ["confirmed", "partially_available"]),
        "|",
        ("state", "=", "confirmed"),
        _OVERDUE,
    ),
    judge=_pick_shortage,
    beside=(FREE_FOR_TRANSFER, COMING_FOR_TRANSFER, ALSO_WAITING),
    resolutions=(
        "found at another place",
        "taken from another order",
        "stock corrected",
        "reordered",
        "shipped in part",
    ),
)
TRANSFER_OVERDUE = replace(
    PICK_DELAY,
    name="transfer.overdue",
    summary="A transfer between warehouses past its planned time.",
    domain=(("picking_type_code", "=", "internal"), _IN_PROGRESS, _OVERDUE),
    judge=_transfer_overdue,
    resolutions=("moved meanwhile", "new date agreed", "cancelled", "no action needed"),
)
RECEIVING_DELAY = replace(
    PICK_DELAY,
    name="receiving.delay",
    summary="A receipt past its planned time.",
    domain=(("picking_type_code", "=", "incoming"), _IN_PROGRESS, _OVERDUE, ("return_id", "=", False)),
    judge=_receiving_delay,
    beside=(DELIVERED, FREE_FOR_TRANSFER),
    resolutions=("received meanwhile", "new date agreed with the supplier", "bought elsewhere", "cancelled"),
)
