"""Approving: one click, one call in Odoo, one note, and a card that says no more than Odoo has said."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@both_odoos
async def test_an_approved_order_is_approved_in_odoo_once_and_the_note_names_its_audit_entry(story: Story) -> None:
    order = await story.order()
    clicked = await story.approve(order)
    card = await story.card(order, "Confirmed in Odoo")
    await story.quiet()
    (entry,) = await story.audited("case.approved")
    (note,) = story.notes(order)
    assert (clicked.status, story.state(order), story.calls("button_approve", order)) == (200, "purchase", 1)
    assert entry.mark in note
    assert card.labels == ["Open in Odoo"]


@both_odoos
async def test_an_approved_count_moves_the_stock_by_the_difference_once(story: Story) -> None:
    count = await story.count(counted=60)
    await story.approve(count)
    await story.card(count, "Confirmed in Odoo")
    assert (story.field(count, "quantity"), story.field(count, "inventory_quantity_set")) == (60.0, False)
    assert story.calls("action_apply_inventory", count) == 1


async def test_a_released_quotation_gets_a_note_and_stays_for_a_person_to_confirm(story: Story) -> None:
    sale = await story.quotation(12_500)
    await story.approve(sale)
    await story.card(sale, "Confirmed in Odoo")
    assert (story.state(sale), len(story.notes(sale))) == ("sent", 1)
    assert story.calls("action_confirm", sale) == 0


async def test_a_released_quotation_is_not_asked_about_again_until_its_figures_change(story: Story) -> None:
    sale = await story.quotation(12_500)
    await story.approve(sale)
    await story.card(sale, "Confirmed in Odoo")
    await story.reconcile()
    await story.rest()
    assert len(story.cards(sale)) == 1
    await story.people.reprice_sale(sale.id, amount=15_000)
    await story.card(sale, "15,000.00")
    assert len(story.cards(sale)) == 2


@both_odoos
async def test_a_large_sale_is_confirmed_in_odoo_by_the_approval(story: Story) -> None:
    sale = await story.quotation(25_000)
    await story.approve(sale)
    await story.card(sale, "Confirmed in Odoo")
    assert (story.state(sale), story.calls("action_confirm", sale)) == ("sale", 1)


async def test_no_card_claims_more_than_odoo_has_done(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    story.odoo.faults.slow(0.3, method="button_approve", times=1)
    await story.approve(order)
    writing = await story.card(order, "It is being written to Odoo")
    assert (story.state(order), "Confirmed" in writing.plain) == ("to approve", False)
    await story.card(order, "Confirmed in Odoo")
    assert story.state(order) == "purchase"


async def test_what_is_below_the_materiality_opens_no_case(quick_story: Story) -> None:
    small = await quick_story.count(counted=95)
    await quick_story.reconcile()
    await quick_story.rest()
    assert (quick_story.cards(small), await quick_story.audited()) == ([], [])
