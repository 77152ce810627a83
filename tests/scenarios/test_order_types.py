"""Every finding about an order: it gets its one card, and an approval or a rejection is carried out in Odoo."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, PURCHASE, SALE, Record, Story

CONFIG = Path(__file__).with_name("every_type.yaml").read_text(encoding="utf-8")
both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world in which every type is watched and carried out."""
    async with told(sqlite_url, odoo_version, config=CONFIG) as story:
        yield story


async def _urgent(story: Story) -> Record:
    return await _rfq(story, urgent=True)


async def _dear(story: Story) -> Record:
    return await _rfq(story, lines=[("VALVE", 4.0, 150.0)])


async def _elsewhere(story: Story) -> Record:
    story.odoo.set_vendor_price("VALVE", "Usual Valves", 100.0)
    return await _rfq(story, lines=[("VALVE", 4.0, 100.0)], vendor="Other Valves")


async def _rfq(story: Story, **more: Any) -> Record:
    story.odoo.add_product("VALVE", cost=100.0)
    order = story.purchase(story.odoo.add_purchase(**{"lines": [("VALVE", 4.0, 100.0)], **more}))
    await story.reconcile()
    return order


async def _over_credit(story: Story) -> Record:
    story.odoo.set_credit("Slow Payers", limit=5000.0, owes=4800.0)
    return await _quotation(story, customer="Slow Payers")


async def _discounted(story: Story) -> Record:
    return await _quotation(story, discount=30.0)


async def _thin(story: Story) -> Record:
    story.odoo.add_product("PUMP", cost=95.0, price=100.0)
    return await _quotation(story, lines=[("PUMP", 10.0, 100.0)])


async def _large(story: Story) -> Record:
    return await _quotation(story, lines=[("BOLT-M8", 300.0, 21.0)])


async def _quotation(story: Story, **more: Any) -> Record:
    number = await story.people.send_quotation(**{"lines": [("BOLT-M8", 30.0, 21.0)], **more})
    return Record(SALE, number, str(story.odoo.record(SALE, number)["name"]))


Made = Callable[[Story], Awaitable[Record]]
PURCHASES = {_urgent: "an urgent request", _dear: "50 % above the cost", _elsewhere: "usually bought from Usual Valves"}
SALES = {
    _over_credit: "above the credit limit",
    _discounted: "a discount of 30 %",
    _thin: "a margin of 5 %",
    _large: "above the value limit",
}


@both_odoos
async def test_each_is_found_and_an_approval_confirms_the_order(story: Story, odoo_version: str) -> None:
    """One after the other in one world: what one leaves behind must not disturb the next."""
    for make, words in (*PURCHASES.items(), *SALES.items()):
        order = await make(story)
        await story.card(order, words)
        await story.approve(order)
        await story.card(order, "Confirmed in Odoo: order confirmed")
        await story.rest()
        confirmed = {PURCHASE: "purchase", SALE: "sale"}[order.model]
        found = (story.state(order), len(story.cards(order)), len(story.notes(order)))
        assert found == (confirmed, 1, 1), (odoo_version, words)


@both_odoos
@pytest.mark.parametrize("make", [_urgent, _over_credit])
async def test_a_rejection_cancels_the_order(story: Story, odoo_version: str, make: Made) -> None:
    order = await make(story)
    await story.reject(order)
    await story.card(order, "Confirmed in Odoo")
    assert story.state(order) == "cancel", odoo_version


async def test_all_findings_of_a_quotation_are_one_card(story: Story) -> None:
    story.odoo.set_credit("Slow Payers", limit=500.0)
    quotation = await _quotation(story, customer="Slow Payers", discount=50.0, lines=[("BOLT-M8", 600.0, 21.0)])
    card = await story.card(quotation)
    await story.rest()
    said = ["above the credit limit", "a margin of", "a discount of 50 %", "above the value limit"]
    assert ([words for words in said if not card.says(words)], len(story.cards(quotation))) == ([], 1)


async def test_an_urgent_order_above_the_double_validation_limit_says_that_it_is(story: Story) -> None:
    order = await _rfq(story, urgent=True, lines=[("VALVE", 60.0, 100.0)])
    card = await story.card(order)
    assert card.says("above the approval limit of the company")
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    assert (story.state(order), story.calls("button_confirm", order)) == ("purchase", 1)


async def test_an_order_that_somebody_confirmed_meanwhile_is_approved_from_where_it_stands(story: Story) -> None:
    order = await _rfq(story, lines=[("VALVE", 60.0, 150.0)])
    await story.card(order, "50 % above the cost")
    story.odoo.webhooks.muted = True
    await story.people.confirm_purchase(order.id)
    assert story.state(order) == "to approve"
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    assert (story.state(order), story.calls("button_approve", order)) == ("purchase", 1)


async def test_a_customer_who_pays_needs_no_release_any_more(story: Story) -> None:
    """Nobody wrote the quotation: it is read again all the same, every ten minutes."""
    story.odoo.set_credit("Slow Payers", limit=5000.0, owes=4800.0)
    quotation = await _quotation(story, customer="Slow Payers")
    await story.card(quotation, "above the credit limit")
    story.odoo.set_credit("Slow Payers", limit=5000.0, owes=0.0)
    story.advance(minutes=11)
    await story.reconcile()
    await story.card(quotation, "what asked for people is gone")
    assert story.state(quotation) == "sent"


async def test_a_quotation_is_approved_for_less_at_the_price_and_discount_that_it_has(sqlite_url: str) -> None:
    """A lower price would be a larger discount, which is what people are asked about: it is not offered."""
    changing = CONFIG.replace("on_reject: cancel, stages", "on_reject: cancel, changes: [quantity, price], stages")
    async with told(sqlite_url, "19.0", config=changing) as story:
        quotation = await _discounted(story)
        await story.reconcile()
        (line,) = story.field(quotation, "order_line")
        card = await story.card(quotation, "Waiting")
        view = await story.slack.opened(await story.click(card, "Approve with changes"))
        assert [one["block_id"] for one in view.blocks if one["type"] == "input"] == [f"line:{line}:quantity", "reason"]
        await story.slack.submit(view, {f"line:{line}:quantity": "20"}, by=ANN)
        await story.card(quotation, "Confirmed in Odoo")
        now = story.odoo.record("sale.order.line", line)
        assert (now["product_uom_qty"], now["price_unit"], now["discount"]) == (20.0, 21.0, 30.0)
        assert (story.state(quotation), len(await story.audited("case.approved_with_changes"))) == ("sale", 1)
