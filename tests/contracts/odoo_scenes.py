"""Scenes: the state in which a recorded request was sent, laid out again in the pretend Odoo.

A scene returns the ids (or all arguments) that take the place of the recorded ones, and the record to look at after.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.odoo import PretendOdoo

Lay = Callable[[PretendOdoo], Awaitable["Scene"]]
Step = tuple[str, str] | Callable[[PretendOdoo, int], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is there before the request is played."""

    #: In the place of the recorded ids; None keeps what was recorded.
    ids: list[int] | None = None
    #: In the place of all positional arguments.
    args: list[Any] | None = None
    #: In the place of named arguments; None keeps what was recorded.
    kwargs: dict[str, Any] | None = None
    #: The record whose state is looked at after, when it is not the first of ``ids``.
    subject: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """One recorded case: its scene, and the state of its record after (a predicate, or the value itself)."""

    lay: Lay
    after: dict[str, Any] = field(default_factory=dict)
    #: The same, where the versions differ.
    after_18: dict[str, Any] = field(default_factory=dict)
    after_19: dict[str, Any] = field(default_factory=dict)

    def expected(self, version: str) -> dict[str, Any]:
        """The state after, on this version."""
        return self.after | (self.after_18 if version == "18.0" else self.after_19)


async def nothing(odoo: PretendOdoo) -> Scene:
    """The empty database."""
    return Scene()


def purchase(amount: float, *steps: Step, limit: float | None = 1000.0) -> Lay:
    """A draft purchase order to which ``steps`` were done; ``lock`` is each version's own button."""

    async def lay(odoo: PretendOdoo) -> Scene:
        odoo.set_double_validation(limit)
        order = odoo.add_purchase(amount=amount)
        await walk(odoo, "purchase.order", order, steps)
        return Scene(ids=[order])

    return lay


def sale(amount: float | None, *steps: Step, salesperson: str = "saleu") -> Lay:
    """A draft sales order to which ``steps`` were done."""

    async def lay(odoo: PretendOdoo) -> Scene:
        order = odoo.add_sale(amount=amount, salesperson=salesperson)
        await walk(odoo, "sale.order", order, steps)
        return Scene(ids=[order])

    return lay


def count(on_hand: float, counted: float | None, *steps: Step) -> Lay:
    """Stock and its count, to which ``steps`` were done."""

    async def lay(odoo: PretendOdoo) -> Scene:
        quant = odoo.add_count(on_hand=on_hand, counted=counted)
        await walk(odoo, "stock.quant", quant, steps)
        return Scene(ids=[quant])

    return lay


def new_quant(*, counted: float, tracking: str = "none") -> Lay:
    """The values for a quant of a product that is not in stock."""

    async def lay(odoo: PretendOdoo) -> Scene:
        return Scene(args=[_quant_vals(odoo, counted, tracking)])

    return lay


async def tracked_count(odoo: PretendOdoo) -> Scene:
    """A tracked product, counted where there was none, without a lot."""
    create = odoo.as_user("bot").call
    vals = _quant_vals(odoo, 1.0, "lot")
    return Scene(ids=[await create("stock.quant", "create", vals, context={"inventory_mode": True})])


async def conflict_values(odoo: PretendOdoo) -> Scene:
    """The values for the dialog about an outdated count."""
    quant = await _outdated_count(odoo)
    return Scene(args=[{"quant_ids": [quant], "quant_to_fix_ids": [quant]}])


async def conflict(odoo: PretendOdoo) -> Scene:
    """The dialog about an outdated count."""
    quant = await _outdated_count(odoo)
    vals = {"quant_ids": [quant], "quant_to_fix_ids": [quant]}
    wizard = await odoo.as_user("bot").call("stock.inventory.conflict", "create", vals)
    return Scene(ids=[wizard], subject=("stock.quant", quant))


async def two_counts(odoo: PretendOdoo) -> Scene:
    """Two counts that wait to be applied."""
    first = odoo.add_count(on_hand=5, counted=7)
    return Scene(ids=[first, odoo.add_count(product="OTHER", on_hand=5, counted=4)])


async def draft_and_confirmed(odoo: PretendOdoo) -> Scene:
    """Two sales orders, the second of which is confirmed already."""
    return Scene(ids=[odoo.add_sale(amount=10), odoo.add_sale(amount=20, state="sale")])


