"""What people want to know beside goods: what moved lately, what is elsewhere, what was counted or scrapped before.

Core. Rows come as Odoo sends them, found for several records at once: each ``say`` takes those of its own record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.odoo.catalog.entry import Beside, Record
from bot.odoo.catalog.reading import id_of, much, quantity
from bot.odoo.catalog.rows import day, few, linked, named, products_of, since_lately, times
from bot.text import one_line


def _moves_domain(record: Record, _now: datetime) -> Sequence[object] | None:
    product, place = id_of(record, "product_id"), id_of(record, "location_id")
    if product is None or place is None:
        return None
    ends = ("|", ("location_id", "=", place), ("location_dest_id", "=", place))
    return (("product_id", "=", product), ("state", "=", "done"), *ends)


def _moves_say(record: Record, rows: Sequence[Record]) -> str:
    product, place = id_of(record, "product_id"), id_of(record, "location_id")
    told = []
    for row in rows:
        ends = (linked(row, "location_id"), linked(row, "location_dest_id"))
        if linked(row, "product_id") == product and place in ends:
            sign = "+" if ends[1] == place else "−"
            why = one_line(str(row.get("reference") or ""), 40)
            told.append(f"{day(row, 'date')} {sign}{quantity(row.get('quantity'))}{f' ({why})' if why else ''}")
    return few(told) or "none"


LAST_MOVES: Final = Beside(
    label="Last moves here",
    model="stock.move.line",
    domain=_moves_domain,
    fields=("product_id", "location_id", "location_dest_id", "quantity", "date", "reference"),
    order="date desc, id desc",
    say=_moves_say,
)


def _stock_domain(lines: str) -> Callable[[Record, datetime], Sequence[object] | None]:
    def domain(record: Record, _now: datetime) -> Sequence[object] | None:
        products = sorted(products_of(record, lines))
        mine = (("company_id", "=", id_of(record, "company_id")),) if record.get("company_id") else ()
        usual = (("location_id.usage", "=", "internal"), ("quantity", ">", 0), *mine)
        return (("product_id", "in", products), *usual) if products else None

    return domain


#: Places that are named for each product.
_PLACES: Final = 2
_STOCK_FIELDS = ("product_id", "location_id", "quantity", "reserved_quantity")


def _elsewhere_say(record: Record, rows: Sequence[Record]) -> str:
    product, place = id_of(record, "product_id"), id_of(record, "location_id")
    others = [row for row in rows if linked(row, "product_id") == product and linked(row, "location_id") != place]
    return few([f"{quantity(row.get('quantity'))} at {named(row, 'location_id')}" for row in others]) or "none"


ELSEWHERE: Final = Beside(
    label="Elsewhere",
    model="stock.quant",
    domain=_stock_domain(""),
    fields=_STOCK_FIELDS,
    order="quantity desc, id",
    say=_elsewhere_say,
)


def _free_of(row: Record) -> Decimal:
    return much(row.get("quantity")) - much(row.get("reserved_quantity"))


def _places(rows: Sequence[Record]) -> str:
    """Where the most of it is, for whoever has to go there."""
    there = sorted((row for row in rows if _free_of(row) > 0), key=_free_of, reverse=True)
    told = [f"{quantity(_free_of(row))} at {named(row, 'location_id')}" for row in there[:_PLACES]]
    more = ["more elsewhere"] if len(there) > _PLACES else []
    return f" ({', '.join([*told, *more])})" if told else ""


def _free(lines: str) -> Beside:
    """What is there of the products of ``lines`` and not reserved yet, and where."""

    def say(record: Record, rows: Sequence[Record]) -> str:
        told = []
        for product, name in products_of(record, lines).items():
            mine = [row for row in rows if linked(row, "product_id") == product]
            told.append(f"{quantity(sum(map(_free_of, mine), Decimal(0)))} {name}{_places(mine)}")
        return few(told)

    return Beside("Free in stock", "stock.quant", _stock_domain(lines), _STOCK_FIELDS, "id", say, sums=True)


FREE_FOR_ORDER: Final = _free("order_line")
FREE_FOR_TRANSFER: Final = _free("move_ids")


def _adjusted_domain(record: Record, now: datetime) -> Sequence[object] | None:
    here = _moves_domain(record, now)
    return None if here is None else (*here, ("is_inventory", "=", True), ("date", ">=", since_lately(now)))


def _adjusted_say(record: Record, rows: Sequence[Record]) -> str:
    product, place = id_of(record, "product_id"), id_of(record, "location_id")
    found, net = 0, Decimal(0)
    for row in rows:
        ends = (linked(row, "location_id"), linked(row, "location_dest_id"))
        if linked(row, "product_id") == product and place in ends:
            found += 1
            net += much(row.get("quantity")) * (1 if ends[1] == place else -1)
    return f"{times(found)} in 90 days, {'+' if net > 0 else ''}{quantity(net)} in all" if found else "not in 90 days"


ADJUSTED: Final = Beside(
    label="Adjusted before",
    model="stock.move",
    domain=_adjusted_domain,
    fields=("product_id", "location_id", "location_dest_id", "quantity"),
    order="id desc",
    say=_adjusted_say,
    sums=True,
)


def _scrapped_domain(record: Record, now: datetime) -> Sequence[object] | None:
    product = id_of(record, "product_id")
    lately = ("date_done", ">=", since_lately(now))
    return None if product is None else (("product_id", "=", product), ("state", "=", "done"), lately)


def _scrapped_say(record: Record, rows: Sequence[Record]) -> str:
    mine = [row for row in rows if linked(row, "product_id") == id_of(record, "product_id")]
    total = sum((much(row.get("scrap_qty")) for row in mine), Decimal(0))
    return f"{quantity(total)} in 90 days, {times(len(mine))}" if mine else "not in 90 days"


SCRAPPED: Final = Beside(
    label="Scrapped before",
    model="stock.scrap",
    domain=_scrapped_domain,
    fields=("product_id", "scrap_qty"),
    order="id desc",
    say=_scrapped_say,
    sums=True,
)


def _waiting_domain(record: Record, _now: datetime) -> Sequence[object] | None:
    partner = id_of(record, "partner_id")
    waiting = (("state", "in", ["confirmed", "assigned"]), ("picking_type_code", "=", record.get("picking_type_code")))
    return None if partner is None else (("partner_id", "=", partner), *waiting)


def _waiting_say(record: Record, rows: Sequence[Record]) -> str:
    mine = [row for row in rows if linked(row, "partner_id") == id_of(record, "partner_id")]
    return few([one_line(str(row.get("name")), 40) for row in mine if row["id"] != record["id"]]) or "none"


ALSO_WAITING: Final = Beside(
    label="Also waiting for this contact",
    model="stock.picking",
    domain=_waiting_domain,
    fields=("partner_id", "name"),
    order="id",
    say=_waiting_say,
)
