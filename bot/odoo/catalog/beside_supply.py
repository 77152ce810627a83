"""What people want to know beside a receipt: how this supplier has delivered lately.

Core. Rows come as Odoo sends them, found for several records at once: each ``say`` takes those of its own record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.odoo.catalog.entry import Beside, Record
from bot.odoo.catalog.reading import id_of
from bot.odoo.catalog.rows import linked, since_lately


def _domain(record: Record, now: datetime) -> Sequence[object] | None:
    partner = id_of(record, "partner_id")
    if partner is None:
        return None
    lately = ("date_done", ">=", since_lately(now))
    return (("partner_id", "=", partner), ("picking_type_code", "=", "incoming"), ("state", "=", "done"), lately)


def _say(record: Record, rows: Sequence[Record]) -> str:
    mine = [row for row in rows if linked(row, "partner_id") == id_of(record, "partner_id")]
    if not mine:
        return "no receipts in 90 days"
    late = sum(bool(row.get("date_deadline")) and str(row.get("date_done")) > str(row["date_deadline"]) for row in mine)
    split = sum(bool(row.get("backorder_id")) for row in mine)
    told = f"{len(mine)} receipt{'' if len(mine) == 1 else 's'} in 90 days, {late} late"
    return f"{told}, {split} in parts" if split else told


DELIVERED: Final = Beside(
    label="This supplier before",
    model="stock.picking",
    domain=_domain,
    fields=("partner_id", "date_done", "date_deadline", "backorder_id"),
    order="id desc",
    say=_say,
)
