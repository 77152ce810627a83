"""Several orders of one kind in one go: a list, a sum, and each decided by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack import View
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, Story, under


@pytest.fixture
async def many(sqlite_url: str) -> AsyncIterator[Story]:
    """Purchases may be approved together up to 20,000 USD."""
    async with told(sqlite_url, config=under(purchase="bulk: 20000 USD")) as story:
        yield story


async def listed(story: Story, by: str = ANN) -> View:
    return await story.slack.opened(await story.slack.command("/approvals bulk", by=by, channel="#purchasing"))


async def test_what_is_ticked_is_approved_and_one_that_changed_does_not_hold_up_the_rest(many: Story) -> None:
    story = many
    orders = [await story.order(6_000) for _ in range(3)]
    for order in orders:
        await story.card(order, "Waiting")
    view = await listed(story)
    assert "18,000.00 USD; at most 20,000 USD" in str(view.blocks)
    await story.people.reprice_purchase(orders[1].id, amount=7_000)
    await story.card(orders[1], "7,000.00")
    sent = await story.slack.submit(view, {"reason": "the usual"}, by=ANN)
    assert sent.view is not None
    assert "2 of 3 approved." in str(sent.view.blocks)
    assert "P00002: The record changed" in str(sent.view.blocks)
    for order in (orders[0], orders[2]):
        await story.card(order, "Confirmed in Odoo")
    assert [story.state(order) for order in orders] == ["purchase", "to approve", "purchase"]
    assert [entry.detail["together"] for entry in await story.audited("case.approved")] == [3, 3]


async def test_no_more_than_the_summed_limit_is_approved_at_once(many: Story) -> None:
    story = many
    orders = [await story.order(9_000) for _ in range(3)]
    for order in orders:
        await story.card(order, "Waiting")
    view = await listed(story)
    chosen = [option["value"] for block in view.blocks for option in block.get("element", {}).get("options", [])]
    sent = await story.slack.submit(view, {"cases0": chosen}, by=ANN)
    assert "at most 20,000 USD" in sent.errors["cases0"]
    assert "2 of 2 approved." in str((await story.slack.submit(view, {"cases0": chosen[:2]}, by=ANN)).view)
    await story.all_say(orders[:2], "Confirmed in Odoo")
    assert story.state(orders[2]) == "to approve"


async def test_who_may_not_decide_is_offered_nothing(many: Story) -> None:
    story = many
    for order in [await story.order(6_000) for _ in range(2)]:
        await story.card(order, "Waiting")
    acted = await story.slack.command("/approvals bulk", by="sales@example.com", channel="#purchasing")
    assert acted.view is None
