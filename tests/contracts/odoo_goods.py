"""Scenes of the warehouse and of accounting: deliveries, receipts, scrap orders, bills."""

from __future__ import annotations

from typing import Any

from bot.sandbox.odoo import PretendOdoo
from tests.contracts.odoo_scenes import Lay, Scene, Step, walk

PICKING, MOVE = "stock.picking", "stock.move"


def delivery(*steps: Step, in_stock: float, named_in_context: bool = False) -> Lay:
    """A delivery of ten, to which ``steps`` were done."""

    async def lay(odoo: PretendOdoo) -> Scene:
        picking = await _delivery(odoo, in_stock, steps)
        without = {"context": {"skip_backorder": True, "picking_ids_not_to_backorder": [picking]}}
        return Scene(ids=[picking], kwargs=without if named_in_context else None)

    return lay


def delivery_move(*steps: Step, in_stock: float) -> Lay:
    """The move of such a delivery."""

    async def lay(odoo: PretendOdoo) -> Scene:
        picking = await _delivery(odoo, in_stock, steps)
        return Scene(ids=list(odoo.record(PICKING, picking)["move_ids"]))

    return lay


def forced(odoo: PretendOdoo, picking: int) -> None:
    """Step: somebody types the quantity that is not there."""
    odoo.pick(picking, {"BOLT-M8": 10.0})


async def backorder_values(odoo: PretendOdoo) -> Scene:
    """The values for the dialog about a delivery that is short."""
    picking = await _delivery(odoo, 4, ())
    return Scene(args=[{"pick_ids": [[4, picking]]}], kwargs=_asked(picking))


async def backorder(odoo: PretendOdoo) -> Scene:
    """That dialog."""
    picking = await _delivery(odoo, 4, ())
    vals = {"pick_ids": [[4, picking]]}
    wizard = await odoo.as_user("bot").call("stock.backorder.confirmation", "create", vals)
    return Scene(ids=[wizard], kwargs=_asked(picking), subject=(PICKING, picking))


def tracked_receipt(*steps: Step) -> Lay:
    """A receipt of a product that is tracked by lot."""

    async def lay(odoo: PretendOdoo) -> Scene:
        picking = _tracked(odoo)
        await walk(odoo, PICKING, picking, steps)
        return Scene(ids=[picking])

    return lay


def lot_named(odoo: PretendOdoo, picking: int) -> None:
    """Step: somebody names the lot."""
    lines = [one for move in odoo.record(PICKING, picking)["move_ids"] for one in _lines(odoo, move)]
    odoo.engine.execute_silently(
        odoo.people_by_id[odoo.uid("bot")], "stock.move.line", "write", [lines, {"lot_name": "LOT-001"}], {}
    )


async def tracked_line(odoo: PretendOdoo) -> Scene:
    """The detailed line of a tracked product."""
    (move,) = odoo.record(PICKING, _tracked(odoo))["move_ids"]
    return Scene(ids=_lines(odoo, move))


def scrap(*steps: Step, in_stock: float, quantity: float = 5.0) -> Lay:
    """A scrap order of five, to which ``steps`` were done."""

    async def lay(odoo: PretendOdoo) -> Scene:
        odoo.set_stock("BOLT-M8", in_stock)
        made = odoo.add_scrap(quantity=quantity)
        await walk(odoo, "stock.scrap", made, steps)
        return Scene(ids=[made])

    return lay


def bill(*steps: Step, dated: bool = True, kind: str = "in_invoice") -> Lay:
    """A draft bill, to which ``steps`` were done."""

    async def lay(odoo: PretendOdoo) -> Scene:
        made = odoo.add_bill(dated=dated, kind=kind)
        await walk(odoo, "account.move", made, steps)
        return Scene(ids=[made])

    return lay


def _tracked(odoo: PretendOdoo) -> int:
    odoo.add_product("LOTTED", name="Lotted", tracking="lot")
    return odoo.add_transfer("incoming", ("LOTTED", 5.0))


def _lines(odoo: PretendOdoo, move: int) -> list[int]:
    return list(odoo.record(MOVE, move)["move_line_ids"])


def _asked(picking: int) -> dict[str, Any]:
    context = {"button_validate_picking_ids": [picking], "default_show_transfers": False}
    return {"context": {**context, "default_pick_ids": [[4, picking]]}}


async def _delivery(odoo: PretendOdoo, in_stock: float, steps: tuple[Step, ...]) -> int:
    odoo.set_stock("BOLT-M8", in_stock)
    picking = odoo.add_transfer("outgoing", ("BOLT-M8", 10.0))
    await walk(odoo, PICKING, picking, steps)
    return picking
