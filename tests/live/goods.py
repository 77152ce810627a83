"""Plays about counts, scraps and transfers."""

from __future__ import annotations

from tests.live.between import Lost
from tests.live.play import Play, approved, ended, noted, rejected
from tests.live.stage import Document, Stage

QUANT, SCRAP, PICKING = "stock.quant", "stock.scrap", "stock.picking"
_NINETEEN = 19


async def counted(stage: Stage, counted: float = 35.0) -> tuple[Document, int]:
    """A count of forty pieces that differs; and the product."""
    product, name = await stage.company.product(cost=10.0)
    quant = await stage.company.in_stock(product, 40.0)
    await stage.company.count(quant, counted)
    return await stage.document(QUANT, quant, f"Count of {name}"), product


async def to_scrap(stage: Stage, *, in_stock: float = 40.0, amount: float = 3.0) -> tuple[Document, int]:
    """A scrap order in draft; and the product."""
    product, name = await stage.company.product(cost=50.0)
    await stage.company.in_stock(product, in_stock)
    return await stage.document(SCRAP, await stage.company.scrap(product, amount), name), product


async def on_hand(stage: Stage, product: int) -> float:
    """What Odoo says is in the first warehouse."""
    about = [["product_id", "=", product], ["location_id", "=", stage.company.stock[0]]]
    rows = await stage.people.chief("stock.quant", "search_read", about, ["quantity"])
    return float(sum(row["quantity"] for row in rows))


async def applied(stage: Stage, document: Document, product: int, amount: float, *, calls: int = 1) -> None:
    """The count stands, by one move that carries the mark."""
    await stage.card(document, "Confirmed in Odoo")
    assert await on_hand(stage, product) == amount
    assert await stage.marked_moves(product) == 1
    assert len(stage.called(document)) == calls, stage.called(document)


async def delivery(stage: Stage, *, in_stock: float = 10.0, amount: float = 10.0, **more: int) -> Document:
    """A delivery of what is in stock."""
    product, _ = await stage.company.product(cost=10.0)
    await stage.company.in_stock(product, in_stock)
    return await stage.document(PICKING, await stage.company.transfer("outgoing", product, amount, **more))


async def _customer(stage: Stage, **more: str) -> int:
    return await stage.company.partner("Customer", **more)


async def count_applied(stage: Stage) -> None:
    count, product = await counted(stage)
    await stage.approve(count)
    await applied(stage, count, product, 35.0)


async def count_cleared(stage: Stage) -> None:
    count, product = await counted(stage)
    await stage.reject(count)
    await stage.card(count, "Confirmed in Odoo")
    assert (await on_hand(stage, product), await stage.field(count, "inventory_quantity_set")) == (40.0, False)


async def count_outdated(stage: Stage) -> None:
    """People are asked again on the stock as it is; Odoo lets only Inventory: Administrator answer its question."""
    count, product = await counted(stage)
    await _move_under(stage, count, product)
    await stage.approve(count)
    card = await stage.card(count, "please decide again")
    assert card.says("The stock moved after the count")
    await stage.approve(count)
    await stage.card(count, "NOT written")
    assert await on_hand(stage, product) == 36.0


async def count_outdated_kept(stage: Stage) -> None:
    """A bot that may answer Odoo's question does so, once people have seen both figures."""
    bot = await stage.people.admin.find("res.users", ["login", "=", stage.people.bot_login])
    manager = await stage.people.admin.ref("stock.group_stock_manager")
    groups = stage.company.groups_field
    before = (await stage.people.admin.read("res.users", bot[0], groups))[groups]
    await stage.people.admin("res.users", "write", bot, {groups: [[4, manager]]})
    try:
        count, product = await counted(stage)
        await _move_under(stage, count, product)
        await stage.approve(count)
        await stage.card(count, "please decide again")
        await stage.approve(count)
        await applied(stage, count, product, 35.0)
    finally:
        await stage.people.admin("res.users", "write", bot, {groups: [[6, 0, before]]})


