"""Plays about purchase orders, quotations and vendor bills."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.live.play import Play, approved, ended, noted, rejected
from tests.live.stage import Document, Stage

PURCHASE, SALE, BILL = "purchase.order", "sale.order", "account.move"
SALE_LINE, FIGURES = "sale.order.line", ("product_uom_qty", "price_unit", "discount")
#: Far enough above the company's limit with ten pieces.
DEAR = 600.0


async def waiting_purchase(stage: Stage, price: float = DEAR) -> Document:
    """A purchase order that waits for its approval."""
    return await stage.document(PURCHASE, await stage.company.purchase(price))


async def sent(stage: Stage, price: float = 900.0, **more: float | int) -> Document:
    """A quotation that was sent."""
    return await stage.document(SALE, await stage.company.quotation(price, **more))  # type: ignore[arg-type]  # by name


async def wrong_bill(stage: Stage, **more: Any) -> Document:
    """A draft bill that is dearer than the order."""
    number = await stage.company.bill(ordered=100.0, billed=150.0, **more)
    return await stage.document(BILL, number, str((await stage.people.chief.read(BILL, number, "ref"))["ref"]))


async def urgent(stage: Stage) -> Document:
    """A request for quotation with the star."""
    return await stage.document(PURCHASE, await stage.company.purchase(20.0, confirm=False, priority="1"))


async def _dear(stage: Stage) -> Document:
    product, _ = await stage.company.product(cost=20.0)
    return await stage.document(PURCHASE, await stage.company.purchase(30.0, confirm=False, product=product))


async def _substituted(stage: Stage) -> Document:
    usual = await stage.company.partner("Usual")
    product, _ = await stage.company.product(cost=20.0, seller_ids=[[0, 0, {"partner_id": usual, "price": 20.0}]])
    return await stage.document(PURCHASE, await stage.company.purchase(20.0, confirm=False, product=product))


async def _on_credit(stage: Stage) -> Document:
    partner = await stage.company.partner("Released", use_partner_credit_limit=True, credit_limit=500.0)
    return await sent(stage, 90.0, partner=partner)


async def purchase_approved(stage: Stage) -> None:
    await approved(stage, await waiting_purchase(stage), "purchase")


async def second_company(stage: Stage) -> None:
    """Its own limit, currency and place; and what Odoo makes of the approval belongs to it."""
    below, order = [
        replace(await stage.document(PURCHASE, await stage.company.second_purchase(price)), channel="second")
        for price in (600.0, 1000.0)
    ]
    card = await stage.card(order, "Waiting")
    assert card.says("10,000.00 EUR"), card.plain
    await approved(stage, order, "purchase")
    (receipt,) = await stage.people.chief.find("stock.picking", ["purchase_id", "=", order.id])
    company = (await stage.people.chief.read("stock.picking", receipt, "company_id"))["company_id"][0]
    assert company == stage.company.second
    assert (await stage.state(below), stage.cards(below)) == ("purchase", [])


async def purchase_rejected(stage: Stage) -> None:
    await rejected(stage, await waiting_purchase(stage), "cancel")


async def purchase_changed(stage: Stage) -> None:
    """Nine instead of ten: the price stays as it was agreed on, whatever Odoo makes of a new quantity."""
    order = await waiting_purchase(stage)
    (line,) = await stage.field(order, "order_line")
    await stage.change(order, {f"line:{line}:quantity": "9"})
    await stage.card(order, "Confirmed in Odoo")
    now = await stage.people.chief.read("purchase.order.line", line, "product_qty", "price_unit")
    assert (now["product_qty"], now["price_unit"], await stage.state(order)) == (9.0, DEAR, "purchase")
    await noted(stage, order, 1)


async def quotation_changed(stage: Stage) -> None:
    """Half of it: price and discount stay, whatever Odoo would make of a new quantity."""
    quotation = await sent(stage, 80.0, discount=20.0)
    (line,) = await stage.field(quotation, "order_line")
    now = await stage.people.chief.read(SALE_LINE, line, *FIGURES)
    less = now["product_uom_qty"] / 2
    await stage.change(quotation, {f"line:{line}:quantity": f"{less:g}"})
    await stage.card(quotation, "Confirmed in Odoo")
    then = await stage.people.chief.read(SALE_LINE, line, *FIGURES)
    assert {**then, "product_uom_qty": now["product_uom_qty"]} == now
    assert (then["product_uom_qty"], await stage.state(quotation)) == (less, "sale")
    await noted(stage, quotation, 1)


async def emergency_approved(stage: Stage) -> None:
    await approved(stage, await urgent(stage), "purchase")


async def emergency_rejected(stage: Stage) -> None:
    await rejected(stage, await urgent(stage), "cancel")


async def price_approved(stage: Stage) -> None:
    await approved(stage, await _dear(stage), "purchase")


async def price_rejected(stage: Stage) -> None:
    await rejected(stage, await _dear(stage), "cancel")


async def substitution_approved(stage: Stage) -> None:
    await approved(stage, await _substituted(stage), "purchase")


async def substitution_rejected(stage: Stage) -> None:
    await rejected(stage, await _substituted(stage), "cancel")


async def value_carried_out(stage: Stage) -> None:
    await approved(stage, await sent(stage), "sale")


async def value_cancelled(stage: Stage) -> None:
    await rejected(stage, await sent(stage), "cancel")


async def value_released(stage: Stage) -> None:
    quotation = await sent(stage, partner=await stage.company.partner("Released"))
    await approved(stage, quotation, "sent", calls=0)
    await stage.people.staff(SALE, "action_confirm", [quotation.id])
    assert await stage.state(quotation) == "sale"


async def value_refused_by_note(stage: Stage) -> None:
    await rejected(stage, await sent(stage, partner=await stage.company.partner("Released")), "sent", calls=0)


async def credit_released(stage: Stage) -> None:
    quotation = await _on_credit(stage)
    await stage.card(quotation, "above the credit limit")
    await approved(stage, quotation, "sent", calls=0)


async def discount_carried_out(stage: Stage) -> None:
    quotation = await sent(stage, 80.0, discount=20.0)
    await stage.card(quotation, "a discount of 20 %")
    await approved(stage, quotation, "sale")


async def margin_carried_out(stage: Stage) -> None:
    quotation = await sent(stage, 100.0, cost=97.0)
    await stage.card(quotation, "a margin of 3 %")
    await approved(stage, quotation, "sale")


async def bill_posted(stage: Stage) -> None:
    await approved(stage, await wrong_bill(stage), "posted")


async def bill_cancelled(stage: Stage) -> None:
    await rejected(stage, await wrong_bill(stage), "cancel")


async def bill_without_date(stage: Stage) -> None:
    """Odoo's own words come to the card, and once it is mended Retry goes on."""
    bill = await wrong_bill(stage, invoice_date=False)
    await stage.approve(bill)
    await stage.card(bill, "NOT written")
    assert await stage.state(bill) == "draft"
    await stage.people.staff(BILL, "write", [bill.id], {"invoice_date": "2026-01-15"})
    await stage.press(bill, "NOT written", "Retry")
    await stage.card(bill, "Confirmed in Odoo")
    assert await stage.state(bill) == "posted"
    await noted(stage, bill, 1)


