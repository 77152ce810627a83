"""Stock on hand and its counting: stock.quant, the conflict dialog, and the moves that corrections make.

The stored difference is a snapshot, as in Odoo: it is computed when the count is written and does not follow the
stock, which is how a count becomes outdated. 18.0 keeps a stale difference on quants that nobody counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo.access import INTERNAL, STOCK_USER
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, link, make, plain, related
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.rounding import quantity
from bot.sandbox.odoo.wizards import window

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

QUANT = "stock.quant"
CONFLICT = "stock.inventory.conflict"
_HOLDING = frozenset({"partially_available", "assigned"})
_CLEARED: Row = {
    "inventory_quantity": 0.0,
    "inventory_diff_quantity": 0.0,
    "inventory_quantity_set": False,
    "user_id": False,
}


def is_outdated(env: Env, row: Row) -> bool:
    """Whether the stock moved since it was counted.

    Odoo works it out anew where the count or the stock is written, but not the difference (read in the sources of 18.0
    and 19.0, where it is no dependency): within one transaction it stays as it was first told.
    """
    figures = (row["inventory_quantity"], row["quantity"])
    if env.tx.told.get((QUANT, row["id"])) == figures:
        return True
    expected = quantity(row["inventory_quantity"] - row["inventory_diff_quantity"])
    outdated = bool(row["inventory_quantity_set"]) and expected != quantity(row["quantity"])
    if outdated:
        env.tx.told[QUANT, row["id"]] = figures
    return outdated


def reserved(env: Env, row: Row) -> float:
    """How much of it open moves hold: of its own lot and package."""
    held = 0.0
    for line in env.rows("stock.move.line", env.tx.among("stock.move.line", "product_id", row["product_id"])):
        move = env.tx.get("stock.move", line["move_id"]) if line["move_id"] else None
        same = all(line[name] == row[name] for name in ("lot_id", "package_id"))
        if move and same and move["location_id"] == row["location_id"] and move["state"] in _HOLDING:
            held += line["quantity"]
    return quantity(held)


def action_apply_inventory(env: Env, model: Model, ids: Sequence[int], date: object = None) -> Any:
    """Make stock equal to the count with a real move; None. A dialog, and nothing else, when a count is outdated.

    Repeated without a new count 18.0 adds an empty move, 19.0 takes the missing count for zero and empties the stock.
    """
    rows = env.rows(QUANT, ids)
    outdated = [row["id"] for row in rows if is_outdated(env, row)]
    context = {**env.context, "default_quant_ids": list(ids)}
    if outdated:
        context["default_quant_to_fix_ids"] = outdated
        return window(CONFLICT, "Conflict in Inventory Adjustment", context)
    untracked = [row["product_id"] for row in rows if _lot_is_missing(env, row)]
    if untracked and env.is_18:
        context["default_product_ids"] = untracked
        return window("stock.track.confirmation", "Tracked Products in Inventory Adjustment", context)
    for record_id in ids:
        _apply(env, record_id)
    return None


def action_clear_inventory_quantity(env: Env, model: Model, ids: Sequence[int]) -> None:
    """Forget the count."""
    _clear(env, ids)


def action_set_inventory_quantity(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """Take the stock for the count; a dialog when one of them is counted already."""
    rows = env.rows(QUANT, ids)
    if any(row["inventory_quantity_set"] for row in rows):
        context = {**env.context, "default_quant_ids": list(ids)}
        return window("stock.inventory.warning", "Quantities Already Set", context)
    for row in rows:
        env.write(QUANT, [row["id"]], {"inventory_quantity": row["quantity"], "user_id": env.uid})
    return None


def action_keep_counted_quantity(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """The conflict dialog's answer: the count stands, the difference is taken anew, then applied."""
    wizard = env.row(CONFLICT, ids[0])
    for row in env.rows(QUANT, wizard["quant_to_fix_ids"]):
        difference = quantity(row["inventory_quantity"] - row["quantity"])
        env.write(QUANT, [row["id"]], {"inventory_diff_quantity": difference})
    return action_apply_inventory(env, env.model(QUANT), wizard["quant_ids"])


def shift(env: Env, product_id: int, location_id: int, by: float) -> None:
    """Add to (or take from) the stock of a product in a place, making the quant when there is none."""
    for quant_id in env.tx.among(QUANT, "product_id", product_id):
        row = env.row(QUANT, quant_id)
        if row["location_id"] == location_id:
            env.write(QUANT, [quant_id], {"quantity": quantity(row["quantity"] + by)})
            return
    env.create(QUANT, {"product_id": product_id, "location_id": location_id, "quantity": by})


def _apply(env: Env, record_id: int) -> None:
    if not env.is_18:
        counted = env.row(QUANT, record_id)["inventory_quantity"]
        env.write(QUANT, [record_id], {"inventory_quantity": counted})
    row = env.row(QUANT, record_id)
    difference = row["inventory_diff_quantity"]
    loss = loss_location(env)
    _make_move(env, row, difference, loss)
    shift(env, row["product_id"], loss, -difference)
    env.write(QUANT, [record_id], {"quantity": quantity(row["quantity"] + difference)})
    _clear(env, [record_id])