async def _move_under(stage: Stage, count: Document, product: int) -> None:
    """Stock leaves after the count, once its card is there."""
    await stage.card(count, "Waiting")
    moved = await stage.company.transfer("outgoing", product, 4.0)
    await stage.company.pick(moved)
    context = {"skip_sms": True, "skip_backorder": True}
    await stage.people.staff(PICKING, "button_validate", [moved], context=context)


async def count_without_lot(stage: Stage) -> None:
    """18.0 asks a person; 19.0 applies it."""
    product, name = await stage.company.product(cost=10.0, tracking="lot")
    values = {"product_id": product, "location_id": stage.company.stock[0], "inventory_quantity": 5.0}
    made = await stage.people.staff("stock.quant", "create", values, context={"inventory_mode": True})
    count = await stage.document(QUANT, made[0] if isinstance(made, list) else made, f"Count of {name}")
    await stage.approve(count)
    if stage.company.major >= _NINETEEN:
        await applied(stage, count, product, 5.0)
        return
    await stage.card(count, "Odoo asks a person first")
    assert await on_hand(stage, product) == 0.0


async def scrap_validated(stage: Stage) -> None:
    scrap, product = await to_scrap(stage)
    await approved(stage, scrap, "done")
    assert await on_hand(stage, product) == 37.0


async def scrap_rejected(stage: Stage) -> None:
    scrap, product = await to_scrap(stage)
    await rejected(stage, scrap, "draft", calls=0)
    assert await on_hand(stage, product) == 40.0


async def scrap_short(stage: Stage) -> None:
    """Odoo asks whether the stock may become negative: a person's to answer."""
    scrap, product = await to_scrap(stage, in_stock=2.0, amount=5.0)
    await stage.approve(scrap)
    await stage.card(scrap, "Odoo asks a person first")
    assert (await stage.state(scrap), await on_hand(stage, product)) == ("draft", 2.0)


async def delivery_validated(stage: Stage) -> None:
    ready = await delivery(stage)
    await stage.company.pick(ready.id)
    await approved(stage, ready, "done")


async def delivery_cancelled(stage: Stage) -> None:
    await rejected(stage, await delivery(stage), "cancel")


async def delivery_released(stage: Stage) -> None:
    ready = await delivery(stage, partner_id=await stage.company.partner("Released"))
    await approved(stage, ready, "assigned", calls=0)


async def delivery_not_picked(stage: Stage) -> None:
    """An approval is not the picking."""
    ready = await delivery(stage)
    await stage.approve(ready)
    await stage.card(ready, "Not every line of the transfer is picked")
    assert (await stage.state(ready), stage.called(ready)) == ("assigned", [])
    await stage.company.pick(ready.id)
    await stage.press(ready, "Not every line", "Retry")
    await ended(stage, ready, "done")


async def no_text_message(stage: Stage) -> None:
    """Odoo would ask whether the customer gets one."""
    ready = await delivery(stage, partner_id=await _customer(stage, phone="+13125550100"))
    await stage.company.pick(ready.id)
    await approved(stage, ready, "done")


async def backorder_made(stage: Stage) -> None:
    part = await delivery(stage, in_stock=4.0)
    await stage.company.pick(part.id)
    await approved(stage, part, "done")
    rest = await stage.people.chief.find(PICKING, ["backorder_id", "=", part.id])
    rows = await stage.people.chief("stock.move", "search_read", [["picking_id", "in", rest]], ["product_uom_qty"])
    assert [row["product_uom_qty"] for row in rows] == [6.0]


async def _moved(stage: Stage, document: Document) -> tuple[str, float, float]:
    """Of its one move: state, demand, quantity."""
    about = [["picking_id", "=", document.id]]
    (row,) = await stage.people.chief("stock.move", "search_read", about, ["state", "product_uom_qty", "quantity"])
    return row["state"], row["product_uom_qty"], row["quantity"]


async def rest_cancelled(stage: Stage) -> None:
    part = await delivery(stage, in_stock=4.0)
    await stage.company.pick(part.id)
    await stage.approve(part, button="Approve, cancel the rest")
    await ended(stage, part, "done")
    assert await stage.people.chief.find(PICKING, ["backorder_id", "=", part.id]) == []
    assert await _moved(stage, part) == ("done", 10.0, 4.0)


