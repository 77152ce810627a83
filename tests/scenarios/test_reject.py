"""Rejecting: a reason is owed, and what a rejection does in Odoo is the catalog's and the policy's to say."""

from __future__ import annotations

import pytest

from tests.scenarios.story import ANN, Story

both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is told here, the engine has no say in."""
    return sqlite_url


@both_odoos
async def test_a_rejected_order_is_cancelled_in_odoo_and_the_note_says_why(story: Story) -> None:
    order = await story.order()
    sent = await story.reject(order, "we have 40 of these already")
    await story.card(order, "Confirmed in Odoo")
    await story.quiet()
    (note,) = story.notes(order)
    assert (sent.closed, story.state(order), story.calls("button_cancel", order)) == (True, "cancel", 1)
    assert "we have 40 of these already" in note


@both_odoos
async def test_a_rejected_count_is_cleared_and_the_stock_stays(story: Story) -> None:
    count = await story.count(counted=60)
    await story.reject(count, "count again")
    await story.card(count, "Confirmed in Odoo")
    assert (story.field(count, "quantity"), story.field(count, "inventory_quantity_set")) == (100.0, False)
    assert story.calls("action_apply_inventory", count) == 0


async def test_a_rejected_quotation_gets_a_note_where_the_policy_says_note(story: Story) -> None:
    sale = await story.quotation(12_500)
    await story.reject(sale, "margin")
    await story.card(sale, "Confirmed in Odoo")
    assert (story.state(sale), "margin" in story.notes(sale)[0]) == ("sent", True)
    assert story.calls("action_cancel", sale) == 0


@both_odoos
async def test_a_rejected_sale_is_cancelled_where_the_policy_says_cancel(story: Story) -> None:
    sale = await story.quotation(25_000)
    await story.reject(sale, "credit")
    await story.card(sale, "Confirmed in Odoo")
    assert (story.state(sale), story.calls("action_cancel", sale)) == ("cancel", 1)


async def test_without_a_reason_the_modal_says_so_beside_the_input_and_stays_open(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    view = await story.slack.opened(await story.click(await story.card(order), "Reject"))
    empty = await story.slack.submit(view, {"reason": ""}, by=ANN)
    blank = await story.slack.submit(view, {"reason": "   \n "}, by=ANN)
    assert (list(empty.errors), list(blank.errors)) == (["reason"], ["reason"])
    assert not blank.closed
    assert "reason" in blank.errors["reason"]
    assert story.state(order) == "to approve"
    assert (await story.slack.submit(view, {"reason": "no budget"}, by=ANN)).closed
    await story.card(order, "Confirmed in Odoo")


async def test_a_reject_modal_sent_off_after_somebody_approved_changes_nothing_and_says_so(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    view = await story.slack.opened(await story.click(await story.card(order), "Reject"))
    await story.approve(order, by="bob@example.com")
    late = await story.slack.submit(view, {"reason": "no"}, by=ANN)
    assert late.view is not None
    assert "Already approved by Bob" in str(late.view.blocks)
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_cancel", order) == 0


async def test_a_modal_sent_off_after_the_order_was_amended_decides_nothing(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    view = await story.slack.opened(await story.click(await story.card(order), "Reject"))
    await story.people.reprice_purchase(order.id, amount=20_000)
    await story.card(order, "20,000.00")
    late = await story.slack.submit(view, {"reason": "no"}, by=ANN)
    assert late.view is not None
    assert "changed after this card was drawn" in str(late.view.blocks)
    await story.quiet()
    assert story.state(order) == "to approve"
