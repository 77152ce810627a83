"""Small readings that several entries share: names, people, quantities, amounts, lines.

Core. Each takes plain data as the reader gives it and copes with whatever may be missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.cases.lines import SHOWN_LINES, priced
from bot.cases.model import Maker, Seen
from bot.money import Money
from bot.odoo.catalog.entry import Record
from bot.text import one_line

#: What every order is read for, whatever it orders.
ORDER_PATHS = (
    "name",
    "state",
    "partner_id",
    "amount_total",
    "currency_id.name",
    "currency_id.decimal_places",
    "currency_rate",
    "company_id.currency_id.name",
    "company_id.currency_id.decimal_places",
    "order_line.product_id",
    "order_line.price_unit",
    "user_id.login",
    "create_uid.login",
    "write_uid.login",
)

#: Where a record carries the moment at which it was read. No field is called so.
READ_AT = "@read_at"
#: Where a record keeps what its company's currency buys of others on its date, as far as the config asks for it.
RATES = "@rates"

#: Odoo's own user, who acts for scheduled jobs; nobody in particular.
SYSTEM = "__system__"

#: Products that one record can repeat with others about.
_PRODUCTS = 50
_MILLIONTH = Decimal("0.000001")
_TENTH = Decimal("0.1")


def name_of(record: Record, field: str) -> str | None:
    """The display name behind a many2one."""
    linked = record.get(field)
    return one_line(str(linked["display_name"])) if isinstance(linked, Mapping) else None


def id_of(record: Record, field: str) -> int | None:
    """The id behind a many2one."""
    linked = record.get(field)
    return linked.get("id") if isinstance(linked, Mapping) else None


def company_of(record: Record) -> Record | None:
    """The company that the record belongs to."""
    company = record.get("company_id")
    return company if isinstance(company, Mapping) else None


def category_of(record: Record, lines_field: str) -> str | None:
    """The product category that all lines share, in full; None where they share none."""
    products = [line.get("product_id") for line in mappings(record.get(lines_field))]
    found = {name_of(one, "categ_id") for one in products if isinstance(one, Mapping)}
    return next(iter(found)) if len(found) == 1 else None


def instant(record: Record, field: str) -> datetime | None:
    """A moment, in UTC."""
    at = record.get(field)
    return at if isinstance(at, datetime) else None


def moment(record: Record) -> datetime | None:
    """When the record was read (UTC); None where that was not kept."""
    return instant(record, READ_AT)


#: What is planned is late only after this; ``HOUR_AGO`` in a domain.
GRACE = timedelta(hours=1)


def late_by(record: Record, field: str, *, beyond: timedelta = timedelta(0)) -> timedelta | None:
    """For how long a moment of the record is past, where that is more than ``beyond``; None where it is not known."""
    at, now = instant(record, field), moment(record)
    return now - at if at is not None and now is not None and at + beyond < now else None


def span_words(span: timedelta) -> str:
    """A length of time as people say it: ``2 days``, ``5 hours``."""
    days, hours = span.days, span.seconds // 3600
    if days:
        return f"{days} day{'s' if days > 1 else ''}"
    return f"{hours} hour{'s' if hours != 1 else ''}" if hours else "less than an hour"


def end_of_day(record: Record, field: str) -> datetime | None:
    """The end of a day that Odoo names without a time, taken in UTC: the first moment that is too late."""
    day = record.get(field)
    if not isinstance(day, date) or isinstance(day, datetime):
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def percent(value: Decimal) -> str:
    """A share as people read it: ``12.5 %``."""
    return f"{quantity(value.quantize(_TENTH))} %"


def warehouse_of(record: Record, *path: str) -> str | None:
    """The warehouse's short code along ``path``."""
    step: Any = record
    for field in path:
        step = step.get(field) if isinstance(step, Mapping) else None
    return one_line(str(step["code"]), 20) if isinstance(step, Mapping) and step.get("code") else None


def makers_of(record: Record, *fields: str) -> tuple[Maker, ...]:
    """The distinct users behind ``fields``, Odoo's own left out."""
    found: dict[str, Maker] = {}
    for field in fields:
        user = record.get(field)
        login = user.get("login") if isinstance(user, Mapping) else None
        if isinstance(user, Mapping) and isinstance(login, str) and login != SYSTEM:
            found.setdefault(login, Maker(login, "", one_line(str(user["display_name"]))))
    return tuple(found.values())


