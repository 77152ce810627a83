"""A slip of the thumb: within the grace time it is taken back, and Odoo never hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import BOB, Story, under


@pytest.fixture
async def graceful(sqlite_url: str) -> AsyncIterator[Story]:
    """A minute to think again."""
    async with told(sqlite_url, config=under(purchase="grace: 1m")) as story:
        yield story


async def test_an_answer_is_taken_back_by_whoever_gave_it_and_nothing_reaches_odoo(graceful: Story) -> None:
    story = graceful
    order = await story.order()
    await story.reject(order, "the wrong one")
    card = await story.card(order, "It counts in a moment")
    await story.slack.command("/approvals mine", by=BOB, channel="#purchasing")
    await story.told(BOB, "Nothing waits for you")
    await story.click(card, "Undo", by=BOB)
    await story.told(BOB, "Only Ann can take that answer back")
    await story.click(card, "Undo")
    await story.card(order, "Waiting for buyers")
    story.advance(minutes=5)
    await story.quiet()
    assert (story.state(order), story.calls("button_cancel", order)) == ("to approve", 0)


async def test_an_answer_that_nobody_takes_back_counts_when_its_time_is_over(graceful: Story) -> None:
    story = graceful
    order = await story.order()
    await story.approve(order)
    await story.card(order, "It counts in a moment")
    await story.click(await story.card(order), "Undo", by=BOB)
    story.advance(minutes=1)
    card = await story.card(order, "Confirmed in Odoo")
    assert (story.state(order), card.labels) == ("purchase", ["Open in Odoo"])
