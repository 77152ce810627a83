"""What people want to know beside orders and bills: what was bought, sold, billed, paid and is overdue.

Core. Rows come as Odoo sends them, found for several records at once: each ``say`` takes those of its own record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.money import Money
from bot.odoo.catalog.entry import Beside, Record
from bot.odoo.catalog.reading import id_of, number
from bot.odoo.catalog.rows import DAY, Row, few, linked, named, products_of, since_lately
from bot.odoo.values import to_odoo


def _totals(rows: Iterable[Row], amount: str) -> str:
    """What rows sum up to, by currency."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[named(row, "currency_id")] += number(row.get(amount))
    return " and ".join(str(Money.of(total, code)) for code, total in sums.items() if code)


def _counted(word: str, rows: Sequence[Row], amount: str) -> str:
    if not rows:
        return f"no {word}"
    totals = _totals(rows, amount)
    return f"{len(rows)} {word}{'' if len(rows) == 1 else 's'}{f', {totals}' if totals else ''}"


def _of_partner(word: str, amount: str) -> Callable[[Record, Sequence[Record]], str]:
    def say(record: Record, rows: Sequence[Record]) -> str:
        mine = [row for row in rows if linked(row, "partner_id") == id_of(record, "partner_id")]
        return _counted(word, [row for row in mine if row["id"] != record["id"]], amount)

    return say


def _orders_domain(state: tuple[str, ...], since: str) -> Callable[[Record, datetime], Sequence[object] | None]:
    def domain(record: Record, now: datetime) -> Sequence[object] | None:
        partner = id_of(record, "partner_id")
        usual = (("state", "in", list(state)), (since, ">=", since_lately(now)))
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
    since = ("invoice_date", ">=", since_lately(now)[:DAY])
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
        ("invoice_date_due", "<", to_odoo(now)[:DAY]),
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
    products = sorted(products_of(record, "order_line"))
    return (("product_id", "in", products), ("order_id.state", "in", ["purchase", "done"])) if products else None


def _paid_say(record: Record, rows: Sequence[Record]) -> str:
    told = []
    for product, name in products_of(record, "order_line").items():
        earlier = (one for one in rows if linked(one, "product_id") == product)
        last = next((one for one in earlier if linked(one, "order_id") != record["id"]), None)
        if last is not None:
            price = Money.of(number(last.get("price_unit")), named(last, "currency_id") or "?")
            told.append(f"{name} at {price} ({named(last, 'order_id')})")
    return few(told) or "nothing before"


LAST_PAID: Final = Beside(
    label="Last bought",
    model="purchase.order.line",
    domain=_paid_domain,
    fields=("product_id", "order_id", "price_unit", "currency_id"),
    order="id desc",
    say=_paid_say,
)