def number(value: object) -> Decimal:
    """What Odoo sends as a float, exactly as it wrote it; zero for nothing."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return exact if exact.is_finite() else Decimal(0)


def figure(value: object) -> Decimal | None:
    """A number that people or rules compare; None where Odoo sent none, because zero would pass every upper border."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    exact = Decimal(str(value))
    return exact if exact.is_finite() else None


def cost_of(product: object) -> Decimal | None:
    """What one piece costs; None where that cannot be told: Odoo has a cost of zero where nobody entered any."""
    return (figure(product.get("standard_price")) or None) if isinstance(product, Mapping) else None


def much(value: object) -> Decimal:
    """A quantity without the dust that floats gather: no unit of measure is finer than a millionth."""
    return number(value).quantize(_MILLIONTH)


def quantity(value: object) -> str:
    """A quantity without trailing zeros: ``12.5``, ``40``."""
    exact = much(value)
    return f"{exact.to_integral_value() if exact == exact.to_integral_value() else exact.normalize():f}"


def currency_of(record: Record) -> tuple[str, int] | None:
    """Code and digits of the currency that ``record`` (an order, a company) names."""
    currency = record.get("currency_id")
    if not isinstance(currency, Mapping) or not currency.get("name"):
        return None
    digits = currency.get("decimal_places")
    return str(currency["name"]), digits if isinstance(digits, int) else 2


def order_amount(record: Record) -> Money | None:
    """An order's total in its own currency."""
    currency, total = currency_of(record), figure(record.get("amount_total"))
    return Money.of(total, currency[0], digits=currency[1]) if currency and total is not None else None


def company_amount(record: Record) -> Money | None:
    """An order's total in its company's currency, at the order's own rate; None where a figure is missing."""
    amount, company = order_amount(record), record.get("company_id")
    own = currency_of(company) if isinstance(company, Mapping) else None
    if amount is None or own is None:
        return None
    if amount.currency == own[0]:
        return amount
    rate = number(record.get("currency_rate"))
    return Money.of(amount.amount / rate, own[0], digits=own[1]) if rate > 0 else None


def relation(record: Record, field: str, label: str) -> Seen:
    """A watched many2one, compared by id."""
    linked = record.get(field)
    if not isinstance(linked, Mapping):
        return Seen(field, label, "", "–")
    return Seen(field, label, str(linked["id"]), one_line(str(linked["display_name"])))


def amount(field: str, label: str, value: Money | None) -> Seen:
    """A watched amount, compared at its currency's digits."""
    if value is None:
        return Seen(field, label, "", "unknown")
    return Seen(field, label, str(value), str(value), firm=value.currency)


def lines(record: Record, field: str, *, quantity_field: str, price_fields: tuple[str, ...]) -> Seen:
    """The lines of an order: what, how much, at what price, in any order. Sections and notes do not count."""
    found = [
        (line, quantity(line.get(quantity_field)))
        for line in mappings(record.get(field))
        if isinstance(line.get("product_id"), Mapping)
    ]
    compared = sorted(
        f"{line['product_id']['id']}|{count}|"
        + "|".join(str(number(line.get(price)).normalize()) for price in price_fields)
        for line, count in found
    )
    digest = hashlib.sha256("\n".join(compared).encode()).hexdigest()[:32]
    price = price_fields[0]
    shown = [
        f"{count} × {one_line(str(line['product_id']['display_name']), 60)} at {priced(number(line.get(price)))}"
        for line, count in found
    ]
    more = [f"and {len(shown) - SHOWN_LINES} more"] if len(shown) > SHOWN_LINES else []
    # How many and at what price shows in the order's value; what is ordered does not.
    products = ",".join(str(one) for one in sorted({line["product_id"]["id"] for line, _ in found}))
    return Seen(field, "Lines", digest, "; ".join(shown[:SHOWN_LINES] + more) or "none", firm=products)


def products_in(lines: Iterable[Record]) -> tuple[str, ...]:
    """The distinct products of some lines, in their order; no more of them than anybody would look after."""
    named = (name_of(line, "product_id") for line in lines)
    return tuple(dict.fromkeys(name for name in named if name))[:_PRODUCTS]


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The records behind an x2many."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