async def waited_for_all(stage: Stage) -> None:
    """Its shipping policy says so in Odoo; what goes by then is a delivery in full, and nobody was asked twice."""
    part = await delivery(stage, in_stock=4.0)
    await stage.approve(part, button="Approve, wait for all of it")
    await ended(stage, part, "confirmed")
    assert await stage.field(part, "move_type") == "one"
    assert await _moved(stage, part) == ("partially_available", 10.0, 4.0)
    assert len(stage.cards(part)) == 1


async def split_not_picked(stage: Stage) -> None:
    """The choice stands; what nobody has picked does not go by it."""
    part = await delivery(stage, in_stock=4.0)
    await stage.approve(part, button="Approve, cancel the rest")
    await stage.card(part, "Not every line of the transfer is picked")
    assert (await stage.state(part), stage.called(part)) == ("assigned", [])
    await stage.company.pick(part.id)
    await stage.press(part, "Not every line", "Retry")
    await ended(stage, part, "done")
    assert await _moved(stage, part) == ("done", 10.0, 4.0)


async def nothing_left(stage: Stage) -> None:
    """The rest has come before anybody chose: the card was about another delivery, and nothing is written."""
    part = await delivery(stage, in_stock=4.0)
    await stage.card(part, "only partly available: 4 of 10")
    (move,) = await stage.people.chief.find("stock.move", ["picking_id", "=", part.id])
    row = await stage.people.chief.read("stock.move", move, "product_id")
    await stage.company.in_stock(row["product_id"][0], 10.0)
    stage.mute(part)
    await stage.people.staff(PICKING, "action_assign", [part.id])
    await stage.company.pick(part.id)
    await stage.approve(part, button="Approve, cancel the rest")
    await stage.card(part, "ready, waits for its release")
    assert (await stage.state(part), stage.called(part)) == ("assigned", [])


async def split_answer_lost(stage: Stage) -> None:
    """Found by reading: one call, one backorder."""
    part = await delivery(stage, in_stock=4.0)
    await stage.company.pick(part.id)
    await stage.card(part, "Waiting")
    stage.lose(part, Lost.AFTER)
    await stage.approve(part)
    await ended(stage, part, "done")
    assert len(await stage.people.chief.find(PICKING, ["backorder_id", "=", part.id])) == 1


async def lots_in_part(stage: Stage) -> None:
    """Odoo wants the lots of what came; then the rest is cancelled as it was chosen."""
    product, _ = await stage.company.product(cost=10.0, tracking="lot")
    receipt = await stage.document(PICKING, await stage.company.transfer("incoming", product, 8.0))
    await stage.company.pick(receipt.id, 6.0)
    await stage.approve(receipt, button="Approve, cancel the rest")
    await stage.card(receipt, "NOT written")
    assert await on_hand(stage, product) == 0.0
    lines = await stage.people.staff.find("stock.move.line", ["picking_id", "=", receipt.id])
    await stage.people.staff("stock.move.line", "write", lines, {"lot_name": f"LOT{receipt.id}"})
    await stage.press(receipt, "NOT written", "Retry")
    await ended(stage, receipt, "done", calls=2)
    assert await on_hand(stage, product) == 6.0
    assert await stage.people.chief.find(PICKING, ["backorder_id", "=", receipt.id]) == []


async def receipt_validated(stage: Stage) -> None:
    product, _ = await stage.company.product(cost=10.0)
    receipt = await stage.document(PICKING, await stage.company.transfer("incoming", product, 8.0))
    await stage.company.pick(receipt.id, 6.0)
    await approved(stage, receipt, "done")
    assert await on_hand(stage, product) == 6.0


async def return_taken_in(stage: Stage) -> None:
    product, _ = await stage.company.product(cost=10.0)
    await stage.company.in_stock(product, 5.0)
    out = await stage.company.transfer("outgoing", product, 3.0)
    stage.between.muted.add((PICKING, out))
    back = await stage.company.transfer(
        "incoming",
        product,
        3.0,
        source=await stage.people.admin.ref("stock.stock_location_customers"),
        return_id=out,
    )
    returned = await stage.document(PICKING, back)
    await stage.card(returned, "a customer sends goods back")
    await stage.company.pick(back)
    await approved(stage, returned, "done")