async def two_sales(odoo: PretendOdoo) -> Scene:
    """The sales orders 1 and 2, so that the recorded ids mean something."""
    odoo.add_sale(amount=300)
    odoo.add_sale(amount=500, state="sent")
    return Scene()


async def many_sales(odoo: PretendOdoo) -> Scene:
    """Enough sales orders of every state for a search with order, limit and offset."""
    for state in ("draft", "sent", "sale", "draft", "sale", "sale", "sent"):
        odoo.add_sale(amount=150, state=state)
    return Scene()


async def locked_line(odoo: PretendOdoo) -> Scene:
    """An edit of a line of a locked order."""
    scene = await sale(100, ("saleu", "action_confirm"), ("saleu", "action_lock"))(odoo)
    order = (scene.ids or [0])[0]
    line = odoo.record("sale.order", order)["order_line"][0]
    return Scene(args=[[order], {"order_line": [[1, line, {"product_uom_qty": 9}]]}], subject=("sale.order", order))


async def transfer(odoo: PretendOdoo) -> Scene:
    """The transfer of a confirmed order."""
    order = odoo.add_sale(amount=10)
    await odoo.people.confirm_sale(order)
    return Scene(ids=odoo.record("sale.order", order)["picking_ids"])


async def archived_low(odoo: PretendOdoo) -> Scene:
    """The low user has left."""
    odoo.people_by_id[odoo.uid("low")].active = False
    return Scene()


async def activity_values(odoo: PretendOdoo) -> Scene:
    """The values for an activity on a sales order."""
    return Scene(args=[await _activity_vals(odoo)])


def activity(*steps: Step) -> Lay:
    """An activity to which ``steps`` were done."""

    async def lay(odoo: PretendOdoo) -> Scene:
        made = await odoo.as_user("bot").call("mail.activity", "create", await _activity_vals(odoo))
        await walk(odoo, "mail.activity", made, steps)
        return Scene(ids=[made])

    return lay


async def lot_values(odoo: PretendOdoo) -> Scene:
    """The values for a lot."""
    return Scene(args=[{"name": "LOT-XYZ", "product_id": odoo.add_product("LOTTED", tracking="lot"), "company_id": 1}])


async def lot_values_again(odoo: PretendOdoo) -> Scene:
    """The values of a lot that exists."""
    scene = await lot_values(odoo)
    await odoo.as_user("bot").call("stock.lot", "create", *(scene.args or []))
    return scene


async def lot(odoo: PretendOdoo) -> Scene:
    """A lot."""
    scene = await lot_values(odoo)
    return Scene(ids=[await odoo.as_user("bot").call("stock.lot", "create", *(scene.args or []))])


def received(odoo: PretendOdoo, order: int) -> None:
    """Step: the goods arrive."""
    odoo.receive(order)


def stock_moves(odoo: PretendOdoo, quant: int) -> None:
    """Step: goods leave after the count."""
    odoo.move_stock(quant, by=-3.0)


async def walk(odoo: PretendOdoo, model: str, record_id: int, steps: tuple[Step, ...]) -> None:
    """Do ``steps`` to a record."""
    for step in steps:
        if callable(step):
            step(odoo, record_id)
            continue
        login, method = step
        if method == "lock":
            method = "button_done" if odoo.is_18 else "button_lock"
        await odoo.as_user(login).call(model, method, [record_id])


async def _outdated_count(odoo: PretendOdoo) -> int:
    quant = odoo.add_count(on_hand=77, counted=50)
    odoo.move_stock(quant, by=-3.0)
    return quant


def _quant_vals(odoo: PretendOdoo, counted: float, tracking: str) -> dict[str, Any]:
    product = odoo.add_product("NEW", tracking=tracking)
    place = odoo.record("stock.warehouse", 1)["lot_stock_id"][0]
    return {"product_id": product, "location_id": place, "inventory_quantity": counted}


async def _activity_vals(odoo: PretendOdoo) -> dict[str, Any]:
    order = odoo.add_sale(amount=10)
    kinds = await odoo.as_user("bot").call("ir.model", "search", [["model", "=", "sale.order"]])
    return {
        "res_model_id": kinds[0],
        "res_id": order,
        "activity_type_id": 1,
        "summary": "Approve in Slack",
        "user_id": odoo.uid("salem"),
        "date_deadline": "2026-11-30",
    }
