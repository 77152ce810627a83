"""A burst of approvals: one card that lists them, each opened and decided by itself, and counted down to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack import View
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Record, Story, under

LIST = Record("signoff.group", 0, "approvals: purchase")


@pytest.fixture
async def story(sqlite_url: str) -> AsyncIterator[Story]:
    """From four purchases within ten minutes on they are listed, and somebody is reminded."""
    keys = "burst: {count: 4, window: 10m}, bulk: 200000 USD, escalation: standard"
    config = under(purchase=keys) + "escalations:\n  standard:\n    - {after: 30m wall, remind: assignees}\n"
    async with told(sqlite_url, config=config) as story:
        yield story


async def _all(story: Story) -> View:
    return await story.slack.opened(await story.click(await story.card(LIST), "Show all"))


async def test_a_burst_is_listed_in_one_card_and_each_is_decided_by_itself(story: Story) -> None:
    orders = [story.purchase(story.odoo.add_purchase(amount=6_000.0 + 100 * n, state="to approve")) for n in range(24)]
    await story.reconcile()
    card = await story.card(LIST, "24 of 24 wait for an answer")
    await story.quiet()
    assert len(story.cards()) == 1
    assert card.says("171,600 USD")
    assert card.says(orders[0].words)
    assert not card.says(orders[9].words)
    assert card.labels == ["Show all"]

    view = await _all(story)
    await story.slack.click(view, "Open", by=ANN)
    own = await story.card(orders[0], "Waiting for buyers")
    await story.until(lambda: "It gets a card of its own" in str(view.blocks), "the list drawn again")
    await story.slack.click(view, "More", by=ANN)
    await story.until(lambda: orders[23].words in str(view.blocks), "the second page")
    await story.click(own, "Approve")
    await story.card(orders[0], "Confirmed in Odoo")
    await story.card(LIST, "23 of 24 wait for an answer")

    story.advance(minutes=31)  # each has its own clock; what is told of them here is told in one go
    channel = story.slack.channel("purchasing")
    (reminder,) = await story.until(lambda: channel.thread(card), "a reminder in the thread")
    assert "and 18 more" in reminder.text
    assert f"<@{story.slack.person(ANN).id}>" in reminder.text

    modal = await story.slack.opened(await story.slack.command("/approvals bulk", by=BOB, channel="#purchasing"))
    assert not (await story.slack.submit(modal, {"reason": "month's end"}, by=BOB)).errors
    await story.card(LIST, "none of 24 waits here any more")
    await story.quiet()
    assert {story.state(order) for order in orders} == {"purchase"}
    assert len(story.cards()) == 2
