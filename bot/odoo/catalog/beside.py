"""What people want to know beside a record: what moved lately, what is elsewhere, how much was bought of whom.

Core. Rows come as Odoo sends them, found for several records at once: each ``say`` takes those of its own record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from bot.money import Money
from bot.odoo.catalog.entry import Beside, Record
from bot.odoo.catalog.reading import id_of, mappings, much, name_of, number, quantity
from bot.odoo.values import to_odoo
from bot.text import one_line

#: How far back "lately" goes.
LATELY: Final = timedelta(days=90)

_SHOWN: Final = 3
_LONGEST: Final = 180
_DAY: Final = 10  #: characters of a date

_Row = Mapping[str, Any]


def _linked(row: _Row, field: str) -> int | None:
    """The id in a many2one as Odoo sends it: ``[id, name]`` or false."""
    value = row.get(field)
    return int(value[0]) if isinstance(value, (list, tuple)) and value else None


def _named(row: _Row, field: str, longest: int = 40) -> str:
    value = row.get(field)
    return one_line(str(value[1]), longest) if isinstance(value, (list, tuple)) and value else ""


def _day(row: _Row, field: str) -> str:
    return str(row.get(field) or "")[:_DAY]


def _few(told: Sequence[str]) -> str:
    more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return one_line("; ".join([*told[:_SHOWN], *more]), _LONGEST)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _since(now: datetime) -> str:
    return to_odoo(now - LATELY)


def _products(record: Record, lines: str) -> dict[int, str]:
    """The products of a record by id, of its lines or its own."""
    holders = mappings(record.get(lines)) if lines else [record]
    found = ((id_of(one, "product_id"), name_of(one, "product_id") or "") for one in holders)
    return {number_: one_line(name, 40) for number_, name in found if number_ is not None}


def _totals(rows: Iterable[_Row], amount: str) -> str:
    """What rows sum up to, by currency."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[_named(row, "currency_id")] += number(row.get(amount))
    return " and ".join(str(Money.of(total, code)) for code, total in sums.items() if code)


def _counted(word: str, rows: Sequence[_Row], amount: str) -> str:
    if not rows:
        return f"no {word}"
    totals = _totals(rows, amount)
    return f"{len(rows)} {word}{'' if len(rows) == 1 else 's'}{f', {totals}' if totals else ''}"


def _of_partner(word: str, amount: str) -> Callable[[Record, Sequence[Record]], str]:
    def say(record: Record, rows: Sequence[Record]) -> str:
        mine = [row for row in rows if _linked(row, "partner_id") == id_of(record, "partner_id")]
        return _counted(word, [row for row in mine if row["id"] != record["id"]], amount)

    return say


# What moves and what is there


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
        ends = (_linked(row, "location_id"), _linked(row, "location_dest_id"))
        if _linked(row, "product_id") == product and place in ends:
            sign = "+" if ends[1] == place else "−"
            why = one_line(str(row.get("reference") or ""), 40)
            told.append(f"{_day(row, 'date')} {sign}{quantity(row.get('quantity'))}{f' ({why})' if why else ''}")
    return _few(told) or "none"


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
        products = sorted(_products(record, lines))
        mine = (("company_id", "=", id_of(record, "company_id")),) if record.get("company_id") else ()
        usual = (("location_id.usage", "=", "internal"), ("quantity", ">", 0), *mine)
        return (("product_id", "in", products), *usual) if products else None

    return domain


_STOCK_FIELDS = ("product_id", "location_id", "quantity", "reserved_quantity")


def _elsewhere_say(record: Record, rows: Sequence[Record]) -> str:
    product, place = id_of(record, "product_id"), id_of(record, "location_id")
    others = [row for row in rows if _linked(row, "product_id") == product and _linked(row, "location_id") != place]
    return _few([f"{quantity(row.get('quantity'))} at {_named(row, 'location_id')}" for row in others]) or "none"


ELSEWHERE: Final = Beside(
    label="Elsewhere",
    model="stock.quant",
    domain=_stock_domain(""),
    fields=_STOCK_FIELDS,
    order="quantity desc, id",
    say=_elsewhere_say,
)


def _free(lines: str) -> Beside:
    """What is there of the products of ``lines`` and not reserved yet."""

    def say(record: Record, rows: Sequence[Record]) -> str:
        told = []
        for product, name in _products(record, lines).items():
            mine = [row for row in rows if _linked(row, "product_id") == product]
            free = sum((much(row.get("quantity")) - much(row.get("reserved_quantity")) for row in mine), Decimal(0))
            told.append(f"{quantity(free)} {name}")
        return _few(told)

    return Beside("Free in stock", "stock.quant", _stock_domain(lines), _STOCK_FIELDS, "id", say, sums=True)


FREE_FOR_ORDER: Final = _free("order_line")
FREE_FOR_TRANSFER: Final = _free("move_ids")


def _adjusted_domain(record: Record, now: datetime) -> Sequence[object] | None:
    here = _moves_domain(record, now)
    return None if here is None else (*here, ("is_inventory", "=", True), ("date", ">=", _since(now)))


