"""Inventory: counts that differ from what the system says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.cases.model import Seen
from bot.config.model import Execution
from bot.money import Money
from bot.odoo.catalog.beside import ADJUSTED, ELSEWHERE, LAST_MOVES
from bot.odoo.catalog.entry import SETTLED, Description, Dialog, EventType, Method, Record, Trace
from bot.odoo.catalog.places import zone_of
from bot.odoo.catalog.quarantine import MOVE_ASIDE, MOVE_TO_QUARANTINE
from bot.odoo.catalog.reading import (
    cost_of,
    currency_of,
    makers_of,
    much,
    name_of,
    quantity,
    relation,
    warehouse_of,
)
from bot.text import one_line

#: Odoo would ask whether the count or the difference stands; the approval of both figures answers it.
OUTDATED = "The stock moved after the count. Approving sets it to the count all the same; when in doubt, count again."


def _difference(record: Record) -> Decimal:
    """Counted minus on hand, worked out here: Odoo's own figure is not renewed when the stock moves."""
    return much(record["inventory_quantity"]) - much(record["quantity"])


def _judge(record: Record, _limit: Decimal) -> str:
    differs = record["inventory_quantity_set"] and _difference(record) != 0
    return "differs from the stock on hand" if differs else ""


def _value(record: Record) -> Money | None:
    """The difference at cost, in company currency; None where the cost cannot be told."""
    return _at_cost(record, _difference(record))


def worth_on_hand(record: Record) -> Money | None:
    """What is there at cost, in company currency; None where the cost cannot be told."""
    return _at_cost(record, much(record["quantity"]))


def _at_cost(record: Record, amount: Decimal) -> Money | None:
    company, product = record.get("company_id"), record.get("product_id")
    currency = currency_of(company) if isinstance(company, Mapping) else None
    cost = cost_of(product) if amount else Decimal(0)
    if currency is None or cost is None:
        return None
    return Money.of(amount * cost, currency[0], digits=currency[1])


def _unit(record: Record) -> str:
    unit = name_of(record, "product_uom_id")
    return f" {unit}" if unit else ""


def _category(record: Record) -> str | None:
    product = record.get("product_id")
    return name_of(product, "categ_id") if isinstance(product, Mapping) else None


def _seen(record: Record, field: str, label: str, *, firm: str | None = None) -> Seen:
    shown = quantity(record[field])
    return Seen(field, label, shown, f"{shown}{_unit(record)}", firm)


def _describe(record: Record) -> Description:
    product, place = name_of(record, "product_id") or "unknown product", name_of(record, "location_id") or ""
    lot = name_of(record, "lot_id")
    difference = _difference(record)
    counted_by = name_of(record, "user_id")
    return Description(
        title=one_line(f"Count of {product} at {place}", 150),
        company=name_of(record, "company_id") or "",
        warehouse=warehouse_of(record, "warehouse_id"),
        value=_value(record),
        makers=makers_of(record, "user_id", "write_uid"),
        seen=(
            relation(record, "product_id", "Product"),
            relation(record, "location_id", "Location"),
            *((relation(record, "lot_id", "Lot"),) if lot else ()),
            _seen(record, "quantity", "On hand"),
            _seen(record, "inventory_quantity", "Counted", firm=""),  # the rest shows in the value
        ),
        category=_category(record),
        product=product,
        place=place or None,
        zone=zone_of(record, "location_id", "warehouse_id"),
        counted=True,
        context=(
            *((("Careful", OUTDATED),) if record.get("is_outdated") else ()),
            ("Difference", f"{'+' if difference > 0 else ''}{quantity(difference)}{_unit(record)}"),
            *((("Counted by", counted_by),) if counted_by else ()),
        ),
    )


def _became(record: Record) -> str:
    if not record["inventory_quantity_set"]:
        return "applied or cleared in Odoo"
    return "no longer different from the system"


def _cleared(record: Record, decided: Mapping[str, str]) -> bool:
    """Without the count, and with the stock as it was: an applied count is no cleared one."""
    return not record["inventory_quantity_set"] and quantity(record["quantity"]) == decided.get("quantity")


def _conflict(quant: int) -> Mapping[str, object]:
    return {"quant_ids": [[6, 0, [quant]]], "quant_to_fix_ids": [[6, 0, [quant]]]}


#: Odoo lets nobody else even make this wizard (seen on 18.0 and 19.0).
_KEEP_COUNTED = Dialog(
    _conflict,
    "action_keep_counted_quantity",
    group="stock.group_stock_manager",
    when="counts under which the stock has moved",
)


COUNT_VARIANCE = EventType(
    name="inventory.count_variance",
    model="stock.quant",
    summary="A counted quantity that differs from the quantity on hand.",
    domain=(("inventory_quantity_set", "=", True), ("location_id.usage", "in", ["internal", "transit"])),
    trigger_fields=("inventory_quantity", "inventory_quantity_set"),
    paths=(
        "product_id",
        "product_uom_id",
        "location_id.usage",
        "lot_id",
        "quantity",
        "inventory_quantity",
        "inventory_quantity_set",
        "is_outdated",
        "company_id.currency_id.name",
        "company_id.currency_id.decimal_places",
        "user_id.login",
        "write_uid.login",
        "product_id.standard_price",
    ),
    optional=("warehouse_id.code", "warehouse_id.lot_stock_id", "product_id.categ_id"),
    judge=_judge,
    describe=_describe,
    over=_became,
    execution=Execution.CARRY_OUT,
    carry_out=Method(
        name="action_apply_inventory",
        # A cleared count looks the same as an applied one, and the stock may have moved on since: only the move
        # that the method leaves behind proves that it ran.
        is_done=lambda _record, _decided: False,
        does="the stock is set to the count in Odoo",
        done="count applied",
        repeatable=False,  # on 19.0 a second call without a new count sets the stock to zero
        keeps_figures=False,
        trace=Trace(context_key="inventory_name", model="stock.move", field="reference"),
        ends=("inventory_quantity_set", (False,)),
        # The stock moved between the count and the card. People saw the stock as it is and the count beside it, so
        # the count stands; the difference that Odoo kept is the one that is out of date.
        dialogs={"stock.inventory.conflict": _KEEP_COUNTED},
        asks={"stock.track.confirmation": "the product is tracked and the count names no lot"},
    ),
    reject=Method(
        name="action_clear_inventory_quantity",
        is_done=_cleared,
        does="the count is cleared in Odoo, the stock stays",
        done="count cleared",
        repeatable=True,
        keeps_figures=False,
        ends=("inventory_quantity_set", (False,)),
    ),
    cancel=None,
    has_chatter=False,
    activities_on="product_id",
    company_field="company_id",
    company_dependent=("product_id.standard_price",),
    groups=("stock.group_stock_user",),
    guarded=("product_id", "location_id", "lot_id", "quantity", "inventory_quantity", "inventory_quantity_set"),
    beside=(LAST_MOVES, ELSEWHERE, ADJUSTED),
    resolutions=(*SETTLED, MOVE_TO_QUARANTINE),
    settles={MOVE_TO_QUARANTINE: MOVE_ASIDE},
)
