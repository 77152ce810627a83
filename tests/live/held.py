"""Plays under a hold: nobody but the bot takes the step, or a person whom the bot's note has released it to."""

from __future__ import annotations

from tests.live.company import refusal
from tests.live.goods import PICKING, delivery, to_scrap
from tests.live.orders import BILL, PURCHASE, SALE, sent, urgent, waiting_purchase, wrong_bill
from tests.live.play import Play, Way, approved
from tests.live.stage import Document, Stage

#: The event types that are held in these plays.
HELD = (
    "inventory.scrap",
    "purchase.approval",
    "purchase.bill_variance",
    "purchase.emergency",
    "sale.discount",
    "sale.margin",
    "sale.value",
    "shipment.release",
)
_HOLD = frozenset({Way.HOLD})


async def _refused(stage: Stage, document: Document, method: str) -> None:
    """Not even somebody with more rights than the bot takes the step, and all of it is rolled back."""
    before = await stage.state(document)
    said = await refusal(stage.people.chief(document.model, method, [document.id]))
    assert "Signoff holds" in said, said or f"{method} passed"
    assert await stage.state(document) == before


async def _carried_out(stage: Stage, document: Document, method: str, state: str) -> None:
    await stage.card(document, "Waiting")
    await _refused(stage, document, method)
    await approved(stage, document, state)


async def purchase_held(stage: Stage) -> None:
    order = await waiting_purchase(stage)
    assert (await stage.card(order, "Waiting")).says("held: Odoo lets nobody but Signoff")
    await _carried_out(stage, order, "button_approve", "purchase")


async def emergency_held(stage: Stage) -> None:
    await _carried_out(stage, await urgent(stage), "button_confirm", "purchase")


async def bill_held(stage: Stage) -> None:
    await _carried_out(stage, await wrong_bill(stage), "action_post", "posted")


async def scrap_held(stage: Stage) -> None:
    scrap, _ = await to_scrap(stage)
    await _carried_out(stage, scrap, "action_validate", "done")


async def quotation_held(stage: Stage) -> None:
    await _carried_out(stage, await sent(stage), "action_confirm", "sale")


async def discount_held(stage: Stage) -> None:
    await _carried_out(stage, await sent(stage, 80.0, discount=20.0), "action_confirm", "sale")


async def margin_held(stage: Stage) -> None:
    await _carried_out(stage, await sent(stage, 100.0, cost=97.0), "action_confirm", "sale")


async def quotation_released(stage: Stage) -> None:
    """A person goes on with what was released, and with nothing else."""
    quotation = await sent(stage, partner=await stage.company.partner("Released"))
    await stage.card(quotation, "Waiting")
    await _refused(stage, quotation, "action_confirm")
    await approved(stage, quotation, "sent", calls=0)
    await stage.people.staff(SALE, "action_confirm", [quotation.id])
    assert await stage.state(quotation) == "sale"


async def release_fallen_off(stage: Stage) -> None:
    quotation = await sent(stage, partner=await stage.company.partner("Released"))
    await approved(stage, quotation, "sent", calls=0)
    stage.mute(quotation)
    (line,) = await stage.field(quotation, "order_line")
    await stage.people.staff(SALE, "write", [quotation.id], {"order_line": [[1, line, {"price_unit": 901.0}]]})
    await _refused(stage, quotation, "action_confirm")


async def delivery_released(stage: Stage) -> None:
    ready = await delivery(stage, partner_id=await stage.company.partner("Released"))
    await stage.company.pick(ready.id)
    await stage.card(ready, "Waiting")
    await _refused(stage, ready, "button_validate")
    await approved(stage, ready, "assigned", calls=0)
    await stage.people.staff(PICKING, "button_validate", [ready.id])
    assert await stage.state(ready) == "done"


async def others_pass(stage: Stage) -> None:
    """What nobody is asked about is not held, and later writes are not disturbed."""
    order = await stage.company.purchase(10.0, confirm=False)
    await stage.people.chief(PURCHASE, "button_confirm", [order])
    await stage.people.chief(PURCHASE, "write", [order], {"partner_ref": "later"})
    quotation = await stage.company.quotation(10.0)
    await stage.people.staff(SALE, "action_confirm", [quotation])
    bill = await stage.company.bill(ordered=100.0, billed=100.0, received=True)
    await stage.people.chief(BILL, "action_post", [bill])
    states = [
        (await stage.people.chief.read(model, number, "state"))["state"]
        for model, number in ((PURCHASE, order), (SALE, quotation), (BILL, bill))
    ]
    assert states == ["purchase", "sale", "posted"]


PLAYS = (
    Play("`purchase.approval` held, then carried out", purchase_held, _HOLD),
    Play("`purchase.emergency` held, then carried out", emergency_held, _HOLD),
    Play("`purchase.bill_variance` held, then carried out", bill_held, _HOLD),
    Play("`inventory.scrap` held, then carried out", scrap_held, _HOLD),
    Play("`sale.value` held, then carried out", quotation_held, _HOLD),
    Play("`sale.discount` held, then carried out", discount_held, _HOLD),
    Play("`sale.margin` held, then carried out", margin_held, _HOLD),
    Play("`sale.value` held, released, then confirmed by a person", quotation_released, _HOLD),
    Play("a release falls off when the quotation changes", release_fallen_off, _HOLD),
    Play("`shipment.release` held, released, then validated by a person", delivery_released, _HOLD),
    Play("what nobody is asked about is not held", others_pass, _HOLD),
)