def _adjusted_say(record: Record, rows: Sequence[Record]) -> str:
    product, place = id_of(record, "product_id"), id_of(record, "location_id")
    found, net = 0, Decimal(0)
    for row in rows:
        ends = (_linked(row, "location_id"), _linked(row, "location_dest_id"))
        if _linked(row, "product_id") == product and place in ends:
            found += 1
            net += much(row.get("quantity")) * (1 if ends[1] == place else -1)
    return f"{_times(found)} in 90 days, {'+' if net > 0 else ''}{quantity(net)} in all" if found else "not in 90 days"


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
    since = ("date_done", ">=", _since(now))
    return None if product is None else (("product_id", "=", product), ("state", "=", "done"), since)


def _scrapped_say(record: Record, rows: Sequence[Record]) -> str:
    mine = [row for row in rows if _linked(row, "product_id") == id_of(record, "product_id")]
    total = sum((much(row.get("scrap_qty")) for row in mine), Decimal(0))
    return f"{quantity(total)} in 90 days, {_times(len(mine))}" if mine else "not in 90 days"


SCRAPPED: Final = Beside(
    label="Scrapped before",
    model="stock.scrap",
    domain=_scrapped_domain,
    fields=("product_id", "scrap_qty"),
    order="id desc",
    say=_scrapped_say,
    sums=True,
)

# What was bought, sold and billed


def _orders_domain(state: tuple[str, ...], since: str) -> Callable[[Record, datetime], Sequence[object] | None]:
    def domain(record: Record, now: datetime) -> Sequence[object] | None:
        partner = id_of(record, "partner_id")
        usual = (("state", "in", list(state)), (since, ">=", _since(now)))
        return None if partner is None else (("partner_id", "=", partner), *usual)

    return domain


BOUGHT: Final = Beside(
    label="Vendor, 90 days",
    model="purchase.order",
    domain=_orders_domain(("purchase", "done"), "date_approve"),
    fields=("partner_id", "amount_total", "currency_id"),
    order="id desc",
    say=_of_partner("order", "amount_total"),
    sums=True,
)
SOLD: Final = Beside(
    label="Customer, 90 days",
    model="sale.order",
    domain=_orders_domain(("sale", "done"), "date_order"),
    fields=("partner_id", "amount_total", "currency_id"),
    order="id desc",
    say=_of_partner("order", "amount_total"),
    sums=True,
)


def _billed_domain(record: Record, now: datetime) -> Sequence[object] | None:
    partner = id_of(record, "partner_id")
    since = ("invoice_date", ">=", _since(now)[:_DAY])
    bills = (("move_type", "=", "in_invoice"), ("state", "=", "posted"), since)
    return None if partner is None else (("partner_id", "=", partner), *bills)


BILLED: Final = Beside(
    label="Vendor's bills, 90 days",
    model="account.move",
    domain=_billed_domain,
    fields=("partner_id", "amount_total", "currency_id"),
    order="id desc",
    say=_of_partner("bill", "amount_total"),
    sums=True,
)


def _overdue_domain(record: Record, now: datetime) -> Sequence[object] | None:
    partner = id_of(record, "partner_id")
    unpaid = (
        ("move_type", "=", "out_invoice"),
        ("state", "=", "posted"),
        ("payment_state", "in", ["not_paid", "partial"]),
        ("invoice_date_due", "<", to_odoo(now)[:_DAY]),
    )
    return None if partner is None else (("partner_id", "=", partner), *unpaid)


OVERDUE: Final = Beside(
    label="Overdue",
    model="account.move",
    domain=_overdue_domain,
    fields=("partner_id", "amount_residual", "currency_id"),
    order="id desc",
    say=_of_partner("invoice", "amount_residual"),
    sums=True,
)


def _paid_domain(record: Record, _now: datetime) -> Sequence[object] | None:
    products = sorted(_products(record, "order_line"))
    return (("product_id", "in", products), ("order_id.state", "in", ["purchase", "done"])) if products else None


def _paid_say(record: Record, rows: Sequence[Record]) -> str:
    told = []
    for product, name in _products(record, "order_line").items():
        earlier = (one for one in rows if _linked(one, "product_id") == product)
        last = next((one for one in earlier if _linked(one, "order_id") != record["id"]), None)
        if last is not None:
            price = Money.of(number(last.get("price_unit")), _named(last, "currency_id") or "?")
            told.append(f"{name} at {price} ({_named(last, 'order_id')})")
    return _few(told) or "nothing before"


LAST_PAID: Final = Beside(
    label="Last bought",
    model="purchase.order.line",
    domain=_paid_domain,
    fields=("product_id", "order_id", "price_unit", "currency_id"),
    order="id desc",
    say=_paid_say,
)

# What else is on its way


def _waiting_domain(record: Record, _now: datetime) -> Sequence[object] | None:
    partner = id_of(record, "partner_id")
    waiting = (("state", "in", ["confirmed", "assigned"]), ("picking_type_code", "=", record.get("picking_type_code")))
    return None if partner is None else (("partner_id", "=", partner), *waiting)


def _waiting_say(record: Record, rows: Sequence[Record]) -> str:
    mine = [row for row in rows if _linked(row, "partner_id") == id_of(record, "partner_id")]
    return _few([one_line(str(row.get("name")), 40) for row in mine if row["id"] != record["id"]]) or "none"


ALSO_WAITING: Final = Beside(
    label="Also waiting for this contact",
    model="stock.picking",
    domain=_waiting_domain,
    fields=("partner_id", "name"),
    order="id",
    say=_waiting_say,
)
