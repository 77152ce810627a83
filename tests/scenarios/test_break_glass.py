"""An emergency: one named person approves alone, everybody sees it, and somebody reviews it afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import CONFIG, Story

GLASS = 'break_glass: {people: [sales@example.com], channel: "#security", review: clerks}\n'


@pytest.fixture
async def breakable(sqlite_url: str) -> AsyncIterator[Story]:
    """A sales manager may approve any purchase alone; the clerks look at it afterwards."""
    async with told(sqlite_url, config=CONFIG + GLASS) as story:
        yield story


async def test_one_person_approves_alone_and_the_review_is_owed_until_it_is_given(breakable: Story) -> None:
    story = breakable
    order = await story.order()
    await story.card(order, "Waiting")
    view = await story.slack.opened(
        await story.slack.command("/approvals break-glass 1", by="sales@example.com", channel="#purchasing")
    )
    assert "reason" in (await story.slack.submit(view, {"reason": " "}, by="sales@example.com")).errors
    assert (await story.slack.submit(view, {"reason": "The line stands still."}, by="sales@example.com")).closed
    card = await story.card(order, "Confirmed in Odoo")
    assert card.says("BREAK-GLASS, a review is owed.")
    assert story.state(order) == "purchase"
    await story.quiet()
    assert "break-glass" in story.notes(order)[0]
    shown = {one.surface.channel_id for one in story.cards(order)}
    assert len(shown) == 2, "the channel that the config names for it sees it too"
    assert (await story.click(card, "Reviewed", by="sales@example.com")).view is None
    await story.slack.command("/approvals mine", by="clerk@example.com", channel="#purchasing")
    await story.told("clerk@example.com", "BREAK-GLASS by Sam Keller: a review is owed")
    story.advance(hours=24)
    await story.quiet()
    assert len(await story.audited("case.review_owed")) == 1
    await story.answer(card, "Reviewed", "It was needed.", by="clerk@example.com")
    card = await story.card(order, "BREAK-GLASS, reviewed.")
    assert card.labels == ["Open in Odoo"]
    (entry,) = await story.audited("case.reviewed")
    assert entry.detail["email"] == "clerk@example.com"


async def test_nobody_else_breaks_the_glass(breakable: Story) -> None:
    story = breakable
    order = await story.order()
    await story.card(order, "Waiting")
    for line in ("1", "99", "", "one"):
        acted = await story.slack.command(f"/approvals break-glass {line}", by="ann@example.com", channel="#purchasing")
        assert acted.view is None, line
    await story.quiet()
    assert story.state(order) == "to approve"