async def transfer_between_warehouses(stage: Stage) -> None:
    product, _ = await stage.company.product(cost=10.0)
    await stage.company.in_stock(product, 5.0)
    transfer = await stage.document(PICKING, await stage.company.transfer("internal", product, 5.0))
    await stage.card(transfer, "leaves its warehouse")
    await stage.company.pick(transfer.id)
    await approved(stage, transfer, "done")


async def blocked_stock_released(stage: Stage) -> None:
    product, _ = await stage.company.product(cost=10.0)
    inner = {"name": "Quarantine", "usage": "internal", "location_id": stage.company.stock[0]}
    place = await stage.people.admin.create("stock.location", **inner)
    await stage.company.in_stock(product, 5.0, place=place)
    number = await stage.company.transfer("internal", product, 5.0, source=place, to=stage.company.stock[0])
    transfer = await stage.document(PICKING, number)
    await stage.card(transfer, "takes blocked stock out")
    await stage.company.pick(number)
    await approved(stage, transfer, "done")


async def tracked_without_lot(stage: Stage) -> None:
    """Odoo refuses in its own words; nothing moved, and Retry goes on once the lot is named."""
    product, _ = await stage.company.product(cost=10.0, tracking="lot")
    receipt = await stage.document(PICKING, await stage.company.transfer("incoming", product, 8.0))
    await stage.company.pick(receipt.id, 6.0)
    await stage.approve(receipt)
    await stage.card(receipt, "NOT written")
    assert await on_hand(stage, product) == 0.0
    lines = await stage.people.staff.find("stock.move.line", ["picking_id", "=", receipt.id])
    await stage.people.staff("stock.move.line", "write", lines, {"lot_name": f"LOT{receipt.id}"})
    await stage.press(receipt, "NOT written", "Retry")
    await stage.card(receipt, "Confirmed in Odoo")
    assert await stage.state(receipt) == "done"
    await noted(stage, receipt, 1)


PLAYS = (
    Play("`inventory.count_variance` approved: applied", count_applied),
    Play("`inventory.count_variance` rejected: cleared", count_cleared),
    Play("a count under which stock moved: asked again, nothing written by a mere user", count_outdated),
    Play(
        "a count under which stock moved: asked again, applied by a bot that administers Inventory",
        count_outdated_kept,
        alone=True,
    ),
    Play("a count of a tracked product without lot", count_without_lot),
    Play("`inventory.scrap` approved", scrap_validated),
    Play("`inventory.scrap` rejected by a note", scrap_rejected),
    Play("a scrap of more than there is: a person's to answer", scrap_short),
    Play("`shipment.release` carried out", delivery_validated),
    Play("`shipment.release` rejected: cancelled", delivery_cancelled),
    Play("`shipment.release` released", delivery_released),
    Play("a delivery that nobody has picked: not validated", delivery_not_picked),
    Play("a delivery to a phone owner: no text message", no_text_message),
    Play("`shipment.backorder` with a backorder", backorder_made),
    Play("`shipment.backorder`, the rest cancelled", rest_cancelled),
    Play("`shipment.backorder`, waits for all of it", waited_for_all),
    Play("a choice for the rest of what nobody has picked: not validated", split_not_picked),
    Play("a choice for the rest, which has come meanwhile: asked anew, nothing written", nothing_left),
    Play("a split delivery's answer lost after the write: one call, one backorder", split_answer_lost),
    Play("a receipt in part without its lot, the rest cancelled on retry", lots_in_part),
    Play("`receiving.variance` approved", receipt_validated),
    Play("a receipt without its lot, mended and retried", tracked_without_lot),
    Play("`return.exception` approved", return_taken_in),
    Play("`transfer.exception` approved", transfer_between_warehouses),
    Play("`inventory.blocked_release` approved", blocked_stock_released),
)