async def cancelled_before(stage: Stage) -> None:
    """Approving a cancelled order would bring it back to life."""
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    stage.mute(order)
    await stage.people.staff(PURCHASE, "button_cancel", [order.id])
    await stage.approve(order)
    await stage.card(order, "ancelled in Odoo")
    assert (await stage.state(order), stage.called(order)) == ("cancel", [])


async def approved_past_the_card(stage: Stage) -> None:
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    await stage.people.chief(PURCHASE, "button_approve", [order.id])
    await stage.card(order, "Live Chief")
    assert stage.called(order) == []


async def changed_before(stage: Stage) -> None:
    """Nothing is written; people are asked again on the figures as they are now."""
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    stage.mute(order)
    (line,) = await stage.field(order, "order_line")
    await stage.people.staff(PURCHASE, "write", [order.id], {"order_line": [[1, line, {"price_unit": 2 * DEAR}]]})
    await stage.approve(order)
    card = await stage.card(order, "please decide again")
    assert card.says("12,000.00 USD")
    assert (await stage.state(order), stage.called(order)) == ("to approve", [])
    await stage.approve(order)
    await ended(stage, order, "purchase")


PLAYS = (
    Play("an order of a second company: its own limit, currency and channel", second_company),
    Play("`purchase.approval` approved", purchase_approved),
    Play("`purchase.approval` approved with a smaller quantity", purchase_changed),
    Play("`purchase.approval` rejected: cancelled", purchase_rejected),
    Play("`purchase.emergency` approved", emergency_approved),
    Play("`purchase.emergency` rejected: cancelled", emergency_rejected),
    Play("`purchase.price_variance` approved", price_approved),
    Play("`purchase.price_variance` rejected: cancelled", price_rejected),
    Play("`purchase.supplier_substitution` approved", substitution_approved),
    Play("`purchase.supplier_substitution` rejected: cancelled", substitution_rejected),
    Play("`purchase.bill_variance` approved: posted", bill_posted),
    Play("`purchase.bill_variance` rejected: cancelled", bill_cancelled),
    Play("`sale.value` carried out", value_carried_out),
    Play("`sale.value` rejected: cancelled", value_cancelled),
    Play("`sale.value` released, then confirmed by a person", value_released),
    Play("`sale.value` rejected by a note", value_refused_by_note),
    Play("`sale.credit_hold` released", credit_released),
    Play("`sale.discount` carried out", discount_carried_out),
    Play("`sale.discount` approved with a smaller quantity", quotation_changed),
    Play("`sale.margin` carried out", margin_carried_out),
    Play("a bill that Odoo refuses to post, mended and retried", bill_without_date),
    Play("an order changed under its decision: asked again", changed_before),
    Play("an order cancelled under its decision: stays cancelled", cancelled_before),
    Play("an order approved in Odoo past its card", approved_past_the_card),
)
