"""Reconcile: what no webhook told is found, what is no longer true is ended, and the card says who did it in Odoo."""

from __future__ import annotations

import pytest

from tests.scenarios.story import ANN, SALE, Story

both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is told here, the engine has no say in."""
    return sqlite_url


@both_odoos
async def test_without_any_webhook_every_record_gets_its_one_card(story: Story) -> None:
    story.odoo.webhooks.muted = True
    records = [await story.order(), await story.count(), await story.quotation()]
    for _ in range(3):
        await story.reconcile()
        await story.rest()
    assert [len(story.cards(record)) for record in records] == [1, 1, 1]


async def test_the_scheduler_finds_it_when_the_program_starts(quick_story: Story) -> None:
    story = quick_story
    story.odoo.webhooks.muted = True
    await story.world.stop_app()
    order = await story.order()
    await story.world.start_app()
    await story.card(order, "Waiting")


async def test_what_changed_without_a_webhook_opens_the_next_revision(story: Story) -> None:
    order = await story.order(12_500)
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.reprice_purchase(order.id, amount=20_000)
    await story.reconcile()
    card = await story.card(order, "12,500.00 USD → 20,000.00 USD")
    assert (len(story.cards(order)), card.labels) == (
        1,
        ["Approve", "Reject", "Ask a question", "Comment", "Open in Odoo"],
    )


@pytest.mark.parametrize("muted", [False, True], ids=["told by a webhook", "found by reconcile"])
async def test_an_approval_in_odoo_past_the_card_ends_it_and_the_card_says_who(story: Story, muted: bool) -> None:
    order = await story.order()
    await story.card(order)
    story.odoo.webhooks.muted = muted
    await story.people.approve_purchase(order.id)
    await story.reconcile()
    card = await story.card(order, f"approved in Odoo by {story.name('purm')}")
    (entry,) = await story.audited("case.decided_in_odoo")
    assert (card.labels, entry.entry.actor) == (["Open in Odoo"], f"odoo:main:{story.odoo.uid('purm')}")
    assert story.calls("button_approve", order) == 0


@pytest.mark.parametrize("muted", [False, True], ids=["told by webhooks", "found by reconcile"])
async def test_a_count_made_again_after_it_was_given_up_and_cleared_asks_anew(story: Story, muted: bool) -> None:
    """With the same figures: what covered the first count does not cover the second."""
    count = await story.count()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message="No.", method="action_apply_inventory")
    await story.approve(count)
    await story.answer(await story.card(count, "NOT written to Odoo"), "Give up", "counted wrongly")
    story.odoo.webhooks.muted = muted
    await story.people.clear_count(count.id)
    await story.reconcile()
    await story.rest()
    assert len(story.cards(count)) == 1
    await story.people.count(count.id, counted=60.0)
    await story.reconcile()
    await story.card(count, "Waiting")
    assert len(story.cards(count)) == 2


async def test_a_count_that_was_applied_in_odoo_ends_its_card(quick_story: Story) -> None:
    story = quick_story
    count = await story.count()
    await story.card(count)
    await story.people.apply_count(count.id)
    card = await story.card(count, f"applied or cleared in Odoo by {story.name('stockm')}")
    assert card.labels == ["Open in Odoo"]


async def test_a_deleted_record_ends_its_card(story: Story) -> None:
    sale = await story.quotation()
    await story.card(sale)
    await story.people.cancel_sale(sale.id)
    await story.odoo.as_user("salem").call(SALE, "unlink", [sale.id])
    await story.reconcile()
    card = await story.card(sale, "Nobody has to decide any more")
    assert card.labels == ["Open in Odoo"]


async def test_a_record_deleted_at_once_ends_its_card_without_a_name(quick_story: Story) -> None:
    story = quick_story
    sale = await story.quotation()
    await story.card(sale)
    story.odoo.webhooks.muted = True
    await story.people.cancel_sale(sale.id)
    await story.odoo.as_user("salem").call(SALE, "unlink", [sale.id])
    await story.reconcile()
    await story.card(sale, "deleted in Odoo, or hidden from the bot user")


async def test_a_source_that_was_down_is_found_out_about_when_it_is_back(story: Story) -> None:
    order = await story.order()
    await story.card(order)
    story.odoo.webhooks.muted = True
    missed = await story.quotation()
    await story.people.cancel_purchase(order.id)
    story.odoo.faults.down()
    await story.reconcile()
    assert "source main" in await story.world.app.troubles()
    assert (await story.card(order)).labels[0] == "Approve"
    story.odoo.faults.up()
    await story.reconcile()
    await story.card(order, f"cancelled in Odoo by {story.name('puru')}")
    await story.card(missed, "Waiting")
    assert await story.world.app.troubles() == {}


async def test_a_days_backlog_is_caught_up_with_in_few_calls_and_shown_as_it_is_now(story: Story) -> None:
    """Not a card, a call or a revision for each thing that happened meanwhile."""
    story.odoo.webhooks.muted = True
    story.odoo.faults.down()
    orders = [await story.order(12_500) for _ in range(40)]
    for amount in (13_000, 14_000):
        for order in orders:
            await story.people.reprice_purchase(order.id, amount=amount)
    await story.reconcile()
    story.advance(hours=24)
    story.odoo.faults.up()
    story.odoo.calls.clear()
    await story.reconcile()
    await story.all_say(orders, "14,000.00 USD")
    asked = [call for call in story.odoo.calls if call.login == "bot"]
    assert len(asked) < len(orders)
    await story.rest()
    assert [len(story.cards(order)) for order in orders] == [1] * len(orders)
    assert len(await story.audited("case.opened")) == len(orders)
    assert not any(card.says("→") for card in story.cards())


async def test_a_webhook_that_came_while_odoo_was_down_is_followed_when_it_is_back(quick_story: Story) -> None:
    story = quick_story
    story.odoo.faults.down()
    order = await story.order()
    await story.quiet()
    assert story.cards() == []
    story.odoo.faults.up()
    await story.card(order, "Waiting")


async def test_a_record_that_comes_back_after_it_was_over_gets_a_new_card(quick_story: Story) -> None:
    story = quick_story
    sale = await story.quotation()
    await story.card(sale)
    await story.odoo.as_user("saleu").call(SALE, "action_draft", [sale.id])
    await story.card(sale, "set back to a draft")
    await story.odoo.as_user("saleu").call(SALE, "write", [sale.id], {"state": "sent"})
    card = await story.card(sale, "Waiting")
    await story.click(card, "Approve", by=ANN)
    await story.card(sale, "Confirmed in Odoo")
    assert len(story.cards(sale)) == 2


async def test_figures_that_changed_while_a_decision_was_stuck_end_it_and_are_asked_about(story: Story) -> None:
    """What was decided is void then: nobody has to give it up first."""
    sale = await story.quotation(12_500)
    story.odoo.faults.error(name="odoo.exceptions.UserError", message="No.", method="message_post")
    await story.approve(sale)
    await story.card(sale, "NOT written to Odoo")
    story.odoo.webhooks.muted = True
    await story.people.reprice_sale(sale.id, amount=19_000)
    await story.reconcile()
    card = await story.card(sale, "Waiting")
    assert (len(story.cards(sale)), card.says("19,000.00 USD")) == (2, True)


async def test_a_second_change_within_the_same_second_is_not_missed(quick_story: Story) -> None:
    """Odoo tells the time of a write in whole seconds only."""
    story = quick_story
    story.odoo.webhooks.muted = True
    sale = await story.quotation(12_500)
    await story.reconcile()
    await story.card(sale, "Waiting")
    store = story.odoo.engine.store
    before = store.get(SALE, sale.id) or {}
    await story.people.reprice_sale(sale.id, amount=19_000)
    store.replace(SALE, sale.id, {**(store.get(SALE, sale.id) or {}), "write_date": before["write_date"]})
    for _ in range(2):
        await story.reconcile()
        story.advance(minutes=1)
    await story.card(sale, "12,500.00 USD → 19,000.00 USD")


async def test_an_order_too_large_for_the_database_still_gets_its_card(story: Story) -> None:
    order = await story.order(1e13)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
