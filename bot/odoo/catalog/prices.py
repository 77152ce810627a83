"""What a purchase line should cost and who usually sells it: the product's vendor list, else its cost.

Core. A line without anything to compare it with is no variance: nothing can be said of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import company_of, currency_of, id_of, mappings, name_of, number

_SELLER = "order_line.product_id.seller_ids"

#: What is read of each vendor of each product.
SELLER_PATHS = (
    "partner_id.commercial_partner_id",
    "date_order",
    "order_line.product_qty",
    "order_line.product_id.uom_id",
    f"{_SELLER}.partner_id.commercial_partner_id",
    f"{_SELLER}.sequence",
    f"{_SELLER}.min_qty",
    f"{_SELLER}.price",
    f"{_SELLER}.currency_id",
    f"{_SELLER}.company_id",
    f"{_SELLER}.product_id",
    f"{_SELLER}.date_start",
    f"{_SELLER}.date_end",
)
#: The unit's field on a line and on a price is called so on 18.0, then so on 19.0.
SELLER_OPTIONAL = (
    "order_line.product_uom",
    "order_line.product_uom_id",
    "order_line.discount",
    f"{_SELLER}.product_uom",
    f"{_SELLER}.product_uom_id",
    f"{_SELLER}.discount",
)

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Variance:
    """How far a line's price is from what it was expected to be."""

    product: str
    percent: Decimal  #: positive where it is dearer
    reference: str  #: what it was compared with, in words


def dearest(order: Record) -> Variance | None:
    """The largest difference among the lines, dearer ones first; None where nothing can be compared."""
    found = [one for line in mappings(order.get("order_line")) if (one := _variance(order, line)) is not None]
    return max(found, key=lambda one: (one.percent, abs(one.percent)), default=None)


def usual_vendors(order: Record) -> tuple[str, ...]:
    """Who usually sells what somebody else is to sell this time; empty where every line is as usual."""
    ours = _vendor(order)
    firsts = [next(_sellers(order, line), None) for line in mappings(order.get("order_line"))]
    others = [one for one in firsts if one is not None and ours is not None and _vendor(one) not in (ours, None)]
    return tuple(dict.fromkeys(name_of(one, "partner_id") or "another vendor" for one in others))


def _variance(order: Record, line: Record) -> Variance | None:
    product = line.get("product_id")
    if not isinstance(product, Mapping):
        return None
    expected, reference = _expected(order, line)
    if expected is None or expected <= 0:
        return None
    paid = _after_discount(line, "price_unit")
    return Variance(name_of(line, "product_id") or "", (paid - expected) / expected * _HUNDRED, reference)


def _expected(order: Record, line: Record) -> tuple[Decimal | None, str]:
    """The price on the vendor's own list, else the cost of the product; None where neither can be compared."""
    ordered = number(line.get("product_qty"))
    for seller in _sellers(order, line):
        if _vendor(seller) == _vendor(order) and number(seller.get("min_qty")) <= ordered:
            comparable = id_of(seller, "currency_id") == id_of(order, "currency_id") and _same_unit(line, seller)
            return (_after_discount(seller, "price") if comparable else None), "vendor's list price"
    product, company = line["product_id"], company_of(order)
    own_currency = company is not None and currency_of(company) == currency_of(order)
    if not own_currency or _unit(line) != id_of(product, "uom_id"):
        return None, ""
    return number(product.get("standard_price")), "cost"


def _sellers(order: Record, line: Record) -> Iterator[Mapping[str, Any]]:
    """The vendors of the line's product that count for this order, in Odoo's own order."""
    product = line.get("product_id")
    if not isinstance(product, Mapping):
        return
    listed = [one for one in mappings(product.get("seller_ids")) if _counts(order, product, one)]
    yield from sorted(
        listed,
        key=lambda one: (number(one.get("sequence")), -number(one.get("min_qty")), number(one.get("price")), one["id"]),
    )


def _counts(order: Record, product: Record, seller: Record) -> bool:
    """Whether a line of the vendor list is for this company and variant, and in force when the order is placed."""
    company, variant = id_of(seller, "company_id"), id_of(seller, "product_id")
    if company not in (None, id_of(order, "company_id")) or variant not in (None, product.get("id")):
        return False
    ordered = order.get("date_order")
    day = ordered.date() if isinstance(ordered, datetime) else None
    start, end = seller.get("date_start"), seller.get("date_end")
    if day is None:
        return True
    return not (isinstance(start, date) and day < start) and not (isinstance(end, date) and day > end)


def _vendor(record: Record) -> int | None:
    """The company behind a contact; addresses of one vendor are one vendor."""
    partner = record.get("partner_id")
    if not isinstance(partner, Mapping):
        return None
    return id_of(partner, "commercial_partner_id") or partner.get("id")


def _unit(record: Record) -> int | None:
    return id_of(record, "product_uom") or id_of(record, "product_uom_id")


def _same_unit(line: Record, seller: Record) -> bool:
    """Prices per another unit cannot be compared; a price without a unit is per the product's own."""
    return _unit(line) == (_unit(seller) or id_of(line["product_id"], "uom_id"))


def _after_discount(record: Record, price: str) -> Decimal:
    return number(record.get(price)) * (1 - number(record.get("discount")) / _HUNDRED)