def _clear(env: Env, ids: Sequence[int]) -> None:
    env.write(QUANT, ids, {**_CLEARED, "inventory_date": f"{env.tx.moment[:4]}-12-31"})


def _make_move(env: Env, row: Row, difference: float, loss: int) -> None:
    ends = (loss, row["location_id"]) if difference > 0 else (row["location_id"], loss)
    title = env.context.get("inventory_name", "")
    reference = _reference(env, row, difference, title)
    vals = {
        "name" if env.is_18 else "inventory_name": reference if env.is_18 else title,
        "reference": reference,
        "product_id": row["product_id"],
        "product_uom": env.row("product.product", row["product_id"])["uom_id"],
        "product_uom_qty": abs(difference),
        "quantity": abs(difference),
        "state": "done",
        "picked": True,
        "is_inventory": True,
        "date": told(env.tx.moment),
        "location_id": ends[0],
        "location_dest_id": ends[1],
        "company_id": env.value(QUANT, row, "company_id"),
    }
    env.create("stock.move", vals)


def _reference(env: Env, row: Row, difference: float, title: str) -> str:
    """18.0 always adds who was to count; 19.0 leaves a given title alone and else adds who applied."""
    done = title or ("Product Quantity Updated" if difference else "Product Quantity Confirmed")
    person = row["user_id"] if env.is_18 else env.uid
    if not person or (title and not env.is_18):
        return done
    return f"{done} ({env.name_of('res.users', person)})"


def loss_location(env: Env) -> int:
    """Where goods go that are lost or written off."""
    places = env.rows("stock.location", env.tx.ids("stock.location"))
    return next(int(row["id"]) for row in places if row["usage"] == "inventory")


def _lot_is_missing(env: Env, row: Row) -> bool:
    tracked = env.row("product.product", row["product_id"])["tracking"] != "none"
    return tracked and not row["lot_id"] and not row["quantity"] and bool(row["inventory_quantity"])


def _prepare(env: Env, vals: Row) -> None:
    """Outside inventory mode a new quant counts as not counted, whatever quantity was given."""
    counting = bool(env.context.get("inventory_mode")) and "inventory_quantity" in vals
    vals.setdefault("inventory_quantity_set", counting)
    if counting:
        vals.setdefault("user_id", env.uid)
    given = quantity(float(vals.get("inventory_quantity") or 0.0) - float(vals.get("quantity") or 0.0))
    vals["inventory_diff_quantity"] = given if env.is_18 or counting else 0.0
    vals.setdefault("inventory_date", f"{env.tx.moment[:4]}-12-31")


def _counted(env: Env, before: Row, vals: Row) -> Row:
    """A written count sets the flag and takes the difference, unless the same write says otherwise."""
    if "inventory_quantity" not in vals:
        return vals
    on_hand = vals["quantity"] if "quantity" in vals else before["quantity"]
    difference = quantity(float(vals["inventory_quantity"] or 0.0) - on_hand)
    return {"inventory_quantity_set": True, "inventory_diff_quantity": difference, **vals}


_METHODS = {
    "action_apply_inventory": Method(action_apply_inventory),
    "action_clear_inventory_quantity": Method(action_clear_inventory_quantity),
    "action_set_inventory_quantity": Method(action_set_inventory_quantity),
}


def _display(env: Env, row: Row) -> str:
    place, product = row["location_id"], row["product_id"]
    return f"{env.name_of('stock.location', place)} - {env.name_of('product.product', product)}"


def quant_models() -> list[Model]:
    """Every model of this file."""
    quant = Model(
        QUANT,
        "Quants",
        fields_of(
            link("product_id", "product.product", required=True, indexed=True),
            link("location_id", "stock.location", required=True),
            related(QUANT, link("warehouse_id", "stock.warehouse"), "location_id.warehouse_id"),
            related(QUANT, link("company_id", "res.company"), "location_id.company_id"),
            related(QUANT, link("product_uom_id", "uom.uom", string="Unit"), "product_id.uom_id"),
            link("lot_id", "stock.lot", string="Lot/Serial Number"),
            link("package_id", "stock.quant.package", string="Package"),
            link("owner_id", "res.partner", string="Owner"),
            plain("float", "quantity"),
            make("reserved_quantity", "float", compute=reserved),
            make("inventory_quantity", "float", string="Counted"),
            make("inventory_diff_quantity", "float", string="Difference", readonly=True),
            make("inventory_quantity_set", "boolean"),
            make("is_outdated", "boolean", compute=is_outdated),
            make("inventory_date", "date", string="Scheduled"),
            make("in_date", "datetime"),
            link("user_id", "res.users", string="Assigned To"),
        ),
        Access(read=(INTERNAL,), write=(STOCK_USER,)),
        order="location_id, product_id, id",
        display=_display,
        methods=_METHODS,
        prepare=_prepare,
        derive=_counted,
    )
    conflict = Model(
        CONFLICT,
        "Conflict in Inventory",
        fields_of(
            make("quant_ids", "many2many", relation=QUANT),
            make("quant_to_fix_ids", "many2many", relation=QUANT),
        ),
        Access(read=(STOCK_USER,), write=(STOCK_USER,)),
        methods={"action_keep_counted_quantity": Method(action_keep_counted_quantity)},
    )
    return [quant, conflict]
