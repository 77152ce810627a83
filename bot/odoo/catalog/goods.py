"""What is said of goods that move: which, how many of how many, worth what, from where to where.

Core. Shared by the entries about transfers. A quantity of a move may be in another unit than its product's own;
what it is worth is then worked out by the demand, which Odoo tells in both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.cases.lines import SHOWN_LINES
from bot.cases.model import Seen
from bot.money import Money
from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import (
    company_of,
    cost_of,
    currency_of,
    id_of,
    mappings,
    much,
    name_of,
    number,
    quantity,
)
from bot.text import one_line

#: What is read of every transfer.
TRANSFER_PATHS = (
    "name",
    "state",
    "picking_type_code",
    "partner_id",
    "location_id.usage",
    "location_id.warehouse_id",
    "location_dest_id.usage",
    "location_dest_id.warehouse_id",
    "return_id",
    "backorder_id",
    "origin",
    "priority",
    "scheduled_date",
    "date_deadline",
    "company_id.currency_id.name",
    "company_id.currency_id.decimal_places",
    "move_ids.state",
    "move_ids.product_id",
    "move_ids.product_qty",
    "move_ids.product_uom_qty",
    "move_ids.product_uom",
    "move_ids.quantity",
    "move_ids.picked",
    "user_id.login",
    "create_uid.login",
    "write_uid.login",
)
TRANSFER_OPTIONAL = (
    "picking_type_id.warehouse_id.code",
    "picking_type_id.warehouse_id.lot_stock_id",
    "move_ids.product_id.categ_id",
    "move_type",
    "backorder_ids",
)
COST = "move_ids.product_id.standard_price"

_GONE = frozenset({"cancel", "done"})


def moves(record: Record) -> list[Mapping[str, Any]]:
    """The moves of a transfer that are still to happen, or that have happened; the cancelled ones left out."""
    return [one for one in mappings(record.get("move_ids")) if one.get("state") != "cancel"]


def open_moves(record: Record) -> list[Mapping[str, Any]]:
    """The moves that are still to happen."""
    return [one for one in mappings(record.get("move_ids")) if one.get("state") not in _GONE]


def wanted(move: Record) -> Decimal:
    """What was asked for, in the unit of the move."""
    return much(move.get("product_uom_qty"))


def there(move: Record) -> Decimal:
    """What is reserved, was counted or was moved, in the unit of the move."""
    return much(move.get("quantity"))


def short(record: Record) -> list[Mapping[str, Any]]:
    """The open moves of which less is there than was asked for."""
    return [one for one in open_moves(record) if there(one) < wanted(one)]


def worth(record: Record) -> Money | None:
    """What the transfer moves, at cost, in company currency; None where a cost cannot be told."""
    return _at_cost(record, [(one, number(one.get("product_qty"))) for one in moves(record)])


def worth_of_difference(record: Record) -> Money | None:
    """What is missing or too much against what was asked for, at cost, each taken as positive."""
    return _at_cost(record, [(one, _in_own_unit(one, there(one) - wanted(one)).copy_abs()) for one in moves(record)])


def _in_own_unit(move: Record, amount: Decimal) -> Decimal:
    """An amount of a move in the unit of its product."""
    asked = number(move.get("product_uom_qty"))
    return amount * number(move.get("product_qty")) / asked if asked else amount


def _at_cost(record: Record, amounts: list[tuple[Mapping[str, Any], Decimal]]) -> Money | None:
    company = company_of(record)
    currency = currency_of(company) if company else None
    if currency is None:
        return None
    total = Decimal(0)
    for move, amount in amounts:
        cost = cost_of(move.get("product_id")) if amount else Decimal(0)
        if cost is None:
            return None
        total += amount * cost
    return Money.of(total, currency[0], digits=currency[1])


def goods_seen(record: Record) -> Seen:
    """What the transfer moves, line by line: product, unit, how much is asked for, how much is there."""
    found = moves(record)
    compared = sorted(
        f"{id_of(one, 'product_id')}|{id_of(one, 'product_uom')}|{quantity(one.get('product_uom_qty'))}"
        f"|{quantity(one.get('quantity'))}"
        for one in found
    )
    digest = hashlib.sha256("\n".join(compared).encode()).hexdigest()[:32]
    shown = [_line(one) for one in found]
    more = [f"and {len(shown) - SHOWN_LINES} more"] if len(shown) > SHOWN_LINES else []
    return Seen("move_ids", "Goods", digest, "; ".join(shown[:SHOWN_LINES] + more) or "none")


def _line(move: Record) -> str:
    product = one_line(name_of(move, "product_id") or "unknown product", 60)
    unit = name_of(move, "product_uom")
    asked, is_there = quantity(move.get("product_uom_qty")), quantity(move.get("quantity"))
    how_much = asked if asked == is_there else f"{is_there} of {asked}"
    return f"{how_much}{f' {unit}' if unit else ''} {product}"


def only_product(record: Record) -> str | None:
    """The product that all moves are about; None where there are several."""
    found = {id_of(one, "product_id"): name_of(one, "product_id") for one in moves(record)}
    return next(iter(found.values())) if len(found) == 1 else None


def not_picked(record: Record) -> str:
    """Why the transfer cannot be carried out yet: an approval is not the picking."""
    if all(one.get("picked") for one in open_moves(record) if there(one)):
        return ""
    return "Not every line of the transfer is picked in Odoo yet; pick it there, then press Retry. Nothing was written."


def same_warehouse(record: Record) -> bool:
    """Whether both ends lie in one warehouse."""
    ends = [record.get("location_id"), record.get("location_dest_id")]
    first, second = (id_of(one, "warehouse_id") if isinstance(one, Mapping) else None for one in ends)
    return first == second and all(isinstance(one, Mapping) and one.get("usage") == "internal" for one in ends)
