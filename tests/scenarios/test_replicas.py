"""Two programs on one PostgreSQL database: equal, and together they do everything once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.app import App
from bot.lock import Purpose
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Story

pytestmark = pytest.mark.postgres


@asynccontextmanager
async def another(story: Story) -> AsyncIterator[App]:
    """A second program on the same database."""
    world = story.world
    app = App(world.app.settings, world.config, world.clock, purpose=Purpose.SANDBOX)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


def _address(app: App) -> str:
    return f"http://{app.address}/slack/events"


async def test_two_programs_post_and_write_everything_once(postgres_url: str) -> None:
    async with told(postgres_url, "18.0") as story, another(story) as second:
        orders = [await story.order(6_000 + number) for number in range(10)]
        await asyncio.gather(story.reconcile(), second.reconcile.run("main"))
        await story.all_say(orders, "Waiting")
        await story.quiet()
        # As both people saw them: a card may be redrawn before the second one clicks.
        cards = {order: (await story.card(order)).history[-1] for order in orders}
        both = (_address(story.world.app), ANN), (_address(second), BOB)
        for url, who in both:
            story.slack.request_url = url
            await asyncio.gather(*(story.click(card, "Approve", by=who) for card in cards.values()))
        await story.all_say(orders, "Confirmed in Odoo")
        await story.rest()
        assert [len(story.cards(order)) for order in orders] == [1] * 10
        assert [story.calls("button_approve", order) for order in orders] == [1] * 10


async def test_one_of_two_programs_ends_and_the_other_goes_on(postgres_url: str) -> None:
    async with told(postgres_url, "18.0") as story:
        async with another(story):
            order = await story.order()
            await story.card(order)
        await story.approve(order)
        await story.card(order, "Confirmed in Odoo")
        assert (story.calls("button_approve", order), len(story.cards(order))) == (1, 1)
