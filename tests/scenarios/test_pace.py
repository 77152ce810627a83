"""At Slack's real limits: a storm arrives whole, nobody has to be told "later", and the newest state wins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from bot.sandbox.world import World
from tests.scenarios.conftest import told
from tests.scenarios.story import Story


class Paced(World):
    """A world whose program keeps the pace, and whose Slack enforces its limits."""

    async def start(self) -> None:
        """Start with the limits on."""
        self._pace = True
        self.slack.limits.on()
        await super().start()


@pytest.fixture
async def paced_story(sqlite_url: str) -> AsyncIterator[Story]:
    """A world at Slack's pace."""
    async with told(sqlite_url, kind=Paced) as story:
        yield story


async def test_a_storm_keeps_slacks_limits_without_being_told(paced_story: Story) -> None:
    story = paced_story
    orders = [await story.order(6_000 + number) for number in range(12)]
    await story.all_say(orders, "Waiting")
    for order in orders:
        await story.approve(order)
    await story.all_say(orders, "Confirmed in Odoo")
    await story.rest()
    assert len(story.cards()) == 12
    assert [call.method for call in story.slack.calls if call.outcome == "ratelimited"] == []


async def test_a_card_that_changes_in_a_hurry_is_drawn_every_two_seconds_and_ends_true(paced_story: Story) -> None:
    story = paced_story
    order = await story.order()
    await story.card(order)
    for amount in (20_000, 21_000, 22_000):
        await story.people.reprice_purchase(order.id, amount=amount)
    card = await story.card(order, "22,000.00")
    drawn = [one.at for one in card.history[1:] if one.at is not None]
    assert all((later - earlier).total_seconds() >= 2 for earlier, later in pairwise(drawn))
