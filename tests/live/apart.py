"""Plays in which goods are sent to quarantine, or back: one transfer or another destination, nothing moved."""

from __future__ import annotations

from typing import Any

from tests.live.between import NEW, Lost
from tests.live.company import word
from tests.live.exceptions import ON_IT, PLAIN, QUARANTINE, owned_document, owned_goods, place, settled, varied
from tests.live.goods import PICKING, QUANT
from tests.live.play import Play, noted
from tests.live.stage import Document, Stage

#: The place that tests/live/signoff.yaml names.
SET_APART = "Set apart"


async def _made(stage: Stage, product: int) -> list[dict[str, Any]]:
    """The transfers of a product that carry a mark of ours."""
    about = [["origin", "ilike", "[Signoff #"], ["move_ids.product_id", "=", product]]
    rows: list[dict[str, Any]] = await stage.people.chief(
        PICKING, "search_read", about, ["name", "state", "location_dest_id", "move_line_ids"]
    )
    return rows


async def _counted(stage: Stage, **more: Any) -> tuple[Document, int]:
    await place(stage.company, SET_APART)
    product, name = await stage.company.product(cost=10.0, categ_id=await owned_goods(stage.company), **more)
    quant = await stage.company.in_stock(product, 40.0)
    await stage.company.count(quant, 35.0)
    return await owned_document(stage, QUANT, quant, f"Count of {name}"), product


async def to_quarantine(stage: Stage) -> None:
    """One transfer, although its answer never came; the goods are where they were."""
    count, product = await _counted(stage)
    await stage.press(count, "differs from", ON_IT)
    await stage.card(count, "Ann has it in hand")
    stage.between.lose[PICKING, NEW] = Lost.AFTER
    await stage.resolve(count, "move to quarantine")
    await stage.card(count, "ready, the goods are still to be moved by a person")
    (made,) = await _made(stage, product)
    assert (made["state"], made["location_dest_id"][0]) == ("assigned", await place(stage.company, SET_APART))
    line = await stage.people.chief.read("stock.move.line", made["move_line_ids"][0], "quantity", "location_id")
    assert (line["quantity"], line["location_id"][0]) == (40.0, stage.company.stock[0])
    assert await stage.field(count, "quantity") == 40.0


async def reserved_elsewhere(stage: Stage) -> None:
    count, product = await _counted(stage)
    delivery = await stage.company.transfer("outgoing", product, 15.0)
    await settled(stage, count, "differs from", "move to quarantine")
    await stage.card(count, "15 of 40 are reserved for other transfers")
    assert await _made(stage, product) == []
    await stage.people.staff(PICKING, "do_unreserve", [delivery])
    await stage.press(count, "are reserved", "Retry")
    await stage.card(count, "ready, the goods are still to be moved by a person")
    assert len(await _made(stage, product)) == 1


async def lot_and_package(stage: Stage) -> None:
    """The lot and the package of that very stock, although the same place has others."""
    product, name = await stage.company.product(cost=10.0, tracking="lot")
    lots = [await stage.people.admin.create("stock.lot", name=f"{one}-{name}", product_id=product) for one in "AB"]
    kind = "stock.quant.package" if stage.company.major < 19 else "stock.package"  # a version
    box = await stage.people.admin.create(kind, name=f"Box {word()}")
    there = await place(stage.company, QUARANTINE)
    await stage.people.admin.create("stock.quant", product_id=product, location_id=there, quantity=3.0, lot_id=lots[0])
    values = {"product_id": product, "location_id": there, "quantity": 5.0, "lot_id": lots[1], "package_id": box}
    blocked = await owned_document(stage, QUANT, await stage.people.admin.create("stock.quant", **values), f"B-{name}")
    await settled(stage, blocked, "blocked stock", "move back into stock")
    await stage.card(blocked, "ready, the goods are still to be moved by a person")
    (made,) = await _made(stage, product)
    line = await stage.people.chief.read(
        "stock.move.line", made["move_line_ids"][0], "quantity", "lot_id", "package_id"
    )
    assert (line["quantity"], line["lot_id"][0], line["package_id"][0]) == (5.0, lots[1], box)
    await stage.card(await stage.document(PICKING, made["id"]), "takes blocked stock out")


async def receipt_to_quarantine(stage: Stage) -> None:
    apart = await place(stage.company, SET_APART)
    receipt = await varied(stage)
    await settled(stage, receipt, "differs from", "receive into quarantine")
    await stage.card(receipt, "Confirmed in Odoo: the receipt goes to quarantine")
    await noted(stage, receipt, 1)
    (move,) = await stage.field(receipt, "move_ids")
    row = await stage.people.chief.read("stock.move", move, "location_dest_id", "product_id")
    assert row["location_dest_id"][0] == apart
    await stage.people.staff(PICKING, "button_validate", [receipt.id], context={"skip_backorder": True})
    about = [["product_id", "=", row["product_id"][0]], ["location_id", "=", apart]]
    (quant,) = await stage.people.chief(QUANT, "search_read", about, ["quantity"])
    assert quant["quantity"] == 7.0  # what came
    assert len(stage.cards(receipt)) == 1


PLAYS = (
    Play("`inventory.count_variance` to quarantine, its answer lost: one transfer", to_quarantine, PLAIN, alone=True),
    Play("stock that others have reserved: a person's to choose, then moved", reserved_elsewhere, PLAIN),
    Play("`inventory.blocked` back into stock: its lot, its package", lot_and_package, PLAIN),
    Play("`receiving.variance` into quarantine", receipt_to_quarantine, PLAIN),
)
